from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Usage

BALANCE = "GET api.bocha.cn/v1/fund/remaining"
YUAN = Usage(balances=(Balance(Decimal("2.8"), "CNY"),))


class TestBocha(ProviderContract):
    provider = "bocha"
    account = Account("b1", "bocha", "Work")
    credential = Credential("api_key", "sk-5e7e0000canary0000000000000000ab")
    main = BALANCE
    cases = (
        Case("money", {BALANCE: "bocha/remaining.json"}, YUAN),
        Case(
            "a code that is a number",
            {BALANCE: answer(200, {"code": 200, "data": {"remaining": "2.8"}})},
            YUAN,
        ),
        Case(
            "a wrong key, told with 200",
            {BALANCE: answer(200, {"code": "401", "message": "Invalid API KEY"})},
            "credential_rejected",
        ),
        Case(
            "too many requests, told with 200",
            {
                BALANCE: answer(
                    200, {"code": "429", "message": "You have reached the request limit"}
                )
            },
            "rate_limited",
        ),
        Case(
            "an outage, told with 200",
            {BALANCE: answer(200, {"code": "500", "message": "Internal error"})},
            "provider_failed",
        ),
        Case(
            "no money, told with 200",
            {BALANCE: answer(200, {"code": "403", "message": "You do not have enough money"})},
            "not_available: the balance is empty",
        ),
        Case(
            "no money",
            {BALANCE: answer(403, {"code": "403", "message": "You do not have enough money"})},
            "not_available: the balance is empty",
        ),
        Case(
            "an unknown code",
            {BALANCE: answer(200, {"code": "777", "data": {"remaining": 2.8}})},
            "unexpected_response",
        ),
        Case(
            "the last code that is a status",
            {BALANCE: answer(200, {"code": "599"})},
            "provider_failed",
        ),
        Case(
            "the first code that is none",
            {BALANCE: answer(200, {"code": "600"})},
            "unexpected_response",
        ),
        Case("a wrong key", {BALANCE: answer(401, {"code": "401"})}, "credential_rejected"),
        Case("no amount", {BALANCE: answer(200, {"code": "200"})}, "unexpected_response"),
    )
