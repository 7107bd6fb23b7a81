"""GLM: Z.ai and the Chinese BigModel, two sites with keys of the same form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ..clock import DAY, HOUR, MONTH, WEEK, Clock
from ..keys import Key, secret
from ..message import Reply, Request

REGIONS = {
    "api.z.ai": "intl",
    "open.bigmodel.cn": "cn",
    "www.bigmodel.cn": "cn",
    "bigmodel.cn": "cn",
    "dev.bigmodel.cn": "cn",
}
QUOTA_PATH = "/api/monitor/usage/quota/limit"
FALLBACK_PATH = "/api/monitor/usage"
SUBSCRIPTION_PATH = "/api/biz/subscription/list"
CARDS_PATH = "/api/biz/customer-package-reset/list"
BALANCE_PATH = "/api/biz/account/query-customer-account-report"
TEAM = {"organization": "org-synthetic", "project": "proj_synthetic"}
CHINA = timezone(timedelta(hours=8))


def _key(number: int, name: str, word: str, region: str, about: str, **scopes: str) -> Key:
    return Key(name, secret(f"{number:032x}.", word, 16), "glm", region, about, scopes=scopes)


KEYS = (
    _key(1, "glm-intl", "Intl", "intl", "Pro: 5 h 36 %, week 21 % used; MCP 88 of 1000"),
    _key(2, "glm-cn", "Cn", "cn", "Lite in credits: 5 h 44 %, week 63 % used; ¥56.70"),
    _key(3, "glm-no-plan-intl", "NoPlan", "intl", "valid, no coding plan"),
    _key(4, "glm-no-plan-cn", "NoPlan", "cn", "valid, no coding plan; ¥56.70"),
    _key(
        5, "glm-team-cn", "TeamCn", "cn", "with its scopes and type=2: 5 h 19 %, week 33 %", **TEAM
    ),
    _key(6, "glm-fallback-intl", "OldIntl", "intl", "refused on quota/limit, served on its parent"),
)
_KNOWN = {key.value: key for key in KEYS}


def _window(
    clock: Clock, kind: str, unit: int, number: int, used: int, ends_in: int, **more: Any
) -> dict[str, Any]:
    length = {3: HOUR * number, 5: MONTH, 6: WEEK}[unit]
    return {
        "type": kind,
        "unit": unit,
        "number": number,
        **more,
        "percentage": used,
        "nextResetTime": clock.upcoming(ends_in, length) * 1000 + 997,
    }


def _counts(total: int, used: int, remaining: int) -> dict[str, Any]:
    return {"usage": total, "currentValue": used, "remaining": remaining}


def _pro(clock: Clock) -> dict[str, Any]:
    tools = {"search-prime": 61, "web-reader": 22, "zread": 5}
    details = [{"modelCode": code, "usage": usage} for code, usage in tools.items()]
    return {
        "limits": [
            _window(
                clock, "TIME_LIMIT", 5, 1, 8, 22 * DAY,
                **_counts(1000, 88, 912), usageDetails=details,
            ),
            _window(clock, "TOKENS_LIMIT", 3, 5, 36, 2 * HOUR),
            _window(clock, "TOKENS_LIMIT", 6, 1, 21, 4 * DAY),
        ],
        "level": "pro",
    }  # fmt: skip


def _lite(clock: Clock) -> dict[str, Any]:
    return {
        "limits": [
            _window(clock, "CREDIT_LIMIT", 3, 5, 44, HOUR, **_counts(2000, 893, 1106)),
            _window(clock, "CREDIT_LIMIT", 6, 1, 63, 2 * DAY, **_counts(10000, 6351, 3648)),
        ],
        "level": "lite",
    }


def _team(clock: Clock) -> dict[str, Any]:
    return {
        "level": "team",
        "limits": [
            _window(clock, "TOKENS_LIMIT", 3, 5, 19, 2 * HOUR),
            _window(clock, "TOKENS_LIMIT", 6, 1, 33, 5 * DAY),
            _window(
                clock, "TIME_LIMIT", 5, 1, 5, 20 * DAY,
                **_counts(2000, 103, 1897), usageDetails=[],
            ),
        ],
    }  # fmt: skip


PLANS: Mapping[str, Callable[[Clock], dict[str, Any]]] = {
    "glm-intl": _pro,
    "glm-cn": _lite,
    "glm-team-cn": _team,
    "glm-fallback-intl": _pro,
}
PRODUCTS = {"glm-intl": "GLM Coding Pro", "glm-cn": "GLM Coding Lite"}


def refusal(code: int, message: str) -> Reply:
    """Make an error in the form of GLM: inside a 200."""
    return Reply(body={"code": code, "msg": message, "success": False})


def wrong_key() -> Reply:
    """Refuse a key that is unknown, or belongs to the other site."""
    return refusal(401, "token expired or incorrect")


def _success(request: Request, data: Any) -> Reply:
    message = "Operation successful" if _english(request) else "操作成功"
    return Reply(body={"code": 200, "msg": message, "data": data, "success": True})


def _no_plan(request: Request) -> Reply:
    english = _english(request)
    return refusal(
        500, "current user has no coding plan" if english else "当前用户不存在coding plan"
    )


def _english(request: Request) -> bool:
    return (request.header("accept-language") or "").startswith("en")


def _total(points: list[int | None]) -> int:
    return sum(point or 0 for point in points)


class GLM:
    """Both sites of GLM."""

    hosts = tuple(REGIONS)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        routes = {
            QUOTA_PATH: self._quota,
            FALLBACK_PATH: self._quota,
            f"{FALLBACK_PATH}/model-usage": self._models,
            f"{FALLBACK_PATH}/tool-usage": self._tools,
            SUBSCRIPTION_PATH: self._subscription,
            CARDS_PATH: self._cards,
        }
        if request.host == "www.bigmodel.cn":
            routes[BALANCE_PATH] = self._balance
        route = routes.get(request.path)
        if route is None:
            return Reply(404, {"status": 404, "error": "Not Found", "path": request.path})
        if request.method != "GET":
            return refusal(500, f"Request method '{request.method}' not supported")
        header = request.header("authorization")
        if not header:
            return refusal(
                1001, "Authentication parameter not received in Header, unable to authenticate"
            )
        key = _KNOWN.get(request.bearer or header)
        if key is None or key.region != REGIONS[request.host]:
            return wrong_key()
        return route(request, key)

    def _quota(self, request: Request, key: Key) -> Reply:
        if key.name == "glm-fallback-intl" and request.path == QUOTA_PATH:
            return wrong_key()
        asked = {name: request.header(f"bigmodel-{name}") for name in TEAM}
        if key.name not in PLANS or (
            key.scopes and (asked != key.scopes or request.value("type") != "2")
        ):
            return _no_plan(request)
        return _success(request, PLANS[key.name](self._clock))

    def _balance(self, request: Request, key: Key) -> Reply:
        return _success(
            request,
            {
                "balance": 58.2,
                "availableBalance": 56.7,
                "rechargeAmount": 200.0,
                "giveAmount": 30.0,
                "totalSpendAmount": 171.8,
                "frozenBalance": 1.5,
            },
        )

    def _subscription(self, request: Request, key: Key) -> Reply:
        if key.name not in PRODUCTS:
            return _success(request, [])
        renewal = self._date(self._clock.upcoming(22 * DAY, MONTH))
        begun = self._date(self._clock.upcoming(22 * DAY, MONTH) - MONTH)
        subscription = {
            "id": "200001",
            "customerId": "90000000000000001",
            "agreementNo": None,
            "productName": PRODUCTS[key.name],
            "status": "VALID",
            "purchaseTime": f"{begun} 03:12:44",
            "valid": f"{begun} 03:12:44-{renewal} 03:12:44",
            "autoRenew": 1,
            "initialPrice": 15.0,
            "actualPrice": 15.0,
            "currentPeriod": 1,
            "currentRenewTime": begun,
            "nextRenewTime": renewal,
            "billingCycle": "monthly",
            "inCurrentPeriod": True,
            "paymentChannel": "STRIPE",
        }
        return _success(request, [subscription])

    def _cards(self, request: Request, key: Key) -> Reply:
        data: dict[str, Any] = {
            "customerId": 90000000000000001,
            "targetType": request.value("targetType"),
            "lastWeekResetTime": None,
            "fiveHourResets": [],
            "weekResets": [],
        }
        return _success(request, data)

    def _models(self, request: Request, key: Key) -> Reply:
        if not (request.value("startTime") and request.value("endTime")):
            return refusal(500, "startTime and endTime are required")
        seen = [self._is_asked(request, back) for back in (2, 1, 0)]
        calls = [told if s else None for s, told in zip(seen, (14, None, 3))]
        air = [told if s else None for s, told in zip(seen, (12000, None, 9500))]
        main = [told if s else None for s, told in zip(seen, (170000, None, 31000))]
        tokens = [None if m is None else m + (a or 0) for m, a in zip(main, air)]
        totals = {"glm-4.7": _total(main), "glm-4.5-air": _total(air)}
        return _success(
            request,
            {
                "x_time": self._hours(3),
                "modelCallCount": calls,
                "tokensUsage": tokens,
                "totalUsage": {
                    "totalModelCallCount": _total(calls),
                    "totalTokensUsage": _total(tokens),
                    "modelSummaryList": [
                        {"modelName": name, "totalTokens": total, "sortOrder": order}
                        for order, (name, total) in enumerate(totals.items(), 1)
                    ],
                },
                "modelDataList": [
                    {"modelName": "glm-4.7", "tokensUsage": main},
                    {"modelName": "glm-4.5-air", "tokensUsage": air},
                ],
            },
        )

    def _is_asked(self, request: Request, back: int) -> bool:
        """Tell whether the hour ``back`` hours ago is in the window, which is in UTC+8."""
        moment = self._clock.now() - HOUR * back - 300  # the last use was five minutes ago
        at = f"{datetime.fromtimestamp(moment, CHINA):%Y-%m-%d %H:%M:%S}"
        start, end = (request.value(name) or "" for name in ("startTime", "endTime"))
        return start <= at <= end

    def _tools(self, request: Request, key: Key) -> Reply:
        if not (request.value("startTime") and request.value("endTime")):
            return refusal(500, "startTime and endTime are required")
        return _success(
            request,
            {
                "x_time": self._hours(2),
                "networkSearchCount": [4, None],
                "webReadMcpCount": [1, 2],
                "zreadMcpCount": [None, None],
                "totalUsage": {
                    "totalNetworkSearchCount": 4,
                    "totalWebReadMcpCount": 3,
                    "totalZreadMcpCount": 0,
                    "totalSearchMcpCount": 4,
                    "toolSummaryList": [],
                },
            },
        )

    def _date(self, epoch: int) -> str:
        return f"{datetime.fromtimestamp(epoch, CHINA):%Y-%m-%d}"

    def _hours(self, count: int) -> list[str]:
        now = self._clock.now()
        moments = [now - HOUR * back for back in reversed(range(count))]
        return [f"{datetime.fromtimestamp(moment, CHINA):%Y-%m-%d %H:00}" for moment in moments]
