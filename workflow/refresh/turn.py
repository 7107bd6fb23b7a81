"""One refresh at a time: hold the lock of refreshes, or wait for it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ..errors import Mistake
from ..i18n.message import Message, _
from ..records import dataclass
from ..storage import files
from . import background

REFRESHING: Message = _("refreshing")
LOOK = 1.0  # seconds between two checks of the lock's holder


class Stuck(Mistake):
    """Another refresh does not end. The message names its process and says what to do."""


@dataclass(frozen=True)
class Turn:
    """The turn to refresh: whether we hold the lock, and whether another refresh was waited for."""

    held: bool
    waited: bool = False


@contextmanager
def take_turn(wait: bool) -> Iterator[Turn]:
    """Hold the lock of refreshes; with ``wait``, wait for a running refresh first. Raises Stuck."""
    path = background.lock_path(os.environ)
    with ExitStack() as stack:
        try:
            turn = Turn(stack.enter_context(files.lock(path, 0.0)))
            if not turn.held and wait:
                turn = _wait_for_turn(path, stack)
        except OSError as error:
            if error.errno not in files.REFUSED:
                raise
            turn = Turn(held=True)  # no other process can lock it either
        yield turn


def _wait_for_turn(path: str, stack: ExitStack) -> Turn:
    """Wait for the running refresh. Raises Stuck if it is suspended or does not end."""
    until = time.monotonic() + background.LONGEST
    while True:
        with ExitStack() as attempt:
            if attempt.enter_context(files.lock(path, LOOK)):
                stack.push(attempt.pop_all())
                return Turn(held=True, waited=True)
        if time.monotonic() >= until or files.is_stuck(path, background.LONGEST):
            raise Stuck(files.stuck_message(path, REFRESHING))
