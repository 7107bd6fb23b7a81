"""ElevenLabs: a plan with credits left, and a key that may not read it."""

from __future__ import annotations

from ..keys import Key
from ..message import Reply
from ..plain import Plain, header, hexadecimal

SERVER = Plain(
    keys=(
        Key(
            "elevenlabs",
            hexadecimal("sk_", 1, 48),
            "elevenlabs",
            "",
            "31,250 of 125,000 characters",
        ),
        Key(
            "elevenlabs-shut",
            hexadecimal("sk_", 2, 48),
            "elevenlabs",
            "",
            "may not read the account",
        ),
    ),
    pages={
        "api.elevenlabs.io/v1/user/subscription": {
            "elevenlabs": {
                "tier": "creator",
                "character_count": 31250,
                "character_limit": 125000,
                "max_character_limit_extension": None,
                "allowed_to_extend_character_limit": False,
                "next_character_count_reset_unix": 2070000000,
                "status": "active",
            },
            "elevenlabs-shut": Reply(
                401,
                {
                    "detail": {
                        "status": "missing_permissions",
                        "message": "The API key you used is missing the permission user_read to execute this operation.",
                    }
                },
            ),
        },
    },
    refused=Reply(401, {"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}),
    secret=header("xi-api-key"),
)
