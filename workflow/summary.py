"""All accounts in a few lines, the most urgent first, to read and to copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import List, Optional, Sequence

from . import clock, standing
from .publish import State
from .row import Row
from .settings import Settings


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
    if private:
        state = replace(state, settings=replace(state.settings, privacy=True))
    lines = (row.copied for row in _rows(state, only))
    return "\n".join(spoken(line, state.settings, now) for line in lines)


def glance(state: State, now: datetime) -> str:
    """All accounts in one line: name and number."""
    told = " · ".join(f"{row.name} {row.headline}" for row in _rows(state))
    return spoken(told, state.settings, now)


def spoken(text: str, settings: Settings, now: datetime) -> str:
    """A rendered text with its moving values said as of now."""
    return clock.fill(text, now, settings.language, settings.hours24)


def _rows(state: State, only: Optional[Sequence[str]] = None) -> List[Row]:
    chosen = [
        account
        for account in state.book.accounts
        if (account.id in only if only is not None else not account.hidden)
    ]
    chosen.sort(key=lambda a: standing.urgency(a, state.snapshots[a.id], state.settings))
    return [state.row(account) for account in chosen]
