from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import Case, ProviderContract, answer
from tests.said import english
from workflow.models import Account, Balance, Credential, Quota, Usage
from workflow.providers import nanogpt
from workflow.records import replace

BALANCE = "POST nano-gpt.com/api/check-balance"
PLAN = "GET nano-gpt.com/api/subscription/v1/usage"
MONEY = Balance(Decimal("7.25"), "USD")


def uses(label: str, used: int, limit: int, day: int, days: int) -> Quota:
    left = Decimal(limit - used)
    resets_at = datetime(2026, 10, day, tzinfo=timezone.utc)
    return Quota(label, "uses", Decimal(used), Decimal(limit), left, days * 86400, resets_at)


DAY, MONTH = uses("Daily", 5, 5000, 6, 1), uses("Monthly", 45, 60000, 16, 30)

TOKENS = replace(uses("Daily", 9_500_000, 10_000_000, 6, 1), unit="tokens")
WEEK = replace(uses("Weekly", 15_000_000, 60_000_000, 12, 7), unit="tokens")
IMAGES = replace(uses("Images", 100, 100, 6, 1), unit="images", role="secondary")


class TestNanoGPT(ProviderContract):
    provider = "nanogpt"
    account = Account("n1", "nanogpt", "Work")
    credential = Credential("api_key", "sk-nano-Canary0123456789abcdef")
    main = BALANCE
    sends = ("x-api-key: {key}",)
    cases = (
        Case(
            "a subscription, and money beside it",
            {BALANCE: "nanogpt/check_balance.json", PLAN: "nanogpt/subscription_usage.json"},
            Usage((DAY, MONTH), (replace(MONEY, role="reserve"),)),
        ),
        Case(
            "a plan of tokens and images",
            {BALANCE: "nanogpt/check_balance.json", PLAN: "nanogpt/subscription_tokens.json"},
            Usage((TOKENS, WEEK, IMAGES), (replace(MONEY, role="reserve"),)),
        ),
        Case(
            "money alone",
            {BALANCE: "nanogpt/check_balance.json", PLAN: answer(200, {"active": False})},
            Usage(balances=(MONEY,)),
        ),
        Case("no plan is told", {BALANCE: "nanogpt/check_balance.json"}, Usage(balances=(MONEY,))),
        Case(
            "a subscription, and no page of the money",
            {BALANCE: answer(500, {}), PLAN: "nanogpt/subscription_usage.json"},
            Usage((DAY, MONTH)),
        ),
        Case(
            "a subscription, and money that cannot be read",
            {BALANCE: answer(200, {"a": 1}), PLAN: "nanogpt/subscription_usage.json"},
            Usage((DAY, MONTH)),
        ),
        Case(
            "neither money nor a subscription",
            {BALANCE: answer(500, {}), PLAN: answer(200, {"active": False})},
            "provider_failed",
        ),
        Case(
            "the page of the money refuses, and there is no subscription",
            {BALANCE: answer(401, {}), PLAN: answer(200, {"active": False})},
            "credential_rejected",
        ),
        Case(
            "money, and a late payment",
            {BALANCE: "nanogpt/check_balance.json", PLAN: answer(200, {"state": "grace"})},
            Usage(
                balances=(MONEY,),
                notice=nanogpt.parse({"usd_balance": 1}, {"state": "grace"}).notice,
            ),
        ),
        Case(
            "a failure of the subscription that passes",
            {BALANCE: "nanogpt/check_balance.json", PLAN: answer(503, {})},
            "provider_failed",
        ),
        Case(
            "a subscription that can never be read",
            {BALANCE: "nanogpt/check_balance.json", PLAN: answer(403, {})},
            Usage(balances=(MONEY,)),
        ),
        Case("a wrong key", {BALANCE: answer(401, {"error": "no"})}, "credential_rejected"),
        Case("no amount", {BALANCE: answer(200, {"nano_balance": "1"})}, "unexpected_response"),
    )


def read(balance: str, **plan: Any) -> Usage:
    return nanogpt.parse({"usd_balance": balance}, {"active": True, **plan})


def test_a_day_that_is_not_enforced_stops_nothing() -> None:
    usage = read("1", daily={"used": 5, "remaining": 95}, enforceDailyLimit=False)
    assert [(quota.label, quota.role) for quota in usage.quotas] == [("Daily", "secondary")]


def test_input_tokens_of_a_week() -> None:
    week = {"used": 40, "remaining": 60}
    usage = read("0", weeklyInputTokens=week, limits={"weeklyInputTokens": 100})
    assert usage.quotas == (
        Quota("Weekly", "tokens", Decimal(40), Decimal(100), Decimal(60), 7 * 86400),
    )
    assert usage.balances == ()  # nothing was paid in


@pytest.mark.parametrize("told", [{"used": 40}, {"remaining": 60}, {"used": 40, "remaining": 60}])
def test_either_number_of_a_window_will_do(told: dict[str, int]) -> None:
    (quota,) = read("0", daily=told, limits={"daily": 100}).quotas
    assert [quota.used, quota.remaining] == [40, 60]
    (quota,) = read("0", daily=told).quotas
    assert (quota.used, quota.remaining) == (told.get("used"), told.get("remaining"))


def test_an_overdue_payment_is_told() -> None:
    usage = read("3", state="grace")
    assert usage.balances == (Balance(Decimal(3), "USD"),)
    assert usage.notice is not None
    assert english(usage.notice) == "the payment is overdue"
