"""Compare a quota or a balance with its value at the visit before this one. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..models import Balance, Quota
from . import resets, samples, series
from .series import SCALE, UNLIMITED, History, Sample


class Since(NamedTuple):
    """The change of what is left, since a moment."""

    visit: int  # epoch seconds
    change: Decimal  # percentage points of a quota, amount of a balance; below zero: used
    has_reset: bool = False  # a new window of the quota began in between
    topped_up: Decimal = Decimal(0)  # the amount added to the balance in between


def of_quota(history: History, account_id: str, quota: Quota, at: int) -> Since | None:
    """Compare a quota that was reported ``at`` (epoch seconds) with its value at the last visit.

    Returns None if there was no earlier visit, or no number at it.
    """
    before = history.seen.get(series.of_quota(account_id, quota))
    used = quota.used_percent
    if len(history.visits) < 2 or before is None or before.value is None or used is None:
        return None
    if before.flags & UNLIMITED:
        return None
    resets_at = None if quota.resets_at is None else int(quota.resets_at.timestamp())
    now = Sample(at, samples.millionths(used), None, resets_at)
    change = Decimal(before.value) / SCALE - used
    has_reset = resets.has_ended(before, now, quota.window) or _is_of_another(before, now, quota)
    return Since(history.visits[0], change, has_reset)


def _is_of_another(before: Sample, now: Sample, quota: Quota) -> bool:
    """Tell whether a sample that was thinned out, and lost its reset, is from before the running window."""
    if before.grain == "raw" or now.resets_at is None or quota.window is None:
        return False
    return before.at < now.resets_at - quota.window


def of_balance(history: History, account_id: str, balance: Balance, at: int) -> Since | None:
    """Compare a balance with its value at the last visit; see ``of_quota``."""
    key = series.of_balance(account_id, balance)
    before = history.seen.get(key)
    if len(history.visits) < 2 or before is None or before.value is None:
        return None
    now = Sample(at, samples.millionths(balance.available))
    course = [before, *(sample for sample in history.of(key) if before.at < sample.at < at), now]
    topped_up = sum(series.rise(one.value, other.value) for one, other in zip(course, course[1:]))
    change = balance.available - Decimal(before.value) / SCALE
    return Since(history.visits[0], change, topped_up=Decimal(topped_up) / SCALE)
