"""When the job last ran, and whether the secret store was locked: a small file in the cache."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple

from ..storage import files

NAME = "background"
LOCKED = "locked"


class Run(NamedTuple):
    """One run of the job."""

    at: int  # epoch seconds
    locked: bool = False  # the secret store was locked, and no provider was asked


def note(run: Run) -> None:
    """Note a run. A disk error is ignored."""
    with suppress(OSError):
        word = LOCKED if run.locked else "done"
        files.write(files.in_cache(NAME), f"{run.at} {word}\n".encode(), lasting=False)


def last() -> Run | None:
    """Return the last run; None if none is known."""
    try:
        at, word = (files.read(files.in_cache(NAME), 100) or b"").decode("ascii").split()
        return Run(int(at), word == LOCKED)
    except (OSError, ValueError):
        return None


def forget() -> None:
    """Delete the file."""
    with suppress(OSError):
        os.unlink(files.in_cache(NAME))
