"""Anthropic: the costs and tokens of an organization, by day."""

from __future__ import annotations

import time
from typing import Any

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain, header

_TODAY = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime())
_TOKENS = {
    "uncached_input_tokens": 15000,
    "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 500},
    "cache_read_input_tokens": 2000,
    "output_tokens": 900,
    "server_tool_use": {"web_search_requests": 1},
}


def _days(*results: dict[str, Any]) -> dict[str, Any]:
    day = {"starting_at": _TODAY, "ending_at": _TODAY.replace("T00", "T23"), "results": results}
    return {"data": [day], "has_more": False, "next_page": None}


SERVER = Plain(
    keys=(
        Key("anthropic", secret("sk-ant-admin01-", "Org", 40), "anthropic", "", "$12.35 today"),
        Key("anthropic-new", secret("sk-ant-admin01-", "New", 40), "anthropic", "", "no costs yet"),
    ),
    pages={
        "api.anthropic.com/v1/organizations/cost_report": {
            "anthropic": _days({"currency": "USD", "amount": "1234.5678", "workspace_id": None}),
            "anthropic-new": _days(),
        },
        "api.anthropic.com/v1/organizations/usage_report/messages": {
            "anthropic": _days(_TOKENS),
            "anthropic-new": _days(),
        },
    },
    refused=Reply(
        401,
        {
            "type": "error",
            "error": {"type": "authentication_error", "message": "invalid x-api-key"},
        },
    ),
    secret=header("x-api-key"),
)
