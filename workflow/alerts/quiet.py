"""Quiet hours: from one time of day to another, by local time. Pure."""

from __future__ import annotations

from datetime import datetime


def is_quiet(hours: str, local: datetime) -> bool:
    """Tell whether a moment lies in the quiet hours, whose end is not included.

    The hours are as in the settings, "22:00-08:00"; "off" for none.
    """
    first, _, last = hours.partition("-")
    if not last:
        return False
    now = f"{local.hour:02}:{local.minute:02}"
    return first <= now < last if first < last else now >= first or now < last
