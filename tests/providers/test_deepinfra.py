from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import NOW, Case, ProviderContract, answer
from tests.said import english
from workflow.errors import UsageError
from workflow.models import Account, Balance, Credential, Quota, Snapshot, Spend, Usage
from workflow.providers import deepinfra
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import status

OWED, COSTS = "GET api.deepinfra.com/payment/checklist", "GET api.deepinfra.com/payment/usage"
MONTH = (Spend(Decimal("2.25"), "USD", NOW.replace(day=1, hour=0), NOW, "month"),)
CAP = Quota("Spend limit", "USD", Decimal("2.25"), Decimal("20.0"), Decimal("17.75"))
SECOND = replace(CAP, role="secondary")  # less is left of the credit
LEFT = (Balance(Decimal("13.25"), "USD"),)
OCTOBER = {"period": "2026.10", "total_cost": 225}


class TestDeepInfra(ProviderContract):
    provider = "deepinfra"
    account = Account("d1", "deepinfra", "Work")
    credential = Credential("api_key", "5e7e0000canary0000000000000000ab")
    main = OWED
    parameters = ("compute_owed=true", "from=current")
    cases = (
        Case(
            "money, limit and spend",
            {OWED: "deepinfra/checklist.json", COSTS: "deepinfra/usage.json"},
            Usage((SECOND,), LEFT, MONTH),
        ),
        Case(
            "no permission to read the balance",
            {OWED: answer(403, {"detail": "no"}), COSTS: answer(200, {"months": [OCTOBER]})},
            Usage(spends=MONTH, notice=deepinfra.IN_PART),
        ),
        Case(
            "no balance in it",
            {OWED: answer(200, {"a": 1}), COSTS: answer(200, {"months": [OCTOBER]})},
            Usage(spends=MONTH),
        ),
        Case(
            "no permission to read anything",
            {OWED: answer(403, {"detail": "no"}), COSTS: answer(200, {"months": []})},
            "credential_rejected",
        ),
        Case(
            "a failure that passes",
            {OWED: answer(503, {}), COSTS: answer(200, {"months": [OCTOBER]})},
            "provider_failed",
        ),
        Case(
            "a failure of the costs that passes",
            {OWED: answer(200, {"stripe_balance": 0, "recent": 3}), COSTS: answer(503, {})},
            "provider_failed",  # without them it looks as if money were owed
        ),
        Case("no costs", {OWED: "deepinfra/checklist.json"}, Usage((SECOND,), LEFT)),
        Case("no amount", {OWED: answer(200, {"suspended": False})}, "unexpected_response"),
    )


def read(months: Any = (), **told: Any) -> Usage:
    return deepinfra.parse(told, {"months": list(months)}, NOW)


THIS_MONTH = (OCTOBER,)


def test_an_account_that_is_billed_afterwards_is_not_empty() -> None:
    assert read(THIS_MONTH, stripe_balance=0, recent=2.25) == Usage(spends=MONTH)
    assert read(stripe_balance=0, recent=2.25, limit=20) == Usage((CAP,))
    assert read(stripe_balance=0, recent=0).balances == (Balance(Decimal(0), "USD"),)


@pytest.mark.parametrize(
    ("credit", "role", "level"),
    [
        (-20, "binding", "plenty"),
        (-2.75, "secondary", "plenty"),
        (-2.25, "secondary", "critical"),
        (-1, "secondary", "critical"),
    ],
)
def test_the_smaller_of_credit_and_limit_binds(credit: float, role: str, level: str) -> None:
    usage = read(THIS_MONTH, stripe_balance=credit, recent=2.25, limit=20)
    judged = status.status(TestDeepInfra.account, Snapshot("d1", usage, NOW), Settings())
    assert ([quota.role for quota in usage.quotas], judged.level) == ([role], level)


def test_a_suspended_account_says_what_is_owed() -> None:
    usage = read(THIS_MONTH, stripe_balance=4, recent=0, suspended=True)
    assert usage.blocked is not None
    assert usage.blocked.kind == "suspended"
    assert "suspended" in english(usage.blocked.reason)
    assert english(usage.notice) == "$4.00 is owed"
    assert not usage.balances


def test_another_month_is_not_this_one() -> None:
    assert not read([{"period": "2026.09", "total_cost": 225}], stripe_balance=-1).spends
    assert not read([{"period": [], "total_cost": 225}], stripe_balance=-1).spends


def test_nothing_told_is_no_zero() -> None:
    with pytest.raises(UsageError):
        read(recent=2)
