from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from workflow.errors import UnexpectedResponse
from workflow.models import Quota
from workflow.relay import claude_relay

HOURS = {"rateLimitWindow": 300, "windowEndTime": 1791205200000}
REQUESTS = {"rateLimitRequests": 200, "currentWindowRequests": 41}
COST = {"rateLimitCost": 5, "currentWindowCost": 2}
TOKENS = {"tokenLimit": 9000, "currentWindowTokens": 1000}
ENDS = datetime(2026, 10, 5, 13, 0, tzinfo=timezone.utc)


def quota(label: str, unit: str, used: int, limit: int, window: int | None, **more: Any) -> Quota:
    numbers = (Decimal(used), Decimal(limit), Decimal(limit - used))
    return Quota(label, unit, *numbers, window=window, **more)


def five_hours(label: str, unit: str, used: int, limit: int) -> Quota:
    return quota(label, unit, used, limit, 18000, resets_at=ENDS)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({**HOURS, **REQUESTS}, [five_hours("5 hours", "requests", 41, 200)]),
        ({**HOURS, **COST}, [five_hours("5 hours", "USD", 2, 5)]),
        ({**HOURS, **TOKENS, **COST, **REQUESTS}, [
            five_hours("5 hours", "requests", 41, 200),
            five_hours("Spend limit", "USD", 2, 5),
            five_hours("Tokens", "tokens", 1000, 9000),
        ]),
        ({"totalCostLimit": 300, "currentTotalCost": 212, **COST}, [
            quota("Key", "USD", 212, 300, None),
        ]),
        ({"weeklyOpusCostLimit": 40, "weeklyOpusCost": 12, "dailyCostLimit": 10, "currentDailyCost": 0}, [
            quota("Daily", "USD", 0, 10, 86400),
            quota("Opus weekly", "USD", 12, 40, 604800, role="secondary"),
        ]),
        ({**HOURS, "rateLimitRequests": 200, "dailyCostLimit": 10, "currentDailyCost": 4}, [
            quota("Daily", "USD", 4, 10, 86400),
        ]),
    ],
)  # fmt: skip
def test_every_limit_is_a_quota(limits: dict[str, Any], expected: list[Quota]) -> None:
    assert list(claude_relay.parse({"data": {"limits": limits}}).quotas) == expected


def test_a_key_without_a_limit_says_what_it_has_cost() -> None:
    data = {"limits": {"dailyCostLimit": 0}, "usage": {"total": {"cost": 212}}}
    usage = claude_relay.parse({"data": data})
    assert usage.quotas == (Quota("Key", "USD", Decimal(212), None, None, unlimited=True),)
    assert usage.notice is None
    with pytest.raises(UnexpectedResponse):
        claude_relay.parse({"data": {**data, "usage": {}}})
