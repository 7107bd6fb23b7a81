from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from tests.said import english
from workflow.models import Account, Balance, Credential, Usage
from workflow.providers import siliconflow

INFO = "GET api.siliconflow.cn/v1/user/info"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {INFO: f"siliconflow/{sample}"}, expect)


def left(amount: str, unit: str, gift: str | None = None) -> Usage:
    granted = Decimal(gift) if gift else None
    return Usage(balances=(Balance(Decimal(amount), unit, granted, is_gift=True),))


class TestSiliconFlow(ProviderContract):
    provider = "siliconflow"
    account = Account("s1", "siliconflow", "Work", "cn")
    credential = Credential("api_key", "sk-syntheticcanaryabcdefghijklmnopqrstuvwxyzabcdefgh")
    main = INFO
    cases = (
        read("user_info.json", left("88.88", "CNY", "0.88")),
        read("user_info_negative.json", left("-1.02", "CNY")),
        Case(
            "the other site",
            {"GET api.siliconflow.com/v1/user/info": "siliconflow/user_info_com.json"},
            left("3.12", "USD", "1.00"),
            Account("s2", "siliconflow", "Work", "intl"),
        ),
        read("error_401.txt", "credential_rejected"),
        Case(
            "another code",
            {INFO: answer(200, {"code": 50000, "data": {"totalBalance": "1"}})},
            "unexpected_response: 50000",
        ),
        Case(
            "a refusal",
            {INFO: answer(200, {"status": False, "data": {"totalBalance": "1"}})},
            "unexpected_response",
        ),
    )


def test_a_state_that_is_not_normal_is_said() -> None:
    usage = siliconflow.parse({"totalBalance": "1", "status": "frozen"}, "CNY")
    assert "frozen" in english(usage.notice)
    assert usage.balances[0].available == 1
