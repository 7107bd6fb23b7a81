"""GLM, the coding plan of 智谱AI: https://z.ai (international) and https://bigmodel.cn (China).

``quota/limit`` has the windows (glm/limits.py).

Errors come in HTTP 200 as ``{"code": 401, "msg": …}``. Code 500 with "coding plan" in its text means a valid
key without a plan. Some valid keys get 401 from quota/limit, and the numbers from /api/monitor/usage. Keys of
both sites look alike and work only at their own site. The key is sent as Bearer. Some accounts refuse that
and accept the bare key, others the other way round, so the bare key is tried once after a 401. In the
balance, ``giveAmount`` counts all gifts ever made, so it is not read as a voucher.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Callable, NamedTuple

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
from ..provider.answer import Answer, challenge_error, is_challenge, latest, unknown_error
from ..provider.calls import bare, bearer, optional, together
from ..provider.contract import LOG_IN, ORGANIZATION, PROJECT, Client, Provider, regional, shape
from ..provider.days import next_monthly
from ..provider.notices import debt, joined
from ..provider.plan_pages import PlanPages
from ..provider.reading import Fields, count, first, integer, mapping, number, text
from ..provider.windows import DAY

PROVIDER = Provider(
    id="glm",
    name="GLM (智谱AI / Z.ai)",
    is_prominent=True,
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
        shape(r"[0-9a-fA-F]{32}\.[A-Za-z0-9]{16}", _("a GLM API key"), marked=False),
        shape(  # 24 characters after the dot: a key of Ollama; fewer than 16: a part of a GLM key
            r"[0-9a-fA-F]{32}\.(?![\w-]{24}\Z)[\w-]{17,64}", _("possibly a GLM API key"), sure=False
        ),
    ),
    regions=("intl", "cn"),
    scopes={
        "organization": _("organization of a team plan (org-…, bigmodel.cn only)"),
        "project": _("project of a team plan (proj_…, bigmodel.cn only)"),
    },
    scope_regions={"organization": "cn", "project": "cn"},
    forms={"organization": ORGANIZATION, "project": PROJECT},
    beside=(
        "/api/monitor/usage/model-usage",
        "/api/monitor/usage/tool-usage",
        "/api/biz/customer-package-reset/list",
    ),
    match="glm zhipu chatglm bigmodel z.ai zai 智谱 智谱AI 清言 coding plan 编程套餐",
    aliases=("智谱", "zhipu", "bigmodel"),
    variables={
        "GLM_API_KEY": "",
        "ZAI_API_KEY": "intl",
        "Z_AI_API_KEY": "",  # of the vendor's MCP server, at either site
        "ZHIPUAI_API_KEY": "cn",
        "ZHIPU_API_KEY": "cn",
        "BIGMODEL_API_KEY": "cn",
    },
    steps=(
        LOG_IN,
        _(
            "Create an API key, or copy an existing one, complete: 32 letters "
            "and digits, a dot, and the secret part."
        ),
        _(
            "z.ai and bigmodel.cn are separate accounts: take the key from the site where the coding plan was bought."
        ),
    ),
)


class Site(NamedTuple):
    """One of the two sites: its host, and the URL of its balance, if it has one."""

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
_OF_THE_PLAN = ("plans",)  # pages that are fetched once a day
_SCOPE_HEADERS = {"organization": "Bigmodel-Organization", "project": "Bigmodel-Project"}
_LAST_DAY = (
    ("models", "totalTokensUsage", "Tokens 24 h", "tokens"),
    ("models", "totalModelCallCount", "Calls 24 h", "requests"),
    ("tools", "totalNetworkSearchCount", "Web search 24 h", "requests"),
    ("tools", "totalWebReadMcpCount", "Web reader 24 h", "requests"),
    ("tools", "totalZreadMcpCount", "Zread 24 h", "requests"),
)

_ALONE = _("no coding plan, only the balance (that of a team needs its organization and project)")
_ONLY = _("the plan has expired, only the balance is left")
_REJECTED: Message = _(
    "{provider} does not accept this key; keys of z.ai and bigmodel.cn look alike, so it may belong to the other site; check the region, or make a new one at {keys}"
)
_NO_PLAN: Message = _(
    "{provider}: the key is valid but has no coding plan; subscribe to one, or use another key"
)
_NOTHING: Message = _("{provider}: no balance and no package is left; top up or subscribe")
_EXPIRED: Message = _("{provider}: the plan has expired; renew it, or remove the account")
_LOCKED: Message = _("{provider} has locked this account; contact its support")
_BUSY: Message = _("{provider} is busy; {by_itself}", by_itself=BY_ITSELF)
_DAY_SPENT: Message = _("{provider}: today's calls are used up; wait until tomorrow")
_PLAN_SPENT: Message = _(
    "{provider}: the limit of the plan is reached; wait for its reset, or upgrade the plan"
)
_NOT_IN_PLAN: Message = _("{provider}: the plan does not include this; upgrade it")
_REFUSES: Mapping[Message, WorkBlocked] = {
    _NOTHING: WorkBlocked("payment", _("no balance and no package is left: top up or subscribe")),
    _EXPIRED: WorkBlocked("payment", _("the plan has expired: renew it")),
    _LOCKED: WorkBlocked("suspended", _("the account is locked: contact its support")),
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
    """Fetch the windows and, in parallel, all other pages. Raises UsageError."""
    site = regional(SITES, account.region)
    scope = account.scope if site.report else {}  # only bigmodel.cn has team plans
    team = {header: scope[name] for name, header in _SCOPE_HEADERS.items() if scope.get(name)}
    common = {"Accept-Language": "en-US,en", **team}
    header_forms = [{**form(credential.secret), **common} for form in (bearer, bare)]
    extras = _extras(site, bool(team))
    kept = _cached_pages(client, team)

    def calls(names: Iterable[str], headers: _Headers) -> list[Callable[[], Awaitable[Any]]]:
        return [partial(_document, client, extras[n][0], headers, extras[n][1]) for n in names]

    main = _limits(client, site, header_forms, {"type": 2} if team else None)
    due = [name for name in extras if name not in kept.pages]
    (answer, accepted), documents = await together(main, *calls(due, header_forms[0]))
    extra_documents = {**kept.pages, **dict(zip(due, documents))}
    missing = list(kept.pages) if kept.is_outdated(_level(answer)) else []
    if accepted is not header_forms[0]:  # then other pages were refused, too
        missing += [name for name, document in extra_documents.items() if not document]
    _, documents = await together(asyncio.sleep(0), *calls(missing, accepted))
    extra_documents.update(zip(missing, documents))
    pages = {name: extra_documents[name] for name in _OF_THE_PLAN if extra_documents[name]}
    kept.keep(_level(answer), pages)
    return parse(answer, extra_documents)


def _cached_pages(client: Client, team: Mapping[str, str]) -> PlanPages:
    """Return the cached pages of the plan; none from the day of its renewal on."""
    kept = PlanPages(client, _OF_THE_PLAN, " ".join(team.values()))
    day = plans.renewal_day(plans.current(kept.pages.get("plans")))
    if day is None or day <= utc_now():
        kept.pages.clear()
    return kept


def _level(answer: Answer) -> str | None:
    """Read the name of the plan in ``quota/limit``."""
    return text(mapping(mapping(answer.document()).get("data")).get("level"))


async def _limits(
    client: Client, site: Site, forms: Sequence[_Headers], params: Mapping[str, Any] | None
) -> tuple[Answer, _Headers]:
    """Fetch the windows. The answer may say that there is no plan, if the site has a balance instead.

    Returns the answer, and the headers that were accepted: after a 401, other forms of the key are tried.
    Raises UsageError.
    """
    url = f"{site.host}/api/monitor/usage"
    answer = await client.get(f"{url}/quota/limit", headers=forms[0], params=params)
    if not _is_401(answer):
        return _unless_refused(answer, site), forms[0]
    others = [(f"{url}/quota/limit", form) for form in forms[1:]] + [(url, forms[0])]
    for page, form in others:
        other = await optional(client.get(page, headers=form, params=params))
        error = refusal(other) if other else None
        if other and (error is None or isinstance(error, NotAvailable)):
            return _unless_refused(other, site), form
    return _unless_refused(answer, site), forms[0]


def _is_401(answer: Answer) -> bool:
    rejected = isinstance(refusal(answer), CredentialRejected)
    return rejected and 401 in (answer.status, _code(answer))


def _unless_refused(answer: Answer, site: Site) -> Answer:
    """Return the answer. Raises its UsageError, unless the plan is missing and the site has a balance."""
    error = refusal(answer)
    if error is not None and not (isinstance(error, NotAvailable) and site.report):
        raise error
    return answer


def _extras(site: Site, team: bool) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return URL and parameters of the other pages, by name."""
    day = last_day(utc_now())
    statistics = f"{site.host}/api/monitor/usage"
    pages: dict[str, tuple[str, Mapping[str, Any]]] = {
        "plans": (f"{site.host}/api/biz/subscription/list", {}),
        "models": (f"{statistics}/model-usage", {**day, "type": 3} if team else day),
        "cards": (
            f"{site.host}/api/biz/customer-package-reset/list",
            {"targetType": "TEAM" if team else "PERSONAL"},
        ),
    }
    if not team:  # it is not known how this page takes a team
        pages["tools"] = (f"{statistics}/tool-usage", day)
    if site.report:
        pages["report"] = (site.report, {})
    return pages


async def _document(
    client: Client, url: str, headers: Mapping[str, str], params: Mapping[str, Any]
) -> dict[str, Any]:
    answer = await client.get(url, headers=headers, params=params or None)
    return {} if refusal(answer) else mapping(answer.document())


def last_day(now: datetime) -> dict[str, Any]:
    """Make the parameters for the last 24 clock hours including the current one, in UTC+8.

    Args:
        now: aware UTC.
    """
    hour = now.astimezone(plans.CLOCK).replace(minute=0, second=0)
    start, end = hour - timedelta(hours=23), hour + timedelta(minutes=59, seconds=59)
    return {"startTime": f"{start:%Y-%m-%d %H:%M:%S}", "endTime": f"{end:%Y-%m-%d %H:%M:%S}"}


def _envelope(answer: Answer) -> dict[str, Any]:
    document = mapping(answer.document())
    return mapping(document.get("error")) or document


def _code(answer: Answer) -> int | None:
    return integer(_envelope(answer).get("code"))


def refusal(answer: Answer) -> UsageError | None:
    """Find the error of an answer, inside HTTP 200 or by its status; None for a success."""
    if is_challenge(answer):
        return challenge_error(answer)
    envelope, code = _envelope(answer), _code(answer)
    message = (text(first(envelope, "msg", "message")) or "").lower() if code == 500 else ""
    unknown = None if code in (0, 200) else first(envelope, "code")
    error = refusals.refusal(
        answer, _REFUSALS, code, message=message, unknown=unknown, rejected=_REJECTED
    )
    return error or (unknown_error(answer) if envelope.get("success") is False else None)


def parse(answer: Answer, extras: Fields) -> Usage:
    """Read the windows and the other documents. Raises UsageError.

    Args:
        answer: the answer of ``quota/limit``.
        extras: the other documents by name; None or {} for one that did not come.
    """
    error, balance = refusal(answer), parse_balance(extras.get("report"))
    if error is not None:
        return _balance_only(error, balance)
    document, plan = mapping(answer.json()), plans.current(extras.get("plans"))
    day = plans.renewal_day(plan)
    quotas = parse_limits(document, latest(answer), next_monthly(day, answer.at))
    if not quotas and not plan:
        return _balance_only(NotAvailable(_NO_PLAN), balance)
    name = first({**document, **mapping(document.get("data"))}, *_PLAN_NAMES)
    plan_name = text(plan.get("productName")) or text(name) or ""
    owed = debt(balance.available, balance.unit) if balance else None
    resets = plans.resets(extras.get("cards"), answer.at)
    return Usage(
        quotas=(*quotas, *free_resets.quotas(Decimal(len(resets))), *parse_last_day(extras)),
        balances=(balance,) if balance is not None and balance.available else (),
        plan=plan_name[:1].upper() + plan_name[1:] or None,
        notice=joined(owed, free_resets.notice(resets), plans.renews(plan, day)),
    )


def _balance_only(error: UsageError, balance: Balance | None) -> Usage:
    """Make the usage of an account with a balance but no plan. Raises ``error`` without a balance."""
    if balance is None or not isinstance(error, NotAvailable):
        raise error
    blocked = _blocked(error.message, balance)
    if blocked is not None:
        return Usage(balances=(balance,), blocked=blocked)
    return Usage(balances=(balance,), notice=_ONLY if error.message == _EXPIRED else _ALONE)


def _blocked(message: Message, balance: Balance) -> WorkBlocked | None:
    """Return the block if nothing pays for calls or the account is locked, else None."""
    if message == _EXPIRED and balance.available > 0:
        return None
    if message in _REFUSES:
        return _REFUSES[message]
    return _OWED if balance.available < 0 else None


def parse_last_day(extras: Fields) -> tuple[Quota, ...]:
    """Read the use of the last 24 hours, which has no limit; only tools that were used are listed."""
    quotas: list[Quota] = []
    for source, field, label, unit in _LAST_DAY:
        data = mapping(mapping(extras.get(source)).get("data"))
        used = count(mapping(data.get("totalUsage")).get(field))
        if used or (used is not None and source == "models"):
            quotas.append(Quota(label, unit, used, None, None, DAY, role="secondary"))
    return tuple(quotas)


def parse_balance(report: object) -> Balance | None:
    """Read the balance of a bigmodel.cn account in CNY; below zero if money is owed."""
    data = mapping(mapping(report).get("data"))
    amounts = (number(data.get(name)) for name in ("availableBalance", "balance"))
    available = next((amount for amount in amounts if amount is not None), None)
    return None if available is None else Balance(available, "CNY")
