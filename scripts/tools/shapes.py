"""The polygons of the icons: circles, rectangles, lines, and shapes made of them.

x grows to the right, y downwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]
Polygon = list[Point]
Shape = list[Polygon]


def arc(x: float, y: float, radius: float, start: float, end: float) -> Polygon:
    """Return points along a circle, from one angle to another, in degrees clockwise from twelve o'clock."""
    steps = max(2, math.ceil(abs(end - start) / 4))
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(x + radius * math.sin(a), y - radius * math.cos(a)) for a in angles]


def disc(x: float, y: float, radius: float) -> Shape:
    """Return a filled circle."""
    return [arc(x, y, radius, 0, 360)]


def box(left: float, top: float, right: float, bottom: float) -> Polygon:
    """Return a rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def bar(start: Point, end: Point, width: float) -> Polygon:
    """Return a straight line with flat ends."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1) or 1
    dx, dy = (y1 - y2) / length * width / 2, (x2 - x1) / length * width / 2
    return [(x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)]


def stroke(width: float, *paths: Sequence[Point]) -> Shape:
    """Return lines of one width with round ends and joints."""
    joints = [arc(x, y, width / 2, 0, 360) for path in paths for x, y in path]
    return joints + [bar(a, b, width) for path in paths for a, b in zip(path, path[1:])]


def swollen(polygon: Polygon, by: float) -> Shape:
    """Grow a polygon on all sides, and round its corners by as much."""
    return [polygon, *stroke(2 * by, [*polygon, polygon[0]])]


def moved(shape: Sequence[Polygon], x: float, y: float, size: float) -> Shape:
    """Scale a shape, then move it."""
    return [[(x + px * size, y + py * size) for px, py in polygon] for polygon in shape]


def mirrored(polygon: Polygon) -> Polygon:
    """Mirror a polygon left to right."""
    return [(-x, y) for x, y in polygon]
