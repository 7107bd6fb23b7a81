"""How Alfred matches: keywords, filtered results, conditions."""

from __future__ import annotations

import re
import unicodedata

FROM_START_OR_SPACE, FROM_START, WORDS_ANY_ORDER, WORDS_IN_ORDER = range(4)

IS, IS_NOT, GREATER, LESS, REGEX, IS_TRUE, IS_FALSE = range(7)


def keyword_argument(field: str, keyword: str, withspace: bool) -> str | None:
    """Return what follows *keyword* in the field, or None if the field does not start with it."""
    if field.casefold() == keyword.casefold():
        return ""
    head, rest = field[: len(keyword)], field[len(keyword) :]
    if head.casefold() != keyword.casefold():
        return None
    if rest.startswith(" "):
        return rest[1:]
    return None if withspace else rest


def matches(text: str, query: str, mode: int = FROM_START_OR_SPACE) -> bool:
    """Tell whether Alfred keeps a row with the match field *text*."""
    fold = _fold if _has_marks(query) else _fold_without_marks
    text, query = fold(text), fold(query).strip()
    if not query:
        return True
    if mode == FROM_START:
        return text.startswith(query)
    if mode == FROM_START_OR_SPACE:
        return bool(re.search(r"(?:^|\s)" + re.escape(query), text))
    words, wanted = text.split(), query.split()
    if mode == WORDS_ANY_ORDER:
        return all(any(word.startswith(part) for word in words) for part in wanted)
    if mode == WORDS_IN_ORDER:
        rest = iter(words)
        return all(any(word.startswith(part) for word in rest) for part in wanted)
    raise ValueError(f"unknown match mode {mode}")


def holds(mode: int, left: str, right: str, case_sensitive: bool) -> bool:
    """Tell whether one condition of a Conditional holds."""
    if mode == REGEX:
        return bool(re.search(right, left, 0 if case_sensitive else re.IGNORECASE))
    if mode in (IS_TRUE, IS_FALSE):
        return (left.strip().casefold() in ("1", "true", "yes")) == (mode == IS_TRUE)
    if mode in (GREATER, LESS):
        return _is_less(right, left) if mode == GREATER else _is_less(left, right)
    if mode not in (IS, IS_NOT):
        raise ValueError(f"unknown match mode {mode}")
    if not case_sensitive:
        left, right = left.casefold(), right.casefold()
    return (left == right) == (mode == IS)


def _is_less(left: str, right: str) -> bool:
    try:
        return float(left) < float(right)
    except ValueError:
        return left < right


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _fold_without_marks(text: str) -> str:
    letters = unicodedata.normalize("NFD", text)
    return _fold("".join(letter for letter in letters if unicodedata.category(letter) != "Mn"))


def _has_marks(text: str) -> bool:
    decomposed = unicodedata.normalize("NFD", text)
    return any(unicodedata.category(letter) == "Mn" for letter in decomposed)
