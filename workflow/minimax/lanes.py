"""Reads the rows of a token plan.

The row ``general`` (else the first text model) is the headline, wherever it is in the list. A row has these
fields for each of ``interval`` and ``weekly``:

- ``current_…_remaining_percent`` is what REMAINS, and wins over counts.
- ``current_…_usage_count`` is either used or remaining: the reading that is within one point of the
  percentage. Without a percentage, MiniMax's own rule says remaining, but only the older path proves it.
- ``current_…_status`` is 1 normal, 2 exhausted, 3 unlimited; if both are 3 and the totals 0, the row is not in
  the plan.
- ``…remains_time`` is in milliseconds. A boost of 1500 ‰ enlarges the allowance, not the share.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ..models import Quota
from ..provider.counts import FULL, allowance, likeliest
from ..provider.reading import count, first, integer, moment, remainder, share, short
from ..provider.windows import DAY, HOUR, WEEK, nearest, window_label
from ..records import replace

Row = dict[str, Any]

EXHAUSTED, UNLIMITED = 2, 3  # values of ``current_…_status``
_TEXT_MODEL = re.compile(r"minimax-m[\d*]|general\Z|\Z")
_OTHER_MEDIA = re.compile(r"video|hailuo|speech|audio|music|image|vlm|search")
_LANES = {"video": "Video", "speech-hd": "Speech", "image-01": "Image"}
_SLOT, _SHORT_SLOT = 5 * HOUR, 4 * HOUR  # one slot of the day is shorter
_MAX_REMAINS = 366 * DAY * 1000  # milliseconds until a reset; more is nonsense


def within_plan(rows: Sequence[Row]) -> list[Row]:
    """Return the rows without those that are not in the plan."""
    return [row for row in rows if not _is_outside_plan(row)]


def _is_outside_plan(row: Row) -> bool:
    totals = (count(row.get(f"current_{lane}_total_count")) for lane in ("interval", "weekly"))
    states = (integer(row.get(f"current_{lane}_status")) for lane in ("interval", "weekly"))
    return all(state == UNLIMITED for state in states) and not any(totals)


def is_text(row: Row) -> bool:
    """Tell whether a row is about text models, which share one allowance."""
    return _TEXT_MODEL.match(_name(row).lower()) is not None


def _name(row: Row) -> str:
    return short(first(row, "model_name", "model")) or ""


def headline(rows: Sequence[Row]) -> Row:
    """Return the row of the plan itself; {} if there is none."""
    general = [row for row in rows if _name(row).lower() == "general"]
    models = [row for row in rows if is_text(row)]
    others = [row for row in rows if not _OTHER_MEDIA.search(_name(row).lower())]
    return next(iter(general + models + others), {})


def quotas(rows: Sequence[Row], main: Row, at: datetime, proven: bool) -> tuple[Quota, ...]:
    """Read the lanes of the headline, then those of every other row, without copies of the same allowance.

    Args:
        rows: all rows of the plan.
        main: the headline.
        at: when the answer came, aware UTC.
        proven: whether bare counts are known to be what remains.
    """
    shown = _lanes(main, at, proven)
    pools = [_quotas_of(shown)]
    for row in rows:
        if row is main:
            continue
        lanes = _lanes(row, at, proven)
        if is_text(row):
            if _quotas_of(lanes) in pools:
                continue
            pools.append(_quotas_of(lanes))
        name = _LANES.get(_name(row).lower(), _name(row) or "Other")
        shown += [
            (
                lane,
                replace(
                    quota, label=name if lane == "interval" else f"{name} weekly", role="secondary"
                ),
            )
            for lane, quota in lanes
            if not quota.unlimited
        ]
    return tuple(quota for _, quota in shown)


def _quotas_of(lanes: list[tuple[str, Quota]]) -> list[Quota]:
    return [quota for _, quota in lanes]


def _lanes(row: Row, at: datetime, proven: bool) -> list[tuple[str, Quota]]:
    quotas = ((lane, _lane(row, lane, at, proven)) for lane in ("interval", "weekly"))
    return [(lane, quota) for lane, quota in quotas if quota]


def _lane(row: Row, lane: str, at: datetime, proven: bool) -> Quota | None:
    status = integer(row.get(f"current_{lane}_status"))
    window, resets_at = _window(row, "weekly_" if lane == "weekly" else "", at)
    if lane == "weekly":
        window = window or WEEK
    label = _label(window)
    if status == UNLIMITED:
        return Quota(label, "%", None, None, None, window, unlimited=True)
    quota = _amounts(row, lane, label, proven)
    if status == EXHAUSTED and (quota is None or quota.remaining != 0):
        quota = allowance(label, "%", used_percent=FULL)
    if quota is None:
        return None
    return replace(quota, window=window, resets_at=resets_at, alert=status == EXHAUSTED)


def _window(row: Row, prefix: str, at: datetime) -> tuple[int | None, datetime | None]:
    begins, ends = moment(row.get(f"{prefix}start_time")), moment(row.get(f"{prefix}end_time"))
    if ends is not None:
        length = int((ends - begins).total_seconds()) if begins else 0
        return (length if length > 0 else None), ends
    remaining = count(row.get(f"{prefix}remains_time"))
    soon = remaining is not None and 0 < remaining <= _MAX_REMAINS
    return None, at + timedelta(milliseconds=int(remaining)) if remaining and soon else None


def _label(window: int | None) -> str:
    """Name a window; the default length is the one that MiniMax documents for text models."""
    length = _SLOT if window is None else nearest(window)
    return window_label(_SLOT if length == _SHORT_SLOT else length)


def _amounts(row: Row, lane: str, label: str, proven: bool) -> Quota | None:
    """Make the quota of a lane, still without times; None without any number."""
    value = row.get(f"current_{lane}_remaining_percent")
    remaining, total = share(value), count(row.get(f"current_{lane}_total_count"))
    readings, guessed = _readings(row, lane, total)
    used, percent = next(iter(readings), None), None
    if remaining is not None:
        percent = remainder(FULL, remaining)
        used = likeliest(readings, total, FULL - remaining)
    quota = allowance(label, "requests", used=used, limit=total or None, used_percent=percent)
    if quota is None:
        return Quota(label, "%", None, FULL, None) if value is not None else None
    return replace(quota, estimated=remaining is None and guessed and not proven)


def _readings(row: Row, lane: str, total: Decimal | None) -> tuple[list[Decimal], bool]:
    """Return the possible readings of the counts as ``used``, likeliest first, and whether they are guesses."""
    if not total:
        return [], False
    prefix, short = f"current_{lane}_", "" if lane == "interval" else "weekly_"
    used = count(row.get(f"{prefix}used_count"))
    if used is not None:
        return [used], False
    names = (f"{prefix}remaining_count", f"{prefix}remains_count", f"{short}remains_count")
    remaining = count(first(row, *names))
    if remaining is not None and remaining <= total:
        return [total - remaining], False
    ambiguous = count(row.get(f"{prefix}usage_count"))
    if ambiguous is None or ambiguous > total:
        return [], False
    return [total - ambiguous, ambiguous], True
