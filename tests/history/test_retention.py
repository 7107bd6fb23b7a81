"""Thinning of the history: what is kept of an hour and of a day, and how much is done at once."""

from __future__ import annotations

import sqlite3
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import live_in
from tests.history.given import DAY, HOUR, MONEY, NOW, WEEKLY, fill, points, quota, rows
from workflow.history import database, reading, recording, retention
from workflow.history.retention import Row
from workflow.history.series import UNLIMITED, Sample, Series

WEEK = retention.WEEK


def thin(now: int = NOW, days: int = 730, most: int = retention.MOST) -> None:
    database.change(lambda connection: retention.thin(connection, now, days, most))


def kept(series: Series = WEEKLY) -> list[tuple[int, int | None, str]]:
    """Return time, number and grain of the samples that are left."""
    found = reading.read(series.account, now=NOW).get(series, ())
    return [(sample.at, sample.value, sample.grain) for sample in found]


def test_fourteen_days_stay_as_they_are() -> None:
    fill(WEEKLY, [Sample(NOW - 60 * i, i) for i in range(100)])
    fill(MONEY, [Sample(NOW - 14 * DAY + 60 * i, i) for i in range(100)])
    thin()
    assert len(kept()) == len(kept(MONEY)) == 100
    assert {grain for *_, grain in kept() + kept(MONEY)} == {"raw"}


def test_of_an_hour_the_last_and_the_highest_stay() -> None:
    hour = (NOW - 20 * DAY) // HOUR * HOUR
    told = [Sample(hour + 60 * i, points(used)) for i, used in enumerate((90, 97, 2, 5))]
    fill(WEEKLY, told)
    fill(MONEY, told)
    thin()
    assert kept() == [(hour + 60, points(97), "hour"), (hour + 180, points(5), "hour")]
    assert kept(MONEY) == [(hour + 180, points(5), "hour")]


def test_of_a_day_one_stays() -> None:
    day = retention._midnight(NOW, 100)
    told = [
        Sample(day + HOUR * i, points(used), None, NOW) for i, used in enumerate((90, 97, 2, 5))
    ]
    fill(WEEKLY, told)
    fill(MONEY, told)
    thin()
    assert kept() == [(day + HOUR, points(97), "day")]
    assert kept(MONEY) == [(day + 3 * HOUR, points(5), "day")]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/St_Johns", "Europe/Berlin"])
def test_days_are_local(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    live_in(monkeypatch, zone)
    fill(MONEY, [Sample(NOW - 200 * DAY + HOUR * i, points(i)) for i in range(24 * 100)])
    thin(most=10**6)
    moments = [time.localtime(at) for at, *_, grain in kept(MONEY) if grain == "day"]
    assert len({(at.tm_year, at.tm_yday) for at in moments}) == len(moments) >= 99
    assert [at.tm_hour for at in moments[1:-1]] == [23] * (len(moments) - 2)


def test_a_day_of_25_hours_and_a_leap_day_are_one_day_each(monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(monkeypatch, "Europe/Berlin")
    for first, hours in ((1792879200, 25), (1774738800, 23), (1835391600, 24)):
        assert retention._day(first) == retention._day(first + hours * HOUR - 1)
        assert retention._day(first) != retention._day(first + hours * HOUR)
    assert retention._day(1835391600)[1:] == (2, 29)


def test_what_is_too_old_goes() -> None:
    fill(WEEKLY, [Sample(NOW - DAY * i, points(i)) for i in (1, 40, 729, 732, 1000)])
    fill(MONEY, [Sample(NOW - 900 * DAY, points(1))])
    thin()
    assert [NOW - at for at, *_ in kept()] == [729 * DAY, 40 * DAY, DAY]
    assert kept(MONEY) == []
    assert [row[1] for row in rows("series")] == [WEEKLY.account]
    thin(days=30)
    assert [NOW - at for at, *_ in kept()] == [DAY]


def test_a_run_deletes_so_much_and_no_more() -> None:
    for lane in range(3):
        fill(WEEKLY._replace(name=str(lane)), [Sample(NOW - 800 * DAY + i, i) for i in range(10)])
    for left in (15, 0):
        thin(most=15)
        assert len(rows("sample")) == left


def test_what_was_unlimited_stays_so() -> None:
    day = retention._midnight(NOW, 50)
    fill(WEEKLY, [Sample(day, None, flags=UNLIMITED)])
    for now, grain in ((NOW, "hour"), (NOW + 60 * DAY, "day")):
        thin(now)
        (sample,) = reading.read(now=now)[WEEKLY]
        assert (sample.grain, sample.flags & UNLIMITED) == (grain, UNLIMITED)


def test_a_run_does_so_much_and_no_more() -> None:
    fill(WEEKLY, [Sample(NOW - 60 * DAY + 300 * i, points(i % 90)) for i in range(9000)])
    before = len(kept())
    runs = 0
    while any(grain == "raw" for *_, grain in kept()) and runs < 20:
        thin(most=1000)
        assert before - len(kept()) <= 1000
        before, runs = len(kept()), runs + 1
    assert 9 <= runs <= 12
    hours = {at // HOUR for at, *_ in kept()}
    assert len(kept()) <= 2 * len(hours)


def test_what_is_done_is_not_done_again() -> None:
    fill(WEEKLY, [Sample(NOW - 200 * DAY + HOUR * i, points(i % 90)) for i in range(4000)])
    thin(most=10**6)
    with_changes: list[int] = []

    def act(connection: sqlite3.Connection) -> None:
        before = connection.total_changes
        retention.thin(connection, NOW, 730)
        with_changes.append(connection.total_changes - before)

    database.change(act)
    assert with_changes == [0]


def written(monkeypatch: pytest.MonkeyPatch, weeks: int) -> tuple[int, list[tuple[object, ...]]]:
    """Fill a history with fifteen numbers, twenty samples a day for two months; return its pages and its rows."""
    monkeypatch.setattr(retention, "WEEK", weeks)
    names = [f"Lane {n}" for n in range(15)]
    for name in names:
        fill(WEEKLY._replace(name=name), [])

    def act(connection: sqlite3.Connection) -> int:
        for day in range(60, -1, -1):
            moments = [NOW - day * DAY - 10 * HOUR + 1800 * i for i in range(20)]
            told = [(n + 1, at, points(at % 97), at + HOUR) for at in moments for n in range(15)]
            connection.executemany("INSERT INTO sample VALUES (?, ?, ?, NULL, ?, 0)", told)
            retention.thin(connection, NOW - day * DAY, 730)
        (count,) = connection.execute("PRAGMA page_count").fetchone()
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        return int(count - free)

    pages, _ = database.change(act)
    found = rows("sample")
    recording.clear()
    return pages, found


def test_what_is_written_anew_is_the_same_on_fewer_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    never, told = written(monkeypatch, 10**6)
    weekly, same = written(monkeypatch, WEEK)
    assert same == told
    assert weekly < never * 0.95


def test_nothing_stays_of_a_quota_that_is_reported_no_more() -> None:
    recording.record([quota("40", NOW - 800 * DAY)], NOW - 800 * DAY, 730)
    assert len(rows("span")) == 1
    thin()
    assert [rows(table) for table in ("sample", "span", "series")] == [[], [], []]


def test_short_windows_go_sooner() -> None:
    for name in ("5 hours", "Weekly"):
        fill(WEEKLY._replace(name=name), [Sample(NOW, 1)])
    told = [
        (series, began + length, began, began + length)
        for began in (NOW - 800 * DAY, NOW - 100 * DAY, NOW - DAY)
        for series, length in ((1, 5 * HOUR), (2, 7 * DAY))
    ]

    def act(connection: sqlite3.Connection) -> None:
        connection.executemany("INSERT INTO span VALUES (?, ?, ?, 1, 1, NULL, ?)", told)

    database.change(act)
    thin()
    left = [(series, began) for series, _, began, *_ in rows("span")]
    assert left == [(1, NOW - DAY), (2, NOW - 100 * DAY), (2, NOW - DAY)]


samples = st.lists(
    st.tuples(st.integers(0, 3 * DAY), st.one_of(st.none(), st.integers(0, 10**8))),
    min_size=1,
    max_size=30,
    unique_by=lambda each: each[0],
).map(lambda told: [Row(at, value, 0) for at, value in sorted(told)])


@given(samples, st.sampled_from(["quota", "balance", "spend"]))
def test_what_is_told_of_a_time_was_seen_in_it(told: list[Row], kind: str) -> None:
    hour, day = retention.of_hour(told, kind), retention.of_day(told, kind)
    assert set(hour) | set(day) <= set(told)
    assert told[-1] in hour
    assert len(hour) <= 2
    assert len(day) == 1
    highest = max(row.value or 0 for row in told)
    assert kind == "balance" or day[0].value in (highest, None)
