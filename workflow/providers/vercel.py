"""Vercel AI Gateway: prepaid money.

``/v1/credits`` answers ``{"balance": "4.37", "total_used": "0.63"}``, as text, in USD. ``total_used`` has no
period, so it is not shown.
"""

from __future__ import annotations

from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, shape
from ..provider.reading import Fields
from ..provider.refusals import document

PROVIDER = Provider(
    id="vercel",
    name="Vercel AI Gateway",
    short="Vercel",
    kind="prepaid",
    needs=_("an API key of the AI Gateway (vck_…)"),
    shows=_("balance"),
    keys={"": "https://vercel.com/dashboard/ai-gateway"},
    dashboard={"": "https://vercel.com/dashboard/ai-gateway"},
    shapes=(shape(r"vck_[\w-]{16,}", _("a key of Vercel's AI Gateway")),),
    match="vercel ai gateway balance 余额",
    variables={"AI_GATEWAY_API_KEY": "", "VERCEL_AI_GATEWAY_API_KEY": ""},
    hosts={"vercel.sh": ""},
    letters="VG",
    steps=(LOG_IN, _("Choose **API keys**, create one, `vck_…`, and copy it while it is shown.")),
)
_URL = "https://ai-gateway.vercel.sh/v1/credits"


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret))))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no amount."""
    return prepaid([balance(fields.get("balance"), "USD")])
