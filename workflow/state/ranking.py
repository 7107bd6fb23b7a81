"""Where can I work now? The accounts by what is left, and by what is lost soonest.

Only what can be worked with counts: an account whose last answer failed, whose allowance is used up or
whose answer carries no share and no balance is left out. What is left of an allowance weighs up to
twice when it comes back soon, since unused it is lost; a balance keeps, so it weighs once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import List, Mapping, Optional, Tuple

from ..models import Account, Quota, Snapshot
from ..settings import Settings
from . import status as statuses

BEST = Decimal(200)  # what an allowance without a cap counts as
BALANCE = Decimal(50)  # what a balance that is not low counts as, in percent left
HALF = 24  # hours to a reset at which the extra weight has halved


@dataclass(frozen=True)
class Place:
    """An account that can be worked with."""

    account: Account
    weight: Decimal
    quota: Optional[Quota] = None  # the binding one; None for a balance


def ranked(
    accounts: Tuple[Account, ...],
    snapshots: Mapping[str, Snapshot],
    settings: Settings,
    now: datetime,
) -> Tuple[Place, ...]:
    """The accounts that can be worked with, the best first."""
    places: List[Place] = []
    for account in accounts:
        place = None if account.hidden else _place(account, snapshots[account.id], settings, now)
        if place is not None:
            places.append(place)
    return tuple(sorted(places, key=lambda place: -place.weight))


def _place(
    account: Account, snapshot: Snapshot, settings: Settings, now: datetime
) -> Optional[Place]:
    usage = snapshot.usage
    if usage is None or snapshot.failure is not None:
        return None
    status = statuses.status(account, snapshot, settings)
    if status.level in ("critical", "error"):
        return None
    if status.cause is not None and status.cause.name == "reserve":
        return Place(account, BALANCE / 10, status.headline)  # it costs money by now
    quota = status.headline
    if quota is not None and quota.unlimited:
        return Place(account, BEST, quota)
    left = statuses.left_percent(quota) if quota is not None else None
    if quota is not None and left is not None:
        return Place(account, left * _haste(quota, now), quota)
    if usage.balances and usage.balances[0].available > 0:
        return Place(account, BALANCE / 10 if status.is_low else BALANCE)
    return None


def _haste(quota: Quota, now: datetime) -> Decimal:
    if quota.resets_at is None:
        return Decimal(1)
    hours = max(Decimal(0), Decimal(int((quota.resets_at - now).total_seconds())) / 3600)
    return 1 + HALF / (hours + HALF)
