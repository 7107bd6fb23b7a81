"""Draw a trend as SVG: actual values are solid, an even pace is dashed, the forecast is dotted."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from ..display.times import columns
from ..forecast.days import day_of, midnight
from ..i18n.catalog import current, say, speaking
from ..i18n.message import _
from ..settings import Settings
from . import texts
from .trend import DAYS, Point, Trend

WIDTHS = (340, 620)  # of the narrow and the wide drawing, so that text is never shrunk
HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 190, 22, 26, 52, 10  # LEFT at least
COLUMN, GAP = 6.7, 8  # width of a column of text, and of the space beside a label on the left
LINE = 12  # least distance between two labels of the scale
APART = 64  # least distance between two labels of resets
NAME, TICK = 64, 4  # least distance between two labels of days, and between two ticks
EDGE = 20  # least distance of a label from the edge
WITH_YEAR = 48  # width that a year adds to the label of a day
DAY, YEAR = 86400, 366


class _Frame:
    """Maps times and values to coordinates in a picture of some width."""

    def __init__(self, trend: Trend, width: int, settings: Settings) -> None:
        self.trend, self.width = trend, width
        self.scale = [(each, texts.value(trend, each, settings)) for each in _scale(trend)]
        widest = max(columns(label) for _value, label in self.scale)
        self.left = min(max(LEFT, round(widest * COLUMN) + GAP), width // 2)
        self._span = trend.until - trend.since or 1.0
        self._low = trend.lowest
        self._height = (trend.highest - trend.lowest) * 1.02 or 1.0

    def x(self, at: float) -> int:
        share = min(max((at - self.trend.since) / self._span, 0.0), 1.0)
        return round(self.left + share * (self.width - self.left - RIGHT))

    def y(self, value: float) -> int:
        share = min(max((value - self._low) / self._height, 0.0), 1.0)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM))

    def path(self, points: tuple[Point, ...], is_step: bool = False) -> str:
        parts = [f"M{self.x(points[0].at)} {self.y(points[0].value)}"]
        for point in points[1:]:
            x, y = self.x(point.at), self.y(point.value)
            parts.append(f"H{x}V{y}" if is_step else f"L{x} {y}")
        return "".join(parts)


def picture(trend: Trend, name: str, finding: str, settings: Settings, width: int) -> str:
    """Draw a trend.

    Args:
        name: an id, unique on the page.
        finding: one sentence that describes the picture.
        width: in the unit in which the text is 12 high.
    """
    frame = _Frame(trend, width, settings)
    marks = "".join((*_lines_of_scale(frame), *_days(frame), *_events(frame, settings)))
    called = html.escape(texts.title(trend))
    return (
        f'<svg class="w{width}" role="img" aria-labelledby="{name}t {name}d" viewBox="0 0 {width} {HEIGHT}">'
        f'<title id="{name}t">{called}</title><desc id="{name}d">{html.escape(finding)}</desc>'
        f"{marks}{''.join(_lines(frame))}</svg>"
    )


def _scale(trend: Trend) -> tuple[float, float, float]:
    """Return the values of the three horizontal lines; one of them is zero if it is in the range."""
    low, top = trend.lowest, 100.0 if trend.kind == "quota" else trend.highest
    return low, 0.0 if low < 0 < top else (low + top) / 2, top


def _apart(frame: _Frame) -> list[tuple[float, str]]:
    """Return the lines whose labels do not cover each other; zero comes before the top, and that before the others."""
    kept: list[tuple[float, str]] = []
    for line in sorted(frame.scale, key=lambda each: (each[0] != 0, -each[0])):
        if all(abs(frame.y(line[0]) - frame.y(other[0])) >= LINE for other in kept):
            kept.append(line)
    return sorted(kept)


def _lines_of_scale(frame: _Frame) -> Iterator[str]:
    for value, label in _apart(frame):
        y, x = frame.y(value), frame.left
        yield f'<path class="grid" d="M{x} {y}H{frame.width - RIGHT}"/>'
        yield f'<text x="{x - 6}" y="{y + 4}" text-anchor="end">{html.escape(label)}</text>'


def _days(frame: _Frame) -> Iterator[str]:
    """Draw ticks at local midnights, with as many labels as there is room for."""
    first, last = day_of(frame.trend.since), day_of(frame.trend.until)
    count, room = (last - first).days, frame.width - frame.left - RIGHT
    more = WITH_YEAR if count > YEAR else 0
    step = -(-(count + 1) // (room // (NAME + more))) or 1
    days = [last - timedelta(days=number) for number in range(count)]
    places = [(day, frame.x(midnight(day))) for day in days]
    edge = EDGE + more / 2
    named = [each for each in places if frame.left + edge <= each[1] <= frame.width - RIGHT - edge][
        ::step
    ]
    for day, x in named:
        label = html.escape(named_day(day, count))
        yield f'<text x="{x}" y="{HEIGHT - 8}" text-anchor="middle">{label}</text>'
    ticks = [x for _day, x in places] if count * TICK <= room else []
    drawn = [f"M{x} {HEIGHT - BOTTOM}v4" for x in ticks]
    drawn += [f"M{x} {HEIGHT - BOTTOM}v7" for _day, x in named]
    if drawn:
        yield f'<path class="tick" d="{"".join(drawn)}"/>'


def named_day(day: date, count: int = DAYS) -> str:
    """Return the name of one of so many days: the weekday within a week, the year only beyond one."""
    noon = midnight(day) + DAY / 2
    same_year = 20 if day.month > 6 else -20  # days before it
    seen = noon - DAY * (2 if count < 7 else YEAR if count > YEAR else same_year)
    with speaking(current()._replace(hours24=True)):  # whose time is one word
        return texts.moment(noon, datetime.fromtimestamp(seen, timezone.utc)).rsplit(" ", 1)[0]


def _events(frame: _Frame, settings: Settings) -> Iterator[str]:
    """Draw resets as thin vertical lines, top-ups as triangles with their amounts."""
    label, free = html.escape(say(_("↻ reset"))), frame.width
    for event in reversed(frame.trend.resets):
        x = frame.x(event.at)
        yield f'<path class="reset" d="M{x} {TOP}V{HEIGHT - BOTTOM}"/>'
        if x + APART <= free:
            yield f'<text x="{x}" y="{TOP - 6}" text-anchor="middle">{label}</text>'
            free = x
    for event in reversed(frame.trend.top_ups):
        x, label = frame.x(event.at), texts.top_up(frame.trend, event, settings)
        wide, is_right = round(columns(label) * COLUMN) + GAP, x > frame.width / 2
        if (x if is_right else x + wide) > free:
            continue
        free, anchor = (x - wide, "end") if is_right else (x, "start")
        yield f'<text class="up" x="{x}" y="{TOP - 6}" text-anchor="{anchor}">{html.escape(label)}</text>'


def _lines(frame: _Frame) -> Iterator[str]:
    trend = frame.trend
    if trend.kind == "spend":
        yield from _bars(frame)
        return
    if trend.even:
        yield f'<path class="even" d="{frame.path(_within(trend, trend.even))}"/>'
    for run in trend.runs:
        if len(run) > 1:
            yield f'<path class="actual" d="{frame.path(run, is_step=trend.kind == "balance")}"/>'
        else:
            x, y = frame.x(run[0].at), frame.y(run[0].value)
            yield f'<circle class="dot" cx="{x}" cy="{y}" r="2.5"/>'
    if trend.foreseen:
        yield f'<path class="foreseen" d="{frame.path(trend.foreseen)}"/>'


def _within(trend: Trend, line: tuple[Point, Point]) -> tuple[Point, Point]:
    """Cut off the part of a line that is before the picture."""
    first, last = line
    if first.at >= trend.since:
        return line
    share = (trend.since - first.at) / (last.at - first.at)
    return first._replace(
        at=trend.since, value=first.value + share * (last.value - first.value)
    ), last


def _bars(frame: _Frame) -> Iterator[str]:
    for point in frame.trend.points:
        x, y = frame.x(point.at), frame.y(point.value)
        width = max(2, frame.x(point.at + DAY) - x - 2)
        yield f'<rect class="bar" x="{x}" y="{y}" width="{width}" height="{HEIGHT - BOTTOM - y}"/>'
