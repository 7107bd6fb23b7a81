"""Reads the rows of a token plan: the row ``general`` (else the first text model) is the headline
wherever it stands. Of a row, for ``interval`` and ``weekly``:

- ``current_…_remaining_percent`` is what REMAINS, and wins over counts;
- ``current_…_usage_count`` is used or remaining: the reading within one point of the percentage;
  without a percentage MiniMax's own rule says remaining, which only the older path proves;
- ``current_…_status`` 1 normal, 2 exhausted, 3 unlimited, or (both 3, totals 0) not in the plan;
- ``…remains_time`` is in milliseconds; a boost of 1500 ‰ enlarges the allowance, not the share.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ..models import Quota
from ..provider.counts import FULL, allowance, likeliest
from ..provider.reading import count, first, integer, moment, share, text
from ..provider.windows import DAY, HOUR, WEEK, nearest, window_label

Row = Dict[str, Any]

_TEXT_MODEL = re.compile(r"minimax-m[\d*]|general\Z|\Z")
_OTHER_MEDIA = re.compile(r"video|hailuo|speech|audio|music|image|vlm|search")
_LANES = {"video": "Video", "speech-hd": "Speech", "image-01": "Image"}
_FIVE_HOURS = (4 * HOUR - 300, 5 * HOUR + 300)  # about; one slot of the day is shorter
_LONGEST = 366 * DAY * 1000  # milliseconds until a reset, beyond which it is nonsense


def within_plan(rows: Sequence[Row]) -> List[Row]:
    """Leave out the rows that say of themselves that they are not in the plan."""
    return [row for row in rows if not _is_outside_plan(row)]


def _is_outside_plan(row: Row) -> bool:
    totals = (count(row.get(f"current_{lane}_total_count")) for lane in ("interval", "weekly"))
    states = (integer(row.get(f"current_{lane}_status")) for lane in ("interval", "weekly"))
    return all(state == 3 for state in states) and not any(totals)


def is_text(row: Row) -> bool:
    """Tell whether a row is of the text models, which share one allowance."""
    return _TEXT_MODEL.match(_name(row).lower()) is not None


def _name(row: Row) -> str:
    return text(first(row, "model_name", "model"), 40) or ""


def headline(rows: Sequence[Row]) -> Row:
    """Choose the row of the plan itself; an empty one without any."""
    general = [row for row in rows if _name(row).lower() == "general"]
    models = [row for row in rows if is_text(row)]
    others = [row for row in rows if not _OTHER_MEDIA.search(_name(row).lower())]
    return next(iter(general + models + others), {})


def quotas(rows: Sequence[Row], main: Row, at: datetime, proven: bool) -> Tuple[Quota, ...]:
    """Read the lanes of the headline, then those of every other row that is no copy of it."""
    shown = _lanes(main, at, proven)
    pools = [_bare(shown)]
    for row in rows:
        if row is main:
            continue
        lanes = _lanes(row, at, proven)
        if is_text(row):
            if _bare(lanes) in pools:
                continue
            pools.append(_bare(lanes))
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


def _bare(lanes: List[Tuple[str, Quota]]) -> List[Quota]:
    return [replace(quota, label="") for _, quota in lanes]


def _lanes(row: Row, at: datetime, proven: bool) -> List[Tuple[str, Quota]]:
    found = ((lane, _lane(row, lane, at, proven)) for lane in ("interval", "weekly"))
    return [(lane, quota) for lane, quota in found if quota]


def _lane(row: Row, lane: str, at: datetime, proven: bool) -> Optional[Quota]:
    status = integer(row.get(f"current_{lane}_status"))
    window, resets_at = _window(row, "weekly_" if lane == "weekly" else "", at)
    if lane == "weekly":
        window = window or WEEK
    label = _label(window)
    if status == 3:
        return Quota(label, "%", None, None, None, window, unlimited=True)
    quota = _amounts(row, lane, proven)
    if status == 2 and (quota is None or quota.remaining != 0):
        quota = allowance(label, "%", percent=FULL)
    if quota is None:
        return None
    return replace(quota, label=label, window=window, resets_at=resets_at, alert=status == 2)


def _window(row: Row, prefix: str, at: datetime) -> Tuple[Optional[int], Optional[datetime]]:
    begins, ends = moment(row.get(f"{prefix}start_time")), moment(row.get(f"{prefix}end_time"))
    if ends is not None:
        length = int((ends - begins).total_seconds()) if begins else 0
        return (length if length > 0 else None), ends
    left = count(row.get(f"{prefix}remains_time"))
    soon = left is not None and 0 < left <= _LONGEST
    return None, at + timedelta(milliseconds=int(left)) if left and soon else None


def _label(window: Optional[int]) -> str:
    if window is None or _FIVE_HOURS[0] <= window <= _FIVE_HOURS[1]:
        return "5 hours"  # what MiniMax documents for text models
    return window_label(nearest(window))


def _amounts(row: Row, lane: str, proven: bool) -> Optional[Quota]:
    """What is used of an allowance, yet without label and times; None when nothing is told."""
    told = row.get(f"current_{lane}_remaining_percent")
    left, total = share(told), count(row.get(f"current_{lane}_total_count"))
    readings, guessed = _readings(row, lane, total)
    used, percent = next(iter(readings), None), None
    if left is not None:
        used, percent = likeliest(readings, total, FULL - left), max(Decimal(0), FULL - left)
    quota = allowance("", "requests", used=used, limit=total or None, percent=percent)
    if quota is None:
        return Quota("", "%", None, FULL, None) if told is not None else None
    return replace(quota, estimated=left is None and guessed and not proven)


def _readings(row: Row, lane: str, total: Optional[Decimal]) -> Tuple[List[Decimal], bool]:
    """What the counts may say is used, the likeliest first, and whether that is a guess."""
    if not total:
        return [], False
    told, short = f"current_{lane}_", "" if lane == "interval" else "weekly_"
    used = count(row.get(f"{told}used_count"))
    if used is not None:
        return [used], False
    names = (f"{told}remaining_count", f"{told}remains_count", f"{short}remains_count")
    left = count(first(row, *names))
    if left is not None and left <= total:
        return [total - left], False
    either = count(row.get(f"{told}usage_count"))
    if either is None or either > total:
        return [], False
    return [total - either, either], True
