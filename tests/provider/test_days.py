from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.provider.days import local, month_until, next_month, next_monthly, periods

EAST = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 15, 12, tzinfo=timezone.utc)


def test_a_bare_time_is_on_the_vendors_clock() -> None:
    assert local("2026-03-31 00:00:00", EAST) == datetime(2026, 3, 31, tzinfo=EAST)
    assert local("2026-03-31T00:00:00Z", EAST) == datetime(2026, 3, 31, tzinfo=timezone.utc)
    epoch = local(1_774_915_200, EAST)
    assert epoch == datetime(2026, 3, 31, tzinfo=timezone.utc)
    assert epoch.tzinfo is EAST
    assert [local(odd, EAST) for odd in (None, "", " 00:00:00", "1999-01-01 00:00:00")] == [
        None
    ] * 4


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        (datetime(2026, 3, 31, tzinfo=EAST), datetime(2026, 3, 31, tzinfo=EAST)),
        (datetime(2026, 8, 31, tzinfo=EAST), datetime(2026, 3, 31, tzinfo=EAST)),
        (datetime(2027, 3, 10, tzinfo=EAST), datetime(2026, 4, 10, tzinfo=EAST)),
        (datetime(2026, 2, 1, tzinfo=EAST), datetime(2026, 2, 1, tzinfo=EAST)),
        (None, None),
    ],
)
def test_the_month_of_a_plan_that_renews(day: datetime | None, ends: datetime | None) -> None:
    assert next_monthly(day, NOW) == ends


@given(st.integers(0, 100 * 366 * 86400))
def test_periods_hold_the_moment(seconds: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    month, today, thirty = periods(now)
    assert month <= today <= now < today + timedelta(days=1)
    assert month.day == 1
    assert today - thirty == timedelta(days=29)
    assert now < next_month(now) <= month + timedelta(days=31)
    assert next_month(now).day == 1


@pytest.mark.parametrize(
    ("end", "days"),
    [
        (datetime(2026, 11, 1, tzinfo=timezone.utc), 31),
        (datetime(2026, 3, 1, tzinfo=timezone.utc), 28),
        (datetime(2028, 3, 1, tzinfo=timezone.utc), 29),
        (datetime(2026, 3, 31, 9, tzinfo=timezone.utc), 31),
        (datetime(2027, 1, 13, 7, 40, tzinfo=timezone.utc), 31),
    ],
)
def test_a_month_is_as_long_as_it_is(end: datetime, days: int) -> None:
    assert month_until(end) == days * 86400


def test_a_month_without_an_end_has_no_length() -> None:
    assert month_until(None) is None


def test_no_month_ends_at_the_time_that_go_writes_for_none() -> None:
    assert month_until(datetime(1, 1, 1, tzinfo=timezone.utc)) is None
    assert month_until(None) is None
