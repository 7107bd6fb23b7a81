"""Linkup: credits."""

from __future__ import annotations

from ..keys import Key
from ..message import Reply
from ..plain import Plain

SERVER = Plain(
    keys=(Key("linkup", "5e7e0000-0000-4000-8000-000000000001", "linkup", "", "123.46 credits"),),
    pages={"api.linkup.so/v1/credits/balance": {"linkup": {"balance": 123.456}}},
    refused=Reply(
        401,
        {
            "statusCode": 401,
            "error": {"code": "UNAUTHORIZED", "message": "Unauthorized", "details": []},
        },
    ),
)
