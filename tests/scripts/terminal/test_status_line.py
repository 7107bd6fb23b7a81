"""The status line for Claude Code: it stores the limits it is given, prints a line, and never fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from time import time

import pytest

from tests.conftest import ROOT, Shell
from tests.terminal import terminal
from workflow import paths
from workflow.claude import limits

HEAVY = ("click", "json", "re", "dataclasses", "typing", "enum", "subprocess", "httpx", "keyring")


def handing(used: float = 25) -> str:
    window = {"used_percentage": used, "resets_at": int(time()) + 9000}
    return json.dumps({"session_id": "a", "rate_limits": {"five_hour": window}})


def test_nothing_heavy_is_loaded() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv = ['tankful', 'statusline']\n"
        "from scripts.tankful import main; main()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-IS", "-c", code],
        input=handing(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.splitlines() == ["5h 75%", "[]"]


@pytest.mark.parametrize(
    "told", ["", "{", "[]", "null", '"text"', "[" * 50_000, "\x00\udcff", "x" * 2_000_000]
)
def test_whatever_it_is_handed_it_does_not_complain(shell: Shell, told: str) -> None:
    command = [sys.executable, "-m", "scripts.tankful", "statusline"]
    done = subprocess.run(
        command,
        input=told.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=shell.environment(),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_nor_where_nothing_can_be_kept(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    shell.env["TANKFUL_HOME"] = str(tmp_path / "file" / "below")
    assert shell.tankful("statusline", stdin=handing()).out == "5h 75%\n"
    shell.env["TANKFUL_HOME"] = "relative"
    ran = shell.tankful("statusline", stdin=handing())
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_reader_that_is_gone_costs_nothing(shell: Shell) -> None:
    command = f"{sys.executable} -m scripts.tankful statusline | true"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        input=handing(),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=shell.environment(),
    )
    assert done.stderr == ""
    assert os.path.exists(os.path.join(paths.cache(os.environ), limits.NAME))


def test_on_a_terminal_it_says_how_it_is_set_up(shell: Shell) -> None:
    shown = terminal(shell, "statusline").replace("\r\n", " ")
    assert '"statusLine": {"type": "command", "command": "tankful statusline"}' in shown
