"""Measure and cut text by the columns of a terminal, of which a Chinese character takes two."""

from __future__ import annotations

from unicodedata import category, east_asian_width

from scripts.terminal import signs

_INVISIBLE = ("Mn", "Me", "Cf")  # categories: marks on other letters, and signs of format
_SOFT_HYPHEN = "\xad"  # a sign of format that is shown
_BEGIN, _END = "\u2068", "\u2069"  # of a right-to-left name, see numbers.isolated


def width(text: str) -> int:
    """Count the columns of a text."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(letter: str) -> int:
    if category(letter) in _INVISIBLE and letter != _SOFT_HYPHEN:
        return 0
    return 1 + (east_asian_width(letter) in "WF")


def cut(text: str, columns: int) -> str:
    """Shorten a text to so many columns; a longer one ends with "…", and no right-to-left name stays open."""
    if width(text) <= columns:
        return text
    end = "…" if signs.can_be_shown("…") else "..."
    kept, used = "", len(end)
    for letter in text:
        used += _columns(letter)
        if used > columns:
            break
        kept += letter
    closed = _END * (kept.count(_BEGIN) - kept.count(_END))
    return kept.rstrip(" ·") + end + closed if columns >= len(end) else ""
