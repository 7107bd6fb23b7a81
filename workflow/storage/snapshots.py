"""The snapshots of all accounts on disk. This is the only user of diskcache.

If the disk is full or read-only, the snapshots can still be read, and ``fault`` says why none was stored. A
row is bytes: a line of JSON, then the sources of the numbers, which are decoded only to explain them.
diskcache's own Disk unpickles its rows, so anyone who can write to the folder could run code
(CVE-2025-69872); ours refuses every row that is not plain bytes. A row or a database that cannot be read
means that nothing is known yet.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Callable
from urllib.parse import quote

from .. import paths
from ..system import lazy_imports

with lazy_imports.stand_ins(  # unused here, and half of the import time
    {
        "diskcache.fanout": ("FanoutCache",),
        "diskcache.persistent": ("Deque", "Index"),
        "diskcache.recipes": (
            *("Averager", "BoundedSemaphore", "Lock", "RLock"),
            *("barrier", "memoize_stampede", "throttle"),
        ),
    }
):
    import diskcache
from diskcache.core import DBNAME, MODE_RAW, UNKNOWN

from ..models import AHEAD, Snapshot, utc_now
from ..records import replace
from . import files, json_codec, snapshot_json, sqlite_errors

LONGEST_WAIT = timedelta(days=7)  # for which a Retry-After is respected, whatever it says
_TIMEOUT = 5  # seconds that a writer waits for another
_DAMAGE = (sqlite3.Error, sqlite3.Warning, ValueError, KeyError, TypeError, AttributeError)
_REFUSALS = (*_DAMAGE, OSError, ArithmeticError, diskcache.Timeout)


def believed(snapshot: Snapshot, now: datetime) -> Snapshot:
    """Return a snapshot as of now: without its times if any of them is ahead of now.

    A clock that ran ahead must not keep an account from being asked. Without times the account is due
    and stale, and its numbers are shown without an age.
    """
    failure = snapshot.failure
    stamps = (snapshot.fetched_at, *snapshot.tries)
    if any(stamp is not None and stamp - now > AHEAD for stamp in stamps):
        return replace(snapshot, fetched_at=None, failure=None, asked_at=None)
    if failure and failure.retry_at and failure.retry_at - min(failure.at, now) > LONGEST_WAIT:
        retry_at = min(failure.at, now) + LONGEST_WAIT
        return replace(snapshot, failure=replace(failure, retry_at=retry_at))
    return snapshot


class PlainDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache ships no types
    """Stores text keys and bytes in the database itself, and nothing else."""

    def put(self, key: str) -> tuple[str, bool]:
        """Return the key as stored."""
        return key, True

    def get(self, key: object, raw: object) -> str:
        """Return a stored key. Raises ValueError if it is not ours."""
        if not raw or not isinstance(key, str):
            raise ValueError("not a key of ours")
        return key

    def store(self, value: bytes, read: bool, key: object = UNKNOWN) -> tuple[int, int, None, Any]:
        """Return the value as stored."""
        return 0, MODE_RAW, None, sqlite3.Binary(value)

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> bytes:
        """Return a stored value. Raises ValueError for pickles, files and anything else not ours."""
        if mode != MODE_RAW or filename is not None or not isinstance(value, bytes):
            raise ValueError("not a row of ours")
        return value

    def remove(self, file_path: str) -> None:
        """Do nothing: our values have no files, and a forged row must not delete one."""


class _Database(diskcache.Cache):  # type: ignore[misc]
    """A database private to its owner, which waits _TIMEOUT for others even while opening (not a minute)."""

    def __init__(self, folder: str) -> None:
        path = os.path.join(folder, DBNAME)
        files.check_database(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            super().__init__(folder, timeout=_TIMEOUT, disk=PlainDisk, eviction_policy="none")
        except BaseException:
            _close_database(self)
            raise

    @property
    def _sql_retry(self) -> Callable[..., Any]:
        until = time.monotonic() + _TIMEOUT

        def patiently(statement: str, *args: Any, **kwargs: Any) -> Any:
            while True:
                try:
                    return self._sql(statement, *args, **kwargs)
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error) or time.monotonic() >= until:
                        raise
                    time.sleep(0.001)

        return patiently


def _close_database(database: _Database) -> None:
    diskcache.Cache.close(database)  # a damaged database may have replaced the instance's attribute


class _Reader:
    """The rows of a database opened read-only, which takes a tenth of the time."""

    def __init__(self, folder: str, *ways: str) -> None:
        path = os.path.join(folder, DBNAME)
        files.check_database(path)
        for how in ways:
            database = sqlite3.connect(f"file:{quote(path)}?{how}", uri=True, timeout=_TIMEOUT)
            try:
                database.execute("SELECT 1 FROM Cache LIMIT 1")
                break
            except sqlite3.Error:
                database.close()
        else:
            raise OSError("no database")
        self._database = database

    def get(self, key: str) -> bytes | None:
        """Return the value of a key; None if the row is not plain bytes."""
        row = self._database.execute(
            "SELECT value FROM Cache WHERE key = ? AND raw = 1 AND mode = ? AND filename IS NULL",
            (key, MODE_RAW),
        ).fetchone()
        return row[0] if row and isinstance(row[0], bytes) else None

    def __iter__(self) -> Iterator[str]:
        """Iterate over our keys."""
        rows = self._database.execute("SELECT key FROM Cache WHERE raw = 1")
        return (key for (key,) in rows if isinstance(key, str))

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class Cache:
    """Snapshots by account id, as far as they can be believed. Use it as a context manager.

    Args:
        folder: the database's folder; by default the one in the cache.
        now: the clock.
        reading: open read-only; nothing will be put or dropped.
    """

    def __init__(
        self,
        folder: str | None = None,
        now: Callable[[], datetime] = utc_now,
        *,
        reading: bool = False,
    ) -> None:
        self._now, self._reading = now, reading
        self._folder = folder or os.path.join(paths.cache(os.environ), paths.SNAPSHOTS)
        self._store: diskcache.Cache | None = None
        self._reader: _Reader | None = None
        self.fault: Exception | None = None  # why something could not be stored

    def __enter__(self) -> Cache:
        if self._reading:
            with suppress(*_DAMAGE, OSError):
                self._reader = _Reader(self._folder, "mode=ro")
                return self
        with suppress(OSError):
            files.folder(os.path.dirname(self._folder))
            files.folder(self._folder)
        try:
            self._store = _Database(self._folder)
        except _REFUSALS as error:
            if isinstance(error, _DAMAGE):
                self._start_over(error)
            self.fault = error if self._store is None else None
        if self._store is None:
            with suppress(*_REFUSALS):  # mode=ro also reads the log; immutable works without one
                self._reader = _Reader(self._folder, "mode=ro", "mode=ro&immutable=1")
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def get(self, account_id: str) -> Snapshot:
        """Return the snapshot of an account; an empty one if nothing is known."""
        with suppress(*_REFUSALS):
            source = self._reader if self._store is None else self._store
            row = source.get(account_id) if source is not None else None
            if row:
                known, _, sources = row.partition(b"\n")
                snapshot = snapshot_json.unpack(json_codec.loads(known), sources)
                if snapshot.account_id == account_id:
                    return believed(snapshot, self._now())
        return Snapshot(account_id)

    def all(self, account_ids: Iterable[str]) -> dict[str, Snapshot]:
        """Return the snapshots of these accounts."""
        return {account_id: self.get(account_id) for account_id in account_ids}

    def ids(self) -> list[str]:
        """Return the ids of all rows, including those that cannot be read."""
        ids: list[str] = []
        with suppress(*_REFUSALS):
            ids.extend(self._store if self._store is not None else self._reader or ())
        return ids

    def put(self, snapshot: Snapshot) -> None:
        """Store a snapshot. A disk error is not raised but kept as ``fault``."""
        sources = snapshot.usage.sources if snapshot.usage else b""
        known = json_codec.dumps(snapshot_json.pack(snapshot))
        self._write(snapshot.account_id, b"\n".join((known, sources)))

    def drop(self, account_id: str) -> None:
        """Delete the snapshot of an account."""
        with suppress(*_REFUSALS):
            if self._store is not None:
                self._store.delete(account_id)

    def _write(self, key: str, row: bytes) -> None:
        if self._store is None:
            return
        try:
            try:
                self._store.set(key, row)
            except _DAMAGE as error:
                self._start_over(error)
                if self._store is None:
                    raise
                self._store.set(key, row)
        except _REFUSALS as error:
            self.fault = error

    def _close(self) -> None:
        if self._store is not None:
            _close_database(self._store)
        self._store = None
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def _start_over(self, error: Exception) -> None:
        """Replace a damaged database by a new one. A busy disk is not damage."""
        if isinstance(error, sqlite3.Error) and not sqlite_errors.is_damage(error):
            return
        self._close()
        with suppress(*_REFUSALS):
            shutil.rmtree(self._folder)
        with suppress(*_REFUSALS):
            files.folder(self._folder)
            self._store = _Database(self._folder)
