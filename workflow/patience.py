"""Time limits for an account: a clock that is paused while the secret store is asked.

The store may show a dialog, and a lock or a disk may be slow. None of this is the provider's fault, and
none of it may block the event loop, on which the other accounts are fetched.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Callable, TypeVar

from .errors import StoreLocked

STORE_SECONDS = 60.0  # how long a dialog of the secret store may stay open
_MOMENT = 1.0  # seconds; a timer later than this means that the process was suspended
_POLL = 0.05  # seconds between two checks of a paused clock

_T = TypeVar("_T")


class Clock:
    """A time limit for the tasks that are created inside its ``with`` block; can be nested."""

    def __init__(self, seconds: float) -> None:
        self._now = asyncio.get_running_loop().time
        self._left, self._since, self._stops = seconds, self._now(), 0
        self._outer = _CLOCK.get()

    def __enter__(self) -> Clock:
        self._token = _CLOCK.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _CLOCK.reset(self._token)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Pause this clock and the one around it inside a ``with`` block."""
        with ExitStack() as outer:
            if self._outer is not None:
                outer.enter_context(self._outer.paused())
            if not self._stops:
                self._left -= self._now() - self._since
            self._stops += 1
            try:
                yield
            finally:
                self._stops -= 1
                if not self._stops:
                    self._since = self._now()

    async def wait(self, tasks: set[asyncio.Task[_T]]) -> tuple[set[Any], set[Any]]:
        """Wait for tasks of this clock. Returns the tasks that are done and those that are late."""
        late = set(tasks)
        while late:
            left = self._left - (self._now() - self._since)
            if not self._stops and left <= 0:
                break
            late = await self._some(late, _POLL if self._stops else left)
        return set(tasks) - late, late

    async def _some(self, tasks: set[asyncio.Task[_T]], seconds: float) -> set[Any]:
        """Wait for these seconds and return the tasks that are not done.

        Time in which the process was suspended does not count, so that answers that came meanwhile are read.
        """
        until = self._now() + seconds
        _, late = await asyncio.wait(tasks, timeout=seconds)
        asleep = self._now() - until
        if late and asleep > _MOMENT:
            self._left += asleep + _MOMENT
        return late


_CLOCK: ContextVar[Clock | None] = ContextVar("clock", default=None)


async def within(seconds: float, awaitable: Awaitable[_T]) -> _T:
    """Await a result with a time limit of these seconds. Raises asyncio.TimeoutError."""
    with Clock(seconds) as clock:
        task: asyncio.Task[_T] = asyncio.ensure_future(awaitable)
    try:
        _, late = await clock.wait({task})
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    if late and task.cancelled():
        raise asyncio.TimeoutError
    return task.result()


@contextmanager
def paused() -> Iterator[None]:
    """Pause the current clock, if there is one, inside a ``with`` block."""
    clock = _CLOCK.get()
    with ExitStack() as meanwhile:
        if clock is not None:
            meanwhile.enter_context(clock.paused())
        yield


async def in_thread(call: Callable[..., _T], *about: Any, **named: Any) -> _T:
    """Run a call that may block (the store, a lock, a disk) in a thread, with the clock paused.

    Once started, the call runs to its end, even if its caller is cancelled. After STORE_SECONDS it is no
    longer waited for. Raises what the call raises, and StoreLocked after STORE_SECONDS.
    """
    work = _start_in_thread(lambda: call(*about, **named))
    work.add_done_callback(_mark_retrieved)
    with paused():
        try:
            await asyncio.wait({work}, timeout=STORE_SECONDS)
        except asyncio.CancelledError:
            await _ended(work)
            raise
    if not work.done():
        raise StoreLocked
    return work.result()


async def _ended(work: asyncio.Future[Any]) -> None:
    """Wait for a call, at most STORE_SECONDS, however often this is cancelled: ⌃C does so several times."""
    now = asyncio.get_running_loop().time
    until = now() + STORE_SECONDS
    while not work.done() and now() < until:
        with suppress(asyncio.CancelledError):
            await asyncio.wait({work}, timeout=until - now())


def _mark_retrieved(work: asyncio.Future[Any]) -> None:
    """Retrieve the exception: asyncio would print its trace if nobody awaits this any more."""
    if not work.cancelled():
        work.exception()


def _start_in_thread(call: Callable[[], _T]) -> asyncio.Future[_T]:
    """Start a call in a daemon thread, which never delays the exit, and return its future."""
    loop = asyncio.get_running_loop()
    work: asyncio.Future[_T] = loop.create_future()

    def run() -> None:
        settled: Future[_T] = Future()
        try:
            settled.set_result(call())
        except BaseException as error:
            settled.set_exception(error)
        with suppress(RuntimeError):  # the loop is closed, nobody waits
            loop.call_soon_threadsafe(_settle, work, settled)

    threading.Thread(target=run, daemon=True).start()
    return work


def _settle(work: asyncio.Future[_T], settled: Future[_T]) -> None:
    if work.done():
        return
    error = settled.exception()
    if error is None:
        work.set_result(settled.result())
    else:
        work.set_exception(error)
