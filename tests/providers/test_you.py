from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Usage

BALANCE = "GET api.you.com/v1/billing/account_balance"


class TestYou(ProviderContract):
    provider = "you"
    account = Account("y1", "you", "Work")
    credential = Credential("api_key", "ydc-sk-Canary0123456789abcdef")
    main = BALANCE
    sends = ("x-api-key: {key}",)
    cases = (
        Case(
            "cents",
            {BALANCE: "you/account_balance.json"},
            Usage(balances=(Balance(Decimal("7189.245"), "USD"),)),
        ),
        Case(
            "cents in an envelope",
            {BALANCE: "you/account_balance_data.json"},
            Usage(balances=(Balance(Decimal("99.84"), "USD"),)),
        ),
        Case(
            "owed",
            {BALANCE: answer(200, {"balance": -150})},
            Usage(balances=(Balance(Decimal("-1.5"), "USD"),)),
        ),
        Case(
            "no right for this path",
            {BALANCE: answer(403, {"detail": "Missing required scopes"})},
            "wrong_credential",
        ),
        Case("a wrong key", {BALANCE: answer(401, {"detail": "no"})}, "credential_rejected"),
        Case("no amount", {BALANCE: answer(200, {"credits": 7})}, "unexpected_response"),
    )
