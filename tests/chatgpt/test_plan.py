from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.providers.contract import NOW
from tests.said import english
from workflow.chatgpt import plan
from workflow.chatgpt.pages import Documents

SOON, BEFORE = NOW + timedelta(days=6), NOW - timedelta(days=4)  # 11 and 1 Oct 2026
PLANS = {
    "prolite": "Pro Lite",
    "self_serve_business_usage_based": "Business",
    "enterprise_cbp_usage_based": "Enterprise",
    "free_workspace": "Free",
    "education": "Edu",
    "k12": "K-12",
    "chatgptplusplan": "Plus",
    "chatgpt_team_": "Team",
    "planner": "Planner",
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_has_its_name(name: str) -> None:
    assert plan.plan_of(Documents(NOW, {"plan_type": name}), {}) == PLANS[name]


def test_the_first_document_that_knows_the_plan_is_believed() -> None:
    documents = Documents(NOW, {"plan_type": "d"}, plan="e", subscription={"plan_type": "c"})
    node: dict[str, Any] = {
        "account": {"plan_type": "a"},
        "entitlement": {"subscription_plan": "b"},
    }
    assert plan.plan_of(documents, node) == "A"
    node["account"]["plan_type"] = "unknown"
    assert plan.plan_of(documents, node) == "B"
    assert plan.plan_of(documents, {}) == "C"
    assert plan.plan_of(Documents(NOW, {"plan_type": "d"}, plan="e"), {}) == "D"
    assert plan.plan_of(Documents(NOW, {"plan_type": "Unknown"}, plan="e"), {}) == "E"
    assert plan.plan_of(Documents(NOW, {}), {}) is None


def said(parts: Any) -> list[str]:
    return [english(message) for message in plan.in_order(parts)]


def notices(entitlement: dict[str, Any], subscription: Any = None, **node: Any) -> list[str]:
    documents = Documents(NOW, {}, subscription=subscription or {})
    return said(plan.plan_notices({"entitlement": entitlement, **node}, documents))


def at(when: datetime) -> str:
    return when.isoformat()


RENEWS, ENDS = "renews on 11 Oct 2026", "will not renew, ends on 11 Oct 2026"
PAID, ENDED = "paid until 11 Oct 2026", "ended on 1 Oct 2026"
WILL, WONT = ({"will_renew": renews} for renews in (True, False))


@pytest.mark.parametrize(
    ("entitlement", "subscription", "last", "expected"),
    [
        ({"renews_at": at(SOON)}, {}, {}, [RENEWS]),
        ({"renews_at": at(SOON), "has_active_subscription": False}, {}, {}, []),
        ({"renews_at": at(NOW)}, {}, {}, []),
        ({"renews_at": at(SOON)}, {}, WONT, []),
        ({"expires_at": at(SOON)}, {}, {}, [PAID]),
        ({"expires_at": at(SOON)}, {}, WILL, [RENEWS]),
        ({"expires_at": at(SOON)}, {}, WONT, [ENDS]),
        ({"expires_at": at(SOON)}, WONT, {}, [ENDS]),
        ({"expires_at": at(SOON)}, WONT, WILL, [RENEWS]),
        ({"expires_at": at(SOON)}, WILL, WONT, [ENDS]),
        ({"expires_at": at(BEFORE)}, WONT, {}, [ENDED]),
        ({"expires_at": at(NOW)}, WONT, {}, ["ended on 5 Oct 2026"]),
        ({"expires_at": at(BEFORE), "cancels_at": at(SOON)}, {}, {}, [ENDS]),
        ({"expires_at": at(SOON), "cancels_at": at(BEFORE)}, WILL, {}, [RENEWS]),
        ({}, {"active_until": at(SOON)}, {}, [PAID]),
        ({}, {"active_until": at(SOON), **WONT}, {}, [ENDS]),
        ({"expires_at": at(BEFORE)}, {"active_until": at(SOON)}, {}, [PAID]),
        ({"expires_at": at(SOON)}, {"active_until": at(BEFORE), **WONT}, {}, [ENDS]),
        ({"scheduled_plan_change": {"changes_at": at(SOON), "plan_type": "go"}, "renews_at": at(BEFORE)}, {}, {}, ["becomes Go on 11 Oct 2026"]),
        ({"scheduled_plan_change": {"plan_type": "go"}, "renews_at": at(SOON)}, {}, {}, [RENEWS]),
        ({"scheduled_plan_change": {"changes_at": at(SOON)}, "renews_at": at(SOON)}, {}, {}, [RENEWS]),
    ],
)  # fmt: skip
def test_a_plan_says_when_it_changes_ends_or_renews(
    entitlement: dict[str, Any], subscription: Any, last: Any, expected: list[str]
) -> None:
    assert notices(entitlement, subscription, last_active_subscription=last) == expected


@pytest.mark.parametrize(
    ("discount", "expected"),
    [
        ({"discount_type": "percentage", "amount": 100, "discount_expires_at": at(SOON)}, ["free until 11 Oct 2026"]),
        ({"discount_type": "percentage", "amount": 99, "discount_expires_at": at(SOON)}, []),
        ({"discount_type": "amount", "amount": 100, "discount_expires_at": at(SOON)}, []),
        ({"discount_type": "percentage", "amount": 100, "discount_expires_at": at(NOW)}, []),
        ({"discount_type": "percentage", "amount": 100}, []),
    ],
)  # fmt: skip
def test_a_plan_that_is_free_for_a_while_says_so(
    discount: dict[str, Any], expected: list[str]
) -> None:
    assert notices({"discount": discount}) == expected


@pytest.mark.parametrize(
    ("subscription", "account", "expected"),
    [
        ({"seats_in_use": 3, "seats_entitled": 5}, {}, ["3 of 5 seats in use"]),
        ({"seats_in_use": 0, "seats_entitled": 2}, {}, ["0 of 2 seats in use"]),
        ({"seats_in_use": 1, "seats_entitled": 1}, {}, []),
        ({"seats_in_use": 1}, {}, []),
        ({"seats_entitled": 5}, {}, []),
        ({}, {"structure": "workspace", "name": "Lab"}, ["workspace Lab"]),
        ({}, {"structure": "personal", "name": "Lab"}, []),
        ({}, {"structure": "workspace"}, []),
    ],
)
def test_a_workspace_says_its_name_and_seats(
    subscription: dict[str, Any], account: dict[str, Any], expected: list[str]
) -> None:
    assert notices({}, subscription, account=account) == expected


def test_the_most_urgent_is_said_first() -> None:
    change = {"changes_at": at(SOON), "plan_type": "go"}
    free = {"discount_type": "percentage", "amount": 100, "discount_expires_at": at(SOON)}
    overdue = {"is_delinquent": True, "grace_period_end_timestamp": SOON.timestamp()}
    seats = {"seats_in_use": 3, "seats_entitled": 5}
    lab = {"structure": "workspace", "name": "Lab"}
    shown = notices(
        {"scheduled_plan_change": change, "discount": free, **overdue}, seats, account=lab
    )
    assert [each.partition(" ")[0] for each in shown] == [
        "payment",
        "becomes",
        "free",
        "workspace",
        "3",
    ]
    shown = notices({"renews_at": at(SOON), "discount": free}, seats)
    assert [each.partition(" ")[0] for each in shown] == ["free", "renews", "3"]


@pytest.mark.parametrize(("ends", "is_said"), [(SOON, True), (NOW, False)])
def test_a_payment_that_is_overdue_has_a_grace(ends: datetime, is_said: bool) -> None:
    overdue = {"is_delinquent": True, "grace_period_end_timestamp": ends.timestamp()}
    expected = ["payment overdue, grace until 11 Oct 2026"] if is_said else []
    assert notices(overdue) == expected
    assert notices({}, overdue) == expected


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        ({"banner_info": {"title": "Look"}}, ["Look"]),
        ({"default_model_slug": "a", "intended_default_model_slug": "b"}, ["answers come from a"]),
        ({"default_model_slug": "a", "intended_default_model_slug": "a"}, []),
        ({"default_model_slug": "a"}, []),
        ({"intended_default_model_slug": "b"}, []),
        ({"blocked_features": ["image_gen", "voice"]}, ["not available: Images, Voice, Spark"]),
        (
            {"blocked_features": list("abcdefghij")},
            ["not available: A, B, C, D, E, F, G, H"],
        ),
    ],
)
def test_what_is_different_today_is_said(init: dict[str, Any], expected: list[str]) -> None:
    refused = {"allowed": False, "a_window": {"used_percent": 1}}
    usage = {"spark_rate_limit": refused} if "blocked_features" in init else {}
    assert said(plan.feature_notices(Documents(NOW, usage, init=init))) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([3], [("lapse", "a free reset expires on 8 Oct 2026")]),
        ([2.9], [("soon", "a free reset expires on 8 Oct 2026")]),
        ([6, 2], [("soon", "the first free reset expires on 7 Oct 2026")]),
        ([None, 6], [("lapse", "the first free reset expires on 11 Oct 2026")]),
        ([None], []),
        ([], []),
    ],
)
def test_the_nearer_a_free_reset_lapses_the_more_urgent(days: list[Any], expected: Any) -> None:
    ends = [None if each is None else (NOW + timedelta(days=each)).timestamp() for each in days]
    credits = [{"status": "available", "expires_at": end} for end in ends]
    parts = plan.reset_notices(Documents(NOW, {}, resets={"credits": credits}))
    assert [(urgency, english(message)) for urgency, message in parts] == expected


NODES: dict[str, Any] = {
    "closed": {"account": {"is_deactivated": True}},
    "free": {"account": {"account_id": "f"}, "entitlement": {"has_active_subscription": False}},
    "paid": {"account": {"account_id": "p"}, "entitlement": {"has_active_subscription": True}},
}


def chosen(order: list[Any], *names: str, **more: Any) -> Any:
    accounts = {"accounts": {name: NODES[name] for name in names}, "account_ordering": order}
    node = plan.account_node(Documents(NOW, more.pop("usage", {}), accounts=accounts, **more))
    return next((name for name, each in NODES.items() if each is node), node)


def test_of_several_accounts_the_one_in_use_is_chosen() -> None:
    assert chosen([], "closed", "free", "paid") == "paid"
    assert chosen([], "closed", "free") == "free"
    assert chosen(["closed", 7], "closed") == {}
    assert chosen([], "free", "paid", workspace="f") == "free"
    assert chosen([], "free", "paid", workspace="gone") == {}
    assert chosen([], "free", "paid", usage={"account_id": "f"}) == "free"
    assert chosen([], "closed", "paid", workspace="closed") == "closed"
    NODES["paid too"] = {**NODES["paid"], "account": {}}
    assert chosen(["paid too"], "paid", "paid too") == "paid too"
    assert chosen(["gone"], "paid", "paid too") == "paid"
    accounts = {"accounts": {"default": NODES["free"], "p": NODES["paid"], "x": 7}}
    assert plan.account_node(Documents(NOW, {}, accounts=accounts)) is NODES["free"]
