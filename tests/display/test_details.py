"""One account with every number it has."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import cast

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
from workflow.display.numbers import HIDDEN
from workflow.display.summary import spoken
from workflow.errors import Unreachable
from workflow.i18n.catalog import speaking
from workflow.models import Account, Balance, CredentialKind, Failure, Quota, Snapshot, Usage
from workflow.provider import discovery as providers
from workflow.records import replace
from workflow.relay import kinds
from workflow.settings import Settings
from workflow.state import state as states

EN = Settings()


def facts(known: Known, settings: Settings = EN, days: float = 0) -> dict[str, list[str]]:
    install([known])
    state = states.read(settings, now=lambda: NOW)
    found: dict[str, list[str]] = {}
    now = NOW + timedelta(days=days)
    with speaking(settings.translation):
        for name, value in details.facts(state, known[0]):
            found.setdefault(name, []).append(spoken(value, now))
    return found


def test_every_number_of_a_plan() -> None:
    assert facts(GLM) == {
        "Weekly": ["41% left ▰▰▰▰▱▱▱▱▱▱ · resets in 2d 4h (Fri 19:00)"],
        "5 hours": ["72% left ▰▰▰▰▰▰▰▱▱▱ · resets in 3h (18:00)"],
        "Subscription": ["Pro"],
        "Pace (Week)": [
            (
                "lasts, 15% to spare · 10 points under the even pace · even pace: 69% used · 0.51% an hour, "
                "12% a day on average · 85% used at the reset at this rate"
            )
        ],
        "Pace (5h)": [
            (
                "lasts, 30% to spare · 12 points under the even pace · even pace: 40% used · 14% an hour on "
                "average · 70% used at the reset at this rate"
            )
        ],
        "Source": ["GLM (智谱AI / Z.ai) · https://bigmodel.cn/coding-plan/personal/usage"],
        "Region": ["China"],
        "Credential": ["API key"],
        "Fetched": ["14:58 · 2m ago"],
        "Account ID": [GLM[0].id],
    }


def test_every_number_in_chinese() -> None:
    told = facts(GLM, Settings(language="zh", show="used"))
    assert told["每周"] == ["已用 59% ▰▰▰▰▰▰▱▱▱▱ · 2 天 4 小时后重置（周五 19:00）"]
    assert (told["站点"], told["凭证"]) == (["国内站"], ["API Key"])
    told = facts(KIMI, Settings(language="zh"))
    assert told["余额"] == ["¥42.18（现金 ¥30.18 + 代金券 ¥12.00）"]


def test_counts_are_told_in_full() -> None:
    assert facts(TAVILY)["Plan"] == [
        "~64% left ▰▰▰▰▰▰▱▱▱▱ · 361 of 1,000 credits used · resets in about 12d 9h (1 Dec 00:00)",
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
    assert facts(GLM, days=3)["Weekly"] == ["has reset"]


def test_a_failure_comes_first_with_its_time_and_the_next_try() -> None:
    account, snapshot = GLM
    failure = Failure("blocked", Phrase("no way", "不行"), NOW, NOW + timedelta(minutes=12))
    told = facts((account, replace(snapshot, failure=failure)))
    assert list(told.items())[:3] == [
        ("Problem", ["no way"]),
        ("Failed", ["15:00 · just now"]),
        ("Next try", ["next try in 12m (15:12)"]),
    ]


def test_a_failure_does_not_name_the_provider_of_its_account() -> None:
    account, snapshot = GLM
    said = Unreachable.default.filled(provider="GLM (智谱AI / Z.ai)")
    told = facts((account, replace(snapshot, failure=Failure("unreachable", said, NOW))))
    assert told["Problem"] == ["cannot be reached; check the connection or proxy"]


def test_where_it_comes_from_is_told() -> None:
    account, snapshot = GLM
    asked = ("open.bigmodel.cn/api/monitor/usage/quota/limit", "open.bigmodel.cn/api/other")
    usage = replace(snapshot.usage or Usage(), endpoints=asked)
    told = facts((replace(account, scope={"project": "proj_1"}), replace(snapshot, usage=usage)))
    assert told["Endpoint"] == list(asked)
    assert told["Project"] == ["proj_1"]


def test_under_privacy_an_endpoint_has_no_ids() -> None:
    account, snapshot = CHATGPT
    place = "chatgpt.com/backend-api/accounts/00000000-aaaa-4bbb-8ccc-000000000013/balance"
    usage = replace(snapshot.usage or Usage(), endpoints=(place, "chatgpt.com/backend-api/v4"))
    known = account, replace(snapshot, usage=usage)
    shown = f"chatgpt.com/backend-api/accounts/{HIDDEN}/balance"
    assert facts(known)["Endpoint"][0] == place
    assert facts(known, Settings(privacy=True))["Endpoint"] == [shown, "chatgpt.com/backend-api/v4"]


@pytest.mark.parametrize(("window", "named"), [(2628000, True), (28 * 86400, True), (86400, False)])
def test_a_window_that_its_label_names_is_not_said_again(window: int, named: bool) -> None:
    quota = replace(share("Monthly", "80"), window=window)
    assert ("window" not in details.quota_text(quota, Settings())) is named


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
    assert told["Not reported by the provider"] == [
        "reset of Weekly · reset of Plan · limit and reset of Tokens"
    ]
    assert told["Tokens"] == ["4,213,456 used"]


def test_what_is_prepaid_has_no_subscription() -> None:
    account, snapshot = KIMI
    assert snapshot.usage
    told = facts((account, replace(snapshot, usage=replace(snapshot.usage, plan="Tier 1"))))
    assert (told["Account type"], "Subscription" in told) == (["Tier 1"], False)


def test_hours_of_use_are_no_time_until_anything() -> None:
    usage = Usage(balances=(Balance(Decimal(183), "USD"), Balance(Decimal(12), "hours")))
    known = (
        Account("deepgram-0000000a", "deepgram", "Speech"),
        Snapshot("deepgram-0000000a", usage, FETCHED),
    )
    told = facts(known)
    assert told["Balance"] == ["$183.00", "12 hours of use"]
    assert [name for name in told if name.startswith("Runway")] == [
        "Runway (USD)",
        "Runway (hours of use)",
    ]
    told = facts(known, Settings(language="zh"))
    assert told["余额"] == ["$183.00", "12 小时用量"]


def test_two_balances_have_a_runway_each() -> None:
    usage = Usage(balances=(Balance(Decimal(183), "USD"), Balance(Decimal(12), "credits")))
    known = (
        Account("openai-0000000a", "openai", "Work"),
        Snapshot("openai-0000000a", usage, FETCHED),
    )
    told = facts(known, Settings(language="zh"))
    assert [name for name in told if "可用天数" in name] == [
        "余额可用天数（USD）",
        "余额可用天数（积分）",
    ]


def test_a_count_that_its_label_names_is_a_number_alone() -> None:
    quota = Quota("Free resets", "resets", None, None, Decimal(1), role="secondary")
    known = CHATGPT[0], Snapshot(CHATGPT[0].id, Usage((quota,)), FETCHED)
    assert facts(known)["Free resets"] == ["1 left"]
    assert facts(known, Settings(language="zh"))["免费重置"] == ["剩余 1 次"]


def test_the_kind_of_a_relay_has_its_name() -> None:
    account = Account("relay-0000000a", "relay", "Money", scope={"kind": "sub2api", "id": "3c0c"})
    told = facts((account, Snapshot(account.id)), Settings(language="zh"))
    assert (told["类型"], told["Key 编号"]) == (["Sub2API"], ["3c0c"])


def test_every_kind_of_relay_has_a_name() -> None:
    assert set(providers.about("relay").kinds) == set(kinds.KINDS)


def test_an_account_that_was_never_asked() -> None:
    assert facts((GLM[0], Snapshot(GLM[0].id)))["Fetched"] == ["no numbers yet"]


def test_words_of_another_version_do_no_harm() -> None:
    account = replace(GLM[0], provider="acme", id="acme-0000000a", region="mars")
    account = replace(account, kind=cast("CredentialKind", "retina"))
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
    assert told[0].startswith("# ")
    assert told[1] == told[3] == ""
    assert told[2].startswith("**")
    assert told[2].endswith("**")
    assert all(line.startswith("- **") for line in told[4:])
    assert told[-1] == f"- **Account ID**: {known[0].id}"


def test_markdown_takes_no_formatting_from_others() -> None:
    account: Account = replace(GLM[0], label="*bold* [x](y) `z` <b>")
    usage = Usage((share("5 hours", "0.5"),), plan="_Pro_ | #1\n# more")
    install([(account, Snapshot(account.id, usage, FETCHED))])
    told = details.markdown(states.read(Settings()), account, NOW)
    assert told.splitlines()[0] == "# GLM · \\*bold\\* \\[x\\](y) \\`z\\` \\<b\\>"
    assert "- **Subscription**: \\_Pro\\_ \\| \\#1 \\# more" in told.splitlines()
