"""GLM, the coding plan of 智谱AI: https://z.ai (international) and https://bigmodel.cn (China).

``quota/limit`` tells the windows (glm/limits.py).

Errors come in HTTP 200 as ``{"code": 401, "msg": …}``; code 500 with "coding plan" in its text is a
good key without a plan. Some good keys get 401 from quota/limit and the numbers from
/api/monitor/usage. Both sites' keys look alike and work only at home. The key goes as Bearer; some
accounts are refused that way and take the bare key, others the other way round, so the bare key is
tried once after a 401. At the balance ``giveAmount`` counts all gifts ever made, so it is no voucher.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import (
    Any,
    Awaitable,
    Callable,
    Dict,
    Iterable,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from ..errors import (
    BY_ITSELF,
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    RateLimited,
    UsageError,
)
from ..glm import plan as plans
from ..glm.limits import parse_limits
from ..i18n.message import Message, _
from ..models import Account, Balance, Credential, Quota, Usage, WorkBlocked, utc_now
from ..provider import free_resets, refusals
from ..provider.answer import Answer, is_challenge, latest, unknown_error
from ..provider.calls import bearer, optional, together
from ..provider.contract import ORGANIZATION, PROJECT, Client, Provider, bare, shape
from ..provider.days import next_monthly
from ..provider.notices import joined, owed
from ..provider.reading import count, first, integer, mapping, number, text
from ..provider.windows import DAY

PROVIDER = Provider(
    id="glm",
    name="GLM (智谱AI / Z.ai)",
    short="GLM",
    kind="plan",
    needs=_("an API key of z.ai or bigmodel.cn"),
    shows=_("5 hours, week, MCP tools, free resets, plan and renewal, balance in China"),
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
            _("a GLM API key"),
            marked=False,
        ),
        shape(  # 24 behind the dot: a key of Ollama; fewer than 16: a part of one of ours
            r"[0-9a-fA-F]{32}\.(?![\w-]{24}\Z)[\w-]{17,64}",
            _("possibly a GLM API key"),
            sure=False,
        ),
    ),
    regions=("intl", "cn"),
    scopes={
        "organization": _("organisation of a team plan (org-…, bigmodel.cn only)"),
        "project": _("project of a team plan (proj_…, bigmodel.cn only)"),
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
        _("Open {keys} and log in."),
        _(
            "Create an API key, or copy one that is there, whole: 32 letters and digits, a dot, and the secret part."
        ),
        _(
            "z.ai and bigmodel.cn are separate accounts: take the key from the site where the coding plan was bought."
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

_ALONE = _("no coding plan, only the balance (that of a team needs its organisation and project)")
_ONLY = _("the plan has expired, only the balance is left")
_REJECTED: Message = _(
    "{provider} does not accept this key; keys of z.ai and bigmodel.cn look alike, so it may belong to the other site: check the region, or make a new one at {keys}"
)
_NO_PLAN: Message = _(
    "{provider}: the key is valid but has no coding plan; subscribe to one, or use another key"
)
_NOTHING: Message = _("{provider}: no balance and no package is left; top up or subscribe")
_EXPIRED: Message = _("{provider}: the plan has expired; renew it, or remove the account")
_LOCKED: Message = _("{provider} has locked this account; contact its support")
_BUSY: Message = _("{provider} is busy; {by_itself}", by_itself=BY_ITSELF)
_DAY_SPENT: Message = _("{provider}: the calls of this day are used up; wait until tomorrow")
_PLAN_SPENT: Message = _(
    "{provider}: the limit of the plan is reached; wait for its reset, or upgrade the plan"
)
_NOT_IN_PLAN: Message = _("{provider}: the plan does not include this; upgrade it")
_REFUSES: Mapping[Message, WorkBlocked] = {
    _NOTHING: WorkBlocked(
        "payment",
        _("no balance and no package is left: top up or subscribe"),
    ),
    _EXPIRED: WorkBlocked("payment", _("the plan has expired: renew it")),
    _LOCKED: WorkBlocked(
        "suspended",
        _("the account is locked: contact its support"),
    ),
}
_OWED = WorkBlocked("payment", _("money is owed: top up"))
_REFUSALS: refusals.Table = {
    "coding plan": (NotAvailable, _NO_PLAN),
    **dict.fromkeys((401, 1000, 1001, 1002, 1003, 1004, 1111), (CredentialRejected, _REJECTED)),
    **dict.fromkeys((429, 1302, 1303), (RateLimited, None)),
    1305: (RateLimited, _BUSY),
    1304: (RateLimited, _DAY_SPENT),
    **dict.fromkeys((1308, 1310), (RateLimited, _PLAN_SPENT)),
    1113: (NotAvailable, _NOTHING),
    1309: (NotAvailable, _EXPIRED),
    1311: (NotAvailable, _NOT_IN_PLAN),
    **dict.fromkeys((1112, 1121), (NotAvailable, _LOCKED)),
    **dict.fromkeys(range(500, 600), (ProviderFailed, None)),
}


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
    hour = now.astimezone(plans.CLOCK).replace(minute=0, second=0, microsecond=0)
    start, end = hour - timedelta(hours=23), hour + timedelta(minutes=59, seconds=59)
    return {"startTime": f"{start:%Y-%m-%d %H:%M:%S}", "endTime": f"{end:%Y-%m-%d %H:%M:%S}"}


def _envelope(answer: Answer) -> Dict[str, Any]:
    told = mapping(answer.document())
    return mapping(told.get("error")) or told


def _code(answer: Answer) -> Optional[int]:
    return integer(_envelope(answer).get("code"))


def refusal(answer: Answer) -> Optional[UsageError]:
    """Tell what an answer refuses, inside HTTP 200 or by its status; None for a success."""
    if is_challenge(answer):
        return refusals.refusal(answer, _REFUSALS)
    envelope, code = _envelope(answer), _code(answer)
    said = (text(first(envelope, "msg", "message"), 1000) or "").lower() if code == 500 else ""
    named = None if code in (0, 200) else first(envelope, "code")
    error = refusals.refusal(answer, _REFUSALS, code, said=said, unknown=named, rejected=_REJECTED)
    return error or (unknown_error(answer) if envelope.get("success") is False else None)


def parse(answer: Answer, extras: Mapping[str, Any]) -> Usage:
    """One usage from the windows and what else was told. Raises UsageError."""
    error, balance = refusal(answer), parse_balance(extras.get("report"))
    if error is not None:
        return _alone(error, balance)
    told, plan = mapping(answer.json()), plans.current(extras.get("plans"))
    day = plans.renewal_day(plan)
    quotas = parse_limits(told, latest(answer), next_monthly(day, answer.at))
    if not quotas and not plan:
        return _alone(NotAvailable(_NO_PLAN), balance)
    names = first({**told, **mapping(told.get("data"))}, *_PLAN_NAMES)
    name = text(plan.get("productName")) or text(names) or ""
    resets = plans.resets(extras.get("cards"), answer.at)
    return Usage(
        quotas=(*quotas, *free_resets.quotas(Decimal(len(resets))), *parse_last_day(extras)),
        balances=(balance,) if balance is not None and balance.available else (),
        plan=name[:1].upper() + name[1:] or None,
        notice=joined(_debt(balance), free_resets.notice(resets), plans.renews(plan, day)),
    )


def _alone(error: UsageError, balance: Optional[Balance]) -> Usage:
    """The balance of an account without a plan, and whether calls are refused. Raises UsageError."""
    if balance is None or not isinstance(error, NotAvailable):
        raise error
    blocked = _blocked(error.message, balance)
    if blocked is not None:
        return Usage(balances=(balance,), blocked=blocked)
    return Usage(balances=(balance,), notice=_ONLY if error.message == _EXPIRED else _ALONE)


def _blocked(why: Message, balance: Balance) -> Optional[WorkBlocked]:
    """That nothing pays for calls, or that the account is locked."""
    if why == _EXPIRED and balance.available > 0:
        return None
    if why in _REFUSES:
        return _REFUSES[why]
    return _OWED if balance.available < 0 else None


def parse_last_day(extras: Mapping[str, Any]) -> Tuple[Quota, ...]:
    """What the last 24 hours took: no limit is told. A told zero counts; unused tools are left out."""
    quotas: List[Quota] = []
    for source, field, label, unit in _LAST_DAY:
        data = mapping(mapping(extras.get(source)).get("data"))
        used = count(mapping(data.get("totalUsage")).get(field))
        if used or (used is not None and source == "models"):
            quotas.append(Quota(label, unit, used, None, None, DAY, role="secondary"))
    return tuple(quotas)


def parse_balance(report: object) -> Optional[Balance]:
    """The money of a bigmodel.cn account, below zero when it is owed."""
    data = mapping(mapping(report).get("data"))
    found = (number(data.get(name)) for name in ("availableBalance", "balance"))
    available = next((amount for amount in found if amount is not None), None)
    return None if available is None else Balance(available, "CNY")


def _debt(balance: Optional[Balance]) -> Optional[Message]:
    if balance is None or balance.available >= 0:
        return None
    return owed(-balance.available, balance.unit)
