"""The forecast of one account: a pace for each quota, a runway for each balance, its spending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Callable, TypeVar

from ..history import series
from ..history.series import History, Series
from ..models import Balance, Quota, Snapshot, Usage
from ..records import dataclass, field
from . import pace as paces
from . import runway as runways
from . import spending as spendings
from .balance import Amount, joined, use
from .pace import Pace
from .runway import Runway
from .spending import Spending

_T = TypeVar("_T", "Quota", "Balance")
_SILENT = ("reserve", "part")  # roles of quotas that have no forecast of their own


@dataclass(frozen=True)
class Outlook:
    """The forecasts of an account, by quota, balance or unit."""

    paces: Mapping[Quota, Pace] = field(default_factory=dict)
    runways: Mapping[Balance, Runway] = field(default_factory=dict)
    spending: Mapping[str, Spending] = field(default_factory=dict)  # by unit

    def pace(self, quota: Quota | None) -> Pace | None:
        """Return the pace of a quota; None for a reserve, a part, or one that was not judged."""
        return self.paces.get(quota) if quota is not None else None

    def runway(self, balance: Balance) -> Runway | None:
        """Return the runway of a balance."""
        return self.runways.get(balance)


def outlook(
    snapshot: Snapshot,
    history: History,
    now: datetime,
    interval: float,
    replacements: Sequence[datetime] = (),
) -> Outlook:
    """Forecast an account.

    Args:
        history: earlier samples of all accounts.
        now: aware UTC.
        interval: seconds between two refreshes.
        replacements: when the account's credential was replaced, aware UTC.
    """
    usage, at = snapshot.usage, snapshot.fetched_at
    if usage is None:
        return Outlook()
    account = snapshot.account_id
    judged = {
        quota: paces.pace(quota, history.of(name), now, at, interval)
        for quota, name in _named(usage.quotas, account, series.of_quota)
        if quota.role not in _SILENT
    }
    names = {series.of_balance(account, balance) for balance in usage.balances}
    known = {name: runways.amounts(history.of(name), now) for name in names}
    lasting = {
        balance: runways.runway(balance, known.get(name, ()), now, at, interval, replacements)
        for balance, name in _named(usage.balances, account, series.of_balance)
    }
    known = {name: joined(amounts, replacements) for name, amounts in known.items()}
    return Outlook(judged, lasting, _spending(account, usage, history, known, now))


def _named(
    numbers: Iterable[_T], account: str, name: Callable[[str, _T], Series]
) -> Iterator[tuple[_T, Series]]:
    """Pair numbers with their series. Of two with the same series only the first has its history."""
    given: set[Series] = set()
    for each in numbers:
        key = name(account, each)
        yield each, key if key not in given else key._replace(account="")
        given.add(key)


def _spending(
    account: str,
    usage: Usage,
    history: History,
    balances: Mapping[Series, Sequence[Amount]],
    now: datetime,
) -> dict[str, Spending]:
    """Return the spending by unit: from a running amount if the provider reports one, else from a balance."""
    by_unit: dict[str, Spending] = {}
    second = now.timestamp()
    spends = sorted(
        (spend for spend in usage.spends if spend.period in spendings.PERIODS),
        key=lambda spend: spendings.PERIODS.index(spend.period or ""),
    )
    for spend in spends:
        if spend.unit not in by_unit:
            samples = history.of(series.of_spend(account, spend))
            by_unit[spend.unit] = spendings.of_spend(samples, second)
    for balance in usage.balances:
        known = balances[series.of_balance(account, balance)]
        if known and balance.unit not in by_unit:
            by_unit[balance.unit] = spendings.of_balance(use(known), second)
    return by_unit
