from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Quota, Usage
from workflow.provider.contract import RateLimit
from workflow.providers import ollama

BALANCE = "GET ollama.com/api/balance"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {BALANCE: f"ollama/{sample}"}, expect)


def share(label: str, used: int, resets_at: datetime, window: int | None = None) -> Quota:
    spent = Decimal(used)
    return Quota(label, "%", spent, Decimal(100), 100 - spent, window, resets_at)


def october(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=timezone.utc)


PLAN = Quota(
    "Plan", "USD", Decimal("27.5"), Decimal(100), Decimal("72.5"), resets_at=october(15, 9, 30)
)


class TestOllama(ProviderContract):
    provider = "ollama"
    account = Account("o1", "ollama", "Work")
    credential = Credential(
        "api_key", "5e7e0000000000000000000000000001.syntheticCanary0123456789"[:57]
    )
    main = BALANCE
    cases = (
        read(
            "balance_credits.json", Usage((PLAN,), (Balance(Decimal(25), "USD", role="reserve"),))
        ),
        read(
            "balance_legacy.json",
            Usage(
                (
                    share("Session", 25, october(5, 12)),
                    share("Weekly", 60, october(9, 0), 7 * 86400),
                )
            ),
        ),
        read("error_401.json", "credential_rejected"),
        Case("a closed account", {BALANCE: answer(403, {"error": "forbidden"})}, "not_available"),
        Case("nothing in it", {BALANCE: answer(200, {"included": {}})}, "unexpected_response"),
        Case(
            "bought credits alone",
            {BALANCE: answer(200, {"purchased": {"balance_usd": 25}})},
            Usage(balances=(Balance(Decimal(25), "USD"),)),
        ),
        Case(
            "bought credits without a plan",
            {
                BALANCE: answer(
                    200,
                    {
                        "included": {"balance_usd": 0, "allowance_usd": 0},
                        "purchased": {"balance_usd": 25},
                    },
                )
            },
            Usage(balances=(Balance(Decimal(25), "USD"),)),
        ),
        Case(
            "more used than there was",
            {BALANCE: answer(200, {"included": {"balance_usd": -0.5, "allowance_usd": 100}})},
            Usage((Quota("Plan", "USD", Decimal("100.5"), Decimal(100), Decimal(0)),)),
        ),
        Case(
            "what older answers had is not accepted",
            {BALANCE: answer(200, {"limits": {"session": {"usage": 12}}})},
            "unexpected_response",
        ),
    )


def test_ten_requests_in_a_minute_are_stated() -> None:
    assert ollama.PROVIDER.rate_limit == RateLimit(10, 60)
