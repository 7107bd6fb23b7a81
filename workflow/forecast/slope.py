"""The slope of few, noisy and unevenly spaced points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

MOST = 60  # points that are used, since the number of pairs grows with their square

Point = tuple[float, float]  # time, amount


def theil_sen(points: Sequence[Point]) -> float:
    """Return the median of the slopes of all pairs; one outlier in four does not move it.

    Args:
        points: in order of time; of more than ``MOST`` every nth is used, the last one always.

    Returns:
        The slope per unit of time; 0 unless two points have different times.
    """
    slopes = [
        (b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(_thinned(points), 2) if b[0] > a[0]
    ]
    return _median(sorted(slopes)) if slopes else 0.0


def _median(values: Sequence[float]) -> float:
    """Return the median of sorted values; importing ``statistics`` would take longer than most lists do."""
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    step = -(-len(points) // MOST) or 1
    return points[::-1][::step][::-1]
