"""Where an account stands: its headline, whether it is low or stale, when it is asked again."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Iterable, List, Optional, Tuple

from .models import AHEAD, Account, Quota, Snapshot, Usage
from .provider import Provider
from .settings import Settings

CRITICAL = Decimal(5)  # percent left
NEEDS_USER = frozenset(
    (
        "no_credential",
        "credential_rejected",
        "credential_expired",
        "wrong_credential",
        "not_available",
    )
)
PATIENCE = timedelta(hours=1)  # between two tries of what only the user can mend
FOREVER = datetime(9999, 1, 1, tzinfo=timezone.utc)


def left_percent(quota: Quota) -> Optional[Decimal]:
    """Share left, raw (below zero beyond the limit); None without a limit."""
    used = quota.used_percent
    return None if used is None else 100 - used


def arranged(quotas: Iterable[Quota]) -> Tuple[Quota, ...]:
    """The binding main quota first, then the other main ones, then the side lanes."""
    known = list(quotas)
    main = [quota for quota in known if not quota.side]
    side = [quota for quota in known if quota.side]
    binding = headline(main)
    rest: List[Quota] = [quota for quota in main if quota is not binding]
    return tuple(([binding] if binding else []) + rest + side)


def headline(quotas: Iterable[Quota]) -> Optional[Quota]:
    """The main quota with the least share left; without any share, the first main one."""
    main = [quota for quota in quotas if not quota.side]
    shares = [
        (left, i)
        for i, quota in enumerate(main)
        for left in [left_percent(quota)]
        if left is not None
    ]
    blocked = [quota for quota in main if quota.alert and left_percent(quota) is None]
    if blocked:
        return blocked[0]
    return main[min(shares)[1]] if shares else next(iter(main), None)


def has_reset(snapshot: Snapshot, now: datetime) -> bool:
    """Whether a main allowance came back since the numbers were fetched."""
    return any(moment <= now for moment in _resets(snapshot))


def is_stale(snapshot: Snapshot, settings: Settings, now: datetime) -> bool:
    """Older than twice the interval, or ahead of now, or failed since, or a reset has passed."""
    if snapshot.fetched_at is None or snapshot.failure is not None:
        return True
    age = now - snapshot.fetched_at
    fresh = -AHEAD <= age <= timedelta(seconds=2 * settings.interval)
    return not fresh or has_reset(snapshot, now)


def stale_at(snapshot: Snapshot, settings: Settings) -> Optional[datetime]:
    """When good numbers become stale; None when they are already, or there are none."""
    if snapshot.fetched_at is None or snapshot.failure is not None:
        return None
    return min([snapshot.fetched_at + timedelta(seconds=2 * settings.interval), *_resets(snapshot)])


def is_low(account: Account, usage: Usage, settings: Settings) -> bool:
    """At or under the threshold of the account or the settings, or the provider's own alert."""
    if any(balance.low or balance.available <= 0 for balance in usage.balances[:1]):
        return True
    binding = headline(usage.quotas)
    if binding is not None:
        if binding.alert:
            return True
        left = left_percent(binding)
        if left is not None:
            return left <= Decimal(settings.low) or _under(account.threshold, left)
    return any(_under(account.threshold, b.available) for b in usage.balances[:1])


def level(account: Account, snapshot: Snapshot, settings: Settings) -> str:
    """ "plenty", "low", "critical", "error" or "unknown", for the icon and the colour.

    Plenty that could not be confirmed is unknown: without a connection no list looks healthy.
    """
    failure, usage = snapshot.failure, snapshot.usage
    if failure is not None and (usage is None or failure.kind in NEEDS_USER):
        return "error"
    if usage is None:
        return "unknown"
    if _is_critical(usage):
        return "critical"
    if is_low(account, usage, settings):
        return "low"
    binding = headline(usage.quotas)
    told = binding is not None and (binding.unlimited or left_percent(binding) is not None)
    return "plenty" if failure is None and (told or usage.balances) else "unknown"


def urgency(account: Account, snapshot: Snapshot, settings: Settings) -> Tuple[int, Decimal]:
    """A sort key, the most urgent first: what is broken, then what is nearly gone."""
    order = ("error", "critical", "low", "plenty", "unknown")
    binding = headline(snapshot.usage.quotas) if snapshot.usage else None
    left = left_percent(binding) if binding else None
    return order.index(level(account, snapshot, settings)), Decimal(100) if left is None else left


def due_at(provider: Optional[Provider], snapshot: Snapshot, settings: Settings) -> datetime:
    """When the account is to be asked again: after the interval, or right after a reset."""
    failure = snapshot.failure
    tries = [at for at in (snapshot.fetched_at, failure.at if failure else None) if at]
    if not tries:
        return datetime.fromtimestamp(0, timezone.utc)
    last = max(tries)
    if failure is not None and failure.kind in NEEDS_USER:
        return last + PATIENCE
    wait = timedelta(seconds=max(settings.interval, provider.interval if provider else 0))
    due = min([last + wait, *(moment for moment in _resets(snapshot) if moment > last)])
    return max(due, failure.retry_at) if failure and failure.retry_at else due


def _resets(snapshot: Snapshot) -> List[datetime]:
    if snapshot.usage is None or snapshot.fetched_at is None:
        return []
    return [
        quota.resets_at
        for quota in snapshot.usage.quotas
        if quota.resets_at is not None and quota.resets_at > snapshot.fetched_at
    ]


def _under(threshold: Optional[Decimal], value: Decimal) -> bool:
    return threshold is not None and value < threshold


def _is_critical(usage: Usage) -> bool:
    binding = headline(usage.quotas)
    if binding is not None:
        left = left_percent(binding)
        if binding.alert or (left is not None and left <= CRITICAL):
            return True
        if left is not None or binding.unlimited:
            return False
    return any(balance.available <= 0 for balance in usage.balances[:1])
