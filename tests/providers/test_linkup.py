from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Usage

CREDITS = "GET api.linkup.so/v1/credits/balance"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {CREDITS: f"linkup/{sample}"}, expect)


class TestLinkup(ProviderContract):
    provider = "linkup"
    account = Account("l1", "linkup", "Work")
    credential = Credential("api_key", "5e7e0000-0000-4000-8000-000000000001")
    main = CREDITS
    cases = (
        read("balance.json", Usage(balances=(Balance(Decimal("123.456"), "credits"),))),
        read("error_401.json", "credential_rejected"),
        Case("no credits", {CREDITS: answer(200, {"credits": 7})}, "unexpected_response"),
    )
