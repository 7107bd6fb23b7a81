from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Credential, Quota, Usage

CREDITS = "GET api.firecrawl.dev/v2/team/credit-usage"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {CREDITS: f"firecrawl/{sample}"}, expect)


def credits(used: int | None, limit: int | None, left: int, ends: datetime | None) -> Usage:
    spent, ceiling = (None if each is None else Decimal(each) for each in (used, limit))
    return Usage((Quota("Plan", "credits", spent, ceiling, Decimal(left), resets_at=ends),))


class TestFirecrawl(ProviderContract):
    provider = "firecrawl"
    account = Account("f1", "firecrawl", "Work")
    credential = Credential("api_key", "fc-syntheticCanary0123456789")
    main = CREDITS
    cases = (
        read(
            "credit_usage_v2.json",
            credits(88, 500, 412, datetime(2026, 10, 25, 9, tzinfo=timezone.utc)),
        ),
        read("credit_usage_v1.json", credits(None, None, 1000, None)),
        read(
            "credit_usage_packs.json",
            credits(None, None, 1250, datetime(2026, 10, 31, 23, 59, 59, tzinfo=timezone.utc)),
        ),
        Case(
            "nothing used yet",
            {CREDITS: answer(200, {"data": {"planCredits": 500, "remainingCredits": 500}})},
            credits(0, 500, 500, None),
        ),
        Case(
            "more used than there was",
            {CREDITS: answer(200, {"data": {"planCredits": 500, "remainingCredits": -12}})},
            credits(512, 500, 0, None),
        ),
        Case(
            "only the plan's size",
            {CREDITS: answer(200, {"data": {"planCredits": 500}})},
            "unexpected_response",
        ),
        read("error_401.json", "credential_rejected"),
        Case(
            "a failure in 200",
            {CREDITS: answer(200, {"success": False, "error": "no"})},
            "unexpected_response",
        ),
        Case(
            "no credits",
            {CREDITS: answer(200, {"success": True, "data": {}})},
            "unexpected_response",
        ),
    )
