"""JSON Pointers, as RFC 6901 has them."""

from __future__ import annotations

from typing import Any

import pytest

from workflow.provider import pointers
from workflow.provider.pointers import MISSING

RFC: dict[str, Any] = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, " ": 7, "m~n": 8}


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", RFC), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2),
        ("/e^f", 3), ("/ ", 7), ("/m~0n", 8), ("/foo/2", MISSING), ("/foo/-", MISSING),
        ("/foo/00", MISSING), ("/foo/0/x", MISSING), ("/nothing", MISSING),
    ],
)  # fmt: skip
def test_a_pointer_leads_to_a_value(pointer: str, expected: object) -> None:
    assert pointers.is_pointer(pointer)
    found = pointers.value(RFC, pointer)
    assert found is expected or found == expected


@pytest.mark.parametrize("text", ["x", "/a~", "/a~2", "/" * 33, "/" + "a" * 300])
def test_what_is_no_pointer(text: str) -> None:
    assert not pointers.is_pointer(text)
