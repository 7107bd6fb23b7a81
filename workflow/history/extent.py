"""How much the history holds."""

from __future__ import annotations

import os
from typing import NamedTuple

from . import database


class Extent(NamedTuple):
    """The size of the history of one account, or of all."""

    samples: int
    accounts: int
    first: int  # epoch seconds of the oldest sample; 0 without one
    size: int  # bytes of the whole file with its log


def extent(account: str = "") -> Extent:
    """Count the samples of the account with this id; "" for all accounts.

    Raises FileNotFoundError if there is no history, OSError, sqlite3.Error and database.Newer.
    """
    with database.reading() as connection:
        samples, accounts, first = connection.execute(
            "SELECT count(*), count(DISTINCT account), min(at) FROM sample JOIN series"
            " ON series.id = series WHERE ? IN (account, '') AND kind <> 'account'",
            (account,),
        ).fetchone()
    return Extent(samples, accounts, first or 0, _size())


def _size() -> int:
    """Return the bytes of the file and of its write-ahead log."""
    places = (database.path(), f"{database.path()}-wal")
    return sum(os.path.getsize(place) for place in places if os.path.exists(place))
