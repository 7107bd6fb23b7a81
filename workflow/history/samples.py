"""Turn an answer into samples: one of every number, if it has changed, or every half hour. Pure."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ..models import Balance, Quota, Snapshot, Spend
from . import resets, series
from .series import ESTIMATED, SCALE, UNLIMITED, Sample, Series

ROLLING = "30 days"  # a period that never begins anew
LONGEST = 400 * 86400  # seconds; a longer window is not believed
HEARTBEAT = 1800  # seconds after which an unchanged number is kept again: idle is not "not asked"
_LARGEST = Decimal(2**63 - 1) / SCALE  # the largest number that fits in a column


class Unkept(ValueError):
    """The history cannot hold this number."""


class Taken(NamedTuple):
    """A sample, and the length of its window or period in seconds."""

    sample: Sample
    window: int | None = None


def taken(snapshot: Snapshot) -> dict[Series, Taken]:
    """Return the samples of a snapshot; none if its last refresh failed.

    Of two numbers with the same series the first is taken, which is the more telling one.
    """
    samples: dict[Series, Taken] = {}
    usage, account = snapshot.usage, snapshot.account_id
    if usage is None or snapshot.fetched_at is None or snapshot.failure is not None:
        return samples
    at = int(snapshot.fetched_at.timestamp())
    makers = (
        *((series.of_quota(account, quota), _of_quota, quota) for quota in usage.quotas),
        *((series.of_balance(account, each), _of_balance, each) for each in usage.balances),
        *((series.of_spend(account, each), _of_spend, each) for each in usage.spends),
    )
    for name, make, source in makers:
        with suppress(Unkept):  # skip only this number
            samples.setdefault(name, make(source, at))  # type: ignore[operator]
    return samples


def _of_quota(quota: Quota, at: int) -> Taken:
    """Sample a quota. Raises Unkept if it has no used share."""
    percent = None if quota.role == "part" else quota.used_percent
    if percent is None and not quota.unlimited:
        raise Unkept(quota.label)
    total = None if quota.unit == "%" or quota.unlimited else millionths(quota.limit)
    flags = UNLIMITED * quota.unlimited | ESTIMATED * quota.estimated
    window = quota.window if 0 < (quota.window or 0) <= LONGEST else None
    return Taken(Sample(at, millionths(percent), total, _seconds(quota.resets_at), flags), window)


def _of_balance(balance: Balance, at: int) -> Taken:
    return Taken(Sample(at, millionths(balance.available), millionths(balance.granted)))


def _of_spend(spend: Spend, at: int) -> Taken:
    """Sample a spend. Raises Unkept for a rolling sum, which follows from the other samples."""
    if spend.period == ROLLING:
        raise Unkept(spend.period)
    period = int((spend.until - spend.since).total_seconds())
    return Taken(Sample(at, millionths(spend.amount), None, _seconds(spend.since)), period)


def millionths(amount: Decimal | None) -> int | None:
    """Return an amount in whole millionths. Raises Unkept if it is too large for the database."""
    if amount is None:
        return None
    if not amount.is_finite() or abs(amount) > _LARGEST:
        raise Unkept("too large")
    return int((amount * SCALE).to_integral_value())


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def is_news(before: Sample | None, after: Sample, window: int | None) -> bool:
    """Tell whether a sample is worth keeping after the last one kept, of which a series' first has none.

    ``window`` is the length of the window or period in seconds, if known.
    """
    if before is None or (after.at - before.at >= HEARTBEAT and after.value is not None):
        return True
    if (before.value, before.total) != (after.value, after.total):
        return True
    if (before.flags ^ after.flags) & UNLIMITED:
        return True
    return not resets.is_same(before.resets_at, after.resets_at, window)
