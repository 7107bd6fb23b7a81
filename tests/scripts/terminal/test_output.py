"""Standard output that cannot be written, or whose reader has gone: one line or none, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import examples
from tests.conftest import ROOT, Shell
from workflow.alfred import publish
from workflow.models import utc_now
from workflow.refresh import background

FULL = "/dev/full"
needs_full = pytest.mark.skipif(not os.path.exists(FULL), reason="needs /dev/full")
VERBS = (
    *("--help", "help", "help list", "--version", "list --help", "config language -h"),
    *("", "list", "list --plain", "--json", "prompt", "prompt --json", "list Work", "list --all"),
    *("show Work", "show Work --json", "summary", "metrics", "config", "doctor", "guide kimi"),
    *(
        "history",
        "history --csv",
        "history --json",
        "import --json",
        "trend Work",
        "threshold Work",
    ),
    *("completion zsh", "background", "script-filter", "order Work pin"),
)


@pytest.fixture
def six(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account of every kind, just refreshed, in a published pack."""
    monkeypatch.setattr(background, "_detach", lambda *_: None)
    examples.install(examples.six(utc_now()))
    publish.publish()


def ran(shell: Shell, words: str, into: int) -> tuple[int, str]:
    """Run ``tankful`` with this standard output, buffered as for users; return exit code and errors."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.tankful", *words.split()],
        stdin=subprocess.DEVNULL,
        stdout=into,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        env={**shell.environment(), "PYTHONUNBUFFERED": ""},
        cwd=ROOT,
        check=False,
    )
    return done.returncode, done.stderr


def on_full_disk(shell: Shell, words: str) -> tuple[int, str]:
    """Run ``tankful`` with a standard output that takes nothing."""
    with open(FULL, "wb", 0) as file:
        return ran(shell, words, file.fileno())


@needs_full
@pytest.mark.usefixtures("six")
@pytest.mark.parametrize("words", VERBS)
def test_a_full_disk_is_one_line(shell: Shell, words: str) -> None:
    assert on_full_disk(shell, words) == (
        1,
        "tankful: nothing can be written (No space left on device); make room and try again\n",
    )


@needs_full
@pytest.mark.usefixtures("six")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("guard any", 3),
        ("guard any --json", 3),
        ("guard any --json --unknown fail", 1),
        ("guard any --json --unknown ok", 0),
    ],
)
def test_a_guard_that_cannot_print_does_not_know(shell: Shell, words: str, code: int) -> None:
    assert on_full_disk(shell, words) == (
        code,
        "tankful: nothing can be written (No space left on device); make room and try again\n",
    )


@needs_full
@pytest.mark.usefixtures("six")
@pytest.mark.parametrize("words", ["--help", "list", "history --csv"])
def test_a_full_disk_is_told_in_chinese_too(shell: Shell, words: str) -> None:
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert on_full_disk(shell, words) == (1, "tankful: 无法写入（磁盘已满）；请腾出空间后重试\n")


@needs_full
@pytest.mark.usefixtures("home")
def test_a_completion_script_that_cannot_be_printed(shell: Shell) -> None:
    shell.env["_TANKFUL_COMPLETE"] = "zsh_source"
    code, told = on_full_disk(shell, "")
    assert (code, told.count("\n")) == (1, 1)


@pytest.mark.usefixtures("six")
@pytest.mark.parametrize("words", ["--help", "", "--json", "history --csv", "list --all"])
def test_a_reader_that_has_gone_is_told_nothing(shell: Shell, words: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert ran(shell, words, writer) == (1, "")
    finally:
        os.close(writer)
