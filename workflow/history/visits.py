"""When the user looked: each keystroke touches an empty file, and the refresh records the last two visits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from .. import feed, paths
from .series import AHEAD

VISIT = 600  # seconds; looks that are closer together are one visit


def looked() -> int:
    """Return when the list was last shown, in epoch seconds; 0 if unknown. Creates the file if there is none."""
    path = os.path.join(paths.cache(os.environ), feed.LOOKED)
    with suppress(OSError):
        try:
            return int(os.stat(path).st_mtime)
        except FileNotFoundError:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
            os.utime(path, (0, 0))  # creating it is not a look
    return 0


def look() -> None:
    """Note that the list is shown, as the keystroke does; does nothing if the file is missing."""
    with suppress(OSError):
        os.utime(os.path.join(paths.cache(os.environ), feed.LOOKED))


def following(known: Sequence[int], look: int, now: int) -> tuple[int, ...]:
    """Return the last two visits after a look, each by its last look, the older one first.

    All are epoch seconds, 0 for no look; looks and visits ahead of now do not count.
    """
    visits = sorted(at for at in known if at - now <= AHEAD)
    if look <= 0 or look - now > AHEAD or (visits and look <= visits[-1]):
        return tuple(visits[-2:])
    if visits and look - visits[-1] < VISIT:
        visits.pop()  # the visit continues
    return (*visits, look)[-2:]
