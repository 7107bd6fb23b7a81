"""A low threshold is read as a user types it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.said import in_language
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
        ("10 CNY", "10"),
        ("usd 5", "5"),
        ("10元", "10"),
        ("2,000 credits", "2000"),
    ],
)
def test_a_number_may_have_a_sign(typed: str, number: str) -> None:
    assert threshold.read(typed, "GLM", None) == Decimal(number)


@pytest.mark.parametrize(
    "typed", ["", "x", "-1", "0", "nan", "inf", "1e99", "٣x", "10 apples", "CNY", "1 CNY 2", "5 e"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(WrongUsage, match="is not a positive number"):
        threshold.read(typed, "GLM", None)


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        *[("10 CNY", "CNY"), ("10 usd", "USD"), ("10元", "CNY"), ("5 credits", "credits")],
        *[("$5", "USD"), ("5%", "%"), ("¥5", ""), ("5", "")],
    ],
)
def test_a_unit_may_be_a_sign_or_a_word(typed: str, unit: str) -> None:
    assert threshold.unit_of(typed) == unit


@pytest.mark.parametrize(
    ("typed", "unit"),
    [("10 cny", "CNY"), ("10元", "CNY"), ("30 Credits", "credits"), ("3 DIEM", "DIEM")],
)
def test_the_account_s_own_unit_may_be_typed(typed: str, unit: str) -> None:
    assert threshold.read(typed, "GLM", unit) == Decimal(typed.strip("cnyCreditsDIEM元 "))


def test_a_unit_may_be_typed_in_chinese() -> None:
    assert in_language("zh", threshold.read, "30 积分", "GLM", "credits") == Decimal(30)


@pytest.mark.parametrize(
    ("typed", "unit", "why"),
    [
        ("10 USD", "CNY", "is measured in CNY, not in USD; type an amount such as 30"),
        ("10 CNY", "%", "is measured in percent left, not in CNY; type a share such as 30%"),
    ],
)
def test_another_unit_in_words_is_refused_by_name(typed: str, unit: str, why: str) -> None:
    with pytest.raises(WrongUsage, match=why):
        threshold.read(typed, "GLM", unit)
