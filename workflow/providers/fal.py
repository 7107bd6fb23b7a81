"""fal: prepaid credits, as money.

``/v1/account/billing?expand=credits`` answers ``{"username": …, "credits": {"current_balance": 24.5, "currency":
"USD"}}`` to an admin key; without ``expand`` there is no money in the answer. An API key is refused with 403. Credits
expire after a year, but the answer has no date.
"""

from __future__ import annotations

from ..errors import WrongCredential
from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, UUID, Client, Provider, shape
from ..provider.reading import Fields, currency, mapping
from ..provider.refusals import Table, document

PROVIDER = Provider(
    id="fal",
    name="fal",
    short="fal",
    kind="prepaid",
    needs=_("an admin key of fal.ai"),
    shows=_("balance"),
    keys={"": "https://fal.ai/dashboard/keys"},
    dashboard={"": "https://fal.ai/dashboard/billing"},
    shapes=(shape(UUID + ":[0-9a-f]{32}", _("a key of fal")),),
    match="fal.ai image video 图像 视频 balance 余额",
    variables={"FAL_ADMIN_KEY": "", "FAL_KEY": ""},
    letters="FA",
    steps=(
        LOG_IN,
        _(
            "Create a key with the scope **Admin** and copy it while it is shown. One "
            "with the scope API can call models but cannot read the balance."
        ),
    ),
)
_URL = "https://api.fal.ai/v1/account/billing"
_REFUSALS: Table = {
    403: (
        WrongCredential,
        _(
            "{provider}: this key cannot read the balance; create one with the scope "
            "Admin at {keys}"
        ),
    ),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance. Raises UsageError."""
    headers = bearer(credential.secret, "Key")
    return parse(
        document(await client.get(_URL, headers=headers, params={"expand": "credits"}), _REFUSALS)
    )


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no amount."""
    credit = mapping(fields.get("credits"))
    return prepaid([balance(credit.get("current_balance"), currency(credit.get("currency")))])
