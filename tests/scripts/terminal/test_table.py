"""The table of ``tankful list``: on a terminal, in a pipe, in whatever width there is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import List

import pytest
from rich.cells import cell_len

from scripts.terminal import table
from tests import examples
from tests.conftest import Shell
from tests.said import Phrase
from tests.terminal import terminal
from workflow.display.row import rows_of
from workflow.models import Failure, Snapshot, utc_now
from workflow.settings import Settings
from workflow.state import state, status

NUMBERS = ["41% left", "65% left", "~64% left", "$12.35 this month", "¥42.18", "12% left"]
COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def six(home: Path) -> None:
    """An account of every kind, which have just answered."""
    examples.install(examples.six(utc_now()))


def printed(capsys: pytest.CaptureFixture[str], settings: Settings) -> List[str]:
    table.show(state.read(settings), utc_now())
    return capsys.readouterr().out.splitlines()


def whole(lines: List[str]) -> str:
    """What the lines of a table say, however they are broken."""
    return "".join("".join(lines).split())


def test_a_pipe_gets_one_line_an_account_without_colour(six: None, shell: Shell) -> None:
    lines = shell.tankful("list").out.splitlines()
    assert len(lines) == 6
    assert [number for number, line in zip(NUMBERS, lines) if number not in line] == []
    assert not COLOUR.search("".join(lines))
    assert all("just now" in line and "…" not in line for line in lines)


@pytest.mark.parametrize("columns", ["20", "80", "500", "0", "x", ""])
def test_a_pipe_has_no_width(six: None, shell: Shell, columns: str) -> None:
    shell.env = {"COLUMNS": columns, "LINES": "5"}
    out = shell.tankful("list").out
    assert [number for number in NUMBERS if number not in out] == []
    assert len(out.splitlines()) == 6


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_number_is_cut_however_narrow_the_terminal(
    six: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
    language: str,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("FORCE_COLOR", "1")
    settings = Settings(language=language)
    lines = [COLOUR.sub("", line) for line in printed(capsys, settings)]
    assert max(map(cell_len, lines)) <= columns
    said = whole(lines)
    assert "…" not in said
    for row in rows_of(state.read(settings)):
        assert whole([row.account.label]) in said
    for number in ("41%", "64%", "$12.35", "¥42.18", "12%", "639/1,000", "91.25M"):
        assert number in said


def test_a_terminal_of_eighty_columns_shows_it_in_colour(six: None, shell: Shell) -> None:
    shell.env = {"TANKFUL_SHOW": "left"}
    shown = terminal(shell, "list")
    assert COLOUR.search(shown)
    plain = COLOUR.sub("", shown)
    assert [number for number in NUMBERS if number not in plain] == []


def test_no_colour_is_respected(six: None, shell: Shell) -> None:
    shell.env = {"NO_COLOR": "1"}
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", terminal(shell, "list"))


def test_colour_is_never_the_only_carrier() -> None:
    assert set(table.SIGNS) == set(table.COLOURS)
    assert len(set(table.SIGNS.values())) == len(table.SIGNS)


def test_every_level_has_a_sign(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account = examples.GLM[0]
    failure = Failure("no_credential", Phrase("replace it", "请更换"), utc_now())
    examples.install([(account, Snapshot(account.id, failure=failure))])
    (line,) = printed(capsys, Settings())
    assert line.startswith("✗ GLM · Work") and "replace it" in line
    levels = {status.status(*known, Settings()).level for known in examples.SIX}
    assert levels | {"error", "critical"} <= set(table.SIGNS)


@pytest.mark.parametrize(("language", "mark"), [("en", " (hidden)"), ("zh", "（已隐藏）")])
def test_a_hidden_account_is_marked(
    home: Path, capsys: pytest.CaptureFixture[str], language: str, mark: str
) -> None:
    shown, hidden = examples.many(2, utc_now())
    examples.install([shown, (replace(hidden[0], hidden=True), hidden[1])])
    first, second = printed(capsys, Settings(language=language))
    assert mark not in first and f"MiniMax 2{mark}" in second


def test_brackets_are_no_markup(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account, snapshot = examples.GLM
    examples.install([(replace(account, label="[bold]x[/] [/nope]"), snapshot)])
    assert "[bold]x[/] [/nope]" in printed(capsys, Settings())[0]
