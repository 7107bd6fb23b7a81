"""Holds off the signals that end the process, while it has something in hand that would be lost."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
_blocks = 0  # that hold them off now
_handlers: dict[int, Any] = {}  # of the signals that are held off
_came: list[int] = []  # signals, in their order


@contextmanager
def held_off() -> Iterator[None]:
    """Hold off SIGTERM, SIGHUP and ⌃C inside a ``with`` block; a signal that came takes effect at its end.

    Blocks may overlap, as those of several tasks do; then it takes effect at the end of the last one. Only in
    the main thread can signals be held off: in any other this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _begin()
    try:
        yield
    finally:
        _end()


def _begin() -> None:
    global _blocks
    _blocks += 1
    if _blocks > 1:
        return
    for number in _SIGNALS:
        handler = signal.getsignal(number)
        if handler not in (signal.SIG_IGN, None):  # nohup has SIGHUP ignored
            _handlers[number] = handler
            signal.signal(number, _note)


def _end() -> None:
    global _blocks
    _blocks -= 1
    if _blocks:
        return
    for number, handler in _handlers.items():
        signal.signal(number, handler)
    came = _came[:1]
    _handlers.clear()
    _came.clear()
    for number in came:
        os.kill(os.getpid(), number)


def _note(number: int, frame: object) -> None:
    _came.append(number)
