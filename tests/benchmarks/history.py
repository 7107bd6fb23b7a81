"""Measures the history: its size over two years, and the time to read it for a list.

    python -m tests.benchmarks.history [--accounts N] [--days N] [--looks N] [--refresh]

The accounts are those of the examples. Each day has ``--looks`` refreshes in ten hours. The numbers move as
real ones do: windows fill and reset, balances fall and are topped up, spend adds up. The simulation writes the
same samples, windows and thinning as a refresh. With ``--refresh`` it measures instead the processor time of a
whole ``tankful refresh`` of the accounts, alternating between a home that keeps no history and one with two
years of it, already thinned.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Callable

from tests import examples
from tests.benchmarks.keystroke import say
from tests.benchmarks.refresh import Cost, furnished
from workflow.history import database, reading, recording, retention, samples
from workflow.history.series import DAILY, HOURLY, Series
from workflow.models import Balance, Quota, Snapshot, Spend, Usage
from workflow.records import replace

MEGABYTES, MILLISECONDS, RATIO = 20.0, 20.0, 1.1
DAY, HOUR = 86400, 3600
END = int(datetime(2026, 11, 28, tzinfo=timezone.utc).timestamp())


def main() -> None:
    """Run the simulation, and print the size over time and the results."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--looks", type=int, default=20)
    parser.add_argument("--refresh", action="store_true")
    told = parser.parse_args()
    if told.refresh:
        refreshes(told.accounts)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HOME=folder, TANKFUL_HOME=folder, TZ="Europe/Berlin")
        time.tzset()
        say(f"{told.accounts} accounts, {told.looks} looks a day")
        say(f"{'day':>5} {'MB':>7} {'samples':>9} {'windows':>9}")
        grown = size(told.accounts, told.days, told.looks)
        say(f"size     {grown:6.1f} MB {met(grown, MEGABYTES)}")
        taken = seconds(lambda: reading.recent(END)) * 1000
        say(f"reading  {taken:6.1f} ms {met(taken, MILLISECONDS)}")


def refreshes(accounts: int, rounds: int = 7) -> None:
    """Compare refreshes of a home without a history and of one with two years of it."""
    with furnished(sys.executable, accounts) as without, furnished(sys.executable, accounts) as old:
        without.told("config", "history", "0")
        old.refreshed()
        os.environ["TANKFUL_HOME"] = old.environ["TANKFUL_HOME"]
        samples, windows = _two_years()
        say(f"samples  {samples:6}  windows {windows:6}")
        for home in (without, old):  # not measured: the first refresh also thins
            home.refreshed("--force")
        taken = [(without.refreshed("--force"), old.refreshed("--force")) for _ in range(rounds)]
    nothing, years = (Cost(*map(statistics.median, zip(*costs))) for costs in zip(*taken))
    ratio = years.processor / nothing.processor
    say(f"without  {nothing.processor:6.2f} s of {nothing.seconds:.2f} s")
    say(
        f"with     {years.processor:6.2f} s of {years.seconds:.2f} s  {ratio:.2f} × {met(ratio, RATIO)}"
    )


def _two_years() -> tuple[int, int]:
    """Give every series the samples and windows of two years, and return how many there are of each."""
    now = int(time.time())
    raw = [now - 3600 - i * DAY // 20 for i in range(280)]
    hours = [now - 14 * DAY - i * DAY // 9 for i in range(680)]
    days = [now - (90 + i) * DAY for i in range(640)]
    grains = ((raw, 0), (hours, HOURLY), (days, DAILY))

    def act(connection: sqlite3.Connection) -> tuple[int, int]:
        for number, kind in connection.execute("SELECT id, kind FROM series").fetchall():
            connection.executemany(
                "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, NULL, NULL, ?)",
                [(number, at, at % 10**8, flag) for moments, flag in grains for at in moments],
            )
            ended = [now - i * DAY for i in range(1, 730)] if kind == "quota" else []
            connection.executemany(
                "INSERT OR IGNORE INTO span VALUES (?, ?, ?, ?, ?, NULL, ?)",
                [(number, at, at - DAY, at % 10**8, at % 10**8, at) for at in ended],
            )
        return _count(connection, "sample"), _count(connection, "span")

    return database.change(act)[0]


def size(accounts: int, days: int, looks: int) -> float:
    """Fill a history as this many days of use do, and return its size in megabytes."""
    lives = [
        Life(account.id, snapshot, i)
        for i, (account, snapshot) in enumerate(examples.many(accounts))
    ]
    database.change(lambda connection: None)
    connection = database._writer()
    connection.execute("PRAGMA synchronous = OFF")
    found = 0.0
    for day in range(days):
        for at in _looks(END - (days - day) * DAY, looks):
            taken: dict[Series, samples.Taken] = {}
            for life in lives:
                taken.update(samples.taken(life.at(at)))
            connection.execute("BEGIN IMMEDIATE")
            recording._keep_visits(connection, at, at)
            recording._keep(connection, taken, at)
            retention.thin(connection, at, 730)
            connection.execute("COMMIT")
        if (day + 1) % 73 == 0 or day == days - 1:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            found = Path(database.path()).stat().st_size / 1e6
            say(
                f"{day + 1:5} {found:7.2f} {_count(connection, 'sample'):9} {_count(connection, 'span'):9}"
            )
    connection.close()
    return found


def _looks(midnight: int, count: int) -> Iterator[int]:
    """Yield epoch seconds of ``count`` refreshes in a working day of ten hours."""
    chance = random.Random(midnight)  # noqa: S311
    yield from sorted({midnight + 8 * HOUR + chance.randrange(10 * HOUR) for _ in range(count)})


def _count(connection: sqlite3.Connection, table: str) -> int:
    found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    return found


class Life:
    """An example account whose numbers change over time."""

    def __init__(self, account_id: str, snapshot: Snapshot, number: int) -> None:
        self._id, self._usage = account_id, snapshot.usage or Usage()
        self._chance = random.Random(number)  # noqa: S311
        self._last = 0
        self._used: dict[str, float] = {}
        self._ends: dict[str, int] = {}
        self._left, self._spent = 50.0, 0.0

    def at(self, now: int) -> Snapshot:
        """Return its snapshot at an epoch second."""
        passed = min(now - self._last, 6 * HOUR) if self._last else 0
        self._last = now
        moment = datetime.fromtimestamp(now, timezone.utc)
        usage = replace(
            self._usage,
            quotas=tuple(self._quota(quota, now, passed) for quota in self._usage.quotas),
            balances=tuple(self._balance(each, passed) for each in self._usage.balances),
            spends=tuple(self._spend(spend, moment, passed) for spend in self._usage.spends),
        )
        return Snapshot(self._id, usage, moment)

    def _quota(self, quota: Quota, now: int, passed: int) -> Quota:
        if quota.used is None or quota.limit is None:
            return quota
        window = quota.window or 30 * DAY
        if now >= self._ends.get(quota.label, 0):
            self._ends[quota.label] = now + window - self._chance.randrange(60)
            self._used[quota.label] = 0.0
        share = 100 * passed / window * self._chance.uniform(0, 1.6)
        self._used[quota.label] = min(100.0, self._used[quota.label] + share)
        used = quota.limit * Decimal(round(self._used[quota.label], 2)) / 100
        jitter = self._ends[quota.label] + self._chance.randrange(-5, 6)
        return replace(
            quota,
            used=round(used, 2),
            remaining=None,
            resets_at=datetime.fromtimestamp(jitter, timezone.utc),
        )

    def _balance(self, balance: Balance, passed: int) -> Balance:
        self._left -= self._chance.uniform(0, 6) * passed / DAY
        if self._left < 3:
            self._left += 50
        return replace(balance, available=Decimal(round(self._left, 4)))

    def _spend(self, spend: Spend, now: datetime, passed: int) -> Spend:
        since = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if spend.period == "month":
            since = since.replace(day=1)
        elif spend.period == "30 days":
            since -= timedelta(days=29)
        self._spent += self._chance.uniform(0, 2) * passed / DAY
        return replace(spend, amount=Decimal(round(self._spent % 40, 4)), since=since, until=now)


def seconds(act: Callable[[], object], rounds: int = 25) -> float:
    """Return the least processor time of several rounds, since other processes disturb some of them."""
    found = []
    for _ in range(rounds):
        begun = time.process_time()
        act()
        found.append(time.process_time() - begun)
    return min(found)


def met(value: float, target: float) -> str:
    """Render whether a figure is within its target."""
    return f"(≤ {target:g} {'met' if value <= target else 'MISSED'})"


if __name__ == "__main__":
    main()
