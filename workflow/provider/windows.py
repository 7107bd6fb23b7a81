"""Lengths, names and order of the windows of quotas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count as counted

from ..models import ROLES, Quota
from ..records import replace

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 7 * 86400  # seconds
SECONDS = {  # units as vendors spell them, in lower case and singular
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("min", "minute"), MINUTE),
    **dict.fromkeys(("h", "hr", "hour"), HOUR),
    **dict.fromkeys(("d", "day"), DAY),
    **dict.fromkeys(("w", "week"), WEEK),
}
NO_LABEL = "Limit"  # label of a window of unknown length
_WINDOWS = {DAY: "Daily", WEEK: "Weekly", 2628000: "Monthly"}  # the last is a twelfth of a year
_UNITS = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second"))


def window_label(seconds: int | None) -> str:
    """Name a window by its length in seconds: "5 hours", "Daily", "30 days"; "Limit" if unknown."""
    if not seconds:
        return NO_LABEL
    if seconds in _WINDOWS:
        return _WINDOWS[seconds]
    size, word = next(unit for unit in _UNITS if seconds % unit[0] == 0)
    return f"{seconds // size} {word}{'' if seconds == size else 's'}"


def nearest(seconds: int) -> int:
    """Round a length that was worked out of start and end: to hours, from about two days on to days."""
    size = DAY if round(seconds / DAY) > 1 else HOUR
    return max(1, round(seconds / size)) * size


def is_impossible(seconds: int, resets_at: datetime | None, now: datetime) -> bool:
    """Tell whether a window of this length is impossible, because it ends well before its own reset."""
    spare = max(600, seconds // 20)  # clocks differ, and a month is not always 30 days
    return resets_at is not None and resets_at - now > timedelta(seconds=seconds + spare)


def numbered(quotas: Iterable[Quota]) -> Iterator[Quota]:
    """Yield the quotas with unique labels: the second "Limit" becomes "Limit 2"."""
    seen: set[str] = set()
    for quota in quotas:
        names = (quota.label if i == 1 else f"{quota.label} {i}" for i in counted(1))
        label = next(name for name in names if name not in seen)
        seen.add(label)
        yield replace(quota, label=label)


def shortest_first(quotas: Iterable[Quota]) -> tuple[Quota, ...]:
    """Sort quotas by role (ROLES), then by the length of the window, unknown lengths last."""
    return tuple(sorted(quotas, key=_place))


def _place(quota: Quota) -> tuple[int, bool, int]:
    return ROLES.index(quota.role), quota.window is None, quota.window or 0
