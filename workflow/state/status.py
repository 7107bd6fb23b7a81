"""Where an account stands: its headline, its level and why, whether it is stale, when it is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Iterable, List, Literal, NamedTuple, Optional, Tuple

from ..models import AHEAD, ROLES, Account, Balance, Quota, Snapshot, Usage
from ..provider.contract import Provider
from ..settings import Settings

Level = Literal["plenty", "low", "critical", "error", "unknown"]
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


class Cause(NamedTuple):
    """Why a level is not plenty.

    ``name``: *failed* (the failure's own message), *never* (not asked yet), *blocked* (the usage's
    own reason), *spent*, *nearly* (at most 5 percent left), *low* (at most ``limit`` percent left),
    *threshold* (below ``limit``, the account's own), *reserve* (``quota`` or the first balance is
    used up and a reserve pays), *empty*, *owed*, *alert* (below the alert set at the provider) or
    *untold* (no limit and no balance is told).
    """

    name: str
    quota: Optional[Quota] = None
    balance: Optional[Balance] = None
    limit: Optional[Decimal] = None
    reserve: Optional[str] = None  # the label of a reserve quota; None for a balance


@dataclass(frozen=True)
class Status:
    """What the numbers of an account mean; worked out once, read by every face."""

    level: Level
    cause: Optional[Cause] = None  # None at plenty
    headline: Optional[Quota] = None

    @property
    def is_blocked(self) -> bool:
        """Whether the provider refuses work, whatever the numbers say."""
        return self.cause is not None and self.cause.name == "blocked"

    @property
    def is_low(self) -> bool:
        """Whether little or nothing is left."""
        return self.level in ("low", "critical")


def left_percent(quota: Quota) -> Optional[Decimal]:
    """Share left, raw (below zero beyond the limit); None without a limit."""
    used = quota.used_percent
    return None if used is None else 100 - used


def arranged(quotas: Iterable[Quota]) -> Tuple[Quota, ...]:
    """The headline first, then the other binding quotas, reserves, secondary ones and parts."""
    known = list(quotas)
    first = headline(known)
    rest = sorted((q for q in known if q is not first), key=lambda q: ROLES.index(q.role))
    return ((first,) if first else ()) + tuple(rest)


def headline(quotas: Iterable[Quota]) -> Optional[Quota]:
    """The binding quota with the least share left; without any share, the first binding one.

    Once that one is used up, a reserve with a share left takes its place.
    """
    known = list(quotas)
    binding = _least(known)
    if binding is not None and not _is_spent(binding):
        return binding
    for reserve in _open_reserves(known):
        if left_percent(reserve) is not None:
            return reserve
    return binding if binding else next((q for q in known if q.role == "reserve"), None)


def _least(quotas: Iterable[Quota]) -> Optional[Quota]:
    binding = [quota for quota in quotas if quota.role == "binding"]
    refused = [quota for quota in binding if quota.alert and left_percent(quota) is None]
    if refused:
        return refused[0]
    shares = [
        (not quota.alert, left, i)  # what the provider says counts for more than what it counts
        for i, quota in enumerate(binding)
        for left in [left_percent(quota)]
        if left is not None
    ]
    return binding[min(shares)[-1]] if shares else next(iter(binding), None)


def _is_spent(quota: Quota) -> bool:
    left = left_percent(quota)
    return quota.alert or (left is not None and left <= 0)


def _open_reserves(quotas: Iterable[Quota]) -> List[Quota]:
    """The reserves that still pay; one that is not limited always does."""
    return [quota for quota in quotas if quota.role == "reserve" and _has_room(quota)]


def _has_room(quota: Quota) -> bool:
    if quota.alert:
        return False
    if quota.unlimited or quota.limit is None:
        return quota.remaining is None or quota.remaining > 0
    return quota.remaining is not None and quota.remaining > 0


def status(account: Account, snapshot: Snapshot, settings: Settings) -> Status:
    """Level, cause and headline of an account.

    Plenty that could not be confirmed is unknown: without a connection no list looks healthy.
    """
    failure, usage = snapshot.failure, snapshot.usage
    first = headline(usage.quotas) if usage else None
    if failure is not None and (usage is None or failure.kind in NEEDS_USER):
        level: Level = "error"
        return Status(level, Cause("failed"), first)
    if usage is None:
        return Status("unknown", Cause("never"))
    level, cause = _judged(account, usage, settings)
    if level == "plenty" and failure is not None:
        return Status("unknown", Cause("failed"), first)
    return Status(level, cause, first)


_Verdict = Tuple[Level, Optional[Cause]]


def _judged(account: Account, usage: Usage, settings: Settings) -> _Verdict:
    if usage.blocked is not None:
        return "critical", Cause("blocked")
    binding = _least(usage.quotas)
    if binding is None:
        binding = next((quota for quota in usage.quotas if quota.role == "reserve"), None)
    if binding is not None and (left_percent(binding) is not None or binding.alert):
        return _of_quota(binding, account, usage, settings)
    if binding is not None and binding.unlimited:
        return "plenty", None
    return _of_money(account, usage)


def _of_quota(quota: Quota, account: Account, usage: Usage, settings: Settings) -> _Verdict:
    if _is_spent(quota):
        return _beyond(Cause("spent", quota), usage)
    return _of_share(quota, account, settings)


def _of_share(quota: Quota, account: Account, settings: Settings) -> _Verdict:
    left, low = left_percent(quota), Decimal(settings.low)
    if left is None:
        return "plenty", None
    if left <= CRITICAL:
        return "critical", Cause("nearly", quota, limit=CRITICAL)
    if left <= low:
        return "low", Cause("low", quota, limit=low)
    if account.threshold is not None and left < account.threshold:
        return "low", Cause("threshold", quota, limit=account.threshold)
    return "plenty", None


def _of_money(account: Account, usage: Usage) -> _Verdict:
    first = next(iter(usage.balances), None)
    if first is None:
        return "unknown", Cause("untold")
    if first.available <= 0:
        name = "owed" if first.available < 0 else "empty"
        return _beyond(Cause(name, balance=first), usage)
    if first.low:
        return "low", Cause("alert", balance=first)
    if account.threshold is not None and first.available < account.threshold:
        return "low", Cause("threshold", balance=first, limit=account.threshold)
    return "plenty", None


def _beyond(cause: Cause, usage: Usage) -> _Verdict:
    """The verdict on an allowance that is used up: low where a reserve pays, else critical."""
    for reserve in _open_reserves(usage.quotas):
        if reserve is not cause.quota:
            left = left_percent(reserve)
            nearly = left is not None and left <= CRITICAL
            return "critical" if nearly else "low", cause._replace(
                name="reserve", reserve=reserve.label
            )
    paying = [b for b in usage.balances if b.role == "reserve" and b.available > 0]
    if paying:
        return "low", cause._replace(name="reserve", balance=paying[0])
    return "critical", cause


def has_reset(snapshot: Snapshot, now: datetime) -> bool:
    """Whether an allowance came back, or a block ended, since the numbers were fetched."""
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


def urgency(account: Account, snapshot: Snapshot, settings: Settings) -> Tuple[int, Decimal]:
    """A sort key, the most urgent first: what is broken, then what is nearly gone."""
    order = ("error", "critical", "low", "plenty", "unknown")
    known = status(account, snapshot, settings)
    if known.is_blocked:
        return order.index("critical"), Decimal("-Infinity")
    left = left_percent(known.headline) if known.headline else None
    return order.index(known.level), Decimal(100) if left is None else left


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
    moments = [quota.resets_at for quota in snapshot.usage.quotas]
    if snapshot.usage.blocked:
        moments.append(snapshot.usage.blocked.until)
    return [at for at in moments if at is not None and at > snapshot.fetched_at]
