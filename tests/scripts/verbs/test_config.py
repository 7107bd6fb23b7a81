"""``tankful config``."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.terminal.cells import width
from tests.conftest import Shell
from tests.terminal import SIZE, terminal
from workflow import settings


def test_all_settings_are_shown_with_their_values(shell: Shell) -> None:
    ran = shell.tankful("config")
    assert (ran.code, ran.err) == (0, "")
    rows = [line.split(maxsplit=2) for line in ran.out.splitlines()]
    assert [row[0] for row in rows] == list(settings.CHOICES)
    assert [
        "interval",
        "5",
        "age at which numbers are refreshed when you look (1–1440 min)",
    ] in rows
    assert not Path(settings.path()).exists()


def test_ranges_are_in_the_language_of_the_reader(shell: Shell) -> None:
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert (
        "interval     5        查看时数据超过多久就刷新（1–1440 分钟）"
        in shell.tankful("config").out.splitlines()
    )
    assert "0–3650 天，0 为不保留，不能是“9999”" in shell.tankful("config", "history", "9999").err


def test_a_setting_is_set_read_and_in_force(shell: Shell) -> None:
    assert shell.tankful("config", "show", "USED").out == "show: left → used\n"
    assert shell.tankful("config", "show", "used").out == "show: used\n"
    assert shell.tankful("config", "show").out == "used\n"
    assert settings.load().show == "used"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        pytest.param(
            ["colour"], "there is no setting 'colour'; choose one of language,", id="read"
        ),
        pytest.param(["colour", "red"], "there is no setting 'colour'; choose one of", id="set"),
        pytest.param(
            ["hsitory"], "there is no setting 'hsitory'; did you mean history?", id="slip"
        ),
        pytest.param(["low", "101"], "low must be 0–100%, not '101'", id="value"),
        pytest.param(["low", ""], "low must be 0–100%, not ''", id="empty"),
        pytest.param(["low", "1\n2"], "low must be 0–100%", id="lines"),
        pytest.param(["show", "red"], "show must be left or used, not 'red'", id="choice"),
        pytest.param(["clock", "9"], "clock must be auto, 12 or 24, not '9'", id="choices"),
        pytest.param(["quiet", "9"], "quiet must be off, or hours like 22:00-08:00,", id="hours"),
    ],
)
def test_what_cannot_be_is_one_line(shell: Shell, words: list[str], why: str) -> None:
    ran = shell.tankful("config", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"tankful: {why}")
    assert ran.err.count("\n") == 1
    assert not Path(settings.path()).exists()


@pytest.mark.usefixtures("compiled")
def test_the_next_keystroke_shows_it(shell: Shell) -> None:
    assert "Add" in shell.usage().out
    shell.tankful("config", "language", "zh")
    assert "添加" in shell.usage().out


def test_what_one_call_overrides_is_not_what_is_kept(shell: Shell) -> None:
    shell.env["TANKFUL_SHOW"] = "used"
    assert shell.tankful("config", "show").out == "left\n"


def test_a_newer_layout_is_left_untouched_and_said(shell: Shell) -> None:
    path = Path(settings.path())
    path.parent.mkdir(parents=True)
    path.write_text('{"layout": 9}', encoding="utf-8")
    ran = shell.tankful("config", "low", "5")
    assert (ran.code, ran.out) == (1, "")
    assert "newer Tankful" in ran.err
    ran = shell.tankful("config", "low")
    assert (ran.code, ran.out, ran.err.count("\n")) == (0, "20\n", 1)
    assert "newer Tankful" in ran.err
    assert path.read_text(encoding="utf-8") == '{"layout": 9}'


def test_a_folder_that_cannot_be_used_is_said(shell: Shell, home: Path) -> None:
    (home / "tankful").write_text("in the way", encoding="utf-8")
    ran = shell.tankful("config", "low", "5")
    assert (ran.code, ran.out) == (1, "")
    assert "check its permissions and the disk" in ran.err


def test_a_variable_is_named(shell: Shell) -> None:
    shell.env.update(TANKFUL_LOW="90", TANKFUL_INTERVAL="often")
    ran = shell.tankful("config", "low")
    assert (ran.out, ran.err) == ("20\n", "Note: TANKFUL_LOW sets low to 90 for this call\n")
    assert shell.tankful("config", "show").err == ""
    told = shell.tankful("config").err
    assert "Note: TANKFUL_INTERVAL is ignored: interval must be 1–1440 min\n" in told
    assert told.count("\n") == 2


def test_a_shorter_history_says_what_it_costs(shell: Shell) -> None:
    ran = shell.tankful("config", "history", "30")
    assert ran.out == "history: 730 → 30\n"
    assert ran.err == (
        "Note: the next refresh deletes numbers older than 30 days; tankful history --csv "
        "exports them first\n"
    )
    assert shell.tankful("config", "history", "30").err == ""
    assert shell.tankful("config", "history", "60").err == ""
    assert shell.tankful("config", "history", "0").err == ""


def test_a_percentage_of_0_leaves_what_always_counts_as_low(shell: Shell) -> None:
    assert shell.tankful("config", "low", "0").out == "low: 20 → 0\n"
    assert "5% always does" in shell.tankful("config").out


def test_a_number_below_zero_is_a_wrong_value_and_no_option(shell: Shell) -> None:
    ran = shell.tankful("config", "low", "-1")
    assert (ran.code, ran.err) == (2, "tankful: low must be 0–100%, not '-1'\n")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_setting_is_for_hangs_in_a_narrow_window(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    shell.tankful("config", "language", language)
    in_a_pipe = shell.tankful("config").out.splitlines()
    assert len(in_a_pipe) == len(settings.CHOICES)
    monkeypatch.setitem(SIZE, "COLUMNS", "50")
    lines = terminal(shell, "config").splitlines()
    assert all(width(line) <= 50 and line[21] == " " for line in lines)
    assert len(lines) > len(in_a_pipe)
