from __future__ import annotations

import copy
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.profiles import scaled
from tests.providers.contract import JUNK, document
from tests.said import english
from workflow.codex import limits
from workflow.errors import UnexpectedResponse
from workflow.models import Balance, Quota

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=timezone.utc)
PLUS = document("codex/rate_limits.plus.json")
TEAM = document("codex/rate_limits.team.json")


def window(label: str, used: int, seconds: int, reset: int, **more: Any) -> Quota:
    resets_at = datetime.fromtimestamp(reset, timezone.utc)
    share = Decimal(used)
    return Quota(label, "%", share, Decimal(100), 100 - share, seconds, resets_at, **more)


def test_a_plan_has_its_windows_credits_and_name() -> None:
    usage = limits.parse(PLUS["account"], PLUS["limits"], NOW)
    assert usage.quotas == (
        window("5 hours", 25, 18000, 1791198000),
        window("Weekly", 41, 604800, 1791450000),
    )
    assert usage.balances == (Balance(Decimal("12.5"), "credits", role="reserve"),)
    assert (usage.plan, usage.blocked) == ("Plus", None)


def test_a_workspace_has_a_limit_of_spending_and_lanes_beside_in_either_spelling() -> None:
    usage = limits.parse(TEAM["account"], TEAM["limits"], NOW)
    labels = [(quota.label, quota.role) for quota in usage.quotas]
    assert ("Weekly", "binding") in labels
    assert ("Credit limit", "binding") in labels
    assert ("GPT-5.3-Codex-Spark · 5 hours", "secondary") in labels
    assert [q.remaining for q in usage.quotas if q.label == "Credit limit"] == [Decimal("1184.75")]
    assert usage.plan == "Team"


def test_credits_that_are_gone_block() -> None:
    told = copy.deepcopy(PLUS["limits"])
    told["rateLimits"]["rateLimitReachedType"] = "workspace_member_credits_depleted"
    usage = limits.parse(PLUS["account"], told, NOW)
    assert usage.blocked is not None
    assert usage.blocked.kind == "credits"


def test_what_is_told_stands_where_the_page_of_chatgpt_has_it() -> None:
    main = {
        "limit_id": "codex",
        "plan_type": "pro",
        "primary": {"used_percent": 1, "window_duration_mins": 300, "resets_at": 5},
        "secondary": {"used_percent": 2, "window_duration_mins": None},
        "credits": {"balance": "3"},
        "individual_limit": {"limit": "4"},
        "spend_control_reached": False,
        "rate_limit_reached_type": "rate_limit_reached",
    }
    lanes = {
        "same": main,
        "codex": {**main, "credits": None},
        "junk": 7,
        "named": {"limit_name": "Spark", "primary": None, "secondary": {"used_percent": 6}},
        "unnamed": {},
    }
    many: dict[str, Any] = {f"more {place}": {} for place in range(20)}
    told = {"rate_limits": main, "rate_limits_by_limit_id": {**lanes, **many}}
    page = limits.as_page({"account": {"plan_type": "plus"}}, told)
    spark = {"used_percent": 6, "limit_window_seconds": None, "reset_at": None}
    lane = {"limit_name": "Spark", "rate_limit": {"secondary_window": spark}}
    assert page.pop("additional_rate_limits") == [
        lane,
        {"limit_name": "unnamed", "rate_limit": {}},
        *({"limit_name": name, "rate_limit": {}} for name in list(many)[:15]),
    ]
    assert page == {
        "plan_type": "pro",
        "rate_limit": {
            "primary_window": {"used_percent": 1, "limit_window_seconds": 18000, "reset_at": 5},
            "secondary_window": {"used_percent": 2, "limit_window_seconds": None, "reset_at": None},
        },
        "credits": {"balance": "3"},
        "spend_control": {"individual_limit": {"limit": "4"}, "reached": False},
        "rate_limit_reached_type": "rate_limit_reached",
    }
    assert limits.as_page({"account": {"plan_type": "plus"}}, {})["plan_type"] == "plus"


FULL = {"primary": {"usedPercent": 100, "windowDurationMins": 300, "resetsAt": 1791198000}}


HOURS, CREDITS, CAP = ("5 hours", "binding"), ("Credits", "reserve"), ("Credit limit", "binding")
DEPLETED = "workspace_member_credits_depleted"


@pytest.mark.parametrize(
    ("told", "quotas", "balance", "said"),
    [
        ({**FULL, "credits": {"unlimited": True}}, [HOURS, CREDITS], None, ""),
        ({**FULL, "credits": {"hasCredits": True}}, [HOURS, CREDITS], None, "amount is not reported"),
        ({**FULL, "credits": {"balance": "7"}}, [HOURS], (7, "reserve"), ""),
        ({"credits": {"balance": "7"}}, [], (7, "binding"), ""),
        ({"individualLimit": {"limit": "4", "used": "4"}, "credits": {"balance": "0"}}, [CAP], None, ""),
        ({**FULL, "credits": {"balance": "7"}, "rateLimitReachedType": "rate_limit_reached"}, [HOURS], (7, "reserve"), ""),
        ({"primary": {"usedPercent": 50, "windowDurationMins": 300}, "credits": {"balance": "7"}, "rateLimitReachedType": "rate_limit_reached"},
            [HOURS], (7, "reserve"), "credits keep working"),
        ({**FULL, "rateLimitReachedType": "rate_limit_reached"}, [HOURS], None, ""),
        ({"individualLimit": {"limit": "4", "used": "3"}, "planType": "self_serve_business_usage_based", "credits": {"balance": "0"}},
            [CAP], None, ""),
        ({"rateLimitReachedType": DEPLETED, "planType": "self_serve_business_usage_based", "credits": {"balance": "0"}}, [], (0, "binding"), ""),
    ],
)  # fmt: skip
def test_credits_stand_behind_what_a_plan_has(
    told: dict[str, Any],
    quotas: list[tuple[str, str]],
    balance: tuple[int, Literal["binding", "reserve"]] | None,
    said: str,
) -> None:
    usage = limits.parse({}, {"rateLimits": told}, NOW)
    assert [(quota.label, quota.role) for quota in usage.quotas] == quotas
    made = [Balance(Decimal(balance[0]), "credits", role=balance[1])] if balance else []
    assert list(usage.balances) == made
    assert said in english(usage.notice)
    assert bool(said) == (usage.notice is not None)
    assert (usage.blocked is not None) == (told.get("rateLimitReachedType") == DEPLETED)


HALF = {"primary": {"usedPercent": 50, "windowDurationMins": 300, "resetsAt": 1791198000}}
MONEY = {"credits": {"hasCredits": True, "balance": "7"}}


@pytest.mark.parametrize(
    ("limit", "allowed", "kind", "alert", "said"),
    [
        (HALF, True, None, False, ""),
        (HALF, None, None, False, ""),
        (HALF, False, "other", False, ""),
        ({**HALF, **MONEY}, False, None, False, "credits keep working"),
        (FULL, False, None, True, ""),  # is visible by itself
        ({**FULL, **MONEY}, False, None, False, ""),
        (FULL, True, None, False, ""),
        ({**HALF, "spendControlReached": True}, True, "spend_limit", False, ""),
        ({**HALF, **MONEY, "spendControlReached": True}, False, "spend_limit", False, ""),
        ({**HALF, "spendControlReached": False}, None, None, False, ""),
    ],
)
def test_work_may_be_refused_although_windows_have_room(
    limit: dict[str, Any], allowed: bool | None, kind: str | None, alert: bool, said: str
) -> None:
    told = {"rateLimits": limit, "ordinaryUsageAllowed": allowed}
    usage = limits.parse({}, told, NOW)
    assert (usage.blocked and usage.blocked.kind) == kind
    assert [quota.alert for quota in usage.quotas] == [alert]
    assert said in english(usage.notice)


def test_a_reset_may_be_told_by_the_seconds_until_then() -> None:
    window = {"usedPercent": 1, "windowDurationMins": 300, "resetsAt": 3600}
    told = {
        "rateLimits": {
            "primary": window,
            "individualLimit": {"limit": "4", "used": "4", "resetsAt": 3600},
            "rateLimitReachedType": "workspace_member_usage_limit_reached",
        },
        "rateLimitsByLimitId": {"Spark": {"primary": window}},
    }
    usage = limits.parse({"account": {"planType": "plus"}}, told, NOW)
    assert [quota.resets_at for quota in usage.quotas] == [NOW + timedelta(hours=1)] * 3
    assert usage.blocked is not None
    assert usage.blocked.until == NOW + timedelta(hours=1)
    assert usage.plan == "Plus"  # only the account says so


def test_a_block_alone_is_an_answer() -> None:
    usage = limits.parse({}, {"rateLimits": {"rateLimitReachedType": DEPLETED}}, NOW)
    assert (usage.quotas, usage.balances) == ((), ())
    assert usage.blocked is not None


@pytest.mark.parametrize(
    "told", [None, {}, [], {"rateLimits": None}, {"rateLimits": {"primary": {}}}]
)
def test_nothing_told_is_no_answer(told: object) -> None:
    with pytest.raises(UnexpectedResponse):
        limits.parse(None, told, NOW)


@settings(
    database=None,
    deadline=None,
    max_examples=scaled(100),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.data())
def test_whatever_is_told_it_reads_or_says_so(data: st.DataObject) -> None:
    told = copy.deepcopy(data.draw(st.sampled_from([PLUS, TEAM]))["limits"])
    for _ in range(data.draw(st.integers(1, 3))):
        box = told
        while True:
            key = data.draw(st.sampled_from(sorted(box)))
            if not isinstance(box[key], dict) or not box[key] or data.draw(st.booleans()):
                break
            box = box[key]
        box[key] = data.draw(JUNK)
    with suppress(UnexpectedResponse):
        usage = limits.parse(data.draw(JUNK), told, NOW)
        assert usage.quotas or usage.balances or usage.blocked
        for quota in usage.quotas:
            assert quota.used is None or quota.used >= 0
