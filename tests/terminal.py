"""Runs our commands at a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests import forks
from tests.conftest import ROOT, Shell

SIZE = {"TERM": "xterm-256color", "COLUMNS": "120"}


def terminal(
    shell: Shell, *args: str, typed: Sequence[str] = (), seconds: float = 30, code: int = 0
) -> str:
    """Run ``tankful`` at a terminal and return everything that it shows.

    It is forked if a new interpreter would only be slower.

    Args:
        shell: gives the environment.
        args: the arguments of ``tankful``.
        typed: lines to type, each after a question.
        seconds: how long it may take.
        code: the exit code that it must end with.
    """
    environ = shell.environment()
    if not (shell.forks and shell.may_fork()):
        command = [sys.executable, "-m", "scripts.tankful", *args]
        return shown(command, environ, ROOT, typed, seconds, code)
    ours, theirs = pty.openpty()
    environ.update(SIZE)
    with shell.forks.start(args, [theirs] * 3, environ, seconds, at_terminal=True) as started:
        os.close(theirs)
        talk = _talk(ours, typed, seconds)
        assert forks.exit_code(started, ["tankful", *args], 10) == code, talk
    return talk


_ASKING = tuple(mark.encode() for mark in ":?：？")  # the last character of a question


def shown(
    command: Sequence[str],
    environ: Mapping[str, str],
    cwd: Path,
    typed: Sequence[str] = (),
    seconds: float = 30,
    code: int = 0,
) -> str:
    """Do the same with any command, in a new process."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        env={**environ, **SIZE},
        cwd=cwd,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_control,
    )
    os.close(theirs)
    talk = _talk(ours, typed, seconds)
    assert process.wait(10) == code, talk
    return talk


def _talk(ours: int, typed: Sequence[str], seconds: float) -> str:
    """Answer each question with the next line, and read until the other end closes."""
    shown, waiting, end = b"", [f"{line}\n".encode() for line in typed], time.monotonic() + seconds
    answered = 0  # length of ``shown`` when the last line was typed
    while time.monotonic() < end:
        if select.select([ours], [], [], 0.05)[0]:
            part = _read(ours)
            if not part:
                break
            shown += part
        elif waiting and shown[answered:].rstrip().endswith(_ASKING):
            answered = len(shown)
            _write(ours, waiting.pop(0))
    os.close(ours)
    return shown.decode()


def rest(ours: int) -> bytes:
    """Read until the other end closes, and close ours: what is written last may arrive after its writer's end."""
    shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return shown


def _control() -> None:
    """Make stdin the controlling terminal, so that Ctrl-C reaches the command."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _write(terminal: int, data: bytes) -> None:
    """Write everything at once, as a paste does, although a terminal may take only a part of it."""
    while data:
        data = data[os.write(terminal, data) :]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux: the other end has closed
        return b""
