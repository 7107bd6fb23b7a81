"""NanoGPT: money only, and money with a subscription."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain, header

_BALANCE = "nano-gpt.com/api/check-balance"

SERVER = Plain(
    keys=(
        Key("nanogpt", secret("sk-nano-", "Money", 32), "nanogpt", "", "$7.25"),
        Key("nanogpt-plan", secret("sk-nano-", "Plan", 32), "nanogpt", "", "a subscription, $1.50"),
    ),
    pages={
        _BALANCE: {
            "nanogpt": {"usd_balance": "7.25", "nano_balance": "0.0"},
            "nanogpt-plan": {"usd_balance": "1.50", "nano_balance": "0.0"},
        },
        "nano-gpt.com/api/subscription/v1/usage": {
            "nanogpt": {"active": False, "state": "inactive"},
            "nanogpt-plan": {
                "active": True,
                "limits": {"daily": 5000, "monthly": 60000},
                "enforceDailyLimit": True,
                "daily": {"used": 1250, "remaining": 3750, "resetAt": 2070000000000},
                "monthly": {"used": 45000, "remaining": 15000, "resetAt": 2071000000000},
                "state": "active",
            },
        },
    },
    refused=Reply(401, {"error": {"message": "Invalid API key", "type": "authentication_error"}}),
    secret=header("x-api-key"),
    posted=(_BALANCE,),
)
