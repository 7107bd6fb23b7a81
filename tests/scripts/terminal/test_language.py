"""How the language gets into what click says; what is said stands in test_languages."""

from __future__ import annotations

import gettext
import os
from typing import List

import click
import pytest
from click.testing import CliRunner

from scripts import tankful
from scripts.terminal import language as click_language
from workflow import settings as preferences


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> List[None]:
    """An entry for every time that the settings are read."""
    told: List[None] = []
    real = preferences.load

    def load() -> preferences.Settings:
        told.append(None)
        return real()

    monkeypatch.setattr(preferences, "load", load)
    return told


@pytest.mark.parametrize("args", [["--help"], ["show", "--help"], ["show"], ["lsit"]])
def test_the_language_is_decided_once_for_each_command(args: List[str], loads: List[None]) -> None:
    for language, said in (("zh", "用法："), ("en", "Usage: ")):
        preferences.choose("language", language)
        loads.clear()
        assert CliRunner().invoke(tankful.main, args).output.startswith(said)
        assert len(loads) == 1


def test_gettext_is_as_it_was_when_the_command_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: List[str] = []

    @click.command(cls=click_language.Spoken)
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
