"""Words for the sources of lists: if the word is the same, the list is the same."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from typing import Callable, TypeVar
from zlib import crc32

from ..history.series import History
from ..models import Account
from ..provider import own_files
from ..state.state import State
from ..system import builds
from .pack import RECENT

_T = TypeVar("_T")
LASTING = RECENT  # seconds for which a forecast is good enough without new numbers


def word(*parts: object) -> str:
    """Return a word that identifies these parts."""
    content = repr(parts).encode("utf-8", "replace")
    return f"{crc32(content):08x}.{len(content)}"


def _once(work: Callable[[State], _T]) -> Callable[[State], _T]:
    """Make a function work only once for a state."""
    return functools.wraps(work)(lambda state: state.once(work, lambda: work(state)))


@_once
def general(state: State) -> str:
    """Return the word for the source of every list: settings, time zone, build, the user's own providers."""
    zone = time.tzname, time.timezone, time.altzone  # of the clock times in a list
    return word(state.settings, zone, builds.current(), own_files.marks())


@_once
def of_book(state: State) -> str:
    """Return the word for all accounts, without their numbers."""
    return word(general(state), state.book)


@_once
def by_themselves(state: State) -> Mapping[str, str]:
    """Return the word for each account without its numbers, by id."""
    same = general(state)
    return {each.id: word(same, each) for each in state.book.accounts}


@_once
def of_accounts(state: State) -> Mapping[str, str]:
    """Return the word for each account with its numbers, by id."""
    alone, histories = by_themselves(state), _histories(state.history)
    return {
        account.id: word(
            alone[account.id],
            state.snapshots.get(account.id),
            histories.get(account.id),
            _age(state, account),
        )
        for account in state.book.accounts
    }


def _age(state: State, account: Account) -> tuple[float, bool] | None:
    """Return what changes with time alone: the age of the numbers, in steps of LASTING, and whether they are stale."""
    known = state.of(account)
    if state.at is None or known.snapshot.fetched_at is None:
        return None
    seconds = (state.at - known.snapshot.fetched_at).total_seconds()
    return seconds // LASTING, known.status.is_stale(state.at)


def of_everyone(state: State) -> str:
    """Return the word for all accounts with their numbers."""
    moment = int(state.at.timestamp() // LASTING) if state.at else 0
    return word(of_book(state), of_accounts(state), moment)


def _histories(history: History) -> dict[str, list[object]]:
    """Return what shows that an account's history has changed: the newest sample of each series, and the visits.

    The current visit counts only for series that have changed since the visit before it.
    """
    newest: dict[str, list[object]] = {}
    for series, samples in history.samples.items():
        before = history.seen.get(series)
        is_other = before is not None and before[1:] != samples[-1][1:]
        visits = history.visits if is_other else history.visits[:-1]
        newest.setdefault(series.account, []).append(
            (series, len(samples), samples[-1], before, visits)
        )
    return newest
