"""Local days: which one a moment belongs to, and how long it is."""

from __future__ import annotations

import functools
import time
from datetime import date, timedelta


def day_of(at: float) -> date:
    """Return the local day of a moment (UTC seconds)."""
    return date(*time.localtime(at)[:3])


def midnight(day: date) -> float:
    """Return when a local day begins, in UTC seconds."""
    return _midnight(day, time.tzname)


@functools.lru_cache(maxsize=64)
def _midnight(day: date, zone: tuple[str, str]) -> float:
    """Ask the system once for all accounts: it reads the rules of the zone each time."""
    return time.mktime((day.year, day.month, day.day, 0, 0, 0, 0, 0, -1))


def seconds(day: date) -> float:
    """Return the length of a local day in seconds: 23 or 25 hours when the clocks change."""
    return midnight(day + timedelta(days=1)) - midnight(day)
