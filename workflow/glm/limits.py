"""Reads the windows of a GLM plan from the answer of ``quota/limit``.

The answer has a list ``data.limits`` (also seen at the root) of entries like
``{"type": "CREDIT_LIMIT", "unit": 3, "number": 5, "usage": 2000, "currentValue": 893,
"remaining": 1106, "percentage": 44, "nextResetTime": <epoch ms>}``. Traps:

- ``usage`` is the total, ``currentValue`` what is used, ``percentage`` the used share and often the only
  number. Used and remaining may miss the total by rounding. If counts and percentage differ, the percentage
  wins.
- Only ``unit`` and ``number`` identify a window. Units: 3 hours, 5 minutes, 1 and 4 days, 6 weeks (1 and 7
  both mean one week), 7 months. The weekly window may reset first, and an idle one has no reset. A window
  that would end before its own reset gets neither length nor name.
- One window may be listed twice, in tokens and in credits. TIME_LIMIT is the month of MCP tool calls. Unknown
  types are skipped.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ..errors import UnexpectedResponse
from ..models import Quota
from ..provider.counts import FULL, adds_up, allowance, fits
from ..provider.days import month_until
from ..provider.meters import Meter, distinct
from ..provider.reading import Fields, count, entries, integer, mapping, moment, number, share, text
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
from ..records import replace

_UNITS = {3: HOUR, 1: DAY, 4: DAY, 5: MINUTE, 6: WEEK}  # seconds by ``unit``
_MONTHS, _MONTH = 7, 31 * DAY  # the unit for months, and the longest month in seconds
_YEAR = 12 * _MONTH
_COUNTED = {"TOKENS_LIMIT": "tokens", "CREDIT_LIMIT": "credits", "TIME_LIMIT": "requests"}


def parse_limits(
    document: Fields, now: datetime, tools_reset: datetime | None = None
) -> tuple[Quota, ...]:
    """Read the windows, shortest first, then the tools. Raises UnexpectedResponse if none is readable.

    Args:
        document: the answer of ``quota/limit``.
        now: the latest possible time, against which lengths are checked.
        tools_reset: when the tools reset, in case the answer does not say it; ignored once it is past, as on
            the day of the renewal, whose hour is unknown.
    """
    limits = mapping(document.get("data")).get("limits", document.get("limits"))
    if not isinstance(limits, list):
        raise UnexpectedResponse
    visible = [entry for entry in limits if not _hidden(entry)]
    meters = [_meter(entry, now) for entry in entries(visible)]
    quotas = shortest_first(numbered(distinct([meter for meter in meters if meter is not None])))
    if visible and all(quota.used is None for quota in quotas):
        raise UnexpectedResponse
    if tools_reset is not None and tools_reset <= now:
        tools_reset = None
    return tuple(
        replace(quota, window=month_until(tools_reset), resets_at=tools_reset, estimated=True)
        if quota.role == "secondary" and quota.resets_at is None and tools_reset
        else quota
        for quota in quotas
    )


def _type(entry: Fields) -> str:
    return (text(entry.get("type")) or "").upper()


def _hidden(entry: object) -> bool:
    """Tell whether an entry is the "0 of 0 tool calls" of a plan without tools."""
    fields = mapping(entry)
    return _type(fields) == "TIME_LIMIT" and number(fields.get("usage")) == 0


def _meter(entry: Fields, now: datetime) -> Meter | None:
    kind = _type(entry)
    if kind not in _COUNTED:
        return None
    is_tools, resets_at = kind == "TIME_LIMIT", moment(entry.get("nextResetTime"))
    used, limit = _counts(entry, is_tools)
    percent = None if limit else share(entry.get("percentage"))
    label, seconds = ("MCP tools", None) if is_tools else _window(entry, resets_at, now)
    quota = allowance(label, _COUNTED[kind], used=used, limit=limit, used_percent=percent)
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


def _counts(entry: Fields, is_tools: bool) -> tuple[Decimal | None, Decimal | None]:
    """Read used and total; None for both unless all numbers of the entry agree."""
    total, used, remaining = (
        count(entry.get(name)) for name in ("usage", "currentValue", "remaining")
    )
    if total and used is None and remaining is not None and remaining <= total and not is_tools:
        used = total - remaining
    if not total or used is None:
        return None, None
    if remaining is not None and not adds_up(used, total, remaining):
        return None, None
    percent = share(entry.get("percentage"))
    return (used, total) if percent is None or fits(used, total, percent) else (None, None)


def _window(entry: Fields, resets_at: datetime | None, now: datetime) -> tuple[str, int | None]:
    """Return label and length of a window; NO_LABEL and None if its reset is beyond its end."""
    unit, amount = integer(entry.get("unit")), integer(entry.get("number"))
    if unit is None or amount is None or amount <= 0:
        return NO_LABEL, None
    if unit == _MONTHS:
        label, seconds = f"{amount} months", None
        if amount == 1:
            label, seconds = "Monthly", month_until(resets_at)
        longest = amount * _MONTH
    elif unit in _UNITS:
        longest = seconds = WEEK if (unit, amount) == (6, 7) else _UNITS[unit] * amount
        label = window_label(seconds)
    else:
        return NO_LABEL, None
    if longest > _YEAR or is_impossible(longest, resets_at, now):
        return NO_LABEL, None
    return label, seconds
