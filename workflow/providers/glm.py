"""GLM, the coding plan of 智谱AI: https://z.ai (international) and https://bigmodel.cn (China).

``quota/limit`` tells the windows, ``data.limits`` (also seen at the root), each like
``{"type": "CREDIT_LIMIT", "unit": 3, "number": 5, "usage": 2000, "currentValue": 893,
"remaining": 1106, "percentage": 44, "nextResetTime": <epoch ms>}``. Traps: ``usage`` is the total,
``currentValue`` what is used, ``percentage`` the share used and often the only number; used and
remaining may miss the total by rounding; where counts and percentage differ, the percentage holds.
A window is known by unit and number alone (3 hours, 5 minutes, 1 and 4 days, 6 weeks where 1 and 7
both mean one, 7 months): the weekly one may reset first, and an idle one has no reset. A length that
ends before its own reset is no length: such a window has no name. One window may be told twice, in
tokens and in credits. TIME_LIMIT is the month of MCP tool calls; a type that is not known is passed
over.

Errors come in HTTP 200 as ``{"code": 401, "msg": …}``; code 500 with "coding plan" in its text is a
good key without a plan. Some good keys get 401 from quota/limit and the numbers from
/api/monitor/usage. Both sites' keys look alike and work only at home. The key goes as Bearer; some
accounts are refused that way and take the bare key, others the other way round, so the bare key is
tried once after a 401. At the balance ``giveAmount`` counts all gifts ever made, so it is no voucher.

Times without a zone are those of UTC+8 at both sites: the statistics' hours, the day of the renewal,
the end of a reset card (``customer-package-reset/list``; its neighbour ``/use`` spends one).
"""

from __future__ import annotations

import asyncio
import calendar
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import (
    Any,
    Awaitable,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Type,
)

from ..errors import (
    BY_ITSELF,
    Blocked,
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    RateLimited,
    UnexpectedResponse,
    UsageError,
    Words,
)
from ..models import Account, Balance, Credential, Phrase, Quota, Usage, WorkBlocked, utc_now
from ..provider.answer import Answer, is_challenge, latest, rejected, retry_at, unknown_error
from ..provider.calls import bearer, optional, together
from ..provider.contract import ORGANIZATION, PROJECT, Client, Provider, bare, shape
from ..provider.notices import dated, is_impossible, joined, numbered, renewal
from ..provider.reading import (
    count,
    entries,
    first,
    integer,
    mapping,
    moment,
    number,
    rest,
    share,
    text,
)
from ..provider.windows import NO_LABEL, shortest_first, window_label

PROVIDER = Provider(
    id="glm",
    name="GLM (智谱AI / Z.ai)",
    short="GLM",
    needs=Phrase("an API key of z.ai or bigmodel.cn", "z.ai 或 bigmodel.cn 的 API Key"),
    keys={
        "intl": "https://z.ai/manage-apikey/apikey-list",
        "cn": "https://bigmodel.cn/usercenter/proj-mgmt/apikeys",
    },
    dashboard={
        "intl": "https://z.ai/manage-apikey/coding-plan/personal/usage",
        "cn": "https://bigmodel.cn/coding-plan/personal/usage",
    },
    shapes=(
        shape(
            r"[0-9a-fA-F]{32}\.[A-Za-z0-9]{16}",
            "a GLM API key",
            "GLM（智谱）API Key",
            marked=False,
        ),
        shape(  # 24 behind the dot: a key of Ollama; fewer than 16: a part of one of ours
            r"[0-9a-fA-F]{32}\.(?![\w-]{24}\Z)[\w-]{17,64}",
            "possibly a GLM API key",
            "可能是 GLM（智谱）API Key",
            sure=False,
        ),
    ),
    regions=("intl", "cn"),
    scopes={
        "organization": Phrase(
            "organisation of a team plan (org-…, bigmodel.cn only)",
            "团队套餐的组织（org-…，仅 bigmodel.cn）",
        ),
        "project": Phrase(
            "project of a team plan (proj_…, bigmodel.cn only)",
            "团队套餐的项目（proj_…，仅 bigmodel.cn）",
        ),
    },
    forms={"organization": ORGANIZATION, "project": PROJECT},
    match="glm zhipu chatglm bigmodel z.ai zai 智谱 智谱AI 清言 coding plan 编程套餐",
    variables={
        "GLM_API_KEY": "",
        "ZAI_API_KEY": "intl",
        "Z_AI_API_KEY": "intl",
        "ZHIPUAI_API_KEY": "cn",
        "ZHIPU_API_KEY": "cn",
        "BIGMODEL_API_KEY": "cn",
    },
    steps=(
        Phrase("Open {keys} and log in.", "登录 {keys}。"),
        Phrase(
            "Create an API key, or copy one that is there, whole: 32 letters and digits, a dot, and the secret part.",
            "新建 API Key 或复制已有的 Key，须完整：32 位字母数字、一个点、再加后面的密文部分。",
        ),
        Phrase(
            "z.ai and bigmodel.cn are separate accounts: take the key from the site where the coding plan was bought.",
            "z.ai 与 bigmodel.cn 账号互不相通：请到购买编程套餐的站点获取 Key。",
        ),
    ),
)


class Site(NamedTuple):
    """One of the two sites: its host, and where it tells the balance."""

    host: str
    report: str = ""


SITES = {
    "intl": Site("https://api.z.ai"),
    "cn": Site(
        "https://open.bigmodel.cn",
        "https://www.bigmodel.cn/api/biz/account/query-customer-account-report",
    ),
}
_CLOCK = timezone(timedelta(hours=8))  # of both sites, wherever the account is
_DAY, _WEEK = 86400, 7 * 86400
_UNITS = {3: 3600, 1: _DAY, 4: _DAY, 5: 60, 6: _WEEK}  # what ``unit`` counts, in seconds
_MONTHS, _MONTH = 7, 31 * _DAY  # the unit, and the longest that one lasts
_YEAR = 12 * _MONTH
_FULL = Decimal(100)
_CARDS = {"fiveHourResets": "5 hours", "weekResets": "week"}
_FOR = {
    "5 hours": Phrase("5 hours", "5 小时"),
    "week": Phrase("the week", "每周"),
    "": Phrase("another window", "其他窗口"),
}
_COUNTED = {"TOKENS_LIMIT": "tokens", "CREDIT_LIMIT": "credits", "TIME_LIMIT": "requests"}
_Headers = Mapping[str, str]
_PLAN_NAMES = ("planName", "plan", "planType", "plan_type", "packageName", "level")
_SCOPE_HEADERS = {"organization": "Bigmodel-Organization", "project": "Bigmodel-Project"}
_LAST_DAY = (
    ("models", "totalTokensUsage", "Tokens 24 h", "tokens"),
    ("models", "totalModelCallCount", "Calls 24 h", "requests"),
    ("tools", "totalNetworkSearchCount", "Web search 24 h", "requests"),
    ("tools", "totalWebReadMcpCount", "Web reader 24 h", "requests"),
    ("tools", "totalZreadMcpCount", "Zread 24 h", "requests"),
)

_ALONE = Phrase(
    "no coding plan, only the balance (that of a team needs its organisation and project)",
    "没有编程套餐，仅有余额（团队套餐需填写组织和项目）",
)
_ONLY = Phrase("the plan has expired, only the balance is left", "套餐已到期，仅剩余额")
_REJECTED: Words = (
    "{provider} does not accept this key; keys of z.ai and bigmodel.cn look alike, so it may belong to the other site: check the region, or make a new one at {keys}",
    "{provider} 不接受此 Key；z.ai 与 bigmodel.cn 的 Key 外形相同，它可能属于另一站点：请检查地区，或到 {keys} 新建",
)
_NO_PLAN: Words = (
    "{provider}: the key is valid but has no coding plan; subscribe to one, or use another key",
    "{provider}：Key 有效但没有编程套餐（Coding Plan）；请先订阅，或移除此账号",
)
_NOTHING: Words = (
    "{provider}: no balance and no package is left; top up or subscribe",
    "{provider}：余额不足且没有可用资源包；请充值或订阅",
)
_EXPIRED: Words = (
    "{provider}: the plan has expired; renew it, or remove the account",
    "{provider}：套餐已到期；请续费，或移除此账号",
)
_LOCKED: Words = (
    "{provider} has locked this account; contact its support",
    "{provider} 已锁定此账号；请联系其客服",
)
_REFUSES: Mapping[Words, WorkBlocked] = {
    _NOTHING: WorkBlocked(
        "payment",
        Phrase(
            "no balance and no package is left: top up or subscribe",
            "余额不足且没有可用资源包，请充值或订阅",
        ),
    ),
    _EXPIRED: WorkBlocked(
        "payment", Phrase("the plan has expired: renew it", "套餐已到期，请续费")
    ),
    _LOCKED: WorkBlocked(
        "suspended",
        Phrase("the account is locked: contact its support", "账号已被锁定，请联系客服"),
    ),
}
_OWED = WorkBlocked("payment", Phrase("money is owed: top up", "账户欠费，请充值"))
_MEANING: Tuple[Tuple[Tuple[int, ...], Type[UsageError], Optional[Words]], ...] = (
    ((401, 1000, 1001, 1002, 1003, 1004, 1111), CredentialRejected, _REJECTED),
    ((429, 1302, 1303), RateLimited, None),
    (
        (1305,),
        RateLimited,
        (
            f"{{provider}} is busy; {BY_ITSELF[0]}",
            f"{{provider}} 当前访问量过大；{BY_ITSELF[1]}",
        ),
    ),
    (
        (1304,),
        RateLimited,
        (
            "{provider}: the calls of this day are used up; wait until tomorrow",
            "{provider}：今日调用次数已用完；请明天再试",
        ),
    ),
    (
        (1308, 1310),
        RateLimited,
        (
            "{provider}: the limit of the plan is reached; wait for its reset, or upgrade the plan",
            "{provider}：已达到套餐用量上限；请等待重置，或升级套餐",
        ),
    ),
    ((1113,), NotAvailable, _NOTHING),
    ((1309,), NotAvailable, _EXPIRED),
    (
        (1311,),
        NotAvailable,
        (
            "{provider}: the plan does not include this; upgrade it",
            "{provider}：当前套餐不包含此项；请升级套餐",
        ),
    ),
    ((1112, 1121), NotAvailable, _LOCKED),
    (tuple(range(500, 600)), ProviderFailed, None),
)


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Ask for the windows and everything around them at once. Raises UsageError."""
    site = SITES.get(account.region, SITES["intl"])
    scope = account.scope if site.report else {}  # only bigmodel.cn has team plans
    team = {header: scope[name] for name, header in _SCOPE_HEADERS.items() if scope.get(name)}
    common = {"Accept-Language": "en-US,en", **team}
    forms = [{**form(credential.secret), **common} for form in (bearer, bare)]
    extras = _extras(site, bool(team))

    def calls(names: Iterable[str], headers: _Headers) -> List[Callable[[], Awaitable[Any]]]:
        return [partial(_document, client, extras[n][0], headers, extras[n][1]) for n in names]

    main = _limits(client, site, forms, {"type": 2} if team else None)
    (answer, taken), found = await together(main, *calls(extras, forms[0]))
    told = dict(zip(extras, found))
    if taken is not forms[0]:  # then pages beside it were refused, too
        missing = [name for name, document in told.items() if not document]
        _, found = await together(asyncio.sleep(0), *calls(missing, taken))
        told.update(zip(missing, found))
    return parse(answer, told)


async def _limits(
    client: Client, site: Site, forms: Sequence[_Headers], params: Optional[Mapping[str, Any]]
) -> Tuple[Answer, _Headers]:
    """The answer with the windows, or one that says there is no plan where a balance may do.

    Beside it, the headers that it was given to: the first, or after a 401 the next form of the key.
    """
    url = f"{site.host}/api/monitor/usage"
    answer = await client.get(f"{url}/quota/limit", headers=forms[0], params=params)
    if not _is_401(answer):
        return _unless_refused(answer, site), forms[0]
    others = [(f"{url}/quota/limit", form) for form in forms[1:]] + [(url, forms[0])]
    for page, form in others:
        other = await optional(client.get(page, headers=form, params=params))
        told = refusal(other) if other else None
        if other and (told is None or isinstance(told, NotAvailable)):
            return _unless_refused(other, site), form
    return _unless_refused(answer, site), forms[0]


def _is_401(answer: Answer) -> bool:
    rejected = isinstance(refusal(answer), CredentialRejected)
    return rejected and 401 in (answer.status, _code(answer))


def _unless_refused(answer: Answer, site: Site) -> Answer:
    """The answer, unless it refuses what no balance can make up for. Raises UsageError."""
    error = refusal(answer)
    if error is not None and not (isinstance(error, NotAvailable) and site.report):
        raise error
    return answer


def _extras(site: Site, team: bool) -> Dict[str, Tuple[str, Mapping[str, Any]]]:
    """What else is asked: pages and their parameters."""
    day = last_day(utc_now())
    statistics = f"{site.host}/api/monitor/usage"
    pages: Dict[str, Tuple[str, Mapping[str, Any]]] = {
        "plans": (f"{site.host}/api/biz/subscription/list", {}),
        "models": (f"{statistics}/model-usage", {**day, "type": 3} if team else day),
        "cards": (
            f"{site.host}/api/biz/customer-package-reset/list",
            {"targetType": "TEAM" if team else "PERSONAL"},
        ),
    }
    if not team:  # how a team is named there is not known
        pages["tools"] = (f"{statistics}/tool-usage", day)
    if site.report:
        pages["report"] = (site.report, {})
    return pages


async def _document(
    client: Client, url: str, headers: Mapping[str, str], params: Mapping[str, Any]
) -> Dict[str, Any]:
    answer = await client.get(url, headers=headers, params=params or None)
    return {} if refusal(answer) else mapping(answer.document())


def last_day(now: datetime) -> Dict[str, Any]:
    """The 24 clock hours up to the running one, as the statistics want them."""
    hour = now.astimezone(_CLOCK).replace(minute=0, second=0, microsecond=0)
    start, end = hour - timedelta(hours=23), hour + timedelta(minutes=59, seconds=59)
    return {"startTime": f"{start:%Y-%m-%d %H:%M:%S}", "endTime": f"{end:%Y-%m-%d %H:%M:%S}"}


def _envelope(answer: Answer) -> Dict[str, Any]:
    told = mapping(answer.document())
    return mapping(told.get("error")) or told


def _code(answer: Answer) -> Optional[int]:
    return integer(_envelope(answer).get("code"))


def refusal(answer: Answer) -> Optional[UsageError]:
    """What an answer refuses, inside HTTP 200 or by its status; None for a success."""
    if is_challenge(answer):
        return Blocked()
    envelope, code = _envelope(answer), _code(answer)
    said = text(first(envelope, "msg", "message"), 1000) or ""
    if code == 500 and "coding plan" in said.lower():
        return NotAvailable(_NO_PLAN)
    for codes, kind, words in _MEANING:
        if code in codes:
            return kind(words, retry_at=retry_at(answer))
    error = rejected(answer, _REJECTED)
    if error is not None and not isinstance(error, UnexpectedResponse):
        return error
    named = first(envelope, "code")
    if named is not None and code not in (0, 200):
        return unknown_error(answer, named)
    return error or (unknown_error(answer) if envelope.get("success") is False else None)


def parse(answer: Answer, extras: Mapping[str, Any]) -> Usage:
    """One usage from the windows and what else was told. Raises UsageError."""
    error, balance = refusal(answer), parse_balance(extras.get("report"))
    if error is not None:
        return _alone(error, balance)
    told, plan = mapping(answer.json()), current_plan(extras.get("plans"))
    day = _renewal_day(plan)
    quotas = parse_limits(told, latest(answer), _tools_reset(day, answer.at))
    if not quotas and not plan:
        return _alone(NotAvailable(_NO_PLAN), balance)
    names = first({**told, **mapping(told.get("data"))}, *_PLAN_NAMES)
    name = text(plan.get("productName")) or text(names) or ""
    cards = parse_cards(extras.get("cards"), answer.at)
    return Usage(
        quotas=(*quotas, *_free_resets(cards), *parse_last_day(extras)),
        balances=(balance,) if balance is not None and balance.available else (),
        plan=name[:1].upper() + name[1:] or None,
        notice=joined(_debt(balance), _lapse(cards), _renews(plan, day)),
    )


def _alone(error: UsageError, balance: Optional[Balance]) -> Usage:
    """The balance of an account without a plan, and whether calls are refused. Raises UsageError."""
    if balance is None or not isinstance(error, NotAvailable):
        raise error
    blocked = _blocked(error.words, balance)
    if blocked is not None:
        return Usage(balances=(balance,), blocked=blocked)
    return Usage(balances=(balance,), notice=_ONLY if error.words == _EXPIRED else _ALONE)


def _blocked(why: Words, balance: Balance) -> Optional[WorkBlocked]:
    """That nothing pays for calls, or that the account is locked."""
    if why == _EXPIRED and balance.available > 0:
        return None
    if why in _REFUSES:
        return _REFUSES[why]
    return _OWED if balance.available < 0 else None


def parse_limits(
    told: Mapping[str, Any], now: datetime, tools_reset: Optional[datetime] = None
) -> Tuple[Quota, ...]:
    """The windows, shortest first, then the tools. Raises UnexpectedResponse if none is readable.

    Args:
        now: the latest that it can be, against which the lengths are checked.
        tools_reset: when the tools come back, where they do not say so themselves.
    """
    limits = mapping(told.get("data")).get("limits", told.get("limits"))
    if not isinstance(limits, list):
        raise UnexpectedResponse
    shown = [entry for entry in limits if not _hidden(entry)]
    meters = [_meter(entry, now) for entry in entries(shown)]
    quotas = shortest_first(numbered(_apart([meter for meter in meters if meter is not None])))
    if shown and all(quota.used is None for quota in quotas):
        raise UnexpectedResponse
    return tuple(
        replace(quota, resets_at=tools_reset, estimated=True)
        if quota.role == "secondary" and quota.resets_at is None and tools_reset
        else quota
        for quota in quotas
    )


def _type(entry: Mapping[str, Any]) -> str:
    return (text(entry.get("type")) or "").upper()


def _hidden(entry: object) -> bool:
    """Whether this is the 0 of 0 tool calls of a plan without tools."""
    found = mapping(entry)
    return _type(found) == "TIME_LIMIT" and number(found.get("usage")) == 0


class _Meter(NamedTuple):
    """One entry of the limits, read, and what tells it apart from others of the same name."""

    quota: Quota
    counts: str  # what it counts: "Tokens", "Credits"
    place: Tuple[int, int]  # its unit and number, as told


def _meter(entry: Dict[str, Any], now: datetime) -> Optional[_Meter]:
    kind = _type(entry)
    if kind not in _COUNTED:
        return None
    percent, counts = share(entry.get("percentage")), _counts(entry)
    unit, (used, limit) = _COUNTED[kind], counts or (percent, _FULL)
    resets_at = moment(entry.get("nextResetTime"))
    tools = kind == "TIME_LIMIT"
    if tools and used is None:
        return None
    label, seconds = ("MCP tools", None) if tools else _window(entry, resets_at, now)
    quota = Quota(
        label,
        unit if counts else "%",
        used,
        limit,
        rest(limit, used),
        seconds,
        resets_at,
        role="secondary" if tools else "binding",
    )
    place = (integer(entry.get("unit")) or 0, integer(entry.get("number")) or 0)
    return _Meter(quota, _COUNTED[kind].capitalize(), place)


def _apart(meters: Sequence[_Meter]) -> Iterator[Quota]:
    """The quotas; one window told twice alike is one, told differently both say what they count.

    Those of one name come in an order that does not hang on the order in which they were told.
    """
    for label in dict.fromkeys(meter.quota.label for meter in meters):
        same = [meter for meter in meters if meter.quota.label == label]
        same = same if label == NO_LABEL else _once(same)
        same.sort(key=lambda meter: (meter.place, meter.counts))
        kinds = {meter.counts for meter in same}
        differ = label != NO_LABEL and 1 < len(same) == len(kinds)
        for meter in same:
            yield replace(meter.quota, label=f"{meter.counts} · {label}" if differ else label)


def _once(meters: Sequence[_Meter]) -> List[_Meter]:
    """Meters of one window without those that repeat another; the one with counts stays."""
    kept: List[_Meter] = []
    for meter in sorted(meters, key=lambda m: (m.quota.used is None, m.quota.unit == "%")):
        if not any(_repeats(meter.quota, other.quota) for other in kept):
            kept.append(meter)
    return kept


def _repeats(quota: Quota, other: Quota) -> bool:
    """Whether a meter tells nothing that another one of its window does not tell."""
    if quota.used_percent is None or other.used_percent is None:
        return quota.used_percent is None
    if abs(quota.used_percent - other.used_percent) > 1:
        return False
    if quota.resets_at is None or other.resets_at is None:
        return True
    return abs(quota.resets_at - other.resets_at) <= timedelta(minutes=1)


def _counts(entry: Mapping[str, Any]) -> Optional[Tuple[Decimal, Decimal]]:
    """Used and total, only where all that is told fits together."""
    total, used, left = (count(entry.get(name)) for name in ("usage", "currentValue", "remaining"))
    if not total:
        return None
    if used is None and left is not None and left <= total and _type(entry) != "TIME_LIMIT":
        used = total - left
    if used is None:
        return None
    if left is not None and abs(min(used, total) + left - total) > max(Decimal(1), total / 100):
        return None
    taken, percent = min(used * 100 / total, _FULL), share(entry.get("percentage"))
    if percent is not None and abs(taken - min(percent, _FULL)) > 1:
        return None
    return used, total


def _window(
    entry: Mapping[str, Any], resets_at: Optional[datetime], now: datetime
) -> Tuple[str, Optional[int]]:
    """What a window is called, and its length; neither where its own reset lies beyond its end."""
    unit, amount = integer(entry.get("unit")), integer(entry.get("number"))
    if unit is None or amount is None or not 0 < amount < 1_000_000:
        return NO_LABEL, None
    if unit == _MONTHS:
        label, seconds = "Monthly" if amount == 1 else f"{amount} months", None
        longest = amount * _MONTH
    elif unit in _UNITS:
        longest = seconds = _WEEK if (unit, amount) == (6, 7) else _UNITS[unit] * amount
        label = window_label(seconds)
    else:
        return NO_LABEL, None
    if longest > _YEAR or is_impossible(longest, resets_at, now):
        return NO_LABEL, None
    return label, seconds


def parse_last_day(extras: Mapping[str, Any]) -> Tuple[Quota, ...]:
    """What the last 24 hours took: no limit is told. A told zero counts; unused tools are left out."""
    quotas: List[Quota] = []
    for source, field, label, unit in _LAST_DAY:
        data = mapping(mapping(extras.get(source)).get("data"))
        used = count(mapping(data.get("totalUsage")).get(field))
        if used or (used is not None and source == "models"):
            quotas.append(Quota(label, unit, used, None, None, _DAY, role="secondary"))
    return tuple(quotas)


def parse_balance(report: object) -> Optional[Balance]:
    """The money of a bigmodel.cn account, below zero when it is owed."""
    data = mapping(mapping(report).get("data"))
    found = (number(data.get(name)) for name in ("availableBalance", "balance"))
    available = next((amount for amount in found if amount is not None), None)
    return None if available is None else Balance(available, "CNY")


def current_plan(plans: object) -> Dict[str, Any]:
    """The subscription that is valid now; an empty one when there is none."""
    for entry in entries(mapping(plans).get("data")):
        valid = (text(entry.get("status")) or "").upper() == "VALID"
        if valid and entry.get("inCurrentPeriod") is True:
            return entry
    return {}


def _renewal_day(plan: Mapping[str, Any]) -> Optional[datetime]:
    """When the day of the renewal begins at the site."""
    return _local(f"{(text(plan.get('nextRenewTime')) or '')[:10]} 00:00:00")


def _local(value: object) -> Optional[datetime]:
    """A moment on the clock of the site; one with a zone, or an epoch, is what it says."""
    found = moment(value)
    if found is None or not 2000 < found.year < 9000:
        return None
    bare = isinstance(value, str) and re.fullmatch(r"[\d-]{10}[T ][\d:.]+", value.strip())
    return found.replace(tzinfo=_CLOCK) if bare else found.astimezone(_CLOCK)


class Card(NamedTuple):
    """A reset of a window that the user may take when it is wanted."""

    kind: str  # "5 hours", "week", "" for another window
    lapses_at: Optional[datetime]


def parse_cards(told: object, now: datetime) -> Tuple[Card, ...]:
    """The reset cards that can still be used, the one that lapses first at the front."""
    data = mapping(mapping(told).get("data"))
    cards = [
        Card(_CARDS.get(name, ""), _local(entry.get("expireTime")))
        for name in data
        if name.lower().endswith("resets")
        for entry in entries(data[name])
        if entry.get("available") not in (False, 0, "0", "false")
    ]
    valid = [card for card in cards if card.lapses_at is None or card.lapses_at > now]
    return tuple(sorted(valid, key=lambda card: (card.lapses_at is None, card.lapses_at or now)))


def _free_resets(cards: Sequence[Card]) -> Tuple[Quota, ...]:
    left = Decimal(len(cards))
    return (Quota("Free resets", "resets", None, None, left, role="secondary"),) if cards else ()


def _lapse(cards: Sequence[Card]) -> Optional[Phrase]:
    """What the reset cards are for, and when the first one lapses."""
    counts = [(kind, sum(card.kind == kind for card in cards)) for kind in _FOR]
    named = [
        Phrase(f"{many} for {_FOR[kind].en}", f"{_FOR[kind].zh} {many} 次")
        for kind, many in counts
        if many
    ]
    if not named:
        return None
    en, zh = ", ".join(part.en for part in named), "、".join(part.zh for part in named)
    what = Phrase(f"free resets: {en}", f"免费重置：{zh}")
    if cards[0].lapses_at is None:
        return what
    return joined(what, dated("the first lapses on {}", "最早一次将于{}失效", cards[0].lapses_at))


def _renews(plan: Mapping[str, Any], day: Optional[datetime]) -> Optional[Phrase]:
    renews = integer(plan.get("autoRenew"))
    if day is None or renews not in (0, 1):
        return None
    return renewal(day.date(), renews=bool(renews))


def _tools_reset(day: Optional[datetime], now: datetime) -> Optional[datetime]:
    """When the month of tool calls ends: on the day of the renewal, also of a quarterly plan."""
    if day is None:
        return None
    earlier = (_months_before(day, months) for months in range(1, 13))
    return min((day, *(other for other in earlier if other > now))).astimezone(timezone.utc)


def _months_before(day: datetime, months: int) -> datetime:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def _debt(balance: Optional[Balance]) -> Optional[Phrase]:
    if balance is None or balance.available >= 0:
        return None
    return Phrase(f"¥{-balance.available:.2f} is owed", f"欠费 ¥{-balance.available:.2f}")
