"""The lengths, the names and the order of the windows that allowances have."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count as counted
from typing import Iterable, Iterator, Optional, Set, Tuple

from ..models import ROLES, Quota

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 7 * 86400  # seconds
SECONDS = {  # units as vendors spell them, in lower case and the singular
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("min", "minute"), MINUTE),
    **dict.fromkeys(("h", "hr", "hour"), HOUR),
    **dict.fromkeys(("d", "day"), DAY),
    **dict.fromkeys(("w", "week"), WEEK),
}
NO_LABEL = "Limit"  # of a window whose length nobody knows
_WINDOWS = {DAY: "Daily", WEEK: "Weekly", 2628000: "Monthly"}  # the last a twelfth of a year
_UNITS = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second"))


def window_label(seconds: Optional[int]) -> str:
    """What a window is called by its length: "5 hours", "Daily", "30 days"; "Limit" without one."""
    if not seconds:
        return NO_LABEL
    if seconds in _WINDOWS:
        return _WINDOWS[seconds]
    size, word = next(unit for unit in _UNITS if seconds % unit[0] == 0)
    return f"{seconds // size} {word}{'' if seconds == size else 's'}"


def nearest(seconds: int) -> int:
    """Round a length that is told by its ends to whole hours, from two days on to whole days."""
    size = DAY if round(seconds / DAY) > 1 else HOUR
    return max(1, round(seconds / size)) * size


def is_impossible(seconds: int, resets_at: Optional[datetime], now: datetime) -> bool:
    """Tell whether a window of this length cannot be: it would end well before its own reset."""
    spare = max(600, seconds // 20)  # clocks differ, and a month is not always 30 days
    return resets_at is not None and resets_at - now > timedelta(seconds=seconds + spare)


def numbered(quotas: Iterable[Quota]) -> Iterator[Quota]:
    """Yield the quotas, each with a name of its own: the second "Limit" is "Limit 2"."""
    seen: Set[str] = set()
    for quota in quotas:
        names = (quota.label if i == 1 else f"{quota.label} {i}" for i in counted(1))
        label = next(name for name in names if name not in seen)
        seen.add(label)
        yield replace(quota, label=label)


def shortest_first(quotas: Iterable[Quota]) -> Tuple[Quota, ...]:
    """Windows by their length, then those without one, then reserves, the secondary ones and parts likewise."""
    return tuple(sorted(quotas, key=_place))


def _place(quota: Quota) -> Tuple[int, bool, int]:
    return ROLES.index(quota.role), quota.window is None, quota.window or 0
