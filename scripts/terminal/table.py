"""The accounts as a readable, coloured table for a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import List, NamedTuple

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from workflow.display.row import Row, rows_of
from workflow.display.summary import spoken
from workflow.i18n.catalog import say
from workflow.i18n.message import _
from workflow.state.state import State

GREY = "color(243)"  # as far from white as from black
COLOURS = {  # nothing bold or dim, which Raycast leaves out
    "plenty": "green",
    "low": "yellow",
    "critical": "red",
    "error": "red",
    "unknown": GREY,
}
SIGNS = {"plenty": "●", "low": "▲", "critical": "◆", "error": "✗", "unknown": "○"}
HIDDEN = _(" (hidden)")
GAP = 2  # columns between two cells, and before the details on a line of their own


class _Line(NamedTuple):
    """One account."""

    name: Text
    headline: Text
    bar: Text
    details: Text


def show(state: State, now: datetime) -> None:
    """Print the table to stdout: a line an account where there is room, as always in a pipe.

    A narrow terminal gets the details on lines of their own. Colours are for terminals only.
    """
    console = Console(highlight=False)
    lines = [_line(row, state, now) for row in rows_of(state)]
    widths = [max(cell.cell_len for cell in column) for column in zip(*lines)]
    needed = sum(widths) + GAP * len(widths)
    if not console.is_terminal:
        console.width = needed
    if needed <= console.width:
        _print_wide(console, lines)
    else:
        _print_narrow(console, lines, widths)


def _print_wide(console: Console, lines: List[_Line]) -> None:
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for line in lines:
        grid.add_row(*line)
    console.print(grid)


def _print_narrow(console: Console, lines: List[_Line], widths: List[int]) -> None:
    room = sum(widths[:3]) + 2 * GAP <= console.width
    for line in lines:
        cells = [cell.copy() for cell in line[:3]]
        if room:
            for cell, width in zip(cells[:2], widths):
                cell.pad_right(width - cell.cell_len)
        console.print(Text(" " * GAP).join(cell for cell in cells if cell), overflow="fold")
        console.print(Padding(line.details, (0, 0, 0, GAP)), overflow="fold")


def _line(row: Row, state: State, now: datetime) -> _Line:
    colour = COLOURS[row.level]
    headline, bar, details = (
        spoken(part, state.settings, now).strip()
        for part in (row.headline, row.bar, row.subtitle())
    )
    name = Text.assemble((SIGNS[row.level], colour), f" {row.name}")
    if row.account.hidden:
        name.append(say(HIDDEN, state.settings.language), GREY)
    return _Line(name, Text(headline, colour), Text(bar, colour), Text(details, GREY))
