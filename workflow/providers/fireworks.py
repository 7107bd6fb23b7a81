"""Fireworks: this month's spend of the accounts of a key.

``/v1/accounts`` answers ``{"accounts": [{"name": "accounts/SLUG", …}], "totalSize": 1, …}`` and, for each of the
first five, ``/billing/summary``
``{"lineItems": [{"category": …, "totalCost": {"currencyCode": "USD", "units": "2", "nanos": 350000000}}]}``. No lines
mean zero, as the account exists; accounts that refuse the key are left out, with a notice. Only the web site shows
the prepaid balance.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote

from ..errors import NotAvailable, UnexpectedResponse
from ..i18n.message import _
from ..models import Account, Credential, Spend, Usage, utc_now
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, shape
from ..provider.days import periods
from ..provider.notices import joined
from ..provider.reading import Fields, currency, entries, integer, mapping, number, text
from ..provider.refusals import document, documents
from ..records import replace

PROVIDER = Provider(
    id="fireworks",
    name="Fireworks AI",
    short="Fireworks",
    kind="spend",
    needs=_("an API key (fw_…)"),
    shows=_("spend this month"),
    keys={"": "https://app.fireworks.ai/settings/users/api-keys"},
    dashboard={"": "https://app.fireworks.ai/account/billing"},
    shapes=(shape(r"fw_[\w-]{16,}", _("a Fireworks API key")),),
    match="fireworks billing 账单 花费",
    variables={"FIREWORKS_API_KEY": ""},
    letters="FW",
    steps=(LOG_IN, _("Create an API key, `fw_…`, and copy it while it is shown.")),
)
_API = "https://api.fireworks.ai/v1"
_MOST = 5  # accounts of a key that are fetched
_NANO = Decimal(10) ** -9
IN_PART = _("this key has no permission to read the costs of some accounts, the sum is too low")
_MANY = _("only {count} of {total} accounts are added up")
_NO_ACCOUNT = _("{provider}: this key belongs to no account; create one at {keys}")


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the accounts of the key, then the costs of each. Raises UsageError."""
    headers = bearer(credential.secret)
    listing = document(await client.get(f"{_API}/accounts", headers=headers))
    if not isinstance(listing.get("accounts"), list):
        raise UnexpectedResponse
    names = filter(None, (text(entry.get("name")) for entry in entries(listing["accounts"])))
    slugs = [name.rpartition("/")[2] for name in names]
    if not slugs:
        raise NotAvailable(_NO_ACCOUNT)
    now = utc_now()
    query = {"startTime": _iso(periods(now)[0]), "endTime": _iso(now)}
    answers = await asyncio.gather(
        *(
            client.get(
                f"{_API}/accounts/{quote(slug)}/billing/summary", headers=headers, params=query
            )
            for slug in slugs[:_MOST]
        )
    )
    summaries, refused = documents(answers)
    if refused and not summaries:
        raise refused
    total = max(len(slugs), integer(listing.get("totalSize")) or 0)  # there may be more pages
    count = len(answers)
    too_many = _MANY.filled(count=count, total=total) if total > count else None
    notice = joined(IN_PART if refused else None, too_many)
    return replace(parse(summaries, answers[0].at), notice=notice)


def _iso(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


def parse(summaries: Sequence[Fields], at: datetime) -> Usage:
    """Add up the costs by currency. Raises UnexpectedResponse if one cannot be read."""
    sums: dict[str, Decimal] = {}
    for summary in summaries:
        if not isinstance(summary.get("lineItems", []), list):
            raise UnexpectedResponse
        for line in entries(summary.get("lineItems")):
            unit, amount = _cost(mapping(line.get("totalCost")))
            sums[unit] = sums.get(unit, Decimal(0)) + amount
    since = periods(at)[0]
    sums = sums or {"USD": Decimal(0)}
    return Usage(spends=tuple(Spend(sums[unit], unit, since, at, "month") for unit in sums))


def _cost(amount: Fields) -> tuple[str, Decimal]:
    """Read a cost of whole units and billionths; the vendor omits either of them if it is zero."""
    unit = currency(amount.get("currencyCode"))
    units, nanos = number(amount.get("units", 0)), number(amount.get("nanos", 0))
    if unit is None or units is None or nanos is None:
        raise UnexpectedResponse
    return unit, units + nanos * _NANO
