"""The system's own commands, and that they cost nothing if none is run."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workflow.system import commands


def test_a_command_succeeds_fails_or_is_not_there() -> None:
    assert commands.exists("sh")
    assert not commands.exists("no-such-command")
    assert commands.ran("sh", "-c", "echo noise; echo more >&2")
    assert not commands.ran("sh", "-c", "exit 3")
    assert not commands.ran("no-such-command")


def test_a_command_is_a_file_in_the_path_that_may_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("")
    (tmp_path / "command").write_text("")
    (tmp_path / "command").chmod(0o700)
    monkeypatch.setenv("PATH", f"/nowhere:{tmp_path}")
    assert [commands.exists(name) for name in ("command", "text", "folder", "sh")] == [True] + 3 * [
        False
    ]
    monkeypatch.delenv("PATH")
    assert commands.exists("sh")


def test_one_that_hangs_is_not_waited_for() -> None:
    begun = time.monotonic()
    assert not commands.ran("sleep", "30", seconds=0.2)
    assert time.monotonic() - begun < 10


def test_what_goes_on_after_it_is_not_waited_for() -> None:
    begun = time.monotonic()
    assert commands.ran("sh", "-c", "sleep 20 &")
    assert time.monotonic() - begun < 10


def test_a_list_that_says_whether_it_is_on_loads_none_of_it() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); from workflow.schedule import schedule; schedule.is_on(); print(*sys.modules)"
    command = [sys.executable, "-IS", "-c", code, str(ROOT)]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert not {"subprocess", "plistlib", "shutil"} & set(loaded)


@pytest.mark.parametrize("starter", ["", "setsid "], ids=["its session", "another session"])
def test_what_a_process_has_started_ends_with_it_or_is_not_waited_for(starter: str) -> None:
    async def started_and_ended() -> int | None:
        process = await asyncio.create_subprocess_exec(
            *("sh", "-c", f"{starter}sleep 8 & echo; wait"),
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout is not None
        await process.stdout.readline()
        await commands.end(process, 0.2)
        return process.returncode

    begun = time.monotonic()
    assert asyncio.run(started_and_ended()) == -signal.SIGKILL
    assert time.monotonic() - begun < 5
