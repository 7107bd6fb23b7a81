"""KIMI: the Moonshot open platform in two regions, and Kimi Code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..clock import DAY, HOUR, WEEK, Clock, iso
from ..keys import Key, secret
from ..message import Reply, Request

REGIONS = {"api.moonshot.ai": "intl", "api.moonshot.cn": "cn", "api.kimi.com": ""}
CODE_HOST = "api.kimi.com"


def _key(name: str, prefix: str, word: str, region: str, about: str) -> Key:
    return Key(name, secret(prefix, word, 48), "kimi", region, about)


KEYS = (
    _key("kimi-intl", "sk-", "Intl", "intl", "$12.40"),
    _key("kimi-cn", "sk-", "Cn", "cn", "¥63.90218: cash ¥48.90218, voucher ¥15"),
    _key("kimi-debt-cn", "sk-", "DebtCn", "cn", "¥9.10 voucher, cash ¥-2.37"),
    _key("kimi-zero-intl", "sk-", "ZeroIntl", "intl", "$0"),
    _key("kimi-code", "sk-kimi-", "Code", "", "Allegretto: week 31 %, 5 h 12 % used"),
    _key("kimi-code-fresh", "sk-kimi-", "Fresh", "", "nothing used, and `used` left out"),
    _key("kimi-code-no-plan", "sk-kimi-", "NoPlan", "", "valid, no membership: 403"),
)
_KNOWN = {key.value: key for key in KEYS}

BALANCES: Mapping[str, dict[str, Any]] = {
    "kimi-intl": {"available_balance": 12.4, "voucher_balance": 0, "cash_balance": 12.4},
    "kimi-cn": {"available_balance": 63.90218, "voucher_balance": 15, "cash_balance": 48.90218},
    "kimi-debt-cn": {"available_balance": 9.1, "voucher_balance": 9.1, "cash_balance": -2.37},
    "kimi-zero-intl": {"available_balance": 0, "voucher_balance": 0, "cash_balance": 0},
}


def _detail(reset: int, remaining: int, **used: str) -> dict[str, Any]:
    return {
        "limit": "100",
        **used,
        "remaining": str(remaining),
        "resetTime": iso(reset, fraction=".415263235"),
    }


def _usages(level: str, region: str, week: dict[str, Any], hours: dict[str, Any]) -> dict[str, Any]:
    return {
        "user": {
            "userId": "user-synthetic",
            "region": region,
            "membership": {"level": level},
            "businessId": "",
        },
        "usage": week,
        "limits": [
            {"window": {"duration": 300, "timeUnit": "TIME_UNIT_MINUTE"}, "detail": hours},
        ],
        "parallel": {"limit": "20"},
        "totalQuota": {"limit": "100", "remaining": "86"},
        "authentication": {"method": "METHOD_API_KEY", "scope": "FEATURE_CODING"},
        "subType": "TYPE_PURCHASE",
    }


CODE: Mapping[str, Callable[[Clock], dict[str, Any]]] = {
    "kimi-code": lambda clock: _usages(
        "LEVEL_INTERMEDIATE",
        "REGION_OVERSEA",
        _detail(clock.upcoming(4 * DAY, WEEK), 69, used="31"),
        _detail(clock.upcoming(2 * HOUR, 5 * HOUR), 88, used="12"),
    ),
    "kimi-code-fresh": lambda clock: _usages(
        "LEVEL_BASIC",
        "REGION_CN",
        _detail(clock.upcoming(6 * DAY, WEEK), 100),
        _detail(clock.upcoming(5 * HOUR, 5 * HOUR), 100),
    ),
}


def refusal(status: int, kind: str, message: str) -> Reply:
    """Make an error in the form of both platforms."""
    return Reply(status, {"error": {"message": message, "type": kind}})


def wrong_key() -> Reply:
    """Refuse a key that the open platform does not know, or only in the other region."""
    return refusal(401, "invalid_authentication_error", "Invalid Authentication")


def wrong_code_key() -> Reply:
    """Refuse a key that Kimi Code does not know."""
    return refusal(
        401,
        "invalid_authentication_error",
        "The API Key appears to be invalid or may have expired. "
        "Please verify your credentials and try again.",
    )


class Kimi:
    """Both regions of the open platform, and Kimi Code."""

    hosts = tuple(REGIONS)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        code = request.host == CODE_HOST
        paths = ("/coding/v1/usages",) if code else ("/v1/users/me/balance", "/v1/users/me")
        if request.path not in paths or request.method != "GET":
            return self._unknown(request)
        key = _KNOWN.get(request.bearer or "")
        if key is None or key.region != REGIONS[request.host]:
            return wrong_code_key() if code else wrong_key()
        if code:
            return self._code(key)
        return self._me() if request.path == "/v1/users/me" else self._balance(key)

    def _unknown(self, request: Request) -> Reply:
        if request.host == CODE_HOST:
            return Reply(404, {"code": "not_found", "message": "not found"})
        body = {
            "code": 5,
            "error": "url.not_found",
            "message": "没找到对象",
            "method": request.method,
            "scode": "0x5",
            "status": False,
        }
        return Reply(404, body)

    def _balance(self, key: Key) -> Reply:
        return Reply(body={"code": 0, "data": BALANCES[key.name], "scode": "0x0", "status": True})

    def _me(self) -> Reply:
        data = {
            "access_key": {"id": "ak-synthetic0001"},
            "organization": {
                "id": "org-synthetic",
                "max_concurrency": 50,
                "max_request_per_minute": 200,
                "max_token_per_minute": 2000000,
                "max_token_quota": 75000000,
            },
            "project": {"id": "proj-synthetic"},
            "user": {"id": "user-synthetic", "user_state": "active"},
            "user_group_id": "tier-1",
        }
        return Reply(body={"code": 0, "data": data, "scode": "0x0", "status": True})

    def _code(self, key: Key) -> Reply:
        if key.name not in CODE:
            return refusal(
                403,
                "access_terminated_error",
                "Your current membership does not support this feature.",
            )
        return Reply(body=CODE[key.name](self._clock))
