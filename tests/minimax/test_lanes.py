from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import NOW
from workflow.minimax import lanes
from workflow.models import Quota

HOUR, DAY, WEEK = 3600, 86400, 604800
YEAR = 366 * DAY * 1000  # milliseconds


def of(row: Mapping[str, Any], lane: str = "interval", *, proven: bool = False) -> Quota | None:
    """The quota of one lane, whose fields are named without ``current_LANE_``."""
    fields = {f"current_{lane}_{name}": value for name, value in row.items()}
    found = lanes.quotas([fields], fields, NOW, proven)
    return found[0] if found else None


def counts(used: int, *, estimated: bool = False, alert: bool = False) -> Quota:
    numbers = (Decimal(used), Decimal(100), Decimal(100 - used))
    return Quota("5 hours", "requests", *numbers, estimated=estimated, alert=alert)


def percent(used: int | None, *, alert: bool = False) -> Quota:
    numbers = (None, None) if used is None else (Decimal(used), Decimal(100 - used))
    return Quota("5 hours", "%", numbers[0], Decimal(100), numbers[1], alert=alert)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"total_count": 100, "used_count": 30}, counts(30)),
        ({"total_count": 100, "used_count": 0, "usage_count": 30}, counts(0)),
        ({"total_count": 100, "remaining_count": 70}, counts(30)),
        ({"total_count": 100, "remains_count": 70}, counts(30)),
        ({"total_count": 100, "remaining_count": 100}, counts(0)),
        ({"total_count": 100, "remaining_count": 101, "usage_count": 70}, counts(30, estimated=True)),
        ({"total_count": 100, "usage_count": 70}, counts(30, estimated=True)),
        ({"total_count": 100, "usage_count": 100}, counts(0, estimated=True)),
        ({"total_count": 100, "usage_count": 70, "remaining_percent": 70}, counts(30)),
        ({"total_count": 100, "usage_count": 30, "remaining_percent": 70}, counts(30)),
        ({"total_count": 100, "usage_count": 90, "remaining_percent": 60}, percent(40)),
        ({"total_count": 0, "used_count": 30, "remaining_percent": 60}, percent(40)),
        ({"total_count": 0, "used_count": 30}, None),
        ({"remaining_percent": "some"}, percent(None)),
        ({"status": 2, "remaining_percent": 1}, percent(100, alert=True)),
        ({"status": 2, "remaining_percent": "some"}, percent(100, alert=True)),
        ({"status": 2}, percent(100, alert=True)),
        ({"status": 2, "total_count": 100, "used_count": 100}, counts(100, alert=True)),
        ({"status": 1, "total_count": 100, "used_count": 100}, counts(100)),
        ({"status": 3, "remaining_percent": 40}, Quota("5 hours", "%", None, None, None, unlimited=True)),
        ({"status": 1}, None),
    ],
)  # fmt: skip
def test_a_row_tells_what_is_used(row: dict[str, Any], expected: Quota | None) -> None:
    assert of(row) == expected


def test_a_count_beyond_its_total_is_a_limit_alone() -> None:
    unknown = Quota("5 hours", "requests", None, Decimal(100), None)
    assert of({"total_count": 100, "usage_count": 101}) == unknown
    assert of({"total_count": 100, "usage_count": 70}, proven=True) == counts(30)


@pytest.mark.parametrize(
    ("fields", "label", "window", "resets_at"),
    [
        ({"start_time": 1791158400, "end_time": 1791158400 + 4 * HOUR}, "5 hours", 4 * HOUR, datetime.fromtimestamp(1791158400 + 4 * HOUR, NOW.tzinfo)),
        ({"start_time": 1791158400, "end_time": 1791158400 + 3 * HOUR}, "3 hours", 3 * HOUR, datetime.fromtimestamp(1791158400 + 3 * HOUR, NOW.tzinfo)),
        ({"start_time": 1791158400, "end_time": 1791158401}, "1 hour", 1, datetime.fromtimestamp(1791158401, NOW.tzinfo)),
        ({"start_time": 1791158400, "end_time": 1791158400}, "5 hours", None, datetime.fromtimestamp(1791158400, NOW.tzinfo)),
        ({"end_time": 1791158400, "remains_time": 5}, "5 hours", None, datetime.fromtimestamp(1791158400, NOW.tzinfo)),
        ({"remains_time": 1}, "5 hours", None, NOW + timedelta(milliseconds=1)),
        ({"remains_time": YEAR}, "5 hours", None, NOW + timedelta(days=366)),
        ({"remains_time": YEAR + 1}, "5 hours", None, None),
        ({"remains_time": 0}, "5 hours", None, None),
        ({"start_time": 1791158400}, "5 hours", None, None),
    ],
)  # fmt: skip
def test_a_window_has_the_length_and_the_end_that_are_told(
    fields: dict[str, Any], label: str, window: int | None, resets_at: datetime | None
) -> None:
    row = {"current_interval_remaining_percent": 70, **fields}
    (quota,) = lanes.quotas([row], row, NOW, False)
    assert (quota.label, quota.window, quota.resets_at) == (label, window, resets_at)
    week = {f"weekly_{name}": value for name, value in fields.items()}
    row = {"current_weekly_remaining_percent": 70, **week}
    (quota,) = lanes.quotas([row], row, NOW, False)
    assert (quota.window, quota.resets_at) == (window or WEEK, resets_at)


@pytest.mark.parametrize("name", ["MiniMax-M2", "minimax-m*", "general", ""])
def test_text_models_are_known_by_name(name: str) -> None:
    assert lanes.is_text({"model_name": name})
    assert not lanes.is_text({"model_name": f"other-{name}"})


@pytest.mark.parametrize("name", ["generally", "minimax-video", "minimax-mx"])
def test_other_models_are_no_text(name: str) -> None:
    assert not lanes.is_text({"model": name})


@pytest.mark.parametrize("media", ["video", "hailuo-2", "speech", "audio", "music-1", "image", "a-vlm", "search"])  # fmt: skip
def test_the_plan_itself_is_no_row_of_other_media(media: str) -> None:
    rows = [{"model_name": name} for name in (media, "new", "MiniMax-M2", "General")]
    for row in reversed(rows[1:]):
        assert lanes.headline(rows) is row
        rows.pop()
    assert lanes.headline(rows) == {}


def test_rows_outside_the_plan_are_left_out() -> None:
    unlimited = {"current_interval_status": 3, "current_weekly_status": 3}
    inside = [
        {**unlimited, "current_weekly_status": 1},
        {**unlimited, "current_interval_total_count": 1},
        {**unlimited, "current_weekly_total_count": 1},
    ]
    outside = {**unlimited, "current_interval_total_count": 0}
    assert lanes.within_plan([*inside, unlimited, outside]) == inside


def model(name: str, left: int, week: int | None = None, **more: Any) -> dict[str, Any]:
    row = {"model_name": name, "current_interval_remaining_percent": left, **more}
    return row if week is None else {**row, "current_weekly_remaining_percent": week}


def test_rows_beside_the_plan_are_named_and_copies_left_out() -> None:
    main = model("general", 70, 80)
    rows = [
        model("MiniMax-M2", 70, 80),  # a copy of the plan
        model("MiniMax-M3", 50),
        model("minimax-m4", 50),  # a copy of that
        main,
        model("VIDEO", 70, 80),
        model("new", 70, current_weekly_status=3),
        model("speech-hd", 60, remains_time=60_000),
        model("image-01", 60),
    ]
    quotas = lanes.quotas(rows, main, NOW, False)
    shown: list[tuple[Any, ...]] = [(quota.label, quota.used, quota.role) for quota in quotas]
    assert shown == [
        ("5 hours", 30, "binding"),
        ("Weekly", 20, "binding"),
        ("MiniMax-M3", 50, "secondary"),
        ("Video", 30, "secondary"),
        ("Video weekly", 20, "secondary"),
        ("new", 30, "secondary"),
        ("Speech", 40, "secondary"),
        ("Image", 40, "secondary"),
    ]
    assert quotas[-2].resets_at == NOW + timedelta(minutes=1)
