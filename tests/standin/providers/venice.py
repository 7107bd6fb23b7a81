"""Venice: money, and a daily amount of DIEM."""

from __future__ import annotations

from typing import Any

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain


def _told(usd: float, diem: float, *, permitted: bool = True) -> dict[str, Any]:
    return {
        "data": {
            "accessPermitted": permitted,
            "balances": {"USD": usd, "DIEM": diem},
            "nextEpochBegins": "2035-08-06T00:00:00.000Z",
        }
    }


SERVER = Plain(
    keys=(
        Key("venice", secret("VENICE-", "Diem", 32), "venice", "", "3.2 DIEM and $7.42"),
        Key("venice-shut", secret("VENICE-", "Shut", 32), "venice", "", "calls are refused"),
    ),
    pages={
        "api.venice.ai/api/v1/api_keys/rate_limits": {
            "venice": _told(7.42, 3.2),
            "venice-shut": _told(0, 0, permitted=False),
        }
    },
    refused=Reply(401, {"error": "Authentication failed"}),
)
