"""How click's own messages are translated; test_languages checks the sentences."""

from __future__ import annotations

import gettext
import os

import click
import pytest
from click.testing import CliRunner

from scripts import commands
from scripts.terminal import cells
from scripts.terminal import language as click_language
from workflow import settings as preferences


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """An entry for every time that the settings are read."""
    told: list[None] = []
    real = preferences.load

    def load() -> preferences.Settings:
        told.append(None)
        return real()

    monkeypatch.setattr(preferences, "load", load)
    return told


@pytest.mark.parametrize("args", [["--help"], ["show", "--help"], ["show"], ["lsit"]])
def test_the_language_is_decided_once_for_each_command(args: list[str], loads: list[None]) -> None:
    for language, said in (("zh", "用法："), ("en", "Usage: ")):
        preferences.choose("language", language)
        loads.clear()
        assert CliRunner().invoke(commands.main, args).output.startswith(said)
        assert len(loads) == 1


def test_gettext_is_as_it_was_when_the_command_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    @click.command(cls=click_language.Translated)
    def command() -> None:
        heard.append(gettext.gettext("Options"))

    monkeypatch.setenv("TANKFUL_LANGUAGE", "zh")
    for before in (None, "fr"):
        if before:
            monkeypatch.setenv("LANGUAGE", before)
        command.main([], standalone_mode=False)
        heard.append(gettext.gettext("Options"))
        assert os.environ.get("LANGUAGE") == before
        assert gettext.textdomain() == "messages"
    assert heard == ["选项", "Options"] * 2


@pytest.mark.parametrize("columns", [52, 60, 80])
def test_chinese_help_fits_and_hangs(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANKFUL_LANGUAGE", "zh")

    def shown(*args: str) -> list[str]:
        ran = CliRunner().invoke(commands.main, [*args, "--help"], terminal_width=columns - 2)
        return ran.output.splitlines()

    for verb in commands.VERBS:
        lines = shown(verb)
        assert [line for line in lines if cells.width(line) > columns] == []
    lines = shown()
    listed = lines[lines.index("命令：") + 1 :]
    column = len("  update-check  ")
    assert {line[:column].strip() for line in listed} - {""} < set(commands.VERBS)
    assert all(cells.width(line) <= columns and line[column] != " " for line in listed)


def test_choices_are_listed_as_chinese_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANKFUL_LANGUAGE", "zh")
    shown = CliRunner().invoke(commands.main, ["completion"]).output
    assert shown.endswith("错误：缺少参数 '{bash|zsh|fish}'；可选：bash、zsh、fish\n")


def test_a_long_name_stands_above_its_help() -> None:
    formatter = click_language.Formatter(width=60)
    formatter.write_dl([("-x", "one"), ("--a-name-of-more-than-thirty-columns", "two")])
    assert formatter.getvalue().splitlines() == [
        f"{'-x':<32}one",
        "--a-name-of-more-than-thirty-columns",
        f"{'':<32}two",
    ]
