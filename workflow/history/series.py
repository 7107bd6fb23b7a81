"""The nouns of the history: a series of numbers of an account, its samples, its windows.

Times are epoch seconds, UTC. Numbers are whole millionths, so that reported values are kept exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Callable, Literal, NamedTuple, TypeVar

from ..models import Balance, Quota, Spend
from ..records import dataclass, field

SCALE = 1_000_000
UNLIMITED, ESTIMATED, HOURLY, DAILY = 1, 2, 4, 8  # flags of a sample
FULL = 100 * SCALE  # the used share of a quota that is used up
AHEAD = 60  # seconds by which a clock may be off; a time further ahead of now is not believed
SET_BACK = 86400  # seconds by which a clock may be set back; a sample further ahead is an error
MAX_NAME = 120  # characters
RISE, RISE_SHARE = SCALE // 100, 500  # a rise of 0.01, or of a 500th of the balance, is no top-up
_T = TypeVar("_T")
Kind = Literal["quota", "balance", "spend", "account"]  # "account": no samples, only alerts


class Series(NamedTuple):
    """The key of one quota, balance or spend of an account; it holds nothing that changes over time."""

    account: str  # the account's id
    kind: Kind
    name: str  # a quota's English label, the role of a balance, the period of a spend
    unit: str


class Sample(NamedTuple):
    """One number as reported at one moment; values in millionths.

    ``value`` is a quota's used percent, or else an amount. ``total`` is a quota's limit in its unit (None if
    that is percent), or the granted part of a balance. ``resets_at`` of a spend is when its period began.
    """

    at: int
    value: int | None
    total: int | None = None
    resets_at: int | None = None
    flags: int = 0

    @property
    def grain(self) -> Literal["raw", "hour", "day"]:
        """The length of time that this sample stands for."""
        return "day" if self.flags & DAILY else "hour" if self.flags & HOURLY else "raw"


class Span(NamedTuple):
    """One window of a quota, from its beginning to its reset."""

    began: int
    resets_at: int
    peak: int  # highest used share, in millionths of a percent
    last: int  # last used share, likewise
    full_at: int | None = None  # when it was first seen used up
    ended: int | None = None  # None while it is running


@dataclass(frozen=True)
class History:
    """The part of the history that a face needs: recent samples, the oldest first, and the last visits."""

    samples: Mapping[Series, tuple[Sample, ...]] = field(default_factory=dict)
    seen: Mapping[Series, Sample] = field(default_factory=dict)  # at the visit before this one
    visits: tuple[int, ...] = ()  # when the last two visits ended, the older one first

    @cached_property
    def accounts(self) -> frozenset[str]:
        """The ids of the accounts that have samples."""
        return frozenset(series.account for series in self.samples)

    def of(self, series: Series) -> tuple[Sample, ...]:
        """Return the samples of a series, the oldest first."""
        return self.samples.get(series, ())


def of_quota(account_id: str, quota: Quota) -> Series:
    """Return the series of a quota."""
    return Series(account_id, "quota", quota.label[:MAX_NAME], quota.unit[:MAX_NAME])


def of_balance(account_id: str, balance: Balance) -> Series:
    """Return the series of a balance."""
    return Series(account_id, "balance", balance.role, balance.unit[:MAX_NAME])


def of_spend(account_id: str, spend: Spend) -> Series:
    """Return the series of a spend."""
    return Series(account_id, "spend", spend.period or "", spend.unit[:MAX_NAME])


def is_first(name: Callable[[str, _T], Series], number: _T, among: Iterable[_T]) -> bool:
    """Tell whether a number is the first with its series among all of its kind: only of that one samples are kept.

    ``name`` returns the series of a number of an account.
    """
    same = (each for each in among if name("", each) == name("", number))
    return next(same, number) == number


def rise(before: int | None, after: int | None) -> int:
    """Return the amount added to a balance between two samples, in millionths; 0 if it may be rounding."""
    if before is None or after is None or after - before <= max(RISE, after // RISE_SHARE):
        return 0
    return after - before
