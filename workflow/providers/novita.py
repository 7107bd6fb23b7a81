"""Novita: prepaid money and a line of credit.

``/openapi/v1/billing/balance/detail`` answers ``{"availableBalance": "1000000", "cashBalance": "800000",
"creditLimit": "200000", "pendingCharges": "0", "outstandingInvoices": "0"}``: 1/10000 USD as text.
``availableBalance`` includes the line of credit, which is used only when the money is gone.
``/v3/user/balance`` is the older path of the same answer.
"""

from __future__ import annotations

from decimal import Decimal

from ..i18n.message import Message, _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import Client, Provider, shape
from ..provider.counts import allowance
from ..provider.notices import debt, joined, money
from ..provider.reading import Fields, count, number
from ..provider.refusals import document
from ..provider.usages import usage_of

PROVIDER = Provider(
    id="novita",
    name="Novita AI",
    short="Novita",
    kind="prepaid",
    needs=_("an API key of novita.ai (sk_…)"),
    shows=_("balance, credit line, what is owed"),
    keys={"": "https://novita.ai/settings/key-management"},
    dashboard={"": "https://novita.ai/billing"},
    shapes=(shape(r"sk_[\w-]{20,64}", _("possibly a Novita API key"), sure=False),),
    match="novita balance 余额",
    variables={"NOVITA_API_KEY": ""},
    letters="NV",
)
_URLS = (
    "https://api.novita.ai/openapi/v1/billing/balance/detail",
    "https://api.novita.ai/v3/user/balance",
)
_LINE: Message = _("plus a credit line of {amount}")
_PER, _ZERO = 10_000, Decimal(0)


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance, from the older path if the newer one is missing. Raises UsageError."""
    headers = bearer(credential.secret)
    answer = await client.get(_URLS[0], headers=headers)
    if answer.status == 404:
        answer = await client.get(_URLS[1], headers=headers)
    return parse(document(answer))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no amount."""
    cash, line = number(fields.get("cashBalance")), count(fields.get("creditLimit"))
    available = number(fields.get("availableBalance"))
    owed = count(fields.get("outstandingInvoices"))
    debts = debt(-owed / _PER, "USD") if owed else None
    if line and cash is not None and cash <= 0 and available is not None:
        rest = min(line, max(available, _ZERO)) / _PER
        credit = allowance("Limit", "USD", limit=line / _PER, remaining=rest)
        return usage_of((credit,), notice=debts)
    behind = _LINE.filled(amount=money(line / _PER, "USD")) if line and cash is not None else None
    left = fields.get("availableBalance") if cash is None else fields.get("cashBalance")
    return prepaid([balance(left, "USD", per=_PER)], notice=joined(debts, behind))
