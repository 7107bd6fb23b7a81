"""Reads the prepaid extra usage of a Kimi Code plan (``boosterWallet``)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Mapping, Optional, Tuple

from ..i18n.message import Message, _
from ..models import Balance, Quota, Usage
from ..provider.counts import allowance
from ..provider.notices import money
from ..provider.reading import first, mapping, share, text

_WALLET = 100_000_000  # its amounts are millionths of a cent
_UNKNOWN = _("it is not available")
_IDLE = {
    "DISABLED": _("it is switched off"),
    "FROZEN": _("it is frozen"),
    "UNAVAILABLE": _UNKNOWN,
}


def parse(told: Mapping[str, Any]) -> Usage:
    """Read the prepaid extra usage: what is left of it, its monthly limit, and why it does not pay."""
    wallet = mapping(first(told, "boosterWallet", "booster_wallet"))
    balance = mapping(wallet.get("balance"))
    limit = mapping(first(wallet, "monthlyChargeLimit", "monthly_charge_limit"))
    spent = mapping(first(wallet, "monthlyUsed", "monthly_used"))
    unit = _currency(told, balance, limit, spent)
    on = first(wallet, "monthlyChargeLimitEnabled", "monthly_charge_limit_enabled")
    used, cap = _price(spent), _price(limit) if on in (True, "true") else None
    left, quotas = _left(balance), _extra(used, cap or None, unit)
    if not left:
        return Usage(quotas=quotas)
    idle = _idle(wallet)
    if idle is None and any(quota.remaining == 0 for quota in quotas):
        idle = _("its monthly limit is reached")
    if idle is None:
        return Usage(quotas=quotas, balances=(Balance(left, unit, role="reserve"),))
    amount = money(left, unit)
    return Usage(
        quotas=quotas,
        notice=_("extra usage of {amount} does not pay: {idle}", amount=amount, idle=idle),
    )


def _currency(told: Mapping[str, Any], *sources: Mapping[str, Any]) -> str:
    """The currency of the wallet; where none is told, the one that the vendor bills the region in."""
    named = (text(source.get("currency"), 8) or "" for source in sources)
    found = next((each for each in named if re.fullmatch("[A-Za-z]{3}", each)), "")
    region = text(mapping(told.get("user")).get("region")) or ""
    return found.upper() or ("CNY" if region.upper().endswith("CN") else "USD")


def _left(balance: Mapping[str, Any]) -> Optional[Decimal]:
    """What is left in the wallet; a zero is left out of the answer."""
    left = first(balance, "amountLeft", "amount_left")
    found = share(0 if left is None else left)
    return None if found is None else found / _WALLET


def _price(price: Mapping[str, Any]) -> Optional[Decimal]:
    """An amount in its currency; a zero is left out of the answer."""
    cents = first(price, "priceInCents", "price_in_cents")
    found = share(0 if cents is None else cents) if price else None
    return None if found is None else found / 100


def _extra(used: Optional[Decimal], cap: Optional[Decimal], unit: str) -> Tuple[Quota, ...]:
    """What the wallet paid this month, against the limit that the user set; nothing for nothing."""
    if used is None or not (used or cap):
        return ()
    quota = allowance("Extra usage", unit, used=used, limit=cap, role="secondary")
    return (quota,) if quota else ()


def _idle(wallet: Mapping[str, Any]) -> Optional[Message]:
    """Why the wallet pays for nothing; None where it does, or its state is not told."""
    state = (text(wallet.get("status"), 40) or "").upper().replace("STATUS_", "")
    return None if state in ("", "UNSPECIFIED", "ENABLED", "ACTIVE") else _IDLE.get(state, _UNKNOWN)
