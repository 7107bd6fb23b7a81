from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Usage

BALANCE = "GET api.featherless.ai/credits/balance"
DENIED = {"error": {"code": "organization_permission_denied", "message": "Forbidden"}}


class TestFeatherless(ProviderContract):
    provider = "featherless"
    account = Account("f1", "featherless", "Work")
    credential = Credential("api_key", "rc_Canary0123456789abcdef")
    main = BALANCE
    cases = (
        Case(
            "what is reserved is taken off",
            {BALANCE: "featherless/balance.json"},
            Usage(balances=(Balance(Decimal("42.488"), "USD"),)),
        ),
        Case("a member's key", {BALANCE: answer(403, DENIED)}, "wrong_credential"),
        Case("a wrong key", {BALANCE: answer(401, {"error": "no"})}, "credential_rejected"),
        Case(
            "no amount that is available",
            {BALANCE: answer(200, {"balance_nano_usd": "1"})},
            "unexpected_response",
        ),
    )
