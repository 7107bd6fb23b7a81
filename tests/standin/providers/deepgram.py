"""Deepgram: money and hours, and a key that may not read them."""

from __future__ import annotations

from ..keys import Key
from ..message import Reply
from ..plain import Plain, hexadecimal, scheme

_PROJECT = "5e7e0000-0000-4000-8000-000000000000"
_PROJECTS = {"projects": [{"project_id": _PROJECT, "name": "Default"}]}

SERVER = Plain(
    keys=(
        Key("deepgram", hexadecimal("", 0xD6, 40), "deepgram", "", "$183.40 and 12 hours"),
        Key("deepgram-shut", hexadecimal("", 0xD7, 40), "deepgram", "", "of a member"),
    ),
    pages={
        "api.deepgram.com/v1/projects": {"deepgram": _PROJECTS, "deepgram-shut": _PROJECTS},
        f"api.deepgram.com/v1/projects/{_PROJECT}/balances": {
            "deepgram": {
                "balances": [
                    {"balance_id": "b1", "amount": 183.4, "units": "usd"},
                    {"balance_id": "b2", "amount": 12, "units": "hour"},
                ]
            },
            "deepgram-shut": Reply(
                403, {"category": "FORBIDDEN", "message": "Insufficient permissions."}
            ),
        },
    },
    refused=Reply(401, {"err_code": "INVALID_AUTH", "err_msg": "Invalid credentials."}),
    secret=scheme("Token"),
)
