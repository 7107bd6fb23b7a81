from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Usage

CREDITS = "GET ai-gateway.vercel.sh/v1/credits"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {CREDITS: f"vercel/{sample}"}, expect)


class TestVercel(ProviderContract):
    provider = "vercel"
    account = Account("v1", "vercel", "Work")
    credential = Credential("api_key", "vck_syntheticCanary0123456789")
    main = CREDITS
    cases = (
        read("credits.json", Usage(balances=(Balance(Decimal("4.37"), "USD"),))),
        Case(
            "401",
            {CREDITS: answer(401, {"error": {"message": "Unauthorized"}})},
            "credential_rejected",
        ),
        Case("no amount", {CREDITS: answer(200, {"total_used": "1"})}, "unexpected_response"),
    )
