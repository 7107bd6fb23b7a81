from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Usage

CREDITS = "GET google.serper.dev/account"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {CREDITS: f"serper/{sample}"}, expect)


class TestSerper(ProviderContract):
    provider = "serper"
    account = Account("s1", "serper", "Work")
    credential = Credential("api_key", "5e7e00000000000000000000000000000000ab01")
    main = CREDITS
    sends = ("X-API-KEY: {key}",)
    cases = (
        read("account.json", Usage(balances=(Balance(Decimal(2492), "credits"),))),
        read("error_403.json", "credential_rejected"),
        Case("no credits", {CREDITS: answer(200, {"credits": 7})}, "unexpected_response"),
    )
