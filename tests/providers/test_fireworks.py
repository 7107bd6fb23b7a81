from __future__ import annotations

import asyncio
import functools
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import (
    NOW,
    Answers,
    Case,
    ProviderContract,
    ScriptedClient,
    Told,
    answer,
    fetch,
)
from tests.said import both
from workflow.errors import UsageError
from workflow.models import Account, Credential, Spend, Usage
from workflow.providers import fireworks

ACCOUNTS = "GET api.fireworks.ai/v1/accounts"
SUMMARY = "GET api.fireworks.ai/v1/accounts/demo/billing/summary"
KNOWN = {ACCOUNTS: answer(200, {"accounts": [{"name": "accounts/demo"}]})}


def spent(amount: str, unit: str = "USD") -> Spend:
    return Spend(Decimal(amount), unit, NOW.replace(day=1, hour=0), NOW, "month")


class TestFireworks(ProviderContract):
    provider = "fireworks"
    account = Account("f1", "fireworks", "Work")
    credential = Credential("api_key", "fw_5e7e0000canary0123456789")
    main = ACCOUNTS
    parameters = ("startTime=#-#-01T00:00:00Z", "endTime=#-#-#T#:#:#Z")
    cases = (
        Case(
            "a month",
            {**KNOWN, SUMMARY: "fireworks/billing_summary.json"},
            Usage(spends=(spent("2.35"),)),
        ),
        Case(
            "no line is a zero",
            {**KNOWN, SUMMARY: answer(200, {"usageBuckets": []})},
            Usage(spends=(spent("0"),)),
        ),
        Case("no account", {ACCOUNTS: answer(200, {"accounts": []})}, "not_available: no account"),
        Case("no list", {ACCOUNTS: answer(200, {"total": 0})}, "unexpected_response"),
        Case("no summary", dict(KNOWN), "unexpected_response"),
    )


def line(**cost: Any) -> dict[str, Any]:
    return {"totalCost": {"currencyCode": "USD", **cost}}


def test_a_part_that_is_zero_is_left_out() -> None:
    lines = [line(units="1"), line(nanos=500000000), line(units="-2", nanos=-250000000)]
    assert fireworks.parse([{"lineItems": lines}], NOW).spends == (spent("-0.75"),)


@pytest.mark.parametrize("odd", [{}, {"totalCost": {"units": "1"}}, line(units="many")])
def test_a_cost_that_cannot_be_read_makes_no_sum(odd: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        fireworks.parse([{"lineItems": [line(units="1"), odd]}], NOW)
    with pytest.raises(UsageError):
        fireworks.parse([{"lineItems": "none"}], NOW)


def test_the_accounts_of_a_key_are_added_up() -> None:
    names = [{"name": "accounts/demo"}, {"name": "other"}, {}]
    other = SUMMARY.replace("demo", "other")
    answers: Answers = {
        ACCOUNTS: answer(200, {"accounts": names}),
        SUMMARY: "fireworks/billing_summary.json",
        other: answer(
            200, {"lineItems": [line(units="1"), {"totalCost": {"currencyCode": "EUR"}}]}
        ),
    }
    usage, client = fetch("fireworks", TestFireworks.account, TestFireworks.credential, answers)
    assert usage.spends == (spent("3.35"), spent("0", "EUR"))
    assert len(client.asked) == 3


@pytest.mark.parametrize(
    ("first", "other", "expected"),
    [
        (200, 403, Usage(spends=(spent("1"),), notice=fireworks.IN_PART)),
        (403, 403, "credential_rejected"),
        (200, 500, "provider_failed"),
        (403, 404, "unexpected_response"),
    ],
)
def test_an_account_that_refuses_the_key_costs_only_its_own_numbers(
    first: int, other: int, expected: Usage | str
) -> None:
    names = [{"name": "accounts/demo"}, {"name": "accounts/other"}]
    answers: Answers = {
        ACCOUNTS: answer(200, {"accounts": names}),
        SUMMARY: answer(first, {"lineItems": [line(units="1")]}),
        SUMMARY.replace("demo", "other"): answer(other, {"message": "no"}),
    }
    asked = functools.partial(
        fetch, "fireworks", TestFireworks.account, TestFireworks.credential, answers
    )
    if isinstance(expected, str):
        with pytest.raises(UsageError) as caught:
            asked()
        assert caught.value.kind == expected
    else:
        assert asked()[0] == expected


@pytest.mark.parametrize(("total", "shown"), [(None, 6), (60, 60), ("60", 60), (2, 6), ("x", 6)])
def test_accounts_that_are_not_fetched_are_counted(total: object, shown: int) -> None:
    names = [{"name": f"accounts/{number}"} for number in range(6)]
    answers: dict[str, Told] = {
        ACCOUNTS: answer(200, {"accounts": names, "totalSize": total}),
        **{SUMMARY.replace("demo", str(n)): answer(200, {"lineItems": []}) for n in range(5)},
    }
    usage, _ = fetch("fireworks", TestFireworks.account, TestFireworks.credential, answers)
    assert both(usage.notice) == (
        f"only 5 of {shown} accounts are added up",
        f"只合计了 {shown} 个账号中的 5 个",
    )


def test_a_key_of_many_accounts_is_asked_for_five() -> None:
    names = [{"name": f"accounts/{number}"} for number in range(6)]
    client = ScriptedClient({ACCOUNTS: answer(200, {"accounts": names})})
    with pytest.raises(UsageError):
        asyncio.run(fireworks.fetch(client, TestFireworks.account, TestFireworks.credential))
    assert len(client.asked) == 1 + 5
