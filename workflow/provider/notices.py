"""The terms of a plan in words, the same for every provider: windows, renewals, several notices."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Optional

from ..i18n.catalog import say
from ..i18n.message import Message, _

BETWEEN = _("; ")  # two notices in one
MOST_NOTICE = 180  # characters of a notice in English, which takes the most room
_MONTHS = (
    *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
    *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
)
_OWED = _("{amount} is owed")
_SIGNS = {"CNY": "¥", "USD": "$"}


def joined(*parts: Optional[Message]) -> Optional[Message]:
    """One notice of several, in their order and as many as fit; None without any."""
    kept: Optional[Message] = None
    for part in filter(None, parts):
        longer = part
        if kept is not None:
            parts_of = (("first", kept), ("between", BETWEEN), ("next", part))
            longer = Message("{first}{between}{next}", parts_of)
        if kept is None or len(say(longer, "en")) <= MOST_NOTICE:
            kept = longer
    return kept


def dated(notice: Message, when: date) -> Message:
    """A notice with a day in the place of ``{day}``: "25 Oct 2026".

    Args:
        notice: what is so on that day, or until or from then.
        when: a moment, of which the user's own day is said, or a day that is told without a time.
    """
    if isinstance(when, datetime):
        with suppress(OverflowError, ValueError):  # the first and the last day there are
            when = when.astimezone()
    month = _MONTHS[when.month - 1]
    day = _("{number} {month} {year}", number=when.day, month=month, year=when.year)
    return notice.filled(day=day)


def money(amount: Decimal, unit: str) -> str:
    """Write an amount with two decimals and its sign, or its ISO 4217 code behind it."""
    return f"{_SIGNS[unit]}{amount:.2f}" if unit in _SIGNS else f"{amount:.2f} {unit}"


def owed(amount: Decimal, unit: str) -> Message:
    """Say that money is owed.

    Args:
        amount: above zero.
        unit: ISO 4217.
    """
    told = money(amount, unit)
    return _OWED.filled(amount=told)


def renewal(when: date, *, renews: bool) -> Message:
    """That a plan renews on a day, or ends with it."""
    if renews:
        return dated(_("renews on {day}"), when)
    return dated(_("will not renew, ends on {day}"), when)
