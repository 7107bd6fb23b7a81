"""The terms of a plan in words, the same for every provider: windows, renewals, several notices."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Optional

from ..models import Phrase

BETWEEN = Phrase("; ", "；")  # two notices in one
MOST_NOTICE = 180  # characters of a notice in one language
_OWED = Phrase("{} is owed", "欠费 {}")
_SIGNS = {"CNY": "¥", "USD": "$"}


def joined(*parts: Optional[Phrase]) -> Optional[Phrase]:
    """One notice of several, in their order and as many as fit; None without any."""
    kept: Optional[Phrase] = None
    for part in filter(None, parts):
        longer = Phrase(*map(str.join, BETWEEN, zip(kept, part))) if kept else part
        if kept is None or max(map(len, longer)) <= MOST_NOTICE:
            kept = longer
    return kept


def dated(en: str, zh: str, when: date) -> Phrase:
    """A notice with a day in the place of each ``{}``: "25 Oct 2026", "2026年10月25日".

    Args:
        when: a moment, of which the user's own day is said, or a day that is told without a time.
    """
    if isinstance(when, datetime):
        with suppress(OverflowError, ValueError):  # the first and the last day there are
            when = when.astimezone()
    day = Phrase(f"{when.day} {when:%b} {when.year}", f"{when.year}年{when.month}月{when.day}日")
    return Phrase(en.replace("{}", day.en), zh.replace("{}", day.zh))


def money(amount: Decimal, unit: str) -> str:
    """Write an amount with two decimals and its sign, or its ISO 4217 code behind it."""
    return f"{_SIGNS[unit]}{amount:.2f}" if unit in _SIGNS else f"{amount:.2f} {unit}"


def owed(amount: Decimal, unit: str) -> Phrase:
    """Say that money is owed.

    Args:
        amount: above zero.
        unit: ISO 4217.
    """
    told = money(amount, unit)
    return Phrase(_OWED.en.replace("{}", told), _OWED.zh.replace("{}", told))


def renewal(when: date, *, renews: bool) -> Phrase:
    """That a plan renews on a day, or ends with it."""
    if renews:
        return dated("renews on {}", "{}自动续订", when)
    return dated("will not renew, ends on {}", "不会自动续订，{}到期", when)
