from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import NOW
from workflow.chatgpt import allowances
from workflow.chatgpt.pages import Documents
from workflow.models import Quota

FEATURES = {
    "deep_research": "Deep research",
    "deep_research_standard": "Deep research (standard)",
    "odyssey": "Agent",
    "agent_mode": "Agent",
    "image_gen": "Images",
    "file_upload": "File uploads",
    "paste_text_to_file": "Paste to file",
    "new_feature": "New feature",
    "GPT-5": "GPT-5",
}
NAMES = ("limit_name", "feature_name", "model_slug", "name", "label", "metered_feature")


def init(**fields: Any) -> Documents:
    return Documents(NOW, {}, init=fields)


def side(label: str, left: int, *, alert: bool = False, **more: Any) -> Quota:
    numbers = (None, None, Decimal(left))
    return Quota(label, "uses", *numbers, role="secondary", alert=alert, **more)


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_has_a_readable_name(name: str) -> None:
    told = init(limits_progress=[{"feature_name": name, "remaining": 3}])
    assert list(allowances.features(told)) == [side(FEATURES[name], 3)]


@pytest.mark.parametrize("field", NAMES)
def test_a_name_stands_in_one_of_several_fields(field: str) -> None:
    told = init(limits_progress=[{field: "voice", "feature_names": "no", "remaining": 3}])
    assert list(allowances.features(told)) == [side("Voice", 3)]


def test_a_blocked_feature_is_marked_or_counted() -> None:
    told = init(
        limits_progress={"voice": {"remaining": 3}, "video": {"remaining": 0}},
        blocked_features=["voice", {"feature_name": "agent_mode", "resets_after": 60}, "other", 7],
    )
    assert list(allowances.features(told)) == [
        side("Voice", 3, alert=True),
        side("Video", 0, alert=True),
        side("Agent", 0, alert=True, resets_at=NOW + timedelta(minutes=1)),
    ]
    first = allowances.blocked_features({"blocked_features": [{"name": "a", "n": 1}, "a"]})
    assert first == {"A": {"name": "a", "n": 1}}


def test_a_model_is_told_when_it_is_limited() -> None:
    usage = {"m1": {"available": False, "reset_after": 60}, "m2": {"available": True}, "": {}}
    limits = [{"model_slug": "m3", "remaining": 4}, {"model_slug": "m4"}, {"name": "m5"}]
    told = Documents(NOW, {"model_usage": usage}, init={"model_limits": limits})
    assert list(allowances.models(told)) == [
        side("m1", 0, alert=True, resets_at=NOW + timedelta(minutes=1)),
        side("m3", 4),
        side("m4", 0, alert=True),
    ]


def percent(label: str, used: int, window: int | None, role: Any = "binding", **more: Any) -> Quota:
    share = Decimal(used)
    return Quota(label, "%", share, Decimal(100), 100 - share, window, role=role, **more)


def window(used: object, seconds: object = None) -> dict[str, object]:
    return {"used_percent": used, "limit_window_seconds": seconds}


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ({"primary_window": window(1), "secondary_window": window(2)}, [percent("5 hours", 1, None), percent("Weekly", 2, None)]),
        ({"a_window": window(1), "b_window": window(2, 60)}, [percent("1 minute", 2, 60), percent("A", 1, None)]),
        ({"_window": window(1)}, [percent("Other", 1, None)]),
        ({"a_window": window(1, 60), "b_window": window(2, 60)}, [percent("1 minute", 1, 60), percent("B · 1 minute", 2, 60)]),
        ({"a_window": window(1, 315_360_000)}, [percent("3650 days", 1, 315_360_000)]),
        ({"a_window": window(1, 315_360_001)}, [percent("A", 1, None)]),
        ({"a_window": window(1, 1)}, [percent("1 second", 1, 1)]),
        ({"a_window": window(100, 60), "allowed": False}, [percent("1 minute", 100, 60, alert=True)]),
        ({"a_window": window(99, 60), "limit_reached": True}, [percent("1 minute", 99, 60)]),
        ({"a_window": {"remaining_percent": 40}, "a": window(1)}, [percent("A", 60, None)]),
        ({"a_window": window("x"), "b_window": window(2, 60)}, [percent("1 minute", 2, 60)]),
    ],
)  # fmt: skip
def test_windows_of_one_limit(limit: dict[str, Any], expected: list[Quota]) -> None:
    assert allowances.lane_quotas(limit, NOW) == expected


def test_a_lane_has_its_name_and_credits_pay_for_what_is_used_up() -> None:
    limit = {"a_window": window(100, 60), "allowed": False}
    assert allowances.lane_quotas(limit, NOW, "Spark") == [
        percent("Spark · 1 minute", 100, 60, "secondary", alert=True)
    ]
    assert allowances.lane_quotas(limit, NOW, credits_pay=True) == [percent("1 minute", 100, 60)]


def test_at_most_forty_entries_of_each_list_are_read() -> None:
    windows = {f"w{n}_window": window(n, n + 1) for n in range(41)}
    assert len(allowances.lane_quotas(windows, NOW)) == 40
    lane = {"rate_limit": {"primary_window": window(1)}}
    usage: dict[str, Any] = {f"l{n}_rate_limit": lane["rate_limit"] for n in range(41)}
    assert len(list(allowances.lanes(usage, NOW))) == 40
    listed = {"additional_rate_limits": [{**lane, "name": f"n{n}"} for n in range(41)]}
    assert len(list(allowances.lanes(listed, NOW))) == 40
    names = [f"n{n}" for n in range(41)]
    progress = init(limits_progress=[{"name": name, "remaining": 1} for name in names])
    assert len(list(allowances.features(progress))) == 40
    assert len(allowances.blocked_features({"blocked_features": names})) == 40
    limits = init(model_limits=[{"model_slug": name} for name in names])
    assert len(list(allowances.models(limits))) == 40
    usage = {"model_usage": {name: {"available": False} for name in names}}
    assert len(list(allowances.models(Documents(NOW, usage)))) == 40
    loose = {name: {"used": 1, "limit": 2} for name in names}
    assert len(list(allowances.allowances(loose, (), NOW))) == 40


def test_lanes_are_named_apart() -> None:
    lane = {"primary_window": window(1), "secondary_window": window(2)}
    one = {"primary_window": window(3)}
    usage = {
        "rate_limit": lane,
        "code_review_rate_limit": one,
        "agent_mode_rate_limit": lane,
        "other": {"primary": window(9)},
        "additional_rate_limits": [
            {"limit_name": "Code review", "rate_limit": one},
            {"rate_limit": one},
            {"limit_name": "None", "rate_limit": {"used_percent": 1}},
        ],
    }
    named: list[Any] = [(quota.label, quota.used) for quota in allowances.lanes(usage, NOW)]
    assert named == [
        ("Code review", 3),
        ("Agent · 5 hours", 1),
        ("Agent · Weekly", 2),
        ("Code review 2 · 5 hours", 3),
        ("Other · 5 hours", 3),
    ]


@pytest.mark.parametrize(
    ("limit", "is_named"),
    [
        ({"allowed": False, "primary_window": window(99)}, True),
        ({"allowed": False, "primary_window": window(99), "secondary_window": window(100)}, False),
        ({"allowed": False, "primary_window": window("x")}, True),
        ({"allowed": True, "primary_window": window(99)}, False),
    ],
)
def test_a_lane_that_lets_nothing_through_is_named(limit: dict[str, Any], is_named: bool) -> None:
    named = list(allowances.refused_lanes({"spark_rate_limit": limit}))
    assert named == (["Spark"] if is_named else [])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"voice": {"used": 1, "limit": 3}}, [("Voice", "uses", 2)]),
        ({"voice": {"used": 1}}, []),
        ({"a": {"voice": {"used": 1, "limit": 3}}}, [("A · Voice", "uses", 2)]),
        ({"a": {"b": {"c": {"used": 1, "limit": 3}}}}, [("B · C", "uses", 2)]),
        ({"a": {"b": {"c": {"d": {"used": 1, "limit": 3}}}}}, [("C · D", "uses", 2)]),
        ({"a": {"b": {"c": {"d": {"e": {"used": 1, "limit": 3}}}}}}, []),
        ({"a": [{"name": "voice", "used": 1, "limit": 3}, 7]}, [("A · Voice", "uses", 2)]),
        ({"a": [{"used": 1, "limit": 3}]}, [("A", "uses", 2)]),
        ({"Tokens": {"x": {"used": 1, "limit": 3}}}, [("Tokens · X", "tokens", 2)]),
        ({"x": {"used": 1, "limit": 3, "unit": "Messages"}}, [("X", "messages", 2)]),
        ({"credit_pool": {"used": 1, "limit": 3}}, [("Credit pool", "credits", 2)]),
        ({"known": {"used": 1, "limit": 3}}, []),
        ({"lane": {"a_window": 1, "x": {"used": 1, "limit": 3}}}, []),
        ({"": {"used": 1, "limit": 3}}, []),
    ],
)
def test_an_allowance_is_found_wherever_it_lies(source: dict[str, Any], expected: Any) -> None:
    quotas = allowances.allowances(source, ("known",), NOW)
    assert [(quota.label, quota.unit, quota.remaining) for quota in quotas] == expected


@pytest.mark.parametrize(
    ("resets", "usage", "left"),
    [
        ({"available_count": 3, "credits": [{}]}, 5, 3),
        ({"available_count": 0}, 5, None),
        ({}, 5, 5),
        ({"credits": [{"status": "available"}, {"status": "used"}]}, None, 1),
        ({"credits": []}, None, None),
    ],
)
def test_free_resets_are_counted_by_the_page_that_knows(
    resets: dict[str, Any], usage: int | None, left: int | None
) -> None:
    main = {} if usage is None else {"rate_limit_reset_credits": {"available_count": usage}}
    quotas = allowances.free_resets(Documents(NOW, main, resets=resets))
    assert [quota.remaining for quota in quotas] == ([] if left is None else [Decimal(left)])


def test_a_free_reset_that_has_lapsed_is_none() -> None:
    ends = [NOW, NOW + timedelta(seconds=1)]
    credits: list[dict[str, Any]] = [
        {"status": "available", "expires_at": end.timestamp()} for end in ends
    ]
    credits += [{"status": "available"}, {"status": "redeemed"}]
    assert allowances.lapses(Documents(NOW, {}, resets={"credits": credits})) == [ends[1], None]
