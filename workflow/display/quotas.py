"""Quotas, balances, spends and times as text, with every moving value as a marker.

Under privacy an amount of money shows only its currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..models import Account, Balance, Quota, Snapshot, Spend, Usage
from ..provider.notices import MONTHS
from ..settings import Settings
from ..state.status import Reason, Status
from . import numbers as formats
from .times import coming, switch

NEVER_ASKED, NO_NUMBERS = _("not fetched yet"), _("no numbers yet")
NO_NUMBER = _("no numbers are reported")
BELOW_ALERT, HAS_RESET = _("below the balance alert you set at the provider"), _("has reset")
RETRY, RETRY_NOW = _("next try in {span} ({time})"), _("next try now")
LIFTED = _("lifted in {span} ({time})")
_REASONS: Mapping[str, Message] = {
    "never": NEVER_ASKED,
    "alert": BELOW_ALERT,
    "untold": _("no limit is reported"),
    "spent": _("{allowance} is used up"),
    "nearly": _("{allowance} is nearly used up"),
    "low": _("{allowance} is low (≤ {limit})"),
    "threshold": _("{allowance} is low (≤ your {limit})"),
    "reserve": _("{allowance} is used up, now on {reserve}"),
    "empty": _("the balance is used up"),
    "owed": _("money is owed"),
}
_OF_BALANCE: Mapping[str, Message] = {
    "threshold": _("the balance is low (≤ your {limit})"),
    "reserve": _("the balance is used up, now on {reserve}"),
}
_BRIEF: Mapping[str, Message] = {
    "spent": _("used up"),
    "nearly": _("nearly used up"),
    "low": _("low (≤ {limit})"),
    "threshold": _("low (≤ your {limit})"),
}
_SHORT: Mapping[str, Message] = {
    "low": _("low"),
    "threshold": _("low"),
    "reserve": _("now on {reserve}"),
}
# by ``Settings.show``
AMOUNTS: Mapping[str, Message] = {"left": _("{amount} left"), "used": _("{amount} used")}
_PERIODS: Mapping[str, tuple[Message, Message]] = {  # while it lasts, and afterwards
    "day": (_("today {amount}"), _("{amount} on {day} {month}")),
    "month": (_("{amount} this month"), _("{amount} in {month}")),
}


def reason(status: Status, snapshot: Snapshot, settings: Settings, *, brief: bool = False) -> str:
    """Say in one sentence why the level of an account is not plenty; "" at plenty.

    ``brief`` leaves out the allowance if its number, shown next to it, names it already.
    """
    why = status.reason
    if why is None:
        return ""
    if why.kind == "failed":
        return say(snapshot.failure.message) if snapshot.failure else ""
    if why.kind == "blocked":
        blocked = snapshot.usage.blocked if snapshot.usage else None
        return say(_("blocked: {reason}"), reason=say(blocked.reason)) if blocked else ""
    if why.kind == "untold" and _is_limited(snapshot.usage):
        return say(_("usage is not reported"))
    if why.quota is None:
        sentence = _OF_BALANCE.get(why.kind)
    else:
        sentence = _BRIEF.get(why.kind) if brief and has_share(why.quota) else None
    return say(sentence or _REASONS[why.kind], **_places(why, settings))


def short_reason(why: Reason, settings: Settings) -> str:
    """Say a reason in a word or two, for a narrow line; "" if there is no shorter form."""
    sentence = _SHORT.get(why.kind)
    return say(sentence, **_places(why, settings)) if sentence else ""


def _places(why: Reason, settings: Settings) -> dict[str, str]:
    """Return what fills the placeholders of a reason: the allowance, its limit, the reserve that pays instead."""
    allowance = formats.allowance(why.quota.label) if why.quota else ""
    limit = f"{formats.digits(why.limit)}%" if why.limit is not None else ""
    counted = why.balance or (why.quota if why.quota and not has_share(why.quota) else None)
    if why.limit is not None and counted is not None:
        limit = amount(why.limit, counted.unit, settings)
    reserve = formats.short_label(why.reserve) if why.reserve else ""
    return {"allowance": allowance, "limit": limit, "reserve": reserve or say(_("the balance"))}


def _is_limited(usage: Usage | None) -> bool:
    binding = [quota for quota in usage.quotas if quota.role == "binding"] if usage else []
    return any(quota.limit is not None for quota in binding)


def has_share(quota: Quota) -> bool:
    """Tell whether a quota has a share to show."""
    return quota.unlimited or quota.used_percent is not None


def share(quota: Quota, settings: Settings) -> tuple[str, str]:
    """Return a quota as text ("41% left") and as a bar (" ▰▰▰▰▱▱▱▱▱▱"), which is "" without a share."""
    if quota.unlimited:
        return say(_("∞ unlimited")), ""
    percent, rounded = _percent(quota, settings)
    if rounded:
        shown = say(AMOUNTS[settings.show], amount=_sure(quota) + rounded)
        return shown, f" {formats.bar(percent)}"
    return _loose(quota, settings) or say(NO_NUMBER), ""


def percent(quota: Quota, settings: Settings) -> str:
    """Return only the share, as it is shown: "41%"; "" without one."""
    rounded = _percent(quota, settings)[1]
    return _sure(quota) + rounded if rounded else ""


def _percent(quota: Quota, settings: Settings) -> tuple[Decimal, str]:
    """Return the shown share, exact and rounded so that left and used add up to 100; "" without one."""
    used = quota.used_percent
    if used is None:
        return Decimal(0), ""
    if settings.show == "left":
        left = 100 - used
        return left, formats.share(left, ROUND_HALF_UP)
    return used, formats.share(used, ROUND_HALF_DOWN)


def window(quota: Quota, settings: Settings) -> str:
    """Return a quota briefly: "Week 41%", "Plan 639/1,000 credits left", "Requests 17 used"."""
    label = formats.short_label(quota.label)
    if quota.role == "part":
        return until_reset(quota, f"{label} {part(quota, settings)}")
    if quota.unlimited:
        return f"{label} ∞"
    rounded = _percent(quota, settings)[1]
    if rounded and quota.unit == "%":
        number = _sure(quota) + rounded
    else:
        number = _of(quota, settings) if rounded else _loose(quota, settings, brief=True)
    shown = f"{label} {number}" if number else label
    return until_reset(quota, shown, _has_reset(quota))


def window_share(quota: Quota, settings: Settings) -> str:
    """Return a quota's share instead of its count: "5h 55%"; "" if it shows only a share anyway."""
    share = percent(quota, settings)
    if quota.unit == "%" or quota.unlimited or not share:
        return ""
    return until_reset(quota, f"{formats.short_label(quota.label)} {share}", _has_reset(quota))


def _has_reset(quota: Quota) -> str:
    return f"{formats.short_label(quota.label)} {say(HAS_RESET)}"


def part(quota: Quota, settings: Settings) -> str:
    """Return the share that one use took of another quota: "25% of Month"."""
    used = quota.used or Decimal(0)
    is_share = quota.unit == "%"
    share = formats.share(used, ROUND_HALF_DOWN) if is_share else amount(used, quota.unit, settings)
    return say(_("{share} of {whole}"), share=share, whole=formats.short_label(quota.part_of or ""))


def _loose(quota: Quota, settings: Settings, brief: bool = False) -> str:
    """Return a count without a limit, "" if there is none; ``brief`` leaves out a unit that the label names."""
    for shown, number in (("left", quota.remaining), ("used", quota.used)):
        if number is not None:
            count = amount(number, quota.unit, settings)
            if brief and is_named(quota):
                count = formats.bare(formats.count(number), quota.unit)
            return say(AMOUNTS[shown], amount=_sure(quota) + count)
    return ""


def is_named(quota: Quota) -> bool:
    """Tell whether the label of a quota names its unit: "Free resets"."""
    return quota.unit in quota.label.casefold()


def _of(quota: Quota, settings: Settings) -> str:
    shown = quota.remaining if settings.show == "left" else quota.used
    numbers = [number or Decimal(0) for number in (shown, quota.limit)]
    if formats.is_currency(quota.unit):
        of = "/".join(amount(number, quota.unit, settings) for number in numbers)
    else:
        whole = max(numbers)
        of = formats.counted("/".join(formats.count(each, whole) for each in numbers), quota.unit)
    return say(AMOUNTS[settings.show], amount=_sure(quota) + of)


def amount(number: Decimal, unit: str, settings: Settings) -> str:
    """Format a number with its unit; privacy hides money."""
    return _discreet(formats.amount(number, unit), unit, settings)


def exactly(number: Decimal, unit: str, settings: Settings) -> str:
    """Format a number with its unit and every reported digit; privacy hides money."""
    return _discreet(formats.exactly(number, unit), unit, settings)


def used_of(used: Decimal, limit: Decimal, unit: str, settings: Settings) -> str:
    """Format counts with every digit: "361 of 1,000 credits used"."""
    money = formats.is_currency(unit)
    counted = exactly(used, unit, settings) if money else formats.digits(used)
    return say(_("{used} of {limit} used"), used=counted, limit=exactly(limit, unit, settings))


def _discreet(amount: str, unit: str, settings: Settings) -> str:
    if settings.privacy and formats.is_currency(unit):
        return formats.hidden(amount)
    return amount


def balance(balance: Balance, settings: Settings, headline: bool) -> str:
    """Return a balance briefly; if the headline shows the amount, only its parts (cash, voucher, gift)."""
    if not balance.granted:
        shown = "" if headline else amount(balance.available, balance.unit, settings)
        is_plain = not shown or formats.is_currency(balance.unit)
        return shown if is_plain else say(_("{amount} left"), amount=shown)
    cash = balance.available - balance.granted
    granted = amount(balance.granted, balance.unit, settings)
    if cash <= 0:
        alone = _("gift {amount}") if balance.is_gift else _("voucher {amount}")
        return say(alone, amount=granted)
    both = _("cash {cash} + voucher {granted}")
    if balance.is_gift:
        both = _("topped up {cash} + gift {granted}")
    return say(both, cash=amount(cash, balance.unit, settings), granted=granted)


def balance_in_full(whole: Balance, settings: Settings) -> str:
    """Return the available amount with its parts: "¥42.18 (cash ¥30.18 + …)"."""
    parts = balance(whole, settings, headline=True)
    available = exactly(whole.available, whole.unit, settings)
    return say(_("{amount} ({parts})"), amount=available, parts=parts) if parts else available


def spend(spend: Spend, settings: Settings) -> str:
    """Return a spend with its period: "$1.31 this month"; after its end, "$1.31 in Nov"."""
    money, sentences = amount(spend.amount, spend.unit, settings), _PERIODS.get(spend.period or "")
    if spend.ends_at is None or sentences is None:
        days = (spend.until - spend.since).days + 1
        return say(_("{days} days {amount}"), amount=money, days=days)
    day, month = spend.since.day, say(MONTHS[spend.since.month - 1])
    current, past = (say(each, amount=money, day=day, month=month) for each in sentences)
    return switch(spend.ends_at, current, past)


def period(spend: Spend) -> str:
    """Return the days of a spend in UTC: "2026-11-01 – 2026-11-22 UTC"."""
    first, last = (f"{at.astimezone(timezone.utc):%Y-%m-%d}" for at in (spend.since, spend.until))
    return f"{first} UTC" if first == last else f"{first} – {last} UTC"


def expiry(account: Account) -> str:
    """Say when a token or session ends, with a warning from a day before; "" for keys."""
    if account.expires_at is None:
        return ""
    if account.kind == "session":
        before, after = _("session expires in {span} ({time})"), _("session has expired")
    else:
        before, after = _("token expires in {span} ({time})"), _("token has expired")
    warning = switch(account.expires_at - timedelta(days=1), "", "⚠ ")
    return warning + moment(before, account.expires_at, after)


def reset(quota: Quota, lead: str = "", end: str = "", *, brief: bool = False) -> str:
    """Say when a quota resets, until it has, between ``lead`` and ``end``; "" if unknown.

    ``brief`` leaves out the clock time.
    """
    if quota.resets_at is None:
        return ""
    exact = _("resets in {span}") if brief else _("resets in {span} ({time})")
    about = _("resets in about {span}") if brief else _("resets in about {span} ({time})")
    sentence = say(about if quota.estimated else exact)
    return coming(quota.resets_at, f"{lead}{sentence}{end}", "")


def moment(before: Message, at: datetime, after: Message) -> str:
    """Return a sentence with {span} and {time} that changes to another one when the moment has passed."""
    return coming(at, say(before), say(after))


def until_reset(quota: Quota, before: str, after: str = "") -> str:
    """Show numbers only until the reset, after which they are wrong."""
    return before if quota.resets_at is None else switch(quota.resets_at, before, after)


def _sure(quota: Quota) -> str:
    return "~" if quota.estimated else ""
