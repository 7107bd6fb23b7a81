"""Processes that are killed at every moment at which something becomes durable.

Whatever is durable, be it ours or the store's, becomes so by ``os.replace``; each is a moment before
and a moment after.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import pytest

ROOT = Path(__file__).resolve().parent.parent
MOST = 100  # moments; nothing of ours has as many


def drive(folder: str, prepare: Callable[[int], object], act: Callable[[int], object]) -> None:
    """In a process of its own: act again and again, each time in a new home, killed one moment later.

    Prints how many moments there were, and how the run that no kill met has ended.
    """
    for moment in range(MOST):
        home = Path(folder) / str(moment)
        home.mkdir()
        os.environ["TANKFUL_HOME"] = str(home / "tankful")
        os.environ["TANKFUL_TEST_KEYRING"] = str(home / "keyring.json")
        prepare(moment)
        child = os.fork()
        if child == 0:
            _die_at(moment)
            act(moment)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.stdout.write(json.dumps([moment, os.WEXITSTATUS(status)]))
            return
        if os.WTERMSIG(status) != signal.SIGKILL:
            raise AssertionError(status)


def moments(module: str, *args: str) -> int:
    """Run the ``drive`` of a test module, and count the moments at which it was killed."""
    code = f"import sys; from {module} import drive; drive(*sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, *args],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    count, status = json.loads(done.stdout)
    assert status == 0
    return int(count)


def enter(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Make the home that a kill left ours."""
    monkeypatch.setenv("TANKFUL_HOME", str(home / "tankful"))
    monkeypatch.setenv("TANKFUL_TEST_KEYRING", str(home / "keyring.json"))


def _die_at(moment: int) -> None:
    real, passed = os.replace, [0]

    def step() -> None:
        if passed[0] == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        passed[0] += 1

    def counted(source: Any, target: Any) -> None:
        step()
        real(source, target)
        step()

    os.replace = counted  # type: ignore[assignment]
