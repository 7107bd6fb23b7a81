"""The user's days, in any time zone."""

from __future__ import annotations

from datetime import date

import pytest

from tests.clocks import live_in
from workflow.forecast import days

CHANGED = date(2026, 3, 29)  # from winter to summer in Europe


@pytest.mark.parametrize(
    ("name", "begins", "hours"),
    [("UTC", 1774742400, 24), ("Europe/Berlin", 1774738800, 23), ("Asia/Tokyo", 1774710000, 24)],
)
def test_a_day_begins_and_lasts_by_the_zone(
    monkeypatch: pytest.MonkeyPatch, name: str, begins: int, hours: int
) -> None:
    live_in(monkeypatch, name)
    assert days.midnight(CHANGED) == begins
    assert days.seconds(CHANGED) == hours * 3600
    assert days.day_of(begins) == CHANGED
