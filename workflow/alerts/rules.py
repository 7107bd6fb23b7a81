"""Decide which limits an account's numbers have crossed. Pure: the ledger knows what was sent already."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from ..history import series
from ..history.samples import millionths
from ..history.series import FULL, Sample, Series
from ..models import Account, Balance, Quota, Usage
from ..records import dataclass
from ..settings import Settings
from ..state.state import AccountState
from ..state.status import CRITICAL, is_spent, left_percent, measure

Group = Literal["limits", "money", "resets", "any", "asked"]  # the setting that a rule depends on
PACE_USED, PACE_EARLY = 30.0, 600  # a forecast counts from: percent used, seconds before the reset
ENDING = timedelta(days=3)  # a credential that ends sooner is worth an alert
RUNWAY = 3  # a balance that lasts so many days or fewer is low
_RUNWAY_AGAIN = 2 * RUNWAY  # days above which it may be low again: estimates waver
_AGAIN = Decimal("1.1")  # an amount above its limit times this may be low again
REFUSED = ("credential_rejected", "credential_expired")
HOURS = "money_hours"  # a burst would use a balance up within hours; it may be over before
MONEY = ("money", HOURS)


@dataclass(frozen=True)
class Judged:
    """One series of an account as of its last answer.

    ``crossed`` are the rules whose limit is crossed, the worst first; ``burning`` says that it will run
    out before its reset, which two answers must agree on; ``has_recovered``, that an amount may be low again.
    """

    series: Series
    sample: Sample
    window: int | None = None
    crossed: tuple[str, ...] = ()
    burning: bool = False
    has_recovered: bool = False


@dataclass(frozen=True)
class Verdict:
    """All that matters to alerts in an account's last answer."""

    account: Account
    at: int  # of the answer, epoch seconds
    judged: tuple[Judged, ...] = ()
    credential: tuple[tuple[str, int], ...] = ()  # rule, and the day or generation that it concerns
    is_changed: bool = False  # the form of the answer has changed
    is_good: bool = True  # the answer has numbers


def group(rule: str) -> Group:
    """Return the setting that turns a rule on."""
    if rule == "asked":
        return "asked"
    if rule.startswith("key") or rule == "drift":
        return "any"
    return "money" if rule in MONEY else "resets" if rule == "reset" else "limits"


def rank(rule: str) -> int:
    """Rank a rule by how bad it is, the worst first."""
    order = ("key_refused", "full", "low5", *MONEY, "low", "pace", "key_ends", "drift", "asked", "reset")  # fmt: skip
    return order.index(rule if rule in order else "low")


def is_wanted(rule: str, settings: Settings) -> bool:
    """Tell whether the settings allow a rule; a reminder that the user asked for is always allowed."""
    switches = {
        "limits": settings.alert_limits,
        "money": settings.alert_money,
        "resets": settings.alert_resets,
        "any": any_wanted(settings),
        "asked": True,
    }
    return switches[group(rule)]


def any_wanted(settings: Settings) -> bool:
    """Tell whether any alert is on."""
    return settings.alert_limits or settings.alert_money or settings.alert_resets


def account_series(account_id: str) -> Series:
    """Return the series under which an account as a whole is noted."""
    return Series(account_id, "account", "", "")


def provider_series(provider_id: str) -> Series:
    """Return the series under which a provider is noted, for all its accounts."""
    return Series("", "account", provider_id, "")


def judge(known: AccountState, settings: Settings, now: datetime) -> Verdict:
    """Judge an account by its last answer; ``now`` is aware UTC."""
    account, snapshot = known.account, known.snapshot
    ends = account.expires_at
    credential: tuple[tuple[str, int], ...] = ()
    if ends is not None and now < ends <= now + ENDING and account.kind != "api_key":
        credential = (("key_ends", int(ends.timestamp()) // 86400),)
    if snapshot.failure is not None:
        if snapshot.failure.kind in REFUSED:
            credential += (("key_refused", account.generation),)
        at = int(snapshot.failure.at.timestamp())
        return Verdict(account, at, (), credential, is_good=False)
    if snapshot.usage is None or snapshot.fetched_at is None:
        return Verdict(account, 0, is_good=False)
    at = int(snapshot.fetched_at.timestamp())
    by_series: dict[Series, Judged] = {}
    for judged in (
        *_quotas(known, snapshot.usage, settings, at),
        *_balances(known, snapshot.usage, at),
    ):
        by_series.setdefault(judged.series, judged)
    return Verdict(account, at, tuple(by_series.values()), credential, snapshot.usage.is_changed)


def left_of(rule: str, name: Series, verdict: Verdict) -> str:
    """Return what still holds of a rule that waited: itself, a milder one of its series, or "" for nothing."""
    if rule == "key_ends" or (rule == "key_refused" and verdict.is_good):
        return rule if rule in dict(verdict.credential) else ""
    if rule in ("reset", "asked", "drift") or not verdict.is_good:
        return rule
    judged = next((each for each in verdict.judged if each.series == name), None)
    if judged is None:
        return ""
    if rule == "pace":
        return rule if judged.burning else ""
    return rule if rule in judged.crossed else next(iter(judged.crossed), "")


def sample_of(quota: Quota, at: int) -> Sample:
    """Return a quota as the alerts compare it. Raises ValueError or ArithmeticError for an odd number."""
    value = FULL if quota.alert else millionths(quota.used_percent)
    return Sample(at, value, None, int(quota.resets_at.timestamp()) if quota.resets_at else None)


def _quotas(known: AccountState, usage: Usage, settings: Settings, at: int) -> Iterator[Judged]:
    for quota in usage.quotas:
        if quota.role == "part":
            continue
        try:
            sample = sample_of(quota, at)
        except (ValueError, ArithmeticError):
            continue
        counts = quota.role == "binding" or quota is known.status.headline
        yield Judged(
            series.of_quota(known.account.id, quota),
            sample,
            quota.window,
            _crossed_rules(quota, known, settings) if counts else (),
            counts and _burns(known, quota),
            _is_count(quota, known)
            and _is_above(known.account.threshold_in(quota.unit), quota.remaining),
        )


def _crossed_rules(quota: Quota, known: AccountState, settings: Settings) -> tuple[str, ...]:
    """Return the rules whose limit a quota has crossed, the worst first."""
    left, own = left_percent(quota), known.account.threshold_in("%")
    crossed = ["full"] if is_spent(quota) else []
    if left is None:
        reason = known.status.reason
        if _is_count(quota, known) and reason is not None and reason.limit is not None:
            crossed.append(f"low{reason.limit:f}")
        return tuple(crossed)
    marks = {CRITICAL, Decimal(settings.low), own or CRITICAL}
    return *crossed, *(f"low{mark:f}" for mark in sorted(marks) if mark > 0 and left <= mark)


def _is_count(quota: Quota, known: AccountState) -> bool:
    """Tell whether this is a quota without a limit that the account's own threshold is about."""
    usage = known.snapshot.usage
    is_headline = quota is known.status.headline and left_percent(quota) is None
    return is_headline and usage is not None and not usage.balances


def _is_above(line: Decimal | None, left: Decimal | None) -> bool:
    return line is not None and left is not None and left > line * _AGAIN


def _burns(known: AccountState, quota: Quota) -> bool:
    """Tell whether a quota will run out well before its reset."""
    pace = known.outlook.pace(quota)
    if pace is None or pace.verdict != "runs_out" or not pace.runs_out_at or not quota.resets_at:
        return False
    early = (quota.resets_at - pace.runs_out_at).total_seconds()
    return early >= PACE_EARLY and (quota.used_percent or 0) >= PACE_USED


def _balances(known: AccountState, usage: Usage, at: int) -> Iterator[Judged]:
    """Judge the balances; only one that pays can be low: a reserve pays once the plan is used up."""
    shares = [
        q for q in usage.quotas if q.role == "binding" and (left_percent(q) is not None or q.alert)
    ]
    spent = any(map(is_spent, shares))
    unit = measure(usage, known.account.threshold_unit)
    for balance in usage.balances:
        try:
            value = millionths(balance.available)
        except (ValueError, ArithmeticError):
            continue
        pays = (balance.role == "binding" and not shares) or spent
        line = known.account.threshold_in(unit) if balance.unit == unit else None
        days, is_burst = _forecast(known, balance)
        signs = (_is_low(balance, days, line), is_burst)
        above = days is not None if line is None else _is_above(line, balance.available)
        yield Judged(
            series.of_balance(known.account.id, balance),
            Sample(at, value),
            crossed=tuple(rule for rule, is_crossed in zip(MONEY, signs) if pays and is_crossed),
            has_recovered=above and (days is None or days > _RUNWAY_AGAIN),
        )


def _is_low(balance: Balance, days: float | None, line: Decimal | None) -> bool:
    if balance.available <= 0 or balance.low:
        return True
    if line is not None and balance.available <= line:
        return True
    return days is not None and days <= RUNWAY


def _forecast(known: AccountState, balance: Balance) -> tuple[float | None, bool]:
    """Return how many days a balance is forecast to last, and whether a burst would use it up within hours.

    The days are endless if it is hardly used, and None if they are not known.
    """
    runway = known.outlook.runway(balance)
    if runway is None:
        return None, False
    days = math.inf if runway.why == "hardly_used" else runway.days
    return days, runway.hours is not None
