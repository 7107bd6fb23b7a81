"""GLM, the coding plan of 智谱AI: https://z.ai (international) and https://bigmodel.cn (China).

``quota/limit`` tells the windows, ``data.limits`` (also seen at the root), each like
``{"type": "CREDIT_LIMIT", "unit": 3, "number": 5, "usage": 2000, "currentValue": 893,
"remaining": 1106, "percentage": 44, "nextResetTime": <epoch ms>}``. Traps: ``usage`` is the total,
``currentValue`` what is used, ``percentage`` the share used and often the only number; used and
remaining may miss the total by rounding; where counts and percentage differ, the percentage holds.
A window is known by unit and number alone (3 hours, 1 and 4 days, 6 weeks where 1 and 7 both mean
one, 5 and 7 months): the weekly one may reset first, and an idle one has no reset. TIME_LIMIT is
the month of MCP tool calls; a type that is not known is passed over.

Errors come in HTTP 200 as ``{"code": 401, "msg": …}``; code 500 with "coding plan" in its text is a
good key without a plan. Some good keys get 401 from quota/limit and the numbers from
/api/monitor/usage. Both sites' keys look alike and work only at home. The key goes as Bearer, which
both sites take; without the word BigModel was seen to refuse it. At the balance ``giveAmount`` counts
all gifts ever made, so it is no voucher. The times of the statistics are the site's own.
"""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple, Type

from ..errors import (
    Blocked,
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    RateLimited,
    UnexpectedResponse,
    UsageError,
    Words,
)
from ..models import Account, Balance, Credential, Phrase, Quota, Usage, utc_now
from ..payload import (
    Answer,
    count,
    entries,
    first,
    integer,
    is_challenge,
    mapping,
    moment,
    number,
    rest,
    retry_at,
    status_error,
    text,
)
from ..provider import Client, Provider, bearer, optional, shape, together
from ..terms import joined, renewal, shortest_first, window_label

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
    shapes=(shape(r"[0-9a-fA-F]{32}\.[A-Za-z0-9_-]{8,64}", "a GLM API key", "GLM（智谱）API Key"),),
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
    match="glm zhipu chatglm bigmodel z.ai zai 智谱 智谱AI 清言 coding plan 编程套餐",
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
    """One of the two sites: its host, its clock, and where it tells the balance."""

    host: str
    zone: timezone
    report: str = ""


SITES = {
    "intl": Site("https://api.z.ai", timezone.utc),
    "cn": Site(
        "https://open.bigmodel.cn",
        timezone(timedelta(hours=8)),
        "https://www.bigmodel.cn/api/biz/account/query-customer-account-report",
    ),
}
_DAY, _WEEK = 86400, 7 * 86400
_UNITS = {3: 3600, 1: _DAY, 4: _DAY, 6: _WEEK}  # what ``unit`` counts, in seconds
_MONTHS = (5, 7)
_COUNTED = {"TOKENS_LIMIT": "tokens", "CREDIT_LIMIT": "credits", "TIME_LIMIT": "requests"}
_PLAN_NAMES = ("planName", "plan", "planType", "plan_type", "packageName", "level")
_SCOPE_HEADERS = {"organization": "Bigmodel-Organization", "project": "Bigmodel-Project"}
_LAST_DAY = (
    ("models", "totalTokensUsage", "Tokens 24 h", "tokens"),
    ("models", "totalModelCallCount", "Calls 24 h", "requests"),
    ("tools", "totalNetworkSearchCount", "Web search 24 h", "requests"),
    ("tools", "totalWebReadMcpCount", "Web reader 24 h", "requests"),
    ("tools", "totalZreadMcpCount", "Zread 24 h", "requests"),
)

_REJECTED: Words = (
    "{provider} does not accept this key; keys of z.ai and bigmodel.cn look alike, so it may belong to the other site: check the region, or make a new one at {keys}",
    "{provider} 不接受此 Key；z.ai 与 bigmodel.cn 的 Key 外形相同，它可能属于另一站点：请检查地区，或到 {keys} 新建",
)
_NO_PLAN: Words = (
    "{provider}: the key is valid but has no coding plan; subscribe to one, or use another key",
    "{provider}：Key 有效但没有编程套餐（Coding Plan）；请先订阅，或移除此账号",
)
_MEANING: Tuple[Tuple[Tuple[int, ...], Type[UsageError], Optional[Words]], ...] = (
    ((401, 1000, 1001, 1002, 1003, 1004, 1111), CredentialRejected, _REJECTED),
    ((429, 1302, 1303), RateLimited, None),
    (
        (1305,),
        RateLimited,
        (
            "{provider} is busy; Headroom tries again by itself",
            "{provider} 当前访问量过大；稍后会自动重试",
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
    (
        (1113,),
        NotAvailable,
        (
            "{provider}: no balance and no package is left; top up or subscribe",
            "{provider}：余额不足且没有可用资源包；请充值或订阅",
        ),
    ),
    (
        (1309,),
        NotAvailable,
        (
            "{provider}: the plan has expired; renew it, or remove the account",
            "{provider}：套餐已到期；请续费，或移除此账号",
        ),
    ),
    (
        (1311,),
        NotAvailable,
        (
            "{provider}: the plan does not include this; upgrade it",
            "{provider}：当前套餐不包含此项；请升级套餐",
        ),
    ),
    (
        (1112, 1121),
        NotAvailable,
        (
            "{provider} has locked this account; contact its support",
            "{provider} 已锁定此账号；请联系其客服",
        ),
    ),
    (tuple(range(500, 600)), ProviderFailed, None),
)


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Ask for the windows and everything around them at once. Raises UsageError."""
    site = SITES.get(account.region, SITES["intl"])
    scope = account.scope if site.report else {}  # only bigmodel.cn has team plans
    team = {header: scope[name] for name, header in _SCOPE_HEADERS.items() if scope.get(name)}
    headers = {**bearer(credential.secret), "Accept-Language": "en-US,en", **team}
    extras = _extras(site, bool(team))
    answer, found = await together(
        _limits(client, site, headers, {"type": 2} if team else None),
        *(partial(_document, client, url, headers, how) for url, how in extras.values()),
    )
    return parse(answer, dict(zip(extras, found)), site)


async def _limits(
    client: Client, site: Site, headers: Mapping[str, str], params: Optional[Mapping[str, Any]]
) -> Answer:
    """The answer with the windows, or one that says there is no plan where a balance may do."""
    url = f"{site.host}/api/monitor/usage"
    answer = await client.get(f"{url}/quota/limit", headers=headers, params=params)
    error = refusal(answer)
    if isinstance(error, CredentialRejected) and 401 in (answer.status, _code(answer)):
        other = await optional(client.get(url, headers=headers, params=params))
        told = refusal(other) if other else error
        if other and (told is None or isinstance(told, NotAvailable)):
            answer, error = other, told
    if error is not None and not (isinstance(error, NotAvailable) and site.report):
        raise error
    return answer


def _extras(site: Site, team: bool) -> Dict[str, Tuple[str, Mapping[str, Any]]]:
    """What else is asked: pages and their parameters."""
    day = last_day(utc_now(), site.zone)
    statistics = f"{site.host}/api/monitor/usage"
    pages: Dict[str, Tuple[str, Mapping[str, Any]]] = {
        "plans": (f"{site.host}/api/biz/subscription/list", {}),
        "models": (f"{statistics}/model-usage", {**day, "type": 3} if team else day),
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


def last_day(now: datetime, zone: timezone) -> Dict[str, Any]:
    """The 24 clock hours up to the running one, as the statistics want them."""
    hour = now.astimezone(zone).replace(minute=0, second=0, microsecond=0)
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
    error = status_error(answer)
    if answer.status == 401 and isinstance(error, CredentialRejected):
        return CredentialRejected(_REJECTED)
    if error is None and (code not in (None, 0, 200) or envelope.get("success") is False):
        return UnexpectedResponse()
    return error


def parse(answer: Answer, extras: Mapping[str, Any], site: Site) -> Usage:
    """One usage from the windows and what else was told. Raises UsageError."""
    error, balance = refusal(answer), parse_balance(extras.get("report"))
    if error is not None and not isinstance(error, NotAvailable):
        raise error
    told = {} if error else mapping(answer.json())
    plan = {} if error else current_plan(extras.get("plans"))
    day = _renewal_day(plan, site.zone)
    quotas = () if error else parse_limits(told, _tools_reset(day, answer.at))
    if not quotas and not plan:
        if balance is None:
            raise error or NotAvailable(_NO_PLAN)
        alone = Phrase(
            "no coding plan, only the balance (that of a team needs its organisation and project)",
            "没有编程套餐，仅有余额（团队套餐需填写组织和项目）",
        )
        return Usage(balances=(balance,), notice=joined(alone, _debt(balance)))
    names = first({**told, **mapping(told.get("data"))}, *_PLAN_NAMES)
    name = text(plan.get("productName")) or text(names) or ""
    return Usage(
        quotas=(*quotas, *parse_last_day(extras)),
        balances=(balance,) if balance is not None and balance.available else (),
        plan=name[:1].upper() + name[1:] or None,
        notice=joined(_renews(plan, day), _debt(balance)),
    )


def parse_limits(
    told: Mapping[str, Any], tools_reset: Optional[datetime] = None
) -> Tuple[Quota, ...]:
    """The windows, shortest first, then the tools. Raises UnexpectedResponse if none is readable."""
    limits = mapping(told.get("data")).get("limits", told.get("limits"))
    if not isinstance(limits, list):
        raise UnexpectedResponse
    shown = [entry for entry in limits if not _hidden(entry)]
    quotas = [quota for quota in map(_quota, entries(shown)) if quota is not None]
    if shown and all(quota.used is None for quota in quotas):
        raise UnexpectedResponse
    return tuple(
        replace(quota, resets_at=tools_reset, estimated=True)
        if quota.role == "secondary" and quota.resets_at is None and tools_reset
        else quota
        for quota in shortest_first(quotas)
    )


def _type(entry: Mapping[str, Any]) -> str:
    return (text(entry.get("type")) or "").upper()


def _hidden(entry: object) -> bool:
    """Whether this is the 0 of 0 tool calls of a plan without tools."""
    found = mapping(entry)
    return _type(found) == "TIME_LIMIT" and number(found.get("usage")) == 0


def _quota(entry: Dict[str, Any]) -> Optional[Quota]:
    kind = _type(entry)
    if kind not in _COUNTED:
        return None
    percent, counts = count(entry.get("percentage")), _counts(entry)
    unit, (used, limit) = _COUNTED[kind], counts or (percent, Decimal(100))
    tools = kind == "TIME_LIMIT"
    if tools and used is None:
        return None
    label, seconds = ("MCP tools", None) if tools else _window(entry)
    return Quota(
        label,
        unit if counts else "%",
        used,
        limit,
        rest(limit, used),
        seconds,
        moment(entry.get("nextResetTime")),
        role="secondary" if tools else "binding",
    )


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
    share, percent = min(used * 100 / total, Decimal(100)), count(entry.get("percentage"))
    if percent is not None and abs(share - min(percent, Decimal(100))) > 1:
        return None
    return used, total


def _window(entry: Mapping[str, Any]) -> Tuple[str, Optional[int]]:
    unit, amount = integer(entry.get("unit")), integer(entry.get("number"))
    if unit is None or amount is None or not 0 < amount < 1000:
        return "Limit", None
    if unit in _MONTHS:
        return "Monthly" if amount == 1 else f"{amount} months", None
    if unit not in _UNITS:
        return "Limit", None
    seconds = _WEEK if (unit, amount) == (6, 7) else _UNITS[unit] * amount
    return window_label(seconds), seconds


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


def _renewal_day(plan: Mapping[str, Any], zone: timezone) -> Optional[datetime]:
    """When the day of the renewal begins at the site."""
    told = (text(plan.get("nextRenewTime")) or "")[:10]
    found = moment(f"{told} 00:00:00")
    if found is None or found.year < 2000:
        return None
    return found.replace(tzinfo=zone)


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
