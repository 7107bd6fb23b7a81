"""One account with every number, in two columns for a terminal."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from scripts.terminal import wrapping
from scripts.terminal.table import COLOURS, GAP, GREY, SIGNS
from workflow.display import details
from workflow.display.row import row_of
from workflow.display.summary import spoken
from workflow.models import Account
from workflow.state.state import State


def show(state: State, account: Account, now: datetime) -> None:
    """Print name and number as the list has them, then every fact beside its name.

    Args:
        now: aware UTC, as of which it is said.
    """
    console = Console(highlight=False)
    wrapping.show(console, _headline(state, account, now))
    console.print()
    told = [
        (name, spoken(value, state.settings, now))
        for name, value in details.facts(state, account, now)
    ]
    column = max(cell_len(name) for name, _ in told) + GAP
    for name, value in told:
        mark = name + " " * (column - cell_len(name))
        wrapping.show(console, Text(value), mark, GREY)


def _headline(state: State, account: Account, now: datetime) -> Text:
    row = row_of(state, account)
    colour = COLOURS[row.level]
    number = spoken(f"{row.headline}{row.bar}", state.settings, now).strip()
    return Text.assemble((SIGNS[row.level], colour), f" {row.name}{' ' * GAP}", (number, colour))
