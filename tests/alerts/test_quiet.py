"""Quiet hours in local time."""

from __future__ import annotations

from datetime import datetime

import pytest

from workflow.alerts.quiet import is_quiet


@pytest.mark.parametrize(
    ("hours", "time", "quiet"),
    [
        ("22:00-08:00", "22:00", True),
        ("22:00-08:00", "23:59", True),
        ("22:00-08:00", "00:00", True),
        ("22:00-08:00", "07:59", True),
        ("22:00-08:00", "08:00", False),
        ("22:00-08:00", "21:59", False),
        ("12:30-14:00", "12:29", False),
        ("12:30-14:00", "12:30", True),
        ("12:30-14:00", "14:00", False),
        ("00:00-06:00", "00:00", True),
        ("off", "03:00", False),
    ],
)
def test_quiet_hours(hours: str, time: str, quiet: bool) -> None:
    assert is_quiet(hours, datetime.fromisoformat(f"2026-11-28T{time}:30")) == quiet
