from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Usage

ACCOUNTS = "GET api.stepfun.com/v1/accounts"
SPENT = {
    "type": "prepaid",
    "balance": 13.77,
    "total_cash_balance": 200,
    "total_voucher_balance": 50,
}


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {ACCOUNTS: f"stepfun/{sample}"}, expect)


def left(amount: str, unit: str, voucher: str) -> Usage:
    return Usage(balances=(Balance(Decimal(amount), unit, Decimal(voucher)),))


class TestStepFun(ProviderContract):
    provider = "stepfun"
    account = Account("s1", "stepfun", "Work", "cn")
    credential = Credential("api_key", "syntheticCanary0123456789syntheticCanary0123456789")
    main = ACCOUNTS
    cases = (
        read("accounts.json", left("27.31", "CNY", "7.31")),
        Case(
            "the other site",
            {"GET api.stepfun.ai/v1/accounts": "stepfun/accounts_intl.json"},
            left("5.5", "USD", "0.5"),
            Account("s2", "stepfun", "Work", "intl"),
        ),
        read("error_401.json", "credential_rejected"),
        Case(  # the totals are of all there ever was, not of what is left
            "money spent since",
            {ACCOUNTS: answer(200, SPENT)},
            Usage(balances=(Balance(Decimal("13.77"), "CNY"),)),
        ),
        Case("no amount", {ACCOUNTS: answer(200, {"type": "prepaid"})}, "unexpected_response"),
    )
