"""Messages name a launcher's own commands instead of the shell's verbs."""

from __future__ import annotations

import string

import pytest

from scripts.terminal import launcher
from scripts.tools import messages
from tests.said import CHINESE
from workflow.i18n.catalog import ENGLISH, Translation
from workflow.i18n.message import Message

TABLES = {**launcher.IN_DIALOGS, **launcher.IN_RAYCAST}
NO_ACCOUNT = "No accounts yet. Add one: tankful add"


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Return all sentences in the code."""
    return {ids[0] for ids, _place in messages.sentences()}


@pytest.mark.parametrize("sentence", TABLES)
def test_it_stands_for_a_sentence_that_is_said(said: set[str], sentence: str) -> None:
    assert sentence in said


@pytest.mark.parametrize(("sentence", "instead"), TABLES.items())
def test_it_has_no_place_that_the_sentence_does_not_fill(sentence: str, instead: Message) -> None:
    for words in (instead.id, CHINESE.sentence(instead.id)):
        assert places(words) <= places(sentence)
    assert CHINESE.sentence(instead.id) != instead.id


def places(sentence: str) -> set[str]:
    return {name for _text, name, *_rest in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize(
    ("variables", "begin"),
    [
        ({}, NO_ACCOUNT),
        ({"alfred_version": "5.7"}, NO_ACCOUNT),
        ({launcher.VARIABLE: "raycast"}, "No accounts yet. Add one with “Add API Account”"),
    ],
)
def test_who_is_told_what(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], begin: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert launcher.worded(ENGLISH).say(Message(NO_ACCOUNT)) == begin
    shell = "name the provider: tankful add PROVIDER"
    told = launcher.worded(ENGLISH).say(Message(next(iter(launcher.IN_DIALOGS))))
    assert told.endswith(shell) == (not variables)


def test_it_is_in_the_language_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(launcher.VARIABLE, "raycast")
    assert launcher.worded(Translation("zh")).say(Message(NO_ACCOUNT)).startswith("还没有账号")
