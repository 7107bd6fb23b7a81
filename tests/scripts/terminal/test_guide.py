"""The guide on a terminal: nothing of it is lost, and what is copied stays whole."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.cells import cell_len

from scripts.terminal import guide as guide_text
from tests.said import in_language
from workflow.guide import guide
from workflow.provider import discovery

STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def told(tokens: list[Token]) -> Iterator[str]:
    """Every text of the guide in its order, without its marks."""
    ordered = False
    for token in tokens:
        if token.type in ("ordered_list_open", "bullet_list_open"):
            ordered = token.type == "ordered_list_open"
        elif token.type == "list_item_open":
            yield f"{token.info}." if ordered else "•"
        elif token.type == "fence":
            yield token.content
        yield from (part.content for part in token.children or () if part.type != "html_inline")


def copied(tokens: list[Token]) -> Iterator[str]:
    """Every link, every piece of code, every line of a command."""
    for token in tokens:
        if token.type == "fence":
            yield from token.content.splitlines()
        for part in token.children or ():
            if part.type == "code_inline":
                yield part.content
            elif part.type == "link_open" and part.markup == "autolink":
                yield str(part.attrs["href"])


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", guide.LANGUAGES)
@pytest.mark.parametrize(
    ("provider_id", "columns"),
    [
        *(("", columns) for columns in (1, 20, 40, 60, 80, 120)),
        *zip(discovery.names(), itertools.cycle((40, 80, 20, 120))),
    ],
)
def test_nothing_is_lost_however_narrow_the_terminal(
    provider_id: str,
    language: str,
    columns: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("FORCE_COLOR", "1")
    guide_text.show(in_language(language, guide.syntax_tree, provider_id))
    lines = STYLE.sub("", capsys.readouterr().out).splitlines()
    tokens = MarkdownIt().parse(in_language(language, guide.markdown, provider_id))
    assert squeezed("".join(lines)) == squeezed("".join(told(tokens)))
    whole = list(copied(tokens))
    assert [each for each in whole if not any(each in line for line in lines)] == []
    if columns >= 40:
        assert [line for line in wide(lines, columns) if not any(c in line for c in whole)] == []


@pytest.mark.parametrize("columns", [20, 80])
@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_a_command_can_be_copied_as_it_is(
    language: str, columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    guide_text.show(in_language(language, guide.syntax_tree, "chatgpt"))
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    fences = [
        token
        for token in MarkdownIt().parse(in_language(language, guide.markdown, "chatgpt"))
        if token.type == "fence"
    ]
    commands = [[line.strip() for line in fence.content.splitlines()] for fence in fences]
    assert len(commands) == 2
    for command in commands:
        at = lines.index(command[0])
        assert lines[at : at + len(command)] == command


def wide(lines: list[str], columns: int) -> list[str]:
    """The lines that the terminal has to break."""
    return [line for line in lines if cell_len(line) > columns]
