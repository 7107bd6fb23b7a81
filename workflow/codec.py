"""JSON in and out: orjson where the interpreter has it, the standard library otherwise.

The bundle carries no compiled code, so both must read and write alike.
"""

from __future__ import annotations

from typing import Any, NoReturn

try:
    import orjson
except ImportError:  # the pure-Python bundle
    import json

    def _refuse(token: str) -> NoReturn:
        raise ValueError(f"{token} is not JSON")

    def loads(data: bytes) -> Any:
        """Read one JSON document from UTF-8. Raises ValueError, also for NaN and deep nesting."""
        try:
            return json.loads(data.decode("utf-8"), parse_constant=_refuse)
        except RecursionError:
            raise ValueError("nested too deeply") from None

    def dumps(value: Any) -> bytes:
        """Write compact UTF-8 JSON."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    def pretty(value: Any) -> bytes:
        """Write indented UTF-8 JSON for people to read."""
        return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8")

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
