"""Text broken into lines for a terminal, with nothing left out.

Rich would cut what is longer than a column, or break it anywhere. Links and commands are there to be
copied, so each stays whole: the terminal itself wraps a line that is longer than its window.
"""

from __future__ import annotations

import re
from typing import List

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

CODE, LINK = "cyan", "underline"  # styles of what is never broken
NARROW = 16  # columns; text that would get fewer stands below its mark
_HAN, _OPENING, _CLOSING = r"\u3040-\u9fff", "（“(", "，。；：、！？）”"
_BREAK = re.compile(  # where a line may end: Chinese has no spaces, but rules of its own
    rf"(?<=\s)(?=\S)|(?<=[{_HAN}{_CLOSING}])(?=[^\s{_CLOSING}…).,;:])|(?<=[^{_OPENING}])(?=[{_HAN}（“])"
)


def show(console: Console, text: Text, mark: str = "", style: str = "") -> None:
    """Print a text, indented below the first line, which begins with a mark.

    Args:
        mark: a bullet, a number or a name, and the gap behind it; "" for none.
        style: of the mark.
    """
    indent = cell_len(mark)
    if indent and console.width - indent < NARROW:
        console.print(Text(mark.rstrip(), style), soft_wrap=True)
        mark, indent = "  ", 2
    for line in lines(text, console.width - indent):
        console.print(Text.assemble((mark, style), line), soft_wrap=True)
        mark = " " * indent


def lines(text: Text, width: int) -> List[Text]:
    """A text in lines of so many columns; one that is wider is a single word, link or command."""
    found = [
        line
        for told in text.split("\n", allow_blank=True)
        for line in told.divide(_ends(told, width))
    ]
    for line in found:
        line.rstrip()
    return found


def _ends(text: Text, width: int) -> List[int]:
    """Where the lines end, each as late as there is room."""
    ends, begun, last = [], 0, 0
    for at in (*_breaks(text), len(text)):
        if last > begun and cell_len(text.plain[begun:at].rstrip()) > width:
            ends.append(last)
            begun = last
        last = at
    return ends


def _breaks(text: Text) -> List[int]:
    whole = [span for span in text.spans if span.style in (CODE, LINK)]
    return [
        found.start()
        for found in _BREAK.finditer(text.plain)
        if not any(span.start < found.start() < span.end for span in whole)
    ]
