"""ChatGPT's credits and refusals: every limit, every way to be blocked, and what a junk field costs."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import stored
from tests.profiles import scaled
from tests.providers.contract import JUNK, NOW
from tests.said import Phrase, english
from tests.scripts.verbs.test_list import VALID
from tests.standin import Reply, StandIn
from tests.standin.people import PEOPLE
from workflow.chatgpt import credits
from workflow.chatgpt import pages as pages_
from workflow.display import json_report
from workflow.display.row import row_of
from workflow.display.summary import spoken
from workflow.models import Account, Balance, Quota, Snapshot, Usage
from workflow.provider.reading import number
from workflow.providers import chatgpt
from workflow.refresh import run as refresh
from workflow.settings import Settings
from workflow.state import ranking
from workflow.state import state as states
from workflow.state import status as statuses

ACCOUNT = Account("c1", "chatgpt", "Main")
SOON, LATER = NOW + timedelta(hours=2), NOW + timedelta(days=3)


def window(used: object, seconds: int = 18000, resets: datetime = SOON) -> dict[str, Any]:
    return {
        "used_percent": used,
        "limit_window_seconds": seconds,
        "reset_at": int(resets.timestamp()),
    }


def cap(used: object, limit: object, **more: Any) -> dict[str, Any]:
    return {"limit": str(limit), "used": str(used), "reset_at": int(LATER.timestamp()), **more}


def read(usage: Mapping[str, Any], **pages: Any) -> Usage:
    return chatgpt.parse(pages_.Documents(NOW, {"plan_type": "business", **usage}, **pages))


def status(usage: Usage) -> statuses.Status:
    return statuses.status(ACCOUNT, Snapshot("c1", usage, NOW), Settings())


def rate(*used: object, **more: Any) -> dict[str, Any]:
    lengths = (18000, 604800)
    windows = {
        name: window(share, seconds, resets)
        for name, share, seconds, resets in zip(
            ("primary_window", "secondary_window"), used, lengths, (SOON, LATER)
        )
    }
    return {"rate_limit": {"allowed": True, "limit_reached": False, **windows, **more}}


# Refusals

MEMBER = {"rate_limit_reached_type": {"type": "workspace_member_usage_limit_reached"}}
OWNER = {"rate_limit_reached_type": "workspace_owner_usage_limit_reached"}
HELD = {"has_credits": True, "unlimited": False, "balance": "30"}
NODE = {"account": {"account_id": "w", "account_user_role": "account-owner"}}


@pytest.mark.parametrize(
    ("told", "kind", "says"),
    [
        (
            {**rate(3, 8, allowed=False), "rate_limit_reached_type": "rate_limit_reached"},
            "other",
            "the usage limit is reached, wait for the next reset",
        ),
        (rate(3, 8, limit_reached=True), "other", "the usage limit is reached"),
        (rate(3, 8, allowed=False), "other", "refuses requests without giving a reason"),
        (rate(allowed=False), "other", "refuses requests without giving a reason"),
        ({**rate(3), "rate_limit_reached_type": "seat_paused"}, "other", "requests (Seat paused)"),
        ({**rate(99), "rate_limit_reached_type": {"type": "a\x00b\nc"}}, "other", "(Ab c)"),
        (
            {**rate(100), "rate_limit_reached_type": "seat_paused"},
            "other",
            "requests (Seat paused)",
        ),
        (
            {**rate(40), "rate_limit_reached_type": {"type": "workspace_owner_credits_depleted"}},
            "credits",
            "workspace credits are used up, add some in its settings",
        ),
        (
            {**rate(0), "rate_limit_reached_type": {"type": "workspace_member_credits_depleted"}},
            "credits",
            "ask the owner to add some",
        ),
        (
            {"rate_limit": None, **MEMBER},
            "spend_limit",
            "the workspace's usage limit is reached, ask the workspace owner to raise it",
        ),
        (
            {**rate(1), **OWNER},
            "spend_limit",
            "the workspace's usage limit is reached, raise it in the settings",
        ),
        ({**rate(1), "spend_control": {"reached": True}}, "spend_limit", "the credit limit is"),
        (
            {**rate(1), "spend_control": {"reached": True, "reached_limit_type": "role_budget"}},
            "spend_limit",
            "your role's credit limit is reached",
        ),
        (
            {**rate(1), "spend_control": {"reached_limit_type": {"type": "team_pool_limit"}}},
            "spend_limit",
            "the credit limit “Team pool” is reached",
        ),
        (
            {**rate(100, limit_reached=True), "credits": {**HELD, "overage_limit_reached": True}},
            "spend_limit",
            "the spending limit of extra credits is reached",
        ),
        ({"credits": {**HELD, "overage_limit_reached": True}}, "spend_limit", "extra credits"),
        ({**rate(100, allowed=False), "credits": HELD}, "other", "refuses requests"),
        (
            {**rate(3, limit_reached=True), "credits": {**HELD, "balance": 0}},
            "other",
            "usage limit",
        ),
    ],
)
def test_every_way_to_refuse_work_is_a_block(told: Any, kind: str, says: str) -> None:
    usage = read(told)
    assert usage.blocked is not None
    assert usage.blocked.kind == kind
    assert says in english(usage.blocked.reason)
    assert usage.notice is None  # said once
    assert status(usage).level == "critical"
    assert status(usage).is_blocked


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (rate(40, 7), None),
        (rate(100, 12, allowed=False, limit_reached=True), "spent"),
        (
            {**rate(12, 100, allowed=False), "credits": {"has_credits": False, "balance": "0"}},
            "spent",
        ),
        ({**rate(100, limit_reached=True), "credits": HELD}, "reserve"),
        ({**rate(100, limit_reached=True), "credits": {**HELD, "balance": None}}, "reserve"),
        ({**rate(100, limit_reached=True), "credits": {"unlimited": True}}, "reserve"),
        (
            {**rate(100), "rate_limit_reached_type": "rate_limit_reached", "credits": HELD},
            "reserve",
        ),
        (
            {**rate(30), "spend_control": {"reached": False, "reached_limit_type": "individual"}},
            None,
        ),
        ({**rate(30), "spend_control": {"reached": "true", "individual_limit": cap(1, 9)}}, None),
        ({**rate(30), "credits": {**HELD, "overage_limit_reached": True}}, None),
        ({**rate(30), "rate_limit_reached_type": {"type": None}}, None),
    ],
)
def test_what_a_window_says_or_credits_pay_is_no_block(told: Any, cause: str | None) -> None:
    usage = read(told)
    found = status(usage)
    assert usage.blocked is None
    assert (found.reason.kind if found.reason else None) == cause
    assert cause != "reserve" or found.level == "low"
    assert usage.notice is None or "reached" not in english(usage.notice)


def test_credits_that_pay_without_a_full_window_are_said() -> None:
    usage = read({**rate(60, limit_reached=True), "credits": HELD})
    assert usage.notice == Phrase(
        "limit reached, credits keep working", "已达用量上限，可继续使用积分"
    )
    assert usage.balances == (Balance(Decimal(30), "credits", role="reserve"),)


@pytest.mark.parametrize(
    ("node", "kind", "says"),
    [
        ({"account": {"is_deactivated": True}}, "suspended", "this workspace is deactivated"),
        ({"entitlement": {"is_delinquent": True}}, "payment", "ask the workspace owner to pay"),
        ({**NODE, "entitlement": {"is_delinquent": True}}, "payment", "pay the bill at chatgpt"),
        (
            {
                "entitlement": {
                    "is_delinquent": True,
                    "grace_period_end_timestamp": int((NOW - timedelta(days=1)).timestamp()),
                }
            },
            "payment",
            "payment is overdue",
        ),
    ],
)
def test_what_the_subscription_refuses(node: dict[str, Any], kind: str, says: str) -> None:
    usage = read({**rate(3), "account_id": "w"}, accounts={"accounts": {"w": node}})
    assert usage.blocked is not None
    assert (usage.blocked.kind, says in english(usage.blocked.reason)) == (kind, True)
    if kind == "payment":
        page = {"is_delinquent": True}
        assert read(rate(3), subscription=page).blocked is not None


def test_a_grace_period_that_runs_is_no_block() -> None:
    ends = int((NOW + timedelta(days=2)).timestamp())
    right = {"is_delinquent": True, "grace_period_end_timestamp": ends}
    usage = read(rate(3), accounts={"accounts": {"default": {"entitlement": right}}})
    assert usage.blocked is None
    assert usage.notice is not None
    assert english(usage.notice).startswith("payment overdue, grace until 7 Oct 2026")


def test_the_gravest_reason_is_the_only_one() -> None:
    told = {
        **rate(100, allowed=False),
        **MEMBER,
        "spend_control": {"reached": True, "reached_limit_type": "group_shared"},
    }
    usage = read(told)
    assert usage.blocked is not None
    assert usage.blocked.reason == Phrase(
        "your group's shared credit limit is reached, ask the workspace owner to raise it",
        "群组共享积分用量已达上限，请联系工作区所有者提高",
    )
    closed = {"account": {"is_deactivated": True}}
    usage = read(told, accounts={"accounts": {"default": closed}})
    assert usage.blocked is not None
    assert usage.blocked.kind == "suspended"


@pytest.mark.parametrize(
    ("told", "until"),
    [
        ({**rate(3), "spend_control": {"reached": True, "individual_limit": cap(9, 9)}}, LATER),
        ({**rate(3), "spend_control": {"reached": True, "individual_limit": cap(2, 9)}}, None),
        ({**rate(100, 100, allowed=False), "credits": HELD}, None),
        ({**rate(100, 100, limit_reached=True), "rate_limit_reached_type": "new"}, LATER),
        ({**rate(100, 8, allowed=False, limit_reached=True), "credits": HELD}, SOON),
        ({**rate(20, 8, allowed=False), "rate_limit_reached_type": "rate_limit_reached"}, None),
    ],
)
def test_until_when(told: Any, until: datetime | None) -> None:
    blocked = read(told).blocked
    assert blocked is not None
    assert blocked.until == until


# Limits


def test_all_limits_are_told() -> None:
    control = {
        "reached": False,
        "individual_limit": cap(10, 100),
        "group_default_limit": {"group_id": "g", "group_name": "Lab", "details": cap(30, 200)},
        "group_shared_limit": {"group_name": "Lab", "details": cap(5, 50)},
        "workspace_default_limit": {"details": cap(1, 3), "limit": None},
        "role_budget_limit": {"remaining_percent": 35, "details": None},
        "workspace_shared_limit": cap(40, 5000),
        "night_shift_limit": cap(7, 8),
        "junk_limit": "junk",
        "no_limit": {"enabled": True},
    }
    usage = read({"spend_control": control})
    found: list[Any] = [(q.label, q.unit, q.used, q.limit, q.role, q.alert) for q in usage.quotas]
    assert found == [
        ("Credit limit", "credits", 10, 100, "binding", False),
        ("Group · Credit limit", "credits", 30, 200, "binding", False),
        ("Group · Shared limit", "credits", 5, 50, "binding", False),
        ("Workspace · Credit limit", "credits", 1, 3, "binding", False),
        ("Role · Credit limit", "%", 65, 100, "binding", False),
        ("Workspace · Shared limit", "credits", 40, 5000, "binding", False),
        ("Night shift · Credit limit", "credits", 7, 8, "binding", False),
    ]
    assert usage.notice == Phrase("group Lab", "群组 Lab")
    assert status(usage).headline == usage.quotas[-1]
    assert all(quota.resets_at == LATER for quota in usage.quotas if quota.unit == "credits")


@pytest.mark.parametrize("name", [*credits._LIMITS, "night_shift"])
@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("left", [0, 12])
def test_the_reached_limit_leads_and_the_others_stay_calm(
    name: str, nested: bool, left: int
) -> None:
    told: dict[str, Any] = {f"{each}_limit": cap(99, 100) for each in credits._LIMITS}
    mine = cap(400 - left, 400)
    told[f"{name}_limit"] = {"group_name": "Lab", "details": mine} if nested else mine
    usage = read({"spend_control": {"reached": True, "reached_limit_type": name, **told}})
    first = statuses.arranged(usage.quotas)[0]
    assert (first.limit, first.remaining, first.alert) == (Decimal(400), Decimal(left), True)
    assert not any(quota.alert for quota in usage.quotas if quota is not first)
    assert usage.blocked is not None
    assert usage.blocked.until == LATER


def test_a_reached_limit_without_numbers_has_none_left() -> None:
    control = {"reached": True, "reached_limit_type": "role_budget", "individual_limit": cap(1, 9)}
    usage = read({**rate(70), "spend_control": {**control, "role_budget_limit": {"details": 7}}})
    first = statuses.arranged(usage.quotas)[0]
    assert first == Quota("Role · Credit limit", "credits", None, None, Decimal(0), alert=True)


# Purchased credits


@pytest.mark.parametrize(
    ("told", "page", "found"),
    [
        ({"has_credits": True, "balance": None}, {"balance": "4321.5"}, "4321.5"),
        ({"has_credits": True}, {"balance": 12}, "12"),
        ({"has_credits": True, "balance": "7"}, {"balance": "4321.5"}, "7"),
        ({"has_credits": False, "balance": None}, {"balance": "5"}, None),
        ({"has_credits": True, "unlimited": True}, {"balance": "5"}, None),
        ({"has_credits": True}, {"balance": "NaN"}, None),
        ({"has_credits": True}, {}, None),
    ],
)
def test_how_many_credits(told: Any, page: dict[str, Any], found: str | None) -> None:
    alone = read({"credits": told}, balance=page)
    assert [str(b.available) for b in alone.balances] == ([found] if found else [])
    assert all(balance.role == "binding" for balance in alone.balances)
    behind = read({**rate(5), "credits": told}, balance=page)
    assert all(balance.role == "reserve" for balance in behind.balances)
    untold = found is None and told.get("has_credits") is True and "unlimited" not in told
    for usage in (alone, behind):
        said = english(usage.notice) if usage.notice else ""
        assert ("credits are available, their amount is not reported" in said) is untold
        assert not (untold and "reports no number" in said)


def test_no_credits_count_where_nothing_else_does() -> None:
    empty = {"credits": {"has_credits": False, "balance": "0"}}
    assert read({**empty, "plan_type": "plus"}).balances == ()
    assert read({**empty, **rate(5)}).balances == ()
    usage = read({**empty, "plan_type": "self_serve_business_usage_based"})
    assert usage.balances == (Balance(Decimal(0), "credits"),)
    assert status(usage).level == "critical"


def test_no_credits_are_said_beside_a_limit_of_them() -> None:
    told = {"credits": {"balance": "0"}, "plan_type": "self_serve_business_usage_based"}
    assert read({**told, "spend_control": {"individual_limit": cap(1, 9)}}).balances == ()


def test_half_a_credit_pays() -> None:
    assert credits.pay({}, Decimal("0.5"))
    assert not credits.pay({}, Decimal(0))
    assert credits.pay({"credits": {"unlimited": True}}, None)
    assert not credits.pay({"credits": {"has_credits": False}}, None)


def test_of_two_days_of_grace_the_later_one_counts() -> None:
    node, subscription = (
        {"is_delinquent": True, "grace_period_end_timestamp": end.timestamp()}
        for end in (SOON, LATER)
    )
    assert credits.grace({"entitlement": node}, subscription) == LATER
    assert credits.grace({"entitlement": subscription}, node) == LATER


def test_the_day_from_which_credits_expire() -> None:
    grants = [
        {"amount_remaining": "0", "expiry_date": "2026-10-06T09:00:00Z"},
        {"amount_remaining": "3", "expiry_date": "2026-10-01T09:00:00Z"},
        {"amount_remaining": "4", "expiry_date": "2026-12-01T09:00:00Z"},
        {"amount_remaining": "5", "expiry_date": "2027-02-01T09:00:00Z"},
        7,
        {"expiry_date": "soon"},
    ]
    page = {"balance": "9", "expiring_balance_details": grants}
    usage = read({**rate(5), "credits": {"has_credits": True}}, balance=page)
    assert usage.notice == Phrase(
        "credits expire from 1 Dec 2026 on", "积分自 2026 年 12 月 1 日起陆续到期"
    )


# One odd field costs one field

WHOLE: dict[str, Any] = {
    "plan_type": "business",
    "rate_limit": {
        "allowed": True,
        "limit_reached": False,
        "primary_window": window(14),
        "secondary_window": window(61, 604800, LATER),
        "burst_window": window(7, 3600),
    },
    "code_review_rate_limit": {"primary_window": window(25, 604800)},
    "additional_rate_limits": [
        {"limit_name": "Spark", "rate_limit": {"primary_window": window(40, 86400)}},
        {"limit_name": "Flame", "rate_limit": {"primary_window": window(50, 86400)}},
    ],
    "credits": {"has_credits": True, "unlimited": False, "balance": "250.5"},
    "spend_control": {
        "reached": False,
        "individual_limit": cap(10, 100),
        "group_shared_limit": {"group_name": "Lab", "details": cap(5, 50)},
        "night_shift_limit": cap(7, 8),
    },
    "model_usage": {"gpt-x": {"available": False}},
    "rate_limit_reset_credits": {"available_count": 2},
    "promo": {"title": "x"},
}
COSTS: Mapping[tuple[Any, ...], tuple[str, ...]] = {  # what goes when this is junk
    ("rate_limit", "primary_window"): ("5 hours",),
    ("rate_limit", "secondary_window"): ("Weekly",),
    ("rate_limit", "burst_window"): ("1 hour",),
    ("rate_limit",): ("5 hours", "Weekly", "1 hour"),
    ("code_review_rate_limit",): ("Code review",),
    ("code_review_rate_limit", "primary_window"): ("Code review",),
    ("additional_rate_limits",): ("Spark · Daily", "Flame · Daily"),
    ("additional_rate_limits", 0): ("Spark · Daily",),
    ("additional_rate_limits", 1, "rate_limit"): ("Flame · Daily",),
    ("credits",): ("credits",),
    ("credits", "balance"): ("credits",),
    ("spend_control",): ("Credit limit", "Group · Shared limit", "Night shift · Credit limit"),
    ("spend_control", "individual_limit"): ("Credit limit",),
    ("spend_control", "group_shared_limit"): ("Group · Shared limit",),
    ("spend_control", "group_shared_limit", "details"): ("Group · Shared limit",),
    ("spend_control", "night_shift_limit"): ("Night shift · Credit limit",),
    ("model_usage",): ("gpt-x",),
    ("model_usage", "gpt-x"): ("gpt-x",),
    ("rate_limit_reset_credits",): ("Free resets",),
    ("promo",): (),
    ("plan_type",): (),
}


def parts(usage: Usage) -> dict[str, Any]:
    return {**{q.label: q for q in usage.quotas}, **{b.unit: b.available for b in usage.balances}}


@settings(max_examples=scaled(400), deadline=None)
@given(st.sampled_from(sorted(COSTS, key=str)), JUNK)
def test_a_junk_object_costs_itself_alone(place: tuple[Any, ...], junk: Any) -> None:
    if place == ("credits", "balance") and number(junk) is not None:
        return  # no junk there
    told = copy.deepcopy(WHOLE)
    box = told
    for key in place[:-1]:
        box = box[key]
    box[place[-1]] = junk
    whole = parts(read(WHOLE))
    found = parts(read(told))
    assert found == {name: part for name, part in whole.items() if name not in COSTS[place]}


def test_all_costs_are_known() -> None:
    named = {name for names in COSTS.values() for name in names}
    assert named == set(parts(read(WHOLE)))


@settings(max_examples=scaled(200), deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("allowed", "limit_reached"), JUNK)))
def test_junk_in_a_verdict_is_no_verdict(told: dict[str, Any]) -> None:
    said = told.get("allowed") is False or told.get("limit_reached") is True
    assert (read(rate(30, **told)).blocked is not None) is said


# Over real HTTP

HOST, PAGE = "chatgpt.com", "/backend-api/wham/usage"
TEAM = PEOPLE["team"].workspaces[0].id
BALANCE_PAGE = f"/backend-api/accounts/{TEAM}/remaining_balance"


def shown(world: StandIn, usage: dict[str, Any]) -> tuple[dict[str, Any], str, str, list[Account]]:
    """Return how an answer is shown: in JSON, in the title and subtitle of the row, and in the ranking."""
    account = stored.account("chatgpt-team", "Case")
    calm = stored.account("glm-intl", "Calm")
    identity = {"user_id": "user-x", "account_id": TEAM, "plan_type": "business"}
    world.reply(HOST, PAGE, Reply(body={**identity, **usage}))
    refresh.refresh([account.id, calm.id], force=True)
    state, now = states.read(), datetime.now(timezone.utc)
    whole = json_report.report(state, now)
    VALID.validate(whole)
    row = row_of(state, account)
    lines = [spoken(line, now) for line in (row.title, row.subtitle())]
    best = ranking.ranked(state.everything, now)
    entry = next(e for e in whole["accounts"] if e["id"] == account.id)
    return entry, lines[0], lines[1], [place.account for place in best]


def ahead(seconds: int) -> dict[str, int]:
    return {"reset_after_seconds": seconds, "reset_at": int(time.time()) + seconds}


def live(used: int, seconds: int, wait: int) -> dict[str, Any]:
    return {"used_percent": used, "limit_window_seconds": seconds, **ahead(wait)}


def live_cap(used: str, limit: str, left: str, share: int, wait: int) -> dict[str, Any]:
    return {
        "source": "workspace_spend_controls",
        "limit": limit,
        "used": used,
        "remaining": left,
        "used_percent": share,
        "remaining_percent": 100 - share,
        **ahead(wait),
    }


NOT_COUNTED = {"has_credits": True, "unlimited": False, "balance": None}


def test_blocked_while_the_windows_have_room(world: StandIn) -> None:
    told = {
        "rate_limit": {
            "allowed": False,
            "limit_reached": True,
            "primary_window": live(27, 18000, 8000),
            "secondary_window": live(45, 604800, 300000),
        },
        "credits": {"has_credits": False, "unlimited": False, "balance": "0"},
        "spend_control": {"reached": False, "individual_limit": None},
        "rate_limit_reached_type": {"type": "workspace_owner_credits_depleted"},
    }
    entry, title, subtitle, best = shown(world, told)
    assert (entry["level"], entry["failure"]) == ("critical", None)
    assert "used up" not in entry["notice"]
    says = "workspace credits are used up, add some in its settings"
    assert entry["blocked"] == {"kind": "credits", "reason": says, "until": None}
    assert entry["reason"] == f"blocked: {says}"
    assert [q["used"] for q in entry["quotas"]][:2] == [45, 27]
    assert "⛔" in title
    assert subtitle.startswith(f"blocked: {says} · ")
    assert [account.label for account in best] == ["Calm"]


def test_a_limit_of_the_group_is_a_number(world: StandIn) -> None:
    world.reply(HOST, BALANCE_PAGE, Reply(404, {"detail": "Not Found"}))
    group = {"group_name": "Ops", "details": live_cap("570", "600", "30.0", 95, 700000)}
    told = {
        "rate_limit": None,
        "credits": NOT_COUNTED,
        "spend_control": {
            "reached": False,
            "reached_limit_type": None,
            "individual_limit": None,
            "group_default_limit": group,
            "role_budget_limit": None,
        },
    }
    entry, title, subtitle, _ = shown(world, told)
    (quota,) = entry["quotas"]
    assert (quota["used"], quota["limit"], quota["remaining"]) == (570, 600, 30)
    assert quota["used_percent"] == 95
    assert quota["resets_at"] is not None
    assert (entry["level"], entry["blocked"]) == ("critical", None)
    assert "5% left" in title
    assert "30/600 credits left" in subtitle
    assert "resets in 8d" in subtitle
    assert "group Ops" in entry["notice"]
    assert "no number" not in title + subtitle + str(entry)


def test_the_reached_limit_is_the_headline(world: StandIn) -> None:
    told = {
        "rate_limit": None,
        "credits": NOT_COUNTED,
        "spend_control": {
            "reached": True,
            "reached_limit_type": "group_shared",
            "individual_limit": live_cap("90", "300", "210.0", 30, 500000),
            "group_shared_limit": {"details": live_cap("8000", "8000", "0.0", 100, 400000)},
        },
        "rate_limit_reached_type": {"type": "workspace_member_usage_limit_reached"},
    }
    entry, title, subtitle, best = shown(world, told)
    shared, own = entry["quotas"]
    assert (shared["label"], shared["remaining"]) == ("Group · Shared limit", 0)
    assert (own["label"], own["remaining"]) == ("Credit limit", 210)
    says = "your group's shared credit limit is reached, ask the workspace owner to raise it"
    assert entry["blocked"]["kind"] == "spend_limit"
    assert entry["blocked"]["reason"] == says
    assert entry["blocked"]["until"] == shared["resets_at"]
    assert "⛔ 0% left" in title
    assert subtitle.count("reached") == 1
    assert "reached" not in entry["notice"]
    assert [account.label for account in best] == ["Calm"]


def test_credits_that_another_page_counts(world: StandIn) -> None:
    told = {"rate_limit": None, "credits": NOT_COUNTED, "spend_control": {"reached": False}}
    world.reply(HOST, BALANCE_PAGE, Reply(body={"balance": "77.25"}))
    entry, title, _, best = shown(world, told)
    (balance,) = entry["balances"]
    told_of_it = {"available": 77.25, "unit": "credits", "granted": None, "role": "binding"}
    assert told_of_it.items() <= balance.items()
    assert (entry["level"], entry["reason"]) == ("plenty", None)
    assert "77.25 credits" in title
    assert [account.label for account in best] == ["Calm"]  # money keeps


@pytest.mark.parametrize("reply", [Reply(403, {}), Reply(429, {}), Reply(500), Reply(body=b"[")])
def test_credits_that_nobody_counts_are_said(world: StandIn, reply: Reply) -> None:
    told = {"rate_limit": None, "credits": NOT_COUNTED, "spend_control": {"reached": False}}
    world.reply(HOST, BALANCE_PAGE, reply)
    entry, title, subtitle, _ = shown(world, told)
    assert (entry["failure"], entry["balances"], entry["level"]) == (None, [], "unknown")
    assert "credits are available, their amount is not reported" in subtitle
    assert "reports no number" not in title + subtitle


def test_the_page_is_asked_for_uncounted_credits_alone(world: StandIn) -> None:
    for key in ("chatgpt-team", "chatgpt-pro", "chatgpt-enterprise", "chatgpt-plus"):
        account = stored.account(key)
        refresh.refresh([account.id], force=True)
    asked = [r.path for r in world.requests if r.path.endswith("/remaining_balance")]
    assert asked == [BALANCE_PAGE]
