from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Usage, WorkBlocked
from workflow.provider.balances import REFUSED
from workflow.providers import deepseek

BALANCE = "GET api.deepseek.com/user/balance"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {BALANCE: f"deepseek/{sample}"}, expect)


def yuan(amount: str, granted: str | None = None, *, refused: bool = False) -> Usage:
    gift = Decimal(granted) if granted else None
    blocked = WorkBlocked("payment", REFUSED) if refused else None
    return Usage(balances=(Balance(Decimal(amount), "CNY", gift, is_gift=True),), blocked=blocked)


class TestDeepSeek(ProviderContract):
    provider = "deepseek"
    account = Account("d1", "deepseek", "Work")
    credential = Credential("api_key", "sk-5e7e0000canary0000000000000000ab")
    main = BALANCE
    cases = (
        read("balance_two_currencies.json", yuan("41.20", "1.20")),
        read("balance_empty.json", yuan("0.00", refused=True)),
        read("balance_unavailable.json", yuan("0.35", refused=True)),
        read("balance_negative.json", yuan("-0.08", refused=True)),
        read("error_401.json", "credential_rejected"),
        read("error_401_plain.txt", "credential_rejected"),
        Case("no list", {BALANCE: answer(200, {"is_available": True})}, "unexpected_response"),
    )


def test_two_currencies_with_money_are_both_shown() -> None:
    entries = [
        {"currency": "USD", "total_balance": "1"},
        {"currency": "CNY", "total_balance": "7"},
    ]
    usage = deepseek.parse({"balance_infos": entries})
    assert [(each.unit, each.available) for each in usage.balances] == [
        ("CNY", Decimal(7)),
        ("USD", Decimal(1)),
    ]
