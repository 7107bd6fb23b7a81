from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Usage

ROUTE = "GET api.302.ai/dashboard/balance"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {ROUTE: f"ai302/{sample}"}, expect)


def told(name: str, status: int, content: object, expect: Usage | str) -> Case:
    return Case(name, {ROUTE: answer(status, content)}, expect)


def left(amount: str, unit: str = "USD") -> Usage:
    return Usage(balances=(Balance(Decimal(amount), unit),))


class TestAI302(ProviderContract):
    provider = "ai302"
    account = Account("ai3021", "ai302", "Work")
    credential = Credential("api_key", "sk-5e7e0000canary00000000000000000000000000000000ab1")
    main = ROUTE
    cases = (
        read("balance.json", left("12.34")),
        told("a wrong key", 401, {"error": {"message": "invalid api key"}}, "credential_rejected"),
        told("without the right", 403, {"error": {"message": "no"}}, "wrong_credential"),
        told("no amount", 200, {"data": {}}, "unexpected_response"),
    )
