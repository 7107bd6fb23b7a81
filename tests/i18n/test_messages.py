"""The product's sentences by their names. That they are complete: test_languages."""

from __future__ import annotations

import ast
from typing import Iterator, List

import pytest

from tests.conftest import ROOT
from tests.said import Phrase, english
from workflow import errors
from workflow.i18n import alfred_messages, messages

NAMES = list(messages.WORDS)


def imports_say(node: ast.AST) -> bool:
    if not isinstance(node, ast.ImportFrom) or not (node.module or "").endswith("i18n.messages"):
        return False
    return any(alias.name == "say" and alias.asname is None for alias in node.names)


def said_in_code() -> Iterator[str]:
    """Every name that our code says as it stands there."""
    for path in [*ROOT.glob("workflow/**/*.py"), *ROOT.glob("scripts/**/*.py")]:
        tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        if not any(map(imports_say, tree)):
            continue
        for node in tree:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                if node.func.id == "say" and isinstance(first, ast.Constant):
                    yield str(first.value)


def test_no_name_is_said_that_is_not_there() -> None:
    said = set(said_in_code())
    assert len(said) > 20
    assert said - set(NAMES) == set()


def test_the_parts_are_filled_in() -> None:
    assert messages.say("left", "en", "41%") == "41% left"
    assert messages.say("left", "zh", "41%") == "剩余 41%"
    assert messages.say("days", "zh", "$3", 30) == "近 30 天 $3"


def kinds() -> List[str]:
    return sorted({error.kind for error in errors.UsageError.__subclasses__()})


@pytest.mark.parametrize("kind", kinds())
def test_every_failure_has_a_name(kind: str) -> None:
    english, chinese = (messages.name_of("kind", kind, language) for language in ("en", "zh"))
    assert Phrase(english, chinese) == messages.WORDS[f"kind_{kind}"]


def test_a_name_that_only_another_version_knows_stays() -> None:
    assert messages.name_of("kind", "on\x91_strike", "zh") == "on_strike"


def test_no_sentence_stands_twice() -> None:
    lists = set(messages.WORDS.values()) & set(alfred_messages.WORDS.values())
    assert [phrase for phrase in lists if "{}" in english(phrase)] == []
