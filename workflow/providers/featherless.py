"""Featherless: prepaid credits, as money.

``/credits/balance`` answers ``{"balance_nano_usd": "42500000000", "reserved_nano_usd": "12000000",
"available_nano_usd": "42488000000", "currency": "usd", …}`` in billionths, as text; the reserved part is being spent.
Only a key of an organization's admin may read it.
"""

from __future__ import annotations

from ..errors import WrongCredential
from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import Client, Provider, shape
from ..provider.reading import Fields
from ..provider.refusals import Table, document

PROVIDER = Provider(
    id="featherless",
    name="Featherless",
    short="Featherless",
    kind="prepaid",
    needs=_("an API key of an admin (rc_…)"),
    shows=_("balance"),
    keys={"": "https://featherless.ai/account/api-keys"},
    dashboard={"": "https://featherless.ai/account"},
    shapes=(shape(r"rc_[\w-]{16,}", _("a Featherless API key")),),
    match="featherless balance 余额",
    variables={"FEATHERLESS_API_KEY": ""},
    letters="FT",
    steps=(
        _("Open {keys} and log in; in an organization as one of its **admins**."),
        _("Create an API key, `rc_…`, and copy it while it is shown."),
    ),
)
_URL = "https://api.featherless.ai/credits/balance"
_NANO = 10**9
_REFUSALS: Table = {
    "organization_permission_denied": (
        WrongCredential,
        _(
            "{provider}: only an admin's key can read the balance; ask an admin to "
            "create one at {keys}"
        ),
    ),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret)), _REFUSALS))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no amount."""
    return prepaid([balance(fields.get("available_nano_usd"), "USD", per=_NANO)])
