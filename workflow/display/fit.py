"""Make the numbers and texts by which ``state.fit`` judges later, without any other data, whether enough is left."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from ..forecast.pace import Pace
from ..forecast.runway import Runway
from ..i18n.catalog import say
from ..i18n.message import _
from ..models import Account, Balance, Quota
from ..records import replace
from ..settings import Settings
from ..state import fit
from ..state.ranking import OTHERS
from ..state.state import AccountState, State
from ..state.status import is_spent, left_percent, low_percent, measure
from . import forecasts, names, numbers, privacy, quotas, remedy

NEARLY = 90  # percent used; from here on it is tight
HOUR, DAY = 3600, 86400
_LENGTHS = {"Daily": DAY, "Weekly": 7 * DAY, "Monthly": fit.MONTH}
_NO_PACE = "no_pace"  # the reason for a reserve or a part


def account_of(state: State, account: Account) -> fit.Account:
    """Return one account; texts carry markers."""
    return state.render(account, lambda known: _account(known, state.settings, state.now))


def _account(known: AccountState, settings: Settings, at: datetime) -> fit.Account:
    account, provider, snapshot = known.account, known.provider, known.snapshot
    settings = settings.but(show="left")
    usage, fetched_at = snapshot.usage, snapshot.fetched_at
    place = "aside" if provider is not None and provider.kind in OTHERS else "work"
    state, reason = _state(known, settings)
    ends = usage.blocked.until if usage and usage.blocked else None
    if snapshot.failure is not None:
        ends = snapshot.failure.retry_at
    entry = fit.Account(
        account.id,
        "hidden" if account.hidden else place,
        privacy.name(account, known.short, settings),
        fetched_at.timestamp() if fetched_at else 0,
        2 * settings.interval,
        state,
        ends.timestamp() if ends else fit.NEVER,
        reason,
        remedy=_remedy(known, reason, settings),
    )
    if usage is not None:
        paying = [_balance(balance, known, settings, at) for balance in usage.balances]
        lanes = [_quota(quota, known, settings, at) for quota in known.status.quotas]
        shared = any(map(quotas.has_share, known.status.quotas[:1]))
        entry.lanes = [*lanes, *paying] if shared or not paying else [*paying, *lanes]
    return entry


def _state(known: AccountState, settings: Settings) -> tuple[str, str]:
    """Return why an account's numbers do not count, as a word and as a sentence."""
    snapshot, status = known.snapshot, known.status
    if snapshot.failure is not None:
        kind = fit.REFUSED if status.needs_user else "failed"
        return kind, privacy.discreet(names.unnamed(snapshot.failure.message), settings)
    if snapshot.usage is None:
        return "never", say(quotas.NEVER_ASKED)
    if status.is_blocked:
        return "blocked", quotas.reason(status, snapshot, settings)
    return "", say(_("no usable number"))


def _remedy(known: AccountState, reason: str, settings: Settings) -> str:
    """Say what failed and the command that helps; "" if the reason itself says what to do."""
    account, provider, snapshot = known.account, known.provider, known.snapshot
    site = "" if snapshot.usage else remedy.other_site(account, provider, snapshot.failure)
    advice, _short = remedy.in_shell(account, provider, snapshot.failure, site, settings)
    first = names.first_clause(reason)
    return say(_("{first}; {next}"), first=first, next=advice) if advice else ""


def _quota(quota: Quota, known: AccountState, settings: Settings, at: datetime) -> fit.Lane:
    pace = known.outlook.pace(quota)
    why = _why(quota, pace)
    tight_at, out_at = _ends(quota, pace, at) if pace and not why else (fit.NEVER, fit.NEVER)
    label = numbers.short_label(quota.label)
    share = quotas.share(quota, settings)[0]
    is_count = _is_count(quota)
    return fit.Lane(
        "count" if is_count else "quota",
        quota.role,
        _left(quota),
        _own_line(known, quota.unit)
        if is_count
        else max(_own_line(known, "%"), low_percent(settings)),
        quota.resets_at.timestamp() if quota.resets_at else fit.NEVER,
        tight_at,
        out_at,
        pace.until.timestamp() if pace and pace.until else fit.NEVER,
        why,
        "|".join(_names(quota)),
        quotas.until_reset(quota, f"{label} {share}", f"{label} {say(quotas.HAS_RESET)}"),
        quotas.reset(quota),
        _outlook(quota, pace),
        "" if quota.unit == "%" else quota.unit,
        *_counted(quota, label, settings),
        _length(quota),
    )


def _counted(quota: Quota, label: str, settings: Settings) -> tuple[float, str]:
    """Return how much is left of a quota in its unit, as a number and as text; -1 and "" if unknown."""
    if quota.unit == "%" or quota.unlimited or quota.remaining is None:
        return -1, ""
    try:
        count = quotas.share(replace(quota, limit=None), settings)[0]
    except ArithmeticError:  # it has too many digits
        return -1, ""
    text = quotas.until_reset(quota, f"{label} {count}", f"{label} {say(quotas.HAS_RESET)}")
    return max(0.0, _number(quota.remaining)), text


def _length(quota: Quota) -> float:
    """Return the length of a window in seconds, reported or as its name says; 0 if unknown, or one of a lane."""
    if " · " in quota.label:
        return 0
    return fit.rounded(quota.window or _LENGTHS.get(quota.label) or fit.seconds(quota.label) or 0)


def _is_count(quota: Quota) -> bool:
    """Tell whether it is known how much of a quota is left, but not of how much."""
    return not quota.unlimited and quota.remaining is not None and left_percent(quota) is None


def _own_line(known: AccountState, unit: str) -> float:
    """Return the account's own threshold if it is in this unit, else 0."""
    own, kept = known.account.threshold_in(unit), known.account.threshold_unit
    return 0 if own is None or measure(known.snapshot.usage, kept) != unit else float(own)


def _why(quota: Quota, pace: Pace | None) -> str:
    """Return why there is no forecast for a quota; "" if there is one."""
    if quota.unlimited:
        return "unlimited"
    if pace is None:
        return _NO_PACE
    return "" if pace.verdict == "used_up" else pace.why or ""


def _left(quota: Quota) -> float:
    """Return the share or the count left, see ``fit.Lane``."""
    if quota.unlimited:
        return math.inf
    if is_spent(quota):
        return 0
    left = quota.remaining if _is_count(quota) else left_percent(quota)
    return -1 if left is None else max(0.0, _number(left))


def _number(value: Decimal) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _ends(quota: Quota, pace: Pace, at: datetime) -> tuple[float, float]:
    """Return when a quota will be nearly used up and when used up; NEVER if it resets first."""
    if pace.rate is None:
        return fit.NEVER, fit.NEVER
    out_at = pace.runs_out_at.timestamp() if pace.runs_out_at else fit.NEVER
    used = 100 - _left(quota)
    if used >= NEARLY:
        return at.timestamp(), out_at
    if not pace.rate or (pace.projected or 0) < NEARLY:
        return fit.NEVER, out_at
    return at.timestamp() + (NEARLY - used) / pace.rate * HOUR, out_at


def _names(quota: Quota) -> Iterator[str]:
    """Yield the names of a window: as it is shown, in short, without spaces as it is typed, and in English."""
    short = numbers.short_label(quota.label)
    names = [numbers.label(quota.label), short, short.replace(" ", ""), quota.label]
    names += [numbers.SHORT[quota.label].id] if quota.label in numbers.SHORT else []
    for name in dict.fromkeys(names):
        yield " ".join(name.replace("|", " ").split())


def _outlook(quota: Quota, pace: Pace | None) -> str:
    """Say the forecast for a quota in one phrase, or why there is none."""
    if pace is None:
        return forecasts.silent(_NO_PACE)
    if pace.verdict == "used_up":
        return forecasts.silent("used_up")
    if pace.why is not None:
        return forecasts.silent(pace.why, quota)
    return (
        say(_("tight at the reset")) if pace.verdict == "tight" else forecasts.verdict(quota, pace)
    )


def _balance(balance: Balance, known: AccountState, settings: Settings, at: datetime) -> fit.Lane:
    runway = known.outlook.runway(balance)
    amount = quotas.amount(balance.available, balance.unit, settings)
    why = "too_little" if runway is None else runway.why or ""
    tight_at, out_at = _burnt(balance, runway, at)
    return fit.Lane(
        "balance",
        balance.role,
        _number(balance.available),
        fit.ALERTED if balance.low else _own_line(known, balance.unit),
        fit.NEVER,
        tight_at,
        out_at,
        runway.until.timestamp() if runway and runway.until else fit.NEVER,
        "" if out_at < fit.NEVER else why,
        numbers.short_label(balance.unit),
        say(_("{amount} left"), amount=amount),
        "",
        forecasts.lasting(runway) or forecasts.silent(why or "empty"),
        balance.unit,
    )


def _burnt(balance: Balance, runway: Runway | None, at: datetime) -> tuple[float, float]:
    """Return when a balance will be used up at the faster and at the slower of its two rates."""
    if runway is None or balance.available <= 0:
        return fit.NEVER, fit.NEVER
    if runway.hours is not None:
        end = (at + timedelta(hours=runway.hours)).timestamp()
        return end, end
    if runway.verdict != "runway":
        return fit.NEVER, fit.NEVER
    rates = [rate for rate in (runway.burn, runway.mean) if rate and rate > 0]
    bounds = rates if runway.days_max is not None else rates[:1]
    ends = [at.timestamp() + _number(balance.available) / rate * DAY for rate in bounds]
    return min(ends, default=fit.NEVER), max(ends, default=fit.NEVER)
