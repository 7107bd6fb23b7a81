from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from tests.providers.contract import NOW, Case, ProviderContract, answer
from tests.said import english
from workflow.models import Account, Credential, Quota, Role, Snapshot, Usage
from workflow.providers import elevenlabs
from workflow.settings import Settings
from workflow.state import status

SUBSCRIPTION = "GET api.elevenlabs.io/v1/user/subscription"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {SUBSCRIPTION: f"elevenlabs/{sample}"}, expect)


def characters(
    label: str, used: int, limit: int, left: int, reset: int | None, role: Role = "binding"
) -> Quota:
    resets_at = datetime.fromtimestamp(reset, timezone.utc) if reset else None
    numbers = (Decimal(used), Decimal(limit), Decimal(left))
    return Quota(label, "characters", *numbers, resets_at=resets_at, role=role)


ENDLESS = Quota(
    "Extra usage", "characters", Decimal(12000), None, None, unlimited=True, role="reserve"
)


class TestElevenLabs(ProviderContract):
    provider = "elevenlabs"
    account = Account("e1", "elevenlabs", "Work")
    credential = Credential("api_key", "sk_5e7e00000000000000000000000000000000000000000001")
    main = SUBSCRIPTION
    sends = ("xi-api-key: {key}",)
    cases = (
        read(
            "subscription.json",
            Usage((characters("Plan", 31250, 125000, 93750, 1792227600),), plan="Creator"),
        ),
        read(
            "subscription_overage.json",
            Usage(
                (
                    characters("Plan", 112000, 100000, 0, 1791795600),
                    characters("Extra usage", 12000, 50000, 38000, None, "reserve"),
                ),
                plan="Creator",
            ),
        ),
        read(
            "subscription_unlimited.json",
            Usage((characters("Plan", 112000, 100000, 0, 1791795600), ENDLESS), plan="Creator"),
        ),
        read("error_401.json", "wrong_credential"),
        read("error_invalid_key.json", "credential_rejected"),
        Case(
            "a text as detail",
            {SUBSCRIPTION: answer(401, {"detail": "Invalid API key"})},
            "credential_rejected",
        ),
        Case("no characters", {SUBSCRIPTION: answer(200, {"tier": "free"})}, "unexpected_response"),
    )


def test_what_may_be_used_beyond_the_plan_keeps_it_going() -> None:
    told = {"character_count": 112, "character_limit": 100, "max_character_limit_extension": 50}
    assert len(elevenlabs.parse(told).quotas) == 1
    usage = elevenlabs.parse({**told, "allowed_to_extend_character_limit": True})
    assert status.headline(usage.quotas) == usage.quotas[1]


@pytest.mark.parametrize(
    ("more", "may", "limit"),
    [
        (70, True, 70),
        (70, False, None),
        (0, True, None),
        ("unlimited", False, None),
        ("lots", True, None),
        (None, True, 50),
    ],
)
def test_the_newer_field_comes_before_the_older_ones(
    more: object, may: bool, limit: int | None
) -> None:
    told = {
        "character_count": 112,
        "character_limit": 100,
        "max_character_limit_extension": 50,
        "allowed_to_extend_character_limit": True,
        "max_credit_limit_extension": more,
        "can_extend_character_limit": may,
    }
    limits = [quota.limit for quota in elevenlabs.parse(told).quotas[1:]]
    assert limits == ([] if limit is None else [limit])


def test_use_without_a_cap_keeps_a_used_up_plan_going() -> None:
    told = {
        "character_count": 112,
        "character_limit": 100,
        "max_credit_limit_extension": "unlimited",
        "can_extend_character_limit": True,
    }
    usage = elevenlabs.parse(told)
    judged = status.status(TestElevenLabs.account, Snapshot("e1", usage, NOW), Settings())
    assert judged.level == "low"


def test_nothing_beyond_the_plan_is_used_before_it_is_used_up() -> None:
    told = {"max_character_limit_extension": 50, "allowed_to_extend_character_limit": True}
    usage = elevenlabs.parse({**told, "character_count": 40, "character_limit": 100})
    assert usage.quotas[1] == characters("Extra usage", 0, 50, 50, None, "reserve")
    usage = elevenlabs.parse({**told, "character_limit": 100})
    assert usage.quotas[1] == Quota(
        "Extra usage", "characters", None, Decimal(50), None, role="reserve"
    )


def test_a_plan_has_a_name_of_words() -> None:
    told = {"character_count": 1, "character_limit": 2, "tier": "growing_business"}
    assert elevenlabs.parse(told).plan == "Growing Business"


@pytest.mark.parametrize("state", ["past_due", "unpaid", "incomplete"])
def test_a_payment_that_is_overdue_is_said(state: str) -> None:
    usage = elevenlabs.parse({"character_count": 1, "character_limit": 2, "status": state})
    assert "overdue" in english(usage.notice)


def test_a_free_plan_that_is_disabled_is_said_to_refuse_work() -> None:
    told = {"character_count": 1, "character_limit": 2, "tier": "free"}
    assert elevenlabs.parse({**told, "status": "free"}).blocked is None
    blocked = elevenlabs.parse({**told, "status": "free_disabled"}).blocked
    assert blocked is not None
    assert blocked.kind == "suspended"
    assert "free plan" in english(blocked.reason)
