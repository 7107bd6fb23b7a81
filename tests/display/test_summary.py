"""All accounts in a few lines, to read and to copy."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import stored
from tests.examples import CHATGPT, GLM, KIMI, NOW, SIX, TAVILY, install
from tests.said import Phrase
from tests.standin import KEYS, StandIn
from workflow.display import summary
from workflow.refresh import run as refresh
from workflow.settings import Settings
from workflow.state import state as states
from workflow.storage import accounts

SAID = """\
GLM · Work: 41% left · Week 41% · 5h 72% · resets in 2d 4h (Fri 19:00) · Pro · 2m ago
KIMI · 主账号: ¥42.18 · cash ¥30.18 + voucher ¥12.00 · 2m ago"""
CHINESE = """\
GLM · Work: 剩余 41% · 本周 41% · 5小时 72% · 2天4小时后重置（周五 19:00） · Pro · 2分钟前
KIMI · 主账号: ¥42.18 · 现金 ¥30.18 + 代金券 ¥12.00 · 2分钟前"""


@pytest.mark.parametrize(("language", "said"), [("en", SAID), ("zh", CHINESE)])
def test_one_line_an_account(language: str, said: str) -> None:
    install([GLM, KIMI])
    state = states.read(Settings(language=language))
    assert summary.summary(state, NOW) == said


def test_only_the_named_accounts() -> None:
    install(SIX)
    state = states.read(Settings())
    assert summary.summary(state, NOW, [KIMI[0].id]) == SAID.splitlines()[1]
    assert summary.summary(state, NOW, []) == ""
    assert len(summary.summary(state, NOW).splitlines()) == 6


def test_no_account_no_line() -> None:
    assert summary.summary(states.read(Settings()), NOW) == ""


def test_it_is_said_as_of_now() -> None:
    install([GLM])
    state = states.read(Settings())
    later = summary.summary(state, NOW + timedelta(days=3))
    assert later == "GLM · Work: has reset · Week has reset · 5h has reset · Pro · 3d ago"


def test_the_most_urgent_comes_first_and_hidden_ones_stay_away() -> None:
    install([KIMI, GLM, CHATGPT, (replace(TAVILY[0], hidden=True), TAVILY[1])])
    told = summary.summary(states.read(Settings()), NOW).splitlines()
    assert [line.partition(":")[0] for line in told] == [
        "ChatGPT · Me",
        "GLM · Work",
        "KIMI · 主账号",
    ]


def test_markdown_is_a_list() -> None:
    install([GLM, KIMI])
    told = summary.summary(states.read(Settings(summary="markdown")), NOW)
    assert (
        told.splitlines()[1]
        == "- **KIMI · 主账号**: " + SAID.splitlines()[1][len("KIMI · 主账号: ") :]
    )


def test_the_private_form_hides_labels_money_and_addresses() -> None:
    account, snapshot = KIMI
    assert snapshot.usage is not None
    notice = Phrase.quoted("signed in as somebody@example.com")
    install([(account, replace(snapshot, usage=replace(snapshot.usage, notice=notice)))])
    told = summary.summary(states.read(Settings()), NOW, private=True)
    assert told.splitlines() == ["KIMI · •••: ¥••• · cash ¥••• + voucher ¥••• · 2m ago"]
    assert not any(word in told for word in ("example.com", "主账号", "42.18"))


def test_a_glance_is_one_line() -> None:
    install([GLM, KIMI])
    assert (
        summary.glance(states.read(Settings()), NOW) == "GLM · Work 41% left · KIMI · 主账号 ¥42.18"
    )


def test_privacy_hides_labels_and_money() -> None:
    install([GLM, KIMI])
    told = summary.summary(states.read(Settings(privacy=True)), NOW)
    assert told.splitlines()[1] == "KIMI · •••: ¥••• · cash ¥••• + voucher ¥••• · 2m ago"
    assert "Work" not in told


def test_no_kind_of_account_tells_a_name_or_an_amount_in_private(world: StandIn) -> None:
    for key in KEYS:
        stored.account(key, f"Secret label {key}")
    refresh.refresh([account.id for account in accounts.load().accounts])
    for settings in (Settings(), Settings(language="zh", summary="markdown")):
        state = states.read(settings)
        told = summary.summary(state, NOW, private=True)
        assert len(told.splitlines()) == len(KEYS)
        assert not re.search(r"[¥$€£] ?\d|\d (USD|CNY)|Secret label|Example|@", told)


def test_a_glance_can_be_private_and_of_some() -> None:
    install([GLM, KIMI])
    state = states.read(Settings())
    assert summary.glance(state, NOW, private=True) == "GLM · ••• 41% left · KIMI · ••• ¥•••"
    assert summary.glance(state, NOW, [KIMI[0].id]) == "KIMI · 主账号 ¥42.18"
