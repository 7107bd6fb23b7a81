"""The change since the user last looked, as text: "−6 pts since 14:05", "−¥3.20 since yesterday"."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

from ..forecast.days import day_of
from ..history import series, since
from ..history.series import is_first
from ..history.since import Since
from ..history.visits import VISIT
from ..i18n.catalog import say
from ..i18n.message import _
from ..models import Balance, Quota
from ..settings import Settings
from ..state.state import AccountState
from . import numbers
from .times import day_and_time, switch


def of_quota(known: AccountState, quota: Quota) -> Since | None:
    """Compare a quota with the visit before this one."""
    at, usage = _comparable_at(known), known.snapshot.usage
    if at is None or usage is None or not is_first(series.of_quota, quota, usage.quotas):
        return None
    return since.of_quota(known.history, known.account.id, quota, at)


def of_balance(known: AccountState, balance: Balance) -> Since | None:
    """Compare a balance with the visit before this one."""
    at, usage = _comparable_at(known), known.snapshot.usage
    if at is None or usage is None or not is_first(series.of_balance, balance, usage.balances):
        return None
    return since.of_balance(known.history, known.account.id, balance, at)


def _comparable_at(known: AccountState) -> int | None:
    """Return when the numbers were fetched; None if those of the visit before are perhaps of another wallet or plan."""
    at, replaced = known.snapshot.fetched_at, known.account.replaced_at
    visits = known.history.visits
    is_other = replaced is not None and bool(visits) and visits[0] <= replaced.timestamp()
    return None if at is None or is_other else int(at.timestamp())


def row_phrase(known: AccountState, settings: Settings) -> tuple[str, str]:
    """Return the change of the headline, in full and short, as markers; "" if there is none.

    They expire ten minutes after this visit, so that the next visit never sees this one's phrase.
    """
    usage, quota = known.snapshot.usage, known.status.headline
    if usage is None or known.snapshot.failure is not None or not known.history.visits:
        return "", ""
    phrase = (
        quota_phrase(known, quota, settings) if quota and quota.used_percent is not None else ""
    )
    if not phrase and usage.balances and (quota is None or quota.used_percent is None):
        phrase = balance_phrase(known, usage.balances[0], settings)
    if not phrase:
        return "", ""
    end = datetime.fromtimestamp(known.history.visits[-1], timezone.utc) + timedelta(seconds=VISIT)
    short = quota_phrase(known, quota, settings, brief=True) if quota else ""
    return switch(end, f"{phrase} · "), short and switch(end, f"{short} · ")


def quota_phrase(
    known: AccountState, quota: Quota, settings: Settings, *, brief: bool = False
) -> str:
    """Say by how many points a quota's used or remaining share has changed; "" if it has not.

    ``brief`` leaves out the time.
    """
    change = of_quota(known, quota)
    if change is None:
        return ""
    if change.has_reset:
        return say(_("has reset since {time}"), time=_time(known, change))
    shown = change.change if settings.show == "left" else -change.change
    points = shown.quantize(Decimal(1), ROUND_HALF_UP)
    if not points:
        return ""
    if brief:
        return say(_("{change} pts"), change=_signed(points))
    return say(_("{change} pts since {time}"), change=_signed(points), time=_time(known, change))


def balance_phrase(known: AccountState, balance: Balance, settings: Settings) -> str:
    """Say by how much a balance has changed; "" if it has not, or if it is money and privacy is on."""
    change = of_balance(known, balance)
    if change is None or (settings.privacy and numbers.is_currency(balance.unit)):
        return ""
    if change.topped_up:
        paid = numbers.amount(change.topped_up, balance.unit)
        return say(_("{amount} topped up"), amount=f"+{paid}")
    amount = numbers.amount(abs(change.change), balance.unit)
    if amount == numbers.amount(Decimal(0), balance.unit):
        return ""
    sign = "−" if change.change < 0 else "+"
    return say(_("{change} since {time}"), change=sign + amount, time=_time(known, change))


def _signed(points: Decimal) -> str:
    return f"{'−' if points < 0 else '+'}{abs(points)}"


def _time(known: AccountState, change: Since) -> str:
    """Say when the visit before this one was, as seen from this one."""
    now = known.history.visits[-1]
    if day_of(change.visit) == day_of(now) - timedelta(days=1):
        return say(_("yesterday"))
    return numbers.spaced(day_and_time(change.visit, now))
