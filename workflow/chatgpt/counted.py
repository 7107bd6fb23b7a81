"""Reads one entry of ChatGPT's pages: what it counts, the share that is used, when it starts anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any, Mapping, NamedTuple, Optional

from ..provider.counts import FULL, allowance
from ..provider.reading import count, first, moment, number, rest, share

TEN_YEARS = 10 * 365 * 86400
_RESETS = ("reset_at", "resets_at", "available_at", "reset_after", "resets_after")
_LEFT = ("remaining", "remaining_count")
_USED = ("used", "used_count", "usage")
_LIMIT = ("limit", "total", "max", "max_count")


class Counts(NamedTuple):
    """What is counted of an allowance, in agreement; use or rest is told."""

    used: Optional[Decimal]
    limit: Optional[Decimal]
    left: Optional[Decimal]


NONE_LEFT = Counts(None, None, Decimal(0))


def counts(entry: Mapping[str, Any]) -> Optional[Counts]:
    """Read what an entry counts; None when neither use nor rest is told. What is left holds."""
    used, left = share(first(entry, *_USED)), number(first(entry, *_LEFT))
    limit = count(first(entry, *_LIMIT))
    if left is not None and left < 0:  # beyond the limit
        used = limit - left if used is None and limit is not None else used
        left = Decimal(0)
    if limit is not None and left is not None and left > limit:
        limit = None  # no total of this rest
    if limit is not None and left is not None and rest(limit, used) != left:
        used = None
    quota = allowance("", "uses", used=used, limit=limit, left=left)
    if quota is None or (quota.used is None and quota.remaining is None):
        return None
    return Counts(quota.used, quota.limit, quota.remaining)


def percent(entry: Mapping[str, Any]) -> Optional[Decimal]:
    """Read the share that is used, in percent, as told or by what remains."""
    used = share(entry.get("used_percent"))
    return rest(FULL, share(entry.get("remaining_percent"))) if used is None else used


def reset(entry: Mapping[str, Any], at: datetime) -> Optional[datetime]:
    """Tell when an entry starts anew: a time, else seconds from ``at``."""
    told = [entry.get(name) for name in _RESETS]
    times = (moment(value) for value in told if not _soon(value))
    waits = map(_soon, (entry.get("reset_after_seconds"), *told))
    return next(filter(None, chain(times, (at + wait for wait in waits if wait))), None)


def _soon(value: object) -> Optional[timedelta]:
    """Read a number that is too small for a time of ours: it counts the seconds until then."""
    wait = number(value)
    return timedelta(seconds=float(wait)) if wait is not None and 0 < wait < TEN_YEARS else None
