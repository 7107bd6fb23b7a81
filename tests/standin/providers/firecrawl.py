"""Firecrawl: credits of a plan, and more credits than the plan has."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain


def _told(left: int) -> dict[str, object]:
    period = {
        "billingPeriodStart": "2026-09-25T09:00:00.000Z",
        "billingPeriodEnd": "2035-10-25T09:00:00.000Z",
    }
    return {"success": True, "data": {"remainingCredits": left, "planCredits": 500, **period}}


SERVER = Plain(
    keys=(
        Key("firecrawl", secret("fc-", "Plan", 32), "firecrawl", "", "412 of 500 credits left"),
        Key(
            "firecrawl-packs",
            secret("fc-", "Packs", 32),
            "firecrawl",
            "",
            "1,250 left of a plan with 500",
        ),
    ),
    pages={
        "api.firecrawl.dev/v2/team/credit-usage": {
            "firecrawl": _told(412),
            "firecrawl-packs": _told(1250),
        },
    },
    refused=Reply(401, {"success": False, "error": "Unauthorized: Invalid token"}),
)
