"""The credential guide as coloured text for a terminal.

Rich could show Markdown too, with two more packages and twice the bundle.
"""

from __future__ import annotations

import re
from typing import Iterable, Sequence, Tuple

from rich.console import Console
from rich.text import Text

from scripts.terminal import wrapping
from workflow.guide.guide import Section

_MARK = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`|<(?P<link>https://[^>]+)>")
_STYLES = {"strong": "bold", "code": wrapping.CODE, "link": wrapping.LINK}
_HEADINGS = {1: "bold underline", 2: "bold magenta", 3: "bold"}  # by their level


def show(title: str, sections: Sequence[Section]) -> None:
    """Print the guide to stdout, its lines broken to fit; links and commands stay whole."""
    console = Console(highlight=False)
    wrapping.show(console, _text(title, _HEADINGS[1]))
    for section in sections:
        console.print()
        wrapping.show(console, _text(section.heading, _HEADINGS[section.level]))
        for told in section.paragraphs:
            console.print()
            wrapping.show(console, _text(told))
        _print_list(
            console,
            ((f"{n}. ", _step(*step)) for n, step in enumerate(section.steps, 1)),
        )
        _print_list(console, (("• ", _text(point)) for point in section.points))


def _print_list(console: Console, entries: Iterable[Tuple[str, Text]]) -> None:
    for number, (mark, text) in enumerate(entries):
        if number == 0:
            console.print()
        wrapping.show(console, text, mark)


def _step(told: str, command: str) -> Text:
    """What to do, and on a line of its own the command that does it."""
    text = _text(told)
    return text.append(f"\n{command}", _STYLES["code"]) if command else text


def _text(told: str, style: str = "") -> Text:
    """A sentence of the guide, its marks as styles."""
    text, rest = Text(style=style), 0
    for mark in _MARK.finditer(told):
        kind = mark.lastgroup or ""
        text.append(told[rest : mark.start()]).append(mark[kind], _STYLES[kind])
        rest = mark.end()
    return text.append(told[rest:])
