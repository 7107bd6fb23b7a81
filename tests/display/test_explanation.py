"""Explanations of where the numbers come from, for recorded answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.examples import FETCHED, NOW, install
from tests.providers import contract
from workflow.display import explanation, json_report
from workflow.display.summary import spoken
from workflow.i18n.catalog import speaking
from workflow.models import Account, Credential, Snapshot, Usage
from workflow.records import replace
from workflow.refresh import fetch
from workflow.settings import Settings
from workflow.state import state as states
from workflow.state.state import State

EN = Settings()
WORK = Account("glm-0000000a", "glm", "Work", "intl")
CASH = Account("deepseek-0000000a", "deepseek", "Cash")
LIMITS = "GET api.z.ai/api/monitor/usage/quota/limit"
BALANCE = "GET api.deepseek.com/user/balance"


def answered(account: Account, route: str, told: Any) -> Usage:
    client = contract.ScriptedClient({route: replace(contract.answer(200, told), at=NOW)})
    secret = f"{'0' * 32}.{'a' * 16}"
    return asyncio.run(fetch.answered(client, account, Credential("api_key", secret)))


def glm(**more: object) -> Usage:
    entry = {"type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": 44, "usageDetails": 7}
    entry["nextResetTime"] = int(NOW.timestamp() + 3600) * 1000
    return answered(WORK, LIMITS, {"code": 200, "data": {"limits": [{**entry, **more}]}})


def deepseek(total: str = "41.20") -> Usage:
    entry = {"currency": "CNY", "total_balance": total, "granted_balance": "1.20"}
    return answered(CASH, BALANCE, {"balance_infos": [{**entry, "topped_up_balance": "40.00"}]})


def state(account: Account, usage: Usage | None, settings: Settings = EN) -> State:
    install([(account, Snapshot(account.id, usage, FETCHED if usage else None))])
    return states.read(settings, now=lambda: NOW)


def facts(account: Account, usage: Usage | None, settings: Settings = EN) -> list[tuple[str, str]]:
    known = state(account, usage, settings)
    with speaking(settings.translation):
        told = explanation.facts(known, account)
        return [(name, spoken(value, NOW)) for name, value in told]


def test_each_number_has_its_field_and_its_formula() -> None:
    assert facts(WORK, glm()) == [
        ("5 hours · used", "44% = /data/limits/0/percentage"),
        ("5 hours · left", "56% = 100 − /data/limits/0/percentage (44)"),
        ("5 hours · reset", "16:00 = /data/limits/0/nextResetTime"),
        ("Endpoint", "api.z.ai/api/monitor/usage/quota/limit · 5h"),
        ("Fetched", "14:58 · 2m ago"),
        (
            "Forecast (5h)",
            (
                "lasts, 45% to spare · 36 points under the even pace · even pace: 80% used · 11% an hour on "
                "average · 55% used at the reset at this rate"
            ),
        ),
        ("Not used", "/data/limits/*/usageDetails = 7"),
    ]


def test_money_has_its_fields_too() -> None:
    assert facts(CASH, deepseek()) == [
        ("Balance · CNY", "¥41.20 = /balance_infos/0/total_balance"),
        ("Balance · granted", "¥1.20 = /balance_infos/0/granted_balance"),
        ("Endpoint", "api.deepseek.com/user/balance · Balance"),
        ("Fetched", "14:58 · 2m ago"),
        ("Forecast (CNY)", "no forecast: less than three days of data"),
        ("Not used", "/balance_infos/*/topped_up_balance = 40.00"),
    ]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"percentage": 100}, "used up"),
        ({"percentage": 0}, "no forecast: it is hardly used"),
        ({"nextResetTime": None}, "no forecast: its reset is not reported"),
    ],
)
def test_why_nothing_is_foreseen(more: dict[str, object], reason: str) -> None:
    assert dict(facts(WORK, glm(**more)))["Forecast (5h)"] == reason


def test_what_is_new_and_what_disagrees_comes_first() -> None:
    changed = glm(bonusTokens=12, usage=1000, currentValue=100, remaining=900)
    told = facts(WORK, changed)
    assert told[:3] == [
        ("Changed", "the provider changed its answer; these numbers may be incomplete"),
        ("New field", "/data/limits/0/bonusTokens = 12"),
        (
            "Conflicting",
            (
                "/data/limits/0/currentValue = 100 and /data/limits/0/usage = 1000"
                " and /data/limits/0/percentage = 44"
            ),
        ),
    ]


def test_privacy_hides_amounts() -> None:
    told = "\n".join(map(" ".join, facts(CASH, deepseek(), replace(EN, privacy=True))))
    assert "/balance_infos/0/total_balance" in told
    assert "¥•••" in told
    assert not any(amount in told for amount in ("41.20", "1.20", "40.00"))


def test_a_path_in_markdown_is_code_and_the_rest_is_text() -> None:
    usage = answered(CASH, BALANCE, {"balance_infos": [
        {"currency": "CNY", "total_balance": "41.20", "`x_y": 5}
    ]})  # fmt: skip
    told = explanation.markdown(state(CASH, usage), CASH, NOW).splitlines()
    assert "- **Balance · CNY**: ¥41.20 = `/balance_infos/0/total_balance`" in told
    assert "- **Endpoint**: `api.deepseek.com/user/balance` · Balance" in told
    assert "- **New field**: `/balance_infos/0/`\\`x_y = 5" in told
    code = explanation._with_code("10.0.0.2:3000/api/usage · x_")
    assert code == "`10.0.0.2:3000/api/usage` · x\\_"


def test_it_speaks_chinese() -> None:
    told = facts(WORK, glm(bonusTokens=12), replace(EN, language="zh"))
    assert told[:3] == [
        ("有变化", "服务商的返回格式有变，这些数字可能不完整"),
        ("新字段", "/data/limits/0/bonusTokens = 12"),
        ("5 小时 · 已用", "44% = /data/limits/0/percentage"),
    ]


def test_numbers_of_an_older_version_have_no_fields_yet() -> None:
    told = facts(WORK, replace(glm(), sources=b""))
    assert told[0] == (
        "Numbers",
        "their sources are recorded at the next refresh",
    )
    assert facts(WORK, replace(glm(), sources=b'{"numbers":[["odd"]]}'))[0] == told[0]
    assert facts(WORK, None) == [("Numbers", "no numbers yet")]


def test_a_name_in_an_answer_is_data() -> None:
    usage = answered(CASH, BALANCE, {"balance_infos": [
        {"currency": "CNY", "total_balance": "1", "\x1b[31m\u202e{secret}": 5}
    ]})  # fmt: skip
    told = "\n".join(map(" ".join, facts(CASH, usage)))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "[31m{secret} = 5" in told


def test_as_markdown() -> None:
    known = state(WORK, glm())
    with speaking(EN.translation):
        lines = explanation.markdown(known, WORK, NOW).splitlines()
    assert lines[0] == "# GLM · Work: where the numbers come from"
    assert lines[2] == "- **5 hours · used**: 44% = `/data/limits/0/percentage`"


def test_as_json() -> None:
    known = state(WORK, glm(bonusTokens=12))
    with speaking(EN.translation):
        told = json_report.account(known, WORK, NOW, explained=True)
        plain = json_report.account(known, WORK, NOW)
    (account,) = told["accounts"]
    explained = account.pop("explanation")
    assert told == plain
    assert json.dumps(explained)
    endpoint = "api.z.ai/api/monitor/usage/quota/limit"
    place = {"endpoint": endpoint, "pointer": "/data/limits/0/percentage", "value": "44"}
    assert explained["numbers"][0] == {
        "kind": "quota",
        "name": "5 hours",
        "number": "used",
        "unit": "%",
        "formula": "/data/limits/0/percentage",
        "fields": [place],
    }
    assert [each["pointer"] for each in explained["new"]] == ["/data/limits/0/bonusTokens"]
    assert account["notice"] == "the provider changed its answer; these numbers may be incomplete"
