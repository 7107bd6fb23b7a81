"""The table of ``tankful list``: on a terminal, in a pipe, in any width."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_a_property
from hypothesis import strategies as st
from rich.cells import cell_len

from scripts.terminal import table
from scripts.terminal.cells import width
from tests import examples
from tests.conftest import Shell
from tests.profiles import scaled
from tests.said import Phrase
from tests.terminal import terminal
from workflow.display import table as cells
from workflow.display import times
from workflow.display.part import AGE, FAILURE, REASON, WINDOW, Piece, chosen
from workflow.display.row import rows_of
from workflow.i18n.catalog import speaking
from workflow.models import Failure, Snapshot, utc_now
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import state, status

NUMBERS = ["41% left", "65% left", "~64% left", "$12.35 this month", "¥42.18", "12% left"]
COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def six(home: Path) -> None:
    """An account of every kind, just refreshed."""
    examples.install(examples.six(utc_now()))


def printed(
    capsys: pytest.CaptureFixture[str], settings: Settings, *, every: bool = False
) -> list[str]:
    with speaking(settings.translation):
        table.show(cells.spoken(cells.table(state.read(settings), every=every), utc_now()))
    return capsys.readouterr().out.splitlines()


def test_a_pipe_gets_one_line_an_account_without_colour(six: None, shell: Shell) -> None:
    lines = shell.tankful("list").out.splitlines()
    assert len(lines) == 6
    assert [number for number, line in zip(NUMBERS, lines) if number not in line] == []
    assert not COLOUR.search("".join(lines))
    assert all("just now" in line and "…" not in line for line in lines)


def test_all_bars_begin_in_one_column(six: None, shell: Shell) -> None:
    """Of some the bar goes at the reset, of others it stays."""
    begins = {line.index("▰") for line in shell.tankful("list").out.splitlines() if "▰" in line}
    assert len(begins) == 1


@pytest.mark.parametrize("columns", ["20", "80", "500", "0", "x", ""])
def test_a_pipe_has_no_width(six: None, shell: Shell, columns: str) -> None:
    shell.env = {"COLUMNS": columns, "LINES": "5"}
    out = shell.tankful("list").out
    assert [number for number in NUMBERS if number not in out] == []
    assert len(out.splitlines()) == 6


@pytest.mark.parametrize("columns", [60, 61, 80, 100, 120, 200])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_terminal_gets_one_line_an_account_in_its_width(
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
    with speaking(settings.translation):
        rows = [
            (row.name, times.fill(row.headline, utc_now())) for row in rows_of(state.read(settings))
        ]
    assert len(lines) == len(rows)
    assert max(map(cell_len, lines)) <= columns
    for (name, number), line in zip(rows, lines):
        assert name in line
        assert number in line
    starts = {cell_len(line[: line.index(number)]) for (_, number), line in zip(rows, lines)}
    assert len(starts) == 1  # the numbers stand below each other


@pytest.mark.parametrize(("columns", "bars"), [(60, 0), (80, 3), (200, 3)])
def test_a_long_number_without_a_bar_takes_no_bar_from_others(
    columns: int, bars: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("FORCE_COLOR", "1")
    now = utc_now()
    refused = Failure("credential_rejected", Phrase("make a new key", "请新建 Key"), now)
    (account, known), *others = examples.six(now)
    examples.install([(account, replace(known, failure=refused)), *others])
    lines = [COLOUR.sub("", line) for line in printed(capsys, Settings())]
    (failed,) = (line for line in lines if "⚠ credential refused" in line)
    assert sum("▰" in line for line in lines) == bars
    details = [re.search(r"\s\S*[▰▱]\S*\s+(\S)", line) for line in lines]
    begins = {found.start(1) for found in details if found} or {failed.index("⚠ make")}
    assert begins == {failed.index("⚠ make a new key")}


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize(
    "label",
    [
        "x" * 60,
        "一个很长很长很长很长很长很长很长的名字",
        "e\u0301" * 40,
        "مكتب العمل الرئيسي في المدينة",
    ],
)
def test_one_long_name_is_cut_and_spoils_no_row(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
    label: str,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    account, snapshot = examples.GLM
    known = [(replace(account, label=label), snapshot), *examples.many(2, utc_now())]
    examples.install(known)
    lines = [COLOUR.sub("", line) for line in printed(capsys, Settings())]
    assert len(lines) == 3
    assert "…" in lines[0][:30]
    name = lines[0].partition("…")[0] + "…"
    assert 20 <= cell_len(name) <= 2 + table.NAME
    assert all(cell_len(line) <= columns for line in lines)
    assert lines[0].count("\u2068") == lines[0].count("\u2069")


@pytest.mark.parametrize("label", ["שלום", "ที่ทำงานหลัก", "🏠\ufe0f", "a\xadb"])
def test_what_takes_no_column_moves_none(
    home: Path, capsys: pytest.CaptureFixture[str], label: str
) -> None:
    account, snapshot = examples.GLM
    examples.install([(replace(account, label=label), snapshot), *examples.many(2, utc_now())])
    lines = printed(capsys, Settings())
    numbers = [times.fill(row.headline, utc_now()) for row in rows_of(state.read(Settings()))]
    starts = {cell_len(line[: line.index(number)]) for number, line in zip(numbers, lines)}
    assert len(starts) == 1


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40)] * 4),
        min_size=1,
        max_size=4,
    ),
    st.integers(20, 160),
)
@settings_of_a_property(max_examples=scaled(100))
def test_no_line_is_ever_wider_than_the_terminal(
    rows: list[tuple[str, str, str, str]], columns: int
) -> None:
    lines = [
        cells.Line("low", name, "", number, bar, (Piece(details, bar, 2, 1), Piece(bar, "", 0, 0)))
        for name, number, bar, details in rows
    ]
    drawn = table.rendered(lines, columns)
    assert len(drawn) == len(lines)
    assert all(width(line) <= columns for line in drawn)


JUST_NOW, WEEK = Piece("just now", "", *AGE), Piece("Week 41%", "", *WINDOW)
MAKE, LOW = Piece("⚠ make a new key", "", *FAILURE), Piece("low (≤ 20%)", "low", *REASON)
FAILING = [
    cells.Line("error", "MiniMax · Personal", "", "⚠ credential refused", "", (MAKE, JUST_NOW)),
    cells.Line("plenty", "GLM · 研发团队", "", "41% left", "▰▰▰▱▱", (WEEK, JUST_NOW)),
    cells.Line("low", "ChatGPT · Personal", "", "12% left", "▰▱▱▱▱", (LOW, WEEK, JUST_NOW)),
]


@pytest.mark.parametrize("columns", [44, 60, 70, 80, 120])
def test_a_name_stays_whole_while_anything_else_can_give_way(columns: int) -> None:
    lines = table.rendered(FAILING, columns)
    for line, row in zip(FAILING, lines):
        assert row[2:].startswith(f"{line.name} ")
        assert line.headline in row or line.level == "error"
    assert (
        len({width(row.partition(line.headline[:5])[0]) for line, row in zip(FAILING, lines)}) == 1
    )


def test_on_a_narrow_terminal_the_details_follow_the_number_at_once() -> None:
    assert table.rendered(FAILING, 60) == [
        "✗ MiniMax · Personal  ⚠ credential refused  ⚠ make a new key",
        "● GLM · 研发团队      41% left  Week 41% · just now",
        "▲ ChatGPT · Personal  12% left  low (≤ 20%) · just now",
    ]


def test_a_scrap_of_a_detail_is_left_out() -> None:
    assert table.rendered(FAILING, 44) == [
        "✗ MiniMax · Personal  ⚠ credential refused",
        "● GLM · 研发团队      41% left  just now",
        "▲ ChatGPT · Personal  12% left  low (≤ 20%)",
    ]
    assert table.rendered(FAILING, 40)[2] == "▲ ChatGPT · Personal  12% left  low"


def test_plainly_is_for_programs(six: None, shell: Shell) -> None:
    shell.env = {"FORCE_COLOR": "1"}
    rows = [line.split("\t") for line in shell.tankful("--plain").out.splitlines()]
    assert len(rows) == 6
    assert {len(row) for row in rows} == {3}
    assert ["GLM · Work", "41% left"] in [row[:2] for row in rows]
    assert not re.search("[▰▱●▲\x1b]", str(rows))


def test_no_connection_is_said_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = utc_now()
    lost = Failure("unreachable", Phrase("check the connection", "请检查网络"), now, now)
    known = [(account, replace(each, failure=lost)) for account, each in examples.six(now)]
    examples.install(known)
    lines = printed(capsys, Settings())
    assert lines[-1] == "No connection. Last numbers: just now."
    assert all(line.endswith("⚠ offline") for line in lines[:-1])
    assert "check the connection" not in "".join(lines)


def test_no_connection_and_no_numbers_is_one_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = utc_now()
    lost = Failure("unreachable", Phrase("check the connection", "请检查网络"), now, now)
    known = [(account, Snapshot(account.id, failure=lost)) for account, _ in examples.six(now)]
    examples.install(known)
    *rows, last = printed(capsys, Settings())
    assert last == "No connection, and no numbers yet."
    assert [row.count("⚠ no connection") for row in rows] == [1] * 6
    assert "offline" not in "".join(rows)


def test_a_number_that_stands_leaves_room_for_what_failed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = utc_now()
    sentence = Phrase(
        "the store cannot be loaded; correct that setting", "密钥存储无法加载；请更正设置"
    )
    locked = Failure("store_locked", sentence, now, now)
    known = [(account, replace(each, failure=locked)) for account, each in examples.six(now)]
    examples.install(known)
    details = cells.spoken(cells.table(state.read(Settings())), now).lines[0].pieces
    assert chosen(details, 30, width).startswith("⚠ the store cannot be loaded")


def test_another_kind_of_failure_does_not_repeat_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = utc_now()
    lost = Failure("unreachable", Phrase("check the connection", "请检查网络"), now, now)
    gone = Failure("no_credential", Phrase("replace it", "请更换"), now)
    (account, known), *others = [(a, replace(s, failure=lost)) for a, s in examples.six(now)]
    refused = replace(known, failure=gone, fetched_at=now - timedelta(hours=1))
    examples.install([(account, refused), *others])
    lines = printed(capsys, Settings())
    assert "check the connection" not in "".join(lines)
    assert sum(line.endswith("⚠ offline") for line in lines) == 5
    assert lines[-1] == "No connection. Last numbers: just now."
    assert "replace it" in "".join(lines)


def test_while_others_answer_a_row_says_what_it_lacks(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = utc_now()
    lost = Failure("unreachable", Phrase("check the connection", "请检查网络"), now, now)
    (account, known), *others = examples.six(now)
    examples.install([(account, replace(known, failure=lost)), *others])
    lines = printed(capsys, Settings())
    assert len(lines) == 6
    assert "check the connection" in lines[0]


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
    assert line.startswith("✗ GLM · Work")
    assert "replace it" in line
    levels = {status.status(*known, Settings()).level for known in examples.SIX}
    assert levels | {"error", "critical"} <= set(table.SIGNS)


@pytest.mark.parametrize(
    ("language", "mark", "note"),
    [("en", " (hidden)", "1 hidden"), ("zh", "（已隐藏）", "1 个账号已隐藏")],
)
def test_a_hidden_account_is_counted_and_shown_when_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str], language: str, mark: str, note: str
) -> None:
    shown, hidden = examples.many(2, utc_now())
    examples.install([shown, (replace(hidden[0], hidden=True), hidden[1])])
    first, second = printed(capsys, Settings(language=language))
    assert "MiniMax 2" not in first
    assert note in second
    assert "tankful list --all" in second
    first, second = printed(capsys, Settings(language=language), every=True)
    assert mark not in first
    assert f"MiniMax 2{mark}" in second


def test_brackets_are_no_markup(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account, snapshot = examples.GLM
    examples.install([(replace(account, label="[bold]x[/] [/nope]"), snapshot)])
    assert "[bold]x[/] [/nope]" in printed(capsys, Settings())[0]
