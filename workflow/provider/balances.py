"""Makes balances of prepaid money, and the usage of accounts that have only balances."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from ..errors import UnexpectedResponse
from ..i18n.message import Message, _
from ..models import Balance, Quota, Usage, WorkBlocked
from ..records import replace
from .reading import count, number

REFUSED: Message = _("calls are refused until you top up")


def balance(
    available: object,
    unit: str | None,
    *,
    granted: object = None,
    per: int | Decimal = 1,
    **more: Any,
) -> Balance | None:
    """Make a balance; None without an amount or a unit.

    Args:
        available: the amount left, below zero if money is owed; a number or a numeric text.
        unit: ISO 4217 code or "credits".
        granted: the part of it that was a gift; None and zero are left out.
        per: the number of the vendor's units in one ``unit``: 100 for cents.
        more: the other fields of the balance.
    """
    left, gift = number(available), count(granted)
    if left is None or unit is None:
        return None
    return Balance(left / per, unit, granted=gift / per if gift else None, **more)


def beside(quotas: Collection[Quota], available: object, unit: str) -> Balance | None:
    """Make the balance beside the quotas of a plan: a reserve, left out if it is zero.

    Without quotas it is what counts, and shown in any case. None without an amount.
    """
    money = balance(available, unit, role="reserve" if quotas else "binding")
    return None if money is None or (quotas and not money.available) else money


def lower(cap: Quota | None, money: Balance | None) -> Quota | None:
    """Return a limit in money, as a secondary one if the balance beside it has less left."""
    if cap is None or cap.remaining is None or money is None or money.available >= cap.remaining:
        return cap
    return replace(cap, role="secondary")


def prepaid(balances: Iterable[Balance | None], *, refused: bool = False, **more: Any) -> Usage:
    """Make the usage of an account with prepaid money. Raises UnexpectedResponse without any balance.

    The largest balance comes first. Balances of zero are left out, but if all are zero the first one stays.

    Args:
        balances: in the vendor's order; None for one that could not be read.
        refused: the vendor itself says that it refuses calls.
        more: the other fields of the usage.
    """
    known = [each for each in balances if each is not None]
    if not known:
        raise UnexpectedResponse
    shown = [each for each in known if each.available] or known[:1]
    shown.sort(key=lambda each: -each.available)
    blocked = WorkBlocked("payment", REFUSED) if refused else None
    return Usage(balances=tuple(shown), blocked=blocked, **more)
