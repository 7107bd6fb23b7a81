"""Reads one window that a vendor tells twice as one, or as two that say what they count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Iterator, List, NamedTuple, Sequence, Tuple

from ..models import Quota
from .windows import NO_LABEL


class Meter(NamedTuple):
    """One window as told, and what tells it apart from others of the same name."""

    quota: Quota
    counts: str  # what it counts: "Tokens", "Credits"
    place: Tuple[int, ...]  # numbers of the vendor's that order those of one name


def apart(meters: Sequence[Meter]) -> Iterator[Quota]:
    """Yield the quotas; one window told twice alike is one, told differently both say what they count.

    Those of one name come in an order that does not hang on the order in which they were told.
    """
    for label in dict.fromkeys(meter.quota.label for meter in meters):
        same = [meter for meter in meters if meter.quota.label == label]
        same = same if label == NO_LABEL else _once(same)
        same.sort(key=lambda meter: (meter.place, meter.counts))
        kinds = {meter.counts for meter in same}
        differ = label != NO_LABEL and 1 < len(same) == len(kinds)
        for meter in same:
            yield replace(meter.quota, label=f"{meter.counts} · {label}" if differ else label)


def _once(meters: Sequence[Meter]) -> List[Meter]:
    """Leave out the meters of one window that repeat another; the one with counts stays."""
    kept: List[Meter] = []
    for meter in sorted(meters, key=lambda m: (m.quota.used is None, m.quota.unit == "%")):
        if not any(_repeats(meter.quota, other.quota) for other in kept):
            kept.append(meter)
    return kept


def _repeats(quota: Quota, other: Quota) -> bool:
    """Tell whether a quota says nothing that another one of its window does not say."""
    if quota.used_percent is None or other.used_percent is None:
        return quota.used_percent is None
    if abs(quota.used_percent - other.used_percent) > 1:
        return False
    if quota.resets_at is None or other.resets_at is None:
        return True
    return abs(quota.resets_at - other.resets_at) <= timedelta(minutes=1)
