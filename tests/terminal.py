"""Our commands at a terminal of their own."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Mapping, Sequence

from tests.conftest import ROOT, Shell


def terminal(
    shell: Shell, *args: str, typed: Sequence[str] = (), seconds: float = 30, code: int = 0
) -> str:
    """What a terminal shows while these lines are typed, each after a question."""
    command = [sys.executable, "-m", "scripts.tankful", *args]
    return shown(command, shell.environment(), ROOT, typed, seconds, code)


def shown(
    command: Sequence[str],
    environ: Mapping[str, str],
    cwd: Path,
    typed: Sequence[str] = (),
    seconds: float = 30,
    code: int = 0,
) -> str:
    """Likewise of any command, with this exit code."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        env={**environ, "TERM": "xterm-256color", "COLUMNS": "120"},
        cwd=cwd,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_control,
    )
    os.close(theirs)
    shown, waiting, end = b"", [f"{line}\n".encode() for line in typed], time.monotonic() + seconds
    answered = 0  # how much was shown when the last line was typed
    while time.monotonic() < end:
        if select.select([ours], [], [], 0.05)[0]:
            part = _read(ours)
            if not part:
                break
            shown += part
        elif waiting and shown[answered:].rstrip().endswith((b":", b"?")):
            answered = len(shown)
            _write(ours, waiting.pop(0))
    os.close(ours)
    assert process.wait(10) == code, shown.decode()
    return shown.decode()


def _control() -> None:
    """Let Ctrl-C reach the command, as in a window."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _write(terminal: int, data: bytes) -> None:
    """Type faster than a terminal takes it, as a paste does."""
    while data:
        data = data[os.write(terminal, data) :]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other end has gone
        return b""
