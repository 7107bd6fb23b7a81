"""The marks on tiles and buttons, and letters, each in a box from -1 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scripts.tools.shapes import Polygon, Shape, arc, box, disc, mirrored, stroke, swollen


class Glyph(NamedTuple):
    """A glyph: the inked shape, the holes in it, and the shape inked on top."""

    ink: Shape
    holes: Sequence[Polygon] = ()
    over: Sequence[Polygon] = ()


LETTERS = {
    "A": "06 20 46/14 34",
    "B": "03 33 42 41 30 00 06 36 45 44 33",
    "C": "41 30 10 01 05 16 36 45",
    "D": "00 20 42 44 26 06 00",
    "E": "40 00 06 46/03 33",
    "F": "40 00 06/03 33",
    "G": "41 30 10 01 05 16 36 45 43 23",
    "H": "00 06/40 46/03 43",
    "I": "20 26",
    "J": "40 45 36 16 05",
    "K": "00 06/40 03 46",
    "L": "00 06 46",
    "M": "06 00 23 40 46",
    "N": "06 00 46 40",
    "O": "10 30 41 45 36 16 05 01 10",
    "P": "06 00 30 41 42 33 03",
    "Q": "10 30 41 45 36 16 05 01 10/24 46",
    "R": "06 00 30 41 42 33 03/23 46",
    "S": "41 30 10 01 02 13 33 44 45 36 16 05",
    "T": "00 40/20 26",
    "U": "00 05 16 36 45 40",
    "V": "00 26 40",
    "W": "00 16 23 36 40",
    "X": "00 46/40 06",
    "Y": "00 23 40/23 26",
    "Z": "00 40 06 46",
}


def monogram(name: str) -> Glyph:
    """Draw the first letter of a name, or an O if it has none."""
    letter = next((c for c in name.upper() if c in LETTERS), "O")
    return Glyph(stroke(0.31, *_written(letter, 0, 0.32, 0.27)))


def letters(pair: str) -> Glyph:
    """Draw two letters side by side."""
    paths = [*_written(pair[0], -0.52, 0.19, 0.245), *_written(pair[1], 0.52, 0.19, 0.245)]
    return Glyph(stroke(0.24, *paths))


def _written(letter: str, x: float, width: float, height: float) -> list[list[tuple[float, float]]]:
    """Return the lines of a letter centred at x, with grid steps of this width and height."""
    return [
        [(x + (int(at[0]) - 2) * width, (int(at[1]) - 3) * height) for at in path.split()]
        for path in LETTERS[letter].split("/")
    ]


def braces() -> Glyph:
    """Draw a pair of curly braces around a dot."""
    upper = [(0.34, -0.84), (0.5, -0.82), (0.58, -0.7), (0.58, -0.28), (0.66, -0.1), (0.86, 0.0)]
    right = [*upper, *((x, -y) for x, y in reversed(upper))]
    return Glyph(stroke(0.25, mirrored(right), right) + disc(0, 0, 0.2))


def bubble() -> Glyph:
    """Draw a speech bubble with two lines in it."""
    body = swollen(box(-0.54, -0.5, 0.54, 0.2), 0.34)
    tail = swollen([(-0.5, 0.3), (-0.1, 0.3), (-0.5, 0.8)], 0.08)
    lines = stroke(0.2, [(-0.42, -0.32), (0.42, -0.32)], [(-0.42, 0.08), (0.1, 0.08)])
    return Glyph(body + tail, lines)


def sliders() -> Glyph:
    """Draw three sliders, each set differently."""
    knobs = ((0.34, -0.56), (-0.36, 0.0), (0.14, 0.56))
    lines = stroke(0.2, *([(-0.82, y), (0.82, y)] for _, y in knobs))
    rims = [arc(x, y, 0.27, 0, 360) for x, y in knobs]
    return Glyph(lines + rims, [arc(x, y, 0.11, 0, 360) for x, y in knobs])


def sheets() -> Glyph:
    """Draw one sheet in front of another."""
    back, front = box(-0.5, -0.58, 0.1, 0.18), box(-0.1, -0.18, 0.5, 0.58)
    return Glyph(swollen(back, 0.16), swollen(front, 0.3), swollen(front, 0.16))


def book() -> Glyph:
    """Draw an open book."""
    page = [(0, -0.44), (0.3, -0.6), (0.82, -0.6), (0.82, 0.44), (0.3, 0.44), (0, 0.6)]
    spine = stroke(0.1, [(0, -0.4), (0, 0.9)])
    return Glyph(swollen(page, 0.1) + swollen(mirrored(page), 0.1), spine)


def trophy() -> Glyph:
    """Draw a cup with two handles."""
    half = [(0.42, -0.72), (0.38, -0.2), (0.2, 0.06)]
    cup = swollen([*half, *reversed(mirrored(half))], 0.1)
    handles = stroke(0.16, arc(-0.5, -0.42, 0.26, 180, 360), arc(0.5, -0.42, 0.26, 0, 180))
    foot = stroke(0.24, [(0, 0), (0, 0.6)], [(-0.36, 0.66), (0.36, 0.66)])
    return Glyph(cup + handles + foot)


PEAKS = Glyph(stroke(0.3, [(-0.8, 0.66), (-0.42, -0.1), (-0.1, 0.36), (0.34, -0.7), (0.8, 0.66)]))
LENS = Glyph(stroke(0.28, arc(0.16, -0.16, 0.58, 0, 360), [(-0.3, 0.3), (-0.76, 0.76)]))
MOON = Glyph(disc(-0.06, 0.06, 0.84), disc(0.28, -0.28, 0.7), disc(0.46, -0.46, 0.24))
PLUS = Glyph(stroke(0.3, [(-0.68, 0), (0.68, 0)], [(0, -0.68), (0, 0.68)]))
LESS = Glyph(stroke(0.3, [(-0.68, 0), (0.68, 0)]))
TURN = Glyph(
    stroke(0.26, arc(0, 0.06, 0.66, 60, 360))
    + swollen([(0.0, -0.98), (0.46, -0.6), (0.0, -0.22)], 0.05)
)
LETTER_I = Glyph(stroke(0.3, [(0, -0.06), (0, 0.7)]) + disc(0, -0.62, 0.2))
ALARM = Glyph(stroke(0.3, [(0, -0.7), (0, 0.14)]) + disc(0, 0.64, 0.2))
