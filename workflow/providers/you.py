"""You.com: prepaid money of an organization or of a single user.

``/v1/billing/account_balance`` answers ``{"data": {"type": "account", "id": …, "attributes": {"balance":
718924.5}}}``, in US cents; the balance is also accepted without that envelope. Members of an organization share one
balance. Keys are scoped: one without the permission for this path is refused with 403.
"""

from __future__ import annotations

from ..errors import WrongCredential
from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import keyed
from ..provider.contract import Client, Provider, shape
from ..provider.reading import Fields, mapping
from ..provider.refusals import Table, document

PROVIDER = Provider(
    id="you",
    name="You.com",
    short="You.com",
    kind="search",
    needs=_("an API key of you.com"),
    shows=_("balance"),
    keys={"": "https://you.com/platform/api-keys"},
    dashboard={"": "https://you.com/platform"},
    shapes=(
        shape(r"ydc-sk-[\w-]{16,200}(?:<__>[\w-]{8,200})?", _("a You.com API key")),
        shape(r"\w[\w-]{15,63}<__>[\w-]{16,64}", _("a You.com API key")),  # older keys
    ),
    match="you.com youcom ydc search 搜索 balance 余额",
    variables={"YDC_API_KEY": "", "YOUCOM_API_KEY": "", "YOU_API_KEY": ""},
    letters="YO",
)
_URL = "https://api.you.com/v1/billing/account_balance"
_CENTS = 100
_REFUSALS: Table = {
    403: (
        WrongCredential,
        _(
            "{provider}: this key has no permission to read the balance; create one with "
            "that permission at {keys}"
        ),
    ),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance. Raises UsageError."""
    headers = keyed("x-api-key", credential.secret)
    return parse(document(await client.get(_URL, headers=headers), _REFUSALS))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no amount."""
    attributes = mapping(mapping(fields.get("data")).get("attributes"))
    cents = fields.get("balance", attributes.get("balance"))
    return prepaid([balance(cents, "USD", per=_CENTS)])
