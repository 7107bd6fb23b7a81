"""Whether a quota lasts until the reset: the worked cases, every guard in order, and no alarm from noise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forecast import cases
from tests.forecast.cases import DAY, INTERVAL, NOW, sample
from workflow.forecast.pace import Pace, pace
from workflow.history.series import Sample
from workflow.models import Quota
from workflow.records import replace

HOUR = 3600


def of(quota: Quota, *samples: Sample, age: float = 0, interval: float = INTERVAL) -> Pace:
    return pace(quota, samples, NOW, NOW - timedelta(seconds=age), interval)


def quota(share: float, window: int, resets_in: float, **more: Any) -> Quota:
    resets_at = NOW + timedelta(seconds=resets_in)
    quota = Quota("Weekly", "%", Decimal(str(share)), Decimal(100), None, window, resets_at)
    return replace(quota, **more)


@pytest.mark.parametrize("case", cases.QUOTAS)
def test_a_worked_case(case: Mapping[str, Any]) -> None:
    told, expected = of(cases.quota(case), *cases.samples(case)), case["expect"]
    assert told.verdict == expected["verdict"]
    assert told.why == expected.get("why")
    for name, ours in (
        ("expected_percent", told.expected),
        ("ahead_points", told.ahead),
        ("projected_percent", told.projected),
    ):
        assert name not in expected or ours == pytest.approx(expected[name], abs=0.005), name
    if "rate" in expected:
        assert told.rate == pytest.approx(expected["percent_per_hour"], abs=0.0006)
        assert told.is_recent == (expected["rate"] == "recent")
    if told.verdict in ("none", "used_up"):
        assert (told.expected, told.projected, told.rate, told.runs_out_at) == (None,) * 4
    runs_out = expected.get("runs_out_in_seconds")
    seconds = (told.runs_out_at - NOW).total_seconds() if told.runs_out_at else None
    assert seconds == (pytest.approx(runs_out, abs=1) if runs_out else None)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        pytest.param(quota(50, DAY, -9, unlimited=True), "unlimited", id="before all others"),
        pytest.param(quota(50, 0, -9, limit=Decimal(0)), "no_percentage", id="a limit of zero"),
        pytest.param(quota(50, 0, -9), "no_window", id="a window of zero"),
        pytest.param(quota(50, 10**400, -9), "no_window", id="a window without end"),
        pytest.param(quota(0.5, DAY, 0), "reset_passed", id="resets right now"),
        pytest.param(quota(0.5, DAY, DAY * 1.03), "impossible_reset", id="beyond the window"),
        pytest.param(quota(0.5, DAY, DAY * 1.02 + 61), "impossible_reset", id="a second more"),
        pytest.param(quota(0.5, DAY, DAY * 1.02 + 60), "too_early", id="begins in a moment"),
        pytest.param(quota(0.5, 600, 541), "too_early", id="a minute at least"),
        pytest.param(quota(0.5, 600, 540), "hardly_used", id="a minute"),
        pytest.param(quota(0.9, DAY, DAY / 2), "hardly_used", id="before stale"),
        pytest.param(quota(1, DAY, DAY / 2), "stale", id="a point is used"),
    ],
)
def test_the_first_objection_is_said(told: Quota, why: str) -> None:
    assert of(told, age=DAY).why == why


@pytest.mark.parametrize(
    ("window", "interval", "age", "fresh"),
    [
        pytest.param(5 * HOUR, 300, 600, True, id="twice the interval"),
        pytest.param(5 * HOUR, 300, 601, False, id="and no longer"),
        pytest.param(7 * DAY, 300, 12096, True, id="a fiftieth of the window"),
        pytest.param(7 * DAY, 300, 12097, False, id="no more of it"),
        pytest.param(5 * HOUR, 300, -60, True, id="a clock a minute off"),
        pytest.param(5 * HOUR, 300, -61, False, id="fetched in the future"),
    ],
)
def test_old_numbers_forecast_nothing(window: int, interval: int, age: int, fresh: bool) -> None:
    told = of(quota(50, window, window / 2), age=age, interval=interval)
    assert (told.why != "stale") == fresh


@pytest.mark.parametrize(
    ("used", "verdict"),
    [(44.9, "lasts"), (45, "tight"), (49.9, "tight"), (50, "runs_out"), (100, "used_up")],
)
def test_the_verdict_is_that_of_the_reset(used: float, verdict: str) -> None:
    assert of(quota(used, DAY, DAY / 2)).verdict == verdict


def test_of_an_unknown_age_nothing_is_said() -> None:
    assert pace(quota(50, DAY, DAY / 2), (), NOW, None, INTERVAL).why == "stale"


def test_used_up_is_what_the_provider_says_too() -> None:
    assert of(quota(40, DAY, DAY / 2, alert=True)).verdict == "used_up"
    assert of(quota(10, DAY, DAY / 2, used=Decimal(10) ** 400)).verdict == "used_up"
    assert of(quota(10, DAY, -5, used=Decimal(112))).verdict == "used_up"


def test_it_holds_until_it_is_stale_or_out() -> None:
    soon = of(quota(99.5, 5 * HOUR, HOUR))
    assert soon.until == soon.runs_out_at
    assert soon.runs_out_at
    assert soon.runs_out_at < NOW + timedelta(minutes=10)
    assert of(quota(50, 5 * HOUR, 2.5 * HOUR)).until == NOW + timedelta(minutes=10)
    assert of(quota(98, 5 * HOUR, 300)).until == NOW + timedelta(minutes=5)


def test_a_busy_hour_does_not_empty_a_week_but_is_said_when_it_holds() -> None:
    week = quota(40, 7 * DAY, 3 * DAY)
    burst = [sample(-h * 1800, 40 - h * 1.5, 3 * DAY) for h in range(9)]
    told = of(week, *burst)
    assert told.verdict == "lasts"
    assert not told.is_recent
    assert told.burst_ends_at == NOW + timedelta(hours=20)
    assert of(week, *burst[:7]).burst_ends_at  # three hours
    assert of(week, *burst[:6]).burst_ends_at is None  # two hours and a half
    assert of(week, *burst[:4]).burst_ends_at is None


def test_two_samples_or_ten_minutes_are_no_rate() -> None:
    told = quota(50, 5 * HOUR, 2.5 * HOUR)
    assert not of(told, sample(-1800, 45, 9000)).is_recent
    assert not of(told, sample(-500, 45, 9000), sample(-300, 47, 9000)).is_recent
    assert of(told, sample(-600, 45, 9000), sample(-300, 47, 9000)).is_recent


def test_a_sample_ahead_of_now_leaves_the_mean() -> None:
    told = quota(50, 5 * HOUR, 2.5 * HOUR)
    past = [sample(-n * 600, 50 - n, 9000) for n in range(4)]
    assert of(told, *past, sample(60, 52, 9000)).is_recent
    assert not of(told, *past, sample(61, 52, 9000)).is_recent


def test_another_limit_is_said_and_begins_anew() -> None:
    plan = Quota(
        "Plan", "requests", Decimal(893), Decimal(10000), None, 5 * HOUR, NOW + timedelta(hours=2)
    )
    before = [sample(-2400, 43, 7200, 2000), sample(-1800, 44.65, 7200, 2000)]
    after = [sample(-1200, 8.9, 7200, 10000), sample(-600, 8.92, 7200, 10000)]
    told = of(plan, *before, *after)
    assert told.has_other_limit
    assert told.rate == pytest.approx(0.09)
    assert not of(plan, *after).has_other_limit
    lowered = replace(plan, used=Decimal(893), limit=Decimal(1000))
    assert not of(lowered, *after).is_recent  # the jump of the share is no use


def test_a_window_that_shrinks_has_another_reset() -> None:
    before = [sample(-n * 900, 20 - n, 6 * DAY) for n in range(1, 5)]
    assert of(quota(60, 5 * HOUR, 2 * HOUR), *before) == of(quota(60, 5 * HOUR, 2 * HOUR))


def test_a_week_across_the_end_of_summer_time_is_reckoned_in_seconds() -> None:
    case = quota(50, 7 * DAY, 2 * DAY)
    autumn = datetime(2026, 10, 24, 12, tzinfo=timezone.utc)
    moved = replace(case, resets_at=autumn + timedelta(days=2))
    ours, theirs = of(case), pace(moved, (), autumn, autumn, INTERVAL)
    assert (ours.expected, ours.projected, ours.rate) == (
        theirs.expected,
        theirs.projected,
        theirs.rate,
    )


@pytest.mark.parametrize(
    ("day", "window"),
    [
        pytest.param(datetime(2028, 2, 15, tzinfo=timezone.utc), 29 * DAY, id="a leap February"),
        pytest.param(datetime(2027, 2, 15, tzinfo=timezone.utc), 28 * DAY, id="a short one"),
    ],
)
def test_a_month_is_as_long_as_it_is(day: datetime, window: int) -> None:
    resets = datetime(day.year, 3, 1, tzinfo=timezone.utc)
    told = pace(quota(50, window, 0, resets_at=resets), (), day, day, INTERVAL)
    assert told.expected == pytest.approx(100 * 14 * DAY / window)


_NUMBERS = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True),
    st.sampled_from([Decimal(0), Decimal(10) ** 400, Decimal(-(10**400)), Decimal("sNaN")]),
    st.none(),
)
_SECONDS = st.integers(-(2**40), 2**40)
_SAMPLES = st.builds(
    Sample,
    _SECONDS,
    st.none() | st.integers(-(2**62), 2**62),
    st.none() | st.integers(-(2**62), 2**62),
    st.none() | _SECONDS,
)


@given(
    _NUMBERS,
    _NUMBERS,
    st.none() | st.integers(-(10**400), 10**400) | st.integers(1, 10**7),
    st.datetimes(timezones=st.just(timezone.utc)) | st.none(),
    st.lists(_SAMPLES, max_size=20),
    st.booleans(),
)
def test_nothing_raises_and_what_is_not_sure_is_not_said(
    used: Decimal | None,
    limit: Decimal | None,
    window: int | None,
    resets_at: datetime | None,
    samples: list[Sample],
    alert: bool,
) -> None:
    told = pace(
        Quota("Q", "requests", used, limit, None, window, resets_at, alert=alert),
        samples,
        NOW,
        NOW,
        INTERVAL,
    )
    assert (told.verdict == "none") == (told.why is not None)
    assert (told.verdict == "runs_out") == (told.runs_out_at is not None)
    if told.runs_out_at and resets_at:
        assert NOW <= told.runs_out_at <= resets_at


_STEPS = st.lists(st.tuples(st.integers(60, 3 * HOUR), st.floats(0, 4)), max_size=30)


@given(_STEPS, st.integers(1, 99), st.booleans())
def test_samples_of_other_windows_and_a_reused_name_change_nothing(
    steps: list[tuple[int, float]], used: int, far: bool
) -> None:
    """The samples are of a window that has ended, or of another account of this name."""
    told = quota(used, 5 * HOUR, 2 * HOUR)
    at, share, before = -3 * HOUR - 1, 100.0, []
    for seconds, fall in steps:
        before.append(sample(at, max(0.0, share), at + (60 if not far else 2 * HOUR)))
        at, share = at - seconds, share - fall
    past = [each for each in before if each.resets_at and each.resets_at < NOW.timestamp() - HOUR]
    assert of(told, *past) == of(told)


@given(st.integers(2, 98), st.floats(0, 3))
def test_noise_of_a_reset_that_jitters_is_the_same_window(used: int, noise: float) -> None:
    resets = [9000 + int(noise * 40) * (-1) ** n for n in range(5)]
    known = [sample(-n * 600, max(0.0, used - n / 10), resets[n]) for n in range(1, 5)]
    assert of(quota(used, 5 * HOUR, 9000), *known).is_recent
