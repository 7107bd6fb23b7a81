"""Measure and cut text by the columns of a terminal, of which a Chinese character takes two."""

from __future__ import annotations

import sys
from unicodedata import combining, east_asian_width

_INVISIBLE = ("\u200b", "\u200c", "\u200d", "\ufe0e", "\ufe0f")


def width(text: str) -> int:
    """Count the columns of a text."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(letter: str) -> int:
    if combining(letter) or letter in _INVISIBLE:
        return 0
    return 1 + (east_asian_width(letter) in "WF")


def cut(text: str, columns: int) -> str:
    """Shorten a text to so many columns; a longer one ends with "…"."""
    if width(text) <= columns:
        return text
    end = _ellipsis()
    kept, used = "", len(end)
    for letter in text:
        used += _columns(letter)
        if used > columns:
            break
        kept += letter
    return kept.rstrip(" ·") + end if columns >= len(end) else ""


def _ellipsis() -> str:
    """Return "…", or three dots if the terminal cannot show it."""
    try:
        "…".encode(sys.stdout.encoding or "utf-8")
    except (UnicodeError, LookupError):
        return "..."
    return "…"
