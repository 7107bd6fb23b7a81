from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Credential, Quota, Usage

USAGE = "GET opencode.ai/zen/go/v1/usage"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {USAGE: f"opencode/{sample}"}, expect)


def windows(*told: tuple[str, int, int | None, datetime]) -> Usage:
    quotas = (
        Quota(label, "%", Decimal(used), Decimal(100), Decimal(100 - used), seconds, resets_at)
        for label, used, seconds, resets_at in told
    )
    return Usage(tuple(quotas), plan="Go")


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=timezone.utc)


class TestOpenCode(ProviderContract):
    provider = "opencode"
    account = Account("o1", "opencode", "Work")
    credential = Credential(
        "api_key", "sk-syntheticCanary0123456789syntheticCanary0123456789012345678901"
    )
    main = USAGE
    cases = (
        read(
            "usage.json",
            windows(
                ("5 hours", 12, 18000, at(10, 5, 11, 20)),
                ("Weekly", 57, 604800, at(10, 12)),
                ("Monthly", 31, 31 * 86400, at(11, 1)),
            ),
        ),
        read(
            "usage_limited.json",
            windows(
                ("5 hours", 100, 18000, at(10, 5, 10, 5)),
                ("Weekly", 80, 604800, at(10, 12)),
                ("Monthly", 44, 31 * 86400, at(11, 1)),
            ),
        ),
        Case(
            "the names of old",
            {
                USAGE: answer(
                    200,
                    {
                        "plan": "go",
                        "usage": {
                            "rollingUsage": {"percent": 7, "resetsAt": "2026-10-05T11:20:00Z"}
                        },
                    },
                )
            },
            windows(("5 hours", 7, 18000, at(10, 5, 11, 20))),
        ),
        read("error_403.json", "not_available"),
        Case("401", {USAGE: answer(401, {"error": {"type": "AuthError"}})}, "credential_rejected"),
        Case("no window", {USAGE: answer(200, {"plan": "go", "usage": {}})}, "unexpected_response"),
    )
