"""Reads the answers of ``codex app-server`` by converting them to the form of ChatGPT's page. Pure.

``account/rateLimits/read`` answers ``{"rateLimits": {"limitId": "codex", "limitName": null, "primary":
{"usedPercent": 25, "windowDurationMins": 300, "resetsAt": 1791198000}, "secondary": {…}, "credits":
{"hasCredits": true, "unlimited": false, "balance": "12.5"}, "individualLimit": {"limit": "2000", "used":
"815", "remainingPercent": 59, "resetsAt": …}, "spendControlReached": false, "planType": "plus",
"rateLimitReachedType": null}, "rateLimitsByLimitId": {"codex": {…}, "codex_other": {…}}, "ordinaryUsageAllowed":
true}``. Names also come in snake_case. Everything may be null or missing; a window is identified by its length, not
by its name. ``spendControlReached`` and ``ordinaryUsageAllowed``, which is about what the plan includes and not about
credits, may refuse work although every window has room.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..chatgpt import allowances, credits, plan
from ..chatgpt.pages import Documents
from ..errors import UnexpectedResponse
from ..models import Usage
from ..provider.notices import joined
from ..provider.reading import Fields, integer, mapping, snake, text

_MOST = 20  # limits beside the main one
_MINUTE = 60  # seconds


def parse(account: object, limits: object, at: datetime) -> Usage:
    """Read both answers. Raises UnexpectedResponse if they contain nothing.

    Args:
        account: the result of ``account/read``.
        limits: the result of ``account/rateLimits/read``.
        at: when they came, aware UTC.
    """
    usage = as_page(snake(account), snake(limits))
    documents = Documents(at, usage, None, None)
    amount = credits.amount(usage, {})
    pays = credits.pay(usage, amount)
    windows = allowances.lane_quotas(usage["rate_limit"], at, credits_pay=pays)
    counted = [
        *windows,
        *credits.limits(usage, at),
        *credits.without_number(usage, windows, amount),
    ]
    quotas = {quota.label: quota for quota in [*counted, *allowances.lanes(usage, at)]}
    balances = credits.balances(usage, windows, counted, amount)
    blocked = credits.blocked(usage, {}, {}, windows, amount, at)
    if not (quotas or balances or blocked):
        raise UnexpectedResponse
    notices = plan.credit_notices(documents, windows, amount, credits_pay=pays)
    return Usage(
        tuple(quotas.values()),
        balances,
        plan=plan.plan_of(documents, {}),
        notice=joined(*(message for _, message in notices)),
        blocked=blocked,
    )


def as_page(account: object, limits: object) -> dict[str, Any]:
    """Convert the answers to the form of ChatGPT's ``wham/usage``."""
    main = mapping(mapping(limits).get("rate_limits"))
    others = mapping(mapping(limits).get("rate_limits_by_limit_id"))
    own = text(main.get("limit_id"))
    person = mapping(mapping(account).get("account"))
    is_refused = mapping(limits).get("ordinary_usage_allowed") is False
    return {
        "plan_type": text(main.get("plan_type")) or text(person.get("plan_type")),
        "rate_limit": {**_windows(main), **({"limit_reached": True} if is_refused else {})},
        "additional_rate_limits": [
            {"limit_name": text(limit.get("limit_name")) or name, "rate_limit": _windows(limit)}
            for name, limit in list(others.items())[:_MOST]
            if isinstance(limit, dict) and name != own and limit != main
        ],
        "credits": main.get("credits"),
        "spend_control": {
            "individual_limit": main.get("individual_limit"),
            "reached": main.get("spend_control_reached"),
        },
        "rate_limit_reached_type": main.get("rate_limit_reached_type"),
    }


def _windows(limit: Fields) -> Fields:
    return {
        f"{place}_window": _window(mapping(limit.get(place)))
        for place in ("primary", "secondary")
        if limit.get(place) is not None
    }


def _window(limit: Fields) -> Fields:
    minutes = integer(limit.get("window_duration_mins"))
    return {
        "used_percent": limit.get("used_percent"),
        "limit_window_seconds": None if minutes is None else minutes * _MINUTE,
        "reset_at": limit.get("resets_at"),
    }
