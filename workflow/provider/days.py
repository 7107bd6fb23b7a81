"""Computes days on a vendor's clock, and the months of a plan."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from .reading import moment

_BARE = re.compile(r"[\d-]{10}[T ][\d:.]+")


def local(value: object, clock: timezone) -> datetime | None:
    """Read a time that is on a vendor's clock, unless it has a zone or is an epoch.

    Returns a time on that clock; None for nonsense and for years that no plan reaches.
    """
    when = moment(value)
    if when is None or not 2000 < when.year < 9000:
        return None
    is_bare = isinstance(value, str) and _BARE.fullmatch(value.strip())
    return when.replace(tzinfo=clock) if is_bare else when.astimezone(clock)


def next_monthly(day: datetime | None, now: datetime) -> datetime | None:
    """Return the end of the current month of a plan that renews on this day.

    The plan may be monthly, quarterly or yearly. Returns aware UTC; None without a day.
    """
    if day is None:
        return None
    earlier = (_months_before(day, months) for months in range(1, 13))
    return min((day, *(other for other in earlier if other > now))).astimezone(timezone.utc)


def periods(now: datetime) -> tuple[datetime, datetime, datetime]:
    """Return the starts of this month, of today, and of the last 30 days (today and 29 before).

    Args:
        now: aware UTC, like the results.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today.replace(day=1), today, today - timedelta(days=29)


def next_month(now: datetime) -> datetime:
    """Return the end of the month of ``now``, in UTC."""
    return (periods(now)[0] + timedelta(days=32)).replace(day=1)


def next_midnight(now: datetime) -> datetime:
    """Return the end of the day of ``now``, in UTC."""
    return periods(now)[1] + timedelta(days=1)


def next_monday(now: datetime) -> datetime:
    """Return the end of the week of ``now`` (Monday to Sunday), in UTC."""
    return periods(now)[1] + timedelta(days=7 - now.weekday())


def month_until(end: datetime | None) -> int | None:
    """Return the length in seconds of the month that ends then; None without an end, which is year 1 in Go."""
    if end is None or end.year == 1:
        return None
    return int((end - _months_before(end, 1)).total_seconds())


def _months_before(day: datetime, months: int) -> datetime:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = day.replace(year=year, month=month + 1, day=1)
    last = next_month(first) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
