"""``tankful --watch``: what it draws, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from scripts.terminal import watching
from tests import stored
from tests.conftest import ROOT, Shell
from tests.standin import StandIn
from tests.stored import remember
from tests.terminal import rest
from workflow.display.part import Piece
from workflow.display.table import Line, Table

AGE = Piece("just now", "", 0, 0)
SHOWN = Table([Line("low", "GLM · Work", "", "41% left", "", (AGE,))] * 3, ["1 hidden"])


def test_it_draws_until_it_is_interrupted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "4")
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt

    watching.watch(lambda: SHOWN, pause)
    told = capsys.readouterr().out
    assert told.count("\x1b[H") == 2
    assert told.count("GLM · Work") == 2  # one row has room beside the notes, twice
    assert told.endswith("\x1b[?25h\x1b[?1049l")
    assert pauses == [watching.PERIOD] * 2


def named(name: str, level: str) -> Line:
    return Line(level, name, "", "41% left", "", (AGE,))


ALL = Table(
    [named(f"{at}", "plenty") for at in range(5)] + [named("5", "low"), named("6", "error")], []
)


@pytest.mark.parametrize(
    ("room", "names", "notes"),
    [
        (7, "0123456", []),
        (6, "01256", ["… 2 more"]),
        (3, "56", ["… 5 more"]),
        (2, "6", ["… 6 more (1 low or failed)"]),
        (1, "6", ["… 6 more (1 low or failed)"]),
    ],
)
def test_where_not_all_have_room_the_urgent_do(room: int, names: str, notes: list[str]) -> None:
    shown = watching.within(ALL, room)
    assert "".join(line.name for line in shown.lines) == names
    assert shown.notes == notes
    with_note = watching.within(Table(ALL.lines, ["offline"]), room + 1)
    assert "".join(line.name for line in with_note.lines) == names
    assert with_note.notes == [*notes, "offline"]


@pytest.mark.parametrize("room", [1, 2])
def test_no_note_counts_none(room: int) -> None:
    alone = Table(ALL.lines[:1], ["offline", "1 hidden"])
    assert watching.within(alone, room) == alone


def test_no_more_is_drawn_than_a_low_screen_has_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "3")

    def pause(_seconds: float) -> None:
        raise KeyboardInterrupt

    watching.watch(lambda: Table(ALL.lines, ["offline", "1 hidden"]), pause)
    assert capsys.readouterr().out.count("\r\n") == 2


def test_a_terminal_that_knows_no_codes_gets_it_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    watching.watch(lambda: ALL)
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert told.count("\n") == len(ALL.lines)


def test_a_pipe_gets_it_once(world: StandIn, shell: Shell) -> None:
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(minutes=1))
    assert shell.tankful("--watch").out == shell.tankful("list").out


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_terminal_is_as_it_was_after_ctrl_c_or_a_kill(
    world: StandIn, shell: Shell, number: int, code: int
) -> None:
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(minutes=1))
    ours, theirs = os.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "scripts.tankful", "--watch"],
        cwd=ROOT,
        env={**shell.environment(), "TERM": "xterm-256color", "COLUMNS": "80"},
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    told, end = b"", time.monotonic() + 30
    while b"Work" not in told and time.monotonic() < end:
        told += os.read(ours, 65536)
    running.send_signal(number)
    _, said = running.communicate(timeout=30)
    told += rest(ours)
    assert running.returncode == code
    assert b"Traceback" not in said
    assert told.endswith(b"\x1b[?25h\x1b[?1049l")


@pytest.mark.parametrize(("hidden", "message"), [(False, "No accounts yet"), (True, "is hidden")])
def test_without_an_account_it_says_so(shell: Shell, hidden: bool, message: str) -> None:
    if hidden:
        remember(stored.account("glm-intl", "Work"))
        assert shell.tankful("order", "Work", "hide").code == 0
    assert message in shell.tankful("--watch").out


def test_a_terminal_shows_a_note_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    def pause(seconds: float) -> None:
        raise KeyboardInterrupt

    watching.watch(lambda: Table([], ["No accounts yet"]), pause)
    assert "\x1b[H\x1b[KNo accounts yet\r\n" in capsys.readouterr().out
