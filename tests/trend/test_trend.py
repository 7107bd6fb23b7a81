"""What a trend draws: runs without gaps, resets, top-ups, an even pace and the forecast."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trend.given import DAY, END, HOUR, MONEY, NOW, SAMPLES, SPENT, USAGE, WEEKLY, WORK, state
from workflow.history.series import DAILY, SCALE, Sample, Span
from workflow.models import Usage
from workflow.records import replace
from workflow.storage.accounts import Accounts
from workflow.trend.trend import AHEAD, MOST, SERIES, Point, Trend, trends


def of(usage: Usage = USAGE, days: int | None = None) -> list[Trend]:
    return trends(state(usage).of(WORK), SAMPLES, NOW, days)


def test_every_kind_has_its_trend_the_headline_first() -> None:
    assert [trend.kind for trend in of()] == ["quota", "balance", "spend"]
    assert trends(state().of(WORK), {}, NOW) == []
    assert of(Usage()) == []


def test_a_line_ends_where_nobody_looked_and_where_a_window_ended() -> None:
    week = of()[0]
    assert [len(run) for run in week.runs] == [10, 3, 3]
    assert [event.at for event in week.resets] == [END - 3 * DAY]


def test_samples_that_were_thinned_out_know_no_reset_and_the_windows_do() -> None:
    told = [Sample(END - n * DAY, n * SCALE, None, None, DAILY) for n in (23, 22, 21, 20)]
    told += [Sample(END - 60, SCALE, None, END + 4 * DAY)]
    ended = END - 22 * DAY + 60
    spans = [Span(ended - 7 * DAY, ended, 9, 9, None, ended), Span(ended, END, 9, 9, None, None)]
    (week,) = trends(state().of(WORK), {WEEKLY: told}, NOW, spans={WEEKLY: spans})
    assert [event.at for event in week.resets] == [ended]
    assert [len(run) for run in week.runs] == [2, 2, 1]


def test_of_two_numbers_with_one_name_only_the_first_is_drawn() -> None:
    twice = Usage((*USAGE.quotas, replace(USAGE.quotas[0], used=Decimal(90), role="secondary")))
    twice = replace(twice, balances=(*USAGE.balances, replace(USAGE.balances[0], low=True)))
    assert [(trend.kind, trend.of) for trend in of(twice)] == [
        ("quota", USAGE.quotas[0]),
        ("balance", USAGE.balances[0]),
    ]


@pytest.mark.parametrize(
    ("apart", "minutes", "runs"),
    [
        pytest.param(5400, 5, 1, id="three half hours, after which what stands still is kept"),
        pytest.param(5401, 5, 2, id="and no longer"),
        pytest.param(3 * 7200, 120, 1, id="three refreshes of who asks rarely"),
        pytest.param(3 * 7200 + 1, 120, 2, id="and no longer of theirs"),
    ],
)
def test_a_line_bridges_what_three_refreshes_do(apart: int, minutes: int, runs: int) -> None:
    told = [Sample(END - at, SCALE, None, END + 4 * DAY) for at in (apart + 60, 60)]
    week, *_ = trends(state().of(WORK), {WEEKLY: told}, NOW, interval=60 * minutes)
    assert len(week.runs) == runs


def test_an_even_pace_and_what_is_foreseen_lead_to_the_reset() -> None:
    week = of()[0]
    assert week.even == (Point(END - 3 * DAY, 0), Point(END + 4 * DAY, 100))
    assert week.foreseen
    assert week.foreseen[0] == Point(END, 70)
    assert week.foreseen[1].value == 100
    assert END < week.foreseen[1].at < END + 4 * DAY == week.until


def test_a_balance_shows_what_was_paid_in_and_how_long_it_lasts() -> None:
    money = of()[1]
    assert [event.amount for event in money.top_ups] == [pytest.approx(96)]
    assert money.foreseen
    assert money.foreseen[1].at == pytest.approx(END + AHEAD * DAY, abs=DAY)
    assert money.foreseen[1].value == pytest.approx(0, abs=4)


def test_the_balance_of_another_wallet_was_not_paid_in() -> None:
    account = replace(WORK, replaced_at=NOW - timedelta(days=10, hours=12))
    known = replace(state(), book=Accounts((account,)))
    money = trends(known.of(account), SAMPLES, NOW)[1]
    assert (money.kind, money.top_ups) == ("balance", ())


def test_no_jump_of_several_wallets_was_paid_in() -> None:
    lefts = [(12, 10), (11, 9), (9, 50), (8, 49), (6, 90), (5, 89)]
    samples = [Sample(END - day * DAY, left * SCALE) for day, left in lefts]
    times = [NOW - timedelta(days=10), NOW - timedelta(days=7)]
    names = [name for name in SAMPLES if name.kind == "balance"]

    def top_ups(before: tuple[datetime, ...]) -> list[float | None]:
        account = replace(WORK, replaced_at=times[1], replaced_before=before)
        known = replace(state(), book=Accounts((account,))).of(account)
        shown = trends(known, dict.fromkeys(names, samples), NOW)
        (money,) = (trend for trend in shown if trend.kind == "balance")
        return [event.amount for event in money.top_ups]

    assert top_ups((times[0],)) == []
    assert top_ups(()) == [pytest.approx(41)]


def test_a_spend_is_said_by_day() -> None:
    bars = of()[2].points
    assert [point.value for point in bars] == [pytest.approx(1.5)] * 7
    assert {point.at % DAY for point in bars} == {0}


def test_a_day_whose_beginning_is_not_shown_is_left_out() -> None:
    began = END - 20 * DAY
    told = [Sample(END - h * HOUR, (480 - h) * SCALE, None, began) for h in range(96, -1, -6)]
    (spend,) = trends(state().of(WORK), {SPENT: told}, NOW, days=3)
    today = END - 12 * HOUR
    assert spend.points == ((today - 2 * DAY, 24), (today - DAY, 24), (today, 12 + 6))


def test_the_first_reading_of_a_day_counts_if_the_amount_began_with_it() -> None:
    midnight = END - 12 * HOUR
    told = [Sample(midnight + h * HOUR, h * SCALE, None, midnight) for h in (5, 8)]
    (spend,) = trends(state().of(WORK), {SPENT: told}, NOW)
    assert spend.points == ((midnight, 8.0),)
    since_yesterday = [each._replace(resets_at=midnight - DAY) for each in told]
    (spend,) = trends(state().of(WORK), {SPENT: since_yesterday}, NOW)
    assert spend.points == ((midnight, 3.0),)


def test_a_spend_that_is_known_of_two_periods_is_drawn_once() -> None:
    month = USAGE.spends[0]
    today, yuan = replace(month, period="day"), replace(month, period="day", unit="CNY")
    series = [SPENT, SPENT._replace(name="day"), SPENT._replace(name="day", unit="CNY")]
    known = state(Usage(spends=(month, today, yuan))).of(WORK)
    shown = trends(known, dict.fromkeys(series, SAMPLES[SPENT]), NOW)
    assert [trend.of for trend in shown] == [month, yuan]


def test_days_say_how_far_back() -> None:
    assert of(days=2)[0].since == END - 2 * DAY
    assert [len(run) for run in of(days=2)[0].runs] == [3, 3]


def test_many_samples_are_few_points_with_their_peaks() -> None:
    now = END
    told = [Sample(now - n * 60, n % 90 * SCALE, None, now + 4 * DAY) for n in range(5000, 0, -1)]
    (week,) = trends(state().of(WORK), {WEEKLY: told}, NOW)
    assert MOST / 2 < len(week.points) <= MOST * 1.2
    assert max(point.value for point in week.points) == 89
    assert week.points[-1].at == told[-1].at
    assert len(of()) <= SERIES


@given(
    st.lists(
        st.builds(
            Sample,
            st.integers(END - 30 * DAY, END),
            st.none() | st.integers(-(2**62), 2**62),
            st.none(),
            st.none() | st.integers(0, 2**40),
            st.sampled_from([0, 4, 8]),
        ),
        unique_by=lambda sample: sample.at,
    ).map(sorted)
)
def test_any_history_can_be_drawn(told: list[Sample]) -> None:
    for trend in trends(state().of(WORK), {WEEKLY: told, MONEY: told, SPENT: told}, NOW):
        assert trend.points
        assert trend.highest >= 0
        assert all(point.at + DAY >= END - 30 * DAY for point in trend.points)
