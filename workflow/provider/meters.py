"""Merges windows that a vendor reports twice, or labels each by what it counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from ..models import Quota
from ..records import replace
from .windows import NO_LABEL


class Meter(NamedTuple):
    """A quota, and what distinguishes it from others of the same name."""

    quota: Quota
    counts: str  # what it counts: "Tokens", "Credits"
    place: tuple[int, ...]  # numbers from the vendor, by which those of one name are sorted


def distinct(meters: Sequence[Meter]) -> Iterator[Quota]:
    """Yield the quotas. Two of one window become one if they agree, else each label says what it counts.

    Quotas of one name come in an order that does not depend on the vendor's.
    """
    for label in dict.fromkeys(meter.quota.label for meter in meters):
        same = [meter for meter in meters if meter.quota.label == label]
        same = same if label == NO_LABEL else _without_repeats(same)
        same.sort(key=lambda meter: (meter.place, meter.counts))
        kinds = {meter.counts for meter in same}
        differ = label != NO_LABEL and 1 < len(same) == len(kinds)
        for meter in same:
            yield replace(meter.quota, label=f"{meter.counts} · {label}" if differ else label)


def _without_repeats(meters: Sequence[Meter]) -> list[Meter]:
    """Drop the meters of one window that repeat another; one with counts wins over a percentage."""
    kept: list[Meter] = []
    for meter in sorted(meters, key=lambda m: (m.quota.used is None, m.quota.unit == "%")):
        if not any(_repeats(meter.quota, other.quota) for other in kept):
            kept.append(meter)
    return kept


def _repeats(quota: Quota, other: Quota) -> bool:
    """Tell whether a quota adds nothing to another one of the same window."""
    if quota.used_percent is None or other.used_percent is None:
        return quota.used_percent is None
    if abs(quota.used_percent - other.used_percent) > 1:
        return False
    if quota.resets_at is None or other.resets_at is None:
        return True
    return abs(quota.resets_at - other.resets_at) <= timedelta(minutes=1)
