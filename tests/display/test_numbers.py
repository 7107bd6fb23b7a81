"""Amounts, shares and names as people read them."""

from __future__ import annotations

import unicodedata
from decimal import ROUND_HALF_DOWN, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.said import Phrase, in_language
from workflow.display import numbers, quotas
from workflow.i18n import catalog
from workflow.models import Quota
from workflow.settings import Settings

NUMBERS = st.decimals(-(10**12), 10**12, places=4)
SHARES = st.decimals(-50, 200, places=3)
TEXTS = st.text(st.characters(codec="utf-8"))


@pytest.mark.parametrize(
    ("percent", "said"),
    [
        ("0", "0%"),
        ("0.001", "<1%"),
        ("0.99", "<1%"),
        ("1", "1%"),
        ("41.4", "41%"),
        ("41.5", "42%"),
        ("99", "99%"),
        ("99.01", ">99%"),
        ("99.999", ">99%"),
        ("100", "100%"),
        ("-3", "0%"),
        ("140", "100%"),
    ],
)
def test_a_share(percent: str, said: str) -> None:
    assert numbers.share(Decimal(percent)) == said


@given(SHARES)
def test_a_share_never_rounds_to_none_or_all(percent: Decimal) -> None:
    assert (numbers.share(percent) == "0%") == (percent <= 0)
    assert (numbers.share(percent) == "100%") == (percent >= 100)


@pytest.mark.parametrize(
    ("percent", "cells"),
    [
        ("0", 0),
        ("0.1", 1),
        ("4", 1),
        ("41", 4),
        ("45", 5),
        ("95", 9),
        ("99.9", 9),
        ("100", 10),
        ("250", 10),
        ("-50", 0),
        ("1e40", 10),
    ],
)
def test_a_bar(percent: str, cells: int) -> None:
    assert numbers.bar(Decimal(percent)) == "▰" * cells + "▱" * (10 - cells)


@given(SHARES)
def test_a_bar_is_empty_or_full_only_at_the_ends(percent: Decimal) -> None:
    said = numbers.bar(percent)
    assert len(said) == numbers.BAR
    assert ("▰" not in said) == (percent <= 0)
    assert ("▱" not in said) == (percent >= 100)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("42.18", "CNY", "¥42.18"),
        ("1234567.891", "USD", "$1,234,567.89"),
        ("-1.35", "CNY", "-¥1.35"),
        ("0", "USD", "$0.00"),
        ("0.004", "USD", "$<0.01"),
        ("-0.004", "USD", ">-$0.01"),
        ("-0.004", "CHF", ">-0.01 CHF"),
        ("-0.01", "USD", "-$0.01"),
        ("0.005", "USD", "$<0.01"),
        ("0.015", "EUR", "€0.02"),
        ("0.025", "EUR", "€0.03"),
        ("0.01", "GBP", "£0.01"),
        ("12", "CHF", "12.00 CHF"),
        ("1234.5", "JPY", "1,235 JPY"),
        ("-1350", "KRW", "-1,350 KRW"),
        ("250000", "VND", "250,000 VND"),
        ("0", "JPY", "0 JPY"),
        ("0.6", "JPY", "<1 JPY"),
        ("-0.6", "JPY", ">-1 JPY"),
    ],
)
def test_money(amount: str, currency: str, said: str) -> None:
    assert numbers.money(Decimal(amount), currency) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("0", "0"),
        ("639", "639"),
        ("1792", "1,792"),
        ("9999", "9,999"),
        ("0.5", "0.5"),
        ("12.50", "12.5"),
        ("0.125", "0.13"),
        ("10000", "10,000"),
        ("100000", "100k"),
        ("1000000", "1M"),
        ("99999.4", "99,999.4"),
        ("124300", "124.3k"),
        ("124399", "124.3k"),
        ("999999", "999.9k"),
        ("91254000", "91.25M"),
        ("100000000", "100M"),
        ("1500000000", "1.5B"),
        ("-124300", "-124.3k"),
        ("-124360", "-124.3k"),
    ],
)
def test_a_count(number: str, said: str) -> None:
    assert numbers.count(Decimal(number)) == said


@pytest.mark.parametrize(
    ("number", "whole", "said"),
    [
        ("3649", "10000", "3,649/10,000"),
        ("93750", "125000", "93.7k/125k"),
        ("950", "500000", "0.9k/500k"),
        ("45", "500000", "45/500k"),
        ("0", "500000", "0/500k"),
        ("45000", "2000000", "0.04M/2M"),
        ("600000", "500000", "600k/500k"),
    ],
)
def test_a_part_and_its_whole_are_shortened_in_one_way(number: str, whole: str, said: str) -> None:
    quota = Quota("Plan", "calls", Decimal(number), Decimal(whole), Decimal(number))
    assert quotas.window(quota, Settings()) == f"Plan {said} calls left"


@given(NUMBERS)
def test_a_count_is_short_and_never_scientific(number: Decimal) -> None:
    said = numbers.count(number)
    assert "E" not in said
    assert len(said.lstrip("-")) <= 9


@pytest.mark.parametrize(
    ("number", "unit", "english", "chinese"),
    [
        ("27", "%", "27%", "27%"),
        ("42.18", "CNY", "¥42.18", "¥42.18"),
        ("639", "credits", "639 credits", "639 积分"),
        ("8", "uses", "8 uses", "8 次"),
        ("120000", "tokens", "120k tokens", "120k Token"),
        ("3", "widgets", "3 widgets", "3 widgets"),
    ],
)
def test_an_amount(number: str, unit: str, english: str, chinese: str) -> None:
    assert in_language("en", numbers.amount, Decimal(number), unit) == english
    assert in_language("zh", numbers.amount, Decimal(number), unit) == chinese


@pytest.mark.parametrize(
    ("label", "english", "chinese"),
    [
        ("Weekly", "Week", "每周"),
        ("5 hours", "5h", "5 小时"),
        ("Daily", "Day", "每日"),
        ("Monthly", "Month", "每月"),
        ("30 days", "30d", "30 天"),
        ("MCP tools", "MCP", "MCP"),
        ("Deep research", "Deep research", "深度研究"),
        ("Spark · 5 hours", "Spark 5h", "Spark 5 小时"),
        ("Code review · Weekly", "Code review Week", "代码审查 每周"),
        ("Somebody's own", "Somebody's own", "Somebody's own"),
    ],
)
def test_a_short_label(label: str, english: str, chinese: str) -> None:
    assert in_language("en", numbers.short_label, label) == english
    assert in_language("zh", numbers.short_label, label) == chinese


@pytest.mark.parametrize(
    ("label", "chinese"),
    [
        ("Weekly", "每周"),
        ("Video · Weekly", "视频 · 每周"),
        ("3 hours", "3 小时"),
        ("1 day", "1 天"),
        ("GPT-9 · 45 minutes", "GPT-9 · 45 分钟"),
        ("6 months", "6 个月"),
        ("2 seconds", "2 秒"),
        ("3 weeks", "3 周"),
        ("Speech weekly", "语音每周"),
        ("MiniMax-X weekly", "MiniMax-X 每周"),
        ("Unheard of", "Unheard of"),
        ("48 h", "48 h"),
        ("hours", "hours"),
        (" weekly", " weekly"),
    ],
)
def test_a_label(label: str, chinese: str) -> None:
    assert (in_language("en", numbers.label, label), in_language("zh", numbers.label, label)) == (
        label,
        chinese,
    )


@pytest.mark.parametrize(
    ("name", "address"),
    [("me@mail.example", "me@mail.example"), ("Me·a@b/c", "a@b"), ("python@3.13", None), ("@me", None)],
)  # fmt: skip
def test_an_address_is_known_from_a_version(name: str, address: str | None) -> None:
    match = numbers.EMAIL.search(name)
    assert (match and match[0]) == address


def test_a_phrase_in_either_language() -> None:
    assert [
        in_language(language, catalog.say, Phrase("yes", "是")) for language in ("en", "zh")
    ] == [
        "yes",
        "是",
    ]
    assert catalog.say(None) == ""


def _commands(character: str) -> bool:
    """Tell whether a character is invisible and has an effect: a control, a line break, a change of direction."""
    turns = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    is_control = unicodedata.category(character) in ("Cc", "Zl", "Zp")
    return is_control or unicodedata.bidirectional(character) in turns


@given(TEXTS)
@example("\u2066a\u202eb\u2028c")
def test_plain_text_has_no_control_characters_and_loses_nothing_else(foreign: str) -> None:
    said = catalog.plain(foreign)
    assert not [c for c in said if _commands(c)]
    kept = [c for c in foreign if not _commands(c)]
    assert [c for c in said if c != " "] == [c for c in kept if c != " "]


@given(TEXTS, st.sampled_from(("en", "zh")))
def test_every_foreign_name_is_plain(foreign: str, language: str) -> None:
    for said in (
        in_language(language, numbers.label, foreign),
        in_language(language, numbers.short_label, foreign),
        in_language(language, numbers.counted, "1", foreign),
        in_language(language, catalog.say, Phrase.quoted(foreign)),
    ):
        assert said == catalog.plain(said)


def test_the_second_of_two_keeps_its_number() -> None:
    assert [
        in_language("zh", numbers.label, name)
        for name in ("Limit 2", "5 hours 3", "3 days 2", "K2 2")
    ] == [
        "限额 2",
        "5 小时 3",
        "3 天 2",
        "K2 2",
    ]
    assert in_language("en", numbers.label, "Limit 2") == "Limit 2"


@pytest.mark.parametrize("name", ["עברית", "عربي", "١٢", "Work עברית"])
def test_a_name_from_right_to_left_is_isolated(name: str) -> None:
    assert numbers.isolated(name) == f"\u2068{name}\u2069"


@pytest.mark.parametrize("name", ["Work", "主账号", "", "12"])
def test_any_other_name_stays_as_it_is(name: str) -> None:
    assert numbers.isolated(name) == name


def test_markdown_takes_an_escaped_text_as_text() -> None:
    assert numbers.escaped("\\`*_[]<>#|") == r"\\\`\*\_\[\]\<\>\#\|"
    assert numbers.escaped("Xa b·主.-!") == "Xa b·主.-!"
    assert numbers.escaped("token_plan a_1 _x y_ 主_题") == r"token_plan a_1 \_x y\_ 主_题"
    assert numbers.escaped("__bold__ a__b") == r"\_\_bold\_\_ a\_\_b"


@pytest.mark.parametrize(
    ("label", "english", "chinese"),
    [
        ("Weekly", "Week", "每周"),
        ("Group · Credit limit", "Group Credit limit", "群组积分"),
        ("Spend limit", "Spend limit", "花费"),
        ("Limit", "Limit", ""),
        ("Limit 2", "Limit 2", "限额 2 "),
        ("Code review · Weekly", "Code review Week", "代码审查每周"),
        ("Spark · 5 hours", "Spark 5h", "Spark 5 小时"),
        ("Spark · Weekly", "Spark Week", "Spark 每周"),
        ("K一 · \u9fffK", "K一 \u9fffK", "K一\u9fffK "),
        ("一 · \u9fff", "一 \u9fff", "一\u9fff"),
        ("ㄅ · 々", "ㄅ 々", "ㄅ 々"),
    ],
)
def test_an_allowance_inside_a_sentence(label: str, english: str, chinese: str) -> None:
    assert in_language("en", numbers.allowance, label) == english
    assert in_language("zh", numbers.allowance, label) == chinese


@pytest.mark.parametrize("length", ["2 dayss", "days 2", "2 Xday", "two days", " 2 days"])
def test_what_is_no_length_of_a_window_stays(length: str) -> None:
    assert in_language("zh", numbers.label, length) == length


@pytest.mark.parametrize(
    ("number", "unit", "english", "chinese"),
    [
        ("4213456", "tokens", "4,213,456 tokens", "4,213,456 Token"),
        ("1", "credits", "1 credit", "1 积分"),
        ("0.50", "credits", "0.5 credits", "0.5 积分"),
        ("12345678.90", "CNY", "¥12,345,678.90", "¥12,345,678.90"),
        ("41.4", "%", "41%", "41%"),
        ("100000", "widgets", "100,000 widgets", "100,000 widgets"),
    ],
)
def test_a_number_with_every_digit(number: str, unit: str, english: str, chinese: str) -> None:
    assert in_language("en", numbers.exactly, Decimal(number), unit) == english
    assert in_language("zh", numbers.exactly, Decimal(number), unit) == chinese


@pytest.mark.parametrize(
    ("number", "shown"), [("4213456", "4,213,456"), ("1E+3", "1,000"), ("0.10", "0.1")]
)
def test_digits(number: str, shown: str) -> None:
    assert numbers.digits(Decimal(number)) == shown


UNITS = (
    "bytes", "calls", "characters", "credits", "hours", "images", "messages",
    "points", "requests", "resets", "searches", "seconds", "sessions", "tokens", "uses",
)  # fmt: skip


def test_every_unit_has_a_singular() -> None:
    assert sorted(numbers.UNITS) == list(UNITS)
    one = [numbers.amount(Decimal(1), unit) for unit in UNITS]
    names = ["hours of use" if unit == "hours" else unit for unit in UNITS]
    singular = {"hours of use": "hour of use", "searches": "search"}
    assert one == [f"1 {singular.get(name, name[:-1])}" for name in names]
    assert [numbers.unit(unit) for unit in (*UNITS, "USD", "widgets")] == [*names, "USD", "widgets"]


def test_a_label_that_names_the_unit_leaves_a_measure_word_in_chinese() -> None:
    told = [
        (in_language("en", numbers.bare, "3", unit), in_language("zh", numbers.bare, "3", unit))
        for unit in ("resets", "tokens", "images")
    ]
    assert told == [("3", "3 次"), ("3", "3"), ("3", "3 张图片")]


def test_one_has_the_singular() -> None:
    assert numbers.amount(Decimal(1), "requests") == "1 request"
    assert numbers.amount(Decimal(2), "requests") == "2 requests"
    assert numbers.counted("1/2", "requests") == "1/2 requests"


@pytest.mark.parametrize(
    ("unit", "currency"),
    [
        ("CNY", True),
        ("usd", False),
        ("US", False),
        ("EURO", False),
        ("%", False),
        ("人民币", False),
    ],
)
def test_a_currency_has_three_capitals(unit: str, currency: bool) -> None:
    assert numbers.is_currency(unit) is currency


def test_a_share_is_rounded_as_told() -> None:
    assert numbers.share(Decimal("41.5"), ROUND_HALF_DOWN) == "41%"
    assert numbers.money(Decimal("0.01"), "USD") == "$0.01"
    assert numbers.money(Decimal("0.0099"), "CHF") == "<0.01 CHF"
