from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer, fetch
from workflow.models import Account, Balance, Credential, Usage

BILLING = "GET api.fal.ai/v1/account/billing"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {BILLING: f"fal/{sample}"}, expect)


class TestFal(ProviderContract):
    provider = "fal"
    account = Account("f1", "fal", "Work")
    credential = Credential(
        "api_key", "5e7e0000-0000-4000-8000-000000000001:5e7e00000000000000000000000000ab"
    )
    main = BILLING
    sends = ("Authorization: Key {key}",)
    parameters = ("expand=credits",)
    cases = (
        read("billing_credits.json", Usage(balances=(Balance(Decimal("24.5"), "USD"),))),
        read("error_403.json", "wrong_credential"),
        Case("a wrong key", {BILLING: answer(401, {"error": "no"})}, "credential_rejected"),
        Case("no amount", {BILLING: answer(200, {"username": "me"})}, "unexpected_response"),
    )


def test_the_amount_is_asked_for_by_the_scheme_of_the_vendor() -> None:
    answers = {BILLING: "fal/billing_credits.json"}
    _, client = fetch("fal", TestFal.account, TestFal.credential, answers)
    (asked,) = client.asked
    assert asked.url.endswith("?expand=credits")
    assert asked.headers["Authorization"] == f"Key {TestFal.credential.secret}"
