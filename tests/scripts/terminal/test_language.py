"""How click's own messages are translated; test_languages checks the sentences."""

from __future__ import annotations

import gettext
import os

import click
import pytest
from click.testing import CliRunner

from scripts import commands
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
