"""The accounts as the cells of a table, for a shell. Pure; moving values are markers."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from ..i18n.catalog import say
from ..i18n.message import _
from .part import BETWEEN, Piece, pieces

if TYPE_CHECKING:
    from datetime import datetime

    from ..models import Snapshot
    from ..state.state import State
    from .row import Row

HIDDEN = _(" (hidden)")
OFFLINE = _("No connection. Last numbers: {age}.")


class Line(NamedTuple):
    """The cells of one account."""

    level: str  # one of ``status.Level``
    name: str
    hidden: str  # the text behind the name of an account that launchers do not show
    headline: str
    bar: str
    pieces: tuple[Piece, ...]  # the details, from which a terminal chooses

    @property
    def details(self) -> str:
        """All details in one line."""
        return BETWEEN.join(piece.text for piece in self.pieces)


class Table(NamedTuple):
    """The lines of the accounts, and notes about all of them."""

    lines: list[Line]
    notes: list[str]


def table(state: State, only: Collection[str] | None = None, *, every: bool = False) -> str:
    """Return the accounts in the order of the settings, with markers, in the form that the pack stores.

    Each has a line of cells separated by tabs, with four cells for each piece of the details; then come the notes.

    ``only`` are ids of accounts, None for those that are not hidden; ``every`` includes the hidden ones.
    """
    from ..state import offline  # imported late: the answer from the pack does not need it
    from .row import arranged, row_of

    shown = [
        account
        for account in arranged(state)
        if (every or not account.hidden if only is None else account.id in only)
    ]
    lost = offline.lost((account, state.snapshots[account.id]) for account in shown)
    lines = [
        _line(_offline(row_of(state, a), state.snapshots[a.id]))
        if a.id in lost
        else state.piece(a, "line", lambda known: _line(row_of(state, known.account)))
        for a in shown
    ]
    if lost:
        lines.append(_since([state.snapshots[account_id] for account_id in lost]))
    count = len(state.book.accounts) - len(shown) if only is None else 0
    if count:
        lines.append(say(_("{count} hidden (tankful list --all)"), count=count))
    return "\n".join(lines)


def _line(row: Row) -> str:
    hidden = say(HIDDEN) if row.account.hidden else ""
    details = (str(cell) for piece in pieces(row.in_shell) for cell in piece)
    return "\t".join((row.level, row.name, hidden, row.headline, row.bar, *details))


def _offline(row: Row, snapshot: Snapshot) -> Row:
    """Shorten a row's failure to "offline"; a row without numbers has it as its headline."""
    from ..records import replace
    from .part import Part

    count = 2 if snapshot.failure and snapshot.failure.retry_at else 1
    offline = (Part(say(_("⚠ offline"))),) if snapshot.usage else ()
    return replace(row, parts=(*row.parts[count:], *offline))


def _since(snapshots: list[Snapshot]) -> str:
    from .times import AGE_UNKNOWN, ago

    if not any(each.usage for each in snapshots):
        return say(_("No connection, and no numbers yet."))
    known = [each.fetched_at for each in snapshots if each.fetched_at is not None]
    return say(OFFLINE, age=ago(max(known)) if known else say(AGE_UNKNOWN))


def unpacked(content: str) -> Table:
    """Read a table whose moving values are filled in. Raises TypeError for anything else."""
    rows = content.split("\n") if content else []
    lines = [_unpacked(row.split("\t")) for row in rows if "\t" in row]
    return Table(lines, [row for row in rows if "\t" not in row])


def _unpacked(cells: list[str]) -> Line:
    """Read a line; drop the spaces and separators that are inside markers, as in a bar that ends at a reset."""
    level, name, hidden, headline, bar, *details = cells
    fours = zip(*(details[start::4] for start in range(4)))
    chosen = tuple(
        Piece(text.removesuffix(BETWEEN), short.removesuffix(BETWEEN), int(whole), int(kept))
        for text, short, whole, kept in fours
        if text
    )
    return Line(level, name, hidden, headline, bar.strip(), chosen)


def spoken(content: str, now: datetime) -> Table:
    """Read a table with its moving values filled in as of now."""
    from .times import fill

    return unpacked(fill(content, now))
