from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from workflow.models import Quota, Role
from workflow.provider import windows

NOW = datetime(2026, 10, 5, 9, tzinfo=timezone.utc)
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800
NAMES = {
    1: ("s", "sec", "second"),
    MINUTE: ("min", "minute"),
    HOUR: ("h", "hr", "hour"),
    DAY: ("d", "day"),
    WEEK: ("w", "week"),
}


def test_every_spelling_of_a_unit_has_its_length() -> None:
    expected = {name: seconds for seconds, names in NAMES.items() for name in names}
    assert expected == windows.SECONDS
    labels = {windows.window_label(seconds) for seconds in windows.SECONDS.values()}
    assert labels == {"1 second", "1 minute", "1 hour", "Daily", "Weekly"}
    assert (windows.MINUTE, windows.HOUR, windows.DAY, windows.WEEK) == (MINUTE, HOUR, DAY, WEEK)


@pytest.mark.parametrize(
    ("seconds", "label"),
    [
        (None, "Limit"), (0, "Limit"), (1, "1 second"), (61, "61 seconds"), (60, "1 minute"),
        (5400, "90 minutes"), (HOUR, "1 hour"), (5 * HOUR, "5 hours"), (DAY, "Daily"),
        (3 * DAY, "3 days"), (WEEK, "Weekly"), (2628000, "Monthly"), (30 * DAY, "30 days"),
    ],
)  # fmt: skip
def test_a_window_is_named_by_its_length(seconds: int | None, label: str) -> None:
    assert windows.window_label(seconds) == label


@pytest.mark.parametrize(
    ("seconds", "rounded"),
    [(1, HOUR), (1800, HOUR), (5 * HOUR - 60, 5 * HOUR), (DAY, DAY), (36 * HOUR, 2 * DAY), (35 * HOUR, 35 * HOUR), (WEEK + HOUR, WEEK)],
)  # fmt: skip
def test_a_length_is_rounded_to_hours_or_days(seconds: int, rounded: int) -> None:
    assert windows.nearest(seconds) == rounded


@pytest.mark.parametrize(
    ("seconds", "ahead", "is_impossible"),
    [
        (HOUR, HOUR + 600, False),
        (HOUR, HOUR + 601, True),
        (12000, 12600, False),
        (12000, 12601, True),
        (12039, 12640, False),
        (12039, 12641, True),
        (DAY, DAY + 4320, False),
        (DAY, DAY + 4321, True),
    ],
)
def test_a_window_ends_by_its_reset(seconds: int, ahead: int, is_impossible: bool) -> None:
    resets_at = NOW + timedelta(seconds=ahead)
    assert windows.is_impossible(seconds, resets_at, NOW) is is_impossible
    assert not windows.is_impossible(seconds, None, NOW)


def quota(label: str, window: int | None = None, role: Role = "binding") -> Quota:
    return Quota(label, "%", None, None, None, window, role=role)


def test_the_second_of_a_name_has_a_number() -> None:
    labels = ["Limit", "Limit 2", "Limit", "Weekly", "Limit"]
    named = [each.label for each in windows.numbered(map(quota, labels))]
    assert named == ["Limit", "Limit 2", "Limit 3", "Weekly", "Limit 4"]


def test_the_shortest_comes_first_within_its_role() -> None:
    told = [
        quota("part", 1, "part"),
        quota("aside", 1, "secondary"),
        quota("none"),
        quota("week", WEEK),
        quota("reserve", 1, "reserve"),
        quota("day", DAY),
    ]
    order = [each.label for each in windows.shortest_first(told)]
    assert order == ["day", "week", "none", "reserve", "aside", "part"]
