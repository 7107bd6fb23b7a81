"""Vercel AI Gateway: a balance."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain

SERVER = Plain(
    keys=(Key("vercel", secret("vck_", "Gateway", 40), "vercel", "", "$4.37"),),
    pages={
        "ai-gateway.vercel.sh/v1/credits": {"vercel": {"balance": "4.37", "total_used": "0.63"}},
    },
    refused=Reply(401, {"error": {"message": "Unauthorized", "type": "authentication_error"}}),
)
