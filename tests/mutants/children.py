"""Runs work in forked children."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from typing import Callable, NoReturn

FAILED, STUCK, BUSY = (
    253,
    254,
    255,
)  # exit codes: it raised, it was idle too long, it used too much processor time
PATIENCE = 30  # seconds that a child may be idle
_NOTHING = 0.1  # seconds of processor time in PATIENCE that still count as idle


class Children:
    """Runs work in forked children, at most ``most`` at a time, each with its own folder and process group."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._ended: dict[int, tuple[Callable[[int], None], str]] = {}

    def __enter__(self) -> Children:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._ended:
            os.killpg(child, signal.SIGKILL)

    def start(
        self, work: Callable[[], int], seconds: float | None, ended: Callable[[int], None]
    ) -> None:
        """Start work in a child, after waiting until fewer than ``most`` run.

        Args:
            work: returns the exit code.
            seconds: of processor time that it may take; None for no limit.
            ended: called with the exit code.
        """
        while len(self._ended) >= self._most:
            self._one()
        folder = tempfile.mkdtemp(prefix="mutant-", dir=os.environ["PYTEST_DEBUG_TEMPROOT"])
        child = os.fork()
        if not child:
            _child(work, seconds, folder)
        with suppress(PermissionError):
            os.setpgid(child, child)
        self._ended[child] = ended, folder

    def wait(self) -> None:
        """Wait for all children."""
        while self._ended:
            self._one()

    def _one(self) -> None:
        child, status = os.waitpid(-1, 0)
        ended, folder = self._ended.pop(child)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
        ended(os.WEXITSTATUS(status) if os.WIFEXITED(status) else BUSY)


def _end_when_stuck() -> None:
    """End this process when it has been idle for PATIENCE. Processor time tells, so a busy machine does not matter."""
    before = time.process_time()

    def look(*_: object) -> None:
        nonlocal before
        now = time.process_time()
        if now - before < _NOTHING:
            os._exit(STUCK)
        before = now

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, PATIENCE)


def _child(work: Callable[[], int], seconds: float | None, folder: str) -> NoReturn:
    try:
        os.setpgid(0, 0)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
        if seconds is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
            _end_when_stuck()
        os._exit(work())
    except BaseException:
        os._exit(FAILED)
