"""Amounts of quotas and balances: what privacy leaves of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workflow.display import quotas
from workflow.settings import Settings


@pytest.mark.parametrize("number", ["42.18", "-1.35", "1234567.891", "0", "0.004", "-0.004"])
@pytest.mark.parametrize(("unit", "shown"), [("USD", "$•••"), ("JPY", "JPY•••")])
def test_privacy_leaves_only_the_currency(number: str, unit: str, shown: str) -> None:
    assert quotas.amount(Decimal(number), unit, Settings(privacy=True)) == shown
