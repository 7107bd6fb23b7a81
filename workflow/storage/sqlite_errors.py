"""Classify SQLite's errors: the file is damaged, or cannot be used at the moment."""

from __future__ import annotations

import errno
import os
import sqlite3

# texts, since the error's code is available only from Python 3.11 on
_PASSING = ("lock", "full", "readonly", "unable to open", "disk I/O", "interrupted")
_NUMBERS = {"full": errno.ENOSPC, "readonly": errno.EROFS, "locked": errno.EBUSY}
_LEAST = 256 * 1024  # bytes that must be free for a database and the files beside it


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether the file is damaged; a busy, full or read-only disk is not damage."""
    passing = isinstance(error, sqlite3.OperationalError)
    return not (passing and any(text in str(error) for text in _PASSING))


def as_system(error: Exception, folder: str) -> OSError:
    """Convert the error of a database in this folder to the nearest OSError.

    On a full disk SQLite may say only that it cannot read or write, if the file beside the database could not grow.
    """
    if isinstance(error, OSError):
        return error
    numbers = (number for text, number in _NUMBERS.items() if text in str(error))
    is_full = "disk I/O" in str(error) and _is_full(folder)
    number = next(numbers, errno.ENOSPC if is_full else errno.EIO)
    return OSError(number, os.strerror(number))


def _is_full(folder: str) -> bool:
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _LEAST
