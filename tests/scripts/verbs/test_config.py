"""``tankful config``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Shell
from workflow import settings


def test_all_settings_are_shown_with_their_values(shell: Shell) -> None:
    ran = shell.tankful("config")
    assert (ran.code, ran.err) == (0, "")
    rows = [line.split(maxsplit=2) for line in ran.out.splitlines()]
    assert [row[0] for row in rows] == list(settings.CHOICES)
    assert ["interval", "5", "(1–1440 min)"] in rows
    assert not Path(settings.path()).exists()


def test_a_setting_is_set_read_and_in_force(shell: Shell) -> None:
    assert shell.tankful("config", "show", "USED").out == "used\n"
    assert shell.tankful("config", "show").out == "used\n"
    assert settings.load().show == "used"


@pytest.mark.parametrize(
    "words, why",
    [
        pytest.param(["colour"], "there is no setting 'colour'; there are language,", id="read"),
        pytest.param(["colour", "red"], "there is no setting 'colour'; there are", id="set"),
        pytest.param(["low", "101"], "low takes 0–100 %, not '101'", id="value"),
        pytest.param(["low", ""], "low takes 0–100 %, not ''", id="empty"),
        pytest.param(["low", "1\n2"], "low takes 0–100", id="lines"),
    ],
)
def test_what_cannot_be_is_one_line(shell: Shell, words: list[str], why: str) -> None:
    ran = shell.tankful("config", *words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"tankful: {why}")
    assert ran.err.count("\n") == 1
    assert not Path(settings.path()).exists()


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
