"""A clock that ran ahead once, in real processes: every verb asks again when it is right."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict

import pytest

from tests import stored
from tests.conftest import Ran, Shell
from tests.standin import Reply, StandIn, faults

SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

int clock_gettime(clockid_t which, struct timespec *told) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(which, told);
    if (which == CLOCK_REALTIME) told->tv_sec += atol(getenv("AHEAD") ? getenv("AHEAD") : "0");
    return failed;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
"""
HOUR, DAY = 3600, 86400
Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a process loads whose clock is to run ahead."""
    compiler = shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("needs Linux and gcc")
    folder = tmp_path_factory.mktemp("clock")
    (folder / "clock.c").write_text(SOURCE, encoding="utf-8")
    command = [compiler, "-shared", "-fPIC", "-o", "clock.so", "clock.c", "-ldl"]
    if subprocess.run(command, cwd=folder, check=False).returncode:
        pytest.skip("gcc cannot compile here")
    return folder / "clock.so"


@pytest.fixture
def run(library: Path, shell: Shell) -> Run:
    """Runs ``tankful`` with a clock that is so many seconds ahead."""

    def ahead(seconds: int, *args: str, stdin: str = "") -> Ran:
        shell.env = {"LD_PRELOAD": str(library), "AHEAD": str(seconds)}
        try:
            return shell.run([sys.executable, "-m", "scripts.tankful", *args], stdin)
        finally:
            shell.env = {}

    return ahead


def entry(shell: Shell) -> Dict[str, Any]:
    (found,) = json.loads(shell.tankful("list", "--json").out)["accounts"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("ahead", [HOUR, 3 * DAY, 365 * DAY])
def test_good_numbers(world: StandIn, shell: Shell, run: Run, ahead: int) -> None:
    stored.account("tavily-dev", "Work")
    assert run(ahead, "refresh").out.startswith("✓")
    for number, verb in enumerate((["refresh"], ["refresh", "Work"], ["refresh", "--due"]), 2):
        if verb[-1] == "--due":
            run(ahead, "refresh", "--force")
            number += 1
        ran = shell.tankful(*verb)
        assert ran.code == 0
        assert ran.out.startswith("✓ Tavily · Work: 64% left")
        assert "just now" in ran.out
        assert len(world.requests) == number
    assert entry(shell)["stale"] is False


@pytest.mark.parametrize("fault", [faults.challenge(), faults.too_many_requests("60"), Reply(401)])
def test_a_failure_and_a_wait(world: StandIn, shell: Shell, run: Run, fault: Reply) -> None:
    stored.account("tavily-dev", "Work")
    world.reply("*", "*", fault)
    assert run(3 * DAY, "refresh").code == 1
    world.reset()
    ran = shell.tankful("refresh")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("✓")
    assert entry(shell)["failure"] is None


def test_a_token_that_seemed_to_have_ended(world: StandIn, shell: Shell, run: Run) -> None:
    stored.account("chatgpt-plus", "Me")
    assert shell.tankful("refresh").code == 0
    run(3650 * DAY, "refresh")
    assert shell.tankful("refresh").code == 0
    assert entry(shell)["failure"] is None


def test_the_keystroke(world: StandIn, shell: Shell, run: Run) -> None:
    stored.account("tavily-dev", "Work")
    run(HOUR, "refresh")
    said = json.loads(shell.usage().out)
    assert said["rerun"]
    subtitle = next(item["subtitle"] for item in said["items"] if "Work" in item["title"])
    assert "age unknown" in subtitle


def test_a_lock_that_was_taken_by_another_clock(world: StandIn, shell: Shell, run: Run) -> None:
    stored.account("tavily-dev", "Work")
    for ahead in (-400 * DAY, 400 * DAY):
        assert run(ahead, "config", "low", "25").code == 0
        assert run(ahead, "rename", "Work", "Work").code == 0
        assert shell.tankful("refresh").code == 0
    assert os.path.getsize(Path(os.environ["TANKFUL_HOME"], "cache", "refresh.lock")) == 0
