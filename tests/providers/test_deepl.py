from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Credential, Quota, Usage
from workflow.providers import deepl
from workflow.state import status

FREE = "GET api-free.deepl.com/v2/usage"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {FREE: f"deepl/{sample}"}, expect)


PRO = "GET api.deepl.com/v2/usage"
PRO_KEY = Credential("api_key", "5e7e0000-0000-4000-8000-00000000ab02")
ENDS = datetime(2026, 10, 24, 14, 58, 2, tzinfo=timezone.utc)


def characters(label: str, used: int, limit: int) -> Quota:
    numbers = (Decimal(used), Decimal(limit), Decimal(limit - used))
    return Quota(label, "characters", *numbers, resets_at=ENDS)


class TestDeepL(ProviderContract):
    provider = "deepl"
    account = Account("d1", "deepl", "Work")
    credential = Credential("api_key", "5e7e0000-0000-4000-8000-00000000ab01:fx")
    main = FREE
    sends = ("Authorization: DeepL-Auth-Key {key}",)
    cases = (
        read(
            "usage_free.json",
            Usage(
                (Quota("Plan", "characters", Decimal(180118), Decimal(500000), Decimal(319882)),)
            ),
        ),
        Case(
            "Pro",
            {PRO: "deepl/usage_pro.json"},
            Usage((characters("Plan", 2150000, 20000000),)),
            credential=PRO_KEY,
        ),
        Case(
            "no limit",
            {PRO: "deepl/usage_unlimited.json"},
            Usage(
                (
                    Quota(
                        "Plan",
                        "characters",
                        Decimal(12345),
                        None,
                        None,
                        resets_at=ENDS,
                        unlimited=True,
                    ),
                )
            ),
            credential=PRO_KEY,
        ),
        Case(
            "documents and minutes",
            {PRO: "deepl/usage_documents.json"},
            Usage((characters("Plan", 2150000, 20000000),)),
            credential=PRO_KEY,
        ),
        read("error_403.json", "credential_rejected"),
        read("error_456.json", "rate_limited"),
        Case("no characters", {FREE: answer(200, {"products": []})}, "unexpected_response"),
    )


def test_the_smaller_of_account_and_key_is_the_headline() -> None:
    told = {
        "character_count": 10,
        "character_limit": 100,
        "api_key_character_count": 9,
        "api_key_character_limit": 10,
    }
    usage = deepl.parse(told)
    assert usage.quotas[1].resets_at is None
    ends = deepl.parse({**told, "end_time": "2026-10-24T14:58:02Z"}).quotas
    assert [quota.resets_at for quota in ends] == [ENDS, ENDS]
    headline = status.headline(usage.quotas)
    assert headline is not None
    assert headline.label == "Key"
