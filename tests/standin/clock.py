"""The clock of one world."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
MONTH = 30 * DAY


class Clock:
    """Reads the time and dates the windows.

    Windows are counted from the moment the world began: a reset does not move between two requests,
    and after it comes the next one.
    """

    def __init__(self, read: Callable[[], float] = time.time) -> None:
        self._read = read
        self.started = int(read())

    def now(self) -> int:
        """The current epoch second."""
        return int(self._read())

    def upcoming(self, first: int, window: int) -> int:
        """Return the next epoch second at which a window ends; the first one ends `first` after the start.

        >>> Clock(lambda: 1000.0).upcoming(60, 300)
        1060
        """
        late = self.now() - self.started - first
        return self.started + first + (late // window + 1) * window * (late >= 0)

    def ago(self, seconds: int) -> int:
        """Return the epoch second this many seconds before the world began."""
        return self.started - seconds


def iso(epoch: float, *, fraction: str = "", zone: str = "Z") -> str:
    """Format an epoch second as ISO 8601, with this fraction and this zone appended."""
    moment = datetime.fromtimestamp(epoch, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}{zone}"
