from __future__ import annotations

import gc
import json
import weakref
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workflow.provider.derived import leaves
from workflow.provider.provenance import Leaf, Trace, plain
from workflow.provider.reading import count, entries, mapping, moment, money, number, snake, text

TOLD = {
    "data": {"limits": [{"total": 100, "left": "40.5", "a/b~": 7}], "end": "2026-10-05T11:00:00Z"},
    "name": "3 wishes",
    "ok": True,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def document() -> Any:
    return Trace("api.example.com/usage").document(json.loads(json.dumps(TOLD)))


def places(value: object) -> list[str]:
    return [leaf.pointer() for leaf in leaves(value)]


@given(JSON)
def test_a_document_is_what_it_was(told: Any) -> None:
    traced = Trace("x").document(json.loads(json.dumps(told)))
    assert traced == told
    assert plain(traced) == told
    assert not _types(plain(traced)) & {"_Int", "_Float", "_Text", "Object", "Array"}


def _types(value: Any) -> set[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {type(value).__name__}.union(*map(_types, inner))


def test_a_number_knows_its_field() -> None:
    entry = document()["data"]["limits"][0]
    assert places(number(entry["total"])) == ["/data/limits/0/total"]
    assert places(count(entry.get("left"))) == ["/data/limits/0/left"]
    assert places(money(entry.get("a/b~"))) == ["/data/limits/0/a~1b~0"]
    assert number(entry["left"]) == Decimal("40.5")


def test_a_time_knows_its_field() -> None:
    when = moment(document()["data"]["end"])
    assert when == datetime(2026, 10, 5, 11, tzinfo=timezone.utc)
    assert places(when) == ["/data/end"]


def test_fields_that_are_merged_or_renamed_keep_their_places() -> None:
    told = document()
    merged = {**told["data"]["limits"][0], "total": 1}
    assert places(number(merged["left"])) == ["/data/limits/0/left"]
    assert merged["total"] == 1
    renamed = snake({"someData": told["data"]})
    assert places(number(renamed["some_data"]["limits"][0]["total"])) == ["/data/limits/0/total"]
    assert [places(number(each["total"])) for each in entries(mapping(told["data"])["limits"])] == [
        ["/data/limits/0/total"]
    ]


def test_only_what_may_be_a_number_remembers() -> None:
    told = document()
    assert type(told["ok"]) is bool
    assert text(told["name"]) == "3 wishes"
    assert told["name"].was_read
    assert not isinstance(document().get("none"), Leaf)


def test_who_is_asked_twice_says_the_same() -> None:
    trace = Trace("x")
    first = trace.document({"a": 1})
    assert trace.document({"a": 1}) is first
    assert first["a"] is first["a"]


def test_a_document_that_is_let_go_of_is_gone_at_once() -> None:
    trace = Trace("x")
    told = trace.document({"data": [{"used": 5}, {"used": 6}]})
    used = number(told["data"][1]["used"])
    held = weakref.ref(told["data"][0])
    gc.disable()
    try:
        trace.drop()
        del told
        assert held() is None
    finally:
        gc.enable()
    assert used == 6
