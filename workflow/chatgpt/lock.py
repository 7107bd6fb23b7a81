"""Locks a ChatGPT session, so that one process at a time exchanges or replaces it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

from ..errors import StoreLocked
from ..i18n.message import Message, _
from ..patience import in_thread, paused
from ..storage import files

_POLL = 0.1  # seconds between two attempts to take another process's lock
_POLLS = 5  # attempts between two checks of that process
EXCHANGING: Message = _("exchanging this session")


@contextmanager
def turn(account_id: str) -> Iterator[None]:
    """Lock the session of this account, so that no other process exchanges or replaces it."""
    with files.lock(_path(account_id)):
        yield


@asynccontextmanager
async def awaited(account_id: str) -> AsyncIterator[None]:
    """Hold the lock for the exchange of this session, against other processes.

    Waits at most ``files.WAIT`` for another process. Raises StoreLocked if that process keeps the lock (the
    message names it), or if no lock can be made.
    """
    path = _path(account_id)
    with ExitStack() as turn:
        if not _try_lock(turn, path):
            with paused():
                await _wait_for_lock(turn, path)
        yield


async def _wait_for_lock(turn: ExitStack, path: str) -> None:
    until = time.monotonic() + files.WAIT
    while True:
        for _attempt in range(_POLLS):
            if _try_lock(turn, path):
                return
            await asyncio.sleep(_POLL)
        stuck = await in_thread(files.is_stuck, path, files.WAIT)
        if stuck or time.monotonic() >= until:
            raise StoreLocked(files.stuck_message(path, EXCHANGING))


def _try_lock(turn: ExitStack, path: str) -> bool:
    """Hold the lock until the end of the turn if it is free. Raises StoreLocked."""
    try:
        with ExitStack() as attempt:
            held = attempt.enter_context(files.lock(path, 0.0))
            if held:
                turn.push(attempt.pop_all())
            return held
    except OSError as error:
        raise StoreLocked(_no_lock(path, error)) from None


def _no_lock(path: str, error: OSError) -> Message:
    why = error.strerror or "unusable"
    return _(
        "{provider}: nothing can be written to {dirname} ({why}), so the session was "
        "not exchanged; check its permissions and the disk",
        dirname=os.path.dirname(path),
        why=why,
    )


def _path(account_id: str) -> str:
    return files.in_data(f"exchange-{account_id}.lock")
