"""The time of one world."""

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

    Windows are anchored at the moment the world began: a reset stands still between two requests,
    and when it has passed the next one follows.
    """

    def __init__(self, read: Callable[[], float] = time.time) -> None:
        self._read = read
        self.started = int(read())

    def now(self) -> int:
        """The current epoch second."""
        return int(self._read())

    def upcoming(self, first: int, window: int) -> int:
        """The next epoch second at which a window ends; the first one did `first` after the start.

        >>> Clock(lambda: 1000.0).upcoming(60, 300)
        1060
        """
        late = self.now() - self.started - first
        return self.started + first + (late // window + 1) * window * (late >= 0)

    def ago(self, seconds: int) -> int:
        """The epoch second so long before the world began."""
        return self.started - seconds


def iso(epoch: float, *, fraction: str = "", zone: str = "Z") -> str:
    """An epoch second as ISO 8601, with the fraction and the zone spelled as told."""
    moment = datetime.fromtimestamp(epoch, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}{zone}"
