"""How many days a balance lasts: the worked cases, top-ups, expiring vouchers, and when there is no forecast."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forecast import cases
from tests.forecast.cases import DAY, INTERVAL, NOW
from workflow.forecast.balance import Amount, joined, use
from workflow.forecast.runway import Runway, amounts, judged, runway
from workflow.history.series import SCALE, Sample
from workflow.models import Balance

HOUR = 3600
END = int(NOW.timestamp())


def fall(*amounts: float, hours: float = 24, granted: tuple[float, ...] = ()) -> list[Amount]:
    """Amounts at equal distances, the last one now."""
    step = hours * HOUR
    return [
        Amount(int(END - step * (len(amounts) - 1 - i)), told, granted[i] if granted else None)
        for i, told in enumerate(amounts)
    ]


def changes(told: Runway) -> list[float]:
    return [change.amount for change in told.changes]


@pytest.mark.parametrize("case", cases.BALANCES)
def test_a_worked_case(case: Mapping[str, Any]) -> None:
    told, expected = judged(cases.amounts(case)), case["expect"]
    assert told.verdict == expected["verdict"]
    assert told.why == expected.get("why")
    assert [amount for amount in changes(told) if amount > 0] == pytest.approx(expected["top_ups"])
    if "burn_per_day" in expected:
        assert told.burn == pytest.approx(expected["burn_per_day"], abs=0.00005)
        assert told.mean == pytest.approx(expected["mean_per_day"], abs=0.00005)
    days = expected.get("days")
    assert (told.days, told.days_max) == (tuple(days) if isinstance(days, list) else (days, None))


def test_a_voucher_that_lapses_is_no_use() -> None:
    cash = [40, 38, 36, 34, 32]
    vouchers = (12.0, 12.0, 12.0, 0.0, 0.0)
    told = judged(fall(*(c + v for c, v in zip(cash, vouchers)), granted=vouchers))
    assert told.burn == pytest.approx(2)
    assert [amount for amount in changes(told) if amount < 0] == [-12.0]
    assert told.days == 16


def test_a_voucher_that_is_used_is_use() -> None:
    for lefts in ((30.0, 28.0, 25.5, 22.0, 20.0), (30.0, 30.0, 27.0, 27.0, 24.0, 24.0, 20.0)):
        told = judged(fall(*lefts, granted=lefts))
        assert min(changes(told), default=0) >= 0
        assert told.days is not None


def test_an_unused_voucher_that_lapses_is_not_burning() -> None:
    told = judged(fall(25, 25, 25, 10, 10, granted=(15, 15, 15, 0, 0)))
    assert [amount for amount in changes(told) if amount < 0] == [-15.0]
    assert (told.verdict, told.why, told.hours) == ("none", "hardly_used", None)


def test_what_is_burning_is_said_in_hours_though_days_are_too_few() -> None:
    told = judged(fall(10, 8, 6, 4, hours=1))
    assert (told.verdict, told.why) == ("none", "too_little")
    assert told.hours == 2
    assert judged(fall(10, 8, 6, hours=4)).hours is None  # two of them within six hours
    assert judged(fall(100, 98, 96, hours=1)).hours is None  # two days
    assert judged(fall(10, 9, 8, hours=1 / 60)).hours is None  # two minutes
    assert judged(fall(10, 5, 0, hours=1)) == Runway("empty")


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=12))
def test_only_the_fall_that_is_twice_any_other_is_a_lapse(told: list[tuple[int, int]]) -> None:
    known = [Amount(i, left, granted) for i, (left, granted) in enumerate(told)]
    falls = [a.available - b.available for a, b in zip(known, known[1:])]
    expected = [
        known[i + 1].at
        for i, fall in enumerate(told[i][1] - told[i + 1][1] for i in range(len(falls)))
        if 0 < fall <= falls[i] and all(fall > 2 * max(0, f) for f in falls[:i] + falls[i + 1 :])
    ]
    assert [change.at for change in use(known).changes if change.amount < 0] == expected


def test_three_days_old_is_no_forecast_but_empty_is_empty() -> None:
    samples = [Sample(END - n * DAY, (30 - n) * SCALE) for n in range(6)]
    old = NOW - timedelta(hours=8)
    owed = Balance(Decimal("-1"), "CNY")
    assert (
        runway(Balance(Decimal(30), "CNY"), amounts(samples, NOW), NOW, old, INTERVAL).why
        == "stale"
    )
    assert (
        runway(Balance(Decimal(30), "CNY"), amounts(samples, NOW), NOW, None, INTERVAL).why
        == "stale"
    )
    for gone in (owed, Balance(Decimal(0), "CNY")):
        assert runway(gone, amounts(samples, NOW), NOW, old, INTERVAL).verdict == "empty"


def test_what_is_told_now_is_the_last_point() -> None:
    samples = [Sample(END - n * DAY, (30 + 2 * n) * SCALE) for n in range(1, 6)]
    told = runway(Balance(Decimal(30), "CNY"), amounts(samples, NOW), NOW, NOW, INTERVAL)
    assert (told.verdict, told.days, told.until) == ("runway", 15, NOW + timedelta(hours=7.2))


REPLACED = NOW - timedelta(hours=3)


@pytest.mark.parametrize("later", [9.1, 63.9, 250.0], ids=["smaller", "the same", "larger"])
@pytest.mark.parametrize("is_recorded", [True, False])
def test_another_wallet_is_neither_use_nor_a_top_up(later: float, is_recorded: bool) -> None:
    left = [76.4, 73.9, 71.4, 68.9, 66.4, 63.9]  # 2.5 a day
    samples = [
        Sample(END - (6 - n) * DAY + 12 * HOUR, round(amount * SCALE), round(5.9 * SCALE))
        for n, amount in enumerate(left)
    ]
    if is_recorded:
        samples.append(Sample(END - 2 * HOUR, round(later * SCALE), 0))
    balance = Balance(Decimal(str(later)), "CNY", granted=Decimal(0))
    told = runway(balance, amounts(samples, NOW), NOW, NOW, INTERVAL, [REPLACED])
    assert (told.hours, told.changes) == (None, ())
    assert told.burn == pytest.approx(2.5, rel=0.2)
    assert told.days == pytest.approx(later / 2.5, rel=0.25)


def test_use_and_top_ups_after_a_replacement_count() -> None:
    replaced = NOW - timedelta(days=3, hours=1)
    told = [(-5, 80), (-4, 78), (-3, 20), (-2, 18), (-1, 66), (0, 64)]
    known = [Amount(END + day * DAY, left) for day, left in told]
    assert [each.available for each in joined(known, [replaced])] == [22, 20, 20, 18, 66, 64]
    assert [change.amount for change in use(joined(known, [replaced])).changes] == [48]


def test_a_voucher_that_lapsed_before_a_replacement_is_no_use() -> None:
    vouchers = (12.0, 12.0, 0.0, 0.0, 0.0, 5.0)
    known = fall(52, 50, 36, 34, 32, 9, granted=vouchers)  # 2 a day; the last is of another wallet
    told = use(joined(known, [NOW - timedelta(hours=1)]))
    assert [change.amount for change in told.changes] == [-12]


def test_every_replacement_of_several_counts() -> None:
    times = [NOW - timedelta(days=day, hours=1) for day in (3, 2, 1)]
    kept = [(-5, 80), (-4, 78), (-3, 20), (-1, 66), (0, 64)]  # nothing was seen of the second one
    known = [Amount(END + day * DAY, left) for day, left in kept]
    assert [each.available for each in joined(known, times)] == [68, 66, 66, 66, 64]
    assert use(joined(known, times)).changes == ()


@pytest.mark.parametrize(
    "at",
    [NOW - timedelta(days=9), NOW + timedelta(days=1), None],
    ids=["long ago", "nothing since", "never"],
)
def test_nothing_is_moved_without_amounts_on_both_sides(at: datetime | None) -> None:
    known = fall(5, 4, 3)
    assert joined(known[::-1], [at] if at else []) == known


def test_hours_are_said_for_an_hour_only() -> None:
    samples = [Sample(END - n * HOUR, (6 + 2 * n) * SCALE) for n in range(1, 5)]
    paid = Balance(Decimal(6), "CNY")
    told = runway(paid, amounts(samples, NOW), NOW, NOW, INTERVAL)
    assert (told.hours, told.until) == (3, NOW + timedelta(hours=1))
    late = runway(paid, amounts(samples, NOW), NOW + timedelta(hours=2), NOW, INTERVAL)
    assert (late.hours, late.why) == (None, "too_little")
    seldom = runway(paid, amounts(samples, NOW), NOW + timedelta(hours=2), NOW, 3 * HOUR)
    assert (seldom.hours, seldom.until) == (3, NOW + timedelta(hours=6))


def test_a_clock_ahead_left_samples_that_do_not_count() -> None:
    samples = [Sample(END - n * DAY, (30 + 2 * n) * SCALE) for n in range(1, 6)]
    ahead = [Sample(END + n * DAY, 1) for n in range(1, 3)]
    balance = Balance(Decimal(30), "CNY")
    assert runway(balance, amounts([*samples, *ahead], NOW), NOW, NOW, INTERVAL) == runway(
        balance, amounts(samples, NOW), NOW, NOW, INTERVAL
    )


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Shanghai", "Pacific/Apia"])
def test_days_are_those_of_the_user(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    told = judged(fall(*(100 - n / 4 for n in range(24 * 6)), hours=1))
    assert told.burn == pytest.approx(6)


def test_only_fifteen_days_count() -> None:
    told = judged([*fall(*range(400, 100, -10))])
    assert told.verdict == "runway"
    assert judged(fall(1000, *[200] * 20)).why == "hardly_used"


_AMOUNTS = st.floats(-1e15, 1e15)
_POINTS = st.lists(
    st.builds(Amount, st.integers(-(2**40), 2**33), _AMOUNTS, st.none() | _AMOUNTS), min_size=1
)


@given(_POINTS)
def test_nothing_raises_whatever_was_seen(points: list[Amount]) -> None:
    known = [point for point in points if point.at > 0] or [Amount(0, 1.0)]
    told = judged(sorted(known, key=lambda point: point.at))
    assert (told.verdict == "runway") == (told.days is not None)
    assert told.days is None or 0 <= told.days <= 36 * 50
    assert told.days_max is None or (told.days or 0) < told.days_max


@given(
    st.decimals(allow_nan=True, allow_infinity=True)
    | st.sampled_from([Decimal(10) ** 400, Decimal("sNaN")]),
    st.lists(st.builds(Sample, st.integers(0, 2**40), st.none() | st.integers(-(2**62), 2**62))),
)
def test_no_amount_raises(available: Decimal, samples: list[Sample]) -> None:
    told = runway(Balance(available, "USD"), amounts(samples, NOW), NOW, NOW, INTERVAL)
    assert isinstance(told, Runway)
