from __future__ import annotations

from decimal import Decimal

import pytest

from tests.providers.contract import Case, ProviderContract, answer
from tests.said import english
from workflow.models import Account, Balance, Credential, Quota, Usage
from workflow.providers import novita

DETAIL = "GET api.novita.ai/openapi/v1/billing/balance/detail"
OLDER = "GET api.novita.ai/v3/user/balance"


def left(amount: str) -> tuple[Balance, ...]:
    return (Balance(Decimal(amount), "USD"),)


def line(limit: int, rest: int) -> Quota:
    used, whole, left = map(Decimal, (limit - rest, limit, rest))
    return Quota("Limit", "USD", used, whole, left)


class TestNovita(ProviderContract):
    provider = "novita"
    account = Account("n1", "novita", "Work")
    credential = Credential("api_key", "sk_5e7e0000canary0123456789abcdef")
    main = DETAIL
    cases = (
        Case(
            "a line of credit",
            {DETAIL: "novita/balance_detail.json"},
            Usage(balances=left("80"), notice=novita._LINE.filled(amount="$20.00")),
        ),
        Case("the older address", {OLDER: "novita/balance_v3.json"}, Usage(balances=left("12.5"))),
        Case("a wrong key", {DETAIL: answer(401, {"message": "invalid"})}, "credential_rejected"),
        Case("no amount", {DETAIL: answer(200, {"creditLimit": "0"})}, "unexpected_response"),
    )


@pytest.mark.parametrize(
    ("cash", "available", "rest"),
    [(0, 150000, 15), (-50000, 150000, 15), (0, -1, 0), (0, 900000, 20)],
)
def test_the_line_of_credit_pays_when_the_cash_is_gone(
    cash: int, available: int, rest: int
) -> None:
    told = {"cashBalance": str(cash), "availableBalance": str(available), "creditLimit": "200000"}
    assert novita.parse(told) == Usage((line(20, rest),))
    owing = novita.parse({**told, "outstandingInvoices": "123400"})
    assert english(owing.notice) == "$12.34 is owed"


def test_the_least_of_cash_comes_before_the_line_of_credit() -> None:
    told = {"cashBalance": "1", "availableBalance": "200001", "creditLimit": "200000"}
    assert novita.parse(told).balances == left("0.0001")


def test_what_is_owed_is_said() -> None:
    usage = novita.parse({"cashBalance": "0", "outstandingInvoices": "123400"})
    assert english(usage.notice) == "$12.34 is owed"


def test_what_is_available_counts_where_no_cash_is_told() -> None:
    told = {"availableBalance": "10000", "creditLimit": "1"}  # which contains the line already
    assert novita.parse(told) == Usage(balances=left("1"))
