"""Runs processes whose clock is some seconds ahead of the system's, or behind it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Ran, Shell

ROOT = Path(__file__).resolve().parent.parent

SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
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

int utimensat(int folder, const char *path, const struct timespec *times, int flags) {
    static int (*real)(int, const char *, const struct timespec *, int);
    if (!real) real = dlsym(RTLD_NEXT, "utimensat");
    struct timespec now[2];
    if (!times) {
        clock_gettime(CLOCK_REALTIME, &now[0]);
        now[1] = now[0];
        times = now;
    }
    return real(folder, path, times, flags);
}
"""


def library(folder: Path) -> Path:
    """Compile the library that adds AHEAD seconds to the clock of a process; skip the test if that is impossible."""
    compiler = shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("needs Linux and gcc")
    (folder / "clock.c").write_text(SOURCE, encoding="utf-8")
    command = [compiler, "-shared", "-fPIC", "-o", "clock.so", "clock.c", "-ldl"]
    if subprocess.run(command, cwd=folder, check=False).returncode:
        pytest.skip("gcc cannot compile here")
    return folder / "clock.so"


class Clock:
    """Runs our commands with the clock ``ahead`` seconds ahead; behind if it is negative."""

    def __init__(self, library: Path, shell: Shell) -> None:
        self._library, self._shell = library, shell

    def tankful(self, ahead: int, *args: str, stdin: str = "") -> Ran:
        """Run the ``tankful`` command."""
        return self._run(ahead, [sys.executable, "-m", "scripts.tankful", *args], stdin).quiet

    def usage(self, ahead: int) -> Ran:
        """Run the Script Filter as Alfred does."""
        return self._run(ahead, [sys.executable, "-IS", str(ROOT / "scripts/usage.py")])

    def _run(self, ahead: int, command: list[str], stdin: str = "") -> Ran:
        env = {**self._shell.env, "LD_PRELOAD": str(self._library), "AHEAD": str(ahead)}
        return replace(self._shell, env=env).run(command, stdin)


def live_in(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    """Set the local time zone of this process; the home of the next test sets it back."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
