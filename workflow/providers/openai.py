"""OpenAI API (Token): what an organization spent, its tokens and requests, and its spend limit.

An Admin key (``sk-admin-…``) reads pages of UTC days, the costs being the main numbers::

    {"object": "page", "has_more": true, "next_page": "…", "data": [
      {"object": "bucket", "start_time": 1791158400, "end_time": 1791244800,
       "results": [{"amount": {"value": 2.31, "currency": "usd"}}]}]}

Traps: ``value`` is a number or a decimal string of 30 and more digits, and below zero for a credit;
a day without results is a day without costs; one day may continue on the next page; today's
bucket is partial, and costs lag by minutes to hours. The costs are asked by line, so that images and
audio, which few use, are counted only where something was billed for them, and so are the tools.
``input_tokens`` include the cached ones; the requests of a web search are counted with the completions.
By the specification neither ``amount`` nor its fields have to be there; OpenAI bills in USD. What cannot
be read costs itself: the sums without it are marked, or not told.
``threshold_amount`` of the spend limit is in cents. ``error``
is an object or a plain string, echoes part of the key, and a 401 with "Missing scopes" is a good
key that lacks a permission. No endpoint tells the prepaid balance. A hard spend limit that is enforcing
refuses work (429 ``organization_spend_limit_exceeded``); one of the organization stops its projects too.

Ordinary keys (``sk-proj-…``, ``sk-svcacct-…``, ``sk-…``) see no money: the legacy billing pages,
made for browser sessions, are tried, and otherwise the user is told to make an Admin key.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple
from urllib.parse import quote

from ..errors import Blocked, CredentialRejected, NotAvailable, UnexpectedResponse, WrongCredential
from ..i18n.message import _
from ..models import Account, Credential, Period, Quota, Spend, Usage, WorkBlocked, utc_now
from ..openai import counters, legacy
from ..openai.counters import COUNTERS, Counter, Pages, is_named, reaches, results
from ..provider.answer import Answer, unknown_error
from ..provider.calls import bearer, optional, together
from ..provider.contract import ORGANIZATION, PROJECT, Client, Provider, lookalike, shape
from ..provider.counts import allowance
from ..provider.days import next_month, periods
from ..provider.reading import count, currency, mapping, money
from ..provider.refusals import Table, refusal

_HOST = "https://api.openai.com/v1"
_DAYS = {"bucket_width": "1d", "limit": 31}  # a month, or 30 days, on one page
_MOST_PAGES = 20
_ZERO = Decimal(0)
_CURRENCY = "USD"  # in which OpenAI bills
_BILLING = "https://platform.openai.com/settings/organization/billing"

_LACKS = _("spend needs an Admin key, sk-admin-…")
PROVIDER = Provider(
    id="openai",
    name="OpenAI API (Token)",
    short="OpenAI",
    kind="spend",
    needs=_("Admin key (sk-admin-…) of an organization owner"),
    shows=_(
        "spend today, this month, 30 days; tokens, requests, images, audio, searches and what else is counted, spend limit"
    ),
    keys={"": "https://platform.openai.com/settings/organization/admin-keys"},
    dashboard={"": "https://platform.openai.com/usage"},
    shapes=(
        shape(r"sk-admin-[\w-]{8,}", _("OpenAI Admin key")),
        shape(r"sk-proj-[\w-]{8,}", _("OpenAI project key"), lacks=_LACKS),
        shape(
            r"sk-svcacct-[\w-]{8,}",
            _("OpenAI service account key"),
            lacks=_LACKS,
        ),
        shape(r"sk-None-[\w-]{8,}", _("OpenAI user key"), lacks=_LACKS),
        shape(r"sk-[\w-]*T3BlbkFJ[\w-]*", _("OpenAI user key"), lacks=_LACKS),
        shape(
            r"sk-(?!ant-|or-|kimi-|cp-|api-|admin-|proj-|svcacct-|None-)[\w-]{16,}",
            _("possibly an OpenAI user key"),
            sure=False,
            lacks=_LACKS,
        ),
    ),
    scopes={
        "project": _("project id (proj_…): its costs and usage only"),
        "organization": _("organization id (org-…)"),
    },
    forms={"organization": ORGANIZATION, "project": PROJECT},
    called=_("an OpenAI API key"),
    lookalikes=(lookalike(r"sess-[\w-]{8,}", "OpenAI (dashboard session, sess-…)"),),
    match="openai api token platform gpt admin billing 账单 花费 用量 接口",
    variables={
        "OPENAI_API_KEY": "",
        "OPENAI_ADMIN_KEY": "",
        "OPENAI_ADMIN_API_KEY": "",
        "CODEX_API_KEY": "",
    },
    steps=(
        _(
            "Open {keys} (Settings → Organization → Admin keys) and log in as an **owner of the organization**. Nobody else may make Admin keys; ask an owner if you are none."
        ),
        _(
            "Create an Admin key. Read-only is enough; a restricted one must be allowed to read usage (`api.usage.read`)."
        ),
        _("Copy it at once, `sk-admin-…`: it is shown only this time."),
        _(
            "An ordinary API key (`sk-proj-…`, `sk-svcacct-…`, `sk-…`) can call models but is shown no spend and no token usage."
        ),
    ),
)

_ADMIN_ONLY = _(
    "{provider}: this key works, but spend is shown to Admin keys (sk-admin-…) only; make one at {keys}"
)
_NO_SCOPE = _(
    "{provider}: this key may not read costs (api.usage.read); make an Admin key that may at {keys}"
)
_NO_CREDIT = _(
    "{provider}: no credit is left or a limit is reached; add credit or raise it at {billing}",
    billing=_BILLING,
)
_DEACTIVATED = _(
    "{provider}: the account of this key is deactivated; ask OpenAI's support, or use another account's key from {keys}"
)
_ADDRESS = _(
    "{provider}: the organization does not allow this IP address (the key may be fine); use an allowed network or extend its allow-list"
)
_NO_MEMBER = _(
    "{provider}: the owner of this key belongs to no organization any more; ask to be invited, then make a key at {keys}"
)
_OTHER_ORGANIZATION = _(
    "{provider}: this key belongs to another organization than the one set for this account; correct it, or make a key there at {keys}"
)
_LIMIT_REACHED = _("the spend limit is reached, raise it or wait for the reset")
_SHARED_LIMIT_REACHED = _(
    "the organization's spend limit is reached, raise it or wait for the next month"
)
_COSTS_IN_PART = _("part of the costs cannot be read, the sums are too low")
_NO_COSTS = _("the costs cannot be read")
_REFUSALS: Table = {  # what code, type or message say; the texts themselves go nowhere
    "insufficient_quota": (NotAvailable, _NO_CREDIT),
    "credit_balance_exhausted": (NotAvailable, _NO_CREDIT),
    "spend_limit_exceeded": (NotAvailable, _NO_CREDIT),
    "usage_limit_exceeded": (NotAvailable, _NO_CREDIT),
    "billing_not_active": (NotAvailable, _NO_CREDIT),
    "account_deactivated": (CredentialRejected, _DEACTIVATED),
    "ip_not_authorized": (Blocked, _ADDRESS),
    "member of an organization": (CredentialRejected, _NO_MEMBER),
    "mismatched_organization": (WrongCredential, _OTHER_ORGANIZATION),
    "invalid_organization": (WrongCredential, _OTHER_ORGANIZATION),
    "missing scopes": (WrongCredential, _NO_SCOPE),
    "insufficient permissions": (WrongCredential, _NO_SCOPE),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Ask for costs, usage and the spend limit, or tell what an ordinary key lacks."""
    headers = bearer(credential.secret)
    if account.scope.get("organization"):
        headers["OpenAI-Organization"] = account.scope["organization"]
    if not credential.secret.startswith("sk-admin-"):
        return await _ordinary(client, headers)
    return await _admin(client, headers, account.scope.get("project") or "")


async def _admin(client: Client, headers: Mapping[str, str], project: str) -> Usage:
    month, _, thirty = periods(utc_now())
    home = f"{_HOST}/organization"
    spot = f"{home}/projects/{quote(project, safe='')}" if project else home
    query = {**_DAYS, "project_ids": project} if project else _DAYS

    async def days(
        path: str, since: datetime, recent: bool = False, **more: str
    ) -> Tuple[Pages, datetime]:
        asked = {"start_time": int(since.timestamp()), **query, **more}
        return await _pages(client, f"{home}/{path}", headers, asked, recent)

    async def counted(counter: Counter) -> Any:
        return await optional(days(f"usage/{counter.name}", month, counter.recent))

    limits = [spot, home] if project else [home]
    always = [counter for counter in COUNTERS if not counter.named]
    (costs, at), told = await together(
        days("costs", min(month, thirty), group_by="line_item"),
        *(partial(_object, client, f"{place}/spend_limit", headers) for place in limits),
        *(partial(counted, counter) for counter in always),
    )
    caps, told = told[: len(limits)], told[len(limits) :]
    named = [counter for counter in COUNTERS if is_named(counter, costs)]
    told += await asyncio.gather(*map(counted, named))
    usage = {each.name: found and found[0] for each, found in zip([*always, *named], told)}
    return parse(costs, usage, caps, at)


async def _ordinary(client: Client, headers: Mapping[str, str]) -> Usage:
    now = utc_now()
    days = {"start_date": f"{now:%Y-%m}-01", "end_date": str((now + timedelta(days=1)).date())}
    billing = f"{_HOST}/dashboard/billing"
    at, (grants, subscription, spent) = await together(
        _checked(client, headers),
        partial(_object, client, f"{billing}/credit_grants", headers),
        partial(_object, client, f"{billing}/subscription", headers),
        partial(_object, client, f"{billing}/usage", headers, days),
    )
    usage = legacy.parse(grants, subscription, spent, at)
    if not (usage.quotas or usage.balances or usage.spends):
        raise WrongCredential(_ADMIN_ONLY)
    return usage


async def _object(
    client: Client, url: str, headers: Mapping[str, str], query: Optional[Mapping[str, Any]] = None
) -> Dict[str, Any]:
    return read(await client.get(url, headers=headers, params=query))


async def _checked(client: Client, headers: Mapping[str, str]) -> datetime:
    """When the key was found valid: it lists models, or is only not allowed to."""
    answer = await client.get(f"{_HOST}/models", headers=headers)
    if "missing scopes" not in _said(answer) and not isinstance(read(answer).get("data"), list):
        raise UnexpectedResponse
    return answer.at


async def _pages(
    client: Client,
    url: str,
    headers: Mapping[str, str],
    query: Mapping[str, Any],
    recent: bool = False,
) -> Tuple[Pages, datetime]:
    """All pages of a list of days, and when the first one arrived; no page where it is too recent."""
    answer = await client.get(url, headers=headers, params=query)
    if recent and answer.status == 404:
        return (), answer.at
    pages, at, cursors = [read(answer)], answer.at, [""]
    while pages[-1].get("has_more"):
        told = pages[-1].get("next_page")
        cursor = told if isinstance(told, str) else ""
        if not cursor and reaches(pages[-1], at):
            break  # days come in order, so none is missing
        if cursor in cursors or len(pages) == _MOST_PAGES:
            return [{}], at  # days are missing, so nothing is told
        cursors.append(cursor)
        answer = await client.get(url, headers=headers, params={**query, "page": cursor})
        pages.append(read(answer))
    return pages, at


def read(answer: Answer) -> Dict[str, Any]:
    """The object in an answer. Raises the UsageError that its error or status stands for."""
    own = CredentialRejected.default
    error = refusal(answer, _REFUSALS, said=_said(answer), rejected=own)
    if error is not None:
        raise error
    found = answer.json()
    if not isinstance(found, dict):
        raise UnexpectedResponse
    if found.get("error"):
        raise unknown_error(answer, mapping(found["error"]).get("code"))
    return found


def _said(answer: Answer) -> str:
    """Code, type and message of an error, in lower case, to search; never to be shown."""
    if answer.status >= 500:
        return ""
    error = mapping(answer.document()).get("error")
    told = [mapping(error).get(name) for name in ("code", "type", "message")] + [error]
    return "\n".join(part for part in told if isinstance(part, str)).lower()


def parse(
    costs: Pages, usage: Mapping[str, Optional[Pages]], limits: Sequence[object], at: datetime
) -> Usage:
    """Read the answers for an Admin key. Raises UnexpectedResponse when they tell nothing.

    Args:
        limits: the spend limit, and the organization's where that one is a project's.
    """
    spends, whole = parse_costs(costs, at)
    caps = parse_limit(limits[0], spends, at) if limits else ()
    counted = counters.parse(usage, at)
    if not spends and not counted:
        raise UnexpectedResponse
    odd = _COSTS_IN_PART if spends else _NO_COSTS
    return Usage(
        quotas=caps + counted if whole else tuple(map(_estimated, caps)) + counted,
        spends=spends,
        notice=None if whole else odd,
        blocked=_blocked(limits, at),
    )


def _estimated(quota: Quota) -> Quota:
    return replace(quota, estimated=True)


def _blocked(limits: Sequence[object], at: datetime) -> Optional[WorkBlocked]:
    for limit, reason in zip(limits, (_LIMIT_REACHED, _SHARED_LIMIT_REACHED)):
        if _is_enforcing(limit):
            monthly = mapping(limit).get("interval") == "month"
            return WorkBlocked("spend_limit", reason, next_month(at) if monthly else None)
    return None


def _is_enforcing(limit: object) -> bool:
    return mapping(mapping(limit).get("enforcement")).get("status") == "enforcing"


def parse_costs(pages: Pages, at: datetime) -> Tuple[Tuple[Spend, ...], bool]:
    """Spends of this month, today and the last 30 days, for each currency; whether all was read.

    A period of which nothing can be read is not told.
    """
    names: Tuple[Period, ...] = ("month", "day", "30 days")
    sums = [(name, since, *_costs(pages, since, at)) for name, since in zip(names, periods(at))]
    units = dict.fromkeys(unit for _, _, costs, _ in sums for unit in costs) or {_CURRENCY: None}
    spends = tuple(
        Spend(round(costs.get(unit, _ZERO), 10), unit, since, at, name)
        for unit in units
        for name, since, costs, whole in sums
        if whole or unit in costs
    )
    return spends, all(whole for *_, whole in sums)


def _costs(pages: Pages, since: datetime, until: datetime) -> Tuple[Dict[str, Decimal], bool]:
    """What was spent in a period, for each currency, and whether all of it could be read."""
    found: Dict[str, Decimal] = {}
    whole = True
    for result in results(pages, since, until):
        amount = mapping(mapping(result).get("amount"))
        value, unit = money(amount.get("value")), currency(amount.get("currency")) or _CURRENCY
        if value is None:
            whole = False
        else:
            found[unit] = found.get(unit, _ZERO) + value
    return found, whole


def parse_limit(found: object, spends: Sequence[Spend], at: datetime) -> Tuple[Quota, ...]:
    """The spend limit, when one is set."""
    told = mapping(found)
    cents, unit = count(told.get("threshold_amount")), currency(told.get("currency")) or _CURRENCY
    if cents is None:
        return ()
    limit, used, resets_at = cents / 100, None, None
    if told.get("interval") == "month":
        months = (spend.amount for spend in spends if (spend.period, spend.unit) == ("month", unit))
        used, resets_at = next(months, None), next_month(at)
    alert = _is_enforcing(told)
    quota = allowance("Spend limit", unit, used=used, limit=limit, resets_at=resets_at, alert=alert)
    return (quota,) if quota else ()
