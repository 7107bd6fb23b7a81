"""Resets of a window that a user may take for nothing when they are wanted."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Optional, Sequence, Tuple

from ..i18n.message import Message, _, listed
from ..models import Quota
from .notices import dated, joined

_FOR = {
    "5 hours": _("5 hours"),
    "week": _("the week"),
    "": _("another window"),
}


class FreeReset(NamedTuple):
    """One reset that can still be taken."""

    window: str  # "5 hours", "week", "" for another one
    lapses_at: Optional[datetime]  # None: it does not lapse, or not told


def in_order(resets: Sequence[FreeReset], now: datetime) -> Tuple[FreeReset, ...]:
    """Sort those that can still be taken, the one that lapses first at the front."""
    valid = [one for one in resets if one.lapses_at is None or one.lapses_at > now]
    return tuple(sorted(valid, key=lambda one: (one.lapses_at is None, one.lapses_at or now)))


def quotas(left: Optional[Decimal]) -> Tuple[Quota, ...]:
    """Make the quota that counts them, none where none is left."""
    return (Quota("Free resets", "resets", None, None, left, role="secondary"),) if left else ()


def notice(resets: Sequence[FreeReset]) -> Optional[Message]:
    """Say what they are for, and when the first one lapses.

    Args:
        resets: in the order of ``in_order``.
    """
    counts = [(window, sum(one.window == window for one in resets)) for window in _FOR]
    named = [
        _("{many} for {window}", many=many, window=_FOR[window]) for window, many in counts if many
    ]
    if not named:
        return None
    what = _("free resets: {resets}", resets=listed(named))
    if resets[0].lapses_at is None:
        return what
    return joined(what, dated(_("the first lapses on {day}"), resets[0].lapses_at))
