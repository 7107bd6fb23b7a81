"""Reads one entry of ChatGPT's pages: its counts, the used share, its reset."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from ..provider.counts import FULL, allowance
from ..provider.reading import Fields, count, first, moment, number, remainder, share

TEN_YEARS = 10 * 365 * 86400
_RESETS = ("reset_at", "resets_at", "available_at", "reset_after", "resets_after")
_REMAINING = ("remaining", "remaining_count")
_USED = ("used", "used_count", "usage")
_LIMIT = ("limit", "total", "max", "max_count")


class Counts(NamedTuple):
    """The numbers of an allowance, which agree; at least ``used`` or ``remaining`` is known."""

    used: Decimal | None
    limit: Decimal | None
    remaining: Decimal | None


NONE_LEFT = Counts(None, None, Decimal(0))


def counts(entry: Fields) -> Counts | None:
    """Read the numbers of an entry; None if it has neither use nor remainder.

    If they contradict each other, ``remaining`` wins.
    """
    used, remaining = share(first(entry, *_USED)), number(first(entry, *_REMAINING))
    limit = count(first(entry, *_LIMIT))
    if remaining is not None and remaining < 0:  # beyond the limit
        used = limit - remaining if used is None and limit is not None else used
        remaining = Decimal(0)
    if limit is not None and remaining is not None and remaining > limit:
        limit = None  # cannot be the total of this remainder
    if limit is not None and remaining is not None and remainder(limit, used) != remaining:
        used = None
    quota = allowance("", "uses", used=used, limit=limit, remaining=remaining)
    if quota is None or (quota.used is None and quota.remaining is None):
        return None
    return Counts(quota.used, quota.limit, quota.remaining)


def percent(entry: Fields) -> Decimal | None:
    """Read the used percentage, directly or from the remaining one."""
    used = share(entry.get("used_percent"))
    return remainder(FULL, share(entry.get("remaining_percent"))) if used is None else used


def reset(entry: Fields, at: datetime) -> datetime | None:
    """Read when an entry resets: from a time, else from the seconds after ``at``."""
    values = [entry.get(name) for name in _RESETS]
    times = (moment(value) for value in values if not _soon(value))
    waits = map(_soon, (entry.get("reset_after_seconds"), *values))
    return next(filter(None, chain(times, (at + wait for wait in waits if wait))), None)


def _soon(value: object) -> timedelta | None:
    """Read a number of seconds until then; None for a number that is an epoch."""
    wait = number(value)
    return timedelta(seconds=float(wait)) if wait is not None and 0 < wait < TEN_YEARS else None
