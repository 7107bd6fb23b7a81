"""DeepInfra: prepaid money, this month's spend and its limit.

``/payment/checklist`` answers ``{"stripe_balance": -15.5, "recent": 2.25, "limit": 20.0 | null, "suspended":
false, …}`` in USD; a postal address beside it is not read. ``stripe_balance`` is negative for credit and
positive for a debt, and ``recent``, the use since the last invoice, is not yet subtracted. The smaller of
credit and limit is binding. ``/payment/usage`` answers ``{"months": [{"period": "2026.10", "total_cost":
225}]}``, in cents.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from ..errors import LASTING
from ..i18n.message import _
from ..models import Account, Balance, Credential, Spend, Usage, WorkBlocked
from ..provider.balances import lower
from ..provider.calls import bearer
from ..provider.contract import Client, Provider, vague
from ..provider.counts import allowance
from ..provider.days import periods
from ..provider.notices import debt
from ..provider.reading import Fields, count, entries, number
from ..provider.refusals import document
from ..provider.usages import usage_of
from ..records import replace

PROVIDER = Provider(
    id="deepinfra",
    name="DeepInfra",
    short="DeepInfra",
    kind="prepaid",
    needs=_("an API key of deepinfra.com"),
    shows=_("prepaid balance, spend this month and its limit"),
    keys={"": "https://deepinfra.com/dash/api_keys"},
    dashboard={"": "https://deepinfra.com/dash/billing"},
    shapes=(vague(r"[A-Za-z0-9]{32}", _("possibly a DeepInfra API key")),),
    match="deepinfra deep infra balance 余额",
    variables={"DEEPINFRA_API_KEY": "", "DEEPINFRA_TOKEN": "", "DEEPINFRA_API_TOKEN": ""},
    letters="DI",
)
_API = "https://api.deepinfra.com/payment"
IN_PART = _("the balance and the spend limit cannot be read, only this month's spend")
_SUSPENDED = _("the account is suspended, pay what is owed or ask DeepInfra")


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the balance and, in parallel, this month's costs. Raises UsageError."""
    headers = bearer(credential.secret)
    url, query = f"{_API}/checklist", {"compute_owed": "true"}
    answer, costs = await asyncio.gather(
        client.get(url, headers=headers, params=query), _costs(client, headers)
    )
    try:
        return parse(document(answer), costs, answer.at)
    except LASTING:
        if not _spends(costs, answer.at):
            raise
        return replace(parse({}, costs, answer.at), notice=IN_PART)


async def _costs(client: Client, headers: Mapping[str, str]) -> Fields:
    """Fetch this month's costs; {} if the key may not read them. Raises UsageError."""
    answer = await client.get(f"{_API}/usage", headers=headers, params={"from": "current"})
    try:
        return document(answer)
    except LASTING:
        return {}


def parse(fields: Fields, costs: Fields, at: datetime) -> Usage:
    """Read the answers; the costs may be missing. Raises UnexpectedResponse without an amount."""
    posted, recent = number(fields.get("stripe_balance")), count(fields.get("recent"))
    limit, spends = count(fields.get("limit")), _spends(costs, at)
    left = None if posted is None else -posted - (recent or 0)
    is_prepaid = posted is not None and posted < 0
    cap = allowance("Spend limit", "USD", used=recent, limit=limit) if limit else None
    shown = left is not None and (is_prepaid or not (cap or spends))
    money = Balance(left, "USD") if shown and left is not None else None
    blocked = WorkBlocked("suspended", _SUSPENDED) if fields.get("suspended") is True else None
    owed = None if posted is None else debt(-posted, "USD")
    return usage_of((lower(cap, money),), (money,), spends, notice=owed, blocked=blocked)


def _spends(costs: Fields, at: datetime) -> tuple[Spend, ...]:
    """Read this month's costs, which the vendor gives in cents."""
    month = f"{at:%Y.%m}"
    current = [each for each in entries(costs.get("months")) if each.get("period") == month]
    cents = count(current[-1].get("total_cost")) if current else None
    return () if cents is None else (Spend(cents / 100, "USD", periods(at)[0], at, "month"),)
