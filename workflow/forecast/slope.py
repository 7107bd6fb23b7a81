"""The slope of few, noisy and unevenly spaced points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

MOST = 60  # points that are used, since the number of pairs grows with their square

Point = tuple[float, float]  # time, amount


def theil_sen(points: Sequence[Point]) -> float:
    """Return the median of the slopes of all pairs, 0 without any; one outlier in four does not move it.

    The points are in order of time; of more than ``MOST`` every nth is used, the last one always.
    """
    kept = points[:: len(points) // -MOST or -1][::-1]
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(kept, 2) if b[0] > a[0])
    middle = len(slopes) // 2  # importing ``statistics`` would take longer than most lists do
    return (slopes[middle] + slopes[~middle]) / 2 if slopes else 0.0
