"""Synthetic: the windows of a plan."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain

SERVER = Plain(
    keys=(
        Key(
            "synthetic", secret("syn_", "Pro", 32), "synthetic", "", "5 hours 33 %, week 36 % used"
        ),
    ),
    pages={
        "api.synthetic.new/v2/quotas": {
            "synthetic": {
                "plan": "Pro",
                "weeklyTokenLimit": {
                    "nextRegenAt": "2035-10-05T10:00:00.000Z",
                    "percentRemaining": 64.2,
                    "maxCredits": "$60.00",
                    "remainingCredits": "$38.52",
                    "nextRegenCredits": "$1.20",
                },
                "rollingFiveHourLimit": {
                    "nextTickAt": "2035-10-05T09:15:00.000Z",
                    "tickPercent": 0.05,
                    "remaining": 500,
                    "max": 750,
                    "limited": False,
                },
                "search": {
                    "hourly": {"limit": 250, "requests": 20, "renewsAt": "2035-10-05T09:30:00.494Z"}
                },
            }
        },
    },
    refused=Reply(401, {"error": "Unauthorized"}),
)
