"""StepFun 阶跃星辰: prepaid money, in CNY at stepfun.com and in USD at stepfun.ai.

``/v1/accounts`` answers ``{"type": "prepaid", "balance": 27.31, "total_cash_balance": 20.0,
"total_voucher_balance": 7.31}``, without a currency. The totals are of all that was ever paid and ever given, so they
are the parts of what is left only while they add up to it. Only the web console shows the windows of a Step Plan. Keys
have no special form.
"""

from __future__ import annotations

from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.balances import balance, prepaid
from ..provider.calls import bearer
from ..provider.contract import CREATE_KEY, LOG_IN, Client, Provider, regional, vague
from ..provider.reading import Fields, number
from ..provider.refusals import document

PROVIDER = Provider(
    id="stepfun",
    name="StepFun (阶跃星辰)",
    short="StepFun",
    kind="prepaid",
    needs=_("an API key of stepfun.ai or stepfun.com"),
    shows=_("balance with cash and vouchers"),
    keys={
        "intl": "https://platform.stepfun.ai/interface-key",
        "cn": "https://platform.stepfun.com/interface-key",
    },
    dashboard={"intl": "https://platform.stepfun.ai", "cn": "https://platform.stepfun.com"},
    shapes=(vague(r"[A-Za-z0-9]{40,128}", _("possibly a StepFun API key")),),
    regions=("intl", "cn"),
    match="stepfun step 阶跃星辰 阶跃 balance 余额",
    aliases=("阶跃",),
    variables={"STEPFUN_API_KEY": "", "STEP_API_KEY": ""},
    letters="ST",
    steps=(
        LOG_IN,
        CREATE_KEY,
        _("stepfun.ai and stepfun.com are separate accounts: a key works at its own site only."),
    ),
)
_SITES = {
    "intl": ("https://api.stepfun.ai/v1/accounts", "USD"),
    "cn": ("https://api.stepfun.com/v1/accounts", "CNY"),
}
_AMOUNTS = ("balance", "total_cash_balance", "total_voucher_balance")


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance. Raises UsageError."""
    url, unit = regional(_SITES, account.region)
    return parse(document(await client.get(url, headers=bearer(credential.secret))), unit)


def parse(fields: Fields, unit: str) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no amount."""
    left, paid, given = map(number, map(fields.get, _AMOUNTS))
    is_part = paid is not None and given is not None and paid + given == left
    granted = fields.get("total_voucher_balance") if is_part else None
    return prepaid([balance(fields.get("balance"), unit, granted=granted)])
