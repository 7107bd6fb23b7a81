"""The picture of a trend with its title and sentence, as on the page of an account."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree import ElementTree

from scripts.tools.pictures import examples
from scripts.tools.pictures.canvas import DARK, EDGE, RETINA, Canvas, Theme, font_for
from workflow.trend import page, picture, texts, trend

WIDTH = picture.WIDTHS[-1]
TOP, PAD, WRAP = 90, 20, 96
_STEP = re.compile(r"([MLHVv])(-?[\d.]+)(?: (-?[\d.]+))?")
_DASHES = {"even": (6.0, 5.0), "foreseen": (0.1, 5.0)}
_STROKES = {"actual": 2.0, "even": 1.5, "foreseen": 2.0}
Spot = tuple[float, float]


class Contents(NamedTuple):
    """The contents of the picture."""

    title: str
    sentence: str
    svg: str

    @property
    def text(self) -> str:
        """The text of the picture."""
        return "\n".join(self)


def contents() -> Contents:
    """Make the contents for the account ``examples.WATCHED``."""
    state = examples.state()
    known = state.of(state.book.named(examples.WATCHED))
    (shown,) = trend.trends(known, examples.seen(), examples.NOW)
    finding = texts.sentence(known, shown, state.settings, examples.NOW)
    svg = picture.picture(shown, "trend", finding, state.settings, WIDTH)
    return Contents(texts.title(shown), finding, svg)


def chart(theme: Theme, shown: Contents) -> Canvas:
    """Draw the title, the sentence and the picture."""
    width, height = WIDTH + 2 * PAD, TOP + picture.HEIGHT + PAD
    canvas = Canvas(theme, width, height)
    left = EDGE + PAD
    canvas.write(left, EDGE + 34, shown.title, 17, theme.text, "bold")
    for number, line in enumerate(textwrap.wrap(shown.sentence, WRAP)):
        canvas.write(left, EDGE + 58 + 18 * number, line, 12, theme.dim)
    colours = _colours(theme)
    for element in ElementTree.fromstring(shown.svg):  # noqa: S314, our own
        _element(canvas, element, (left, EDGE + TOP), colours)
    return canvas


def _colours(theme: Theme) -> Mapping[str, str]:
    """Read the colours of the page's own style."""
    light, dark = page.STYLE.split("@media (prefers-color-scheme: dark)", 1)
    return dict(re.findall(r"--(\w+): (#\w+)", dark if theme is DARK else light))


def _element(
    canvas: Canvas, element: ElementTree.Element, origin: Spot, colours: Mapping[str, str]
) -> None:
    kind, name = element.tag.rpartition("}")[2], element.get("class", "")
    colour = colours.get(
        {"foreseen": "actual", "dot": "actual", "bar": "actual", "reset": "even"}.get(name, name),
        colours["line"],
    )
    if kind == "path":
        stroke = _STROKES.get(name, 1.0)
        for one, other in _strokes(name, element.get("d", ""), origin):
            canvas.draw.line(
                [*_pixels(one), *_pixels(other)], colour, round(stroke * RETINA), "curve"
            )
            if name == "foreseen":
                x, y = _pixels(one)
                canvas.draw.ellipse((x - stroke, y - stroke, x + stroke, y + stroke), colour)
    elif kind == "text":
        _text(canvas, element, origin, colours["up" if name == "up" else "soft"])


def _strokes(name: str, path: str, origin: Spot) -> Iterator[tuple[Spot, Spot]]:
    """Return the straight lines of a path, which begins anew with every M."""
    for part in path.split("M")[1:]:
        spots = [_moved(spot, origin) for spot in _spots(f"M{part}")]
        yield from _dashed(spots, *_DASHES[name]) if name in _DASHES else zip(spots, spots[1:])


def _text(canvas: Canvas, element: ElementTree.Element, origin: Spot, colour: str) -> None:
    text = element.text or ""
    length = sum(font_for(c, 11).getlength(c) for c in text) / RETINA
    back = {"middle": length / 2, "end": length}.get(element.get("text-anchor", ""), 0.0)
    x, y = _moved((float(element.get("x", 0)), float(element.get("y", 0))), origin)
    canvas.write(x - back, y, text, 11, colour)


def _spots(path: str) -> list[Spot]:
    """Read the points of a path of straight lines."""
    spots: list[Spot] = []
    x = y = 0.0
    for command, first, second in _STEP.findall(path):
        value = float(first)
        if command in "ML":
            x, y = value, float(second)
        else:
            x, y = (value, y) if command == "H" else (x, value if command == "V" else y + value)
        spots.append((x, y))
    return spots


def _dashed(spots: list[Spot], dash: float, gap: float) -> Iterator[tuple[Spot, Spot]]:
    """Cut a line of two points into dashes."""
    (x1, y1), (x2, y2) = spots[0], spots[-1]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1.0
    at = 0.0
    while at < length:
        ends = (at / length, min(at + dash, length) / length)
        one, other = ((x1 + (x2 - x1) * share, y1 + (y2 - y1) * share) for share in ends)
        yield one, other
        at += dash + gap


def _moved(spot: Spot, origin: Spot) -> Spot:
    return spot[0] + origin[0], spot[1] + origin[1]


def _pixels(spot: Spot) -> Spot:
    return spot[0] * RETINA, spot[1] * RETINA
