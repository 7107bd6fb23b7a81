"""The only user of diskcache: what the disk remembers of every account.

Rows are bytes of JSON. diskcache's own Disk unpickles what it finds, which lets whoever can write
the folder run code (CVE-2025-69872); ours refuses every row that is not plain bytes. A row or a
database that cannot be read means "nothing known yet".
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Dict, Iterable, Iterator, Optional, Tuple, Type

import diskcache
from diskcache.core import MODE_RAW, UNKNOWN

from . import codec, files, paths, wire
from .models import Snapshot

_TIMEOUT = 5  # seconds that a writer waits for another


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


class Cache:
    """Snapshots by account id. Use it as a context manager."""

    def __init__(self, folder: Optional[str] = None) -> None:
        self._folder = folder or os.path.join(paths.cache(os.environ), "snapshots")
        self._store: Optional[diskcache.Cache] = None

    def __enter__(self) -> Cache:
        with suppress(OSError):
            files.folder(os.path.dirname(self._folder))
            files.folder(self._folder)
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self._start_over(error)
        except (OSError, ValueError, diskcache.Timeout):
            self._store = None
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if self._store is not None:
            self._store.close()

    def get(self, account_id: str) -> Snapshot:
        """What is known of this account; an empty snapshot when nothing is."""
        with self._forgiving():
            row = self._store.get(account_id) if self._store is not None else None
            if row:
                snapshot = wire.unpack(codec.loads(row))
                if snapshot.account_id == account_id:
                    return snapshot
        return Snapshot(account_id)

    def all(self, account_ids: Iterable[str]) -> Dict[str, Snapshot]:
        """What is known of these accounts."""
        return {account_id: self.get(account_id) for account_id in account_ids}

    def put(self, snapshot: Snapshot) -> None:
        """Remember a snapshot. A disk that cannot be written is not worth failing for."""
        self._write(snapshot.account_id, codec.dumps(wire.pack(snapshot)))

    def drop(self, account_id: str) -> None:
        """Forget an account."""
        with self._forgiving():
            if self._store is not None:
                self._store.delete(account_id)

    def _write(self, key: str, row: bytes) -> None:
        try:
            if self._store is not None:
                self._store.set(key, row)
        except sqlite3.DatabaseError as error:
            self._start_over(error)
            with self._forgiving():
                if self._store is not None:
                    self._store.set(key, row)
        except (OSError, ValueError, diskcache.Timeout):
            pass

    def _open(self) -> None:
        self._store = diskcache.Cache(
            self._folder, timeout=_TIMEOUT, disk=PlainDisk, eviction_policy="none", statistics=0
        )

    def _start_over(self, error: sqlite3.DatabaseError) -> None:
        """A damaged database is of no use to anybody: begin a new one. A busy disk is not damage."""
        self._store = None
        if isinstance(error, sqlite3.OperationalError) and "no such" not in str(error):
            return
        with suppress(OSError):
            shutil.rmtree(self._folder)
        with suppress(OSError, sqlite3.Error, ValueError, diskcache.Timeout):
            files.folder(self._folder)
            self._open()

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        with suppress(
            sqlite3.Error,
            OSError,
            ValueError,
            KeyError,
            TypeError,
            ArithmeticError,
            diskcache.Timeout,
        ):
            yield
