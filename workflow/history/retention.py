"""Thin out old samples: all are kept for 14 days, one an hour up to 90 days, then one a local day.

A run touches a limited number of rows; the next refreshes do the rest. The oldest go first: if the newest
sample of a period is thinned, so are all before it, and checking a finished period takes one look per series.
Thinning leaves half-empty pages, so the thinned rows of two weeks are rewritten in order, which fills the pages.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Callable, NamedTuple

from .series import DAILY, HOURLY

RAW_DAYS, HOURLY_DAYS = 14, 90
SHORT_WINDOW = 86400  # seconds; shorter windows are kept only as long as hourly samples
MOST = 5000  # rows that one run touches
DAY = 86400
PAGES = 500  # free pages that one run returns to the disk
WEEK = 7  # days; on one of them two weeks of a series' hourly samples are rewritten
_DELETE_EMPTY = (
    "DELETE FROM series WHERE id = ?"
    " AND id NOT IN (SELECT series FROM alert UNION SELECT series FROM watch UNION SELECT series FROM remind)"
    " AND NOT EXISTS (SELECT 1 FROM sample WHERE series = id)"
    " AND NOT EXISTS (SELECT 1 FROM span WHERE series = id)"
)


class Row(NamedTuple):
    """The part of a sample that thinning needs."""

    at: int
    value: int | None
    flags: int


def newest(connection: sqlite3.Connection) -> int | None:
    """Return the time of the newest sample; None without any."""
    query = "SELECT max((SELECT max(at) FROM sample WHERE series = id)) FROM series"
    at: int | None = connection.execute(query).fetchone()[0]
    return at


def thin(connection: sqlite3.Connection, now: int, days: int, most: int = MOST) -> None:
    """Delete and thin old samples within the caller's transaction; 0 ``days`` deletes all.

    At most so many rows are touched.
    """
    if not days:
        connection.execute("DELETE FROM sample")
        connection.execute("DELETE FROM span")
        return
    kinds = dict(connection.execute("SELECT id, kind FROM series"))
    left = most - _expire(connection, _midnight(now, days), most)
    for step in _STEPS:
        before = _midnight(now, step.days)
        for series in _unthinned(connection, before, step.done):
            if left > 0:
                left -= _thin(connection, series, kinds[series], step, before, left)
            if left > 0 and step.grain == HOURLY and (before // DAY + series) % WEEK == 0:
                left -= _rewrite(connection, series, before, left)
    _expire_spans(connection, now, days)
    connection.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()


def _expire(connection: sqlite3.Connection, before: int, most: int) -> int:
    """Delete samples older than a moment, and empty series. Returns the number of rows."""
    done = 0
    old = connection.execute(
        "SELECT id FROM series WHERE (SELECT min(at) FROM sample WHERE series = id) < ?", (before,)
    ).fetchall()
    for (series,) in old:
        done += connection.execute(
            "DELETE FROM sample WHERE series = ? AND at < ? AND at <= (SELECT max(at) FROM (SELECT at"
            " FROM sample WHERE series = ? ORDER BY at LIMIT ?))",
            (series, before, series, most - done),
        ).rowcount
    forget_empty(connection, [series for (series,) in old])
    return done


def forget_empty(connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Delete those of these series that nothing refers to any more."""
    connection.executemany(_DELETE_EMPTY, [(number,) for number in numbers])


def _unthinned(connection: sqlite3.Connection, before: int, done: int) -> list[int]:
    """Return the series whose newest sample before a moment has none of the flags ``done``."""
    rows = connection.execute(
        "SELECT id FROM (SELECT id, (SELECT flags FROM sample WHERE series = id AND at < ?"
        " ORDER BY at DESC LIMIT 1) AS flags FROM series) WHERE flags & ? = 0",
        (before, done),
    )
    return [number for (number,) in rows]


def _thin(
    connection: sqlite3.Connection, series: int, kind: str, step: _Step, before: int, most: int
) -> int:
    """Thin the oldest unthinned samples of a series. Returns the number of rows read."""
    rows = [
        Row(*row)
        for row in connection.execute(
            "SELECT at, value, flags FROM sample"
            " WHERE series = ? AND at < ? AND flags & ? = 0 ORDER BY at LIMIT ?",
            (series, before, step.done, most),
        )
    ]
    kept: dict[int, int] = {}
    gone: list[tuple[int, int]] = []
    for bucket in _buckets(rows, step.bucket, whole=len(rows) < most):
        chosen = step.select(bucket, kind)
        kept.update({row.at: row.flags | step.grain for row in chosen})
        gone += [(series, row.at) for row in bucket if row not in chosen]
    connection.executemany("DELETE FROM sample WHERE series = ? AND at = ?", gone)
    forgotten = ", resets_at = NULL" if kind == "quota" else ""  # the spans have it
    connection.executemany(
        f"UPDATE sample SET flags = ?{forgotten} WHERE series = ? AND at = ?",  # noqa: S608
        [(flags, series, at) for at, flags in kept.items()],
    )
    return len(rows)


def _rewrite(connection: sqlite3.Connection, series: int, before: int, most: int) -> int:
    """Rewrite a series' two weeks before a moment, so that the pages are full. Returns the number of rows."""
    rows = connection.execute(
        "SELECT series, at, value, total, resets_at, flags FROM sample"
        " WHERE series = ? AND at >= ? AND at < ? ORDER BY at LIMIT ?",
        (series, before - 2 * WEEK * DAY, before, most),
    ).fetchall()
    if rows:
        connection.execute(
            "DELETE FROM sample WHERE series = ? AND at BETWEEN ? AND ?",
            (series, rows[0][1], rows[-1][1]),
        )
        connection.executemany("INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?)", rows)
    return len(rows)


def of_hour(rows: Sequence[Row], kind: str) -> list[Row]:
    """Choose the rows to keep of an hour: the last, and also the highest except of a balance."""
    highest, last = of_day(rows, kind)[0], rows[-1]
    return [last] if highest.value == last.value else [highest, last]


def of_day(rows: Sequence[Row], kind: str) -> list[Row]:
    """Choose the row to keep of a day: the last of a balance, else the highest."""
    if kind == "balance":
        return [rows[-1]]
    return [max(reversed(rows), key=lambda row: -1 if row.value is None else row.value)]


def _buckets(
    rows: Sequence[Row], bucket: Callable[[int], object], whole: bool
) -> Iterator[list[Row]]:
    """Group rows by hour or day; unless ``whole``, the last group may be incomplete and is left out."""
    buckets = [list(group) for _, group in groupby(rows, lambda row: bucket(row.at))]
    yield from buckets if whole or len(buckets) < 2 else buckets[:-1]


def _expire_spans(connection: sqlite3.Connection, now: int, days: int) -> None:
    """Delete windows that ended long ago, short ones earlier.

    The last one of a quota that is reported no more was never seen to end: its reset stands for it.
    """
    before, short = _midnight(now, days), _midnight(now, min(days, HOURLY_DAYS))
    old = connection.execute(
        "SELECT id FROM series WHERE (SELECT min(began) FROM span WHERE series = id) < ?", (before,)
    ).fetchall()
    connection.executemany(
        "DELETE FROM span WHERE series = ? AND coalesce(ended, resets_at) < ?",
        [(n, before) for (n,) in old],
    )
    forget_empty(connection, [n for (n,) in old])
    rows = connection.execute(
        "SELECT id FROM (SELECT id, (SELECT ended IS NOT NULL AND resets_at - began < ?"
        " FROM span WHERE series = id AND began < ?"
        " ORDER BY began DESC LIMIT 1) AS is_short FROM series) WHERE is_short",
        (SHORT_WINDOW, short),
    ).fetchall()
    connection.executemany(
        "DELETE FROM span WHERE series = ? AND began < ? AND ended IS NOT NULL"
        " AND resets_at - began < ?",
        [(number, short, SHORT_WINDOW) for (number,) in rows],
    )


def _midnight(now: int, days: int) -> int:
    """Return when the local day so many days ago began."""
    year, month, day = time.localtime(now)[:3]
    return int(time.mktime((year, month, day - days, 0, 0, 0, 0, 0, -1)))


def _day(at: int) -> tuple[int, ...]:
    return time.localtime(at)[:3]


class _Step(NamedTuple):
    """One step of thinning: samples older than ``days`` are reduced to those selected from each bucket."""

    days: int
    grain: int  # the flag set on the samples that are kept
    done: int  # flags any of which marks a thinned sample
    bucket: Callable[[int], object]
    select: Callable[[Sequence[Row], str], list[Row]]


_STEPS = (
    _Step(HOURLY_DAYS, DAILY, DAILY, _day, of_day),
    _Step(RAW_DAYS, HOURLY, HOURLY | DAILY, lambda at: at // 3600, of_hour),
)
