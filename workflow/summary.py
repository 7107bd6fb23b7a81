"""All accounts in a few lines, to read and to copy."""

from __future__ import annotations

from datetime import datetime
from typing import Optional, Sequence

from . import clock, render
from .publish import State
from .settings import Settings


def summary(state: State, now: datetime, only: Optional[Sequence[str]] = None) -> str:
    """One line an account, as of now.

    Args:
        state: what is known.
        now: aware UTC.
        only: account ids; None for all of them.
    """
    rows = [row for row in state.rows() if only is None or row.account.id in only]
    return "\n".join(spoken(row.line, state.settings, now) for row in rows)


def spoken(text: str, settings: Settings, now: datetime) -> str:
    """A rendered text with its moving values said as of now."""
    return clock.fill(text, now, settings.language, settings.hours24)


def line(row: render.Row, settings: Settings, now: datetime) -> str:
    """One account in one line."""
    return spoken(row.line, settings, now)
