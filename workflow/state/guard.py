"""Judge whether several accounts have enough: select them by name, and give one verdict on all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..models import Account
from ..storage.accounts import Accounts
from . import fit

ANY, ALL = "any", "all"
CODES = {fit.ENOUGH: 0, fit.TIGHT: 0, fit.NOT_ENOUGH: 1, fit.UNKNOWN: 3}  # exit codes

Judged = tuple[fit.Account, fit.Verdict]


class Answer(NamedTuple):
    """One verdict on several accounts: that of the account that decides."""

    account: fit.Account
    verdict: fit.Verdict
    others: tuple[Judged, ...] = ()  # the other accounts that do not have enough, or are not known

    @property
    def code(self) -> int:
        """The exit code."""
        return CODES[self.verdict.kind]


def named(book: Accounts, target: str) -> list[Account]:
    """Return the accounts meant by a name, a provider, ANY or ALL. Raises Mistake if there is none."""
    if target in (ANY, ALL):
        return list(book.accounts)
    return book.meant(target)


def places(accounts: Sequence[fit.Account]) -> list[fit.Account]:
    """Leave out hidden accounts and services not to work with, unless there are no others."""
    return [each for each in accounts if each.place == "work"] or list(accounts)


def answer(judged: Sequence[Judged], every: bool) -> Answer:
    """Return the deciding verdict: the worst if every account must have enough, else the best."""
    order = fit.WORST if every else (fit.ENOUGH, fit.TIGHT, fit.UNKNOWN, fit.NOT_ENOUGH)
    first = min(range(len(judged)), key=lambda place: order.index(judged[place][1].kind))
    others = (*judged[:first], *judged[first + 1 :])
    return Answer(*judged[first], tuple(each for each in others if CODES[each[1].kind]))
