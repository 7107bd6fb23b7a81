"""A terminal with the list of accounts, in its colours."""

from __future__ import annotations

import re

from scripts.terminal import cells, table
from scripts.tools.pictures import examples
from scripts.tools.pictures.canvas import EDGE, RETINA, Canvas, Theme, font_for
from workflow.display import table as tables

COLUMNS, SIZE, LINE, PAD = 118, 12, 19, 18
COLOURS = {
    "32": "#2fb356",
    "33": "#d9a406",
    "31": "#e5534b",
    "90": "#8a8a8f",
    "38;5;243": "#8a8a8f",
}
GREY = "38;5;243"
_PAINTED = re.compile("\x1b\\[([0-9;]*)m")


def lines() -> list[str]:
    """Return the coloured output of ``tankful`` on a terminal with COLUMNS."""
    shown = tables.spoken(tables.table(examples.state()), examples.NOW)
    return ["$ tankful", *table.rendered(shown.lines, COLUMNS, GREY), *shown.notes]


def written(output: list[str]) -> str:
    """Return the text of the picture, without colours."""
    return _PAINTED.sub("", "\n".join(output))


def screen(theme: Theme, output: list[str]) -> Canvas:
    """Draw a terminal window."""
    cell = font_for("0", SIZE, "mono").getlength("0") / RETINA
    width, height = round(COLUMNS * cell) + 2 * PAD, LINE * len(output) + 2 * PAD + 22
    canvas = Canvas(theme, width, height)
    for number, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        left, top = (EDGE + 16 + number * 18) * RETINA, (EDGE + 12) * RETINA
        canvas.draw.ellipse((left, top, left + 22, top + 22), colour)
    for number, line in enumerate(output):
        _line(canvas, line, EDGE + PAD, EDGE + PAD + 32 + number * LINE, cell)
    return canvas


def _line(canvas: Canvas, line: str, left: float, y: float, cell: float) -> None:
    """Write a line in cells; a wide character takes two."""
    colour, column = canvas.theme.text, 0
    for place, part in enumerate(_PAINTED.split(line)):
        if place % 2:
            colour = COLOURS.get(part, canvas.theme.text)
            continue
        for character in part:
            canvas.write(left + column * cell, y, character, SIZE, colour, "mono")
            column += cells.width(character)
