"""Resets of a window that a user may take for nothing when they are wanted."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Optional, Sequence, Tuple

from ..models import Phrase, Quota
from .notices import dated, joined

_FOR = {
    "5 hours": Phrase("5 hours", "5 小时"),
    "week": Phrase("the week", "每周"),
    "": Phrase("another window", "其他窗口"),
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


def notice(resets: Sequence[FreeReset]) -> Optional[Phrase]:
    """Say what they are for, and when the first one lapses.

    Args:
        resets: in the order of ``in_order``.
    """
    counts = [(window, sum(one.window == window for one in resets)) for window in _FOR]
    named = [
        Phrase(f"{many} for {_FOR[window].en}", f"{_FOR[window].zh} {many} 次")
        for window, many in counts
        if many
    ]
    if not named:
        return None
    en, zh = ", ".join(part.en for part in named), "、".join(part.zh for part in named)
    what = Phrase(f"free resets: {en}", f"免费重置：{zh}")
    if resets[0].lapses_at is None:
        return what
    return joined(what, dated("the first lapses on {}", "最早一次将于{}失效", resets[0].lapses_at))
