"""The accounts as a readable, coloured table for a terminal."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workflow.publish import State
from workflow.render import Row
from workflow.summary import spoken

COLOURS = {
    "plenty": "green",
    "low": "yellow",
    "critical": "bold red",
    "error": "bold red",
    "unknown": "dim",
}
SIGNS = {"plenty": "●", "low": "▲", "critical": "◆", "error": "✗", "unknown": "○"}
NARROW = 80  # columns when nobody says how wide the output is


def show(state: State, now: datetime) -> None:
    """Print the table to stdout; colours only on a terminal."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 2 * NARROW)
    grid = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    for row in state.rows():
        grid.add_row(*_cells(row, state, now))
    console.print(grid)


def _cells(row: Row, state: State, now: datetime) -> tuple[Text, ...]:
    colour = COLOURS[row.level]
    headline, bar, details = (
        spoken(part, state.settings, now).strip() for part in (row.headline, row.bar, row.subtitle)
    )
    name = Text(f"{SIGNS[row.level]} ", style=colour).append(row.name, style="bold default")
    return name, Text(headline, style=colour), Text(bar, style=colour), Text(details, style="dim")
