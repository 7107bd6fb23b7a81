"""Write incoming answers one by one in another thread than the loop that asks, since a disk may be slow."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any, Callable

from ..models import Snapshot
from ..storage.snapshots import Cache

PUBLISH_SECONDS = 1.0  # between two feeds while answers come in
IDLE = 0.1  # seconds after which the first requests have been sent and the loop is idle
REST = 9  # the pause before the next feed is so many times as long as the last feed took

Publish = Callable[[Callable[[], datetime]], object]  # writes the feed; is given the clock


class Recorder:
    """Stores the snapshots of a refresh, and shows them in an open launcher meanwhile."""

    def __init__(self, preview: Publish, now: Callable[[], datetime]) -> None:
        self._preview, self._now = preview, now
        self._cache = Cache()
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._previewer = ThreadPoolExecutor(max_workers=1)  # no snapshot waits for a feed
        self._written: list[Future[Any]] = []
        self._shown: Future[Any] | None = None
        self._later: list[asyncio.TimerHandle] = []
        self._next = time.monotonic() + PUBLISH_SECONDS  # when the next feed may be written

    def __enter__(self) -> Recorder:
        self._written.append(self._thread.submit(self._cache.__enter__))
        return self

    @property
    def fault(self) -> Exception | None:
        """The reason why a snapshot could not be stored; complete only at the end."""
        return self._cache.fault

    async def keep(self, snapshot: Snapshot, is_current: Callable[[], bool] = lambda: True) -> bool:
        """Store a snapshot, unless ``is_current`` says that it is out of date. Returns whether it was current.

        If this is cancelled, a write that has begun is completed.
        """
        written = self._thread.submit(self._put, snapshot, is_current)
        self._written.append(written)
        return await asyncio.shield(asyncio.wrap_future(written))

    def _put(self, snapshot: Snapshot, is_current: Callable[[], bool]) -> bool:
        is_kept = is_current()
        if is_kept:
            self._cache.put(snapshot)
        return is_kept

    def show(self) -> None:
        """Show all stored snapshots in an open launcher, unless the last feed is too recent."""
        now = time.monotonic()
        if now >= self._next and (self._shown is None or self._shown.done()):
            self._next = now + PUBLISH_SECONDS
            self._shown = self._previewer.submit(self._write_preview)
            self._written.append(self._shown)

    def soon(self, call: Callable[[], object]) -> None:
        """Call something in another thread once the first requests are out, such as an import for later."""
        self._later.append(asyncio.get_running_loop().call_later(IDLE, self._beside, call))

    def _beside(self, call: Callable[[], object]) -> None:
        self._written.append(self._previewer.submit(call))

    def _write_preview(self) -> None:
        begun = time.monotonic()
        self._preview(self._now)
        done = time.monotonic()
        self._next = max(self._next, done + REST * (done - begun))

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        for timer in self._later:  # the refresh may end before they are due
            timer.cancel()
        self._thread.submit(self._cache.__exit__)
        self._thread.shutdown()
        self._previewer.shutdown()
        if error is None:
            for written in self._written:
                written.result()  # raises a defect of ours
