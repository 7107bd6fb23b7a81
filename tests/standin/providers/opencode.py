"""OpenCode Go: the windows of a plan, and a key without one."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain


def _window(percent: int) -> dict[str, object]:
    return {"status": "ok", "percent": percent, "resetsAt": "2035-10-05T11:20:00.000Z"}


SERVER = Plain(
    keys=(
        Key(
            "opencode",
            secret("sk-", "Go", 64),
            "opencode",
            "",
            "5 hours 12 %, week 57 %, month 31 % used",
        ),
        Key(
            "opencode-no-plan",
            secret("sk-", "NoPlan", 64),
            "opencode",
            "",
            "a good key without a plan",
        ),
    ),
    pages={
        "opencode.ai/zen/go/v1/usage": {
            "opencode": {
                "plan": "go",
                "usage": {"rolling": _window(12), "weekly": _window(57), "monthly": _window(31)},
            },
            "opencode-no-plan": Reply(
                403,
                {
                    "type": "error",
                    "error": {"type": "EntitlementError", "message": "No active subscription"},
                },
            ),
        },
    },
    refused=Reply(
        401, {"type": "error", "error": {"type": "AuthError", "message": "Invalid API key."}}
    ),
)
