"""The status of an account: its level and the reason, its headline, when it is stale and due.

``status`` works it out from the last snapshot; all that show, rank or refresh accounts read the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Literal, NamedTuple, Optional

from ..models import ROLES, Account, Balance, Quota, Snapshot, Usage
from ..provider.contract import Provider
from ..records import dataclass
from ..settings import Settings

Level = Literal["plenty", "low", "critical", "error", "unknown"]
ReasonKind = Literal[
    "failed",  # the failure's own message
    "never",  # not asked yet
    "blocked",  # the usage's own reason
    "spent",
    "nearly",  # at most 5 percent left
    "low",  # at most ``limit`` percent left
    "threshold",  # at most ``limit``, the account's own
    "reserve",  # ``quota`` or the first balance is used up, and a reserve pays
    "empty",
    "owed",
    "alert",  # below the alert that is set at the provider
    "untold",  # the provider reports no limit and no balance
]
URGENCY: tuple[Level, ...] = ("error", "critical", "low", "plenty", "unknown")  # in this order
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
USER_ERROR_RETRY = timedelta(hours=1)  # the wait after an error that only the user can fix
FOREVER = datetime(9999, 1, 1, tzinfo=timezone.utc)
AT_ONCE = datetime.fromtimestamp(0, timezone.utc)


class Reason(NamedTuple):
    """The reason why a level is not plenty, and the numbers behind it."""

    kind: ReasonKind
    quota: Quota | None = None
    balance: Balance | None = None
    limit: Decimal | None = None  # percent, or an amount in the unit of the balance
    reserve: str | None = None  # the label of a reserve quota; None for a balance


@dataclass(frozen=True)
class Status:
    """The meaning of an account's last snapshot, independent of the time."""

    level: Level
    reason: Reason | None = None  # None at plenty
    headline: Quota | None = None
    quotas: tuple[Quota, ...] = ()  # all of them, as ``arranged``
    stale_at: datetime | None = None  # when good numbers become stale; None: they are already
    wanted_at: datetime = AT_ONCE  # when new numbers are needed, regardless of ``retry_at``
    retry_at: datetime | None = None  # the provider must not be asked before
    needs_user: bool = False  # the last refresh failed, and only the user can change that

    @property
    def is_blocked(self) -> bool:
        """Tell whether the provider refuses work, whatever the numbers say."""
        return self.reason is not None and self.reason.kind == "blocked"

    @property
    def is_low(self) -> bool:
        """Tell whether little or nothing is left."""
        return self.level in ("low", "critical")

    @property
    def due_at(self) -> datetime:
        """The time of the next request: new numbers are needed, and the provider may be asked."""
        return max(self.wanted_at, self.retry_at or self.wanted_at)

    def is_stale(self, now: datetime) -> bool:
        """Tell whether at ``now`` the numbers are old, followed by a failure, or from before a reset."""
        return self.stale_at is None or self.stale_at <= now

    @property
    def urgency(self) -> tuple[int, Decimal]:
        """The sort key, the most urgent first: broken accounts, then those with the least left."""
        if self.is_blocked:
            return URGENCY.index("critical"), Decimal("-Infinity")
        left = left_percent(self.headline) if self.headline else None
        return URGENCY.index(self.level), Decimal(100) if left is None else left


def left_percent(quota: Quota) -> Decimal | None:
    """Return the share left in percent, below zero if beyond the limit; None without a limit."""
    used = quota.used_percent
    return None if used is None else 100 - used


def arranged(quotas: Sequence[Quota]) -> tuple[Quota, ...]:
    """Sort quotas: the headline first, then the other binding ones, reserves, secondary ones and parts."""
    first = headline(quotas)
    rest = sorted((q for q in quotas if q is not first), key=lambda q: ROLES.index(q.role))
    return ((first,) if first else ()) + tuple(rest)


def headline(quotas: Sequence[Quota]) -> Quota | None:
    """Return the binding quota with the least share left, or the first one if no share is known.

    Once it is used up, a reserve with a share left takes its place.
    """
    first = _deciding(quotas)
    if first is None or (first.role == "binding" and not is_spent(first)):
        return first
    shares = (each for each in _open_reserves(quotas) if left_percent(each) is not None)
    return next(shares, first)


def _least_left(quotas: Sequence[Quota]) -> Quota | None:
    binding = [quota for quota in quotas if quota.role == "binding"]
    refused = [quota for quota in binding if quota.alert and left_percent(quota) is None]
    if refused:
        return refused[0]
    shares = [
        (not quota.alert, left, i)  # the provider's alert counts for more than its numbers
        for i, quota in enumerate(binding)
        for left in [left_percent(quota)]
        if left is not None
    ]
    return binding[min(shares)[-1]] if shares else next(iter(binding), None)


def is_spent(quota: Quota) -> bool:
    """Tell whether a quota is used up, by its numbers or by the provider's alert."""
    left = left_percent(quota)
    if left is None and not quota.unlimited:
        left = quota.remaining
    return quota.alert or (left is not None and left <= 0)


def _open_reserves(quotas: Sequence[Quota]) -> list[Quota]:
    """Return the reserves that can still pay; one without a limit always can."""
    return [quota for quota in quotas if quota.role == "reserve" and _has_room(quota)]


def _has_room(quota: Quota) -> bool:
    is_endless = quota.unlimited or quota.limit is None
    return not quota.alert and (is_endless if quota.remaining is None else quota.remaining > 0)


def status(
    account: Account, snapshot: Snapshot, settings: Settings, provider: Provider | None = None
) -> Status:
    """Work out the status of an account.

    If the last refresh failed, "plenty" becomes "unknown": without a connection no list should look healthy. The
    provider is None if this Tankful does not know it.
    """
    level, reason = _judged(account, snapshot, settings)
    quotas = arranged(snapshot.usage.quotas) if snapshot.usage else ()
    return Status(
        level=level,
        reason=reason,
        headline=headline(snapshot.usage.quotas) if snapshot.usage else None,
        quotas=quotas,
        stale_at=_stale_at(snapshot, settings),
        wanted_at=_wanted_at(provider, snapshot, settings),
        retry_at=snapshot.failure.retry_at if snapshot.failure else None,
        needs_user=snapshot.failure is not None and snapshot.failure.kind in NEEDS_USER,
    )


_Verdict = tuple[Level, Optional[Reason]]


def _judged(account: Account, snapshot: Snapshot, settings: Settings) -> _Verdict:
    usage, failure = snapshot.usage, snapshot.failure
    if failure is not None and (usage is None or failure.kind in NEEDS_USER):
        return "error", Reason("failed")
    if usage is None:
        return "unknown", Reason("never")
    level, reason = _of_usage(account, usage, settings)
    if level == "plenty" and failure is not None:
        return "unknown", Reason("failed")
    return level, reason


def _of_usage(account: Account, usage: Usage, settings: Settings) -> _Verdict:
    if usage.blocked is not None:
        return "critical", Reason("blocked")
    binding = _deciding(usage.quotas)
    if binding is None:
        return _of_money(account, usage)
    left = left_percent(binding)
    if is_spent(binding):
        return _used_up(Reason("spent", binding), usage)
    if left is not None:
        return _of_share(binding, left, account, settings)
    if binding.unlimited:
        return "plenty", None
    return _of_money(account, usage) if usage.balances else _of_count(binding, account)


def low_percent(settings: Settings) -> int:
    """Return the percentage left at which every account is low: that of the settings, at least CRITICAL."""
    return max(settings.low, int(CRITICAL))


def measure(usage: Usage | None, kept: str = "") -> str:
    """Return the unit of an account's own threshold; "" if nothing is known that it could apply to.

    That is "%", the unit of its balance, or that of a count without a limit whose remainder is known. Of
    several balances it is that of the first, or the one that the threshold was set in (``kept``).
    """
    binding = _deciding(usage.quotas) if usage else None
    if usage is None or (binding and binding.unlimited):
        return ""
    if binding is not None and left_percent(binding) is not None:
        return "%"
    if usage.balances:
        units = [balance.unit for balance in usage.balances]
        return kept if kept in units else units[0]
    return binding.unit if binding is not None and binding.remaining is not None else ""


def _deciding(quotas: Sequence[Quota]) -> Quota | None:
    """Return the quota that decides: the binding one with the least left, else the first reserve."""
    return _least_left(quotas) or next((each for each in quotas if each.role == "reserve"), None)


def _of_share(quota: Quota, left: Decimal, account: Account, settings: Settings) -> _Verdict:
    low = Decimal(settings.low)
    if left <= CRITICAL:
        return "critical", Reason("nearly", quota, limit=CRITICAL)
    if left <= low:
        return "low", Reason("low", quota, limit=low)
    own = account.threshold_in("%")
    if own is not None and left <= own:
        return "low", Reason("threshold", quota, limit=own)
    return "plenty", None


def _of_count(quota: Quota, account: Account) -> _Verdict:
    """Judge a quota without a limit by the account's own threshold, if it is known what is left."""
    left, line = quota.remaining, account.threshold_in(quota.unit)
    if left is None or line is None:
        return "unknown", Reason("untold")
    return ("low", Reason("threshold", quota, limit=line)) if left <= line else ("plenty", None)


def _of_money(account: Account, usage: Usage) -> _Verdict:
    first = next(iter(usage.balances), None)
    if first is None:
        return "unknown", Reason("untold")
    if first.available <= 0:
        kind: ReasonKind = "owed" if first.available < 0 else "empty"
        return _used_up(Reason(kind, balance=first), usage)
    if first.low:
        return "low", Reason("alert", balance=first)
    unit = measure(usage, account.threshold_unit)
    own = account.threshold_in(unit)
    meant = next((balance for balance in usage.balances if balance.unit == unit), first)
    if own is not None and meant.available <= own:
        return "low", Reason("threshold", balance=meant, limit=own)
    return "plenty", None


def _used_up(reason: Reason, usage: Usage) -> _Verdict:
    """Judge an allowance that is used up: low if a reserve pays, else critical."""
    for reserve in _open_reserves(usage.quotas):
        if reserve is not reason.quota:
            left = left_percent(reserve)
            nearly = left is not None and left <= CRITICAL
            level: Level = "critical" if nearly else "low"
            return level, reason._replace(kind="reserve", reserve=reserve.label)
    paying = [b for b in usage.balances if b.role == "reserve" and b.available > 0]
    if paying:
        return "low", reason._replace(kind="reserve", balance=paying[0])
    return "critical", reason


def _stale_at(snapshot: Snapshot, settings: Settings) -> datetime | None:
    """Return when good numbers become stale: after two intervals, or at a reset or the end of a block."""
    if snapshot.fetched_at is None or snapshot.failure is not None:
        return None
    return min([snapshot.fetched_at + timedelta(seconds=2 * settings.interval), *_resets(snapshot)])


def _wanted_at(provider: Provider | None, snapshot: Snapshot, settings: Settings) -> datetime:
    """Return when new numbers are needed: after the interval, or right after a reset."""
    failure = snapshot.failure
    if not snapshot.tries:
        return AT_ONCE
    last = max(snapshot.tries)
    if failure is not None and failure.kind in NEEDS_USER:
        return last + USER_ERROR_RETRY
    wait = timedelta(seconds=max(settings.interval, provider.interval if provider else 0))
    return min([last + wait, *(moment for moment in _resets(snapshot) if moment > last)])


def _resets(snapshot: Snapshot) -> list[datetime]:
    """Return the moments at which an allowance resets or a block ends, according to these numbers."""
    if snapshot.usage is None or snapshot.fetched_at is None:
        return []
    moments = [quota.resets_at for quota in snapshot.usage.quotas]
    if snapshot.usage.blocked:
        moments.append(snapshot.usage.blocked.until)
    return [at for at in moments if at is not None and at > snapshot.fetched_at]
