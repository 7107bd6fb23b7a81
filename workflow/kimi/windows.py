"""Reads the windows of a Kimi Code plan from ``limits``, ``usage`` and ``usages`` of one answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Optional

from ..models import Quota, Role
from ..provider.answer import Answer, latest
from ..provider.counts import FULL, allowance
from ..provider.reading import (
    Fields,
    count,
    entries,
    first,
    integer,
    mapping,
    moment,
    number,
    share,
    short,
    text,
)
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
from ..records import replace

_PERIODS = {
    **dict.fromkeys(("hour", "hourly"), HOUR),
    **dict.fromkeys(("day", "daily"), DAY),
    **dict.fromkeys(("week", "weekly"), WEEK),
}
_YEAR = 366 * DAY
_USES = {"code": "Kimi Code"}


def merged(document: Fields, answer: Answer) -> tuple[Quota, ...]:
    """Read all windows, shortest first: ``limits``, and those that only ``usage`` and ``usages`` have.

    Args:
        document: the JSON of the answer, with names in snake_case.
        answer: the answer; resets are checked against its time.
    """
    quotas = list(_limits(document, answer))
    for quota in (*_week(document, answer), *_pools(document, answer)):
        same = [other for other in quotas if _is_same(quota, other)]
        if all(other.used is None for other in same):
            quotas = [other for other in quotas if other not in same] + [quota]
    return shortest_first(numbered(quotas))


def _is_same(quota: Quota, other: Quota) -> bool:
    """Tell whether both are the same window; the label of ``other`` may have a name before it."""
    return quota.label == other.label.rpartition(" · ")[2] != NO_LABEL


def _limits(document: Fields, answer: Answer) -> Iterator[Quota]:
    """Yield the windows of ``limits``; those of the same length have their names in the label."""
    pairs = (_limit(entry, answer) for entry in entries(document.get("limits")))
    named = list(dict.fromkeys(pair for pair in pairs if pair is not None))
    for quota, name in named:
        same = [other for other, _ in named if other.label == quota.label]
        is_plain = len(same) == 1 or not name or name == quota.label
        yield quota if is_plain else replace(quota, label=f"{name} · {quota.label}")


def _limit(entry: dict[str, Any], answer: Answer) -> tuple[Quota, str] | None:
    """Read one window and its name, "" if the name is only a length."""
    detail = _detail(entry)
    seconds, months = _length(entry, detail)
    name, name_seconds = _name_of(entry, detail)
    if seconds is not None:
        label = window_label(seconds)
    elif months:
        label = "Monthly" if months == 1 else f"{months} months"
    else:
        label, seconds = name or NO_LABEL, name_seconds
    quota = _meter({**entry, **detail}, label, seconds, answer)
    return (quota, "" if name_seconds else name) if quota is not None else None


def _name_of(*sources: Fields) -> tuple[str, int | None]:
    texts = (
        short(source.get(key)) for key in ("name", "title", "scope", "window") for source in sources
    )
    for name in filter(None, texts):
        return _titled(name)
    return "", None


def _week(document: Fields, answer: Answer) -> Iterator[Quota]:
    """Yield the window of ``usage``, unless it only repeats one of ``limits``."""
    usage = mapping(document.get("usage"))
    name, seconds = _name_of(usage)
    label, seconds = (name, seconds) if seconds or name == "Monthly" else ("Weekly", WEEK)
    quota = _meter(usage, label, seconds, answer)
    if quota is not None and not any(
        other == replace(quota, label=other.label, window=other.window)
        for other in _limits(document, answer)
        if other.resets_at is not None
    ):
        yield quota


def _pools(document: Fields, answer: Answer) -> Iterator[Quota]:
    for name, entry in list(mapping(document.get("usages")).items())[:20]:
        pool = mapping(entry)
        ratio = share(pool.get("used_ratio"))
        title, whole = _pool(short(name) or "")
        label, seconds = title
        if ratio is None or not label:
            continue
        used, reset = ratio * 100, _reset(pool, answer)
        if whole is not None:
            yield Quota(label, "%", used, None, None, None, reset, role="part", part_of=whole)
            continue
        role: Role = "secondary" if seconds is None and label != "Monthly" else "binding"
        if seconds is not None and is_impossible(seconds, reset, latest(answer)):
            label, seconds = NO_LABEL, None
        quota = allowance(label, "%", used_percent=used, window=seconds, resets_at=reset, role=role)
        if quota is not None:
            yield quota


_Title = tuple[str, Optional[int]]


def _pool(name: str) -> tuple[_Title, str | None]:
    """Read the label and the length of a pool; for a part of another one, also the label of the whole.

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
    """Read the label and the length in a name: "5h", "7-day limit", "Weekly quota", "limit_month".

    A name without a length is kept as the label.
    """
    title = re.sub(r"^limit[_ ]|[_ ]+(limit|quota|usage|window)s?$", "", name.strip().lower())
    sized = re.fullmatch(r"([1-9]\d{0,2})[ _-]?([a-z]+?)s?", title, re.ASCII)
    if sized and sized[2] in SECONDS:
        seconds = int(sized[1]) * SECONDS[sized[2]]
        return window_label(seconds), seconds
    if title in _PERIODS:
        return window_label(_PERIODS[title]), _PERIODS[title]
    if title in ("month", "monthly"):
        return "Monthly", None
    return _own_name(re.sub("^limit_", "", name, flags=re.IGNORECASE)), None


def _own_name(name: str) -> str:
    title = " ".join(re.split("[_ ]+", name)).strip()
    return title.capitalize() if title.isupper() else title[:1].upper() + title[1:]


def _detail(entry: dict[str, Any]) -> dict[str, Any]:
    return mapping(entry.get("detail")) or entry


def _meter(detail: Fields, label: str, window: int | None, answer: Answer) -> Quota | None:
    """Make the quota of a window; None if its limit is missing or 0."""
    limit = count(detail.get("limit"))
    if not limit:
        return None
    used, remaining = count(detail.get("used")), count(detail.get("remaining"))
    if used is None and remaining is None:
        used = share(detail.get("used"))
    reset = _reset(detail, answer)
    if window is not None and is_impossible(window, reset, latest(answer)):
        label, window = NO_LABEL, None
    unit = "%" if limit == FULL else "requests"
    return allowance(
        label, unit, used=used, limit=limit, remaining=remaining, window=window, resets_at=reset
    )


def _reset(detail: Fields, answer: Answer) -> datetime | None:
    """Read when a window resets: from a time, or from the seconds until then."""
    moments = (moment(detail.get(name)) for name in ("reset_time", "reset_at", "period_end"))
    waits = (_seconds(detail.get(name)) for name in ("reset_in", "ttl"))
    later = (answer.at + timedelta(seconds=wait) for wait in waits if wait is not None)
    return next((reset for reset in (*moments, *later) if reset is not None), None)


def _seconds(value: object) -> int | None:
    """Read a number of seconds within a year, also as "9000s"."""
    wait = number(value[:-1] if isinstance(value, str) and value.endswith("s") else value)
    return int(wait) if wait is not None and 0 < wait <= _YEAR else None


def _length(*sources: Fields) -> tuple[int | None, int | None]:
    """Read the length of a window as seconds or as months; the other one is None."""
    places = [mapping(sources[0].get("window")), *sources]
    units = (first(place, "time_unit", "unit") for place in places)
    unit = next((value for value in map(text, units) if value), "").lower()
    unit = re.sub(r"^time_?unit_?", "", unit)
    unit = unit if unit in SECONDS else unit.removesuffix("s")
    lengths = (integer(place.get("duration")) for place in places)
    amount = next((value for value in lengths if value is not None), None)
    if amount is None:
        return None, None
    if unit in ("month", "mon"):
        return None, amount if amount in range(1, 13) else None
    seconds = amount * SECONDS.get(unit, 0)
    return (seconds if 0 < seconds <= _YEAR else None), None


def is_unreadable(document: Fields) -> bool:
    """Tell whether the answer has limits that cannot be read, so that it may have windows after all."""
    details = [mapping(document.get("usage"))]
    details += [_detail(entry) for entry in entries(document.get("limits"))]
    limits = [detail.get("limit") for detail in details if detail.get("limit") is not None]
    return bool(document.get("usages")) or any(count(limit) is None for limit in limits)
