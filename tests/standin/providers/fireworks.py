"""Fireworks: a key whose account has spent money, and one without an account."""

from __future__ import annotations

from typing import Any

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain


def _line(category: str, units: str, nanos: int) -> dict[str, Any]:
    cost = {"currencyCode": "USD", "units": units, "nanos": nanos}
    return {"category": category, "quantity": 1000, "totalCost": cost}


SERVER = Plain(
    keys=(
        Key("fireworks", secret("fw_", "Spent", 32), "fireworks", "", "$2.35 this month"),
        Key("fireworks-new", secret("fw_", "New", 32), "fireworks", "", "nothing yet"),
    ),
    pages={
        "api.fireworks.ai/v1/accounts": {
            "fireworks": {"accounts": [{"name": "accounts/synthetic"}]},
            "fireworks-new": {"accounts": [{"name": "accounts/fresh"}]},
        },
        "api.fireworks.ai/v1/accounts/synthetic/billing/summary": {
            "fireworks": {"lineItems": [_line("LLM output tokens", "2", 350000000)]}
        },
        "api.fireworks.ai/v1/accounts/fresh/billing/summary": {"fireworks-new": {"lineItems": []}},
    },
    refused=Reply(401, {"error": {"message": "The API key you provided is invalid."}}),
)
