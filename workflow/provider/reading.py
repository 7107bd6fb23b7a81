"""Strict reading of what providers answer.

Numbers come as ints, floats or strings; times as seconds, milliseconds or ISO with up to nine
fractional digits; errors inside HTTP 200. A value that is absent or malformed is None here, never
zero (facts/providers.md, common rules 1-4).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, Dict, List, Mapping, Optional

MAX_TEXT = 200  # characters of a provider's text that are ever shown
_LARGEST = Decimal(10) ** 18
_SMALLEST = Decimal(10) ** -9  # nearer to nothing is no number that anybody means
_RICHEST = Decimal(10) ** 12  # no amount is that large; sums stay exact to ten places
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_AMOUNT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\Z", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z", re.ASCII)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?\Z", re.ASCII)


def mapping(value: object) -> Dict[str, Any]:
    """The value if it is an object, else an empty one: for optional blocks."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> List[Any]:
    """The value if it is an array, else an empty one: for optional lists."""
    return value if isinstance(value, list) else []


def entries(value: object) -> List[Dict[str, Any]]:
    """The objects of an array; junk between them is passed over."""
    return [entry for entry in sequence(value) if isinstance(entry, dict)]


def first(source: Mapping[str, Any], *names: str) -> Any:
    """The first of these fields that is there and not null."""
    for name in names:
        if source.get(name) is not None:
            return source[name]
    return None


def number(value: object) -> Optional[Decimal]:
    """A finite number from an int, a float or a numeric string; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str):
        value = value.strip()
        if len(value) > 100 or not _NUMBER.match(value):
            return None
    try:
        found = Decimal(value if isinstance(value, int) else str(value))
    except InvalidOperation:
        return None
    fits = found.is_finite() and (not found or _SMALLEST <= abs(found) < _LARGEST)
    return found if fits else None


def count(value: object) -> Optional[Decimal]:
    """A number that is not below zero."""
    found = number(value)
    return found if found is not None and found >= 0 else None


def share(value: object) -> Optional[Decimal]:
    """A share or a percentage: a number, below zero read as zero."""
    found = number(value)
    return None if found is None else max(Decimal(0), found)


def rest(limit: Optional[Decimal], used: Optional[Decimal]) -> Optional[Decimal]:
    """What is left of a limit, never below zero; None unless both are told."""
    return None if limit is None or used is None else max(Decimal(0), limit - used)


def integer(value: object) -> Optional[int]:
    """A whole number."""
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def moment(value: object) -> Optional[datetime]:
    """A time from epoch seconds, epoch milliseconds or ISO 8601; None for 0, -1 and nonsense."""
    stamp = number(value)
    if stamp is not None:
        if stamp <= 0:
            return None
        seconds = stamp / 1000 if stamp >= Decimal(10) ** 11 else stamp
        try:
            return datetime.fromtimestamp(float(seconds), timezone.utc)
        except (OverflowError, OSError, ValueError):
            return None
    return _iso(value) if isinstance(value, str) else None


def snake(value: Any) -> Any:
    """Write the names of all fields, at any depth, as ``snake_case`` instead of ``camelCase``.

    Of two that become the same the first one that is not null is kept.
    """
    if isinstance(value, list):
        return [snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain: Dict[str, Any] = {}
    for key, item in value.items():
        name = _HUMP.sub("_", key).lower()
        if plain.get(name) is None:
            plain[name] = snake(item)
    return plain


def money(value: object) -> Optional[Decimal]:
    """Read an amount however small, also with an exponent ("0E-6176" is a zero of OpenAI's)."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    told = str(value).strip()
    if len(told) > 100 or not _AMOUNT.match(told):
        return None
    try:
        found = Decimal(told)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < _RICHEST else None


def currency(value: object) -> Optional[str]:
    """Read an ISO 4217 code, in capitals; None for anything else."""
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha():
        return value.upper()
    return None


def _iso(value: str) -> Optional[datetime]:
    found = _ISO.match(value.strip())
    if not found:
        return None
    base, fraction, zone = found.groups()
    zone = "+00:00" if zone in (None, "Z") else zone
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        when = datetime.fromisoformat(f"{base}{((fraction or '.')[:7]).ljust(7, '0')}{zone}")
        return when.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def text(value: object, limit: int = MAX_TEXT) -> Optional[str]:
    """A provider's text as data: one line, no control or direction characters, bounded."""
    if not isinstance(value, str):
        return None
    clean = "".join(" " if c in "\t\r\n" else c for c in value[: limit * 4])
    clean = "".join(
        c for c in clean if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    clean = " ".join(clean.split())
    return (clean if len(clean) <= limit else clean[: limit - 1] + "…") or None
