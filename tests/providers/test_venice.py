from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from tests.providers.contract import Case, ProviderContract, answer
from workflow.errors import UnexpectedResponse
from workflow.models import Account, Balance, Credential, Quota, Usage, WorkBlocked
from workflow.provider.balances import REFUSED
from workflow.providers import venice

LIMITS = "GET api.venice.ai/api/v1/api_keys/rate_limits"
TOMORROW = datetime(2026, 10, 6, tzinfo=timezone.utc)


def diem(amount: str, resets_at: datetime | None = None) -> Quota:
    return Quota("Daily", "DIEM", None, None, Decimal(amount), resets_at=resets_at)


class TestVenice(ProviderContract):
    provider = "venice"
    account = Account("v1", "venice", "Work")
    credential = Credential("api_key", "VENICE-INFERENCE-KEY-Canary0123456789")
    main = LIMITS
    cases = (
        Case(
            "DIEM of the day, then money",
            {LIMITS: "venice/rate_limits.json"},
            Usage((diem("3.2", TOMORROW),), (Balance(Decimal("7.42"), "USD", role="reserve"),)),
        ),
        Case("a key that may not", {LIMITS: "venice/error_401.json"}, "credential_rejected"),
        Case("no amount", {LIMITS: answer(200, {"data": {}})}, "unexpected_response"),
    )
    unread = MappingProxyType({"venice/balance.json": "told to admin keys, and no more than this"})


def read(balances: Any, **more: Any) -> Usage:
    return venice.parse({"data": {"balances": balances, **more}})


def test_without_diem_money_is_all_there_is() -> None:
    assert read({"USD": 7, "DIEM": 0}) == Usage(balances=(Balance(Decimal(7), "USD"),))
    assert read({"USD": "0", "DIEM": None}) == Usage(balances=(Balance(Decimal(0), "USD"),))


def test_without_money_diem_are_all_there_is() -> None:
    assert read({"USD": 0, "DIEM": 3}) == Usage((diem("3"),))
    assert read({"DIEM": 0}) == Usage((diem("0"),))


def test_what_is_refused_is_said_beside_the_amount() -> None:
    usage = read({"USD": 2}, accessPermitted=False)
    assert usage.blocked == WorkBlocked("payment", REFUSED)
    assert usage.balances == (Balance(Decimal(2), "USD"),)


@pytest.mark.parametrize("balances", [None, [], {"USD": "much"}, {"VCU": 3}])
def test_an_answer_without_an_amount_is_none(balances: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        read(balances)
