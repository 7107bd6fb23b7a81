"""Counts and describes free resets, with which a user can reset a window early."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ..i18n.message import Message, _, listed
from ..models import Quota
from .notices import dated, joined

_FOR = {"5 hours": _("5 hours"), "week": _("the week"), "": _("another window")}


class FreeReset(NamedTuple):
    """One reset that can still be used."""

    window: str  # "5 hours", "week", "" for another one
    lapses_at: datetime | None  # None: never, or unknown


def in_order(resets: Sequence[FreeReset], now: datetime) -> tuple[FreeReset, ...]:
    """Return the resets that have not lapsed, the next one to lapse first."""
    valid = [one for one in resets if one.lapses_at is None or one.lapses_at > now]
    return tuple(sorted(valid, key=lambda one: (one.lapses_at is None, one.lapses_at or now)))


def quotas(count: Decimal | None) -> tuple[Quota, ...]:
    """Make the quota that counts the resets; no quota if none is left."""
    return (Quota("Free resets", "resets", None, None, count, role="secondary"),) if count else ()


def notice(resets: Sequence[FreeReset]) -> Message | None:
    """Make the notice that names their windows and the day on which the first one lapses; None without any.

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
    return joined(what, dated(_("the first expires on {day}"), resets[0].lapses_at))
