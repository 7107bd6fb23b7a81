"""A trend in 24 characters, for a terminal and a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .trend import Trend

CELLS = 24
SIGNS, ASCII = ("▁▂▃▄▅▆▇█", "·", "│"), (" .:-=+*#", "_", "|")  # levels, no sample, reset


def sparkline(trend: Trend, ascii_only: bool = False) -> str:
    """Draw the last value of each of 24 equal stretches of time, of a spend the largest; no forecast."""
    levels, nothing, reset = ASCII if ascii_only else SIGNS
    cells, end = [nothing] * CELLS, max(point.at for point in trend.points)
    top = max(point.value for point in trend.points)
    top = max(top, 100.0) if trend.kind == "quota" else max(top, 0.0) or 1.0

    def place(at: float) -> int:
        return min(CELLS - 1, max(0, int((at - trend.since) / (end - trend.since or 1) * CELLS)))

    by_size = trend.kind == "spend"  # else by time, so that the last one stays
    for point in sorted(trend.points, key=lambda point: point.value if by_size else point.at):
        share = min(max(point.value / top, 0.0), 1.0)
        cells[place(point.at)] = levels[min(len(levels) - 1, int(share * len(levels)))]
    for event in trend.resets:
        cells[place(event.at)] = reset
    return "".join(cells)
