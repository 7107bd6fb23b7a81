"""One series over some days: unbroken runs, resets, top-ups, an even pace and the forecast. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

from ..forecast import balance as balances
from ..forecast.days import day_of, midnight
from ..forecast.runway import amounts
from ..history import resets, series
from ..history.series import SCALE, Sample, Series, Span
from ..models import Balance, Quota, Spend
from ..records import dataclass
from ..state.state import AccountState

DAYS, SHORT = 30, 3  # days shown; fewer for windows of at most a day
DAY = 86400
AHEAD = 10  # days of a balance's forecast that are shown
MOST = 120  # points in a picture
SERIES = 8  # trends of an account, the headline first
_GAPS = {"raw": 5400, "hour": 3 * 3600, "day": 3 * DAY}  # seconds that a line bridges, by grain
_MISSED = 3  # missed refreshes that a line always bridges


class Point(NamedTuple):
    """A value at a moment (UTC seconds)."""

    at: float
    value: float


class Event(NamedTuple):
    """A reset, or a top-up with its amount."""

    at: float
    amount: float | None = None


@dataclass(frozen=True)
class Trend:
    """One series, ready to be drawn: used percent of a quota, what is left of a balance, spend by day."""

    kind: Literal["quota", "balance", "spend"]
    of: Quota | Balance | Spend
    since: float  # UTC seconds
    until: float  # later than now if there is a forecast
    runs: tuple[tuple[Point, ...], ...] = ()  # broken where there are no samples; a spend has one
    resets: tuple[Event, ...] = ()
    top_ups: tuple[Event, ...] = ()
    even: tuple[Point, Point] | None = None
    foreseen: tuple[Point, Point] | None = None

    @property
    def points(self) -> tuple[Point, ...]:
        """All points in order of time."""
        return tuple(point for run in self.runs for point in run)

    @property
    def highest(self) -> float:
        """The top of the scale: for a quota at least 100 percent, for money the largest amount."""
        return max([100.0 if self.kind == "quota" else 0.0, *self._values])

    @property
    def lowest(self) -> float:
        """The bottom of the scale: zero, or below it with a debt."""
        return min([0.0, *self._values])

    @property
    def _values(self) -> list[float]:
        return [point.value for point in (*self.points, *(self.foreseen or ()))]


def trends(
    known: AccountState,
    samples: Mapping[Series, Sequence[Sample]],
    now: datetime,
    days: int | None = None,
    interval: float = 0,
    spans: Mapping[Series, Sequence[Span]] = MappingProxyType({}),
) -> list[Trend]:
    """Return the trends of an account that have any points, as of now.

    Args:
        samples: the account's series, the oldest sample first.
        days: the days to show; None for 30, or 3 for windows of at most a day.
        interval: seconds between two refreshes; a line is broken where several were missed.
        spans: the windows of its quotas; older samples no longer know their resets.
    """
    past = _Past(samples, spans, now.timestamp(), days, interval * _MISSED)
    return [trend for trend in _all(known, past) if trend.points][:SERIES]


class _Past(NamedTuple):
    """The history of an account, as of now (UTC seconds)."""

    samples: Mapping[Series, Sequence[Sample]]
    spans: Mapping[Series, Sequence[Span]]
    now: float
    days: int | None
    bridged: float  # seconds

    def of(self, name: Series, days: int = DAYS) -> tuple[float, list[Sample]]:
        """Return when the trend of a series begins, and its samples from then on."""
        since = self.now - DAY * (self.days or days)
        known = self.samples.get(name, ())
        return since, [each for each in known if each.at >= since and each.value is not None]


def _all(known: AccountState, past: _Past) -> Iterator[Trend]:
    usage = known.snapshot.usage
    if usage is None:
        return
    for quota in known.status.quotas:
        if not series.is_first(series.of_quota, quota, usage.quotas):
            continue
        if quota.role in ("binding", "secondary") and quota.used_percent is not None:
            yield _of_quota(quota, known, past)
    for balance in usage.balances:
        if series.is_first(series.of_balance, balance, usage.balances):
            yield _of_balance(balance, known, past)
    daily: dict[str, Spend] = {}  # of any period the same days would be drawn
    for spend in usage.spends:
        if spend.period in ("day", "month"):
            daily.setdefault(spend.unit, spend)
    for spend in daily.values():
        since, samples = past.of(series.of_spend(known.account.id, spend))
        begins = midnight(day_of(since) + timedelta(days=1))  # the day before is not whole
        days = (point for point in _daily(samples) if point.at >= begins)
        yield Trend("spend", spend, since, past.now, (tuple(days),))


def _ended(
    samples: Sequence[Sample], spans: Sequence[Span], window: int | None
) -> dict[int, Event]:
    """Return the resets between samples, each by the time of the sample that follows it."""
    events: dict[int, Event] = {}
    endings = [span.ended for span in spans if span.ended]
    for before, after in zip(samples, samples[1:]):
        if resets.has_ended(before, after, window):
            events[after.at] = Event(min(before.resets_at or after.at, after.at))
        elif before.resets_at is None:
            last = endings[bisect_right(endings, after.at) - 1] if endings else 0
            if before.at < last <= after.at:
                events[after.at] = Event(last)
    return events


def _of_quota(quota: Quota, known: AccountState, past: _Past) -> Trend:
    name, pace = series.of_quota(known.account.id, quota), known.outlook.pace(quota)
    is_short = quota.window is not None and quota.window <= DAY
    since, samples = past.of(name, SHORT if is_short else DAYS)
    ended = _ended(samples, past.spans.get(name, ()), quota.window)
    even = foreseen = None
    until = past.now
    if pace is not None and pace.projected is not None and quota.resets_at and quota.window:
        until = quota.resets_at.timestamp()
        even = Point(until - quota.window, 0), Point(until, 100)
        end = Point(until, pace.projected)
        if pace.runs_out_at is not None:
            end = Point(pace.runs_out_at.timestamp(), 100)
        foreseen = Point(past.now, float(quota.used_percent or 0)), end
    runs, at = _runs(samples, past.bridged, ended), tuple(ended.values())
    return Trend("quota", quota, since, until, runs, at, (), even, foreseen)


def _top_ups(
    samples: Sequence[Sample], now: float, replacements: Sequence[datetime]
) -> tuple[Event, ...]:
    """Return what was paid in; another wallet's balance after a replaced credential was not."""
    known = amounts(samples, datetime.fromtimestamp(now).astimezone())
    used = balances.use(balances.joined(known, replacements))
    return tuple(Event(change.at, change.amount) for change in used.top_ups)


def _of_balance(balance: Balance, known: AccountState, past: _Past) -> Trend:
    runway = known.outlook.runway(balance)
    since, samples = past.of(series.of_balance(known.account.id, balance))
    top_ups = _top_ups(samples, past.now, known.account.replacements)
    until, foreseen = past.now, None
    if runway is not None and runway.days is not None and runway.burn:
        days = min(float(balance.available) / runway.burn, AHEAD)
        until = past.now + days * DAY
        end = float(balance.available) - days * runway.burn
        foreseen = Point(past.now, float(balance.available)), Point(until, end)
    runs = _runs(samples, past.bridged)
    return Trend("balance", balance, since, until, runs, (), top_ups, None, foreseen)


def _runs(
    samples: Sequence[Sample], bridged: float, begun: Collection[int] = ()
) -> tuple[tuple[Point, ...], ...]:
    """Split points into runs, with a new run after each gap and at the beginning of each window."""
    runs: list[list[Point]] = []
    before: Sample | None = None
    for sample in samples:
        gap = before is None or sample.at - before.at > max(_GAPS[sample.grain], bridged)
        if gap or sample.at in begun:
            runs.append([])
        runs[-1].append(Point(sample.at, (sample.value or 0) / SCALE))
        before = sample
    step = -(-2 * len(samples) // MOST)
    return tuple(tuple(_thinned(run, step)) for run in runs)


def _thinned(run: Sequence[Point], step: int) -> Iterator[Point]:
    """Keep the first point, and the highest and the last of each ``step`` points."""
    if step <= 2:
        yield from run
        return
    yield run[0]
    for i in range(1, len(run), step):
        stretch = run[i : i + step]
        highest = max(stretch, key=lambda point: point.value)
        yield from (highest, stretch[-1]) if highest is not stretch[-1] else (highest,)


def _daily(samples: Sequence[Sample]) -> Iterator[Point]:
    """Return by how much a running amount grew on each local day, at that day's midnight.

    The first sample counts, too, if its period began on the same day.
    """
    grown: dict[float, float] = {}
    first = samples[0] if samples else None
    if first and first.resets_at and midnight(day_of(first.at)) <= first.resets_at <= first.at:
        samples = (Sample(first.resets_at, 0, None, first.resets_at), *samples)
    for before, after in zip(samples, samples[1:]):
        is_same = resets.is_same(before.resets_at, after.resets_at, None)
        amount = (after.value or 0) - ((before.value or 0) if is_same else 0)
        begins = midnight(day_of(after.at))
        grown[begins] = grown.get(begins, 0.0) + max(0, amount) / SCALE
    yield from (Point(at, amount) for at, amount in sorted(grown.items()))
