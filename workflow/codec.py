"""JSON in and out: orjson where the interpreter has it, the standard library otherwise.

The bundle carries no compiled code, so both must read and write alike.
"""

from __future__ import annotations

from typing import Any, Iterable, NoReturn, Union

try:
    import orjson
except ImportError:  # the pure-Python bundle
    import json

    _DEEPEST = 1024  # levels, as orjson has it

    def _refuse(token: str) -> NoReturn:
        raise ValueError(f"{token} is not JSON")

    def _float(digits: str) -> float:
        number = float(digits)
        return number if abs(number) < float("inf") else _refuse(digits)

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
            dumps(value)  # refuses half of a surrogate pair
        return value

    def dumps(value: Any) -> bytes:
        """Write compact UTF-8 JSON."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode("utf-8")

    def pretty(value: Any) -> bytes:
        """Write indented UTF-8 JSON for people to read."""
        return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False).encode("utf-8")

else:

    def loads(data: bytes) -> Any:
        """Read one JSON document from UTF-8. Raises ValueError, also for NaN and deep nesting."""
        return orjson.loads(data)

    def dumps(value: Any) -> bytes:
        """Write compact UTF-8 JSON."""
        return orjson.dumps(value)

    def pretty(value: Any) -> bytes:
        """Write indented UTF-8 JSON for people to read."""
        return orjson.dumps(value, option=orjson.OPT_INDENT_2)
