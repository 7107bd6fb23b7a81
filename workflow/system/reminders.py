"""Make a reminder that rings, in Reminders of macOS.

The date is passed in parts, since a date as text would depend on the locale.
"""

from __future__ import annotations

from datetime import datetime

from .commands import ran

SECONDS = 60  # the first time macOS asks the user for permission
_MADE = (
    "on run argv",
    "set due to current date",
    "set day of due to 1",
    "set year of due to (item 2 of argv) as integer",
    "set month of due to (item 3 of argv) as integer",
    "set day of due to (item 4 of argv) as integer",
    "set time of due to (item 5 of argv) as integer",
    (
        'tell application "Reminders" to make new reminder with properties '
        "{name:item 1 of argv, due date:due, remind me date:due}"
    ),
    "end run",
)


def remind(what: str, local: datetime) -> bool:
    """Make a reminder in Reminders that rings at a local time. Returns whether that worked."""
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    date = (str(part) for part in (local.year, local.month, local.day, seconds))
    lines = (part for line in _MADE for part in ("-e", line))
    return ran("osascript", *lines, what, *date, seconds=SECONDS)
