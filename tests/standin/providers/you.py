"""You.com: money, and a key that may not read it."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain, header

SERVER = Plain(
    keys=(
        Key("you", secret("ydc-sk-", "Pool", 32), "you", "", "$7,189.25"),
        Key("you-shut", secret("ydc-sk-", "Shut", 32), "you", "", "may not read the balance"),
    ),
    pages={
        "api.you.com/v1/billing/account_balance": {
            "you": {"data": {"type": "account", "id": "a-1", "attributes": {"balance": 718924.5}}},
            "you-shut": Reply(403, {"detail": "Missing required scopes"}),
        }
    },
    refused=Reply(401, {"detail": "API key is invalid or expired"}),
    secret=header("x-api-key"),
)
