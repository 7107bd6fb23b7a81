"""Kills a process before and after every write that lasts, each time in a new home.

All our files, and those of the secret store, are written with ``os.replace``. So each call of it gives
two moments for a kill: just before and just after.
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
MOST = 100  # moments; none of our actions has as many


def drive(folder: str, prepare: Callable[[int], object], act: Callable[[int], object]) -> None:
    """Act again and again, each time in a new home and killed one moment later, until no kill happens.

    Runs in its own process, see ``moments``. Prints the number of kills and the exit code of the last run.

    Args:
        folder: where the homes are made, named by the moment.
        prepare: sets up the home for a moment.
        act: does what is to be killed.
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
    """Run the ``drive`` of a test module in a new process, and return how often it was killed."""
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
    """Use the home that a killed process left behind."""
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
