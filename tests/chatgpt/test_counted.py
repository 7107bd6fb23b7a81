from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import NOW
from workflow.chatgpt import counted

TEN_YEARS = 315_360_000
RESETS = ("reset_at", "resets_at", "available_at", "reset_after", "resets_after")
NEVER_SOON = datetime.fromtimestamp(TEN_YEARS, timezone.utc)


@pytest.mark.parametrize("name", RESETS)
def test_a_reset_is_a_time_or_the_seconds_until_then(name: str) -> None:
    assert counted.reset({name: 1791199920}, NOW) == datetime.fromtimestamp(1791199920, NOW.tzinfo)
    assert counted.reset({name: 60}, NOW) == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ({"reset_after_seconds": 60, "reset_after": 90}, NOW + timedelta(seconds=60)),
        ({"reset_at": 5, "resets_after": NOW.timestamp()}, NOW),
        ({"reset_at": 0, "resets_at": 0.5}, NOW + timedelta(seconds=0.5)),
        ({"reset_at": TEN_YEARS}, NEVER_SOON),
        ({"reset_at": TEN_YEARS - 1}, NOW + timedelta(seconds=TEN_YEARS - 1)),
        ({"reset": 60}, None),
    ],
)
def test_of_several_resets_a_time_comes_first(
    fields: dict[str, Any], when: datetime | None
) -> None:
    assert counted.reset(fields, NOW) == when


def numbers(entry: dict[str, Any]) -> Any:
    """Used, limit and remaining."""
    return counted.counts(entry)


@pytest.mark.parametrize("used", ["used", "used_count", "usage"])
@pytest.mark.parametrize("limit", ["limit", "total", "max", "max_count"])
def test_a_use_and_a_limit_have_several_names(used: str, limit: str) -> None:
    assert numbers({used: 3, limit: 5}) == (3, 5, 2)


@pytest.mark.parametrize("name", ["remaining", "remaining_count"])
def test_what_remains_has_two_names(name: str) -> None:
    assert numbers({name: 3}) == (None, None, 3)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"used": 3, "limit": 5, "remaining": 2}, (3, 5, 2)),
        ({"used": 1, "limit": 5, "remaining": 2}, (3, 5, 2)),
        ({"limit": 5, "remaining": 5}, (0, 5, 5)),
        ({"limit": 5, "remaining": 6}, (None, None, 6)),
        ({"used": 3, "limit": 5, "remaining": 6}, (3, None, 6)),
        ({"limit": 5, "remaining": -2}, (7, 5, 0)),
        ({"used": 6, "limit": 5, "remaining": -2}, (6, 5, 0)),
        ({"remaining": -2}, (None, None, 0)),
        ({"remaining": 0}, (None, None, 0)),
        ({"used": -1}, (0, None, None)),
        ({"limit": 5}, None),
        ({}, None),
    ],
)
def test_numbers_that_differ_are_made_to_agree(
    entry: dict[str, Any], expected: tuple[Any, ...] | None
) -> None:
    assert numbers(entry) == expected


@pytest.mark.parametrize(
    ("entry", "used"),
    [
        ({"used_percent": 30, "remaining_percent": 30}, 30),
        ({"used_percent": "x", "remaining_percent": 30}, 70),
        ({"remaining_percent": 130}, 0),
        ({"used_percent": -1}, 0),
        ({}, None),
    ],
)
def test_a_share_is_told_directly_or_by_what_remains(
    entry: dict[str, Any], used: int | None
) -> None:
    assert counted.percent(entry) == (None if used is None else Decimal(used))
