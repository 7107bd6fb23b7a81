"""Numbers and names as people read them."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Mapping, Optional

from ..i18n import catalog
from ..i18n.message import Message, _, ngettext

BAR = 10  # cells
EMAIL = re.compile(r"[^\s@·/]+@[\d.]*[^\s@·/\d.][^\s@·/]*")  # not the version of "python@3.13"
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
_APART = re.compile("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")  # a space between two 字
_MAGNITUDES = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 4, "k"))
LABELS: Mapping[str, Message] = {
    each.id: each
    for each in (
        _("5 hours"),
        _("Daily"),
        _("Weekly"),
        _("Monthly"),
        _("30 days"),
        _("Plan"),
        _("Key"),
        _("Pay-as-you-go"),
        _("MCP tools"),
        _("Video"),
        _("Image"),
        _("Code review"),
        _("Deep research"),
        _("Deep research (standard)"),
        _("Agent"),
        _("Images"),
        _("File uploads"),
        _("Paste to file"),
        _("Free resets"),
        _("Extra usage"),
        _("Credits"),
        _("Credit limit"),
        _("Shared limit"),
        _("Group"),
        _("Workspace"),
        _("Role"),
        _("Spend limit"),
        _("Tokens"),
        _("Requests"),
        _("Limit"),
        _("Speech"),
        _("Transcription"),
        _("Web search"),
        _("File search"),
        _("Code interpreter"),
        _("Vector stores"),
        _("Moderation"),
        _("Tokens 24 h"),
        _("Calls 24 h"),
        _("Web search 24 h"),
        _("Web reader 24 h"),
        _("Zread 24 h"),
        _("Messages"),
        _("Other"),
    )
}
_LENGTHS = {
    "second": ngettext("{count} second", "{count} seconds", 1),
    "minute": ngettext("{count} minute", "{count} minutes", 1),
    "hour": ngettext("{count} hour", "{count} hours", 1),
    "day": ngettext("{count} day", "{count} days", 1),
    "week": ngettext("{count} week", "{count} weeks", 1),
    "month": ngettext("{count} month", "{count} months", 1),
}
SHORT: Mapping[str, Message] = {
    "5 hours": _("5h"),
    "Weekly": _("Week"),
    "Daily": _("Day"),
    "Monthly": _("Month"),
    "30 days": _("30d"),
    "MCP tools": _("MCP"),
}
UNITS: Mapping[str, Message] = {
    "credits": ngettext("{number} credit", "{number} credits", 2),
    "requests": ngettext("{number} request", "{number} requests", 2),
    "tokens": ngettext("{number} token", "{number} tokens", 2),
    "messages": ngettext("{number} message", "{number} messages", 2),
    "uses": ngettext("{number} use", "{number} uses", 2),
    "resets": ngettext("{number} reset", "{number} resets", 2),
    "images": ngettext("{number} image", "{number} images", 2),
    "seconds": ngettext("{number} second", "{number} seconds", 2),
    "characters": ngettext("{number} character", "{number} characters", 2),
    "calls": ngettext("{number} call", "{number} calls", 2),
    "sessions": ngettext("{number} session", "{number} sessions", 2),
    "bytes": ngettext("{number} byte", "{number} bytes", 2),
}


def isolated(name: str) -> str:
    """A name that leaves its surroundings as they are, also one that is read from right to left."""
    if any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in name):
        return f"\u2068{name}\u2069"
    return name


def escaped(value: str) -> str:
    """A text that is nothing but text in Markdown."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in value)


def label(name: str, language: str) -> str:
    """A quota's label; an unknown one stays as the provider called it."""
    return " · ".join(_part(part, language) for part in catalog.plain(name).split(" · "))


def _part(name: str, language: str) -> str:
    """A part of a label: a name we know, the length of a window, the week of something, the second of two."""
    if name in LABELS:
        return catalog.say(LABELS[name], language)
    head, last = name.rpartition(" ")[::2]
    if last.isdecimal() and head:
        return f"{_part(head, language)} {last}"
    if head.isdecimal() and last.rstrip("s") in _LENGTHS:
        return catalog.say(_LENGTHS[last.rstrip("s")].counting(int(head)), language)
    if head and last == "weekly":
        ours, theirs = _("{allowance} weekly"), _("{name} weekly")
        if head in LABELS:
            return catalog.say(ours.filled(allowance=LABELS[head]), language)
        return catalog.say(theirs.filled(name=head), language)
    return name


def short_label(name: str, language: str) -> str:
    """A quota's label where room is scarce: "Week", "Spark 5h"."""
    lane, _, window = catalog.plain(name).rpartition(" · ")
    short = catalog.say(SHORT[window], language) if window in SHORT else label(window, language)
    return f"{label(lane, language)} {short}" if lane else short


def allowance(name: str, language: str) -> str:
    """A quota's label inside a sentence, which in Chinese calls it an allowance (额度) itself."""
    short = short_label(name, language)
    if language != "zh":
        return short
    return _APART.sub("", short).removesuffix("上限").removesuffix("限额")


def counted(said: str, unit_name: str, language: str, number: Optional[Decimal] = None) -> str:
    """A number, or several, with its unit: neither a currency nor a percentage.

    Args:
        said: the number as it is said.
        number: its value, where it is one; exactly one has the singular.
    """
    if unit_name not in UNITS:
        return f"{said} {catalog.plain(unit_name)}"
    return catalog.say(UNITS[unit_name].counting(1 if number == 1 else 2), language, number=said)


def share(percent: Decimal, rounding: str = ROUND_HALF_UP) -> str:
    """A share between 0 and 100: "<1%" and ">99%" never round to none or all."""
    clamped = min(max(percent, Decimal(0)), Decimal(100))
    if 0 < clamped < 1:
        return "<1%"
    if 99 < clamped < 100:
        return ">99%"
    return f"{clamped.quantize(Decimal(1), rounding)}%"


def bar(percent: Decimal) -> str:
    """A share as ten cells: an empty bar means nothing, a full one all."""
    cells = int((min(max(percent, Decimal(0)), Decimal(100)) / BAR).quantize(1, ROUND_HALF_UP))
    cells = min(max(cells, 1 if percent > 0 else 0), BAR if percent >= 100 else BAR - 1)
    return "▰" * cells + "▱" * (BAR - cells)


def money(amount: Decimal, currency: str) -> str:
    """An amount in its currency: "¥42.18", "-$1.35", "12.00 CHF"."""
    sign = "-" if amount < 0 else ""
    size = abs(amount)
    if 0 < size < Decimal("0.01"):
        said = "<0.01"
        return f"{sign}{_SYMBOLS.get(currency, '')}{said}{_after(currency)}"
    said = f"{size.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    return f"{sign}{_SYMBOLS.get(currency, '')}{said}{_after(currency)}"


def _after(currency: str) -> str:
    return "" if currency in _SYMBOLS else f" {currency}"


def is_currency(name: str) -> bool:
    """Whether a unit is an ISO 4217 code."""
    return len(name) == 3 and name.isascii() and name.isupper()


def count(number: Decimal) -> str:
    """A count: "1,792", "72.4k", "91.25M"."""
    for magnitude, letter in _MAGNITUDES:
        if abs(number) >= magnitude:
            divisor = magnitude if letter != "k" else Decimal(1000)
            places = Decimal("0.01") if letter != "k" else Decimal("0.1")
            return f"{_trimmed((number / divisor).quantize(places, ROUND_DOWN))}{letter}"
    return f"{_trimmed(number.quantize(Decimal('0.01'), ROUND_HALF_UP)):,}"


def _trimmed(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number == number.to_integral() else number.normalize()


def amount(number: Decimal, unit_name: str, language: str) -> str:
    """A number with its unit: "¥42.18", "639 credits", "27%"."""
    if unit_name == "%":
        return share(number)
    if is_currency(unit_name):
        return money(number, unit_name)
    return counted(count(number), unit_name, language, number)


def exactly(number: Decimal, unit_name: str, language: str) -> str:
    """A number with its unit and every digit: "4,213,456 tokens"."""
    if unit_name == "%" or is_currency(unit_name):
        return amount(number, unit_name, language)
    return counted(digits(number), unit_name, language, number)


def digits(number: Decimal) -> str:
    """Every digit of a count: "4,213,456"."""
    return f"{_trimmed(number):,f}"
