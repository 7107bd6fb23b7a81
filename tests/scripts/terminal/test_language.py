"""How the language gets into what click says; what is said stands in test_languages."""

from __future__ import annotations

import gettext
import threading
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


def test_only_the_command_itself_hears_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: List[str] = []

    @click.command(cls=click_language.Spoken)
    def command() -> None:
        other = threading.Thread(target=lambda: heard.append(gettext.gettext("Options")))
        other.start()
        other.join()
        heard.append(gettext.gettext("Options"))

    monkeypatch.setenv("TANKFUL_LANGUAGE", "zh")
    command.main([], standalone_mode=False)
    heard.append(gettext.gettext("Options"))
    assert heard == ["Options", "选项", "Options"]
