"""Classify SQLite's errors: the file is damaged, or cannot be used at the moment."""

from __future__ import annotations

import errno
import os
import sqlite3

_PASSING = (  # texts, since the error's code is available only from Python 3.11 on
    *("locked", "busy", "full", "readonly", "unable to open", "disk I/O", "interrupted"),
)
_NUMBERS = {"full": errno.ENOSPC, "readonly": errno.EROFS, "locked": errno.EBUSY}


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether the file is damaged; a busy, full or read-only disk is not damage."""
    passing = isinstance(error, sqlite3.OperationalError)
    return not (passing and any(text in str(error) for text in _PASSING))


def as_system(error: Exception) -> OSError:
    """Convert a database's error to the nearest OSError."""
    if isinstance(error, OSError):
        return error
    numbers = (number for text, number in _NUMBERS.items() if text in str(error))
    number = next(numbers, errno.EIO)
    return OSError(number, os.strerror(number))
