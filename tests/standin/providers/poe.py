"""Poe: an account with points, and one without."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain

SERVER = Plain(
    keys=(
        Key("poe", secret("sk-poe-", "Points", 43), "poe", "", "985,000 points"),
        Key("poe-empty", secret("sk-poe-", "Empty", 43), "poe", "", "no points"),
    ),
    pages={
        "api.poe.com/usage/current_balance": {
            "poe": {"current_point_balance": 985000},
            "poe-empty": {"current_point_balance": 0},
        }
    },
    refused=Reply(401, {"error": {"message": "Invalid API key", "type": "authentication_error"}}),
)
