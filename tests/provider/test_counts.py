from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.provider.counts import FULL, adds_up, allowance, fits, likeliest, percent_used

NUMBERS = st.none() | st.decimals(0, 10_000, places=2)


@given(used=NUMBERS, limit=NUMBERS, remaining=NUMBERS, used_percent=NUMBERS)
def test_used_limit_rest_and_percentage_agree(
    used: Decimal | None,
    limit: Decimal | None,
    remaining: Decimal | None,
    used_percent: Decimal | None,
) -> None:
    quota = allowance(
        "Week", "requests", used=used, limit=limit, remaining=remaining, used_percent=used_percent
    )
    if quota is None:
        assert used is limit is remaining is used_percent is None
        return
    if quota.used is not None and quota.limit is not None:
        assert quota.remaining == max(Decimal(0), quota.limit - quota.used)
    if used_percent is not None and quota.limit:
        shown = quota.used_percent
        assert shown is not None
        assert abs(min(shown, FULL) - min(used_percent, FULL)) <= 1


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"used": 30, "limit": 50}, (30, 50, 20)),
        ({"used": 60, "limit": 50}, (60, 50, 0)),
        ({"limit": 50, "remaining": 50}, (0, 50, 50)),
        ({"used": 30, "limit": 50, "remaining": 1}, (30, 50, 20)),
        ({"remaining": 20}, (None, None, 20)),
        ({"used": 30, "remaining": 20}, (30, None, 20)),
        ({"used": 30}, (30, None, None)),
        ({"limit": 50}, (None, 50, None)),
        ({"limit": 50, "remaining": 51}, (None, 50, None)),
        ({}, None),
    ],
)
def test_what_is_told_is_completed(
    told: dict[str, int], expected: tuple[int | None, ...] | None
) -> None:
    quota = allowance("Week", "uses", **{name: Decimal(value) for name, value in told.items()})
    numbers: Any = quota and (quota.used, quota.limit, quota.remaining)
    assert numbers == expected
    assert quota is None or (quota.label, quota.unit) == ("Week", "uses")


@pytest.mark.parametrize(("left", "used"), [(30, 70), (0, 100), (130, 0), (None, None)])
def test_what_is_left_of_a_hundred_tells_what_is_used(left: int | None, used: int | None) -> None:
    assert percent_used(None if left is None else Decimal(left)) == used


@pytest.mark.parametrize(
    ("used", "limit", "remaining", "expected"),
    [
        (30, 50, 20, True), (30, 50, 21, True), (30, 50, 22, False), (30, 50, 18, False),
        (60, 50, 0, True), (600, 1000, 410, True), (600, 1000, 411, False), (0, 0, 0, True),
    ],
)  # fmt: skip
def test_used_and_the_rest_make_the_limit_but_for_rounding(
    used: int, limit: int, remaining: int, expected: bool
) -> None:
    assert adds_up(Decimal(used), Decimal(limit), Decimal(remaining)) is expected


def test_what_is_used_follows_from_the_rest() -> None:
    quota = allowance(
        "Week", "requests", limit=Decimal(50), remaining=Decimal(20), role="secondary"
    )
    assert quota is not None
    assert quota.used == 30
    assert quota.role == "secondary"
    beyond = allowance("Week", "requests", limit=Decimal(50), remaining=Decimal(51))
    assert beyond is not None
    assert beyond.used is None is beyond.remaining


def test_the_percentage_holds_against_counts_that_differ() -> None:
    kept = allowance(
        "Week", "requests", used=Decimal(10), limit=Decimal(40), used_percent=Decimal(26)
    )
    assert kept is not None
    assert kept.unit == "requests"
    assert kept.limit == 40
    other = allowance(
        "Week", "requests", used=Decimal(10), limit=Decimal(40), used_percent=Decimal(27)
    )
    assert other is not None
    assert other.unit == "%"
    assert other.remaining == 73


@pytest.mark.parametrize(
    ("used", "limit", "used_percent", "expected"),
    [("5", "0", "90", True), ("300", "100", "130", True), ("1", None, "1", False)],
)
def test_fits(used: str, limit: str | None, used_percent: str, expected: bool) -> None:
    total = None if limit is None else Decimal(limit)
    assert fits(Decimal(used), total, Decimal(used_percent)) is expected


def test_the_reading_that_the_percentage_proves() -> None:
    both = [Decimal(30), Decimal(70)]
    assert likeliest(both, Decimal(100), Decimal(69)) == 70
    assert likeliest(both, Decimal(100), Decimal(50)) is None
    assert likeliest([Decimal(50), Decimal(50)], Decimal(100), Decimal(50)) == 50
    assert likeliest(both, None, Decimal(30)) is None
    assert likeliest([Decimal(30)], Decimal(100), Decimal(31)) == 30
    assert likeliest([Decimal(30)], Decimal(100), Decimal(32)) is None
    near = [Decimal(30), Decimal(31)]
    assert likeliest(near, Decimal(100), Decimal("30.9")) == 31
    assert likeliest(near, Decimal(100), Decimal("30.5")) is None
