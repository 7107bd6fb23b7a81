"""Where can I work now? Rank the coding plans by what would otherwise be lost soonest.

An account is left out if its last refresh failed, its allowance is used up or its share is unknown, and so
are search, spend and prepaid money, which do not expire. What a forecast leaves over at the reset weighs
more the sooner the reset comes, since it is lost then; an allowance that will be used up anyway weighs least.
Without a forecast, all that is left counts as left over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from ..forecast.pace import Pace
from ..models import Account, Quota
from ..records import dataclass
from .state import AccountState
from .status import left_percent

UNLIMITED = Decimal(200)  # weight of an unlimited allowance, in percent left
COSTS = Decimal(-1)  # weight of a reserve that costs money: below every plan
TAKEN = 100  # divides the weight of an allowance that will be used up anyway
HALF = 24  # hours to a reset at which the weight is halved
LATE = Decimal(168)  # hours assumed to an unknown reset
OTHERS = ("search", "spend")  # kinds of services that are not coding plans


@dataclass(frozen=True)
class Place:
    """An account that can be worked with."""

    account: Account
    weight: Decimal
    quota: Quota  # the binding one
    pace: Pace | None = None  # the forecast of what would be lost at its reset


def ranked(known: Iterable[AccountState], now: datetime) -> tuple[Place, ...]:
    """Rank the coding plans that can be worked with, the best first; ``now`` is aware UTC."""
    places = (_place(each, now) for each in known if not each.account.hidden)
    return tuple(sorted(filter(None, places), key=lambda place: -place.weight))


def _place(known: AccountState, now: datetime) -> Place | None:
    account, status, quota = known.account, known.status, known.status.headline
    if quota is None or known.snapshot.failure is not None or status.level == "critical":
        return None
    if known.provider is not None and known.provider.kind in OTHERS:
        return None
    if status.reason is not None and status.reason.kind == "reserve":
        return Place(account, COSTS, quota)
    if quota.unlimited:
        return Place(account, UNLIMITED, quota)
    left = left_percent(quota)
    if left is None:
        return None
    pace = known.outlook.pace(quota)
    if pace is None or pace.projected is None:
        return Place(account, left * _urgency(quota, now), quota)
    if pace.spare is None:
        return Place(account, left / TAKEN, quota)
    return Place(account, Decimal(pace.spare) * _urgency(quota, now), quota, pace)


def _urgency(quota: Quota, now: datetime) -> Decimal:
    """Return the weight of an allowance by how soon it resets: 1 for now, less the later it is."""
    hours = LATE
    if quota.resets_at is not None:
        hours = max(Decimal(0), Decimal(int((quota.resets_at - now).total_seconds())) / 3600)
    return HALF / (hours + HALF)
