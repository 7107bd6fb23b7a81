"""Forecast how many days a balance lasts, from its use in the last days."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Literal

from ..history.series import AHEAD, SCALE, Sample
from ..models import Balance
from ..records import dataclass, replace
from . import balance as balances
from .balance import DAY, Amount, Change
from .days import day_of, midnight
from .slope import Point, theil_sen

Verdict = Literal["runway", "empty", "none"]
Why = Literal["too_little", "hardly_used", "stale"]

DAYS = 15  # days of samples that count
MONTHS = 90  # days in which a balance must lose at least the share _HARDLY
HOUR = 3600
_FEWEST, _SHORTEST = 3, 2 * DAY  # a forecast needs so many points, over so many seconds
_HARDLY = 0.05  # less use than this share is hardly any
_APART = 0.25  # if slope and mean differ by more than this share, both are given
_AGE = 0.02 * DAYS * DAY  # seconds after which the amount is stale
_BURST, _WITHIN = 6 * HOUR, 12  # seconds of a burst; hours within which it empties the balance
_MINUTES = 600  # seconds that a burst must have lasted
_make = partial(tuple.__new__, Amount)  # like Amount._make, in a third of the time
_MOVED = 2 * HOUR  # if a clock change skips midnight, mktime is off by less than this


@dataclass(frozen=True)
class Runway:
    """The forecast of one balance."""

    verdict: Verdict
    why: Why | None = None  # with "none": the reason why there is no forecast
    days: int | None = None  # rounded down; the shorter end of a range
    days_max: int | None = None  # the longer end; None if slope and mean agree
    hours: int | None = None  # rounded down; only during a burst
    burn: float | None = None  # a day, by the slope
    mean: float | None = None  # a day, from the first point to the last
    changes: tuple[Change, ...] = ()  # top-ups and lapsed vouchers, which do not count as use
    until: datetime | None = None  # the forecast is valid until then


def runway(
    balance: Balance,
    known: Iterable[Amount],
    now: datetime,
    fetched_at: datetime | None,
    interval: float,
    replacements: Sequence[datetime] = (),
) -> Runway:
    """Judge a balance as of now; if there can be no forecast, give ``none`` and a reason.

    Args:
        balance: as the provider last reported it.
        known: its earlier amounts, in any order, see ``amounts``.
        now: aware UTC.
        fetched_at: when it was reported, aware UTC; None if unknown.
        interval: seconds between two refreshes.
        replacements: when the credential was replaced, aware UTC.
    """
    available = _number(balance.available)
    if available is None:
        return Runway("none", "too_little")
    age = (now - fetched_at).total_seconds() if fetched_at else math.inf
    fresh = max(2 * interval, _AGE)
    if fetched_at is None or not -AHEAD <= age <= fresh:
        return Runway("empty") if available <= 0 else Runway("none", "stale")
    last = Amount(int(fetched_at.timestamp()), available, _number(balance.granted))
    every = [each for each in known if each[0] != last.at] + [last]
    verdict = judged(balances.joined(every, replacements))
    brief = max(2 * interval, HOUR)
    if verdict.hours is not None and age > brief:
        verdict = replace(verdict, hours=None)
    if verdict.hours is not None:
        fresh = min(fresh, brief)  # hours are wrong sooner than days
    return replace(verdict, until=fetched_at + timedelta(seconds=fresh))


def amounts(samples: Iterable[Sample], now: datetime) -> list[Amount]:
    """Return the samples of a balance in its unit, without those ahead of now (aware UTC)."""
    latest = now.timestamp() + AHEAD
    return [
        _make((at, value / SCALE, None if total is None else total / SCALE))
        for at, value, total, _, _ in samples
        if value is not None and at <= latest
    ]


def judged(known: Sequence[Amount]) -> Runway:
    """Judge a balance by its samples, the oldest first; the last one is the current amount."""
    recent = known[bisect_right(known, Amount(known[-1].at - DAYS * DAY, math.inf)) :]
    used, available = balances.use(recent), recent[-1].available
    points = _daily(used.points, {change.at for change in used.changes})
    span = points[-1][0] - points[0][0]
    is_telling = len(points) >= _FEWEST and span >= _SHORTEST
    burn = -theil_sen(points) * DAY if is_telling else None
    mean = (points[0][1] - points[-1][1]) / span * DAY if is_telling else None
    hours = _hours(used.points, available)
    kept = Runway("none", None, burn=burn, mean=mean, changes=used.changes, hours=hours)
    if available <= 0:
        return replace(kept, verdict="empty")
    if burn is None or mean is None:
        return replace(kept, why="too_little")
    if burn * MONTHS < _HARDLY * available:
        return replace(kept, why="hardly_used")
    ends = sorted(int(available / each) for each in _burns(burn, mean))
    farther = ends[-1] if ends[-1] > ends[0] else None
    return replace(kept, verdict="runway", days=ends[0], days_max=farther)


def _burns(burn: float, mean: float) -> tuple[float, ...]:
    """Return the burns to forecast with: the slope if it agrees with the mean, else both."""
    apart = mean > 0 and abs(burn - mean) > _APART * burn
    return (burn, mean) if apart else (burn,)


def _daily(points: Sequence[Point], changed: set[float]) -> list[Point]:
    """Return the last point of each local day, and the one before a change, which would hide the use so far."""
    kept = [points[-1]]
    later = points[-1][0]
    day = day_of(later)
    within = midnight(day) + _MOVED
    for point in points[-2::-1]:
        at = point[0]
        is_other = at < within and day_of(at) != day
        if is_other:
            day = day_of(at)
            within = midnight(day) + _MOVED
        if is_other or later in changed:
            kept.append(point)
        later = at
    return kept[::-1]


def _hours(points: Sequence[Point], available: float) -> int | None:
    """Return how many hours are left at the rate of the last ones; None if there is no burst."""
    burst = points[bisect_left(points, (points[-1][0] - _BURST, -math.inf)) :]
    if len(burst) < _FEWEST or burst[-1][0] - burst[0][0] < _MINUTES or available <= 0:
        return None
    rate = -theil_sen(burst) * HOUR
    return int(available / rate) if rate > 0 and available / rate <= _WITHIN else None


def _number(value: Decimal | None) -> float | None:
    """Return a finite number; None for any other."""
    try:
        number = math.nan if value is None else float(value)
    except (ArithmeticError, ValueError):
        return None
    return number if math.isfinite(number) else None
