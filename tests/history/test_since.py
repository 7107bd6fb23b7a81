"""What has changed since the previous visit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.history.given import DAY, HOUR, MONEY, NOW, WEEKLY, moment, points
from workflow.history import since
from workflow.history.series import DAILY, HOURLY, UNLIMITED, History, Sample, Series
from workflow.history.since import Since
from workflow.models import Balance, Quota
from workflow.records import replace

BEFORE = NOW - 2 * HOUR
VISITS = (BEFORE, NOW)
QUOTA = Quota("Weekly", "%", Decimal(46), Decimal(100), None, 7 * DAY, moment(NOW + DAY))


def seen(series: Series, sample: Sample, *later: Sample) -> History:
    """A history with the numbers that the previous visit has shown."""
    return History({series: later}, {series: sample}, VISITS)


def test_points_of_a_quota() -> None:
    history = seen(WEEKLY, Sample(BEFORE, points(40), None, NOW + DAY + 20))
    found = since.of_quota(history, WEEKLY.account, QUOTA, NOW)
    assert found == Since(BEFORE, Decimal(-6))


@pytest.mark.parametrize("expected", [NOW - HOUR, NOW + HOUR])
def test_a_reset_on_the_way(expected: int) -> None:
    history = seen(WEEKLY, Sample(BEFORE, points(90), None, expected))
    found = since.of_quota(history, WEEKLY.account, QUOTA, NOW)
    assert found == Since(BEFORE, Decimal(44), has_reset=True)


@pytest.mark.parametrize(("days", "has_reset"), [(5, False), (20, True)])
@pytest.mark.parametrize("grain", [HOURLY, HOURLY | DAILY])
def test_a_reset_since_a_visit_of_weeks_ago(days: int, has_reset: bool, grain: int) -> None:
    history = seen(WEEKLY, Sample(NOW - days * DAY, points(90), None, None, grain))
    found = since.of_quota(history, WEEKLY.account, QUOTA, NOW)
    assert found == Since(BEFORE, Decimal(44), has_reset)


@pytest.mark.parametrize("quota", [replace(QUOTA, window=None), replace(QUOTA, resets_at=None)])
def test_without_a_window_no_reset_is_made_up(quota: Quota) -> None:
    history = seen(WEEKLY, Sample(NOW - 20 * DAY, points(90), None, None, HOURLY))
    assert since.of_quota(history, WEEKLY.account, quota, NOW) == Since(BEFORE, Decimal(44))


@pytest.mark.parametrize(
    "history",
    [
        History(),
        History(visits=VISITS),
        History({}, {WEEKLY: Sample(BEFORE, points(40))}, (NOW,)),  # the first visit
        seen(WEEKLY, Sample(BEFORE, None, None, None, UNLIMITED)),
    ],
)
def test_without_a_number_before_there_is_none(history: History) -> None:
    assert since.of_quota(history, WEEKLY.account, QUOTA, NOW) is None
    assert since.of_balance(history, MONEY.account, Balance(Decimal(1), "CNY"), NOW) is None


def test_a_quota_without_a_share_has_none() -> None:
    history = seen(WEEKLY, Sample(BEFORE, points(40)))
    unlimited = replace(QUOTA, unlimited=True)
    assert since.of_quota(history, WEEKLY.account, unlimited, NOW) is None


def test_money_that_was_used() -> None:
    history = seen(MONEY, Sample(BEFORE, points(45.4)), Sample(BEFORE + 60, points(43)))
    found = since.of_balance(history, MONEY.account, Balance(Decimal("42.2"), "CNY"), NOW)
    assert found == Since(BEFORE, Decimal("-3.2"))


def test_money_that_came() -> None:
    way = (Sample(NOW - HOUR, points(2)), Sample(NOW - 60, points(102)))
    history = seen(MONEY, Sample(BEFORE, points(5)), *way)
    found = since.of_balance(history, MONEY.account, Balance(Decimal(101), "CNY"), NOW)
    assert found == Since(BEFORE, Decimal(96), topped_up=Decimal(100))


def test_money_that_has_just_come() -> None:
    history = seen(MONEY, Sample(BEFORE, points(5)), Sample(NOW - HOUR, points(2)))
    found = since.of_balance(history, MONEY.account, Balance(Decimal(101), "CNY"), NOW)
    assert found == Since(BEFORE, Decimal(96), topped_up=Decimal(99))


def test_rounding_is_no_top_up() -> None:
    history = seen(MONEY, Sample(BEFORE, points(5)))
    found = since.of_balance(history, MONEY.account, Balance(Decimal("5.01"), "CNY"), NOW)
    assert found == Since(BEFORE, Decimal("0.01"))
    assert since.of_balance(history, MONEY.account, Balance(Decimal("5.01"), "USD"), NOW) is None
