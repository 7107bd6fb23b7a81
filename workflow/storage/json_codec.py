"""Read and write JSON with the standard library, or with orjson if it is installed and the document is large.

Importing orjson takes longer than it saves on a small document. The bundle contains no compiled code and runs
under ``-IS``, without site-packages, so it always uses the standard library. Both accept and write the same;
only the form of an exponent differs (1e16, 1e+16).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from json.encoder import encode_basestring
from types import ModuleType
from typing import Any, Callable, NoReturn, Union

LARGE = 64 * 1024  # bytes; documents of this size are read with orjson
MANY = 4000  # values; documents with so many are written with orjson
_DEEPEST = 1024  # levels that are read, as in orjson
_DEEPEST_WRITTEN = 250  # levels that are written, a few less than orjson allows
_ENDLESS = float("inf")
_TEXT = frozenset((str,))


@functools.cache
def fast() -> ModuleType | None:
    """Import orjson; None if it is not installed, as in the pure-Python bundle."""
    try:
        import orjson
    except ImportError:
        return None
    return orjson


def loads(data: bytes) -> Any:
    """Read one JSON document from UTF-8. Raises ValueError, also for NaN and deep nesting."""
    orjson = fast() if len(data) >= LARGE else None
    return orjson.loads(data) if orjson else _read(data)


def parsed(text: str | bytes) -> Any:
    """Read one JSON document; None for anything else."""
    try:
        return loads(text if isinstance(text, bytes) else text.encode())
    except ValueError:
        return None


def _read(data: bytes) -> Any:
    try:
        value = json.loads(
            data.decode("utf-8"), parse_constant=_refuse, parse_float=_float, parse_int=_integer
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if data.count(b"[") + data.count(b"{") > _DEEPEST:
        _check_depth(value)
    if b"\\ud" in data.lower():
        _written(value)  # raises ValueError for half of a surrogate pair
    return value


def _refuse(token: str) -> NoReturn:
    raise ValueError(f"{token} is not JSON")


def _float(digits: str) -> float:
    number = float(digits)
    return number if abs(number) < _ENDLESS else _refuse(digits)


def _integer(digits: str) -> Union[int, float]:
    number = int(digits) if len(digits) <= 20 else _float(digits)
    return number if -(2**63) <= number < 2**64 else _float(digits)


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(_DEEPEST):
        inner = (each.values() if isinstance(each, dict) else each for each in level)
        level = [child for each in inner for child in each if isinstance(child, (dict, list))]
    if level:
        raise ValueError("nested too deeply")


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class Written(str):
    """A value that is JSON already, indented for its depth."""

    __slots__ = ()


_SIMPLE: Mapping[type, Callable[[Any], str]] = {
    Written: str,
    str: encode_basestring,
    int: repr,
    float: repr,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): {None: "null"}.__getitem__,
}


def _indented(value: Any, begin: str = "\n") -> str:
    """Write as ``json.dumps`` with an indent does, which is not compiled; ``begin`` starts a line."""
    simple = _SIMPLE.get(type(value))
    if simple:
        return simple(value)
    inner = f"{begin}  "
    if isinstance(value, dict):
        lines = [f"{encode_basestring(n)}: {_indented(each, inner)}" for n, each in value.items()]
        return f"{{{inner}{f',{inner}'.join(lines)}{begin}}}" if lines else "{}"
    lines = [_indented(each, inner) for each in value]
    return f"[{inner}{f',{inner}'.join(lines)}{begin}]" if lines else "[]"


def _dumps(value: Any, is_pretty: bool = False) -> bytes:
    orjson = fast() if _checked(value) >= MANY else None
    if not orjson:
        return _indented(value).encode() if is_pretty else _written(value)
    try:
        written: bytes = orjson.dumps(value, option=orjson.OPT_INDENT_2 if is_pretty else 0)
    except TypeError:  # orjson raises it for everything
        raise ValueError("half of a surrogate pair is not UTF-8") from None
    return written


def foreign(content: bytes) -> Any:
    """Read JSON that others wrote, with or without a byte order mark. Raises ValueError."""
    return loads(content[3:] if content.startswith(b"\xef\xbb\xbf") else content)


def dumps(value: Any) -> bytes:
    """Write compact UTF-8 JSON.

    Raises ValueError for anything but None, booleans, 64-bit integers, finite numbers, strings, lists
    and dictionaries with string keys.
    """
    return _dumps(value)


def text(value: str) -> str:
    """Write one string as ``dumps`` does."""
    return encode_basestring(value)


def indented(value: Any, depth: int = 0) -> str:
    """Write as ``pretty`` does, without checking the values, which must be our own or ``Written``."""
    return _indented(value, "\n" + depth * "  ")


def escaped(value: str) -> str:
    """Write one string without its quotation marks."""
    return encode_basestring(value)[1:-1]


def pretty(value: Any) -> bytes:
    """Write indented UTF-8 JSON for people to read. Raises ValueError as ``dumps`` does."""
    return _dumps(value, is_pretty=True)


def _checked(value: Any) -> int:
    """Refuse values that either library refuses or writes differently. Returns the number of values."""
    level: list[Any] = [value]
    count = 0
    for _ in range(_DEEPEST_WRITTEN):
        deeper: list[Any] = []
        count += len(level)
        for each in level:
            kind = type(each)
            if kind is str:
                continue
            if kind is dict:
                if not _TEXT.issuperset(map(type, each)):
                    raise ValueError("JSON has no such name")
                deeper += each.values()
            elif kind is list or kind is tuple:
                deeper += each
            elif each is not None and kind is not bool:
                _check_number(each)
        if not deeper:
            return count
        level = deeper
    raise ValueError("nested too deeply")


def _check_number(value: Any) -> None:
    kind = type(value)
    if not (
        (kind is int and -(2**63) <= value < 2**64) or (kind is float and abs(value) < _ENDLESS)
    ):
        raise ValueError(f"JSON has no such {kind.__name__}")
