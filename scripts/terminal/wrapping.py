"""Wrap text for a terminal without leaving anything out.

Rich would cut a long word, or break it anywhere. Links and commands are meant to be copied, so each stays
whole: the terminal itself wraps a line that is longer than its window.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

CODE, LINK = "cyan", "underline"  # styles of text that is never broken
NARROW = 16  # columns; text that would get fewer goes below its mark
_HAN, _OPENING, _CLOSING = r"\u3040-\u9fff", "（“(", "，。；：、！？）”"
_BREAK = re.compile(  # where a line may end: Chinese has no spaces but its own rules
    rf"(?<=\s)(?=\S)|(?<=[{_HAN}{_CLOSING}])(?=[^\s{_CLOSING}…).,;:])|(?<=[^{_OPENING}])(?=[{_HAN}（“])"
)


def show(console: Console, text: Text, mark: str = "", style: str = "") -> None:
    """Print a text behind a mark, with all its lines indented alike.

    A mark of that style is a bullet, a number or a name, with the gap behind it; "" is none.
    """
    indent = cell_len(mark)
    if indent and console.width - indent < NARROW:
        console.print(Text(mark.rstrip(), style), soft_wrap=True)
        mark, indent = "  ", 2
    for line in lines(text, console.width - indent):
        console.print(Text.assemble((mark, style), line), soft_wrap=True)
        mark = " " * indent


def lines(text: Text, width: int) -> list[Text]:
    """Split a text into lines of ``width`` columns; only a single word, link or command is wider."""
    paragraphs = text.split("\n", allow_blank=True)
    broken = [line for part in paragraphs for line in part.divide(_ends(part, width))]
    for line in broken:
        line.rstrip()
    return broken


def plain(text: str, width: int) -> list[str]:
    """Split a text without styles into lines of ``width`` columns; only a single word is wider."""
    return [line.plain for line in lines(Text(text), width)]


def _ends(text: Text, width: int) -> list[int]:
    """Find the ends of the lines, each as long as fits."""
    ends, begun, last = [], 0, 0
    for at in (*_breaks(text), len(text)):
        if last > begun and cell_len(text.plain[begun:at].rstrip()) > width:
            ends.append(last)
            begun = last
        last = at
    return ends


def _breaks(text: Text) -> list[int]:
    whole = [span for span in text.spans if span.style in (CODE, LINK)]
    return [
        match.start()
        for match in _BREAK.finditer(text.plain)
        if not any(span.start < match.start() < span.end for span in whole)
    ]
