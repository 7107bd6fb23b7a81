"""How moments are said: ages, countdowns, clock times, in both languages.

A rendered text carries every moving value as a marker, which ``feed.fill`` replaces against the
clock. What differs between languages and clocks is a list of words, so that the keystroke path
carries no more of it than it says.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import List
from unicodedata import east_asian_width

from .. import feed
from ..feed import OR, SIGN

_ENGLISH = (
    *("just now", "{}m ago", "{}h ago", "{}d ago"),
    *("{}m", "{}h", "{}h {}m", "{}d", "{}d {}h"),
)
_CHINESE = (
    *("刚刚", "{}分钟前", "{}小时前", "{}天前"),
    *("{}分钟", "{}小时", "{}小时{}分钟", "{}天", "{}天{}小时"),
)
_ENGLISH_DAYS = ("{}", "{{4}} {}", "{{5}} {{6}} {}", "{{5}} {{6}} {{7}} {}")
_CHINESE_DAYS = ("{}", "{{4}} {}", "{{6}}{{5}}日 {}", "{{7}}年{{6}}{{5}}日 {}")
_ENGLISH_NAMES = (
    *("AM", "PM", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "age unknown",
)
_CHINESE_NAMES = (
    *("上午", "下午", "周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    *(f"{month}月" for month in range(1, 13)),
    "更新时间未知",
)


def words(language: str, hours24: bool) -> List[str]:
    """What moments are said with: ages, countdowns, clock times from near to far, names, no age."""
    chinese = language == "zh"
    time = "{0:02}:{2:02}" if hours24 else "{3}{1}:{2:02}" if chinese else "{1}:{2:02} {3}"
    days = [day.format(time) for day in (_CHINESE_DAYS if chinese else _ENGLISH_DAYS)]
    names = _CHINESE_NAMES if chinese else _ENGLISH_NAMES
    return [*(_CHINESE if chinese else _ENGLISH), *days, *names]


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
    before, after = ("{}后（{}）", "现在") if language == "zh" else ("in {} ({})", "now")
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
