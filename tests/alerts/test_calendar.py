"""The calendar file, as it is written and as a calendar reads it."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone

import pytest

from workflow.alerts.calendar import event

AT = datetime(2026, 12, 3, 18, 40, tzinfo=timezone(timedelta(hours=8)))
WHAT = "GLM · Work: Week; has, reset \\ \n" + "很长的名字" * 20


def test_lines_are_short_and_end_as_they_must() -> None:
    lines = event("glm-1", WHAT, AT, AT).split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    assert b"DTSTART:20261203T104000Z" in lines
    for line in lines:
        line.decode()


@pytest.mark.skipif(sys.version_info < (3, 10), reason="icalendar needs 3.10")
def test_a_calendar_reads_it_back() -> None:
    icalendar = pytest.importorskip("icalendar")
    calendar = icalendar.Calendar.from_ical(event("glm-1", WHAT, AT, AT))
    (told,) = calendar.walk("VEVENT")
    assert told["SUMMARY"] == WHAT
    assert told.decoded("DTSTART") == AT
    assert told["UID"] == "glm-1@tankful"
    (alarm,) = calendar.walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(0)
