"""JSON in and out: orjson where the interpreter has it, the standard library otherwise.

The bundle carries no compiled code and runs under ``-IS``, without site-packages: there it is always
the standard library. So both read and write alike; only the form of an exponent differs (1e16, 1e+16).
"""

from __future__ import annotations

from typing import Any, Iterable, NoReturn, Union

_DEEPEST_WRITTEN = 250  # levels, a few less than orjson takes
_ENDLESS = float("inf")

try:
    import orjson
except ImportError:  # the pure-Python bundle
    import json

    _DEEPEST = 1024  # levels, as orjson has it

    def _refuse(token: str) -> NoReturn:
        raise ValueError(f"{token} is not JSON")

    def _float(digits: str) -> float:
        number = float(digits)
        return number if abs(number) < _ENDLESS else _refuse(digits)

    def _integer(digits: str) -> Union[int, float]:
        number = int(digits) if len(digits) <= 20 else _float(digits)
        return number if -(2**63) <= number < 2**64 else _float(digits)

    def _check_depth(value: Any) -> None:
        level = [value] if isinstance(value, (dict, list)) else []
        for _ in range(_DEEPEST):
            level = [child for parent in level for child in _branches(parent)]
        if level:
            raise ValueError("nested too deeply")

    def _branches(value: Any) -> Iterable[Any]:
        inner = value.values() if isinstance(value, dict) else value
        return (child for child in inner if isinstance(child, (dict, list)))

    def loads(data: bytes) -> Any:
        """Read one JSON document from UTF-8. Raises ValueError, also for NaN and deep nesting."""
        try:
            value = json.loads(
                data.decode("utf-8"),
                parse_constant=_refuse,
                parse_float=_float,
                parse_int=_integer,
            )
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if data.count(b"[") + data.count(b"{") > _DEEPEST:
            _check_depth(value)
        if b"\\ud" in data.lower():
            _compact(value)  # refuses half of a surrogate pair
        return value

    def _compact(value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    def _indented(value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8")

else:

    def loads(data: bytes) -> Any:
        """Read one JSON document from UTF-8. Raises ValueError, also for NaN and deep nesting."""
        return orjson.loads(data)

    def _compact(value: Any) -> bytes:
        return _written(value, 0)

    def _indented(value: Any) -> bytes:
        return _written(value, orjson.OPT_INDENT_2)

    def _written(value: Any, form: int) -> bytes:
        try:
            return orjson.dumps(value, option=form)
        except TypeError:  # orjson's error for everything
            raise ValueError("half of a surrogate pair is not UTF-8") from None


def of_file(content: bytes) -> Any:
    """Read the JSON of a file that people edit: some editors put a mark before it. Raises ValueError."""
    return loads(content[3:] if content.startswith(b"\xef\xbb\xbf") else content)


def dumps(value: Any) -> bytes:
    """Write compact UTF-8 JSON.

    Raises ValueError for anything but None, booleans, integers of 64 bits, finite numbers, text, lists
    and dictionaries with names of text.
    """
    _check(value)
    return _compact(value)


def pretty(value: Any) -> bytes:
    """Write indented UTF-8 JSON for people to read. Raises ValueError as ``dumps`` does."""
    _check(value)
    return _indented(value)


def _check(value: Any) -> None:
    """Refuse what one of the two would refuse, or write in a way of its own."""
    level = [value]
    for _ in range(_DEEPEST_WRITTEN):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _inner(value: Any) -> Iterable[Any]:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return ()
    if kind is dict and all(type(name) is str for name in value):
        return value.values()  # type: ignore[no-any-return]
    if kind is list or kind is tuple:
        return value  # type: ignore[no-any-return]
    if (kind is int and -(2**63) <= value < 2**64) or (kind is float and abs(value) < _ENDLESS):
        return ()
    raise ValueError(f"JSON has no such {kind.__name__}")
