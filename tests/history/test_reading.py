"""What is read from the history for display."""

from __future__ import annotations

import gc
import sqlite3

from tests.history.given import DAY, HOUR, MONEY, NOW, WEEKLY, fill, points
from workflow.history import database, reading
from workflow.history.series import History, Sample, Series, Span

SPENT = Series("openai-0000000a", "spend", "day", "USD")


def test_without_a_history_there_is_nothing() -> None:
    assert reading.read() == {}
    assert reading.spans("glm-0000000a") == {}
    assert reading.recent() == History()


def test_one_account_or_all() -> None:
    fill(WEEKLY, [Sample(NOW, points(1))])
    fill(MONEY, [Sample(NOW, points(2))])
    assert list(reading.read(now=NOW)) == [WEEKLY, MONEY]
    assert list(reading.read(MONEY.account, now=NOW)) == [MONEY]
    assert reading.read("glm-ffffffff", now=NOW) == {}


def test_what_is_ahead_of_now_is_left_out() -> None:
    fill(WEEKLY, [Sample(NOW + 60, points(1)), Sample(NOW + 61, points(2))])
    assert [sample.at for sample in reading.read(now=NOW)[WEEKLY]] == [NOW + 60]


def test_a_face_learns_that_the_clock_was_set_back() -> None:
    ahead = [60, 61, DAY + 60, DAY + 61]
    fill(WEEKLY, [Sample(NOW + seconds, points(1)) for seconds in ahead])
    known = reading.recent(NOW).of(WEEKLY)
    assert [sample.at - NOW for sample in known] == ahead[:-1]  # the last is no clock set back


def test_the_collector_is_as_it_was() -> None:
    fill(WEEKLY, [Sample(NOW, points(1))])
    for switch, enabled in ((gc.disable, False), (gc.enable, True)):
        switch()
        reading.recent(NOW)
        assert gc.isenabled() is enabled


def test_a_face_looks_back_as_far_as_it_needs() -> None:
    for series in (WEEKLY, MONEY, SPENT):
        fill(series, [Sample(NOW - HOUR - day * DAY, points(day)) for day in range(30)])
    found = reading.recent(NOW)
    counts = {series.kind: len(found.of(series)) for series in (WEEKLY, MONEY, SPENT)}
    assert counts == {"quota": 1, "balance": 15, "spend": 8}
    assert found.of(WEEKLY._replace(name="5 hours")) == ()
    assert found.seen == {}


def test_of_spends_the_one_that_tells_most_is_read() -> None:
    month = SPENT._replace(name="month")
    for series in (SPENT, month, SPENT._replace(unit="CNY")):
        fill(series, [Sample(NOW, points(1))])
    assert list(reading.recent(NOW).samples) == [month, SPENT._replace(unit="CNY")]


def test_what_the_visit_before_has_shown() -> None:
    looked = NOW - 3 * DAY
    fill(WEEKLY, [Sample(looked - HOUR, points(20)), Sample(looked + 5, points(26))])
    fill(MONEY, [Sample(NOW, points(5))])

    def act(connection: sqlite3.Connection) -> None:
        connection.executemany("INSERT INTO look VALUES (?)", [(NOW,), (looked,)])

    database.change(act)
    found = reading.recent(NOW)
    assert found.visits == (looked, NOW)
    assert found.seen == {WEEKLY: Sample(looked + 5, points(26))}  # by the refresh it started


def test_windows() -> None:
    fill(WEEKLY, [])

    def act(connection: sqlite3.Connection) -> None:
        rows = [(NOW - 2 * DAY, NOW - DAY), (NOW, None)]
        connection.executemany(
            "INSERT INTO span VALUES (1, ?, ?, 5e6, 4e6, NULL, ?)",
            [(began + DAY, began, ended) for began, ended in rows],
        )

    database.change(act)
    second = Span(NOW, NOW + DAY, points(5), points(4))
    first = Span(NOW - 2 * DAY, NOW - DAY, points(5), points(4), None, NOW - DAY)
    assert reading.spans(WEEKLY.account) == {WEEKLY: (first, second)}
    assert reading.spans(WEEKLY.account, NOW) == {WEEKLY: (second,)}
