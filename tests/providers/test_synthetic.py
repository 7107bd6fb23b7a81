from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer, document
from workflow.models import Account, Credential, Quota, Usage
from workflow.providers import synthetic

QUOTAS = "GET api.synthetic.new/v2/quotas"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {QUOTAS: f"synthetic/{sample}"}, expect)


SEARCH = Quota(
    "Web search", "requests", Decimal(20), Decimal(250), Decimal(230), 3600,
    datetime(2026, 10, 5, 9, 30, 0, 494000, tzinfo=timezone.utc), role="secondary",
)  # fmt: skip
WINDOWS = (
    Quota("5 hours", "requests", Decimal(250), Decimal(750), Decimal(500), 18000),
    Quota("Weekly", "USD", Decimal("21.48"), Decimal("60.00"), Decimal("38.52"), 604800),
)


class TestSynthetic(ProviderContract):
    provider = "synthetic"
    account = Account("s1", "synthetic", "Work")
    credential = Credential("api_key", "syn_syntheticCanary0123456789")
    main = QUOTAS
    cases = (
        read("quotas.json", Usage((*WINDOWS, SEARCH), plan="Pro")),
        Case(
            "within data",
            {QUOTAS: answer(200, {"data": document("synthetic/quotas.json")})},
            Usage((*WINDOWS, SEARCH), plan="Pro"),
        ),
        Case(
            "a plan of old",
            {QUOTAS: answer(200, {"subscription": {"limit": 135, "requests": 20, "renewsAt": "2026-10-05T12:00:00Z"}})},
            Usage(
                (
                    Quota(
                        "Plan", "requests", Decimal(20), Decimal(135), Decimal(115),
                        resets_at=datetime(2026, 10, 5, 12, tzinfo=timezone.utc),
                    ),
                )
            ),
        ),
        Case("401", {QUOTAS: answer(401, {"error": "Unauthorized"})}, "credential_rejected"),
        Case("nothing in it", {QUOTAS: answer(200, {"plan": "Pro"})}, "unexpected_response"),
    )  # fmt: skip


def test_a_tick_is_no_reset_and_old_counts_are_not_believed() -> None:
    told = {**document("synthetic/quotas.json"), "subscription": {"limit": 135, "requests": 0}}
    usage = synthetic.parse(told)
    assert [quota.label for quota in usage.quotas] == ["5 hours", "Weekly", "Web search"]
    assert usage.quotas[0].resets_at is None
    assert usage.quotas[1].resets_at is None


def weekly(**told: object) -> Quota:
    return synthetic.parse({"weeklyTokenLimit": told}).quotas[0]


def test_a_week_is_told_in_dollars_or_as_a_share() -> None:
    week = weekly(maxCredits="$1,200.00", remainingCredits="$1,150.50", percentRemaining=96)
    assert (week.used, week.limit, week.unit) == (Decimal("49.5"), Decimal(1200), "USD")
    week = weekly(maxCredits="$60.00", remainingCredits="$60.00")
    assert [week.used, week.remaining] == [0, 60]
    week = weekly(maxCredits="$60.00", remainingCredits="$61.00", percentRemaining=40)
    assert [week.used, week.limit, week.unit] == [60, 100, "%"]


def test_a_window_that_is_used_up_is_believed() -> None:
    window = {"remaining": 3, "max": 750, "limited": True}
    assert synthetic.parse({"rollingFiveHourLimit": window}).quotas[0].alert


def test_more_may_be_used_than_there_was() -> None:
    (quota,) = synthetic.parse({"rollingFiveHourLimit": {"remaining": -0.5, "max": 750}}).quotas
    assert [quota.used, quota.remaining] == [Decimal("750.5"), 0]
