"""The use of a balance: its samples without top-ups and without vouchers that lapsed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import nlargest
from operator import attrgetter
from typing import NamedTuple

from ..history.series import RISE, RISE_SHARE, SCALE
from ..records import dataclass

DAY = 86400
_RISE, _SHARE = RISE / SCALE, 1 / RISE_SHARE  # a smaller rise is rounding, see ``series.rise``
_UNUSUAL = 2  # a voucher that fell by more than so many times any other fall has lapsed


class Amount(NamedTuple):
    """One sample of a balance, in its unit."""

    at: int  # UTC seconds
    available: float
    granted: float | None = None  # the part that is vouchers


class Change(NamedTuple):
    """A change of a balance other than by use."""

    at: int  # UTC seconds
    amount: float  # above zero: paid in; below zero: lapsed


@dataclass(frozen=True)
class Use:
    """A balance as if it had only ever changed by use."""

    points: tuple[tuple[int, float], ...]  # UTC seconds, and what would be left without the changes
    changes: tuple[Change, ...] = ()

    @property
    def top_ups(self) -> tuple[Change, ...]:
        """The amounts that were paid in."""
        return tuple(change for change in self.changes if change.amount > 0)


def joined(amounts: Iterable[Amount], replacements: Iterable[datetime]) -> list[Amount]:
    """Join the amounts before and after each time the credential was replaced, perhaps by that of another wallet.

    The earlier amounts are moved to where the later ones begin, so that their difference is neither used nor
    paid in; the use before and after stays. The amounts may be in any order; the oldest is returned first.
    """
    known = sorted(amounts, key=attrgetter("at"))
    for moment in replacements:
        known = _joined(known, int(moment.timestamp()))
    return known


def _joined(amounts: list[Amount], since: int) -> list[Amount]:
    before = [each for each in amounts if each.at < since]
    after = amounts[len(before) :]
    if not before or not after:
        return amounts
    moved = after[0].available - before[-1].available
    return [*(each._replace(available=each.available + moved) for each in before), *after]


def use(known: Sequence[Amount]) -> Use:
    """Separate the use of a balance from its top-ups and lapsed vouchers. Its amounts are given the oldest first."""
    pairs = list(zip(known, known[1:]))
    return _without_changes(known, sorted(_top_ups(pairs) + _lapses(pairs)))


def _top_ups(pairs: Sequence[tuple[Amount, Amount]]) -> list[Change]:
    return [
        Change(at, after - before)
        for (_, before, _), (at, after, _) in pairs
        if after - before > _RISE and after - before > _SHARE * after
    ]


def _lapses(pairs: Sequence[tuple[Amount, Amount]]) -> list[Change]:
    """Find the falls of vouchers that use does not explain: more than twice as big as any other fall."""
    vouchers = [
        (at, granted - left, before - after)
        for (_, before, granted), (at, after, left) in pairs
        if granted is not None and left is not None
    ]
    vouchers = [(at, fall, whole) for at, fall, whole in vouchers if _RISE < fall <= whole + _RISE]
    if not vouchers:
        return []
    falls = (before.available - after.available for before, after in pairs)
    largest, next_to_it = nlargest(2, (0.0, 0.0, *falls))
    return [
        Change(at, -fall)
        for at, fall, whole in vouchers
        if fall > _UNUSUAL * (next_to_it if whole == largest else largest)
    ]


def _without_changes(known: Sequence[Amount], changes: Sequence[Change]) -> Use:
    if not changes:
        return Use(tuple((at, available) for at, available, _ in known))
    points, taken, waiting = [], 0.0, list(changes)
    for at, available, _ in known:
        while waiting and waiting[0].at <= at:
            taken += waiting.pop(0).amount
        points.append((at, available - taken))
    return Use(tuple(points), tuple(changes))
