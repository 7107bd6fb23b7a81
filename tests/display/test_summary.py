"""All accounts in a few lines, to read and to copy."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import stored
from tests.examples import CHATGPT, GLM, KIMI, NOW, SIX, TAVILY, install
from tests.said import Phrase, in_language
from tests.standin import KEYS, StandIn
from workflow.display import summary
from workflow.models import Balance, Failure, Quota, Snapshot, Spend, Usage, WorkBlocked
from workflow.records import replace
from workflow.refresh import run as refresh
from workflow.settings import Settings
from workflow.state import state as states
from workflow.state.state import State, known_providers
from workflow.storage import accounts
from workflow.storage.accounts import Accounts

SAID = """\
GLM · Work: 41% left · Week 41% · resets in 2d 4h (Fri 19:00) · 5h 72% · Pro · 2m ago
KIMI · 主账号: ¥42.18 · cash ¥30.18 + voucher ¥12.00 · 2m ago"""
CHINESE = """\
GLM · Work：剩余 41% · 每周 41% · 2 天 4 小时后重置（周五 19:00） · 5 小时 72% · Pro · 2 分钟前
KIMI · 主账号：¥42.18 · 现金 ¥30.18 + 代金券 ¥12.00 · 2 分钟前"""


@pytest.mark.parametrize(("language", "said"), [("en", SAID), ("zh", CHINESE)])
def test_one_line_an_account(language: str, said: str) -> None:
    install([GLM, KIMI])
    state = states.read(Settings())
    assert in_language(language, summary.summary, state, NOW) == said


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


@pytest.mark.slow
def test_no_kind_of_account_tells_a_name_or_an_amount_in_private(world: StandIn) -> None:
    for key in KEYS:
        stored.account(key, f"Secret label {key}")
    refresh.refresh([account.id for account in accounts.load().accounts])
    for language, form in (("en", "text"), ("zh", "markdown")):
        state = states.read(Settings(summary=form))
        told = in_language(language, summary.summary, state, NOW, private=True)
        assert len(told.splitlines()) == len(KEYS)
        assert not re.search(r"[¥$€£] ?\d|\d (USD|CNY)|Secret label|Example|@", told)


def test_a_glance_can_be_private_and_of_some() -> None:
    install([GLM, KIMI])
    state = states.read(Settings())
    assert summary.glance(state, NOW, private=True) == "GLM · ••• 41% left · KIMI · ••• ¥•••"
    assert summary.glance(state, NOW, [KIMI[0].id]) == "KIMI · 主账号 ¥42.18"


UNITS = st.sampled_from(["%", "credits", "USD", "CNY"])
AMOUNTS = st.decimals(0, 2000, places=2)
USAGES = st.builds(
    Usage,
    quotas=st.lists(
        st.builds(Quota, st.sampled_from(["Plan", "Weekly"]), UNITS, AMOUNTS, AMOUNTS, AMOUNTS),
        max_size=2,
    ).map(tuple),
    balances=st.lists(st.builds(Balance, AMOUNTS, UNITS, st.none() | AMOUNTS), max_size=1).map(
        tuple
    ),
    spends=st.lists(st.builds(Spend, AMOUNTS, UNITS, st.just(NOW), st.just(NOW)), max_size=1).map(
        tuple
    ),
    plan=st.sampled_from([None, "Pro", "somebody@example.com"]),
    notice=st.sampled_from([None, Phrase.quoted("ask somebody@example.com")]),
    blocked=st.sampled_from([None, WorkBlocked("payment", Phrase.quoted("pay $3"))]),
)
FAILURES = st.sampled_from(
    [None, Failure("unreachable", Phrase.quoted("no route to somebody@example.com"), NOW)]
)
SCOPES = st.sampled_from([{}, {"address": "https://relay.example"}])


@given(st.none() | USAGES, FAILURES, SCOPES, st.booleans())
def test_the_private_form_is_what_privacy_shows(
    usage: Usage | None, failure: Failure | None, scope: dict[str, str], markdown: bool
) -> None:
    account = replace(GLM[0], scope=scope)
    snapshot = Snapshot(account.id, usage, NOW if usage else None, failure)
    settings = Settings(summary="markdown" if markdown else "text")
    book, known = Accounts((account,)), known_providers([account])
    private, public = (
        State(book, {account.id: snapshot}, known, each, at=NOW)
        for each in (settings.but(privacy=True), settings)
    )
    told = summary.lines(private)
    assert summary.lines(public, private=True) == told
    assert summary.lines(public) != told
    assert summary.lines(public, private=True, full=True) == summary.lines(private, full=True)
