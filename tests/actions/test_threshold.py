"""A low threshold is read as a user types it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workflow.actions import threshold
from workflow.errors import WrongUsage


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("10", "10"),
        (" 10 % ", "10"),
        ("¥5.5", "5.5"),
        ("5,5", "5.5"),
        ("0,125", "0.125"),
        ("1,000", "1000"),
        ("¥1,250,000.5", "1250000.5"),
        ("1,00", "1"),
    ],
)
def test_a_number_may_have_a_sign(typed: str, number: str) -> None:
    assert threshold.read(typed, "GLM", None) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "x", "-1", "0", "nan", "inf", "1e99", "٣x"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(WrongUsage, match="is not a positive number"):
        threshold.read(typed, "GLM", None)
