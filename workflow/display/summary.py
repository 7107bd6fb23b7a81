"""All accounts in a few lines, the most urgent first, to read and to copy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..models import Account
from ..state.state import State
from . import times
from .row import Row, row_of


def summary(
    state: State,
    now: datetime,
    only: Sequence[str] | None = None,
    *,
    private: bool = False,
    full: bool = False,
) -> str:
    """Return a line for every account, as text or as Markdown (a setting), as of now.

    Args:
        only: account ids; None for all that are not hidden.
        private: hide labels, e-mail addresses and amounts of money, as under privacy.
        full: include all details, not only those that fit in the list.
    """
    return spoken("\n".join(lines(state, only, private, full)), now)


def lines(
    state: State, only: Sequence[str] | None = None, private: bool = False, full: bool = False
) -> tuple[str, ...]:
    """Return a line for every account, with markers."""
    if full:
        return tuple(row.copied_whole for row in _rows(state, only, private))
    name = "private" if private else "copied"
    return tuple(
        state.piece(
            account, name, lambda known: row_of(state, known.account, private=private).copied
        )
        for account in _chosen(state, only)
    )


def glance(
    state: State, now: datetime, only: Sequence[str] | None = None, *, private: bool = False
) -> str:
    """Return names and numbers of all accounts in one line."""
    rows = _rows(state, only, private)
    return spoken(" · ".join(f"{row.name} {row.headline}" for row in rows), now)


def spoken(text: str, now: datetime) -> str:
    """Fill in the moving values of a text as of now."""
    return times.fill(text, now)


def _rows(state: State, only: Sequence[str] | None, private: bool) -> list[Row]:
    return [row_of(state, account, private=private) for account in _chosen(state, only)]


def _chosen(state: State, only: Sequence[str] | None) -> list[Account]:
    """Return the accounts with these ids, or if None those that are not hidden, the most urgent first."""
    chosen = [
        account
        for account in state.book.accounts
        if (account.id in only if only is not None else not account.hidden)
    ]
    chosen.sort(key=state.urgency)
    return chosen
