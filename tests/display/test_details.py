"""One account with every number it has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Dict, List

import pytest

from tests.examples import (
    CHATGPT,
    FETCHED,
    GLM,
    KIMI,
    NOW,
    OPENAI,
    SIX,
    TAVILY,
    Known,
    install,
    share,
)
from tests.said import Phrase
from workflow.display import details
from workflow.display.summary import spoken
from workflow.models import Account, Balance, Failure, Quota, Snapshot, Usage
from workflow.settings import Settings
from workflow.state import state as states

EN = Settings()


def facts(known: Known, settings: Settings = EN, days: float = 0) -> Dict[str, List[str]]:
    install([known])
    state = states.read(settings)
    found: Dict[str, List[str]] = {}
    for name, value in details.facts(state, known[0], NOW + timedelta(days=days)):
        said = spoken(value, settings, NOW + timedelta(days=days))
        found.setdefault(name, []).append(said)
    return found


def test_every_number_of_a_plan() -> None:
    assert facts(GLM) == {
        "Weekly": ["41% left ▰▰▰▰▱▱▱▱▱▱ · window 7d · resets in 2d 4h (Fri 19:00)"],
        "5 hours": ["72% left ▰▰▰▰▰▰▰▱▱▱ · window 5h · resets in 3h (18:00)"],
        "Subscription": ["Pro"],
        "Source": ["GLM (智谱AI / Z.ai) · https://bigmodel.cn/coding-plan/personal/usage"],
        "Region": ["China"],
        "Credential": ["API key"],
        "Fetched": ["14:58 · 2m ago"],
        "Account id": [GLM[0].id],
    }


def test_every_number_in_chinese() -> None:
    told = facts(GLM, Settings(language="zh", show="used"))
    assert told["每周"] == ["已用 59% ▰▰▰▰▰▰▱▱▱▱ · 窗口 7天 · 2天4小时后重置（周五 19:00）"]
    assert (told["地区"], told["凭证"]) == (["中国"], ["API 密钥"])


def test_counts_are_told_in_full() -> None:
    assert facts(TAVILY)["Plan"] == [
        "~64% left ▰▰▰▰▰▰▱▱▱▱ · 361 of 1,000 credits used · ~resets in 12d 9h (1 Dec 00:00)",
    ]


def test_money_is_told_in_full() -> None:
    assert facts(KIMI)["Balance"] == ["¥42.18 (cash ¥30.18 + voucher ¥12.00)"]
    assert facts(OPENAI)["Spend"] == [
        "$12.35 this month · 2026-11-01 – 2026-11-18 UTC",
        "today $1.31 · 2026-11-18 UTC",
        "30 days $30.50 · 2026-10-20 – 2026-11-18 UTC",
    ]


def test_a_token_tells_its_end() -> None:
    told = facts(CHATGPT)
    assert told["Credential"] == ["access token · token expires in 8d (26 Nov 15:00)"]
    assert told["Deep research"] == ["8 uses left · resets in 9d (27 Nov 15:00)"]


def test_what_has_reset_says_so() -> None:
    assert facts(GLM, days=3)["Weekly"] == ["has reset · window 7d"]


def test_a_failure_comes_first_with_its_time_and_the_next_try() -> None:
    account, snapshot = GLM
    failure = Failure("blocked", Phrase("no way", "不行"), NOW, NOW + timedelta(minutes=12))
    told = facts((account, replace(snapshot, failure=failure)))
    assert list(told.items())[:3] == [
        ("Problem", ["no way"]),
        ("Failed", ["15:00 · just now"]),
        ("Next try", ["next try in 12m (15:12)"]),
    ]


def test_where_it_comes_from_is_told() -> None:
    account, snapshot = GLM
    asked = ("open.bigmodel.cn/api/monitor/usage/quota/limit", "open.bigmodel.cn/api/other")
    usage = replace(snapshot.usage or Usage(), endpoints=asked)
    told = facts((replace(account, scope={"project": "proj_1"}), replace(snapshot, usage=usage)))
    assert told["Endpoint"] == list(asked)
    assert told["project of a team plan"] == ["proj_1"]


def test_what_was_not_told_is_told() -> None:
    usage = Usage(
        (
            share("Weekly", "41"),
            Quota("Plan", "credits", Decimal(1), Decimal(2), Decimal(1)),
            Quota("Tokens", "tokens", Decimal(4_213_456), None, None),
            Quota("Key", "credits", None, None, None, unlimited=True),
        )
    )
    told = facts((TAVILY[0], Snapshot(TAVILY[0].id, usage, FETCHED)))
    assert told["Not told by the provider"] == [
        "Weekly: reset · Plan: reset · Tokens: limit and reset"
    ]
    assert told["Tokens"] == ["4,213,456 tokens used"]


def test_an_account_that_was_never_asked() -> None:
    assert facts((GLM[0], Snapshot(GLM[0].id)))["Fetched"] == ["no numbers yet"]


def test_words_of_another_version_do_no_harm() -> None:
    account = replace(GLM[0], provider="acme", id="acme-0000000a", region="mars", kind="retina")
    told = facts((account, replace(GLM[1], account_id=account.id)))
    assert (told["Region"], told["Credential"]) == (["mars"], ["retina"])
    assert "Source" not in told


def test_privacy_hides_money() -> None:
    usage = Usage(
        (Quota("Spend limit", "USD", Decimal("77.5"), Decimal(200), Decimal("122.5")),),
        (Balance(Decimal("55.5"), "USD"),),
    )
    told = facts((OPENAI[0], Snapshot(OPENAI[0].id, usage, FETCHED)), Settings(privacy=True))
    assert told["Spend limit"] == ["61% left ▰▰▰▰▰▰▱▱▱▱ · $••• of $••• used"]
    assert told["Balance"] == ["$•••"]


@pytest.mark.parametrize("known", SIX, ids=[account.provider for account, _ in SIX])
def test_markdown(known: Known) -> None:
    install([known])
    told = details.markdown(states.read(Settings()), known[0], NOW).splitlines()
    assert told[0].startswith("# ") and told[1] == told[3] == ""
    assert told[2].startswith("**") and told[2].endswith("**")
    assert all(line.startswith("- **") for line in told[4:])
    assert told[-1] == f"- **Account id**: {known[0].id}"


def test_markdown_takes_no_formatting_from_others() -> None:
    account: Account = replace(GLM[0], label="*bold* [x](y) `z` <b>")
    usage = Usage((share("5 hours", "0.5"),), plan="_Pro_ | #1\n# more")
    install([(account, Snapshot(account.id, usage, FETCHED))])
    told = details.markdown(states.read(Settings()), account, NOW)
    assert told.splitlines()[0] == "# GLM · \\*bold\\* \\[x\\](y) \\`z\\` \\<b\\>"
    assert "- **Subscription**: \\_Pro\\_ \\| \\#1 \\# more" in told.splitlines()
