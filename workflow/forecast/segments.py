"""Select the samples of a quota that belong to the running window, or to its last unbroken stretch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Callable

from ..history import resets
from ..history.series import SCALE, Sample

FALL = 1 * SCALE  # one point; a bigger fall without a reset is a refund, a boost or another plan


def of_window(samples: Iterable[Sample], window: int) -> list[Sample]:
    """Return the samples of the running window in order of time; ``window`` is its length in seconds."""
    return _last_segment(samples, lambda before, after: resets.has_ended(before, after, window))


def of_segment(samples: Iterable[Sample], window: int) -> list[Sample]:
    """Return the samples of one window since its allowance last changed."""
    return _last_segment(samples, lambda before, after: _is_broken(before, after, window))


def has_other_limit(before: Sample, after: Sample) -> bool:
    """Tell whether the limit was raised or lowered between two samples."""
    return None not in (before.total, after.total) and before.total != after.total


def _is_broken(before: Sample, after: Sample, window: int) -> bool:
    """Tell whether the allowance changed between two samples: a refund, another limit, an earlier reset."""
    fell = (before.value or 0) - (after.value or 0) > FALL
    back = None not in (before.resets_at, after.resets_at) and (
        (before.resets_at or 0) - (after.resets_at or 0) > resets.tolerance(window)
    )
    return fell or back or has_other_limit(before, after)


def _last_segment(
    samples: Iterable[Sample], ends: Callable[[Sample, Sample], bool]
) -> list[Sample]:
    """Return the samples after the last pair between which a segment ends."""
    segment: list[Sample] = []
    for sample in sorted(samples, key=lambda sample: sample.at):
        if segment and ends(segment[-1], sample):
            segment.clear()
        segment.append(sample)
    return segment
