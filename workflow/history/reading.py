"""Read the history. If it cannot be read the result is empty, since its callers only show numbers."""

from __future__ import annotations

import gc
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial

from . import database
from .series import AHEAD, SET_BACK, History, Kind, Sample, Series, Span

DAY = 86400
FOREVER = 2**62  # later than any sample
RECENT: Mapping[Kind, int] = {  # seconds of history that a face needs
    "quota": DAY,  # a rate covers the last day at most
    "balance": 15 * DAY,
    "spend": 8 * DAY,  # seven days and the one before
}
SHOWN = 120  # seconds after a look until the numbers of the refresh it started are shown
UNREADABLE = (OSError, sqlite3.Error, database.Newer, ValueError, TypeError)

Samples = dict[Series, tuple[Sample, ...]]
_make = partial(tuple.__new__, Sample)  # like Sample._make, in a third of the time


def read(account: str | None = None, since: int = 0, now: int | None = None) -> Samples:
    """Return the samples of one account, or of all, the oldest first; those ahead of now are left out.

    Args:
        account: an account's id; None for all.
        since: epoch seconds of the first sample; 0 for all of them.
        now: epoch seconds; None for the current time.
    """
    until = _until(now)
    with suppress(*UNREADABLE), database.reading() as connection:
        ids = _series(connection, account)
        return _samples(connection, ids, dict.fromkeys(RECENT, since), until)
    return {}


def recent(now: int | None = None) -> History:
    """Return what a face needs of all accounts: the recent samples (RECENT), and each number at the last visit.

    Samples up to a day ahead of now are included: a clock that was set back leaves them, and they show that
    nothing newer was recorded. Samples even further ahead are left out.
    """
    until = _until(now) + SET_BACK
    since = {kind: until - SET_BACK - seconds for kind, seconds in RECENT.items()}
    with suppress(*UNREADABLE), database.reading() as connection, _collector_paused():
        ids = _needed(_series(connection, None))
        visits = tuple(at for (at,) in connection.execute("SELECT at FROM look ORDER BY at"))
        last = last_samples(connection, visits[0] + SHOWN, but="spend") if len(visits) > 1 else {}
        seen = {ids[number]: sample for number, sample in last.items() if number in ids}
        return History(_samples(connection, ids, since, until), seen, visits)
    return History()


def spans(account: str, since: int = 0) -> dict[Series, tuple[Span, ...]]:
    """Return the windows of an account's quotas that ended since then or are running, the oldest first."""
    by_series: dict[Series, list[Span]] = defaultdict(list)
    with suppress(*UNREADABLE), database.reading() as connection:
        for name, series in _series(connection, account).items():
            rows = connection.execute(
                "SELECT began, resets_at, peak, last, full_at, ended FROM span"
                " WHERE series = ? AND coalesce(ended, resets_at) >= ? ORDER BY began",
                (name, since),
            )
            for began, resets_at, peak, last, *rest in rows:
                by_series[series].append(Span(began, resets_at, int(peak), int(last), *rest))
    return {series: tuple(all_of_it) for series, all_of_it in by_series.items()}


def _until(now: int | None) -> int:
    return (int(time.time()) if now is None else now) + AHEAD


def _series(connection: sqlite3.Connection, account: str | None) -> dict[int, Series]:
    rows = connection.execute(
        "SELECT id, account, kind, name, unit FROM series WHERE ? IN (account, '') AND kind <> 'account' ORDER BY id",
        (account or "",),
    )
    return {id: Series(*key) for id, *key in rows}


def _needed(ids: Mapping[int, Series]) -> dict[int, Series]:
    """Select the series that a face needs: of an account's spends in one unit only the month, else the day."""
    months = {(name.account, name.unit) for name in ids.values() if name[1:3] == ("spend", "month")}
    return {
        number: name
        for number, name in ids.items()
        if name[1:3] != ("spend", "day") or (name.account, name.unit) not in months
    }


def _samples(
    connection: sqlite3.Connection, ids: Mapping[int, Series], since: Mapping[Kind, int], until: int
) -> Samples:
    """Read the samples of these series; each kind has its own ``since``."""
    select = connection.execute
    samples: Samples = {}
    for number, series in ids.items():
        rows = select(
            "SELECT at, value, total, resets_at, flags FROM sample"
            " WHERE series = ? AND at BETWEEN ? AND ? ORDER BY at",
            (number, since[series.kind], until),
        ).fetchall()
        if rows:
            samples[series] = tuple(map(_make, rows))
    return samples


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the garbage collector, which would scan thousands of new samples again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def last_samples(
    connection: sqlite3.Connection, until: int = FOREVER, but: Kind = "account"
) -> dict[int, Sample]:
    """Return the last sample of each series up to a moment, by its number; but those of one kind are left out."""
    rows = connection.execute(
        "SELECT s.series, s.at, s.value, s.total, s.resets_at, s.flags FROM series"
        " CROSS JOIN sample s ON s.series = series.id"  # keeps this order: one seek a series
        " AND s.at = (SELECT max(at) FROM sample WHERE sample.series = series.id AND at <= ?)"
        " WHERE kind <> ?",
        (until, but),
    )
    return {number: Sample._make(row) for number, *row in rows}
