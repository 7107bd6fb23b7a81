"""What was spent yesterday and in seven days: of running amounts, of balances, and across gaps."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forecast.cases import DAY, NOW
from workflow.forecast import days, spending
from workflow.forecast.balance import Amount, use
from workflow.history.series import SCALE, Sample

HOUR = 3600
END = int(NOW.timestamp())  # noon
MIDNIGHT = END - 12 * HOUR
MONTH = 1_793_491_200  # of November


def spent(at: int, amount: float, since: int = MONTH) -> Sample:
    return Sample(at, int(amount * SCALE), None, since)


def test_what_grew_belongs_to_its_day_and_that_of_a_night_to_its_morning() -> None:
    looks = [spent(MIDNIGHT + h * HOUR, 10 + h) for h in (-30, -15, -6, 9, 12)]
    told = spending.of_spend(looks, END)
    assert told.yesterday == pytest.approx(24)
    assert (told.week, told.a_day) == (None, None)  # nobody looked a week ago
    week = spending.of_spend([spent(MIDNIGHT - 6 * DAY, 3), *looks], END)
    assert week.week == pytest.approx(19)
    assert week.a_day == pytest.approx(19 / 7)
    assert not week.is_derived


def test_what_a_weekend_hid_is_said_of_no_day() -> None:
    looks = [spent(MIDNIGHT - 3 * DAY, 10), spent(END, 40)]
    assert spending.of_spend(looks, END).yesterday is None


def test_a_new_period_begins_at_nothing() -> None:
    looks = [spent(MIDNIGHT - DAY, 90), spent(MIDNIGHT - HOUR, 4, MIDNIGHT - 20 * HOUR)]
    assert spending.of_spend(looks, END).yesterday == pytest.approx(4)


def test_a_clock_ahead_left_samples_that_do_not_count() -> None:
    looks = [spent(MIDNIGHT - 6 * DAY, 10), spent(MIDNIGHT - DAY, 10), spent(END - 13 * HOUR, 10)]
    ahead = spent(END + HOUR, 90)
    assert spending.of_spend([*looks, spent(END, 12), ahead], END).week == 2
    assert spending.of_spend([*looks, ahead], END).week is None  # nobody has looked since


def test_of_a_balance_a_top_up_is_no_spending() -> None:
    times = (MIDNIGHT - DAY, MIDNIGHT - 5 * HOUR, MIDNIGHT - HOUR, END)
    told = spending.of_balance(use([*map(Amount, times, (50, 46, 145, 140))]), END)
    assert told.is_derived
    assert told.yesterday == pytest.approx(4)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param((2026, 3, 29), 23, id="the clocks go ahead"),
        pytest.param((2026, 10, 25), 25, id="the clocks go back"),
        pytest.param((2028, 2, 29), 24, id="a leap day"),
    ],
)
def test_a_day_is_as_long_as_it_is(
    day: tuple[int, int, int], hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    begins = days.midnight(date(*day))
    assert days.seconds(days.day_of(begins)) == hours * HOUR
    assert days.day_of(begins - 1) != days.day_of(begins) == days.day_of(begins + hours * HOUR - 1)
    looks = [spent(int(begins), 10), spent(int(begins + (hours - 1) * HOUR), 10 + hours)]
    assert spending.of_spend(looks, begins + (hours + 2) * HOUR).yesterday == pytest.approx(hours)


@given(st.dictionaries(st.integers(-300, 2), st.integers(0, 90)))
def test_it_is_all_that_was_seen_within_its_days(amounts: dict[int, int]) -> None:
    looks = sorted(END + hours * HOUR for hours in amounts)
    told = spending.of_spend([spent(at, amounts[(at - END) // HOUR]) for at in looks], END)
    known = [at for at in looks if at <= END]
    for found, since, until in (
        (told.yesterday, MIDNIGHT - DAY, MIDNIGHT),
        (told.week, MIDNIGHT - 6 * DAY, END),
    ):
        grown = [
            amounts[(b - END) // HOUR] - amounts[(a - END) // HOUR]
            for a, b in zip(known, known[1:])
            if since < b <= until
        ]
        is_seen = len(known) > 1 and all(
            any(abs(at - edge) <= 12 * HOUR for at in known) for edge in (since, until)
        )
        assert found == (pytest.approx(max(0, sum(grown))) if is_seen else None)


@given(
    st.lists(
        st.builds(
            Sample,
            st.integers(0, 2**33),
            st.none() | st.integers(-(2**62), 2**62),
            st.none(),
            st.none() | st.integers(0, 2**40),
        )
    )
)
def test_no_history_raises_or_gives_money_back(samples: list[Sample]) -> None:
    told = spending.of_spend(samples, END)
    assert all(each is None or each >= 0 for each in (told.yesterday, told.week))
