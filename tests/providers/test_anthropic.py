from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import (
    NOW,
    Case,
    ProviderContract,
    ScriptedClient,
    Told,
    answer,
    document,
    fetch,
    route,
)
from workflow.errors import UsageError
from workflow.models import Account, Credential, Period, Quota, Spend, Usage
from workflow.providers import anthropic

COSTS = "GET api.anthropic.com/v1/organizations/cost_report"
TOKENS = "GET api.anthropic.com/v1/organizations/usage_report/messages"
SINCE = {"month": NOW.replace(day=1, hour=0), "day": NOW.replace(hour=0)}
SINCE["30 days"] = SINCE["day"] - timedelta(days=29)


def spent(**amounts: str) -> tuple[Spend, ...]:
    names: dict[str, Period] = {"month": "month", "day": "day", "thirty": "30 days"}
    return tuple(
        Spend(Decimal(amount), "USD", SINCE[names[name]], NOW, names[name])
        for name, amount in amounts.items()
    )


def day(date: str, *results: Any) -> dict[str, Any]:
    return {"starting_at": f"{date}T00:00:00Z", "results": list(results)}


def cost(cents: object, unit: object = "USD") -> dict[str, object]:
    return {"amount": cents, "currency": unit}


SUM = spent(month="12.345678", thirty="12.345678")


class TestAnthropic(ProviderContract):
    provider = "anthropic"
    account = Account("a1", "anthropic", "Work")
    credential = Credential("api_key", "sk-ant-admin01-5e7e0000canary0123456789")
    main = COSTS
    sends = ("x-api-key: {key}", "anthropic-version: 2023-06-01")
    parameters = ("starting_at=2026-#-#T00:00:00Z", "bucket_width=1d", "limit=31")
    cases = (
        Case(
            "costs and tokens",
            {COSTS: "anthropic/cost_report.json", TOKENS: "anthropic/usage_messages.json"},
            Usage((Quota("Tokens", "tokens", Decimal(18400), None, None),), spends=SUM),
        ),
        Case("no tokens", {COSTS: "anthropic/cost_report.json"}, Usage(spends=SUM)),
        Case("a wrong key", {COSTS: "anthropic/error_401.json"}, "credential_rejected"),
        Case(
            "may not read costs",
            {COSTS: answer(403, {"type": "error", "error": {"type": "permission_error"}})},
            "wrong_credential",
        ),
        Case("no days", {COSTS: answer(200, {"has_more": False})}, "unexpected_response"),
    )


def read(*days: Any) -> tuple[Spend, ...]:
    return anthropic.parse([{"data": list(days)}], None, NOW).spends


def test_days_belong_to_their_periods() -> None:
    days = (day("2026-09-05", cost("900")), day("2026-09-30", cost("200")), day("2026-10-05", cost("30")))  # fmt: skip
    assert read(*days) == spent(month="0.3", day="0.3", thirty="2.3")


def test_a_day_that_is_not_told_yet_is_not_zero_and_the_others_are() -> None:
    assert read(day("2026-10-04")) == spent(month="0", thirty="0")
    assert read(day("2026-10-05")) == spent(month="0", day="0", thirty="0")


@pytest.mark.parametrize("odd", [cost(None), cost("12 cents"), cost("1", None)])
def test_a_cost_that_cannot_be_read_makes_no_sum(odd: object) -> None:
    with pytest.raises(UsageError):
        read(day("2026-10-05", cost("1"), odd))


def test_days_go_on_from_page_to_page() -> None:
    told = document("anthropic/cost_report.json")
    turns: list[Told] = [
        answer(200, {**told, "has_more": True, "next_page": "p2"}),
        answer(200, told),
    ]
    usage, client = fetch("anthropic", TestAnthropic.account, TestAnthropic.credential, {COSTS: turns})  # fmt: skip
    assert usage.spends == spent(month="24.691356", thirty="24.691356")
    assert "page=p2" in client.asked[-1].url or "page=p2" in client.asked[-2].url


def test_pages_without_an_end_are_no_sum() -> None:
    endless = answer(200, {"data": [], "has_more": True, "next_page": "again"})
    client = ScriptedClient({COSTS: endless})
    with pytest.raises(UsageError):
        asyncio.run(anthropic.fetch(client, TestAnthropic.account, TestAnthropic.credential))
    assert [route(asked) for asked in client.asked].count(COSTS) == 4


def test_a_page_without_days_makes_no_sum() -> None:
    with pytest.raises(UsageError):
        anthropic.parse([{"data": []}, {"data": None}], None, NOW)


def test_costs_go_back_thirty_days_and_tokens_to_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anthropic, "utc_now", lambda: NOW)
    case = TestAnthropic.cases[0]
    _, client = fetch("anthropic", TestAnthropic.account, TestAnthropic.credential, case.answers)
    since = {route(asked): asked.url.partition("starting_at=")[2][:10] for asked in client.asked}
    assert since == {COSTS: "2026-09-06", TOKENS: "2026-10-01"}
