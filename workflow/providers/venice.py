"""Venice: prepaid money, and today's DIEM.

``/api/v1/api_keys/rate_limits`` answers any key with ``{"data": {"accessPermitted": true, "balances": {"USD":
7.42, "DIEM": 3.2}, "nextEpochBegins": "2026-10-06T00:00:00.000Z", …}}``. DIEM are renewed with each epoch (a
day) and are used before money; the answer has no total. ``/billing`` needs an admin key and has nothing more.
A 401 means a wrong key, or a valid one that may not spend anything.
"""

from __future__ import annotations

from ..errors import CredentialRejected
from ..i18n.message import _
from ..models import Account, Credential, Usage, WorkBlocked
from ..provider.balances import REFUSED, beside
from ..provider.calls import bearer
from ..provider.contract import Client, Provider, shape
from ..provider.counts import allowance
from ..provider.reading import Fields, count, mapping, moment
from ..provider.refusals import Table, document
from ..provider.usages import usage_of

PROVIDER = Provider(
    id="venice",
    name="Venice",
    short="Venice",
    kind="prepaid",
    needs=_("an API key of venice.ai (VENICE-…)"),
    shows=_("balance, DIEM left today and their reset"),
    keys={"": "https://venice.ai/settings/api"},
    dashboard={"": "https://venice.ai/settings/api"},
    shapes=(shape(r"VENICE-[\w-]{16,}", _("a Venice API key")),),
    match="venice diem vvv balance 余额",
    variables={"VENICE_API_KEY": "", "VENICE_INFERENCE_KEY": ""},
    letters="VE",
)
_URL = "https://api.venice.ai/api/v1/api_keys/rate_limits"
_REFUSALS: Table = {
    401: (
        CredentialRejected,
        _("{provider}: this key is wrong, or is not allowed to spend; check it at {keys}"),
    ),
}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch what the key may spend. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret)), _REFUSALS))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no amount."""
    data = mapping(fields.get("data"))
    amounts = mapping(data.get("balances"))
    diem, money = count(amounts.get("DIEM")), amounts.get("USD")
    today = None
    if diem or (diem is not None and money is None):
        resets_at = moment(data.get("nextEpochBegins"))
        today = allowance("Daily", "DIEM", remaining=diem, resets_at=resets_at)
    quotas = (today,) if today else ()
    is_refused = data.get("accessPermitted") is False
    blocked = WorkBlocked("payment", REFUSED) if is_refused else None
    return usage_of(quotas, (beside(quotas, money, "USD"),), blocked=blocked)
