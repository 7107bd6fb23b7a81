"""Ages, countdowns and clock times as text.

A rendered text has a marker for every moving value; ``compact`` gives it the form that ``feed.fill`` fills in
as of now. The formats of a language and clock are a list, so that a feed carries only its own.
"""

from __future__ import annotations

import functools
import re
from datetime import datetime, timezone
from time import localtime
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from .. import feed
from ..i18n.catalog import Translation, current, say
from ..i18n.message import _
from ..provider.notices import MONTHS
from . import moving

if TYPE_CHECKING:
    from ..state.state import State

_SPANS = (
    *(_("just now"), _("{minutes}m ago"), _("{hours}h ago"), _("{days}d ago")),
    *(
        _("{minutes}m"),
        _("{hours}h"),
        _("{hours}h {minutes}m"),
        _("{days}d"),
        _("{days}d {hours}h"),
    ),
)
_TWELVE, _TWENTY_FOUR = _("{hour12}:{minute:02} {half}"), _("{hour:02}:{minute:02}")
_DAYS = (  # from near to far
    *(_("{time}"), _("{weekday} {time}")),
    *(_("{day} {month} {time}"), _("{day} {month} {year} {time}")),
)
AGE_UNKNOWN = _("age unknown")
_NAMES = (
    *(_("AM"), _("PM")),
    *(_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")),
    *MONTHS,
    AGE_UNKNOWN,
)
_MAY_BE_WIDE = re.compile("[^\0-\u10ff]")  # no other character takes two columns
SIGN, OR, JOINT = moving.SIGN, moving.OR, moving.JOINT
_PLACE = re.compile(r"\{(\w+):?(\d*)\}")
_TEXTS = ("half", "weekday", "month")  # the placeholders of formats that are text, not numbers


def formats() -> list[bytes]:
    """List the formats of times: ages, countdowns, clock times from near to far, names, no age.

    They are bytes such as ``%(hour)02d``, which are formatted in half the time.
    """
    return list(_formats(current()))


@functools.lru_cache(maxsize=8)
def _formats(of: Translation) -> tuple[bytes, ...]:
    spans, days, names = ([of.say(each) for each in all] for all in (_SPANS, _DAYS, _NAMES))
    time = of.say(_TWENTY_FOUR if of.hours24 else _TWELVE)
    shown = (*spans, *(day.replace("{time}", time) for day in days))
    return (*(_PLACE.sub(_of_bytes, each).encode() for each in shown), *map(str.encode, names))


def _of_bytes(place: re.Match[str]) -> str:
    name, width = place[1], place[2]
    return f"%({name})s" if name in _TEXTS else f"%({name}){width}d"


def fill(text: str, now: datetime) -> str:
    """Fill in every marker of a text as of ``now``."""
    moment = now.timestamp()
    return feed.fill(compact(text, moment), moment, formats()).decode()


def compact(text: str, now: float) -> bytes:
    """Return a text with markers in the form of a feed, valid from ``now`` (epoch seconds) on."""
    return as_of(now).packed(moving.enclosed(text))


def as_of(now: float) -> moving.Moment:
    """Return a maker of answers as of a moment (epoch seconds), in the reader's language."""
    return moving.Moment(now, formats())


def moment_of(state: State) -> moving.Moment:
    """Return the moment of a state, which is shared by all faces, so that each value is worked out once."""
    return state.once(("moment", current()), lambda: as_of(state.now.timestamp()))


def ago(then: datetime) -> str:
    """Make a marker for how long ago a time is."""
    return _mark("a", then)


def clock(moment: datetime) -> str:
    """Make a marker for a time in the user's zone, with the weekday or date if needed."""
    return _mark("t", moment)


def switch(moment: datetime, before: str, after: str = "") -> str:
    """Make a marker for one text until a moment, and another one from then on."""
    return _mark("u", moment, before, after)


def coming(moment: datetime, before: str, after: str) -> str:
    """Make a marker like ``switch``, with the countdown and clock time as {span} and {time} in the first text."""
    return _mark("c", moment, f" {before}", after)


def forecast(moment: datetime, until: datetime, before: str) -> str:
    """Make a marker for a text with the countdown to and clock time of a moment, shown until another one."""
    return _mark("c", until, f"{int(moment.timestamp())} {before}")


def near(moment: datetime) -> str:
    """Make a marker for the words that say how near a moment is, until it has come."""
    return _mark("n", moment)


def ahead(moment: float, now: float) -> str:
    """Format a future time as of now: "in 2d 4h (Fri 18:40)", or "now" if it has passed."""
    before, after = say(_("in {span} ({time})")), say(_("now"))
    at, seen = (datetime.fromtimestamp(each, timezone.utc) for each in (moment, now))
    return fill(coming(at, before, after), seen)


def countdown(seconds: float) -> str:
    """Format a length of time in its two largest units: "2d 4h", "3h 20m", "12m"."""
    return feed.countdown(seconds, formats()).decode()


def day_and_time(moment: float, now: float) -> str:
    """Format a local clock time, with the weekday within a week and else the date."""
    return feed.clock_time(moment, now, localtime(now), formats()).decode()


@functools.lru_cache(maxsize=2048)
def columns(text: str) -> int:
    """Return the width of a text in columns, with moving values at their usual length."""
    parts = text.split(SIGN)
    for i, marker in enumerate(parts[1::2]):
        kind, before = marker[:1], marker.split(OR)[1]
        before = before.partition(" ")[2] if kind == "c" else before
        coming = before.replace("{span}", "12d 23h").replace("{time}", "25 Nov 18:40")
        parts[2 * i + 1] = {"a": "12m ago", "t": "Fri 18:40", "u": before}.get(kind, coming)
    shown = "".join(parts)
    if shown.isascii():
        return len(shown)
    return len(shown) + sum(east_asian_width(sign) in "WF" for sign in _MAY_BE_WIDE.findall(shown))


def _mark(kind: str, moment: datetime, before: str = "", after: str = "") -> str:
    return f"{SIGN}{kind}{int(moment.timestamp())}{OR}{before}{OR}{after}{SIGN}"
