"""DeepSeek: a balance for each key, one of them in debt."""

from __future__ import annotations

from typing import Any

from ..keys import Key
from ..message import Reply
from ..plain import Plain, hexadecimal


def _key(name: str, number: int, about: str) -> Key:
    return Key(name, hexadecimal("sk-", number, 32), "deepseek", "", about)


def _balance(currency: str, total: str, granted: str, paid: str) -> dict[str, Any]:
    names = ("currency", "total_balance", "granted_balance", "topped_up_balance")
    return dict(zip(names, (currency, total, granted, paid)))


SERVER = Plain(
    keys=(
        _key("deepseek", 1, "¥41.20, of which ¥1.20 is a gift"),
        _key("deepseek-refused", 2, "¥0.35 is left, and calls are refused"),
    ),
    pages={
        "api.deepseek.com/user/balance": {
            "deepseek": {
                "is_available": True,
                "balance_infos": [
                    _balance("CNY", "41.20", "1.20", "40.00"),
                    _balance("USD", "0.00", "0.00", "0.00"),
                ],
            },
            "deepseek-refused": {
                "is_available": False,
                "balance_infos": [_balance("CNY", "0.35", "0.00", "0.35")],
            },
        }
    },
    refused=Reply(
        401,
        {
            "error": {
                "message": "Authentication Fails, Your api key is invalid",
                "type": "authentication_error",
                "param": None,
                "code": "invalid_request_error",
            }
        },
    ),
)
