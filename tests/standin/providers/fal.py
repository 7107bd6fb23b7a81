"""fal: money, and a key without admin rights."""

from __future__ import annotations

from ..keys import Key
from ..message import Reply
from ..plain import Plain, scheme

SERVER = Plain(
    keys=(
        Key(
            "fal",
            "5e7e0000-0000-4000-8000-000000000001:5e7e0000000000000000000000000001",
            "fal",
            "",
            "$24.50",
        ),
        Key(
            "fal-api",
            "5e7e0000-0000-4000-8000-000000000002:5e7e0000000000000000000000000002",
            "fal",
            "",
            "of scope API",
        ),
    ),
    pages={
        "api.fal.ai/v1/account/billing": {
            "fal": {
                "username": "my-team",
                "credits": {"current_balance": 24.5, "currency": "USD"},
            },
            "fal-api": Reply(
                403, {"error": {"type": "authorization_error", "message": "Admin API key required"}}
            ),
        }
    },
    refused=Reply(401, {"error": {"type": "authorization_error", "message": "Invalid API key"}}),
    secret=scheme("Key"),
)
