"""Notices that several providers need: renewals, debts, dates, several notices in one."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

from ..i18n import currency
from ..i18n.catalog import ENGLISH
from ..i18n.message import Message, _

BETWEEN = _("; ")  # separates two notices in one
MAX_NOTICE = 180  # characters of a notice in English, the longest language
MONTHS = (
    *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
    *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
)
_OWED = _("{amount} is owed")
_SIGNS = {"CNY": "¥", "USD": "$"}


def joined(*parts: Message | None) -> Message | None:
    """Join notices in order, skipping those that do not fit into MAX_NOTICE; None without any."""
    kept: Message | None = None
    for part in filter(None, parts):
        longer = part
        if kept is not None:
            parts_of = (("first", kept), ("between", BETWEEN), ("next", part))
            longer = Message("{first}{between}{next}", parts_of)
        if kept is None or len(ENGLISH.say(longer)) <= MAX_NOTICE:
            kept = longer
    return kept


def dated(notice: Message, when: date) -> Message:
    """Fill the ``{day}`` of a notice: "25 Oct 2026".

    Args:
        notice: a sentence with ``{day}``.
        when: a day, or an aware time, whose day in the user's time zone is shown.
    """
    if isinstance(when, datetime):
        with suppress(OverflowError, ValueError):  # the first and the last day of datetime
            when = when.astimezone()
    month = MONTHS[when.month - 1]
    day = _("{number} {month} {year}", number=when.day, month=month, year=when.year)
    return notice.filled(day=day)


def expiry(ends: datetime | None) -> Message | None:
    """Make the notice that a key expires; None without a time."""
    return None if ends is None else dated(_("this key expires on {day}"), ends)


def money(amount: Decimal, unit: str) -> str:
    """Format an amount with its currency's decimals and sign, or its ISO 4217 code behind it."""
    shown = f"{amount:.{currency.decimals(unit)}f}"
    return f"{_SIGNS[unit]}{shown}" if unit in _SIGNS else f"{shown} {unit}"


def debt(balance: Decimal | None, unit: str) -> Message | None:
    """Make the notice that money is owed; None unless the balance is below zero.

    Args:
        balance: in ``unit``.
        unit: ISO 4217 code.
    """
    if balance is None or balance >= 0:
        return None
    return _OWED.filled(amount=money(-balance, unit))


def renewal(when: date, *, renews: bool) -> Message:
    """Make the notice that a plan renews on a day, or ends on it."""
    if renews:
        return dated(_("renews on {day}"), when)
    return dated(_("will not renew, ends on {day}"), when)
