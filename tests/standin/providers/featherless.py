"""Featherless: money, and the key of a user who is not an admin."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain

SERVER = Plain(
    keys=(
        Key("featherless", secret("rc_", "Admin", 32), "featherless", "", "$42.49"),
        Key("featherless-shut", secret("rc_", "Member", 32), "featherless", "", "of a member"),
    ),
    pages={
        "api.featherless.ai/credits/balance": {
            "featherless": {
                "balance_nano_usd": "42500000000",
                "reserved_nano_usd": "12000000",
                "available_nano_usd": "42488000000",
                "currency": "usd",
            },
            "featherless-shut": Reply(
                403, {"error": {"code": "organization_permission_denied", "message": "Forbidden"}}
            ),
        }
    },
    refused=Reply(401, {"error": {"message": "Invalid API key", "type": "authentication_error"}}),
)
