"""Compact an answer with moving values: each value, each text that contains some, and repeated texts are kept once.

A rendered text has a marker for every moving value (an age, a countdown), and a row repeats most of its texts.
When it is written, such a text is enclosed between two signs, whatever it becomes a part of. The compact
answer that a keystroke reads refers to texts and values by number, see feed.py. Each value is stored as it
reads now, with the time until which that holds: most values change by the hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import count
from time import localtime, mktime
from typing import NamedTuple

from .. import feed
from ..storage import json_codec

SIGN, OR = feed.SIGN.decode(), feed.OR.decode()
JOINT = "\x94"  # marks the beginning of a text that also occurs elsewhere
TEXT = "\x95"  # before and behind a text that is kept once
_SWITCH = f"{SIGN}u"  # the beginning of a switch's marker
_LINE = "\\n"  # a line break in JSON
_MOST = 4096  # texts in a cache; of thousands of accounts, few texts are used again
_SHORT = 24  # letters between two switches of the same moment that are joined into one
_MINUTE, _HOUR = 60, 3600  # seconds


class Value(NamedTuple):
    """A moving value as of a moment."""

    until: int  # ``current`` holds until then; a past epoch if it may change at any time
    current: bytes  # the text until then
    later: bytes  # its marker from then on: the kind and its arguments


class Moment:
    """Makes answers as of one moment; their moving values are worked out once for all of them.

    Args:
        now: epoch seconds; the answers hold from then on.
        formats: the formats of times, see times.py.
    """

    def __init__(self, now: float, formats: list[bytes]) -> None:
        self._values = _Values(now, formats)

    def packed(self, answer: str) -> bytes:
        """Return an answer with enclosed texts in the form that ``feed.fill`` reads."""
        rest = answer.split(TEXT)
        texts = _numbered(rest[1::2])
        rest[1::2] = map(texts.__getitem__, rest[1::2])
        parts = OR.join((*map(_joined, texts), "")).split(SIGN)
        ordered = sorted(dict.fromkeys(parts[1::2]), key=self._values.__getitem__)
        parts[1::2] = map(_numbered(ordered).__getitem__, parts[1::2])
        values = map(self._values.__getitem__, ordered)
        until, current, later = tuple(zip(*values)) or ((), (), ())
        return feed.END.join(
            (
                " ".join(map(str, until)).encode(),
                feed.SIGN.join((*current, b"")),
                feed.SIGN.join((*later, b"")),
                SIGN.join(parts).encode(),
                SIGN.join(rest).encode(),
            )
        )


def _numbered(texts: Iterable[str]) -> dict[str, str]:
    """Number different texts in their order."""
    return dict(zip(dict.fromkeys(texts), map(str, count())))


class _Values(dict[str, Value]):
    """A cache of moving values as of a moment, by marker."""

    def __init__(self, now: float, formats: list[bytes]) -> None:
        super().__init__()
        self._now, self._formats = now, formats
        self._today, self._midnight = localtime(now), _midnight(now)

    def __missing__(self, marker: str) -> Value:
        value = marker.encode()
        kind, (text, before, after) = value[:1], value[1:].split(feed.OR)
        epoch = int(text)
        if kind == b"u":
            known = Value(epoch, before, kind + after)
        else:
            later = value if kind == b"c" else kind + text
            current = feed.say(later, self._now, self._today, self._formats)
            known = Value(_until(kind, epoch, before, self._now, self._midnight), current, later)
        self[marker] = known
        return known


@lru_cache(maxsize=_MOST)
def quoted(text: str) -> str:
    """Write a text as JSON, with its moving parts enclosed."""
    if SIGN not in text:
        return json_codec.text(text.replace(JOINT, ""))
    lines = [_parted(json_codec.escaped(line)) for line in text.split("\n")]
    return f'"{_LINE.join(lines)}"'


def enclosed(text: str) -> str:
    """Enclose the moving parts of a text, whose markers are SIGN kind epoch OR before OR after SIGN."""
    return "\n".join(map(_parted, text.split("\n")))


def repeated(text: str) -> str:
    """Enclose a text that an answer may repeat, unless it contains enclosed texts."""
    return text if TEXT in text else f"{TEXT}{text}{TEXT}"


def _parted(line: str) -> str:
    """Enclose a line's parts, which are separated by JOINT; no value contains a line break."""
    return "".join(map(_enclosed, line.split(JOINT)))


def _enclosed(text: str) -> str:
    return f"{TEXT}{text}{TEXT}" if SIGN in text else text


def _until(kind: bytes, epoch: int, before: bytes, now: float, midnight: int) -> int:
    """Return until when a value other than a switch keeps its text, see ``Value``."""
    if kind == b"a":
        return _next_age(epoch, now)
    if kind == b"t":
        return _next_clock_time(epoch, now, midnight)
    if kind == b"n":
        return min((at for at in _thresholds(epoch) if at > now), default=epoch)
    if epoch <= now:
        return epoch
    moment = int(before.partition(b" ")[0] or epoch)
    changes = [epoch]
    if b"{span}" in before:
        changes.append(_next_countdown(moment, now))
    if b"{time}" in before:
        changes.append(_next_clock_time(moment, now, midnight))
    return min(changes)


def _thresholds(epoch: int) -> Iterator[int]:
    yield epoch
    for seconds, _ in feed.NEAR:
        yield epoch - seconds


def _next_age(epoch: int, now: float) -> int:
    """Return when an age changes: it is in minutes, then hours, then days."""
    seconds = int(now - epoch)
    unit = _MINUTE if seconds < _HOUR else _HOUR if seconds < feed.DAY else feed.DAY
    return epoch if now < epoch else epoch + (seconds // unit + 1) * unit


def _next_countdown(moment: int, now: float) -> int:
    """Return when a countdown changes: it is in minutes, rounded up, and from a day on in hours."""
    minutes = int(-(-(moment - now) // _MINUTE))
    if minutes < 1:
        return moment
    if minutes * _MINUTE < feed.DAY:
        return moment - (minutes - 1) * _MINUTE
    return moment - minutes * _MINUTE // _HOUR * _HOUR + _MINUTE


def _next_clock_time(moment: int, now: float, midnight: int) -> int:
    """Return when a clock time's format changes: at midnight, and six days before and after it."""
    edges = (moment - 6 * feed.DAY + 1, moment + 6 * feed.DAY)
    return min([midnight, *(edge for edge in edges if edge > now)])


def _midnight(now: float) -> int:
    """Return when the next local day begins, in epoch seconds."""
    year, month, day = localtime(now)[:3]
    return int(mktime((year, month, day + 1, 0, 0, 0, 0, 0, -1)))


@lru_cache(maxsize=_MOST)
def _joined(text: str) -> str:
    """Join a text's neighbouring switches that change at the same moment."""
    if text.count(_SWITCH) < 2:
        return text
    parts = text.split(SIGN)
    joined, before = parts[:1], ""
    for value, literal in zip(parts[1::2], parts[2::2]):
        moment = value.partition(OR)[0]
        if moment == before and moment[:1] == "u" and len(joined[-1]) <= _SHORT:
            joined[-2:] = [_as_one(joined[-2], joined[-1], value), literal]
        else:
            joined += [value, literal]
        before = moment
    return SIGN.join(joined)


def _as_one(first: str, between: str, second: str) -> str:
    moment, *earlier = first.split(OR)
    later = second.split(OR)[1:]
    return OR.join([moment, *(a + between + b for a, b in zip(earlier, later))])
