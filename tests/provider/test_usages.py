"""The usage of what could be read in an answer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workflow.errors import UnexpectedResponse
from workflow.models import Balance, Quota, Usage
from workflow.provider.balances import beside
from workflow.provider.usages import usage_of

PLAN = Quota("Plan", "credits", Decimal(1), Decimal(2), Decimal(1))
MONEY = Balance(Decimal(5), "USD")


def test_what_could_not_be_read_is_left_out() -> None:
    assert usage_of((None, PLAN), (None,), plan="Pro") == Usage((PLAN,), plan="Pro")
    assert usage_of(balances=iter((MONEY, None))) == Usage(balances=(MONEY,))


def test_without_a_number_the_answer_is_not_understood() -> None:
    with pytest.raises(UnexpectedResponse):
        usage_of((None,), (None,), plan="Pro")


def test_money_beside_a_plan_is_a_reserve_and_none_if_there_is_none() -> None:
    assert beside((PLAN,), "5", "USD") == Balance(Decimal(5), "USD", role="reserve")
    assert beside((PLAN,), 0, "USD") is beside((PLAN,), None, "USD") is None
    assert beside((), 0, "USD") == Balance(Decimal(0), "USD")
