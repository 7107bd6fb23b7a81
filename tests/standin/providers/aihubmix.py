"""AIHubMix: an access token, and an API key."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain

SERVER = Plain(
    keys=(
        Key("aihubmix", secret("fd", "Account", 30), "aihubmix", "", "$10"),
        Key("aihubmix-key", secret("sk-", "HubKey", 48), "aihubmix", "", "the key $4.20"),
    ),
    pages={
        "aihubmix.com/api/user/self": {
            "aihubmix": {
                "success": True,
                "message": "",
                "data": {"username": "example", "quota": 5000000, "used_quota": 1250000},
            }
        },
        "aihubmix.com/dashboard/billing/remain": {
            "aihubmix-key": {"object": "list", "total_usage": 4.2}
        },
    },
    refused=Reply(401, {"success": False, "message": "Unauthorized"}),
    secret=lambda request: request.bearer or request.header("authorization"),
)
