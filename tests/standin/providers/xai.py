"""xAI: a team with prepaid credit, and one with an invoice."""

from __future__ import annotations

import time
from typing import Any

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain

_NOW = time.gmtime()
_BILLING = "management-api.x.ai/v1/billing/teams"


def _team(team: str) -> dict[str, Any]:
    return {"apiKeyId": "synthetic", "teamId": team, "scope": "SCOPE_TEAM", "scopeId": team}


def _preview(spent: str, credit: str, used: str, limit: str) -> dict[str, Any]:
    names = ("totalWithCorr", "prepaidCredits", "prepaidCreditsUsed")
    invoice = {name: {"val": value} for name, value in zip(names, (spent, credit, used))}
    cycle = {"year": _NOW.tm_year, "month": _NOW.tm_mon}
    return {"coreInvoice": invoice, "effectiveSpendingLimit": limit, "billingCycle": cycle}


SERVER = Plain(
    keys=(
        Key("xai", secret("xai-token-", "Prepaid", 40), "xai", "", "$48.20 of credit left"),
        Key("xai-invoice", secret("xai-token-", "Invoice", 40), "xai", "", "$12.50 of $50"),
    ),
    pages={
        "management-api.x.ai/auth/management-keys/validation": {
            "xai": _team("t-1"),
            "xai-invoice": _team("t-2"),
        },
        f"{_BILLING}/t-1/prepaid/balance": {"xai": {"changes": [], "total": {"val": "-5170"}}},
        f"{_BILLING}/t-1/postpaid/invoice/preview": {"xai": _preview("350", "-5170", "350", "0")},
        f"{_BILLING}/t-2/postpaid/invoice/preview": {
            "xai-invoice": _preview("1250", "0", "0", "5000")
        },
    },
    refused=Reply(401, {"code": "unauthenticated", "error": "Invalid management key"}),
)
