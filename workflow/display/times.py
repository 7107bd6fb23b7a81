"""How moments are said: ages, countdowns, clock times.

A rendered text carries every moving value as a marker, which ``feed.fill`` replaces against the
clock. What differs between languages and clocks is a list, so that the keystroke path
carries no more of it than it says.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import List
from unicodedata import east_asian_width

from .. import feed
from ..feed import OR, SIGN
from ..i18n.catalog import say
from ..i18n.message import _

_SPANS = (
    *(_("just now"), _("{}m ago"), _("{}h ago"), _("{}d ago")),
    *(_("{}m"), _("{}h"), _("{}h {}m"), _("{}d"), _("{}d {}h")),
)
_TWELVE, _TWENTY_FOUR = (
    _("{1}:{2:02} {3}"),
    _("{0:02}:{2:02}"),
)  # hour of 24 and of 12, minute, half
_DAYS = (  # 4 weekday, 5 day, 6 month, 7 year; from near to far
    *(_("{time}"), _("{4} {time}")),
    *(_("{5} {6} {time}"), _("{5} {6} {7} {time}")),
)
_NAMES = (
    *(_("AM"), _("PM")),
    *(_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")),
    *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
    *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
    _("age unknown"),
)
_AHEAD, _NOW = _("in {} ({})"), _("now")


def words(language: str, hours24: bool) -> List[str]:
    """What moments are said with: ages, countdowns, clock times from near to far, names, no age."""
    spans, days, names = ([say(each, language) for each in all] for all in (_SPANS, _DAYS, _NAMES))
    time = say(_TWENTY_FOUR if hours24 else _TWELVE, language)
    return [*spans, *(day.replace("{time}", time) for day in days), *names]


def fill(text: str, now: datetime, language: str, hours24: bool) -> str:
    """The text with every marker said as of ``now``."""
    return feed.fill(text.encode(), now.timestamp(), words(language, hours24)).decode()


def ago(then: datetime) -> str:
    """A marker: how long ago."""
    return _mark("a", then)


def switch(moment: datetime, before: str, after: str = "") -> str:
    """A marker: the one text until the moment, the other from then on."""
    return _mark("u", moment, before, after)


def coming(moment: datetime, before: str, after: str) -> str:
    """A marker: likewise, with countdown and clock time in the places of the first text's {}."""
    return _mark("c", moment, before, after)


def ahead(moment: float, now: float, language: str, hours24: bool) -> str:
    """When something comes, said at once: "in 2d 4h (Fri 18:40)", or "now" when it is past."""
    before, after = say(_AHEAD, language), say(_NOW, language)
    at, seen = (datetime.fromtimestamp(each, timezone.utc) for each in (moment, now))
    return fill(coming(at, before, after), seen, language, hours24)


def countdown(seconds: float, language: str) -> str:
    """A length of time in its two largest units: "2d 4h", "3h 20m", "12m"."""
    return feed.countdown(seconds, words(language, True))


def day_and_time(moment: float, now: float, language: str, hours24: bool) -> str:
    """Clock time, with the weekday within a week and the date beyond, in the local zone."""
    return feed.clock_time(moment, now, words(language, hours24))


def columns(text: str) -> int:
    """How wide a text stands, its moving values at their usual length."""
    parts = text.split(SIGN)
    for i, marker in enumerate(parts[1::2]):
        kind, before = marker[:1], marker.split(OR)[1]
        parts[2 * i + 1] = {"a": "12m ago", "u": before}.get(kind, before + "2d 4h Fri 18:40")
    return sum(1 + (east_asian_width(letter) in "WF") for letter in "".join(parts))


def _mark(kind: str, moment: datetime, before: str = "", after: str = "") -> str:
    return f"{SIGN}{kind}{int(moment.timestamp())}{OR}{before}{OR}{after}{SIGN}"
