"""One appointment as an iCalendar file (RFC 5545), which every calendar app opens. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

WIDTH = 75  # octets in a line at most
LASTS = timedelta(minutes=5)
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


def event(uid: str, what: str, at: datetime, made: datetime) -> bytes:
    """Return a calendar with one appointment that rings when it begins.

    Args:
        uid: identifies the appointment, so that a second import replaces the first.
        what: its title.
        at: when it begins, aware.
        made: when the file was made, aware.
    """
    text = "".join(_ESCAPES.get(letter, letter) for letter in what)
    lines = (
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tankful//EN", "BEGIN:VEVENT"),
        *(f"UID:{uid}@tankful", f"DTSTAMP:{_utc(made)}"),
        *(f"DTSTART:{_utc(at)}", f"DTEND:{_utc(at + LASTS)}", f"SUMMARY:{text}"),
        *("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:PT0S", f"DESCRIPTION:{text}", "END:VALARM"),
        *("END:VEVENT", "END:VCALENDAR"),
    )
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _folded(line: str) -> Iterator[bytes]:
    """Fold a line into parts of at most ``WIDTH`` octets; no letter is cut, and all but the first are indented."""
    part = b""
    for letter in line:
        octets = letter.encode("utf-8", "replace")
        if len(part) + len(octets) > WIDTH:
            yield part
            part = b" "
        part += octets
    yield part


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(timezone.utc):%Y%m%dT%H%M%SZ}"
