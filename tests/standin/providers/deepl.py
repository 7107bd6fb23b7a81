"""DeepL: a key of the free API and one of Pro."""

from __future__ import annotations

from ..keys import Key
from ..message import Reply
from ..plain import Plain

SERVER = Plain(
    keys=(
        Key(
            "deepl-free",
            "5e7e0000-0000-4000-8000-000000000001:fx",
            "deepl",
            "",
            "180,118 of 500,000 characters",
        ),
        Key(
            "deepl-pro",
            "5e7e0000-0000-4000-8000-000000000002",
            "deepl",
            "",
            "2,150,000 of 20,000,000 characters",
        ),
    ),
    pages={
        "api-free.deepl.com/v2/usage": {
            "deepl-free": {"character_count": 180118, "character_limit": 500000}
        },
        "api.deepl.com/v2/usage": {
            "deepl-pro": {
                "character_count": 2150000,
                "character_limit": 20000000,
                "api_key_character_count": 1880000,
                "api_key_character_limit": 0,
                "start_time": "2026-09-24T14:58:02Z",
                "end_time": "2035-10-24T14:58:02Z",
            }
        },
    },
    refused=Reply(403, {"message": "Forbidden"}),
    secret=lambda request: (request.header("authorization") or "").partition("DeepL-Auth-Key ")[2],
)
