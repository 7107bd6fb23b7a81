"""SQLite's errors about a disk become errors of the operating system."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest

from workflow.storage import files, sqlite_errors


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (sqlite3.OperationalError("database or disk is full"), errno.ENOSPC),
        (sqlite3.OperationalError("attempt to write a readonly database"), errno.EROFS),
        (sqlite3.OperationalError("database is locked"), errno.EBUSY),
        (sqlite3.DatabaseError("file is not a database"), errno.EIO),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory"), errno.ENOTDIR),
    ],
)
def test_an_error_of_the_database_is_one_of_the_system(
    error: Exception, number: int, tmp_path: Path
) -> None:
    meant = sqlite_errors.as_system(error, str(tmp_path))
    assert meant.errno == number
    assert files.reason(meant).id


@pytest.mark.parametrize(
    ("free", "text", "number"),
    [
        (0, "disk I/O error", errno.ENOSPC),
        (63, "disk I/O error", errno.ENOSPC),
        (64, "disk I/O error", errno.EIO),
        (0, "file is not a database", errno.EIO),
    ],
)
def test_an_error_of_the_disk_may_mean_that_it_is_full(
    free: int, text: str, number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "statvfs", lambda folder: SimpleNamespace(f_bavail=free, f_frsize=4096))
    error = sqlite3.OperationalError(text)
    assert sqlite_errors.as_system(error, str(tmp_path)).errno == number


@pytest.mark.parametrize(
    ("error", "is_damage"),
    [
        (sqlite3.OperationalError("database is locked"), False),
        (sqlite3.OperationalError("database table is locked"), False),
        (sqlite3.OperationalError("locking protocol"), False),  # two begin at once, or a share
        (sqlite3.OperationalError("database or disk is full"), False),
        (sqlite3.OperationalError("attempt to write a readonly database"), False),
        (sqlite3.OperationalError("unable to open database file"), False),
        (sqlite3.OperationalError("disk I/O error"), False),
        (sqlite3.OperationalError("interrupted"), False),
        (sqlite3.OperationalError("no such table: Cache"), True),
        (sqlite3.DatabaseError("file is not a database"), True),
        (sqlite3.DatabaseError("malformed database schema (full)"), True),
    ],
)
def test_a_disk_that_cannot_be_used_is_not_damage(error: sqlite3.Error, is_damage: bool) -> None:
    assert sqlite_errors.is_damage(error) is is_damage


def test_a_folder_that_is_gone_is_not_full(tmp_path: Path) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    assert sqlite_errors.as_system(error, str(tmp_path / "gone")).errno == errno.EIO
