"""Balances read from an answer, and which of them are shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from workflow.errors import UnexpectedResponse
from workflow.models import Balance, Usage, WorkBlocked
from workflow.provider.balances import REFUSED, balance, prepaid


@pytest.mark.parametrize(
    ("available", "unit", "more", "expect"),
    [
        ("41.20", "CNY", {"granted": "1.20"}, Balance(Decimal("41.20"), "CNY", Decimal("1.20"))),
        ("-0.08", "CNY", {"granted": "0.00"}, Balance(Decimal("-0.08"), "CNY")),
        (0, "USD", {}, Balance(Decimal(0), "USD")),
        ("1840", "USD", {"per": 100, "granted": 50}, Balance(Decimal("18.40"), "USD", Decimal("0.5"))),
        (5, "USD", {"granted": -3}, Balance(Decimal(5), "USD")),
        (5, "USD", {"role": "reserve"}, Balance(Decimal(5), "USD", role="reserve")),
        (None, "USD", {}, None),
        ("much", "USD", {}, None),
        (True, "USD", {}, None),
        (5, None, {}, None),
    ],
)  # fmt: skip
def test_a_balance_is_what_is_told(
    available: object, unit: str | None, more: dict[str, Any], expect: Balance | None
) -> None:
    assert balance(available, unit, **more) == expect


def test_money_and_debts_are_shown_and_of_empty_ones_one() -> None:
    dollars, yuan, debt = (Balance(Decimal(n), unit) for n, unit in ((0, "USD"), (5, "CNY"), (-2, "EUR")))  # fmt: skip
    assert prepaid([dollars, None, debt, yuan]) == Usage(balances=(yuan, debt))
    assert prepaid([dollars, Balance(Decimal(0), "CNY")]) == Usage(balances=(dollars,))


def test_what_the_vendor_refuses_is_said() -> None:
    usage = prepaid([Balance(Decimal(1), "CNY")], refused=True, plan="Pro")
    assert usage.blocked == WorkBlocked("payment", REFUSED)
    assert usage.plan == "Pro"


def test_without_an_amount_there_is_no_usage() -> None:
    for told in ([], [None, None]):
        with pytest.raises(UnexpectedResponse):
            prepaid(told)
