"""Amounts, shares and names as people read them."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.said import Phrase
from workflow.display import numbers
from workflow.i18n import catalog

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
    [("0", 0), ("0.1", 1), ("4", 1), ("41", 4), ("45", 5), ("95", 9), ("99.9", 9)],
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
        ("-0.004", "USD", "-$<0.01"),
        ("0.005", "USD", "$<0.01"),
        ("0.015", "EUR", "€0.02"),
        ("12", "CHF", "12.00 CHF"),
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
        ("10000", "10k"),
        ("72400", "72.4k"),
        ("72499", "72.4k"),
        ("999999", "999.9k"),
        ("91254000", "91.25M"),
        ("100000000", "100M"),
        ("1500000000", "1.5B"),
        ("-72400", "-72.4k"),
        ("-72460", "-72.4k"),
    ],
)
def test_a_count(number: str, said: str) -> None:
    assert numbers.count(Decimal(number)) == said


@given(NUMBERS)
def test_a_count_is_short_and_never_scientific(number: Decimal) -> None:
    said = numbers.count(number)
    assert "E" not in said and len(said) <= 9


@pytest.mark.parametrize(
    ("number", "unit", "english", "chinese"),
    [
        ("27", "%", "27%", "27%"),
        ("42.18", "CNY", "¥42.18", "¥42.18"),
        ("639", "credits", "639 credits", "639 积分"),
        ("8", "uses", "8 uses", "8 次"),
        ("12000", "tokens", "12k tokens", "12k token"),
        ("3", "widgets", "3 widgets", "3 widgets"),
    ],
)
def test_an_amount(number: str, unit: str, english: str, chinese: str) -> None:
    assert numbers.amount(Decimal(number), unit, "en") == english
    assert numbers.amount(Decimal(number), unit, "zh") == chinese


@pytest.mark.parametrize(
    ("label", "english", "chinese"),
    [
        ("Weekly", "Week", "本周"),
        ("5 hours", "5h", "5小时"),
        ("Deep research", "Deep research", "深度研究"),
        ("Spark · 5 hours", "Spark 5h", "Spark 5小时"),
        ("Code review · Weekly", "Code review Week", "代码审查 本周"),
        ("Somebody's own", "Somebody's own", "Somebody's own"),
    ],
)
def test_a_short_label(label: str, english: str, chinese: str) -> None:
    assert numbers.short_label(label, "en") == english
    assert numbers.short_label(label, "zh") == chinese


@pytest.mark.parametrize(
    ("label", "chinese"),
    [
        ("Weekly", "每周"),
        ("Video · Weekly", "视频 · 每周"),
        ("3 hours", "3 小时"),
        ("1 day", "1 天"),
        ("GPT-9 · 45 minutes", "GPT-9 · 45 分钟"),
        ("6 months", "6 个月"),
        ("Speech weekly", "语音每周"),
        ("MiniMax-X weekly", "MiniMax-X 每周"),
        ("Unheard of", "Unheard of"),
        ("48 h", "48 h"),
        ("hours", "hours"),
        (" weekly", " weekly"),
    ],
)
def test_a_label(label: str, chinese: str) -> None:
    assert (numbers.label(label, "en"), numbers.label(label, "zh")) == (label, chinese)


def test_a_phrase_in_either_language() -> None:
    assert [catalog.say(Phrase("yes", "是"), language) for language in ("en", "zh")] == [
        "yes",
        "是",
    ]
    assert catalog.say(None, "en") == ""


def _commands(character: str) -> bool:
    """Whether it does something instead of being seen: a control, a line break, a turn of direction."""
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
        numbers.label(foreign, language),
        numbers.short_label(foreign, language),
        numbers.counted("1", foreign, language),
        catalog.say(Phrase.quoted(foreign), language),
    ):
        assert said == catalog.plain(said)


def test_the_second_of_two_keeps_its_number() -> None:
    assert [numbers.label(name, "zh") for name in ("Limit 2", "5 hours 3", "3 days 2", "K2 2")] == [
        "限额 2",
        "5 小时 3",
        "3 天 2",
        "K2 2",
    ]
    assert numbers.label("Limit 2", "en") == "Limit 2"
