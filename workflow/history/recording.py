"""Record the results of a refresh: samples and windows of all its accounts, in one transaction.

If the disk cannot be written, the samples are lost but the refresh goes on.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from ..models import Snapshot
from . import database, reading, retention, samples, spans, visits
from .samples import Taken
from .series import AHEAD, SET_BACK, Sample, Series, Span

UNWRITABLE = (OSError, sqlite3.Error, database.Newer)


def record(
    snapshots: Iterable[Snapshot], now: int, days: int | None, looked: int = 0
) -> str | None:
    """Record the samples of these answers.

    Args:
        snapshots: the answers; failed ones are skipped.
        now: epoch seconds.
        days: how long samples are kept; 0 records none and deletes all; None only records none.
        looked: epoch seconds of the last look, see ``visits.looked``.

    Returns:
        The new path of a damaged history that had to be renamed, else None.
    """
    taken: dict[Series, Taken] = {}
    for snapshot in snapshots:
        taken.update(samples.taken(snapshot))

    def act(connection: sqlite3.Connection) -> None:
        _keep_visits(connection, looked, now)
        known = retention.newest(connection)  # which no clock that runs ahead makes old
        if days:
            _keep(connection, taken, now)
        if days is not None:
            retention.thin(connection, min(now, known or now), days)

    try:
        return database.change(act)[1]
    except UNWRITABLE:
        return None


def forget(account_id: str) -> None:
    """Delete the history of a removed account. A disk error is ignored."""
    with suppress(*UNWRITABLE):
        _delete(account_id, ("sample", "span", "alert", "remind", "watch"))


def clear(account_id: str | None = None) -> None:
    """Delete the samples, windows and alerts of an account, or of all; its reminders stay, and what they wait for.

    Raises OSError, sqlite3.Error and database.Newer.
    """
    _delete(account_id, ("sample", "span", "alert", "watch"))


_WAITING = {"watch": " AND series NOT IN (SELECT series FROM remind WHERE done IS NULL)"}


def _delete(account_id: str | None, tables: Sequence[str]) -> None:
    if not os.path.exists(database.path()):
        return

    def act(connection: sqlite3.Connection) -> None:
        of_account = "SELECT id FROM series WHERE ? IN (account, '')"
        gone = [n for (n,) in connection.execute(of_account, (account_id or "",))]
        for table in tables:
            connection.executemany(
                f"DELETE FROM {table} WHERE series = ?{_WAITING.get(table, '')}",  # noqa: S608  (names of ours)
                [(number,) for number in gone],
            )
        retention.forget_empty(connection, gone)
        connection.execute("PRAGMA incremental_vacuum").fetchall()

    database.change(act)


def _keep(connection: sqlite3.Connection, taken: Mapping[Series, Taken], now: int) -> None:
    ids = numbers(connection, taken)
    last, running = reading.last_samples(connection), _last_spans(connection)
    rows, windows = [], []
    for series, (sample, window) in taken.items():
        number = ids[series]
        before = last.get(number)
        if before is not None and before.at - now > AHEAD:
            if before.at - now <= SET_BACK:
                continue  # the clock was set back a little and will catch up
            before = _last_until(connection, number, now)  # it had run ahead by more than a day
        if not samples.is_news(before, sample, window):
            continue
        rows.append((number, *sample))
        if series.kind == "quota":
            changed = spans.following(running.get(number), sample, window)
            windows += [(number, *span) for span in changed]
    connection.executemany("INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.executemany(
        "INSERT OR REPLACE INTO span (series, began, resets_at, peak, last, full_at, ended)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        windows,
    )


def _keep_visits(connection: sqlite3.Connection, looked: int, now: int) -> None:
    before = [at for (at,) in connection.execute("SELECT at FROM look ORDER BY at")]
    after = visits.following(before, looked, now)
    if list(after) != before:
        connection.execute("DELETE FROM look")
        connection.executemany("INSERT INTO look VALUES (?)", [(at,) for at in after])


def numbers(connection: sqlite3.Connection, wanted: Iterable[Series]) -> dict[Series, int]:
    """Return the id of every series; a new series is inserted."""
    select = "SELECT account, kind, name, unit, id FROM series"
    known = {Series(*key) for *key, _ in connection.execute(select)}
    connection.executemany(
        "INSERT INTO series (account, kind, name, unit) VALUES (?, ?, ?, ?)",
        [series for series in wanted if series not in known],
    )
    return {Series(*key): number for *key, number in connection.execute(select)}


def _last_until(connection: sqlite3.Connection, number: int, now: int) -> Sample | None:
    row = connection.execute(
        "SELECT at, value, total, resets_at, flags FROM sample"
        " WHERE series = ? AND at <= ? ORDER BY at DESC LIMIT 1",
        (number, now + AHEAD),
    ).fetchone()
    return Sample._make(row) if row else None


def _last_spans(connection: sqlite3.Connection) -> dict[int, Span]:
    rows = connection.execute(
        "SELECT s.series, s.began, s.resets_at, s.peak, s.last, s.full_at, s.ended"
        " FROM series CROSS JOIN span s ON s.series = series.id"
        " AND s.began = (SELECT max(began) FROM span WHERE span.series = series.id)"
    )
    return {
        number: Span(began, resets_at, int(peak), int(last), *rest)
        for number, began, resets_at, peak, last, *rest in rows
    }
