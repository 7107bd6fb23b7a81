"""The background refresh: detached, only one at a time, and not retried at once if it cannot start."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest

from tests import stored
from tests.conftest import ROOT, Shell
from tests.standin import Reply, Request, StandIn
from workflow import paths
from workflow.refresh import background
from workflow.storage import files


def wait_until(true: Callable[[], object], seconds: float = 30.0) -> None:
    """Poll until it is true; fail after this many seconds."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def settled() -> bool:
    """Tell whether no background refresh is running."""
    return not background.is_running(os.environ)


@pytest.fixture
def gate(world: StandIn) -> Iterator[threading.Event]:
    """An event. Until it is set the providers do not answer; then they fail."""
    opened = threading.Event()

    def refuse(request: Request) -> Reply:
        opened.wait(30)
        return Reply(500)

    world.reply("*", "*", refuse)
    yield opened
    opened.set()
    wait_until(settled)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been started in the background."""
    commands: list[list[str]] = []
    monkeypatch.setattr(background, "_detach", lambda command, _: commands.append(command))
    files.folder(paths.cache(os.environ))
    return commands


def test_nobody_refreshes_where_there_is_nothing_yet() -> None:
    assert background.is_running(os.environ) is False


def test_whoever_holds_the_lock_refreshes() -> None:
    with files.lock(background.lock_path(os.environ)):
        assert background.is_running(os.environ)
    assert not background.is_running(os.environ)


def test_looking_leaves_the_lock_free() -> None:
    with files.lock(background.lock_path(os.environ)):
        pass
    assert not background.is_running(os.environ)
    with files.lock(background.lock_path(os.environ), 0.0) as held:
        assert held


def test_a_refresh_that_runs_is_under_way(started: list[list[str]]) -> None:
    with files.lock(background.lock_path(os.environ)):
        assert background.start(os.environ)
    assert started == []


@pytest.mark.timing
@pytest.mark.parametrize(
    ("seconds", "under_way"), [(0, True), (89, True), (91, False), (9e6, False)]
)
def test_a_refresh_that_lasts_too_long_is_nothing_to_ask_again_for(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch, seconds: float, under_way: bool
) -> None:
    with files.lock(background.lock_path(os.environ)):
        later = int(time.monotonic()) + seconds
        monkeypatch.setattr(time, "monotonic", lambda: later)
        assert background.start(os.environ) is under_way
        assert background.is_running(os.environ)
        assert background.is_stuck(os.environ) is not under_way
    assert started == []
    assert not background.is_stuck(os.environ)


def test_a_pipe_in_place_of_the_stamp_starts_nothing_and_keeps_nobody(
    started: list[list[str]],
) -> None:
    os.mkfifo(f"{paths.cache(os.environ)}/refresh.started")
    os.utime(f"{paths.cache(os.environ)}/refresh.started", (1, 1))
    assert background.start(os.environ) is False
    assert started == []


def test_a_start_runs_the_script_of_this_installation(started: list[list[str]]) -> None:
    assert background.start(os.environ)
    (command,) = started
    assert command[0] == sys.executable
    assert command[-3:] == [str(ROOT / "scripts/tankful.py"), "refresh", "--background"]


def test_a_moment_later_nothing_is_started_again(started: list[list[str]]) -> None:
    assert [background.start(os.environ) for _ in range(3)] == [True, True, True]
    assert len(started) == 1


@pytest.mark.parametrize(
    ("ago", "starts", "under_way"),
    [
        pytest.param(0.5, 0, True, id="just-started"),
        pytest.param(2.5, 0, True, id="slowly-starting"),
        pytest.param(3.5, 0, False, id="gone-again-at-once"),
        pytest.param(6.0, 1, True, id="long-ago"),
        pytest.param(-3600.0, 1, True, id="a-clock-that-was-put-back"),
    ],
)
def test_a_refresh_that_ends_at_once_is_not_started_with_every_key(
    started: list[list[str]], ago: float, starts: int, under_way: bool
) -> None:
    stamp = Path(paths.cache(os.environ), "refresh.started")
    stamp.touch(0o600)
    os.utime(stamp, (time.time() - ago,) * 2)
    assert background.start(os.environ) is under_way
    assert len(started) == starts


@pytest.mark.parametrize(
    ("ago", "under_way"), [(0.1, True), (0.6, False), (-5.0, False), (-9e6, False)]
)
def test_whoever_read_the_feed_too_early_is_to_read_it_again(
    started: list[list[str]], ago: float, under_way: bool
) -> None:
    for name, age in (("refresh.started", 4.0), ("feed", ago)):
        file = Path(paths.cache(os.environ), name)
        file.touch()
        os.utime(file, (time.time() - age,) * 2)
    assert background.start(os.environ) is under_way
    assert started == []


def test_the_stamp_is_nobody_elses_business(started: list[list[str]]) -> None:
    background.start(os.environ)
    assert os.stat(f"{paths.cache(os.environ)}/refresh.started").st_mode & 0o777 == 0o600


def test_a_folder_that_is_a_file_starts_nothing(home: Path, started: list[list[str]]) -> None:
    (home / "file").touch()
    assert background.start({"TANKFUL_HOME": str(home / "file")}) is False
    assert started == []


@pytest.mark.parametrize(
    ("flags", "letters"),
    [
        ("-IS", ["-IS"]),
        ("-I", ["-I"]),
        ("-S", ["-S"]),
        ("-E", ["-E"]),
        ("-ES", ["-SE"]),
        ("-B", []),
    ],
)
def test_the_child_is_run_as_its_parent(flags: str, letters: list[str]) -> None:
    told = "import sys; sys.path.insert(0, sys.argv[1]); from workflow.refresh import background; "
    ask = told + "print(*background.interpreter()[1:])"
    done = subprocess.run(
        [sys.executable, flags, "-c", ask, str(ROOT)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == letters


def test_the_child_is_detached_and_keeps_no_stream_open(
    world: StandIn, gate: threading.Event, shell: Shell
) -> None:
    account = stored.account("tavily-dev")
    files.folder(paths.cache(os.environ))
    ask = "import os; from workflow.refresh import background; print(background.start(os.environ))"
    assert shell.run([sys.executable, "-c", ask]).out == "True\n"  # the pipe is closed …
    wait_until(lambda: world.requests)
    assert background.is_running(os.environ)  # … and the child is not done
    gate.set()
    wait_until(lambda: stored.snapshot(account.id).failure)
    wait_until(settled)
    assert len(world.requests) == 1


@pytest.mark.slow
def test_twenty_starts_at_once_ask_each_account_once(
    world: StandIn, gate: threading.Event, shell: Shell
) -> None:
    stored.account("tavily-dev")
    stored.account("glm-intl")
    files.folder(paths.cache(os.environ))
    ask = [
        sys.executable,
        "-c",
        "import os; from workflow.refresh import background as b; b.start(os.environ)",
    ]
    children = [subprocess.Popen(ask, env=shell.environment(), cwd=ROOT) for _ in range(20)]
    assert [child.wait(30) for child in children] == [0] * 20
    wait_until(lambda: len({request.host for request in world.requests}) == 2)
    gate.set()
    wait_until(settled)
    hosts = [request.host for request in world.requests if request.host == "api.tavily.com"]
    assert len(hosts) == 1


def test_what_is_done_aside_keeps_nobody_waiting(tmp_path: Path) -> None:
    done, gate = tmp_path / "done", tmp_path / "gate"
    code = (
        "import os, sys, time\n"
        "from workflow.refresh import background\n"
        "def work():\n"
        f"    while not os.path.exists({str(gate)!r}): time.sleep(0.01)\n"
        f"    open({str(done)!r}, 'w').close()\n"
        "background.aside(work)\n"
        "print('answer')\n"
    )
    told = subprocess.run(  # ends when nobody has its output open any more
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert (told.stdout, told.stderr) == ("answer\n", "")
    assert not done.exists()
    gate.touch()
    wait_until(done.exists)


def test_what_fails_aside_is_heard_of_by_nobody() -> None:
    code = "from workflow.refresh import background\nbackground.aside(lambda: 1 / 0)\nprint('answer')\n"
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert (told.stdout, told.stderr) == ("answer\n", "")
