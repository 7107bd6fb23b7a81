"""Serper: the credits left.

``/account`` answers ``{"balance": 2492, "rateLimit": 50}``. Credits expire after six months, but the answer
has no date. A wrong key gets a 403.
"""

from __future__ import annotations

from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import keyed
from ..provider.contract import LOG_IN, Client, Provider, vague
from ..provider.reading import Fields
from ..provider.refusals import document

PROVIDER = Provider(
    id="serper",
    name="Serper",
    short="Serper",
    kind="search",
    needs=_("an API key of serper.dev"),
    shows=_("credits"),
    keys={"": "https://serper.dev/api-keys"},
    dashboard={"": "https://serper.dev/dashboard"},
    shapes=(vague(r"[0-9a-f]{40}", _("possibly a Serper API key")),),
    match="serper google search 搜索 积分",
    variables={"SERPER_API_KEY": ""},
    letters="RP",
    steps=(LOG_IN, _("Create an API key, or copy an existing one.")),
)
_URL = "https://google.serper.dev/account"


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the credits. Raises UsageError."""
    headers = keyed("X-API-KEY", credential.secret)
    return parse(document(await client.get(_URL, headers=headers)))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no credits."""
    return prepaid([balance(fields.get("balance"), "credits")])
