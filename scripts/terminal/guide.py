"""Show the credential guide as coloured text on a terminal.

Rich could show Markdown too, with two more packages and twice the bundle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from scripts.terminal import wrapping

_HEADINGS = {1: "bold underline", 2: "bold magenta", 3: "bold"}  # by level
_STYLES = {"strong": "bold", "codespan": wrapping.CODE, "block_code": wrapping.CODE}
_Token = dict[str, Any]


def show(tokens: Sequence[_Token]) -> None:
    """Print the guide's syntax tree to stdout, wrapped to fit; links and commands stay whole."""
    console = Console(highlight=False)
    for number, block in enumerate(_blocks(tokens)):
        if number:
            console.print()
        for mark, text in block:
            wrapping.show(console, text, mark)


def _blocks(tokens: Sequence[_Token]) -> Iterator[list[tuple[str, Text]]]:
    """Split the tree into headings, paragraphs, commands and lists; each is some texts with their marks."""
    for token in tokens:
        if token["type"] == "list":
            yield list(_entries(token))
        elif token["type"] in ("heading", "paragraph", "block_code"):
            yield [("", Text().append_text(_text(token)))]


def _entries(token: _Token) -> Iterator[tuple[str, Text]]:
    """Read the entries of a list; a command gets its own lines below its step."""
    for number, item in enumerate(token["children"], 1):
        parts = [_text(part) for part in item["children"] if part["type"] != "blank_line"]
        yield f"{number}. " if token["attrs"]["ordered"] else "• ", Text("\n").join(parts)


def _text(token: _Token) -> Text:
    """Convert a part of the guide to styled text. An anchor has no text."""
    text = Text(style=_style(token))
    for part in token.get("children", ()):
        text.append_text(_text(part))
    return text.append("" if token["type"] == "inline_html" else token.get("raw", "").rstrip("\n"))


def _style(token: _Token) -> str:
    if token["type"] == "link":
        return "" if token["attrs"]["url"].startswith("#") else wrapping.LINK
    if token["type"] == "heading":
        return _HEADINGS[token["attrs"]["level"]]
    return _STYLES.get(token["type"], "")
