"""A history of ten million rows is read and written by index, however many other rows there are."""

from __future__ import annotations

import sqlite3
import time

import pytest

from tests.history.given import DAY, NOW, WEEKLY, quota
from workflow.history import database, reading, recording, retention

ROWS, SERIES = 10_000_000, 100


@pytest.fixture
def large() -> None:
    """Ten million raw samples of a hundred series, the first of which is ours."""

    def act(connection: sqlite3.Connection) -> None:
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO series SELECT i, ?, 'quota', CASE i WHEN 1 THEN ? ELSE 'Lane ' || i END, '%' FROM n",
            (SERIES, WEEKLY.account, WEEKLY.name),
        )
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)"
            " INSERT INTO sample SELECT 1 + i / ?, ? + (i % ?) * 600, i, NULL, NULL, 0 FROM n",
            (ROWS, ROWS // SERIES, NOW - ROWS // SERIES * 600, ROWS // SERIES),
        )

    database.change(act)


@pytest.mark.slow
@pytest.mark.usefixtures("large")
def test_ten_million_rows() -> None:
    begun = time.process_time()
    assert len(reading.recent(NOW).of(WEEKLY)) > 100
    assert len(reading.read(WEEKLY.account, NOW - DAY, NOW)) == SERIES
    assert recording.record([quota("40")], NOW, 730) is None
    assert time.process_time() - begun < 5
    assert reading.read(WEEKLY.account, NOW - DAY, NOW)[WEEKLY][-1].at == NOW
    with database.reading() as connection:
        (left,) = connection.execute("SELECT count(*) FROM sample").fetchone()
    assert ROWS - retention.MOST <= left <= ROWS + 1
    assert database.damaged() is None
