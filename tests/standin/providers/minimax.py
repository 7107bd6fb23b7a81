"""MiniMax: token plans and pay-as-you-go, in two regions that refuse each other's keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..clock import DAY, HOUR, WEEK, Clock
from ..keys import Key, secret
from ..message import Reply, Request

REGIONS = {"api.minimax.io": "intl", "api.minimaxi.com": "cn", "api.minimax.cn": "cn"}
PLAN_PATHS = (
    "/v1/token_plan/remains",
    "/v1/api/openplatform/coding_plan/remains",
    "/v1/coding_plan/remains",
)
BALANCE_PATH = "/account/query_balance"


def _key(name: str, prefix: str, word: str, region: str, about: str) -> Key:
    return Key(name, secret(prefix, word, 100), "minimax", region, about)


KEYS = (
    _key("minimax-plan-intl", "sk-cp-", "PlanIntl", "intl", "5 h 73 %, week 58 % left; no video"),
    _key("minimax-plan-cn", "sk-cp-", "PlanCn", "cn", "5 h 91 %, week 64 % left; video 40 %, 88 %"),
    _key("minimax-exhausted-intl", "sk-cp-", "SpentIntl", "intl", "5 h spent, week 17 % left"),
    _key("minimax-boosted-intl", "sk-cp-", "BoostIntl", "intl", "5 h 82 % left x2; week unlimited"),
    _key("minimax-points-intl", "sk-cp-", "PointsIntl", "intl", "no plan, 2500 points"),
    _key(
        "minimax-payg-intl", "sk-api-", "PaygIntl", "intl", "$23.71, of it $5.00 voucher; no plan"
    ),
    _key(
        "minimax-payg-cn", "sk-api-", "PaygCn", "cn", "¥3.20, below its own alert of ¥10; no plan"
    ),
    _key(
        "minimax-payg-plan-intl", "sk-api-", "BothIntl", "intl", "$0.00 and a plan: 5 h 73 % left"
    ),
)
_KNOWN = {key.value: key for key in KEYS}


def _lane(
    clock: Clock,
    model: str,
    *,
    left: int,
    week_left: int,
    status: int = 1,
    week_status: int = 1,
    counts: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> dict[str, Any]:
    interval, ends_in = (5 * HOUR, 3 * HOUR) if model == "general" else (DAY, 15 * HOUR)
    end, week_end = clock.upcoming(ends_in, interval), clock.upcoming(4 * DAY, WEEK)
    total, count, week_total, week_count = counts
    return {
        "start_time": (end - interval) * 1000,
        "end_time": end * 1000,
        "remains_time": (end - clock.now()) * 1000,
        "current_interval_total_count": total,
        "current_interval_usage_count": count,
        "model_name": model,
        "current_weekly_total_count": week_total,
        "current_weekly_usage_count": week_count,
        "weekly_start_time": (week_end - WEEK) * 1000,
        "weekly_end_time": week_end * 1000,
        "weekly_remains_time": (week_end - clock.now()) * 1000,
        "current_interval_status": status,
        "current_interval_remaining_percent": left,
        "current_weekly_status": week_status,
        "current_weekly_remaining_percent": week_left,
    }


def _without_video(clock: Clock, general: dict[str, Any]) -> list[dict[str, Any]]:
    return [general, _lane(clock, "video", left=100, week_left=100, status=3, week_status=3)]


def _with_video(clock: Clock) -> list[dict[str, Any]]:
    return [
        _lane(clock, "video", left=40, week_left=88, counts=(5, 3, 25, 3)),
        _lane(clock, "general", left=91, week_left=64),
    ]


def _plus(clock: Clock) -> list[dict[str, Any]]:
    return _without_video(clock, _lane(clock, "general", left=73, week_left=58))


def _exhausted(clock: Clock) -> list[dict[str, Any]]:
    return _without_video(clock, _lane(clock, "general", left=0, week_left=17, status=2))


def _boosted(clock: Clock) -> list[dict[str, Any]]:
    general = _lane(clock, "general", left=82, week_left=100, week_status=3)
    return _without_video(clock, {**general, "interval_boost_permille": 2000})


PLANS: Mapping[str, Callable[[Clock], list[dict[str, Any]]]] = {
    "minimax-plan-intl": _plus,
    "minimax-plan-cn": _with_video,
    "minimax-exhausted-intl": _exhausted,
    "minimax-boosted-intl": _boosted,
    "minimax-payg-plan-intl": _plus,
}

BALANCES: Mapping[str, dict[str, Any]] = {
    "minimax-payg-intl": {
        "available_amount": "23.71",
        "cash_balance": "18.71",
        "voucher_balance": "5.00",
    },
    "minimax-payg-cn": {
        "available_amount": "3.20",
        "cash_balance": "3.20",
        "voucher_balance": "0.00",
        "balance_alert_switch": True,
        "balance_alert_threshold": "10.00",
    },
    "minimax-payg-plan-intl": {
        "available_amount": "0.00",
        "cash_balance": "0.00",
        "voucher_balance": "0.00",
    },
}


def refusal(code: int, message: str) -> Reply:
    """Make an error in the form of MiniMax: inside a 200."""
    return Reply(body={"base_resp": {"status_code": code, "status_msg": message}})


def wrong_key() -> Reply:
    """Refuse a key that is unknown, or known only in the other region."""
    return refusal(2049, "invalid api key")


def missing_key() -> Reply:
    """Refuse a request without a Bearer key."""
    return refusal(
        1004,
        "login fail: Please carry the API secret key in the 'Authorization' field of the "
        "request header",
    )


def _success(body: Mapping[str, Any]) -> Reply:
    return Reply(body={**body, "base_resp": {"status_code": 0, "status_msg": "success"}})


class MiniMax:
    """Both regions of MiniMax."""

    hosts = tuple(REGIONS)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        if request.path not in (*PLAN_PATHS, BALANCE_PATH):
            return Reply(404, {"error": "404 page not found"})
        if request.method != "GET":
            return Reply(405, {"error": "405 method not allowed"})
        if request.bearer is None:
            return missing_key()
        key = _KNOWN.get(request.bearer)
        if key is None or key.region != REGIONS[request.host]:
            return wrong_key()
        return self._balance(key) if request.path == BALANCE_PATH else self._plan(key)

    def _plan(self, key: Key) -> Reply:
        if key.name in PLANS:
            return _success({"model_remains": PLANS[key.name](self._clock)})
        none = {"status_code": 2062, "status_msg": "no active token plan subscription"}
        if key.name == "minimax-points-intl":
            return Reply(body={"base_resp": none, "data": {"points_balance": "2500"}})
        return Reply(body={"model_remains": None, "base_resp": none})

    def _balance(self, key: Key) -> Reply:
        if key.name not in BALANCES:
            return refusal(1004, "not authorized")
        return _success(
            {
                "credit_balance": "0.00",
                "owed_amount": "0.00",
                "balance_alert_switch": False,
                "balance_alert_threshold": "",
                **BALANCES[key.name],
            }
        )
