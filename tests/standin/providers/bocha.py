"""Bocha: money."""

from __future__ import annotations

from ..keys import Key
from ..message import Reply
from ..plain import Plain, hexadecimal

SERVER = Plain(
    keys=(Key("bocha", hexadecimal("sk-", 0xB0C4A, 32), "bocha", "", "¥2.80"),),
    pages={
        "api.bocha.cn/v1/fund/remaining": {
            "bocha": {"code": "200", "msg": None, "success": True, "data": {"remaining": 2.8}}
        }
    },
    refused=Reply(401, {"code": "401", "message": "Invalid API KEY", "log_id": "0"}),
)
