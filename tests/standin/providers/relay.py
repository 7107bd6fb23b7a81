"""Relays: one of each kind, each at an address of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..keys import Key, secret
from ..message import Reply, Request
from ..plain import Plain, hexadecimal

NEW_API, ONE_API = "relay.example", "one.example"
SUB2API, LITELLM, CLAUDE = "sub2api.example", "litellm.example:4000", "crs.example"
KEY_ID = "3c0c1f2e-0000-4000-8000-000000000000"


def _key(name: str, host: str, value: str, about: str, **scopes: str) -> Key:
    scopes = {"address": f"https://{host}", **scopes}
    return Key(name, value, "relay", "", about, scopes=scopes)


KEYS = (
    _key("relay", NEW_API, secret("sk-", "NewApi", 48), "New API: $1.98 of $2 are left"),
    _key("relay-empty", NEW_API, secret("sk-", "Empty", 48), "New API: used up, $0 of $2"),
    _key("relay-one", ONE_API, secret("sk-", "OneApi", 48), "One API: $1.98 of $2"),
    _key("relay-spent", ONE_API, secret("sk-", "Spent", 48), "One API: used up, which is a 401"),
    _key("relay-sub2api", SUB2API, secret("sk-", "Sub", 64), "Sub2API: the day is used up"),
    _key("relay-litellm", LITELLM, secret("sk-", "Lite", 22), "LiteLLM: $6.79 of $10 are left"),
    _key("relay-models", LITELLM, secret("sk-", "Models", 22), "LiteLLM: may call models only"),
    _key(
        "relay-crs", CLAUDE, hexadecimal("cr_", 7, 64), "claude-relay-service: $4.20 of $10 today"
    ),
)
_STATUS = {
    "version": "v0.10.2",
    "system_name": "Example",
    "quota_per_unit": 500000,
    "display_in_currency": True,
}
_REFUSED: Mapping[str, Reply] = {
    NEW_API: Reply(401, {"success": False, "message": "无效的令牌"}),
    ONE_API: Reply(401, {"error": {"message": "无效的令牌", "type": "one_api_error"}}),
    SUB2API: Reply(401, {"error": {"type": "authentication_error", "message": "Invalid API key"}}),
    LITELLM: Reply(
        401,
        {
            "error": {
                "message": "Authentication Error",
                "type": "token_not_found_in_db",
                "code": "401",
            }
        },
    ),
    CLAUDE: Reply(401, {"error": "Invalid API key"}),
}


def _token(used: int) -> dict[str, Any]:
    data = {"object": "token_usage", "name": "laptop", "total_granted": 1000000, "total_used": used}
    more = {"total_available": 1000000 - used, "unlimited_quota": False, "expires_at": 0}
    return {"code": True, "message": "ok", "data": {**data, **more}}


def _limit(dollars: float) -> dict[str, Any]:
    return {"object": "billing_subscription", "hard_limit_usd": dollars, "access_until": 0}


_PLAN = {
    "daily_usage_usd": 10,
    "weekly_usage_usd": 35,
    "monthly_usage_usd": 80,
    "daily_limit_usd": 10,
    "weekly_limit_usd": 50,
    "monthly_limit_usd": 150,
}
_LIMITS = {
    "rateLimitWindow": 300,
    "rateLimitRequests": 200,
    "currentWindowRequests": 41,
    "dailyCostLimit": 10,
    "currentDailyCost": 4.2,
    "totalCostLimit": 0,
}
_SPENT = Reply(401, {"error": {"message": "该令牌额度已用尽", "type": "one_api_error"}})
_PAGES: Mapping[str, Mapping[str, Any]] = {
    f"{NEW_API}/api/usage/token/": {"relay": _token(12345), "relay-empty": _token(1000000)},
    f"{ONE_API}/v1/dashboard/billing/subscription": {"relay-one": _limit(2), "relay-spent": _SPENT},
    f"{ONE_API}/v1/dashboard/billing/usage": {
        "relay-one": {"object": "list", "total_usage": 2.469}
    },
    f"{SUB2API}/v1/usage": {
        "relay-sub2api": {
            "isValid": True,
            "planName": "Claude Max Pool",
            "unit": "USD",
            "remaining": 0,
            "subscription": _PLAN,
        }
    },
    f"{LITELLM}/key/info": {
        "relay-litellm": {
            "info": {
                "spend": 3.21,
                "max_budget": 10.0,
                "budget_duration": "30d",
                "user_id": None,
                "team_id": None,
            }
        },
        "relay-models": Reply(
            403,
            {
                "error": {
                    "message": "Virtual key is not allowed to call this route",
                    "type": "auth_error",
                    "code": "403",
                }
            },
        ),
    },
}


class Relays(Plain):
    """All relays. Pages without a key, and pages that take a POST, are special to each."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Their host names."""
        return tuple(_REFUSED)

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        place = f"{request.host}{request.path}"
        if place == f"{NEW_API}/api/status":
            return Reply(200, {"success": True, "data": {**_STATUS, "quota_display_type": "USD"}})
        if place == f"{ONE_API}/api/status":
            return Reply(200, {"success": True, "data": _STATUS})
        if place.startswith(f"{CLAUDE}/apiStats/api/") and request.method == "POST":
            return self._claude(request)
        if place == f"{NEW_API}/api/usage/token":
            return Reply(301, b"", {"location": f"https://{place}/"})
        page = _PAGES.get(place)
        if page is None:
            return Reply(404, {"error": "Not Found"})
        name = next((key.name for key in KEYS if key.value == request.bearer), "")
        told = page.get(name, _REFUSED[request.host])
        return told if isinstance(told, Reply) else Reply(200, told)

    def _claude(self, request: Request) -> Reply:
        sent = request.json() if callable(request.json) else request.json
        if sent == {"apiKey": KEYS[-1].value}:
            return Reply(200, {"success": True, "data": {"id": KEY_ID}})
        if sent == {"apiId": KEY_ID}:
            data = {"id": KEY_ID, "name": "laptop", "limits": _LIMITS}
            return Reply(200, {"success": True, "data": data})
        return _REFUSED[CLAUDE]


SERVER = Relays(keys=KEYS, pages={}, refused=Reply(401, {}))
