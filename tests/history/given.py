"""Histories for tests: samples and windows as plain rows, and snapshots of an account."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from workflow.history import database
from workflow.history.series import SCALE, Sample, Series
from workflow.models import Balance, Quota, Snapshot, Usage

NOW = int(datetime(2026, 11, 28, 12, 0, tzinfo=timezone.utc).timestamp())
HOUR, DAY = 3600, 86400
WEEKLY = Series("glm-0000000a", "quota", "Weekly", "%")
MONEY = Series("kimi-0000000a", "balance", "binding", "CNY")


def moment(at: int) -> datetime:
    """Convert epoch seconds to a time in UTC."""
    return datetime.fromtimestamp(at, timezone.utc)


def quota(
    used: str, at: int = NOW, resets: int | None = 2 * DAY, window: int | None = 7 * DAY
) -> Snapshot:
    """Make a snapshot, fetched at ``at``, of a weekly quota that resets ``resets`` seconds later.

    Args:
        used: percent used.
        at: epoch second of the answer.
        resets: seconds until the reset; None for none.
        window: its length in seconds.
    """
    resets_at = None if resets is None else moment(at + resets)
    told = Quota("Weekly", "%", Decimal(used), Decimal(100), None, window, resets_at)
    return Snapshot(WEEKLY.account, Usage((told,)), moment(at))


def balance(amount: str, at: int = NOW) -> Snapshot:
    """Make a snapshot, fetched at ``at``, of a balance in yuan."""
    return Snapshot(MONEY.account, Usage(balances=(Balance(Decimal(amount), "CNY"),)), moment(at))


def points(value: float) -> int:
    """Convert a number to millionths."""
    return round(value * SCALE)


def fill(series: Series, samples: Iterable[Sample]) -> None:
    """Write samples into the history, unchanged."""

    def act(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT OR IGNORE INTO series (account, kind, name, unit) VALUES (?, ?, ?, ?)", series
        )
        (number,) = connection.execute(
            "SELECT id FROM series WHERE (account, kind, name, unit) = (?, ?, ?, ?)", series
        ).fetchone()
        connection.executemany(
            "INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?)", [(number, *each) for each in samples]
        )

    database.change(act)


def rows(table: str) -> list[tuple[object, ...]]:
    """Return all rows of a table."""
    with closing(sqlite3.connect(database.path())) as connection:
        return list(connection.execute(f"SELECT * FROM {table}"))  # noqa: S608


def ago(**span: float) -> int:
    """Return the epoch second this long before NOW."""
    return NOW - int(timedelta(**span).total_seconds())
