from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import NOW
from workflow.errors import UnexpectedResponse, UsageError
from workflow.models import Balance, Quota
from workflow.provider.notices import expiry
from workflow.relay import sub2api


def quota(label: str, used: int, limit: int, window: int | None = None, unit: str = "USD") -> Quota:
    return Quota(label, unit, Decimal(used), Decimal(limit), Decimal(limit - used), window)


def window(name: object, used: int, limit: int) -> dict[str, object]:
    return {"window": name, "used": used, "limit": limit}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"rate_limits": [window("1d", 2, 5), window("7d", 3, 9), window("5h", 1, 4)]}, [
            quota("5 hours", 1, 4, 18000), quota("Daily", 2, 5, 86400), quota("Weekly", 3, 9, 604800),
        ]),
        ({"rate_limits": [window("90x", 2, 5), window(None, 3, 9), window("5h", 3, 0)]}, [
            quota("Limit", 2, 5), quota("Limit 2", 3, 9),
        ]),
        ({"quota": {"limit": 20, "remaining": 15}, "unit": "cny"}, [quota("Key", 5, 20, unit="CNY")]),
        ({"quota": {"limit": 0, "used": 3}, "subscription": {"daily_usage_usd": 1, "daily_limit_usd": 2}}, [
            quota("Daily", 1, 2),
        ]),
        ({"subscription": {"weekly_usage_usd": 1, "weekly_limit_usd": 2, "monthly_usage_usd": 5, "monthly_limit_usd": 0}}, [
            quota("Weekly", 1, 2),
        ]),
        ({"subscription": {"daily_usage_usd": 1, "monthly_usage_usd": 5, "daily_limit_usd": None}}, [
            Quota("Monthly", "USD", Decimal(5), None, None, unlimited=True),
        ]),
    ],
)  # fmt: skip
def test_every_limit_is_a_quota(fields: dict[str, Any], expected: list[Quota]) -> None:
    usage = sub2api.parse(fields, NOW)
    assert list(usage.quotas) == expected
    assert (usage.balances, usage.plan, usage.notice) == ((), None, None)


def test_without_a_limit_there_is_a_wallet_or_nothing() -> None:
    told = {"balance": 4, "remaining": 3, "unit": "CNY", "subscription": {"daily_usage_usd": 1}}
    assert sub2api.parse(told, NOW).balances == (Balance(Decimal(4), "CNY"),)
    with pytest.raises(UnexpectedResponse):
        sub2api.parse({"planName": "Pool"}, NOW)
    with pytest.raises(UnexpectedResponse):
        sub2api.parse({"isValid": True, "mode": "unrestricted", "planName": "钱包余额"}, NOW)


def test_a_balance_of_null_is_none() -> None:
    told = {"balance": None, "remaining": 3}
    assert sub2api.parse(told, NOW).balances == (Balance(Decimal(3), "USD"),)


@pytest.mark.parametrize(
    ("fields", "owed"),
    [
        ({"planName": "Pool"}, False),
        ({"planName": "钱包余额"}, True),
        ({"planName": "Pool", "balance": -1}, True),
        ({"planName": "Pool", "remaining": -2}, True),
    ],
)
def test_minus_one_is_a_plan_without_limits_but_a_debt_of_a_wallet(
    fields: dict[str, Any], owed: bool
) -> None:
    usage = sub2api.parse({"isValid": True, "remaining": -1, **fields}, NOW)
    endless = Quota("Plan", "USD", None, None, None, unlimited=True)
    assert (usage.quotas, bool(usage.balances)) == (() if owed else (endless,), owed)


QUOTA = {"isValid": True, "mode": "quota_limited", "quota": {"limit": 20, "used": 5}}


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({**QUOTA, "status": "expired"}, "credential_expired"),
        ({**QUOTA, "status": "active", "expires_at": "2026-10-05T09:00:00Z"}, "credential_expired"),
        ({"isValid": False}, "credential_rejected"),
        ({"isValid": True, "mode": "unrestricted", "planName": "Pool"}, "not_available"),
    ],
)
def test_a_key_that_ended_or_lost_its_plan_is_said(fields: dict[str, Any], kind: str) -> None:
    with pytest.raises(UsageError) as caught:
        sub2api.parse(fields, NOW)
    assert caught.value.kind == kind


def test_a_used_up_key_has_its_numbers_and_its_end() -> None:
    told = {**QUOTA, "status": "quota_exhausted", "expires_at": "2026-10-05T09:00:01Z"}
    usage = sub2api.parse(told, NOW)
    assert usage.quotas == (quota("Key", 5, 20),)
    assert usage.notice == expiry(NOW)
