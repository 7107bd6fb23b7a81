"""How long an account may take: a clock that stands still while the secret store is asked.

The store may show a dialog, and a lock or a disk may be slow: none of them is the provider's fault, and
none may hold up the event loop, on which the other accounts are asked.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Awaitable, Callable, Iterator, Optional, Set, Tuple, Type, TypeVar

from .errors import StoreLocked

STORE_SECONDS = 60.0  # how long a dialog of the secret store may stay open
_MOMENT = 1.0  # seconds that nothing but a suspended process is late by
_POLL = 0.05  # seconds between two looks at a clock that stands still

_T = TypeVar("_T")


class Clock:
    """Counts the seconds of whatever is begun while it is entered; may stand in another one."""

    def __init__(self, seconds: float) -> None:
        self._now = asyncio.get_running_loop().time
        self._left, self._since, self._stops = seconds, self._now(), 0
        self._outer = _CLOCK.get()

    def __enter__(self) -> Clock:
        self._token = _CLOCK.set(self)
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        _CLOCK.reset(self._token)

    @contextmanager
    def standing(self) -> Iterator[None]:
        """It stands still meanwhile, and so does the one around it."""
        with ExitStack() as outer:
            if self._outer is not None:
                outer.enter_context(self._outer.standing())
            if not self._stops:
                self._left -= self._now() - self._since
            self._stops += 1
            try:
                yield
            finally:
                self._stops -= 1
                if not self._stops:
                    self._since = self._now()

    async def wait(self, tasks: Set[asyncio.Task[_T]]) -> Tuple[Set[Any], Set[Any]]:
        """Wait for tasks that were begun on this clock; those that are done, and those that are late."""
        late = set(tasks)
        while late:
            left = self._left - (self._now() - self._since)
            if not self._stops and left <= 0:
                break
            late = await self._some(late, _POLL if self._stops else left)
        return set(tasks) - late, late

    async def _some(self, tasks: Set[asyncio.Task[_T]], seconds: float) -> Set[Any]:
        """The tasks that are not done after these seconds.

        How long this process was suspended meanwhile does not count; what has come then is still read.
        """
        until = self._now() + seconds
        _, late = await asyncio.wait(tasks, timeout=seconds)
        asleep = self._now() - until
        if late and asleep > _MOMENT:
            self._left += asleep + _MOMENT
        return late


_CLOCK: ContextVar[Optional[Clock]] = ContextVar("clock", default=None)


async def within(seconds: float, telling: Awaitable[_T]) -> _T:
    """What is told, if that takes no more seconds than these. Raises asyncio.TimeoutError."""
    with Clock(seconds) as clock:
        task: asyncio.Task[_T] = asyncio.ensure_future(telling)
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
def standing() -> Iterator[None]:
    """The clock that counts here, if there is one, stands still meanwhile."""
    clock = _CLOCK.get()
    with ExitStack() as meanwhile:
        if clock is not None:
            meanwhile.enter_context(clock.standing())
        yield


async def unhurried(call: Callable[..., _T], *about: Any, **named: Any) -> _T:
    """Do what may block (the store, a lock, a disk) in a thread, while the clock stands still.

    Once begun it is finished, also when nobody waits for it any more; what takes longer than a dialog
    may stay open is left behind. Raises what it raises, and StoreLocked when it is left behind.
    """
    work = _begun(lambda: call(*about, **named))
    work.add_done_callback(_looked_at)
    with standing():
        try:
            await asyncio.wait({work}, timeout=STORE_SECONDS)
        except asyncio.CancelledError:
            await asyncio.wait({work}, timeout=STORE_SECONDS)
            raise
    if not work.done():
        raise StoreLocked
    return work.result()


def _looked_at(work: asyncio.Future[Any]) -> None:
    """Nobody may wait for it any more: asyncio would print the trace of what it raises then."""
    if not work.cancelled():
        work.exception()


def _begun(call: Callable[[], _T]) -> asyncio.Future[_T]:
    """The result to come of a call in a thread of its own, which holds up nobody's exit."""
    loop = asyncio.get_running_loop()
    work: asyncio.Future[_T] = loop.create_future()

    def run() -> None:
        settled: Future[_T] = Future()
        try:
            settled.set_result(call())
        except BaseException as error:
            settled.set_exception(error)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
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
