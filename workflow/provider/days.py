"""Days on the clock of a vendor, and the months that begin on one."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta, timezone
from typing import Optional, Tuple

from .reading import moment

_BARE = re.compile(r"[\d-]{10}[T ][\d:.]+")


def local(value: object, clock: timezone) -> Optional[datetime]:
    """Read a moment that is told on a vendor's clock; one with a zone, or an epoch, is what it says.

    Returns a time on that clock; None for nonsense and for years that no plan reaches.
    """
    found = moment(value)
    if found is None or not 2000 < found.year < 9000:
        return None
    is_bare = isinstance(value, str) and _BARE.fullmatch(value.strip())
    return found.replace(tzinfo=clock) if is_bare else found.astimezone(clock)


def next_monthly(day: Optional[datetime], now: datetime) -> Optional[datetime]:
    """Find when a month of a plan ends that renews on this day, be it monthly, quarterly or yearly.

    Returns aware UTC; None where no day is told.
    """
    if day is None:
        return None
    earlier = (_months_before(day, months) for months in range(1, 13))
    return min((day, *(other for other in earlier if other > now))).astimezone(timezone.utc)


def periods(now: datetime) -> Tuple[datetime, datetime, datetime]:
    """Tell where this month, today and the last 30 days (today and 29 before) begin.

    Args:
        now: aware UTC, as is what comes back.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today.replace(day=1), today, today - timedelta(days=29)


def next_month(now: datetime) -> datetime:
    """Tell when the month of ``now`` ends, in UTC."""
    return (periods(now)[0] + timedelta(days=32)).replace(day=1)


def _months_before(day: datetime, months: int) -> datetime:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))
