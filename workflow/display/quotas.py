"""Numbers in words: quotas, balances, spends and moments, with every moving value as a marker.

Under privacy an amount of money says its currency and nothing more.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Optional, Tuple

from ..i18n import catalog
from ..i18n.messages import say
from ..models import Account, Balance, Quota, Snapshot, Spend, Usage
from ..settings import Settings
from ..state import status
from ..state.status import Cause, Status
from . import numbers as formats
from .times import coming, switch

HIDDEN = "•••"
_BRIEF = ("spent", "nearly", "low")


def reason(status: Status, snapshot: Snapshot, settings: Settings, *, brief: bool = False) -> str:
    """Why the level of an account is not plenty, as one sentence; "" at plenty.

    ``brief`` leaves the allowance out where its number, which stands beside it, has named it.
    """
    cause, language = status.cause, settings.language
    if cause is None:
        return ""
    if cause.name == "failed":
        return catalog.say(snapshot.failure.message, language) if snapshot.failure else ""
    if cause.name == "never":
        return say("never_asked", language)
    if cause.name == "blocked":
        blocked = snapshot.usage.blocked if snapshot.usage else None
        return (
            say("cause_blocked", language, catalog.say(blocked.reason, language)) if blocked else ""
        )
    if cause.name == "alert":
        return say("below_alert", language)
    if cause.name == "untold" and _is_limited(snapshot.usage):
        return say("cause_uncounted", language)
    named = cause.quota is not None and has_share(cause.quota)
    form = "brief" if brief and named and cause.name in _BRIEF else "cause"
    return say(f"{form}_{cause.name}", language, *_named(cause, settings))


def _named(cause: Cause, settings: Settings) -> Tuple[str, ...]:
    """What a cause speaks of: the allowance, then the bar that it is under or what pays instead."""
    language = settings.language
    what = say("the_balance", language)
    if cause.quota is not None:
        what = formats.allowance(cause.quota.label, language)
    if cause.name == "reserve":
        pays = formats.short_label(cause.reserve, language) if cause.reserve else ""
        return what, pays or say("the_balance", language)
    if cause.limit is None:
        return (what,)
    if cause.balance is not None:
        return what, amount(cause.limit, cause.balance.unit, settings)
    return what, f"{formats.digits(cause.limit)}%"


def _is_limited(usage: Optional[Usage]) -> bool:
    binding = [quota for quota in usage.quotas if quota.role == "binding"] if usage else []
    return any(quota.limit is not None for quota in binding)


def has_share(quota: Quota) -> bool:
    """Whether a share of it can be said."""
    return quota.unlimited or quota.used_percent is not None


def share(quota: Quota, settings: Settings) -> Tuple[str, str]:
    """A quota in words ("41% left") and as a bar (" ▰▰▰▰▱▱▱▱▱▱"), which is "" without a share."""
    language, sure = settings.language, _sure(quota)
    if quota.unlimited:
        return say("unlimited", language), ""
    percent, said = _percent(quota, settings)
    if said:
        return say(settings.show, language, sure + said), f" {formats.bar(percent)}"
    for word, number in (("left", quota.remaining), ("used", quota.used)):
        if number is not None:
            return say(word, language, sure + amount(number, quota.unit, settings)), ""
    return say("no_number", language), ""


def _percent(quota: Quota, settings: Settings) -> Tuple[Decimal, str]:
    """The share that is shown, also as rounded: left and used add up to 100. "" without one."""
    left, used = status.left_percent(quota), quota.used_percent
    if left is None or used is None:
        return Decimal(0), ""
    if settings.show == "left":
        return left, formats.share(left, ROUND_HALF_UP)
    return used, formats.share(used, ROUND_HALF_DOWN)


def window(quota: Quota, settings: Settings) -> str:
    """A quota in a few letters: "Week 41%", "Plan 639/1,000 credits left", "Requests 17 used"."""
    label = formats.short_label(quota.label, settings.language)
    if quota.role == "part":
        return until_reset(quota, f"{label} {part(quota, settings)}")
    if quota.unlimited:
        return f"{label} ∞"
    percent, sure = _percent(quota, settings)[1], _sure(quota)
    if percent and quota.unit == "%":
        said = sure + percent
    elif percent:
        said = _of(quota, settings)
    else:
        said = _loose(quota, settings)
    shown = f"{label} {said}" if said else label
    return until_reset(quota, shown, f"{label} {say('has_reset', settings.language)}")


def part(quota: Quota, settings: Settings) -> str:
    """The share of another quota that one use took: "25% of Month"."""
    used = quota.used or Decimal(0)
    share = formats.share(used, ROUND_HALF_DOWN)
    said = share if quota.unit == "%" else amount(used, quota.unit, settings)
    whole = formats.short_label(quota.part_of or "", settings.language)
    return say("part", settings.language, said, whole)


def _loose(quota: Quota, settings: Settings) -> str:
    """A count that has no ceiling; its unit is left out where the label has said it."""
    for word, number in (("left", quota.remaining), ("used", quota.used)):
        if number is not None:
            short = quota.unit in quota.label.casefold()
            said = formats.count(number) if short else amount(number, quota.unit, settings)
            return say(word, settings.language, _sure(quota) + said)
    return ""


def _of(quota: Quota, settings: Settings) -> str:
    shown = quota.remaining if settings.show == "left" else quota.used
    numbers = [number or Decimal(0) for number in (shown, quota.limit)]
    if formats.is_currency(quota.unit):
        said = "/".join(amount(number, quota.unit, settings) for number in numbers)
    else:
        said = "/".join(formats.count(number) for number in numbers)
        said = formats.counted(said, quota.unit, settings.language)
    return say(settings.show, settings.language, _sure(quota) + said)


def amount(number: Decimal, unit: str, settings: Settings) -> str:
    """A number with its unit; what it says of money is nobody else's business."""
    return _discreet(formats.amount(number, unit, settings.language), unit, settings)


def exactly(number: Decimal, unit: str, settings: Settings) -> str:
    """A number with its unit and every digit that was told."""
    return _discreet(formats.exactly(number, unit, settings.language), unit, settings)


def used_of(used: Decimal, limit: Decimal, unit: str, settings: Settings) -> str:
    """Counts with every digit: "361 of 1,000 credits used"."""
    money = formats.is_currency(unit)
    counted = exactly(used, unit, settings) if money else formats.digits(used)
    return say("used_of", settings.language, counted, exactly(limit, unit, settings))


def _discreet(said: str, unit: str, settings: Settings) -> str:
    if settings.privacy and formats.is_currency(unit):
        return "".join(c for c in said if not (c.isdigit() or c in "<-., ")) + HIDDEN
    return said


def balance(told: Balance, settings: Settings, headline: bool) -> str:
    """A balance in a few letters; beside a headline that says its amount, only what it is made of."""
    if told.granted:
        granted, cash = told.granted, told.available - told.granted
        parts = [amount(part, told.unit, settings) for part in (cash, granted)]
        if cash <= 0:
            return say("voucher", settings.language, parts[1])
        return say("cash", settings.language, *parts)
    return "" if headline else amount(told.available, told.unit, settings)


def balance_in_full(told: Balance, settings: Settings) -> str:
    """What is available, and what of it is cash and voucher: "¥42.18 (cash ¥30.18 + …)"."""
    parts = balance(told, settings, headline=True)
    return exactly(told.available, told.unit, settings) + (f" ({parts})" if parts else "")


def spend(spent: Spend, settings: Settings) -> str:
    """A spend with its period: "$1.31 this month"."""
    said, language = amount(spent.amount, spent.unit, settings), settings.language
    if spent.period == "day":
        return say("today", language, said)
    if spent.period == "month":
        return say("this_month", language, said)
    return say("days", language, said, (spent.until - spent.since).days + 1)


def period(spent: Spend) -> str:
    """From when to when, in days of UTC: "2026-11-01 – 2026-11-22 UTC"."""
    first, last = (f"{at.astimezone(timezone.utc):%Y-%m-%d}" for at in (spent.since, spent.until))
    return f"{first} UTC" if first == last else f"{first} – {last} UTC"


def expiry(account: Account, settings: Settings) -> str:
    """When a token or session ends, with a warning from a day before; "" for keys."""
    if account.expires_at is None:
        return ""
    what = "session" if account.kind == "session" else "token"
    ends = moment(f"{what}_expires", account.expires_at, f"{what}_expired", settings.language)
    return switch(account.expires_at - timedelta(days=1), "", "⚠ ") + ends


def reset(quota: Quota, language: str, lead: str = "", after: str = "") -> str:
    """When an allowance comes back, and what is said when it has; "" when nobody knows."""
    if quota.resets_at is None:
        return ""
    return coming(quota.resets_at, lead + _sure(quota) + say("resets", language, "{}", "{}"), after)


def moment(before: str, at: datetime, after: str, language: str) -> str:
    """A sentence with countdown and clock time, and the one that is said when the moment is past."""
    return coming(at, say(before, language, "{}", "{}"), say(after, language))


def until_reset(quota: Quota, before: str, after: str = "") -> str:
    """Numbers that are known to be wrong once the reset has passed."""
    return before if quota.resets_at is None else switch(quota.resets_at, before, after)


def _sure(quota: Quota) -> str:
    return "~" if quota.estimated else ""
