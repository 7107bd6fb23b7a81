from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import NOW, Case, ProviderContract, answer
from tests.said import english
from workflow.models import Account, Balance, Credential, Quota, Role, Snapshot, Spend, Usage
from workflow.provider.notices import expiry, joined
from workflow.provider.windows import DAY
from workflow.providers import openrouter
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import status

KEY, CREDITS = "GET openrouter.ai/api/v1/key", "GET openrouter.ai/api/v1/credits"
ACCOUNT = Account("o1", "openrouter", "Work")
NOVEMBER = datetime(2026, 11, 1, tzinfo=timezone.utc)


def limit(used: str, whole: str, left: str, role: Role = "binding") -> Quota:
    spent, ceiling, rest = map(Decimal, (used, whole, left))
    return Quota("Key", "USD", spent, ceiling, rest, 31 * 86400, NOVEMBER, role=role)


def spends(month: str, day: str) -> tuple[Spend, ...]:
    return (
        Spend(Decimal(month), "USD", NOW.replace(day=1, hour=0), NOW, "month"),
        Spend(Decimal(day), "USD", NOW.replace(hour=0), NOW, "day"),
    )


LIMITED = Usage(
    (limit("12.5", "20", "7.5"),), (Balance(Decimal("14.2966"), "USD"),), spends("12.5", "0.8")
)
ACCOUNT_ALONE = Usage(balances=LIMITED.balances, notice=openrouter.IN_PART)


class TestOpenRouter(ProviderContract):
    provider = "openrouter"
    account = ACCOUNT
    credential = Credential("api_key", "sk-or-v1-5e7e0000canary0123456789abcdef")
    main = KEY
    cases = (
        Case(
            "a limit below the account's credits",
            {KEY: "openrouter/key_limited.json", CREDITS: "openrouter/credits.json"},
            LIMITED,
        ),
        Case(
            "the key ends, and may not read the account",
            {KEY: "openrouter/key_full.json", CREDITS: "openrouter/credits_error_403.json"},
            Usage(
                (limit("25.5", "100", "74.5"),),
                spends=spends("25.5", "1.25"),
                notice=joined(
                    openrouter._NO_ACCOUNT,
                    expiry(datetime(2027, 12, 31, 23, 59, 59, tzinfo=timezone.utc)),
                ),
            ),
        ),
        Case(
            "free requests only",
            {KEY: "openrouter/key_free_daily.json"},
            Usage(
                (Quota("Free models", "requests", Decimal(12), Decimal(50), Decimal(38), DAY),),
                spends=spends("0", "0"),
            ),
        ),
        Case(
            "no limit",
            {KEY: "openrouter/key_unlimited.json", CREDITS: "openrouter/credits.json"},
            Usage(balances=(Balance(Decimal("14.2966"), "USD"),), spends=spends("1.1", "0")),
        ),
        Case("401", {KEY: "openrouter/error_401.json"}, "credential_rejected"),
        Case(
            "the key cannot be described",
            {KEY: answer(404, {"error": "gone"}), CREDITS: "openrouter/credits.json"},
            ACCOUNT_ALONE,
        ),
        Case(
            "the key may not describe itself",
            {KEY: answer(403, {"error": "forbidden"}), CREDITS: "openrouter/credits.json"},
            ACCOUNT_ALONE,
        ),
        Case(
            "the key cannot be described, and the account has nothing",
            {
                KEY: answer(404, {"error": "gone"}),
                CREDITS: answer(200, {"data": {"total_credits": 0, "total_usage": 0}}),
            },
            "unexpected_response",  # nothing was bought, so only free models may be in use
        ),
        Case(
            "a failure that passes",
            {KEY: answer(500, {}), CREDITS: "openrouter/credits.json"},
            "provider_failed",
        ),
        Case(
            "a failure of the account's page that passes",
            {KEY: "openrouter/key_limited.json", CREDITS: answer(503, {})},
            "provider_failed",  # it may have less than the key
        ),
        Case("nothing in it", {KEY: answer(200, {"data": {}})}, "unexpected_response"),
    )  # fmt: skip


def parsed(credits: Any, **told: Any) -> Usage:
    key = answer(200, {"data": {"limit": 100, "limit_remaining": 74.5, **told}})
    return openrouter.parse(key, answer(200, {"data": credits}))


def test_the_smaller_of_limit_and_credits_binds() -> None:
    usage = parsed({"total_credits": 75.5, "total_usage": 61.2})
    assert [quota.role for quota in usage.quotas] == ["secondary"]
    empty = parsed({"total_credits": 60, "total_usage": 60})
    judged = status.status(ACCOUNT, Snapshot("o1", empty, NOW), Settings())
    assert (judged.level, judged.reason and judged.reason.kind) == ("critical", "empty")
    usage = parsed({"total_credits": 74.5, "total_usage": 0})
    assert [quota.role for quota in usage.quotas] == ["binding"]
    usage = parsed({"total_credits": 200, "total_usage": 60})
    assert [quota.role for quota in usage.quotas] == ["binding"]


@pytest.mark.parametrize(
    ("reset", "expect", "days"),
    [
        ("daily", NOW.replace(day=6, hour=0), 1),
        ("weekly", NOW.replace(day=12, hour=0), 7),  # now is a Monday
        ("monthly", NOVEMBER, 31),
        (None, None, None),
        ("yearly", None, None),
    ],
)
def test_a_limit_resets_by_the_rule_that_is_told(
    reset: object, expect: object, days: int | None
) -> None:
    quota = parsed({}, limit_reset=reset).quotas[0]
    assert (quota.resets_at, quota.window) == (expect, days and days * 86400)


def test_nothing_bought_is_no_empty_account() -> None:
    nothing = {"total_credits": 0, "total_usage": 0}
    free = {"limit": 50, "used": 12, "remaining": 38}
    usage = parsed(nothing, limit=None, is_free_tier=True, free_model_daily_requests=free)
    assert not usage.balances
    assert status.status(ACCOUNT, Snapshot("o1", usage, NOW), Settings()).level == "plenty"
    assert parsed(nothing, limit=None).balances


@pytest.mark.parametrize("credits", [{"total_credits": 5}, {"total_usage": 5}])
def test_half_of_the_credits_is_no_balance(credits: dict[str, int]) -> None:
    assert not parsed(credits).balances


@pytest.mark.parametrize("told", [{"used": 12}, {"remaining": 38}, {"used": 12, "remaining": 38}])
def test_free_requests_end_no_account_that_bought_something(told: dict[str, int]) -> None:
    quota = parsed({}, free_model_daily_requests={"limit": 50, **told}).quotas[1]
    assert [quota.used, quota.remaining, quota.role] == [12, 38, "secondary"]
    quota = parsed({}, free_model_daily_requests=told).quotas[1]
    assert (quota.used, quota.remaining) == (told.get("used"), told.get("remaining"))


def test_what_the_key_may_not_read_is_said() -> None:
    told = answer(200, {"data": {"usage_daily": 1}})
    usage = openrouter.parse(told, answer(403, {}))
    assert "management key" in english(usage.notice)
    assert openrouter.parse(told, answer(404, {})) == replace(usage, notice=None)
