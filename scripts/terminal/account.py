"""Show one account with every number, in two columns for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from scripts.terminal import wrapping
from scripts.terminal.table import COLOURS, GAP, GREY, SIGNS
from workflow.display.row import row_of
from workflow.display.summary import spoken

if TYPE_CHECKING:
    from workflow.display.details import Fact
    from workflow.models import Account
    from workflow.state.state import State


def show(state: State, account: Account, now: datetime, facts: Iterable[Fact]) -> None:
    """Print name and number as in the list, then every fact beside its name; ``now`` is aware UTC."""
    console = Console(highlight=False)
    wrapping.show(console, _headline(state, account, now))
    console.print()
    facts = [(name, spoken(value, now)) for name, value in facts]
    column = max(cell_len(name) for name, _ in facts) + GAP
    for name, value in facts:
        mark = name + " " * (column - cell_len(name))
        wrapping.show(console, Text(value), mark, GREY)


def _headline(state: State, account: Account, now: datetime) -> Text:
    row = row_of(state, account)
    colour = COLOURS[row.level]
    number = spoken(f"{row.headline}{row.bar}", now).strip()
    return Text.assemble((SIGNS[row.level], colour), f" {row.name}{' ' * GAP}", (number, colour))
