"""Numbers and names as people read them."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from ..i18n import catalog, currency
from ..i18n.catalog import Translation
from ..i18n.message import Message, _, ngettext

HIDDEN = "•••"  # in place of what privacy hides
BAR = 10  # cells
MARK = "┃"  # an even use in a bar
EMAIL = re.compile(r"[^\s@·/]+@[\d.]*[^\s@·/\d.][^\s@·/]*")  # not the version of "python@3.13"
_SIGNIFICANT = re.compile(r"[\\`*\[\]<>#|]|(?<![^\W_])_|_(?![^\W_])")  # in Markdown
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
_WHOLE, _TENTH, _CENT = (Decimal(10) ** -places for places in (0, 1, 2))
_LONGEST = 100_000  # counts from here on are shortened
_MAGNITUDES = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(1000), "k"))
LABELS: Mapping[str, Message] = {
    each.id: each
    for each in (
        *(_("5 hours"), _("Daily"), _("Weekly"), _("Monthly"), _("30 days")),
        *(_("Plan"), _("Key"), _("Pay-as-you-go"), _("MCP tools"), _("Video"), _("Image")),
        *(_("Code review"), _("Deep research"), _("Deep research (standard)"), _("Agent")),
        *(_("Images"), _("File uploads"), _("Paste to file"), _("Free resets")),
        *(_("Extra searches"), _("Extra usage"), _("Credits")),
        *(_("Credit limit"), _("Shared limit"), _("Group"), _("Workspace"), _("Role")),
        *(_("Team"), _("Member"), _("User"), _("Spend limit")),
        *(_("Tokens"), _("Requests"), _("Limit"), _("Speech"), _("Transcription")),
        *(_("Web search"), _("File search"), _("Code interpreter"), _("Vector stores")),
        *(_("Moderation"), _("Tokens 24 h"), _("Calls 24 h"), _("Web search 24 h")),
        *(_("Web reader 24 h"), _("Zread 24 h"), _("Messages"), _("Free models")),
        *(_("Session"), _("Other")),
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
_TIMES = ("requests", "searches", "resets", "calls")  # which are counted in 次
UNITS: Mapping[str, Message] = {
    "credits": ngettext("{number} credit", "{number} credits", 2),
    "requests": ngettext("{number} request", "{number} requests", 2),
    "tokens": ngettext("{number} token", "{number} tokens", 2),
    "messages": ngettext("{number} message", "{number} messages", 2),
    "uses": ngettext("{number} use", "{number} uses", 2),
    "resets": ngettext("{number} reset", "{number} resets", 2),
    "images": ngettext("{number} image", "{number} images", 2),
    "seconds": ngettext("{number} second", "{number} seconds", 2),
    "points": ngettext("{number} point", "{number} points", 2),
    "characters": ngettext("{number} character", "{number} characters", 2),
    "calls": ngettext("{number} call", "{number} calls", 2),
    "sessions": ngettext("{number} session", "{number} sessions", 2),
    "hours": ngettext("{number} hour of use", "{number} hours of use", 2),  # no time until anything
    "searches": ngettext("{number} search", "{number} searches", 2),
    "bytes": ngettext("{number} byte", "{number} bytes", 2),
}


def isolated(name: str) -> str:
    """Isolate a right-to-left name, so that the text around it keeps its order."""
    if not name.isascii() and any(
        unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in name
    ):
        return f"\u2068{name}\u2069"
    return name


def escaped(value: str) -> str:
    """Escape a text for Markdown, in which _ within a word needs no backslash."""
    return _SIGNIFICANT.sub(r"\\\g<0>", value)


def label(name: str) -> str:
    """Return a quota's label; an unknown one stays as the provider sent it."""
    return _label(name, catalog.current())


@functools.lru_cache(maxsize=512)
def _label(name: str, of: Translation) -> str:
    return " · ".join(_part(part) for part in catalog.plain(name).split(" · "))


def _part(name: str) -> str:
    """Translate a part of a label: a known name, the length of a window, "… weekly", a name with a number."""
    if name in LABELS:
        return catalog.say(LABELS[name])
    head, last = name.rpartition(" ")[::2]
    if last.isdecimal() and head:
        return f"{_part(head)} {last}"
    unit = last.removesuffix("s")
    if head.isdecimal() and unit in _LENGTHS:
        return catalog.say(_LENGTHS[unit].counting(int(head)))
    if head and last == "weekly":
        ours, theirs = _("{allowance} weekly"), _("{name} weekly")
        if head in LABELS:
            return catalog.say(ours.filled(allowance=LABELS[head]))
        return catalog.say(theirs.filled(name=head))
    return name


def short_label(name: str) -> str:
    """Return a quota's short label: "Week", "Spark 5h"."""
    return _short_label(name, catalog.current())


@functools.lru_cache(maxsize=512)
def _short_label(name: str, of: Translation) -> str:
    lane, _, window = catalog.plain(name).rpartition(" · ")
    short = catalog.say(SHORT[window]) if window in SHORT else label(window)
    return f"{label(lane)} {short}" if lane else short


def allowance(name: str) -> str:
    """Return a quota's label for a sentence; the Chinese sentences call it an allowance (额度) themselves."""
    short = short_label(name)
    if catalog.current().language != "zh":
        return short
    return spaced(closed_up(short).removesuffix("上限").removesuffix("限额"))


def spaced(name: str) -> str:
    """Put a space behind a name that ends in a Latin letter or a digit, for a Chinese word to follow."""
    if catalog.current().language != "zh":
        return name
    return f"{name} " if name[-1:].isascii() and name[-1:].isalnum() else name


def closed_up(text: str) -> str:
    """Remove the spaces between two Han characters; compiling a regular expression for it would take 3 ms."""
    closed, *rest = text.split(" ")
    for word in rest:
        closed += word if _is_han(closed[-1:]) and _is_han(word[:1]) else f" {word}"
    return closed


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def counted(number: str, unit_name: str, value: Decimal | None = None) -> str:
    """Format a number, or several, with a unit that is neither a currency nor a percentage.

    Args:
        number: the formatted number.
        unit_name: one of ``UNITS``, or a provider's own.
        value: the number itself, if it is a single one; exactly 1 takes the singular.
    """
    if unit_name not in UNITS:
        return f"{number} {catalog.plain(unit_name)}"
    return catalog.say(UNITS[unit_name].counting(1 if value == 1 else 2), number=number)


def bare(number: str, unit_name: str) -> str:
    """Format a number whose unit is in the label next to it; Chinese still needs a measure word."""
    if catalog.current().language != "zh" or unit_name == "tokens":
        return number
    return counted(number, "uses" if unit_name in _TIMES else unit_name)


def unit(name: str) -> str:
    """Return a unit's name, "credits" or "USD"."""
    return counted("", name).strip()


@functools.lru_cache(maxsize=1024)
def share(percent: Decimal, rounding: str = ROUND_HALF_UP) -> str:
    """Format a share between 0 and 100; "<1%" and ">99%" are not rounded to 0 and 100."""
    clamped = min(max(percent, Decimal(0)), Decimal(100))
    if 0 < clamped < 1:
        return "<1%"
    if 99 < clamped < 100:
        return ">99%"
    return f"{clamped.quantize(_WHOLE, rounding)}%"


@functools.lru_cache(maxsize=1024)
def bar(percent: Decimal) -> str:
    """Draw a share as ten cells; only 0 is an empty bar, and only 100 a full one."""
    cells = int(percent / BAR + Decimal("0.5"))
    cells = min(max(cells, 1 if percent > 0 else 0), BAR if percent >= 100 else BAR - 1)
    return "▰" * cells + "▱" * (BAR - cells)


def money(amount: Decimal, unit_name: str) -> str:
    """Format an amount of money: "¥42.18", "-$1.35", "12.00 CHF", "1,350 JPY"; "$<0.01" and ">-$0.01" are not 0."""
    sign = "-" if amount < 0 else ""
    size, least = abs(amount), Decimal(10) ** -currency.decimals(unit_name)
    symbol, after = _SYMBOLS.get(unit_name, ""), "" if unit_name in _SYMBOLS else f" {unit_name}"
    if not 0 < size < least:
        return f"{sign}{symbol}{size.quantize(least, ROUND_HALF_UP):,}{after}"
    return f">-{symbol}{least}{after}" if sign else f"{symbol}<{least}{after}"


def hidden(money: str) -> str:
    """Leave of an amount of money only its currency: "¥•••"."""
    return "".join(c for c in money if not (c.isdigit() or c in "<>-., ")) + HIDDEN


def is_currency(name: str) -> bool:
    """Tell whether a unit is an ISO 4217 code."""
    return len(name) == 3 and name.isascii() and name.isupper()


def count(number: Decimal, whole: Decimal = Decimal(0)) -> str:
    """Format a count: "1,792", "72,400", "124.3k", "91.25M".

    ``whole`` is the total shown next to it: both are shortened alike, unless the count would become 0.
    """
    size = max(abs(number), abs(whole))
    for magnitude, letter in _MAGNITUDES if size >= _LONGEST else ():
        places = _TENTH if letter == "k" else _CENT
        if size >= magnitude:
            shown = trimmed((number / magnitude).quantize(places, ROUND_DOWN))
            return f"{shown}{letter}" if shown else count(number)
    return f"{trimmed(number.quantize(_CENT, ROUND_HALF_UP)):,}"


def trimmed(number: Decimal) -> Decimal:
    """Remove the trailing zeros and the exponent of a number."""
    return number.quantize(_WHOLE) if number == number.to_integral() else number.normalize()


def amount(number: Decimal, unit_name: str) -> str:
    """Format a number with its unit: "¥42.18", "639 credits", "27%"."""
    if unit_name == "%":
        return share(number)
    if is_currency(unit_name):
        return money(number, unit_name)
    return counted(count(number), unit_name, number)


def exactly(number: Decimal, unit_name: str) -> str:
    """Format a number with its unit and all digits: "4,213,456 tokens"."""
    if unit_name == "%" or is_currency(unit_name):
        return amount(number, unit_name)
    return counted(digits(number), unit_name, number)


def digits(number: Decimal) -> str:
    """Format a count with all digits: "4,213,456"."""
    return f"{trimmed(number):,f}"
