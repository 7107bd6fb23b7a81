"""The history's file: its tables, how it is opened, and what happens if it is damaged.

SQLite with a write-ahead log, so that readers and a writer do not wait for each other. A damaged file is
renamed together with its log; one with a newer layout is left as it is.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Callable, TypeVar
from urllib.parse import quote

from ..models import utc_now
from ..storage import files, sqlite_errors

LAYOUT = 1
NAME = "history.db"
TIMEOUT = 5.0  # seconds that a writer waits for another
READER_TIMEOUT = 1.0  # seconds that a reader waits if there is no write-ahead log
TABLES = (
    """CREATE TABLE series (id INTEGER PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL,
    name TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (account, kind, name, unit))""",
    """CREATE TABLE sample (series INTEGER NOT NULL, at INTEGER NOT NULL, value INTEGER, total INTEGER,
    resets_at INTEGER, flags INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (series, at)) WITHOUT ROWID""",
    """CREATE TABLE span (series INTEGER NOT NULL, resets_at INTEGER NOT NULL, began INTEGER NOT NULL,
    peak REAL, last REAL, full_at INTEGER, ended INTEGER, PRIMARY KEY (series, began)) WITHOUT ROWID""",
    """CREATE TABLE alert (series INTEGER NOT NULL, rule TEXT NOT NULL, span INTEGER NOT NULL,
    at INTEGER NOT NULL, state INTEGER NOT NULL, PRIMARY KEY (series, rule, span)) WITHOUT ROWID""",
    "CREATE TABLE look (at INTEGER PRIMARY KEY) WITHOUT ROWID",
    """CREATE TABLE remind (account TEXT NOT NULL, series INTEGER NOT NULL, due INTEGER NOT NULL,
    made INTEGER NOT NULL, done INTEGER, PRIMARY KEY (series, due)) WITHOUT ROWID""",
    """CREATE TABLE watch (series INTEGER PRIMARY KEY, at INTEGER NOT NULL, span INTEGER NOT NULL,
    resets_at INTEGER, value INTEGER)""",
)

_T = TypeVar("_T")


class Newer(Exception):
    """The file was written by a newer Tankful."""


def path() -> str:
    """Return the path of the history."""
    return files.in_data(NAME)


def change(act: Callable[[sqlite3.Connection], _T]) -> tuple[_T, str | None]:
    """Run ``act`` in one transaction, all of it or nothing.

    Returns:
        The result of ``act``, and the new path of a damaged file that had to be renamed, else None.

    Raises OSError, sqlite3.Error and Newer.
    """
    try:
        return _transact(act), None
    except sqlite3.DatabaseError as error:
        if not sqlite_errors.is_damage(error):
            raise
        aside = _set_aside()
        return _transact(act), aside


@contextmanager
def reading() -> Iterator[sqlite3.Connection]:
    """Open the history read-only; one without tables is none. Raises OSError, sqlite3.Error and Newer."""
    files.check_database(path())
    if os.path.exists(path()):
        with closing(_reader()) as connection:
            if _layout(connection):
                yield connection
                return
    raise FileNotFoundError(path())


def damaged() -> str | None:
    """Return the path of the newest damaged history that was kept aside; None if there is none."""
    from glob import escape, glob  # imported late: only the doctor looks for one

    return max(glob(f"{escape(path()[:-3])}.damaged-*.db"), default=None)


def _transact(act: Callable[[sqlite3.Connection], _T]) -> _T:
    with closing(_writer()) as connection, connection:  # which commits, or rolls back
        connection.execute("BEGIN IMMEDIATE")
        if _layout(connection) == 0:
            for statement in (*TABLES, f"PRAGMA user_version = {LAYOUT}"):
                connection.execute(statement)
        return act(connection)


def _writer() -> sqlite3.Connection:
    """Open the file for writing; it is created readable by its owner only."""
    files.folder(os.path.dirname(path()))
    files.check_database(path())
    os.close(os.open(path(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    return _prepared(
        sqlite3.connect(path(), timeout=TIMEOUT, isolation_level=None),
        "PRAGMA auto_vacuum = INCREMENTAL",  # only works on an empty file
        "PRAGMA journal_mode = WAL",  # some file systems refuse it
        "PRAGMA synchronous = NORMAL",
    )


def _reader() -> sqlite3.Connection:
    """Open the file read-only, even if the folder is read-only and no log can be created."""
    address = f"file:{quote(path())}?mode=ro"
    try:
        return _open_reader(address)
    except sqlite3.OperationalError:
        return _open_reader(f"{address}&immutable=1")


def _open_reader(address: str) -> sqlite3.Connection:
    return _prepared(sqlite3.connect(address, uri=True, timeout=READER_TIMEOUT))


def _prepared(connection: sqlite3.Connection, *pragmas: str) -> sqlite3.Connection:
    """Prepare a connection; it is closed if that fails, or if the layout is newer than ours."""
    try:
        for pragma in pragmas:
            connection.execute(pragma).fetchone()
        _layout(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _layout(connection: sqlite3.Connection) -> int:
    """Return the layout of the file, 0 for an empty one. Raises Newer."""
    layout: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if layout > LAYOUT:
        raise Newer
    return layout


def _set_aside() -> str | None:
    """Rename a damaged file and its log; None if another process has done so."""
    with files.lock(f"{path()}.lock", TIMEOUT) as alone:
        if not alone or not _is_damaged():
            return None
        stamp = utc_now().strftime("%Y%m%dT%H%M%SZ")
        aside = f"{path()[:-3]}.damaged-{stamp}-{os.urandom(4).hex()}.db"
        os.rename(path(), aside)
        for log in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.rename(path() + log, aside + log)
        return aside


def _is_damaged() -> bool:
    """Tell whether the file is not a database, is corrupt, or has other tables than ours."""
    try:
        with closing(_writer()) as connection:
            statements = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
            tables = {sql for (sql,) in statements}
            if tables and (tables != set(TABLES) or not _layout(connection)):
                return True
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
    except sqlite3.DatabaseError as error:
        return sqlite_errors.is_damage(error)
