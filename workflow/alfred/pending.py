"""A feed that another process is making: showing the list waits for it, since making another takes longer."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from ..storage import files

NAME = "feed.pending"  # a file in the cache folder that exists while a feed is being made
PATIENCE = 2.0  # seconds to wait for it
_POLL = 0.01  # seconds


def announce() -> None:
    """Announce that a feed is about to be made. Raises OSError."""
    files.write(files.in_cache(NAME), b"", lasting=False)


def settle() -> None:
    """Withdraw the announcement: the feed has been made, or will not be."""
    with suppress(OSError):
        os.unlink(files.in_cache(NAME))


def wait() -> bool:
    """Wait while a feed is being made. Returns whether one was."""
    if not _is_pending():
        return False
    until = time.monotonic() + PATIENCE
    while _is_pending() and time.monotonic() < until:
        time.sleep(_POLL)
    return True


def _is_pending() -> bool:
    try:
        return 0 <= time.time() - os.stat(files.in_cache(NAME)).st_mtime < PATIENCE
    except OSError:
        return False
