"""Show the list until ⌃C, redrawn as time passes, in the terminal's alternate screen."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import Callable

from scripts.terminal import signals, table
from workflow.display.table import Table
from workflow.i18n.catalog import say
from workflow.i18n.message import _

URGENT = ("error", "critical", "low")  # levels that come before all others, the first most
PERIOD = 5.0  # seconds between two drawings; countdowns are in minutes
_ENTER_SCREEN, _LEAVE_SCREEN = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
_TO_TOP, _CLEAR_LINE, _CLEAR_REST = "\x1b[H", "\x1b[K", "\x1b[J"


def watch(tabulate: Callable[[], Table], pause: Callable[[float], None] = time.sleep) -> None:
    """Draw the table again and again until ⌃C or a signal that ends it.

    In a pipe, and on a terminal that cannot be cleared, it is printed once. ``tabulate`` reads the numbers as of
    now, and starts a refresh if one is due.
    """
    if not sys.stdout.isatty() or os.environ.get("TERM") in table.DUMB:
        table.show(tabulate())
        return
    with signals.restored_first():
        sys.stdout.write(_ENTER_SCREEN)
        try:
            while True:
                _draw(tabulate())
                pause(PERIOD)
        except KeyboardInterrupt:
            return
        finally:
            sys.stdout.write(_LEAVE_SCREEN)
            sys.stdout.flush()


def _draw(shown: Table) -> None:
    """Fill the screen; the last of more notes than it has room for are left out."""
    columns, rows = shutil.get_terminal_size()
    room = max(1, rows - 1)
    lines = table.drawn(within(shown, room), columns)[:room]
    sys.stdout.write(_TO_TOP + "".join(f"{_CLEAR_LINE}{line}\r\n" for line in lines) + _CLEAR_REST)
    sys.stdout.flush()


def within(shown: Table, room: int) -> Table:
    """Return the lines that fit: the most urgent accounts, and how many more there are."""
    count = max(1, room - len(shown.notes) - 1)
    if len(shown.lines) + len(shown.notes) <= room or len(shown.lines) <= count:
        return shown
    ranked = sorted(enumerate(shown.lines), key=lambda each: _rank(each[1].level))
    kept, rest = ranked[:count], ranked[count:]
    urgent = sum(line.level in URGENT for _place, line in rest)
    more = _("… {count} more ({urgent} low or failed)") if urgent else _("… {count} more")
    note = say(more, count=len(rest), urgent=urgent)
    return Table([line for _place, line in sorted(kept)], [note, *shown.notes])


def _rank(level: str) -> int:
    return URGENT.index(level) if level in URGENT else len(URGENT)
