"""Every sentence of the catalogue uses one term for each thing, and one rule for spaces and signs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.i18n.test_catalog import CATALOGUES, entries, texts

HAN = "[\u4e00-\u9fff]"
PLACE = re.compile(r"\{[^}]*\}")
# What may stand in no sentence, by what is said instead.
CHINESE = {
    "你": "您",
    "账号": "账户",
    "国内站": "中国站",
    "…": "……",
    "周期": "(?<!此)窗口",  # this window, of a terminal
    "Key": "密钥(?!存储)(?<!接口密钥)",  # the keychain's kin, and a page of MiniMax
    "访问令牌": "(?<![`有] )(?<![`有])accessToken",  # the field in the answer
    "站点": "地区(?!；)",  # a country or region may be refused service
    "查不到": "[看读]不到(?!它)",
    "开发者工具": "DevTools",
    "查询": "询问(?![选，。])",
    "“…”": "!r}",
    "a space": f"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}",
    "a full-width sign": f"{HAN} ?[,:;()!]|[,:;()!] ?{HAN}",
}
ENGLISH = {
    "has no permission to": r"\bmay not\b",
    "exchange": r"\btrade\b",
    "quota": r"\ballowances?\b",
    "anyway": r"\ball the same\b",
}


def breaches(sentence: str, rules: dict[str, str]) -> list[str]:
    """Return what to say instead for each rule that a sentence breaks."""
    bare = PLACE.sub(lambda place: "!r}" if place[0].endswith("!r}") else "\u25a1", sentence)
    return [instead for instead, banned in rules.items() if re.search(banned, bare)]


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_each_sentence_keeps_the_rules(path: Path) -> None:
    found = {
        text: broken
        for entry in entries(path)
        for told, rules in ((entry.string, CHINESE), (entry.id, ENGLISH))
        for text in texts(told)
        if (broken := breaches(text, rules))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("sentence", "broken"),
    [
        ("还剩5 小时", ["a space"]),
        ("{count} 个Key", ["a space"]),
        ("重置:周五", ["a full-width sign"]),
        ("余额 (美元)", ["a full-width sign"]),
        ("请更换您的密钥", ["你", "Key"]),
        ("账户的窗口长度……", ["账号", "…", "周期"]),
        ("请粘贴 accessToken", ["访问令牌"]),
        ("其中没有 accessToken；`accessToken` 在密钥存储中", []),
        ("{span}后重置（{time}），须等 5 分钟", []),
    ],
)
def test_a_breach_is_found(sentence: str, broken: list[str]) -> None:
    assert breaches(sentence, CHINESE) == broken
