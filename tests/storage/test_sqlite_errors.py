"""SQLite's errors about a disk become errors of the operating system."""

from __future__ import annotations

import errno
import sqlite3

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
def test_an_error_of_the_database_is_one_of_the_system(error: Exception, number: int) -> None:
    meant = sqlite_errors.as_system(error)
    assert meant.errno == number
    assert files.reason(meant).id
