"""DeepInfra: prepaid money with a limit, and a suspended account."""

from __future__ import annotations

import time
from typing import Any

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain


def _owed(posted: float, recent: float, limit: float | None, suspended: bool) -> dict[str, Any]:
    return {
        "stripe_balance": posted,
        "recent": recent,
        "limit": limit,
        "suspended": suspended,
        "suspend_reason": "balance" if suspended else None,
    }


_COSTS = {
    "months": [{"period": time.strftime("%Y.%m", time.gmtime()), "items": [], "total_cost": 225}]
}

SERVER = Plain(
    keys=(
        Key("deepinfra", secret("", "Prepaid", 32), "deepinfra", "", "$13.25, limit $20"),
        Key("deepinfra-shut", secret("", "Shut", 32), "deepinfra", "", "suspended, $4 is owed"),
    ),
    pages={
        "api.deepinfra.com/payment/checklist": {
            "deepinfra": _owed(-15.5, 2.25, 20.0, False),
            "deepinfra-shut": _owed(4.0, 0.0, None, True),
        },
        "api.deepinfra.com/payment/usage": {"deepinfra": _COSTS, "deepinfra-shut": _COSTS},
    },
    refused=Reply(401, {"detail": {"error": "User is not authenticated"}}),
)
