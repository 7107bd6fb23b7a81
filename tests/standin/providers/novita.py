"""Novita: money, and a credit line."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain

SERVER = Plain(
    keys=(
        Key("novita", secret("sk_", "Novita", 43), "novita", "", "$80 and a line of credit of $20"),
    ),
    pages={
        "api.novita.ai/openapi/v1/billing/balance/detail": {
            "novita": {
                "availableBalance": "1000000",
                "cashBalance": "800000",
                "creditLimit": "200000",
                "pendingCharges": "0",
                "outstandingInvoices": "0",
            }
        }
    },
    refused=Reply(401, {"code": 401, "reason": "INVALID_API_KEY", "message": "invalid api key"}),
)
