"""Forecast whether a quota lasts until its reset, and compare its use with an even pace.

If a forecast would be worth nothing, the reason is given instead. A window longer than a day is judged by its
mean, a shorter one by its last hours: one busy hour must not predict an empty week.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from ..history.samples import LONGEST, millionths
from ..history.series import AHEAD, SCALE, Sample
from ..models import Quota
from ..records import dataclass
from . import segments
from .slope import theil_sen

Verdict = Literal["lasts", "tight", "runs_out", "used_up", "none"]
Why = Literal[
    "unlimited",
    "no_percentage",
    "no_window",
    "reset_passed",
    "impossible_reset",
    "too_early",
    "hardly_used",
    "stale",
]

EVEN = 2.0  # percentage points off an even use that still count as on pace
TIGHT = 90.0  # percent used at the reset; from here on it is tight
HOUR, DAY = 3600, 86400  # seconds
_ELAPSED = 0.03  # share of a window, and a minute at least, before which its use is noise
_LATE = 1.02  # a reset further ahead than so many windows and a minute is impossible
_AGE = 0.02  # numbers older than this share of a window, and than two intervals, are stale
_RECENT = 0.2  # the recent samples are those of this share of a window, and of a day at most
_FEWEST, _SHORTEST = 3, 600  # the recent samples must be so many, over so many seconds
_HELD = 3 * HOUR  # seconds for which a burst in a long window must have lasted
_LAST, _BETWEEN = 0.05, 600  # too close to call: the last share of a window, so few seconds early


@dataclass(frozen=True)
class Pace:
    """The forecast of one quota. Shares are percent, as of the moment of asking."""

    verdict: Verdict
    why: Why | None = None  # with "none": the reason why there is no forecast
    expected: float | None = None  # what an even pace would have used by now
    ahead: float | None = None  # points used beyond that; below zero: behind
    projected: float | None = None  # used at the reset
    rate: float | None = None  # points an hour
    is_recent: bool = False  # the rate is that of the last samples, not the mean of the window
    runs_out_at: datetime | None = None
    burst_ends_at: datetime | None = None  # the end if only the last hours' rate runs out
    until: datetime | None = None  # the forecast is valid until then
    has_other_limit: bool = False  # the allowance changed in this window

    @property
    def is_even(self) -> bool:
        """Tell whether it is used at about an even pace."""
        return self.ahead is not None and abs(self.ahead) <= EVEN

    @property
    def spare(self) -> float | None:
        """The share left over at the reset, in percent; None unless it lasts."""
        return (
            100 - self.projected if self.verdict == "lasts" and self.projected is not None else None
        )


@dataclass(frozen=True)
class _Window:
    """A window that can be judged, as of one moment; times in seconds."""

    used: float  # percent
    length: int
    left: float  # until the reset
    age: float  # of the numbers
    interval: float

    @property
    def elapsed(self) -> float:
        return self.length - self.left

    @property
    def longest_age(self) -> float:
        return max(2 * self.interval, _AGE * self.length)


def pace(
    quota: Quota,
    samples: Iterable[Sample],
    now: datetime,
    fetched_at: datetime | None,
    interval: float,
) -> Pace:
    """Judge a quota as of now; if there can be no forecast, give ``none`` and a reason.

    Args:
        quota: as the provider last reported it.
        samples: those of its series, in any order; samples ahead of now do not count.
        now: aware UTC.
        fetched_at: when it was reported, aware UTC; None if unknown.
        interval: seconds between two refreshes.
    """
    used, length = _used(quota), quota.window
    if quota.unlimited:
        return Pace("none", "unlimited")
    if used is None:
        return Pace("none", "no_percentage")
    if used >= 100 or quota.alert:
        return Pace("used_up")
    if not length or not 0 < length <= LONGEST or quota.resets_at is None:
        return Pace("none", "no_window")
    age = (now - fetched_at).total_seconds() if fetched_at else math.inf
    window = _Window(used, length, (quota.resets_at - now).total_seconds(), age, interval)
    why = _objection(window)
    if why or fetched_at is None:
        return Pace("none", why or "stale")
    known = _of_window(samples, quota, window, quota.resets_at, int(fetched_at.timestamp()))
    return _judged(window, known, quota.resets_at, now, fetched_at)


def _used(quota: Quota) -> float | None:
    """Return the used share in percent; None if it is not a number."""
    try:
        percent = quota.used_percent
        used = math.nan if percent is None else float(percent)
    except (ArithmeticError, ValueError):
        return None
    return None if math.isnan(used) else used


def _objection(window: _Window) -> Why | None:
    """Return the first reason against a forecast; None if there is none."""
    if window.left <= 0:
        return "reset_passed"
    if window.left > _LATE * window.length + 60:
        return "impossible_reset"
    if window.elapsed < max(60, _ELAPSED * window.length):
        return "too_early"
    if window.used < 1:
        return "hardly_used"
    return "stale" if not -AHEAD <= window.age <= window.longest_age else None


def _of_window(
    samples: Iterable[Sample], quota: Quota, window: _Window, resets_at: datetime, at: int
) -> list[Sample]:
    """Return the samples of the running window; the last one is the latest answer."""
    last = Sample(at, int(window.used * SCALE), _limit(quota), int(resets_at.timestamp()))
    known = (each for each in samples if each.value is not None and each.at != at)
    return segments.of_window([*known, last], window.length)


def _limit(quota: Quota) -> int | None:
    """Return the limit in millionths, as samples have it; None for a quota in percent."""
    try:
        return None if quota.unit == "%" else millionths(quota.limit)
    except ValueError:
        return None


def _judged(
    window: _Window,
    known: Sequence[Sample],
    resets_at: datetime,
    now: datetime,
    fetched_at: datetime,
) -> Pace:
    expected = 100 * window.elapsed / window.length
    mean = window.used / window.elapsed
    burst = _recent(known, window, int(now.timestamp()))
    short = window.length <= DAY
    recent = burst.rate if burst and short else None
    rate = mean if recent is None else recent
    projected = window.used + rate * window.left
    end = _end(window, rate, now)
    verdict: Verdict = "runs_out" if end else "tight" if projected >= TIGHT else "lasts"
    held = burst is not None and not short and burst.seconds >= _HELD and not end
    fresh_until = fetched_at + timedelta(seconds=window.longest_age)
    return Pace(
        verdict,
        expected=expected,
        ahead=window.used - expected,
        projected=projected,
        rate=rate * HOUR,
        is_recent=recent is not None,
        runs_out_at=end,
        burst_ends_at=_end(window, burst.rate, now) if burst and held else None,
        until=min(moment for moment in (fresh_until, resets_at, end) if moment),
        has_other_limit=any(map(segments.has_other_limit, known, known[1:])),
    )


def _end(window: _Window, rate: float, now: datetime) -> datetime | None:
    """Return when it runs out; None if it lasts, or the reset is too close to call."""
    if window.used + rate * window.left < 100:
        return None
    seconds = (100 - window.used) / rate
    if window.left - seconds < _BETWEEN and window.left < _LAST * window.length:
        return None
    return now + timedelta(seconds=seconds)


@dataclass(frozen=True)
class _Burst:
    """The use shown by the last samples."""

    rate: float  # points a second, never below zero
    seconds: float  # the time it has lasted


def _recent(known: Sequence[Sample], window: _Window, now: int) -> _Burst | None:
    """Return the rate of the last samples; None if they are too few, or the clock went back."""
    if any(sample.at > now + AHEAD for sample in known):
        return None
    since = now - min(_RECENT * window.length, DAY)
    points = [
        (sample.at, (sample.value or 0) / SCALE)
        for sample in segments.of_segment(known, window.length)
        if sample.at >= since
    ]
    if len(points) < _FEWEST or points[-1][0] - points[0][0] < _SHORTEST:
        return None
    return _Burst(max(0.0, theil_sen(points)), points[-1][0] - points[0][0])
