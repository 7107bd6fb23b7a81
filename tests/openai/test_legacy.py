from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import NOW
from workflow.models import Balance, Quota, Spend, Usage
from workflow.openai import legacy
from workflow.provider.notices import dated

OCTOBER, NOVEMBER = (datetime(2026, month, 1, tzinfo=timezone.utc) for month in (10, 11))
SPENT = Spend(Decimal(5), "USD", OCTOBER, NOW, "month")


def balance(amount: int) -> Usage:
    return Usage(balances=(Balance(Decimal(amount), "USD"),))


@pytest.mark.parametrize(
    ("grants", "subscription", "spent", "expected"),
    [
        ({"total_available": 3, "total_granted": 5}, None, None, balance(3)),
        ({"total_available": 3}, None, None, balance(3)),
        ({"total_available": 0, "total_granted": 5}, None, None, balance(0)),
        ({"total_available": 0, "total_granted": 0}, None, None, Usage()),
        ({"total_granted": 5}, None, None, Usage()),
        (None, None, {"total_usage": 500}, Usage(spends=(SPENT,))),
        (None, {"hard_limit_usd": 0, "plan": {"title": "Pay"}}, {"total_usage": 500}, Usage(spends=(SPENT,), plan="Pay")),
        (None, {"hard_limit_usd": 8}, {"total_usage": 500}, Usage(
            (Quota("Monthly", "USD", Decimal(5), Decimal(8), Decimal(3), 31 * 86400, NOVEMBER, estimated=True),),
            spends=(SPENT,),
        )),
        (None, {"hard_limit_usd": 8}, None, Usage(
            (Quota("Monthly", "USD", None, Decimal(8), None, 31 * 86400, NOVEMBER, estimated=True),),
        )),
    ],
)  # fmt: skip
def test_each_page_tells_its_own(
    grants: object, subscription: object, spent: object, expected: Usage
) -> None:
    assert legacy.parse(grants, subscription, spent, NOW) == expected


SOON, LATER = NOW + timedelta(days=2), NOW + timedelta(days=40)


def grant(expires: datetime | None, amount: Any = 5, used: Any = 4) -> dict[str, Any]:
    when = expires and expires.timestamp()
    return {"expires_at": when, "grant_amount": amount, "used_amount": used}


@pytest.mark.parametrize(
    ("grants", "ends"),
    [
        ([grant(LATER), grant(SOON)], SOON),
        ([grant(LATER), grant(SOON, used=5)], LATER),
        ([grant(LATER), grant(SOON, used=None)], LATER),
        ([grant(LATER), grant(SOON, amount=None)], LATER),
        ([grant(NOW), grant(None)], None),
        ([], None),
    ],
)
def test_the_first_credit_with_something_left_says_when_it_expires(
    grants: list[Any], ends: datetime | None
) -> None:
    usage = legacy.parse({"grants": {"data": grants}}, None, None, NOW)
    assert usage.notice == (ends and dated(legacy.EXPIRES, ends))
