"""Deepgram: prepaid money and hours left, in all projects of a key.

``/v1/projects`` answers ``{"projects": [{"project_id": …, "name": "Default"}]}`` and, for each, ``/balances``
``{"balances": [{"balance_id": …, "amount": 183.4, "units": "usd" | "hour", "purchase_order_id": …}]}``. Balances are
added up by unit, those of the first five projects. Only keys of an owner or admin may read them (``billing:read``); projects in which the key has
a lesser role answer 403 and are left out, with a notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import quote

from ..errors import NotAvailable, UnexpectedResponse, WrongCredential
from ..i18n.message import _
from ..models import Account, Balance, Credential, Usage
from ..provider.balances import prepaid
from ..provider.calls import bearer
from ..provider.contract import Client, Provider, vague
from ..provider.notices import joined
from ..provider.reading import Fields, currency, entries, number, text
from ..provider.refusals import Table, document, documents
from ..records import replace

PROVIDER = Provider(
    id="deepgram",
    name="Deepgram",
    short="Deepgram",
    kind="prepaid",
    needs=_("an API key of an owner or admin"),
    shows=_("prepaid balance and hours"),
    keys={"": "https://console.deepgram.com/"},
    dashboard={"": "https://console.deepgram.com/"},
    shapes=(vague(r"[0-9a-f]{40}", _("possibly a Deepgram API key")),),
    match="deepgram speech voice stt 语音 转写 balance 余额",
    variables={"DEEPGRAM_API_KEY": ""},
    letters="DM",
    steps=(
        _("Open {keys} and log in as an **owner or admin** of the project."),
        _(
            "Under **API Keys** create a key with the role Admin, and copy it while it "
            "is shown. A member's keys cannot read the balance."
        ),
    ),
)
_URL = "https://api.deepgram.com/v1/projects"
_MOST = 5  # projects of a key that are fetched
_HOURS = ("hour", "hours")
_REFUSALS: Table = {
    403: (
        WrongCredential,
        _(
            "{provider}: this key has no permission to read the balance; create one with "
            "the role Admin at {keys}"
        ),
    ),
}
_NO_PROJECT = _("{provider}: this key belongs to no project; create one in your project at {keys}")
IN_PART = _("this key has no permission to read the balance of some projects, the sum is too low")
_MANY = _("only {count} of {total} projects are added up")
_NOTHING = _("{provider}: the projects of this key have no prepaid balance; see {keys}")


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the projects of the key, then the balances of each. Raises UsageError."""
    headers = bearer(credential.secret, "Token")
    listing = document(await client.get(_URL, headers=headers), _REFUSALS)
    if not isinstance(listing.get("projects"), list):
        raise UnexpectedResponse
    names = filter(None, (text(entry.get("project_id")) for entry in entries(listing["projects"])))
    places = [f"{_URL}/{quote(name, safe='')}/balances" for name in names]
    if not places:
        raise NotAvailable(_NO_PROJECT)
    fetched = (client.get(place, headers=headers) for place in places[:_MOST])
    answers = await asyncio.gather(*fetched)
    projects, refused = documents(answers, _REFUSALS)
    if refused and not any(project.get("balances") for project in projects):
        raise refused
    too_many = _MANY.filled(count=_MOST, total=len(places)) if len(places) > _MOST else None
    return replace(parse(projects), notice=joined(IN_PART if refused else None, too_many))


def parse(projects: Iterable[Fields]) -> Usage:
    """Add up the balances by unit. Raises UnexpectedResponse if one cannot be read, NotAvailable without any."""
    sums: dict[str, Decimal] = {}
    for project in projects:
        if not isinstance(project.get("balances"), list):
            raise UnexpectedResponse
        for entry in entries(project["balances"]):
            amount, unit = number(entry.get("amount")), _unit(entry.get("units"))
            if amount is None or unit is None:
                raise UnexpectedResponse
            sums[unit] = sums.get(unit, Decimal(0)) + amount
    if not sums:
        raise NotAvailable(_NOTHING)
    return prepaid(Balance(amount, unit) for unit, amount in sums.items())


def _unit(name: object) -> str | None:
    return "hours" if name in _HOURS else currency(name)
