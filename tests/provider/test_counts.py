from __future__ import annotations

from decimal import Decimal
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.provider.counts import FULL, allowance, fits, likeliest

NUMBERS = st.none() | st.decimals(0, 10_000, places=2)


@given(used=NUMBERS, limit=NUMBERS, left=NUMBERS, percent=NUMBERS)
def test_used_limit_rest_and_percentage_agree(
    used: Optional[Decimal],
    limit: Optional[Decimal],
    left: Optional[Decimal],
    percent: Optional[Decimal],
) -> None:
    quota = allowance("Week", "requests", used=used, limit=limit, left=left, percent=percent)
    if quota is None:
        assert used is limit is left is percent is None
        return
    if quota.used is not None and quota.limit is not None:
        assert quota.remaining == max(Decimal(0), quota.limit - quota.used)
    if percent is not None and quota.limit:
        shown = quota.used_percent
        assert shown is not None and abs(min(shown, FULL) - min(percent, FULL)) <= 1


def test_what_is_used_follows_from_the_rest() -> None:
    quota = allowance("Week", "requests", limit=Decimal(50), left=Decimal(20), role="secondary")
    assert quota is not None and quota.used == 30 and quota.role == "secondary"
    beyond = allowance("Week", "requests", limit=Decimal(50), left=Decimal(51))
    assert beyond is not None and beyond.used is None is beyond.remaining


def test_the_percentage_holds_against_counts_that_differ() -> None:
    kept = allowance("Week", "requests", used=Decimal(10), limit=Decimal(40), percent=Decimal(26))
    assert kept is not None and kept.unit == "requests" and kept.limit == 40
    other = allowance("Week", "requests", used=Decimal(10), limit=Decimal(40), percent=Decimal(27))
    assert other is not None and other.unit == "%" and other.remaining == 73


@pytest.mark.parametrize(
    ("used", "limit", "percent", "expected"),
    [("5", "0", "90", True), ("300", "100", "130", True), ("1", None, "1", False)],
)
def test_fits(used: str, limit: Optional[str], percent: str, expected: bool) -> None:
    total = None if limit is None else Decimal(limit)
    assert fits(Decimal(used), total, Decimal(percent)) is expected


def test_the_reading_that_the_percentage_proves() -> None:
    both = [Decimal(30), Decimal(70)]
    assert likeliest(both, Decimal(100), Decimal(69)) == 70
    assert likeliest(both, Decimal(100), Decimal(50)) is None
    assert likeliest([Decimal(50), Decimal(50)], Decimal(100), Decimal(50)) == 50
    assert likeliest(both, None, Decimal(30)) is None
