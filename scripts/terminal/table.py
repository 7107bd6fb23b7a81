"""Show the accounts as a table, a line each: cut to fit a terminal, or whole and without colour in a pipe."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from scripts.terminal import cells
from workflow.display.part import Piece, chosen

if TYPE_CHECKING:
    from workflow.display.table import Line, Table

GREY = "color(243)"  # readable on white and on black
COLOURS = {  # without bold and dim, which Raycast does not show
    "plenty": "green",
    "low": "yellow",
    "critical": "red",
    "error": "red",
    "unknown": GREY,
}
SIGNS = {"plenty": "●", "low": "▲", "critical": "◆", "error": "✗", "unknown": "○"}
GAP = 2  # columns between two cells
NAME = 24  # columns of a name on a terminal, without its sign
SHORTEST_NAME = 8
SHORTEST_STATUS = 12  # columns of "⚠ no connection", which gives way to names
DETAILS = 24  # columns of details that are worth more than the bar
SHORTEST_DETAIL = 8  # a detail that is cut shorter says nothing
_NUMBER, _BAR = 2, 3  # indices in a row
DUMB = ("dumb", "unknown")  # terminals that know no codes
_CODES = {"green": "32", "yellow": "33", "red": "31"}


class _Cell(NamedTuple):
    text: str
    colour: str = ""
    pieces: Sequence[Piece] = ()  # parts to choose from if the text is too wide

    def fitted(self, room: int) -> str:
        """Return as much of the text as fits in so many columns."""
        text = chosen(self.pieces, room, cells.width) if self.pieces else self.text
        is_scrap = self.pieces and room < SHORTEST_DETAIL and cells.width(text) > room
        return "" if is_scrap else cells.cut(text, room)


def show(table: Table) -> None:
    """Print the table to stdout. A pipe gets all of it, a terminal one line that fits for each account."""
    if sys.stdout.isatty() or _is_forced():
        lines = drawn(table, shutil.get_terminal_size().columns)
    else:
        lines = [*rendered(table.lines), *table.notes]
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def drawn(table: Table, width: int) -> list[str]:
    """Format the lines for a terminal of so many columns, with colours."""
    notes = (cells.cut(note, width) for note in table.notes)
    return [*rendered(table.lines, width, _grey()), *notes]


def show_plainly(table: Table) -> None:
    """Print name, number and details, separated by tabs: no sign, bar, colour or note, and nothing cut."""
    rows = ((f"{line.name}{line.hidden}", line.headline, line.details) for line in table.lines)
    sys.stdout.write("".join("\t".join(row).rstrip() + "\n" for row in rows))


def rendered(lines: Sequence[Line], width: int = 0, grey: str = "") -> list[str]:
    """Format the table in columns.

    Args:
        lines: the texts of each account.
        width: columns of the terminal; 0 for no limit.
        grey: the terminal's code for grey; "" for no colours at all.
    """
    if not lines:
        return []
    rows = [_row(line) for line in lines]
    widths = [max(cells.width(cell.text) for cell in column) for column in zip(*rows)]
    widths = _fitted(widths, _width_beside_bars(rows, widths), _least(lines), width)
    return [_line(row, _row_widths(row, widths, width), width, grey) for row in rows]


def _row(line: Line) -> tuple[_Cell, ...]:
    colour = COLOURS[line.level]
    return (
        _Cell(SIGNS[line.level], colour),
        _Cell(f"{line.name}{line.hidden}"),
        _Cell(line.headline, colour),
        _Cell(line.bar, colour),
        _Cell(line.details, GREY, line.pieces),
    )


def _width_beside_bars(rows: Sequence[Sequence[_Cell]], widths: Sequence[int]) -> int:
    """Return the width of the numbers if those without a bar may extend into the bar's column."""
    numbers = [cells.width(number.text) for _sign, _name, number, bar, _details in rows if bar.text]
    return max((*numbers, widths[_NUMBER] - GAP - widths[_BAR]))


def _least(lines: Sequence[Line]) -> int:
    """Return the columns that the numbers need: each its own, a status at least a few."""
    return max(
        min(cells.width(line.headline), SHORTEST_STATUS)
        if line.level == "error"
        else cells.width(line.headline)
        for line in lines
    )


def _row_widths(row: Sequence[_Cell], widths: list[int], room: int) -> list[int]:
    """Return the widths of a row; without a bar, its number gets the bar's columns.

    Where the numbers have no column, the details follow each number at once.
    """
    sign, name, number, bar, details = widths
    if bar and not row[_BAR].text:
        return [sign, name, number + GAP + bar, 0, details]
    if not number:
        rest = max(0, room - sign - 1 - name - GAP)
        number = min(cells.width(row[_NUMBER].text), rest)
        return [sign, name, number, 0, max(0, rest - number - GAP)]
    return widths


def _fitted(widths: list[int], beside_bars: int, least: int, room: int) -> list[int]:
    """Leave out the bars, then the column of the numbers, then cut the details, and the names last.

    If ``room`` is 0, nothing is cut. ``least`` is what the numbers need, ``beside_bars`` what those with bars do.
    """
    sign, name, number, bar, details = widths
    if bar:
        widest, number = number, beside_bars
    if not room:
        return [sign, name, number, bar, details]
    name = min(name, NAME)
    rest = room - sum((sign, 1, name, GAP, number))
    if bar and rest - 2 * GAP - bar < min(DETAILS, details):
        rest -= widest - number
        number, bar = widest, 0
    rest -= bar + GAP if bar else 0
    if rest - GAP < min(DETAILS, details):
        longest = room - sum((sign, 1, GAP, least))
        return [sign, min(name, max(SHORTEST_NAME, longest)), 0, 0, 0]
    return [sign, name, number, bar, min(details, max(0, rest - GAP))]


def _line(row: Sequence[_Cell], widths: Sequence[int], room: int, grey: str) -> str:
    """Format an account in its columns, and cut what is wider than the terminal."""
    parts: list[str] = []
    blank, used = 0, 0
    for place, (cell, width) in enumerate(zip(row, widths)):
        text = cell.fitted(width)
        if text and room and used + blank + cells.width(text) > room:
            text = cell.fitted(max(0, room - used - blank))
        if text:
            parts += [" " * blank, _painted(text, cell.colour, grey)]
            used += blank + cells.width(text)
            blank = 0
        if width:
            blank += width - cells.width(text) + (GAP if place else 1)
    return "".join(parts)


def _painted(text: str, colour: str, grey: str) -> str:
    if not (grey and colour):
        return text
    return f"\x1b[{_CODES.get(colour, grey)}m{text}\x1b[0m"


def _is_forced() -> bool:
    """Tell whether a variable asks for terminal output even in a pipe."""
    return bool(os.environ.get("FORCE_COLOR") or os.environ.get("TTY_COMPATIBLE"))


def _grey() -> str:
    """Return this terminal's code for grey; "" if nothing is to be coloured."""
    term, is_forced = os.environ.get("TERM", ""), _is_forced()
    if os.environ.get("NO_COLOR") or (term in ("", *DUMB) and not is_forced):
        return ""
    return "38;5;243" if is_forced or "256" in term or os.environ.get("COLORTERM") else "90"
