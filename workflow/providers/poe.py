"""Poe: the points left, those of a subscription and bought ones together.

``/usage/current_balance`` answers ``{"current_point_balance": 985000}``.
"""

from __future__ import annotations

from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, shape, vague
from ..provider.reading import Fields
from ..provider.refusals import document

PROVIDER = Provider(
    id="poe",
    name="Poe",
    short="Poe",
    kind="prepaid",
    needs=_("the API key of poe.com"),
    shows=_("points"),
    keys={"": "https://poe.com/api/keys"},
    dashboard={"": "https://poe.com/settings/usage"},
    shapes=(
        shape(r"sk-poe-[\w-]{16,}", _("a Poe API key")),
        vague(r"[\w-]{43}", _("possibly a Poe API key")),
    ),
    match="poe points balance 积分 余额",
    variables={"POE_API_KEY": ""},
    letters="PX",
    steps=(LOG_IN, _("Create an API key, or copy an existing one.")),
)
_URL = "https://api.poe.com/usage/current_balance"


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the points. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret))))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no points."""
    return prepaid([balance(fields.get("current_point_balance"), "points")])
