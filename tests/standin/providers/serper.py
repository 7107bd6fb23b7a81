"""Serper: credits."""

from __future__ import annotations

from ..keys import Key
from ..message import Reply
from ..plain import Plain, header, hexadecimal

SERVER = Plain(
    keys=(Key("serper", hexadecimal("", 1, 40), "serper", "", "2,492 credits"),),
    pages={
        "google.serper.dev/account": {"serper": {"balance": 2492, "rateLimit": 50}},
    },
    refused=Reply(403, {"message": "Unauthorized.", "statusCode": 403}),
    secret=header("x-api-key"),
)
