"""Linkup: the credits left.

``/v1/credits/balance`` answers ``{"balance": 123.456}``. Keys are UUIDs, so their form is not special.
"""

from __future__ import annotations

from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import UUID, Client, Provider, vague
from ..provider.reading import Fields
from ..provider.refusals import document

PROVIDER = Provider(
    id="linkup",
    name="Linkup",
    short="Linkup",
    kind="search",
    needs=_("an API key of linkup.so"),
    shows=_("credits"),
    keys={"": "https://app.linkup.so/api-keys"},
    dashboard={"": "https://app.linkup.so"},
    shapes=(vague(UUID, _("possibly a Linkup API key")),),
    match="linkup search 搜索 积分",
    variables={"LINKUP_API_KEY": ""},
    letters="LK",
)
_URL = "https://api.linkup.so/v1/credits/balance"


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the credits. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret))))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no credits."""
    return prepaid([balance(fields.get("balance"), "credits")])
