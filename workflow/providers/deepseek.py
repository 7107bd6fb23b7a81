"""DeepSeek: prepaid money, in one currency or two.

``/user/balance`` answers ``{"is_available": true, "balance_infos": [{"currency": "CNY", "total_balance":
"41.20", "granted_balance": "1.20", "topped_up_balance": "40.00"}]}``. Amounts are texts, and below zero if
money is owed. ``is_available: false`` means that calls are refused, although something may be left; the key
is valid. A second currency is usually zero. A 401 is JSON or plain text.
"""

from __future__ import annotations

from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, shape
from ..provider.reading import Fields, currency, entries
from ..provider.refusals import document

PROVIDER = Provider(
    id="deepseek",
    name="DeepSeek",
    short="DeepSeek",
    kind="prepaid",
    needs=_("an API key (sk-…)"),
    shows=_("balance, in each currency"),
    keys={"": "https://platform.deepseek.com/api_keys"},
    dashboard={"": "https://platform.deepseek.com/usage"},
    shapes=(shape(r"sk-[0-9a-f]{32}", _("a DeepSeek API key"), sure=False),),
    match="deepseek 深度求索 balance 余额",
    aliases=("深度求索",),
    variables={"DEEPSEEK_API_KEY": ""},
    letters="DS",
    steps=(LOG_IN, _("Create an API key, `sk-…`, and copy it while it is shown.")),
)
_URL = "https://api.deepseek.com/user/balance"


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret))))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no amount."""
    balances = (
        balance(
            entry.get("total_balance"),
            currency(entry.get("currency")),
            granted=entry.get("granted_balance"),
            is_gift=True,
        )
        for entry in entries(fields.get("balance_infos"))
    )
    return prepaid(balances, refused=fields.get("is_available") is False)
