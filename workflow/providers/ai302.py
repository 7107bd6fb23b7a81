"""302.AI: prepaid money, in USD.

``/dashboard/balance`` answers ``{"data": {"balance": "12.34"}}``, without a currency; the vendor bills in USD. A key
needs the permission to read the balance, which is set when the key is made.
"""

from __future__ import annotations

from ..errors import WrongCredential
from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, vague
from ..provider.reading import Fields, mapping
from ..provider.refusals import Table, document

PROVIDER = Provider(
    id="ai302",
    name="302.AI",
    short="302.AI",
    kind="prepaid",
    needs=_("an API key with permission to read the balance (sk-…)"),
    shows=_("balance"),
    keys={"": "https://dash.302.ai/apis/list"},
    dashboard={"": "https://dash.302.ai"},
    shapes=(vague(r"sk-[A-Za-z0-9]{48}", _("a 302.AI API key")),),
    match="302 302.ai 302ai balance 余额",
    variables={"AI302_API_KEY": "", "AI_302_API_KEY": "", "API_302_KEY": ""},
    hosts={"302ai.cn": ""},
    letters="AI",
    steps=(
        LOG_IN,
        _("Create an API key, `sk-…`, with permission to read the balance, and copy it."),
    ),
)
_URL = "https://api.302.ai/dashboard/balance"
_REFUSALS: Table = {
    403: (
        WrongCredential,
        _("{provider}: this key has no permission to read the balance; enable it at {keys}"),
    ),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret)), _REFUSALS))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no amount."""
    return prepaid([balance(mapping(fields.get("data")).get("balance"), "USD")])
