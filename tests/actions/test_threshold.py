"""A low threshold is read as a user types it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.said import chinese, in_language
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
        ("10 credit", "10"),
        ("1 search", "1"),
        ("30 hours of use", "30"),
        ("5 percent", "5"),
        ("5 per cent", "5"),
        ("５０％", "50"),
        ("¥ 5", "5"),
        ("￥５", "5"),
        ("5 元", "5"),
        ("5 yuan", "5"),
        ("RMB 5", "5"),
        ("$5.00", "5.00"),
        ("US$ 5", "5"),
        ("5 dollars", "5"),
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
        *[("5 percent", "%"), ("5 Yuan", "CNY"), ("5 块", "CNY"), ("5 rmb", "CNY")],
        *[("US$5", "USD"), ("5 dollars", "USD"), ("5 yen", "JPY"), ("1 credit", "credits")],
        *[("5 euros", "EUR"), ("5 pounds", "GBP"), ("CN¥5", "")],
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


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        *[("10 credit", "credits"), ("10 word", "words"), ("10 words", "words")],
        *[("10 percent", "%"), ("10 %", "%"), ("10％", "%"), ("10 per cent", "%")],
        *[("¥ 10", "CNY"), ("10 yuan", "CNY"), ("$ 10", "USD"), ("US$10", "USD")],
        *[("10 JPY", "JPY"), ("¥10", "JPY"), ("10 points", "points"), ("10 Point", "points")],
    ],
)
def test_it_may_be_typed_as_people_write_it(typed: str, unit: str) -> None:
    for language in ("en", "zh"):
        assert in_language(language, threshold.read, typed, "GLM", unit) == Decimal(10)


def test_a_unit_may_be_typed_in_chinese() -> None:
    assert in_language("zh", threshold.read, "30 积分", "GLM", "credits") == Decimal(30)


@pytest.mark.parametrize(
    ("typed", "unit", "why"),
    [
        ("10 USD", "CNY", "is measured in CNY, not in USD; type an amount such as 30"),
        ("10 CNY", "%", "is measured in percent left, not in CNY; type a share such as 30%"),
        ("10 yuan", "USD", "is measured in USD, not in yuan; type an amount such as 30"),
        ("10 percent", "credits", "is measured in credits, not in percent; type an amount such"),
        ("10 hours", "credits", "is measured in credits, not in hours; type an amount such as 30"),
    ],
)
def test_another_unit_in_words_is_refused_by_name(typed: str, unit: str, why: str) -> None:
    with pytest.raises(WrongUsage, match=why):
        threshold.read(typed, "GLM", unit)


def test_another_unit_is_refused_in_chinese_too() -> None:
    with pytest.raises(WrongUsage) as error:
        threshold.read("10 美元", "KIMI", "CNY")
    assert chinese(error.value.message) == ("KIMI 以“CNY”计算，不能用“美元”；请输入数值，例如 30")
