"""Reads the prepaid extra usage of a Kimi Code plan (``boosterWallet``)."""

from __future__ import annotations

from decimal import Decimal

from ..i18n.message import Message, _
from ..models import Balance, Quota, Usage
from ..provider.notices import money
from ..provider.reading import Fields, currency, mapping, remainder, share, short, text

_PER_DOLLAR = 100_000_000  # the wallet's amounts are millionths of a cent
_UNKNOWN = _("it is not available")
_OBSTACLES = {"DISABLED": _("it is switched off"), "FROZEN": _("it is frozen")}


def parse(document: Fields) -> Usage:
    """Read the prepaid extra usage: its balance, its monthly limit, and why it does not pay.

    Args:
        document: the answer, with names in snake_case.
    """
    wallet = mapping(document.get("booster_wallet"))
    balance = mapping(wallet.get("balance"))
    limit_price, used_price = (
        mapping(wallet.get(name)) for name in ("monthly_charge_limit", "monthly_used")
    )
    unit = _currency(document, balance, limit_price, used_price)
    is_limited = wallet.get("monthly_charge_limit_enabled") in (True, "true")
    used = _amount(used_price, "price_in_cents", 100) if used_price else None
    limit = _amount(limit_price, "price_in_cents", 100) if limit_price and is_limited else None
    available = _amount(balance, "amount_left", _PER_DOLLAR)
    quotas = _extra(used, limit or None, unit)
    if not available:
        return Usage(quotas=quotas)
    obstacle = _obstacle(wallet)
    if obstacle is None and any(quota.remaining == 0 for quota in quotas):
        obstacle = _("its monthly limit is reached")
    if obstacle is None:
        return Usage(quotas=quotas, balances=(Balance(available, unit, role="reserve"),))
    amount = money(available, unit)
    return Usage(
        quotas=quotas,
        notice=_("extra usage of {amount} is not in effect: {idle}", amount=amount, idle=obstacle),
    )


def _currency(document: Fields, *sources: Fields) -> str:
    """Read the currency of the wallet; by default the one in which the vendor bills the region."""
    codes = (currency(source.get("currency")) for source in sources)
    region = text(mapping(document.get("user")).get("region")) or ""
    return next(filter(None, codes), "CNY" if region.upper().endswith("CN") else "USD")


def _amount(fields: Fields, name: str, per_unit: int) -> Decimal | None:
    """Read an amount and divide it by ``per_unit``; a missing field is 0, as the vendor omits zeros."""
    value = fields.get(name)
    amount = share(0 if value is None else value)
    return None if amount is None else amount / per_unit


def _extra(used: Decimal | None, limit: Decimal | None, unit: str) -> tuple[Quota, ...]:
    """Make the quota of what the wallet paid this month; none if there is neither use nor limit."""
    if used is None or not (used or limit):
        return ()
    left = remainder(limit, used)
    return (Quota("Extra usage", unit, used, limit, left, role="secondary"),)


def _obstacle(wallet: Fields) -> Message | None:
    """Return the reason why the wallet does not pay; None if it pays or its state is not reported."""
    state = (short(wallet.get("status")) or "").upper().replace("STATUS_", "")
    return (
        None
        if state in ("", "UNSPECIFIED", "ENABLED", "ACTIVE")
        else _OBSTACLES.get(state, _UNKNOWN)
    )
