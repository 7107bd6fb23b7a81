"""OpenRouter: a key with a limit, one whose account has less, one that cannot see its account."""

from __future__ import annotations

from typing import Any

from ..keys import Key
from ..message import Reply
from ..plain import Plain, hexadecimal


def _key(name: str, number: int, about: str) -> Key:
    return Key(name, hexadecimal("sk-or-v1-", number, 64), "openrouter", "", about)


def _told(limit: float | None, left: float | None, **more: Any) -> dict[str, Any]:
    usage = {"usage": 25.5, "usage_daily": 1.25, "usage_weekly": 6.5, "usage_monthly": 25.5}
    return {
        "data": {
            "label": "sk-or-v1-5e7...001",
            "limit": limit,
            "limit_remaining": left,
            "limit_reset": None if limit is None else "monthly",
            "is_free_tier": False,
            "is_management_key": False,
            "expires_at": None,
            **usage,
            **more,
        }
    }


SERVER = Plain(
    keys=(
        _key("openrouter", 1, "the key $74.50 of $100, the account $140"),
        _key("openrouter-poor", 2, "the key $74.50 of $100, the account $14.30"),
        _key("openrouter-shut", 3, "no limit; the account is not told"),
    ),
    pages={
        "openrouter.ai/api/v1/key": {
            "openrouter": _told(100, 74.5),
            "openrouter-poor": _told(100, 74.5),
            "openrouter-shut": _told(None, None),
        },
        "openrouter.ai/api/v1/credits": {
            "openrouter": {"data": {"total_credits": 200, "total_usage": 60}},
            "openrouter-poor": {"data": {"total_credits": 75.5, "total_usage": 61.2}},
            "openrouter-shut": Reply(
                403,
                {
                    "error": {
                        "code": 403,
                        "message": "Only management keys can perform this operation",
                    }
                },
            ),
        },
    },
    refused=Reply(401, {"error": {"message": "User not found.", "code": 401}}),
)
