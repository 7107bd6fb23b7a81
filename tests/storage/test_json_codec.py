"""JSON in and out: with orjson and without, the same."""

from __future__ import annotations

import enum
import importlib.util
import json
import math
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from workflow.storage import json_codec

SAMPLES = sorted((ROOT / "tests/samples").rglob("*.json"))


def another(**changes: Any) -> ModuleType:
    """The codec with names of its own."""
    spec = importlib.util.spec_from_file_location("another", json_codec.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module).update(changes)
    return module


plain = another(fast=lambda: None)
fast = another(LARGE=0, MANY=0)
BOTH = [pytest.param(fast, id="orjson"), pytest.param(plain, id="json")]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def told(codec: Any, data: bytes) -> Any:
    """Return the repr of what a codec reads, or that it refuses. A repr tells 1 from 1.0 and -0.0 from 0.0."""
    try:
        return repr(codec.loads(data))
    except ValueError:
        return ValueError


def test_the_two_forms_are_two() -> None:
    assert fast.fast() is not None
    assert plain.fast() is None


def test_orjson_is_loaded_for_what_is_large_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(json_codec, "fast", lambda: asked.append("orjson"))
    small, large = ["x"], ["x"] * json_codec.LARGE
    assert json_codec.loads(json_codec.dumps(small)) == small
    assert asked == []
    assert json_codec.loads(json_codec.dumps(large)) == large
    assert asked == ["orjson", "orjson"]


def test_there_are_samples() -> None:
    assert len(SAMPLES) > 100


def test_every_sample_reads_alike() -> None:
    for path in SAMPLES:
        data = path.read_bytes()
        read = told(fast, data)
        assert read == told(plain, data), path
        if read is not ValueError:
            value = fast.loads(data)
            assert fast.loads(plain.pretty(value)) == plain.loads(fast.pretty(value)) == value, path


@given(value=JSON)
def test_each_reads_what_the_other_writes(value: Any) -> None:
    for write in ("dumps", "pretty"):
        one, other = getattr(fast, write)(value), getattr(plain, write)(value)
        assert repr(plain.loads(one)) == repr(fast.loads(other)) == repr(value)


@given(value=JSON, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_documents_of_others_read_alike(value: Any, indent: Any, ascii_only: bool) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    assert told(fast, data) == told(plain, data) == repr(value)


@given(
    data=st.binary(max_size=30) | st.text('[]{}":,0123456789.eE+-\\ud8ntrlasfN \n').map(str.encode)
)
def test_foreign_bytes_read_alike(data: bytes) -> None:
    assert told(fast, data) == told(plain, data)


@pytest.mark.parametrize("codec", BOTH)
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"a": 1', id="truncated"),
        pytest.param(b"<html>", id="html"),
        pytest.param(b"NaN", id="NaN"),
        pytest.param(b'{"a": [NaN]}', id="NaN-inside"),
        pytest.param(b"Infinity", id="Infinity"),
        pytest.param(b"-Infinity", id="-Infinity"),
        pytest.param(b"1e999", id="too-large"),
        pytest.param(b"-1e999", id="too-low"),
        pytest.param(b"9" * 400, id="too-many-digits"),
        pytest.param(b'"\\ud800"', id="half-a-pair"),
        pytest.param(b'{"\\uDC00": 1}', id="other-half-as-name"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte-order-mark"),
        pytest.param(b'"\xff"', id="not-utf-8"),
        pytest.param(b"{}{}", id="two"),
        pytest.param(b"[" * 1025 + b"]" * 1025, id="deep"),
        pytest.param(b'{"a":' * 1025 + b"1" + b"}" * 1025, id="deep-objects"),
        pytest.param(b"[" * 200_000 + b"]" * 200_000, id="very-deep"),
        pytest.param(b"[" * 200_000, id="very-deep-and-truncated"),
    ],
)
def test_refused_by_both(codec: Any, data: bytes) -> None:
    with pytest.raises(ValueError):
        codec.loads(data)


@pytest.mark.parametrize("codec", BOTH)
@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param(b"18446744073709551615", 2**64 - 1, id="largest-integer"),
        pytest.param(b"18446744073709551616", float(2**64), id="beyond-it"),
        pytest.param(b"-9223372036854775809", float(-(2**63)), id="below-it"),
        pytest.param(b'"\\ud83d\\ude00"', "😀", id="a-whole-pair"),
        pytest.param(b'"\\\\ud800"', "\\ud800", id="an-escaped-backslash"),
        pytest.param(b'{"a": 1, "a": 2}', {"a": 2}, id="the-last-wins"),
        pytest.param(b"[" + b"[]," * 3000 + b"[]]", [[]] * 3001, id="wide-is-not-deep"),
    ],
)
def test_read_by_both(codec: Any, data: bytes, value: Any) -> None:
    found = codec.loads(data)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("codec", BOTH)
def test_ordinary_depth_comes_back(codec: Any) -> None:
    assert codec.dumps(codec.loads(b"[" * 200 + b"]" * 200)) == b"[" * 200 + b"]" * 200


@pytest.mark.parametrize("codec", BOTH)
def test_the_bytes_written(codec: Any) -> None:
    value = {"a": [1, True, None, "é \x11\x12\n"], "b": {}, "c": []}
    assert codec.dumps(value) == '{"a":[1,true,null,"é \\u0011\\u0012\\n"],"b":{},"c":[]}'.encode()
    pretty = b'{\n  "a": [\n    1,\n    true,\n    false,\n    null\n  ],\n  "b": {},\n  "c": []\n}'
    assert codec.pretty({"a": [1, True, False, None], "b": {}, "c": ()}) == pretty


@dataclass
class Point:
    """A value that orjson would write without asking."""

    x: int = 1


class Colour(enum.Enum):
    """Likewise."""

    RED = "red"


class Name(str):
    """Likewise."""


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = {"a": value} if levels % 2 else [value]
    return value


@pytest.mark.parametrize("codec", BOTH)
@pytest.mark.parametrize("write", ["dumps", "pretty"])
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(math.nan, id="NaN"),
        pytest.param(-math.inf, id="infinity"),
        pytest.param(2**64, id="too-large"),
        pytest.param(-(2**63) - 1, id="too-low"),
        pytest.param({1: 2}, id="number-as-name"),
        pytest.param({None: 2}, id="nothing-as-name"),
        pytest.param({Name("a"): 2}, id="a-kind-of-text-as-name"),
        pytest.param(Name("a"), id="a-kind-of-text"),
        pytest.param("\ud800", id="half-a-pair"),
        pytest.param(b"a", id="bytes"),
        pytest.param({1, 2}, id="set"),
        pytest.param(Decimal(1), id="decimal"),
        pytest.param(datetime(2026, 11, 22, tzinfo=timezone.utc), id="time"),
        pytest.param(uuid.UUID(int=1), id="uuid"),
        pytest.param(Point(), id="dataclass"),
        pytest.param(Colour.RED, id="enum"),
        pytest.param(nested(251), id="deep"),
        pytest.param(nested(252), id="deep-objects"),
        pytest.param(nested(3000), id="very-deep"),
    ],
)
def test_never_written(codec: Any, write: str, value: Any) -> None:
    for within in (value, [value], {"a": {"b": ("x", value)}}):
        with pytest.raises(ValueError):
            getattr(codec, write)(within)


@pytest.mark.parametrize("codec", BOTH)
@pytest.mark.parametrize(
    "value", [2**64 - 1, -(2**63), 1e16, 1e-7, -0.0, 1.7976931348623157e308, (1, "a"), nested(250)]
)
def test_written_by_both(codec: Any, value: Any) -> None:
    back = codec.loads(codec.dumps(value))
    assert repr(back) == repr(list(value) if isinstance(value, tuple) else value)
