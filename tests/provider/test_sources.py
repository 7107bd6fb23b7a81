"""Fields of an answer that are not used, and what is kept of all fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workflow.models import Balance, Usage
from workflow.provider import sources
from workflow.provider.provenance import Trace
from workflow.provider.reading import number


def explained(told: Any, *, balance: str = "left") -> Usage:
    """Make a balance that was read from the field of this name, with the fields kept of the answer."""
    trace = Trace("api.example.com/usage")
    found = number(trace.document(json.loads(json.dumps(told)))[balance])
    assert found is not None
    return sources.explained(Usage(balances=(Balance(found, "USD"),)), "unknown", [trace])


def ignored(told: Any) -> list[tuple[str, str]]:
    return [(each.pointer, each.value) for each in sources.read(explained(told)).ignored]


def test_numbers_that_nobody_read_each_kind_once_the_nearest_first() -> None:
    days = [{"cost": day, "tags": [{"share": 0.5}]} for day in range(40)]
    told = {"left": 5, "days": days, "spent": "12.50", "by/name": {"a~b": 3}}
    assert ignored(told) == [
        ("/spent", "12.50"),
        ("/by~1name/a~0b", "3"),
        ("/days/*/cost", "0"),
        ("/days/*/tags/*/share", "0.5"),
    ]


def test_only_amounts_are_named() -> None:
    told = {"left": 5, "id": 7, "updated_at": 1790000000, "ok": True, "name": "a", "none": None}
    assert ignored(told) == []
    assert ignored({**told, "ids": [7, 8], "totals": [None, "x", 9]}) == [("/totals/*", "9")]


def test_no_more_than_a_few_dozen_are_named() -> None:
    told = {"left": 5, **{f"total{letter}": 1 for letter in "abcdefghijklmnopqrstuvwxyzäöüß"}}
    assert len(ignored(told)) == sources.MAX_IGNORED


def test_numbers_that_are_kept_remember_nothing() -> None:
    usage = explained({"left": "4.20"})
    assert type(usage.balances[0].available).__name__ == "Decimal"
    assert [each.formula for each in sources.read(usage).numbers] == ["/left"]


@pytest.mark.parametrize("kept", [b"", b"{", b"[]", b"\xff", b'{"numbers":[["odd"]]}'])
def test_what_cannot_be_read_tells_nothing(kept: bytes) -> None:
    assert sources.read(Usage(sources=kept)) == sources.Sources()
