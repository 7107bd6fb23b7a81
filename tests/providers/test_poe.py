from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Usage

ROUTE = "GET api.poe.com/usage/current_balance"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {ROUTE: f"poe/{sample}"}, expect)


def told(name: str, status: int, content: object, expect: Usage | str) -> Case:
    return Case(name, {ROUTE: answer(status, content)}, expect)


def left(amount: str, unit: str = "USD") -> Usage:
    return Usage(balances=(Balance(Decimal(amount), unit),))


class TestPoe(ProviderContract):
    provider = "poe"
    account = Account("poe1", "poe", "Work")
    credential = Credential("api_key", "sk-poe-5e7e0000canary0123456789abcdef")
    main = ROUTE
    cases = (
        read("current_balance.json", left("985000", "points")),
        read("current_balance_zero.json", left("0", "points")),
        told("a wrong key", 401, {"error": {"message": "Invalid API key"}}, "credential_rejected"),
        told("no points", 200, {"points": None}, "unexpected_response"),
    )
