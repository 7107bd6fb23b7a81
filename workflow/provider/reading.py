"""Reads values in a provider's JSON strictly.

Numbers come as ints, floats or strings; times as epoch seconds, epoch milliseconds or ISO 8601 with up to
nine fractional digits. A value that is absent or malformed becomes None, never zero.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from . import derived, provenance
from .derived import floored

Fields = Mapping[str, Any]  # a JSON object
MAX_TEXT = 200  # characters of a provider's text that are shown at most
MAX_SHORT = 40  # characters of a name
_MAX_WHOLE = 10**18
_MAX_NUMBER = Decimal(_MAX_WHOLE)
_MIN_NUMBER = Decimal(10) ** -9  # smaller ones are nonsense, except 0
_MAX_MONEY = Decimal(10) ** 12  # below this, sums stay exact to ten places
_MAX_DIGITS = 100
_UNSHOWN = ("Cc", "Cf", "Cs", "Co", "Cn")  # Unicode categories
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_AMOUNT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\Z", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z", re.ASCII)
_EPOCH = datetime.fromtimestamp(0, timezone.utc)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?\Z", re.ASCII)


def mapping(value: object) -> dict[str, Any]:
    """Return the value if it is an object, else an empty object."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """Return the value if it is an array, else an empty list."""
    return value if isinstance(value, list) else []


def entries(value: object) -> list[dict[str, Any]]:
    """List the objects of an array; other values in it are dropped."""
    return [entry for entry in sequence(value) if isinstance(entry, dict)]


def first(source: Fields, *names: str) -> Any:
    """Return the first of these fields that is not null; None if there is none."""
    for name in names:
        if source.get(name) is not None:
            return source[name]
    return None


def number(value: object) -> Decimal | None:
    """Read a finite number from an int, a float or a numeric string; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, int):
        return derived.number(Decimal(value), value) if abs(value) < _MAX_WHOLE else None
    digits = str(value)
    if isinstance(value, str):
        digits = digits.strip()
        if len(digits) > _MAX_DIGITS or not _NUMBER.match(digits):
            return None
    try:
        parsed = Decimal(digits)
    except InvalidOperation:
        return None
    fits = parsed.is_finite() and (not parsed or _MIN_NUMBER <= abs(parsed) < _MAX_NUMBER)
    return derived.number(parsed, value) if fits else None


def count(value: object) -> Decimal | None:
    """Read a number of zero or more; None for anything else."""
    parsed = number(value)
    return parsed if parsed is not None and parsed >= 0 else None


def share(value: object) -> Decimal | None:
    """Read a share or a percentage, negative ones as zero; None for anything else."""
    parsed = number(value)
    return None if parsed is None else floored(parsed)


def remainder(limit: Decimal | None, used: Decimal | None) -> Decimal | None:
    """Return limit - used, at least zero; None unless both are known."""
    return None if limit is None or used is None else floored(limit - used)


def integer(value: object) -> int | None:
    """Read a whole number; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):  # the usual case
        provenance.read(value)
        return int(value) if abs(value) < _MAX_WHOLE else None
    parsed = number(value)
    return int(parsed) if parsed is not None and parsed == int(parsed) else None


def moment(value: object) -> datetime | None:
    """Read a time, aware UTC, from epoch seconds, epoch milliseconds or ISO 8601; None for nonsense.

    0, -1 and the same in words ("1970-01-01T00:00:00Z", Go's "0001-01-01T00:00:00Z") mean that there is none.
    """
    stamp = number(value)
    if stamp is not None:
        if stamp <= 0:
            return None
        seconds = stamp / 1000 if stamp >= Decimal(10) ** 11 else stamp
        try:
            time = datetime.fromtimestamp(float(seconds), timezone.utc)
        except (OverflowError, OSError, ValueError):
            return None
        return derived.moment(time, value)
    dated = _iso(value) if isinstance(value, str) else None
    return None if dated is None or dated <= _EPOCH else derived.moment(dated, value)


def is_zero_time(value: object) -> bool:
    """Tell whether this is a zero that a vendor wrote as ISO 8601, for a time that there is not."""
    dated = _iso(value) if isinstance(value, str) else None
    return dated is not None and dated <= _EPOCH


def snake(value: Any) -> Any:
    """Rename all fields, at any depth, from ``camelCase`` to ``snake_case``.

    If two get the same name, the first one that is not null is kept.
    """
    if isinstance(value, list):
        return [snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain: dict[str, Any] = {}
    for key, item in value.items():
        name = _HUMP.sub("_", key).lower()
        if plain.get(name) is None:
            plain[name] = snake(item)
    return plain


def money(value: object) -> Decimal | None:
    """Read an amount, however small, also with an exponent (OpenAI writes "0E-6176" for zero)."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = str(value).strip()
    if len(text) > _MAX_DIGITS or not _AMOUNT.match(text):
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    fits = amount.is_finite() and abs(amount) < _MAX_MONEY
    return derived.number(amount, value) if fits else None


def currency(value: object) -> str | None:
    """Read an ISO 4217 code as upper case; None for anything else."""
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha():
        return value.upper()
    return None


def _iso(value: str) -> datetime | None:
    match = _ISO.match(value.strip())
    if not match:
        return None
    base, fraction, zone = match.groups()
    zone = "+00:00" if zone in (None, "Z") else zone
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        when = datetime.fromisoformat(f"{base}{((fraction or '.')[:7]).ljust(7, '0')}{zone}")
        return when.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def text(value: object, limit: int = MAX_TEXT) -> str | None:
    """Read a text as data: one line without control and direction characters; None if it is empty.

    Args:
        value: what the provider sent.
        limit: maximum number of characters; a longer text is cut with an ellipsis.
    """
    if not isinstance(value, str):
        return None
    provenance.read(value)
    clean = value[: limit * 4]
    if not clean.isprintable():
        spaced = (" " if c in "\t\r\n" else c for c in clean)
        clean = "".join(c for c in spaced if unicodedata.category(c) not in _UNSHOWN)
    clean = " ".join(clean.split())
    return (clean if len(clean) <= limit else clean[: limit - 1] + "…") or None


def short(value: object) -> str | None:
    """Read a name (of a plan, a window, a model, a state); None if it is empty."""
    return text(value, MAX_SHORT)
