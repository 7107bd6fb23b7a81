"""All accounts in a few lines, the most urgent first, to read and to copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import List, Optional, Sequence

from ..settings import Settings
from ..state.state import State
from . import times
from .row import Row, row_of


def summary(
    state: State,
    now: datetime,
    only: Optional[Sequence[str]] = None,
    *,
    private: bool = False,
) -> str:
    """A line for every account, as text or as Markdown (a setting), as of now.

    Args:
        state: what is known.
        now: aware UTC.
        only: account ids; None for all of them.
        private: hide labels, e-mail addresses and amounts of money, as under privacy.
    """
    lines = (row.copied for row in _rows(state, only, private))
    return "\n".join(spoken(line, state.settings, now) for line in lines)


def glance(
    state: State, now: datetime, only: Optional[Sequence[str]] = None, *, private: bool = False
) -> str:
    """The same in one line, with names and numbers alone."""
    rows = _rows(state, only, private)
    return spoken(" · ".join(f"{row.name} {row.headline}" for row in rows), state.settings, now)


def spoken(text: str, settings: Settings, now: datetime) -> str:
    """A rendered text with its moving values said as of now."""
    return times.fill(text, now, settings.language, settings.hours24)


def _rows(state: State, only: Optional[Sequence[str]], private: bool) -> List[Row]:
    if private:
        state = replace(state, settings=replace(state.settings, privacy=True))
    chosen = [
        account
        for account in state.book.accounts
        if (account.id in only if only is not None else not account.hidden)
    ]
    chosen.sort(key=state.urgency)
    return [row_of(state, account) for account in chosen]
