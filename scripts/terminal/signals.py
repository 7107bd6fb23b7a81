"""Ends the process in order when a signal asks for it: the terminal is restored first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def restored_first() -> Iterator[None]:
    """Let a signal end the process as ⌃C does, so that the terminal is restored first."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    unhandled = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in unhandled:
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in unhandled:
            signal.signal(number, signal.SIG_DFL)


def _leave(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)
