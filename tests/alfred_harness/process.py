"""Start a script, wait for it, and notice a child that holds its pipes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .failures import BadScript, PipeKeptOpen, ScriptTimeout

GRACE = 2.0


@dataclass(frozen=True)
class Finished:
    """The result of a script."""

    stdout: bytes
    stderr: bytes
    rc: int
    seconds: float


class _Drain(threading.Thread):
    def __init__(self, pipe: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self.content = b""
        self.start()

    def run(self) -> None:
        while chunk := os.read(self._pipe.fileno(), 65536):
            self.content += chunk
        self._pipe.close()


def run(argv: Sequence[str], env: Mapping[str, str], cwd: Path, timeout: float) -> Finished:
    """Run *argv* to its end, with an empty standard input."""
    started = time.perf_counter()
    try:
        process = subprocess.Popen(
            argv,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise BadScript(f"{argv[0]} cannot be started: {error}") from error
    assert process.stdout
    assert process.stderr
    pipes = {"stdout": _Drain(process.stdout), "stderr": _Drain(process.stderr)}
    try:
        rc = _ended(process, pipes["stdout"], started + timeout)
    except subprocess.TimeoutExpired:
        _end_group(process.pid)
        process.wait()
        raise ScriptTimeout(f"{argv[0]} did not end within {timeout:g} seconds") from None
    seconds = time.perf_counter() - started
    _check_pipes(process.pid, argv, pipes)
    return Finished(pipes["stdout"].content, pipes["stderr"].content, rc, seconds)


def _ended(process: subprocess.Popen[bytes], pipe: _Drain, end: float) -> int:
    """Wait for the end of a process, and return its exit code. Raises TimeoutExpired.

    It closes the pipe, which wakes us at once; Python's own wait looks only every 50 ms.
    """
    while pipe.is_alive() and process.poll() is None and time.perf_counter() < end:
        pipe.join(0.05)
    return process.wait(max(0.0, end - time.perf_counter()))


def _check_pipes(pid: int, argv: Sequence[str], pipes: Mapping[str, _Drain]) -> None:
    deadline = time.monotonic() + GRACE
    for pipe in pipes.values():
        pipe.join(max(0.0, deadline - time.monotonic()))
    held = [name for name, pipe in pipes.items() if pipe.is_alive()]
    if held:
        _end_group(pid)
        raise PipeKeptOpen(f"{argv[0]} ended, but a child keeps the pipe open: {', '.join(held)}")


def _end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
