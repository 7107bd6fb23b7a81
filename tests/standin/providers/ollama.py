"""Ollama Cloud: a plan with credits, and an older one with windows."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain, hexadecimal

SERVER = Plain(
    keys=(
        Key(
            "ollama",
            hexadecimal("", 1, 32) + "." + secret("", "Cloud", 24),
            "ollama",
            "",
            "$72.50 of $100 left, bought $25",
        ),
        Key(
            "ollama-legacy",
            hexadecimal("", 2, 32) + "." + secret("", "Older", 24),
            "ollama",
            "",
            "session 25 %, week 60 % used",
        ),
    ),
    pages={
        "ollama.com/api/balance": {
            "ollama": {
                "included": {
                    "balance_usd": 72.5,
                    "allowance_usd": 100,
                    "period": {"from": "2026-09-15T09:30:00Z", "until": "2035-10-15T09:30:00Z"},
                },
                "purchased": {"balance_usd": 25},
            },
            "ollama-legacy": {
                "included": {
                    "session": {"remaining_percent": 75, "resets_at": "2035-10-05T12:00:00Z"},
                    "weekly": {"remaining_percent": 40, "resets_at": "2035-10-09T00:00:00Z"},
                },
                "purchased": {"balance_usd": 0},
            },
        },
    },
    refused=Reply(401, {"error": "unauthorized"}),
)
