"""Reads the windows of a Kimi Code plan: ``limits``, ``usage`` and ``usages`` of its one answer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple

from ..models import Quota, Role
from ..provider.answer import Answer, latest
from ..provider.counts import FULL, allowance
from ..provider.reading import count, entries, first, integer, mapping, moment, number, share, text
from ..provider.windows import (
    DAY,
    HOUR,
    NO_LABEL,
    SECONDS,
    WEEK,
    is_impossible,
    numbered,
    shortest_first,
    window_label,
)

_WORDS = {
    **dict.fromkeys(("hour", "hourly"), HOUR),
    **dict.fromkeys(("day", "daily"), DAY),
    **dict.fromkeys(("week", "weekly"), WEEK),
}
_YEAR = 366 * DAY
_USES = {"code": "Kimi Code"}


def merged(told: Mapping[str, Any], answer: Answer) -> Tuple[Quota, ...]:
    """Read all windows, shortest first: ``limits``, and what ``usage`` and ``usages`` add to them."""
    found = list(_limits(told, answer))
    for quota in (*_week(told, answer), *_pools(told, answer)):
        same = [other for other in found if _is_same(quota, other)]
        if all(other.used is None for other in same):
            found = [other for other in found if other not in same] + [quota]
    return shortest_first(numbered(found))


def _is_same(quota: Quota, other: Quota) -> bool:
    """Whether both are the same window, which may also have a name of its own."""
    return quota.label == other.label.rpartition(" · ")[2] != NO_LABEL


def _limits(told: Mapping[str, Any], answer: Answer) -> Iterator[Quota]:
    """The windows; those of one length and different names say their names."""
    read = (_limit(entry, answer) for entry in entries(told.get("limits")))
    found = list(dict.fromkeys(each for each in read if each is not None))
    for quota, name in found:
        same = [other for other, _ in found if other.label == quota.label]
        alone = len(same) == 1 or not name or name == quota.label
        yield quota if alone else replace(quota, label=f"{name} · {quota.label}")


def _limit(entry: Dict[str, Any], answer: Answer) -> Optional[Tuple[Quota, str]]:
    """One window, and what else it is called."""
    detail = _detail(entry)
    seconds, months = _length(entry, detail)
    name, named = _told_name(entry, detail)
    if seconds is not None:
        label = window_label(seconds)
    elif months:
        label = "Monthly" if months == 1 else f"{months} months"
    else:
        label, seconds = name or NO_LABEL, named
    quota = _meter({**entry, **detail}, label, seconds, answer)
    return (quota, "" if named else name) if quota is not None else None


def _told_name(*sources: Mapping[str, Any]) -> Tuple[str, Optional[int]]:
    told = (
        text(source.get(key), 40)
        for key in ("name", "title", "scope", "window")
        for source in sources
    )
    name = next((each for each in told if each), "")
    return _titled(name) if name else ("", None)


def _week(told: Mapping[str, Any], answer: Answer) -> Iterator[Quota]:
    """``usage``, unless it only repeats a window of ``limits``."""
    usage = mapping(told.get("usage"))
    name, named = _told_name(usage)
    label, seconds = (name, named) if named or name == "Monthly" else ("Weekly", WEEK)
    quota = _meter(usage, label, seconds, answer)
    if quota is not None and not any(
        other == replace(quota, label=other.label, window=other.window)
        for other in _limits(told, answer)
        if other.resets_at is not None
    ):
        yield quota


def _pools(told: Mapping[str, Any], answer: Answer) -> Iterator[Quota]:
    for name, entry in list(mapping(told.get("usages")).items())[:20]:
        pool = mapping(entry)
        ratio = share(first(pool, "used_ratio", "usedRatio"))
        title, of = _pool(text(name, 40) or "")
        label, seconds = title
        if ratio is None or not label:
            continue
        used, reset = ratio * 100, _reset(pool, answer)
        if of is not None:
            yield Quota(label, "%", used, None, None, None, reset, role="part", part_of=of)
            continue
        role: Role = "secondary" if seconds is None and label != "Monthly" else "binding"
        if seconds is not None and is_impossible(seconds, reset, latest(answer)):
            label, seconds = NO_LABEL, None
        quota = allowance(label, "%", percent=used, window=seconds, resets_at=reset, role=role)
        if quota is not None:
            yield quota


_Title = Tuple[str, Optional[int]]


def _pool(name: str) -> Tuple[_Title, Optional[str]]:
    """What a pool is called, its length, and the label of the whole that it is a part of.

    ``limit_5h`` and ``limit_month_total`` are windows, ``limit_month_code`` is a part of the latter.
    """
    lead, _, use = re.sub("^limit_", "", name.lower()).partition("_")
    whole = _titled(lead)
    if lead and (whole[1] is not None or whole[0] == "Monthly"):
        if use in ("", "total", "all"):
            return whole, None
        return (_USES.get(use) or _own_name(use), None), whole[0]
    return _titled(name), None


def _titled(name: str) -> _Title:
    """A name that tells a length is that window; any other stays as it is.

    "5h", "7-day limit", "Weekly quota", "limit_month" …
    """
    title = re.sub(r"^limit[_ ]|[_ ]+(limit|quota|usage|window)s?$", "", name.strip().lower())
    sized = re.fullmatch(r"([1-9]\d{0,2})[ _-]?([a-z]+?)s?", title, re.ASCII)
    if sized and sized[2] in SECONDS:
        seconds = int(sized[1]) * SECONDS[sized[2]]
        return window_label(seconds), seconds
    if title in _WORDS:
        return window_label(_WORDS[title]), _WORDS[title]
    if title in ("month", "monthly"):
        return "Monthly", None
    return _own_name(re.sub("^limit_", "", name, flags=re.IGNORECASE)), None


def _own_name(name: str) -> str:
    words = " ".join(re.split("[_ ]+", name)).strip()
    return words.capitalize() if words.isupper() else words[:1].upper() + words[1:]


def _detail(entry: Dict[str, Any]) -> Dict[str, Any]:
    return mapping(entry.get("detail")) or entry


def _meter(
    detail: Mapping[str, Any], label: str, window: Optional[int], answer: Answer
) -> Optional[Quota]:
    """One window; None where there is none (no limit, or a limit of 0)."""
    limit = count(detail.get("limit"))
    if not limit:
        return None
    used, left = count(detail.get("used")), count(detail.get("remaining"))
    if used is None and left is None:
        used = share(detail.get("used"))
    reset = _reset(detail, answer)
    if window is not None and is_impossible(window, reset, latest(answer)):
        label, window = NO_LABEL, None
    unit = "%" if limit == FULL else "requests"
    return allowance(label, unit, used=used, limit=limit, left=left, window=window, resets_at=reset)


def _reset(detail: Mapping[str, Any], answer: Answer) -> Optional[datetime]:
    """When a window comes back, told as a moment or as the seconds until then."""
    names = ("resetTime", "resetAt", "reset_time", "reset_at", "period_end", "periodEnd")
    moments = (moment(detail.get(name)) for name in names)
    waits = (_seconds(detail.get(name)) for name in ("resetIn", "reset_in", "ttl"))
    soon = (answer.at + timedelta(seconds=wait) for wait in waits if wait is not None)
    return next((each for each in (*moments, *soon) if each is not None), None)


def _seconds(told: object) -> Optional[int]:
    """A number of seconds within a year, also as "9000s"."""
    wait = number(told[:-1] if isinstance(told, str) and told.endswith("s") else told)
    return int(wait) if wait is not None and 0 < wait <= _YEAR else None


def _length(*sources: Mapping[str, Any]) -> Tuple[Optional[int], Optional[int]]:
    """How long a window is: in seconds, or in months."""
    places = [mapping(sources[0].get("window")), *sources]
    told = (first(place, "timeUnit", "time_unit", "unit") for place in places)
    word = next((each for each in map(text, told) if each), "").lower()
    word = re.sub(r"^time_?unit_?", "", word)
    word = word[:-1] if word.endswith("s") and len(word) > 1 else word
    lengths = (integer(place.get("duration")) for place in places)
    amount = next((each for each in lengths if each is not None), None)
    if amount is None or not 0 < amount < 10_000_000:
        return None, None
    if word in ("month", "mon"):
        return None, amount if amount <= 12 else None
    seconds = amount * SECONDS.get(word, 0)
    return (seconds if 0 < seconds <= _YEAR else None), None


def is_unreadable(told: Mapping[str, Any]) -> bool:
    """Tell whether a limit is told that is no number: then nothing is known, not even that none is there."""
    details = [mapping(told.get("usage"))]
    details += [_detail(entry) for entry in entries(told.get("limits"))]
    limits = [detail.get("limit") for detail in details if detail.get("limit") is not None]
    return bool(told.get("usages")) or any(count(limit) is None for limit in limits)
