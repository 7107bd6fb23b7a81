"""How many decimals a currency has: none, two, and two for what is not known."""

from __future__ import annotations

import pytest

from workflow.i18n import currency


@pytest.mark.parametrize(
    ("code", "count"),
    [("CNY", 2), ("USD", 2), ("EUR", 2), ("XYZ", 2), ("JPY", 0), ("KRW", 0), ("VND", 0)],
)
def test_decimals(code: str, count: int) -> None:
    assert currency.decimals(code) == count
