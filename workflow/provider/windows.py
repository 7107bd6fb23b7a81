"""The lengths, the names and the order of the windows that allowances have."""

from __future__ import annotations

from typing import Iterable, Optional, Tuple

from ..models import ROLES, Quota

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 7 * 86400  # seconds
SECONDS = {"second": 1, "minute": MINUTE, "hour": HOUR, "day": DAY, "week": WEEK}
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


def shortest_first(quotas: Iterable[Quota]) -> Tuple[Quota, ...]:
    """Windows by their length, then those without one, then reserves, the secondary ones and parts likewise."""
    return tuple(sorted(quotas, key=_place))


def _place(quota: Quota) -> Tuple[int, bool, int]:
    return ROLES.index(quota.role), quota.window is None, quota.window or 0
