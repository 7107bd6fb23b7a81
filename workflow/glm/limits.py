"""Reads the windows of a GLM plan, as ``quota/limit`` tells them.

``data.limits`` (also seen at the root), each like
``{"type": "CREDIT_LIMIT", "unit": 3, "number": 5, "usage": 2000, "currentValue": 893,
"remaining": 1106, "percentage": 44, "nextResetTime": <epoch ms>}``. Traps: ``usage`` is the total,
``currentValue`` what is used, ``percentage`` the share used and often the only number; used and
remaining may miss the total by rounding; where counts and percentage differ, the percentage holds.
A window is known by unit and number alone (3 hours, 5 minutes, 1 and 4 days, 6 weeks where 1 and 7
both mean one, 7 months): the weekly one may reset first, and an idle one has no reset. A length that
ends before its own reset is no length: such a window has no name. One window may be told twice, in
tokens and in credits. TIME_LIMIT is the month of MCP tool calls; a type that is not known is passed
over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Mapping, Optional, Tuple

from ..errors import UnexpectedResponse
from ..models import Quota
from ..provider.counts import FULL, allowance, fits
from ..provider.meters import Meter, apart
from ..provider.reading import count, entries, integer, mapping, moment, number, share, text
from ..provider.windows import (
    DAY,
    HOUR,
    MINUTE,
    NO_LABEL,
    WEEK,
    is_impossible,
    numbered,
    shortest_first,
    window_label,
)

_UNITS = {3: HOUR, 1: DAY, 4: DAY, 5: MINUTE, 6: WEEK}  # what ``unit`` counts, in seconds
_MONTHS, _MONTH = 7, 31 * DAY  # the unit, and the longest that one lasts
_YEAR = 12 * _MONTH
_COUNTED = {"TOKENS_LIMIT": "tokens", "CREDIT_LIMIT": "credits", "TIME_LIMIT": "requests"}


def parse_limits(
    told: Mapping[str, Any], now: datetime, tools_reset: Optional[datetime] = None
) -> Tuple[Quota, ...]:
    """Read the windows, shortest first, then the tools. Raises UnexpectedResponse if none is readable.

    Args:
        now: the latest that it can be, against which the lengths are checked.
        tools_reset: when the tools come back, where they do not say so themselves.
    """
    limits = mapping(told.get("data")).get("limits", told.get("limits"))
    if not isinstance(limits, list):
        raise UnexpectedResponse
    shown = [entry for entry in limits if not _hidden(entry)]
    meters = [_meter(entry, now) for entry in entries(shown)]
    quotas = shortest_first(numbered(apart([meter for meter in meters if meter is not None])))
    if shown and all(quota.used is None for quota in quotas):
        raise UnexpectedResponse
    return tuple(
        replace(quota, resets_at=tools_reset, estimated=True)
        if quota.role == "secondary" and quota.resets_at is None and tools_reset
        else quota
        for quota in quotas
    )


def _type(entry: Mapping[str, Any]) -> str:
    return (text(entry.get("type")) or "").upper()


def _hidden(entry: object) -> bool:
    """Tell whether this is the 0 of 0 tool calls of a plan without tools."""
    found = mapping(entry)
    return _type(found) == "TIME_LIMIT" and number(found.get("usage")) == 0


def _meter(entry: Mapping[str, Any], now: datetime) -> Optional[Meter]:
    kind = _type(entry)
    if kind not in _COUNTED:
        return None
    is_tools, resets_at = kind == "TIME_LIMIT", moment(entry.get("nextResetTime"))
    used, limit = _counts(entry, is_tools)
    percent = None if limit else share(entry.get("percentage"))
    label, seconds = ("MCP tools", None) if is_tools else _window(entry, resets_at, now)
    quota = allowance(label, _COUNTED[kind], used=used, limit=limit, percent=percent)
    if quota is None and is_tools:
        return None
    quota = replace(
        quota or Quota(label, "%", None, FULL, None),
        window=seconds,
        resets_at=resets_at,
        role="secondary" if is_tools else "binding",
    )
    place = (integer(entry.get("unit")) or 0, integer(entry.get("number")) or 0)
    return Meter(quota, _COUNTED[kind].capitalize(), place)


def _counts(
    entry: Mapping[str, Any], is_tools: bool
) -> Tuple[Optional[Decimal], Optional[Decimal]]:
    """Read used and total, only where all that is told fits together."""
    total, used, left = (count(entry.get(name)) for name in ("usage", "currentValue", "remaining"))
    if total and used is None and left is not None and left <= total and not is_tools:
        used = total - left
    if not total or used is None:
        return None, None
    if left is not None and abs(min(used, total) + left - total) > max(Decimal(1), total / 100):
        return None, None
    percent = share(entry.get("percentage"))
    return (used, total) if percent is None or fits(used, total, percent) else (None, None)


def _window(
    entry: Mapping[str, Any], resets_at: Optional[datetime], now: datetime
) -> Tuple[str, Optional[int]]:
    """Name a window and tell its length; neither where its own reset lies beyond its end."""
    unit, amount = integer(entry.get("unit")), integer(entry.get("number"))
    if unit is None or amount is None or not 0 < amount < 1_000_000:
        return NO_LABEL, None
    if unit == _MONTHS:
        label, seconds = "Monthly" if amount == 1 else f"{amount} months", None
        longest = amount * _MONTH
    elif unit in _UNITS:
        longest = seconds = WEEK if (unit, amount) == (6, 7) else _UNITS[unit] * amount
        label = window_label(seconds)
    else:
        return NO_LABEL, None
    if longest > _YEAR or is_impossible(longest, resets_at, now):
        return NO_LABEL, None
    return label, seconds
