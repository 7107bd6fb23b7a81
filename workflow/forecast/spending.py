"""The amounts spent yesterday and in seven days, derived from a running amount or from a balance."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from ..history.series import AHEAD, SCALE, Sample
from ..records import dataclass
from .balance import Use
from .days import day_of, midnight

DAYS = 7
# periods in which a spend only grows until the next one begins, the steadier one first
PERIODS = ("month", "day")
_NEAR = 43200  # seconds; a day whose midnight is further from every sample cannot be told
_SAME = 60  # seconds by which two reports of one period's beginning may differ


class Step(NamedTuple):
    """The amount spent between two samples."""

    since: float  # UTC seconds
    at: float  # UTC seconds
    amount: float


@dataclass(frozen=True)
class Spending:
    """The amounts spent, in the unit of the series; None if the samples are too far apart to tell."""

    yesterday: float | None = None
    week: float | None = None  # today and the six days before
    is_derived: bool = False  # from a balance, not reported by the provider

    @property
    def a_day(self) -> float | None:
        """The mean of the seven days."""
        return None if self.week is None else self.week / DAYS


def of_spend(samples: Iterable[Sample], now: float) -> Spending:
    """Derive the spending from the running amounts of a period.

    ``now`` is in UTC seconds; samples ahead of it do not count.
    """
    known = [each for each in samples if each.value is not None and each.at <= now + AHEAD]
    known.sort(key=lambda sample: sample.at)
    known = known[_first_needed([sample.at for sample in known], now) :]
    return _spending([_step_between(a, b) for a, b in zip(known, known[1:])], now)


def of_balance(use: Use, now: float) -> Spending:
    """Derive the spending from the use of a balance, as of now (UTC seconds)."""
    known = use.points[_first_needed([at for at, _ in use.points], now) :]
    pairs = zip(known, known[1:])
    spending = _spending([Step(since, at, a - b) for (since, a), (at, b) in pairs], now)
    return Spending(spending.yesterday, spending.week, is_derived=True)


def _step_between(before: Sample, after: Sample) -> Step:
    """Return the amount spent between two samples; a new period begins at zero."""
    begun = abs((before.resets_at or 0) - (after.resets_at or 0)) > _SAME
    amount = (after.value or 0) - (0 if begun else before.value or 0)
    return Step(before.at, after.at, amount / SCALE)


def _first_needed(looks: Sequence[float], now: float) -> int:
    """Return the index of the first time that the seven days need; ``looks`` are sorted."""
    return max(0, bisect_left(looks, _week(now) - _NEAR) - 1)


def _week(now: float) -> float:
    return midnight(day_of(now) - timedelta(days=DAYS - 1))


def _spending(steps: Sequence[Step], now: float) -> Spending:
    """Sum up steps, each of which begins where the one before it ends."""
    today = day_of(now)
    begins, before = midnight(today), midnight(today - timedelta(days=1))
    looks = [steps[0].since, *(step.at for step in steps)] if steps else []

    def between(since: float, until: float) -> float | None:
        """Sum the steps between two moments; a step across midnight belongs to the day it ends in."""
        if not (_is_near(looks, since) and _is_near(looks, until)):
            return None
        first, end = (bisect_right(looks, edge, 1) - 1 for edge in (since, until))
        return max(0.0, sum(step.amount for step in steps[first:end]))

    return Spending(between(before, begins), between(_week(now), now))


def _is_near(looks: Sequence[float], edge: float) -> bool:
    place = bisect_left(looks, edge - _NEAR)
    return place < len(looks) and looks[place] <= edge + _NEAR
