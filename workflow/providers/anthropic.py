"""Anthropic API: the spend of an organization, and its tokens of this month.

An Admin key (``sk-ant-admin…``) reads pages of UTC days: ``/cost_report`` answers ``{"data": [{"starting_at":
"2026-10-03T00:00:00Z", "results": [{"currency": "USD", "amount": "1234.5678"}]}], "has_more": false, "next_page":
null}`` with amounts in cents as text, ``/usage_report/messages`` the tokens of each day. Today's costs come late, so
today is left out until it has a bucket. No endpoint has the prepaid balance, and an ordinary key (``sk-ant-api…``)
cannot read anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from ..errors import UnexpectedResponse, WrongCredential
from ..i18n.message import _
from ..models import Account, Credential, Period, Quota, Spend, Usage, utc_now
from ..provider.calls import keyed, together
from ..provider.contract import Client, Provider, shape
from ..provider.days import periods
from ..provider.reading import Fields, count, currency, entries, mapping, moment, money
from ..provider.refusals import Table, document
from ..provider.usages import usage_of

Pages = Sequence[Fields]

PROVIDER = Provider(
    id="anthropic",
    name="Anthropic API",
    short="Anthropic",
    kind="spend",
    needs=_("an Admin key (sk-ant-admin…) of an organization"),
    shows=_("spend this month and in 30 days, tokens"),
    keys={"": "https://platform.claude.com/settings/admin-keys"},
    dashboard={"": "https://platform.claude.com/cost"},
    shapes=(shape(r"sk-ant-admin[\w-]{8,}", _("an Anthropic Admin key")),),
    match="anthropic claude api admin billing 账单 花费 用量",
    variables={"ANTHROPIC_ADMIN_KEY": "", "ANTHROPIC_ADMIN_API_KEY": ""},
    hosts={"anthropic.com": ""},
    letters="AN",
    steps=(
        _(
            "Open {keys} and log in as an **admin of the organization**. An individual "
            "account has no Admin keys; create an organization in the console's settings."
        ),
        _(
            "Create an Admin key with permission to read usage and costs, and copy it "
            "while it is shown."
        ),
    ),
)
_API = "https://api.anthropic.com/v1/organizations"
_MAX_PAGES = 4
_CENTS = 100
_REFUSALS: Table = {
    "permission_error": (
        WrongCredential,
        _(
            "{provider}: this key has no permission to read costs; create an Admin key "
            "with that permission at {keys}"
        ),
    ),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the costs and, in parallel, the tokens. Raises UsageError."""
    month, _today, thirty = periods(utc_now())
    headers = {**keyed("x-api-key", credential.secret), "anthropic-version": "2023-06-01"}
    pages = partial(_pages, client, headers)
    (costs, at), (tokens,) = await together(
        pages("cost_report", min(month, thirty)), partial(pages, "usage_report/messages", month)
    )
    return parse(costs, tokens and tokens[0], at)


async def _pages(
    client: Client, headers: Mapping[str, str], path: str, since: datetime
) -> tuple[Pages, datetime]:
    """Fetch the pages of days since a time, and return them with the time of the last answer.

    Raises UnexpectedResponse if there are more than _MAX_PAGES.
    """
    query = {"starting_at": f"{since:%Y-%m-%dT%H:%M:%SZ}", "bucket_width": "1d", "limit": 31}
    pages: list[Fields] = []
    while len(pages) < _MAX_PAGES:
        answer = await client.get(f"{_API}/{path}", headers=headers, params=query)
        pages.append(document(answer, _REFUSALS))
        if pages[-1].get("has_more") is not True:
            return pages, answer.at
        query["page"] = str(pages[-1].get("next_page"))
    raise UnexpectedResponse


def parse(costs: Pages, tokens: Pages | None, at: datetime) -> Usage:
    """Read the answers; the tokens may be missing. Raises UnexpectedResponse if the costs have no days."""
    if not all(isinstance(page.get("data"), list) for page in costs):
        raise UnexpectedResponse
    names: tuple[Period, ...] = ("month", "day", "30 days")
    spends = [
        Spend(amount, unit, since, at, name)
        for name, since in zip(names, periods(at))
        if name != "day" or any(_days(costs, since))
        for unit, amount in _costs(costs, since).items()
    ]
    month = periods(at)[0]
    quota = Quota("Tokens", "tokens", _tokens(tokens, month), None, None) if tokens else None
    return usage_of((quota,), spends=spends)


def _days(pages: Pages, since: datetime) -> Iterator[Fields]:
    for page in pages:
        for day in entries(page.get("data")):
            starts = moment(day.get("starting_at"))
            if starts is not None and starts >= since:
                yield day


def _results(pages: Pages, since: datetime) -> Iterator[Fields]:
    for day in _days(pages, since):
        yield from entries(day.get("results"))


def _costs(pages: Pages, since: datetime) -> dict[str, Decimal]:
    """Add up the costs since a time, by currency."""
    sums: dict[str, Decimal] = {}
    for result in _results(pages, since):
        cents, unit = money(result.get("amount")), currency(result.get("currency"))
        if cents is None or unit is None:
            raise UnexpectedResponse
        sums[unit] = sums.get(unit, Decimal(0)) + cents / _CENTS
    return sums or {"USD": Decimal(0)}


def _tokens(pages: Pages, since: datetime) -> Decimal:
    """Add up input, cache writes, cache reads and output."""
    names = ("uncached_input_tokens", "cache_read_input_tokens", "output_tokens")
    results = list(_results(pages, since))
    fields = [result.get(name) for result in results for name in names]
    fields += [value for each in results for value in mapping(each.get("cache_creation")).values()]
    return sum(filter(None, map(count, fields)), Decimal(0))
