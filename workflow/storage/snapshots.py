"""The only user of diskcache: what the disk remembers of every account.

Where the disk is full or read-only, what is known is read all the same. Rows are bytes of JSON.
diskcache's own Disk unpickles what it finds, which lets whoever can write the folder run code
(CVE-2025-69872); ours refuses every row that is not plain bytes. A row or a database that cannot be read
means "nothing known yet".
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple, Type
from urllib.parse import quote

import diskcache
from diskcache.core import DBNAME, MODE_RAW, UNKNOWN

from .. import paths
from ..models import AHEAD, Snapshot, utc_now
from . import files, json_codec, snapshot_json

LONGEST_WAIT = timedelta(days=7)  # that a Retry-After holds an account, whatever it said
_TIMEOUT = 5  # seconds that a writer waits for another
_FILES = (DBNAME, f"{DBNAME}-wal", f"{DBNAME}-shm", f"{DBNAME}-journal")
_NO_DAMAGE = ("locked", "busy", "full", "readonly", "unable to open", "disk I/O")
_DAMAGE = (sqlite3.Error, sqlite3.Warning, ValueError, KeyError, TypeError, AttributeError)


def believed(snapshot: Snapshot, now: datetime) -> Snapshot:
    """What a snapshot tells as of now: nothing about when, once a stamp of it is ahead of now.

    A clock that ran ahead must not keep an account from being asked. Without stamps the account is due
    and stale, and its numbers are shown without an age.
    """
    failure = snapshot.failure
    stamps = (snapshot.fetched_at, failure.at if failure else None)
    if any(stamp is not None and stamp - now > AHEAD for stamp in stamps):
        return replace(snapshot, fetched_at=None, failure=None)
    if failure and failure.retry_at and failure.retry_at - min(failure.at, now) > LONGEST_WAIT:
        retry_at = min(failure.at, now) + LONGEST_WAIT
        return replace(snapshot, failure=replace(failure, retry_at=retry_at))
    return snapshot


class PlainDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache ships no types
    """Keeps text keys and bytes, in the database itself, and nothing else."""

    def put(self, key: str) -> Tuple[str, bool]:
        """The key as it stands in the database."""
        return key, True

    def get(self, key: object, raw: object) -> str:
        """The key back. Raises ValueError for one that is not ours."""
        if not raw or not isinstance(key, str):
            raise ValueError("not a key of ours")
        return key

    def store(self, value: bytes, read: bool, key: object = UNKNOWN) -> Tuple[int, int, None, Any]:
        """A value as it stands in the database."""
        return 0, MODE_RAW, None, sqlite3.Binary(value)

    def fetch(self, mode: int, filename: Optional[str], value: Any, read: bool) -> bytes:
        """A value back. Raises ValueError for pickles, files and anything else not ours."""
        if mode != MODE_RAW or filename is not None or not isinstance(value, bytes):
            raise ValueError("not a row of ours")
        return value

    def remove(self, file_path: str) -> None:
        """Nothing: no value of ours has a file, so none is deleted at a row's word."""


def _check(folder: str) -> None:
    """Raises OSError for a database with a pipe or a device in it, which would keep SQLite waiting."""
    for path in (os.path.join(folder, name) for name in _FILES):
        if os.path.exists(path) and not os.path.isfile(path):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)


class _Database(diskcache.Cache):  # type: ignore[misc]
    """Opens private to its owner, and waits for others no longer than later on (not a minute)."""

    def __init__(self, folder: str) -> None:
        _check(folder)
        os.close(os.open(os.path.join(folder, DBNAME), os.O_RDWR | os.O_CREAT, 0o600))
        try:
            super().__init__(
                folder, timeout=_TIMEOUT, disk=PlainDisk, eviction_policy="none", statistics=0
            )
        except BaseException:
            _shut(self)
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


def _shut(database: _Database) -> None:
    diskcache.Cache.close(database)  # a damaged database may have put something else in its place


class _Reader:
    """The rows of a database that cannot be opened for writing."""

    def __init__(self, folder: str) -> None:
        _check(folder)
        path = quote(os.path.join(folder, DBNAME))
        for how in ("mode=ro", "mode=ro&immutable=1"):  # the log can be read too only where it lies
            database = sqlite3.connect(f"file:{path}?{how}", uri=True, timeout=_TIMEOUT)
            try:
                database.execute("SELECT 1 FROM Cache LIMIT 1")
                break
            except sqlite3.Error:
                database.close()
        else:
            raise OSError(errno.EIO, "no database", folder)
        self._database = database

    def get(self, key: str) -> Optional[bytes]:
        """The value of a key; None for a row that is not plain bytes."""
        found = self._database.execute(
            "SELECT value FROM Cache WHERE key = ? AND raw = 1 AND mode = ? AND filename IS NULL",
            (key, MODE_RAW),
        ).fetchone()
        return found[0] if found and isinstance(found[0], bytes) else None

    def close(self) -> None:
        """Give the file back."""
        self._database.close()


class Cache:
    """Snapshots by account id, as far as they can be believed. Use it as a context manager."""

    def __init__(self, folder: Optional[str] = None, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        self._folder = folder or os.path.join(paths.cache(os.environ), paths.SNAPSHOTS)
        self._store: Optional[diskcache.Cache] = None
        self._reader: Optional[_Reader] = None

    def __enter__(self) -> Cache:
        with suppress(OSError):
            files.folder(os.path.dirname(self._folder))
            files.folder(self._folder)
        try:
            self._store = _Database(self._folder)
        except _DAMAGE as error:
            self._start_over(error)
        except (OSError, diskcache.Timeout):
            self._store = None
        if self._store is None:
            with self._forgiving():
                self._reader = _Reader(self._folder)
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._close()

    def get(self, account_id: str) -> Snapshot:
        """What is known of this account; an empty snapshot when nothing is."""
        with self._forgiving():
            source = self._reader if self._store is None else self._store
            row = source.get(account_id) if source is not None else None
            if row:
                snapshot = snapshot_json.unpack(json_codec.loads(row))
                if snapshot.account_id == account_id:
                    return believed(snapshot, self._now())
        return Snapshot(account_id)

    def all(self, account_ids: Iterable[str]) -> Dict[str, Snapshot]:
        """What is known of these accounts."""
        return {account_id: self.get(account_id) for account_id in account_ids}

    def ids(self) -> List[str]:
        """The accounts of which something is known, or was meant to be."""
        found: List[str] = []
        with self._forgiving():
            found.extend(self._store if self._store is not None else ())
        return found

    def put(self, snapshot: Snapshot) -> None:
        """Remember a snapshot. A disk that cannot be written is not worth failing for."""
        self._write(snapshot.account_id, json_codec.dumps(snapshot_json.pack(snapshot)))

    def drop(self, account_id: str) -> None:
        """Forget an account."""
        with self._forgiving():
            if self._store is not None:
                self._store.delete(account_id)

    def _write(self, key: str, row: bytes) -> None:
        with self._forgiving():
            try:
                if self._store is not None:
                    self._store.set(key, row)
            except _DAMAGE as error:
                self._start_over(error)
                if self._store is not None:
                    self._store.set(key, row)

    def _close(self) -> None:
        if self._store is not None:
            _shut(self._store)
        self._store = None
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def _start_over(self, error: Exception) -> None:
        """A damaged database is of no use to anybody: begin a new one. A busy disk is not damage."""
        if isinstance(error, sqlite3.OperationalError) and any(n in str(error) for n in _NO_DAMAGE):
            return
        self._close()
        with self._forgiving():
            shutil.rmtree(self._folder)
        with self._forgiving():
            files.folder(self._folder)
            self._store = _Database(self._folder)

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        with suppress(*_DAMAGE, OSError, ArithmeticError, diskcache.Timeout):
            yield
