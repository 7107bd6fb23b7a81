"""302.AI: prepaid money."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain

SERVER = Plain(
    keys=(Key("ai302", secret("sk-", "Three", 48), "ai302", "", "$12.34"),),
    pages={"api.302.ai/dashboard/balance": {"ai302": {"data": {"balance": "12.34"}}}},
    refused=Reply(401, {"error": {"message": "invalid api key", "type": "api_error"}}),
)
