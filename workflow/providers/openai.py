"""OpenAI API (Token): spend, tokens and requests of an organization, and its spend limit.

An Admin key (``sk-admin-…``) reads pages of UTC days; the costs are the main numbers::

    {"object": "page", "has_more": true, "next_page": "…", "data": [
      {"object": "bucket", "start_time": 1791158400, "end_time": 1791244800,
       "results": [{"amount": {"value": 2.31, "currency": "usd"}}]}]}

Traps: ``value`` is a number or a decimal string of 30 and more digits, and below zero for a credit. A day
without results is a day without costs. One day may continue on the next page. Today's bucket is partial, and
costs lag by minutes to hours. The costs are grouped by line item, so that images, audio and tools, which few
use, are fetched only if something was billed for them. ``input_tokens`` include the cached ones; the requests
of a web search are counted with the completions. According to the specification ``amount`` and its fields may
be missing; OpenAI bills in USD. If a cost cannot be read, the sums without it are marked as incomplete, or
left out. ``threshold_amount`` of the spend limit is in cents. ``error`` is an object or a plain string, and
repeats part of the key. A 401 with "Missing scopes" means a valid key that lacks a permission. No endpoint
has the prepaid balance. An enforced spend limit refuses work (429); an organization's also stops its projects.

Keys of a project (``sk-proj-…``, ``sk-svcacct-…``) cannot read money: they are neither accepted nor used
(provider/no_usage.py). Keys of a user (``sk-…``) once could: the legacy billing pages, which are made for browser
sessions, are tried with them; if that fails, the message asks for an Admin key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

from ..errors import Blocked, CredentialRejected, NotAvailable, UnexpectedResponse, WrongCredential
from ..i18n.message import _
from ..models import Account, Credential, Period, Spend, Usage, utc_now
from ..openai import counters, legacy, spend_limit
from ..openai.attention import Attention
from ..openai.counters import Counter, Pages, Result, reaches, results, within
from ..provider.answer import Answer, unknown_error
from ..provider.calls import bearer, optional, together
from ..provider.contract import ORGANIZATION, PROJECT, Client, Provider, lookalike, shape
from ..provider.days import periods
from ..provider.derived import total
from ..provider.reading import currency, mapping, money
from ..provider.refusals import Table, refusal
from ..records import replace

_HOST = "https://api.openai.com/v1"
_DAYS = {"bucket_width": "1d", "limit": 31}  # a month, or 30 days, on one page
_MAX_PAGES = 20
_ZERO = Decimal(0)
_BILLING = "https://platform.openai.com/settings/organization/billing"

_OF_A_PROJECT = ("sk-proj-", "sk-svcacct-")
_LACKS = _("spend needs an Admin key, sk-admin-…")
PROVIDER = Provider(
    id="openai",
    name="OpenAI API (Token)",
    is_prominent=True,
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
        "project": _("project ID (proj_…): its costs and usage only"),
        "organization": _("organization ID (org-…)"),
    },
    forms={"organization": ORGANIZATION, "project": PROJECT},
    called=_("an OpenAI API key"),
    lookalikes=(lookalike(r"sess-[\w-]{8,}", "OpenAI (dashboard session, sess-…)"),),
    beside=(
        "/v1/organization/usage/",
        "/v1/organization/spend_limit",
        "/v1/organization/projects/",
    ),
    match="openai api token platform gpt admin billing 账单 花费 用量 接口",
    variables={
        "OPENAI_API_KEY": "",
        "OPENAI_ADMIN_KEY": "",
        "OPENAI_ADMIN_API_KEY": "",
        "CODEX_API_KEY": "",
    },
    steps=(
        _(
            "Open {keys} (Settings → Organization → Admin keys) and log in as an **owner "
            "of the organization**. Only owners can create Admin keys; if you are not "
            "one, ask an owner."
        ),
        _(
            "Create an Admin key. Read-only is enough; a restricted one must be allowed to read usage (`api.usage.read`)."
        ),
        _("Copy it at once, `sk-admin-…`: it is shown only this time."),
        _(
            "An ordinary API key (`sk-proj-…`, `sk-svcacct-…`, `sk-…`) can call models "
            "but cannot read spend or token usage."
        ),
    ),
)

_ADMIN_ONLY = _(
    "{provider}: this key works, but only Admin keys (sk-admin-…) can read "
    "spend; create one at {keys}"
)
_NO_SCOPE = _(
    "{provider}: this key has no permission to read costs (api.usage.read); "
    "create an Admin key with that permission at {keys}"
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
_COSTS_IN_PART = _("part of the costs cannot be read, the sums are too low")
_NO_COSTS = _("the costs cannot be read")
_REFUSALS: Table = {  # by code, type or message, which are never shown
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
    """Fetch costs, usage and spend limit, or the older billing pages with a user's key. Raises UsageError."""
    headers = bearer(credential.secret)
    if account.scope.get("organization"):
        headers["OpenAI-Organization"] = account.scope["organization"]
    if credential.secret.startswith(_OF_A_PROJECT):
        raise WrongCredential(_ADMIN_ONLY)
    if not credential.secret.startswith("sk-admin-"):
        return await _ordinary(client, headers)
    return await _admin(client, headers, account.scope.get("project") or "")


async def _admin(client: Client, headers: Mapping[str, str], project: str) -> Usage:
    month, _, last_30_days = periods(utc_now())
    organization = f"{_HOST}/organization"
    place = f"{organization}/projects/{quote(project, safe='')}" if project else organization
    query = {**_DAYS, "project_ids": project} if project else _DAYS

    async def days(
        path: str, since: datetime, recent: bool = False, **more: str
    ) -> tuple[Pages, datetime]:
        params = {"start_time": int(since.timestamp()), **query, **more}
        return await _pages(client, f"{organization}/{path}", headers, params, recent)

    attention = Attention(client, project)

    async def counted(counter: Counter) -> Any:
        if attention.is_idle(counter):
            return (), None
        return await days(f"usage/{counter.name}", month, counter.recent)

    limits = [place, organization] if project else [organization]
    beside = attention.first()
    (costs, at), others = await together(
        days("costs", min(month, last_30_days), group_by="line_item"),
        *(partial(_object, client, f"{place}/spend_limit", headers) for place in limits),
        *(partial(counted, counter) for counter in beside),
    )
    caps, others = others[: len(limits)], others[len(limits) :]
    late = attention.after(costs, beside)
    others += await asyncio.gather(*(optional(counted(counter)) for counter in late))
    answers = {counter.name: pair and pair[0] for counter, pair in zip([*beside, *late], others)}
    pages = {**attention.known(), **answers}
    attention.keep(pages)
    return parse(costs, pages, caps, at)


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
    client: Client, url: str, headers: Mapping[str, str], query: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return read(await client.get(url, headers=headers, params=query))


async def _checked(client: Client, headers: Mapping[str, str]) -> datetime:
    """Check that the key is valid: it can list models, or only lacks that permission.

    Returns the time of the answer. Raises UsageError.
    """
    answer = await client.get(f"{_HOST}/models", headers=headers)
    lacks_scope = "missing scopes" in _error_text(answer)
    if not lacks_scope and not isinstance(read(answer).get("data"), list):
        raise UnexpectedResponse
    return answer.at


async def _pages(
    client: Client,
    url: str,
    headers: Mapping[str, str],
    query: Mapping[str, Any],
    recent: bool = False,
) -> tuple[Pages, datetime]:
    """Fetch all pages of a list of days; none if the organization does not have the ``recent`` endpoint yet.

    Returns the pages, and when the first one arrived. Raises UsageError.
    """
    answer = await client.get(url, headers=headers, params=query)
    if recent and answer.status == 404:
        return (), answer.at
    pages, at, cursors = [read(answer)], answer.at, [""]
    while pages[-1].get("has_more"):
        token = pages[-1].get("next_page")
        cursor = token if isinstance(token, str) else ""
        if not cursor and reaches(pages[-1], at):
            break  # days come in order, so none is missing
        if cursor in cursors or len(pages) == _MAX_PAGES:
            return [{}], at  # days are missing, so no sum would be right
        cursors.append(cursor)
        answer = await client.get(url, headers=headers, params={**query, "page": cursor})
        pages.append(read(answer))
    return pages, at


def read(answer: Answer) -> dict[str, Any]:
    """Parse the JSON object of a successful answer. Raises the UsageError of its error or status."""
    error = refusal(answer, _REFUSALS, message=_error_text(answer))
    if error is not None:
        raise error
    document = answer.json()
    if not isinstance(document, dict):
        raise UnexpectedResponse
    if document.get("error"):
        raise unknown_error(answer, mapping(document["error"]).get("code"))
    return document


def _error_text(answer: Answer) -> str:
    """Join code, type and message of an error in lower case; the text is searched, never shown."""
    if answer.status >= 500:
        return ""
    error = mapping(answer.document()).get("error")
    texts = [mapping(error).get(name) for name in ("code", "type", "message")] + [error]
    return "\n".join(value for value in texts if isinstance(value, str)).lower()


def parse(
    costs: Pages, usage: Mapping[str, Pages | None], limits: Sequence[object], at: datetime
) -> Usage:
    """Read the answers for an Admin key. Raises UnexpectedResponse without any number.

    Args:
        costs: pages of days, by line item.
        usage: pages by endpoint; None for one that failed.
        limits: the spend limit; for a project, its own and then the organization's.
        at: when the costs arrived, aware UTC.
    """
    spends, whole = parse_costs(costs, at)
    caps = spend_limit.parse(limits[0], spends, at) if limits else ()
    counted = counters.parse(usage, at)
    if not spends and not counted:
        raise UnexpectedResponse
    warning = _COSTS_IN_PART if spends else _NO_COSTS
    return Usage(
        quotas=tuple(replace(cap, estimated=cap.estimated or not whole) for cap in caps) + counted,
        spends=spends,
        notice=None if whole else warning,
        blocked=spend_limit.blocked(limits, at),
    )


def parse_costs(pages: Pages, at: datetime) -> tuple[tuple[Spend, ...], bool]:
    """Add up the costs of this month, of today and of the last 30 days, by currency.

    Returns the spends, without periods of which nothing can be read, and whether everything could be read.
    """
    names: tuple[Period, ...] = ("month", "day", "30 days")
    costs = [_cost(result) for result in results(pages)]
    sums = [(name, since, *_sums(costs, since, at)) for name, since in zip(names, periods(at))]
    units = dict.fromkeys(unit for _, _, amounts, _ in sums for unit in amounts) or {
        spend_limit.CURRENCY: None
    }
    spends = tuple(
        Spend(round(amounts.get(unit, _ZERO), 10), unit, since, at, name)
        for unit in units
        for name, since, amounts, whole in sums
        if whole or unit in amounts
    )
    return spends, all(whole for *_, whole in sums)


class _Cost(NamedTuple):
    """The cost of one line item of a day."""

    start: int | None  # of its day, epoch seconds; None if it has no date
    value: Decimal | None  # None if it cannot be read
    unit: str


def _cost(result: Result) -> _Cost:
    amount = mapping(mapping(result.fields).get("amount"))
    value, unit = money(amount.get("value")), currency(amount.get("currency"))
    return _Cost(result.start, value, unit or spend_limit.CURRENCY)


def _sums(
    costs: Iterable[_Cost], since: datetime, until: datetime
) -> tuple[dict[str, Decimal], bool]:
    """Add up a period by currency. Returns the sums, and whether everything could be read."""
    several = within(costs, since, until)
    by_unit: dict[str, list[Decimal]] = {}
    for cost in several:
        if cost.value is not None:
            by_unit.setdefault(cost.unit, []).append(cost.value)
    whole = all(cost.value is not None for cost in several)
    return {unit: total(values) for unit, values in by_unit.items()}, whole
