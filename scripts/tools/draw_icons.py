#!/usr/bin/env python3
"""Draw every icon in ``icons/`` from the tables in this file.

A tile stands for a provider and works as a tank: the fuller, the more is left. The badge at its
lower right tells the level by its outline, so neither needs its colour to be understood. All
marks are geometry of our own; no vendor's logo is among them. ``python -m scripts.tools.draw_icons NAME`` draws a
provider that has no line in the table as a monogram. Needs Pillow: ``pip install pillow``.
"""

from __future__ import annotations

import colorsys
import itertools
import math
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, NamedTuple, Sequence

import click

if TYPE_CHECKING:
    from PIL import Image

ICONS = Path(__file__).resolve().parents[2] / "icons"
SIDE = 256
SUPERSAMPLING = 4

Point = tuple[float, float]
Polygon = list[Point]
Shape = list[Polygon]


# Geometry


def arc(x: float, y: float, radius: float, start: float, end: float) -> Polygon:
    """Points along a circle, in degrees clockwise from twelve o'clock."""
    steps = max(2, math.ceil(abs(end - start) / 4))
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(x + radius * math.sin(a), y - radius * math.cos(a)) for a in angles]


def disc(x: float, y: float, radius: float) -> Shape:
    """A filled circle."""
    return [arc(x, y, radius, 0, 360)]


def box(left: float, top: float, right: float, bottom: float) -> Polygon:
    """A rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def bar(start: Point, end: Point, width: float) -> Polygon:
    """A straight line with flat ends."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1) or 1
    dx, dy = (y1 - y2) / length * width / 2, (x2 - x1) / length * width / 2
    return [(x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)]


def stroke(width: float, *paths: Sequence[Point]) -> Shape:
    """Lines of one width with round ends and joints."""
    joints = [arc(x, y, width / 2, 0, 360) for path in paths for x, y in path]
    return joints + [bar(a, b, width) for path in paths for a, b in zip(path, path[1:])]


def swollen(polygon: Polygon, by: float) -> Shape:
    """The polygon grown on all sides, its corners rounded by as much."""
    return [polygon, *stroke(2 * by, [*polygon, polygon[0]])]


def moved(shape: Sequence[Polygon], x: float, y: float, size: float) -> Shape:
    """The shape scaled, then moved."""
    return [[(x + px * size, y + py * size) for px, py in polygon] for polygon in shape]


def mirrored(polygon: Polygon) -> Polygon:
    """The polygon with left and right exchanged."""
    return [(-x, y) for x, y in polygon]


# Glyphs, in a box from -1 to 1


class Glyph(NamedTuple):
    """What is inked, what is cut out of that, and what is inked again on top."""

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
    """The first letter of a name, or an O when it has none."""
    letter = next((c for c in name.upper() if c in LETTERS), "O")
    paths = [
        [((int(at[0]) - 2) * 0.32, (int(at[1]) - 3) * 0.27) for at in path.split()]
        for path in LETTERS[letter].split("/")
    ]
    return Glyph(stroke(0.31, *paths))


def braces() -> Glyph:
    """A pair of curly braces around a dot."""
    upper = [(0.34, -0.84), (0.5, -0.82), (0.58, -0.7), (0.58, -0.28), (0.66, -0.1), (0.86, 0.0)]
    right = [*upper, *((x, -y) for x, y in reversed(upper))]
    return Glyph(stroke(0.25, mirrored(right), right) + disc(0, 0, 0.2))


def bubble() -> Glyph:
    """A speech bubble with two lines in it."""
    body = swollen(box(-0.54, -0.5, 0.54, 0.2), 0.34)
    tail = swollen([(-0.5, 0.3), (-0.1, 0.3), (-0.5, 0.8)], 0.08)
    lines = stroke(0.2, [(-0.42, -0.32), (0.42, -0.32)], [(-0.42, 0.08), (0.1, 0.08)])
    return Glyph(body + tail, lines)


def sliders() -> Glyph:
    """Three sliders, each set differently."""
    knobs = ((0.34, -0.56), (-0.36, 0.0), (0.14, 0.56))
    lines = stroke(0.2, *([(-0.82, y), (0.82, y)] for _, y in knobs))
    rims = [arc(x, y, 0.27, 0, 360) for x, y in knobs]
    return Glyph(lines + rims, [arc(x, y, 0.11, 0, 360) for x, y in knobs])


def sheets() -> Glyph:
    """One sheet in front of another."""
    back, front = box(-0.5, -0.58, 0.1, 0.18), box(-0.1, -0.18, 0.5, 0.58)
    return Glyph(swollen(back, 0.16), swollen(front, 0.3), swollen(front, 0.16))


def book() -> Glyph:
    """An open book."""
    page = [(0, -0.44), (0.3, -0.6), (0.82, -0.6), (0.82, 0.44), (0.3, 0.44), (0, 0.6)]
    spine = stroke(0.1, [(0, -0.4), (0, 0.9)])
    return Glyph(swollen(page, 0.1) + swollen(mirrored(page), 0.1), spine)


def trophy() -> Glyph:
    """A cup with two handles."""
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


# The description: one line a provider, one a level, one an action


class Look(NamedTuple):
    """A tile or button: its ground and its mark."""

    colour: str
    glyph: Glyph


class Level(NamedTuple):
    """A badge, the gap around it, and what it does to the tile below."""

    colour: str
    badge: Shape
    gap: Shape
    mark: Shape
    left: float
    faded: float = 0


WHITE, CLEAR, GREY, DEEP = "#ffffff", "#00000000", "#8a93a3", "#0b1020"
BLUE, SLATE, AMBER, RED, GOLD = "#3b6fe0", "#64748b", "#c2700a", "#d93636", "#b07a10"
GAP = 0.2
CORNER = box(0, -0.2, 1.4, 1.4)

TICK = stroke(0.26, [(-0.42, 0.04), (-0.12, 0.34), (0.44, -0.3)])
DASH = stroke(0.26, [(-0.3, -0.3), (0.3, -0.3)])
BANG = stroke(0.27, [(0, -0.46), (0, 0.08)]) + disc(0, 0.46, 0.16)
CROSS = stroke(0.27, [(-0.36, -0.36), (0.36, 0.36)], [(0.36, -0.36), (-0.36, 0.36)])


def solid(core: Polygon, corner: float) -> tuple[Shape, Shape]:
    """A filled badge with rounded corners, and its gap."""
    return swollen(core, corner), [*swollen(core, corner + GAP), CORNER]


ROUND = solid(arc(0, 0, 0.5, 0, 360), 0.48)
TRIANGLE = solid([(-0.76, -0.6), (0.76, -0.6), (0, 0.68)], 0.3)
DIAMOND = solid([(0, -0.92), (0.92, 0), (0, 0.92), (-0.92, 0)], 0.2)
SQUARE = solid(box(-0.66, -0.66, 0.66, 0.66), 0.22)
HOOK = [*arc(0, -0.4, 0.46, -85, 145), (0, 0.16)]
QUERY = stroke(0.4, HOOK) + disc(0, 0.8, 0.26), [*disc(0, 0, 1 + GAP), CORNER]

PROVIDERS: dict[str, Look] = {
    "minimax": Look("#d9386f", PEAKS),
    "glm": Look(BLUE, monogram("glm")),
    "tavily": Look("#0d9488", LENS),
    "openai": Look(SLATE, braces()),
    "kimi": Look("#7c5cdb", MOON),
    "chatgpt": Look("#17964f", bubble()),
}

LEVELS: dict[str, Level] = {
    "plenty": Level("#16a34a", *ROUND, TICK, left=1),
    "low": Level("#d97706", *TRIANGLE, DASH, left=0.36),
    "critical": Level("#e03131", *DIAMOND, BANG, left=0.12),
    "error": Level("#a24ad6", *SQUARE, CROSS, left=0, faded=0.75),
    "unknown": Level("#74829a", *QUERY, [], left=1, faded=0.5),
}

ACTIONS: dict[str, Look] = {
    "add": Look(BLUE, PLUS),
    "refresh": Look(BLUE, TURN),
    "settings": Look(SLATE, sliders()),
    "info": Look(SLATE, LETTER_I),
    "warning": Look(AMBER, ALARM),
    "copy": Look(SLATE, sheets()),
    "remove": Look(RED, LESS),
    "guide": Look(SLATE, book()),
    "best": Look(GOLD, trophy()),
}


# Drawing

TILE = swollen(box(62, 62, 194, 194), 50)
TANK = swollen(box(62, 62, 194, 194), 38)
TANK_TOP, TANK_DEPTH = 24, 208
BADGE = (194.0, 194.0, 49.0)
BUTTON = disc(128, 128, 114)
NEEDLE = ((66, 62), (16, -28), (16, 152))  # tip and the two corners of its foot: radius, degrees


class Canvas:
    """A transparent square, drawn larger than it will be."""

    def __init__(self) -> None:
        from PIL import Image

        self.image = Image.new("RGBA", (SIDE * SUPERSAMPLING, SIDE * SUPERSAMPLING), CLEAR)

    def fill(self, colour: str, shape: Shape, holes: Sequence[Polygon] = ()) -> None:
        """Paint a shape but not its holes; CLEAR wipes what was there."""
        from PIL import Image, ImageDraw

        mask = Image.new("L", self.image.size)
        draw = ImageDraw.Draw(mask)
        for polygons, value in ((shape, 255), (holes, 0)):
            for polygon in polygons:
                points = [(round(x * SUPERSAMPLING), round(y * SUPERSAMPLING)) for x, y in polygon]
                draw.polygon(points, fill=value)
        self.image.paste(colour, mask=mask)

    def ink(self, glyph: Glyph, x: float, y: float, size: float) -> None:
        """Put a glyph in white around a point."""
        ink, holes, over = (moved(shape, x, y, size) for shape in glyph)
        self.fill(WHITE, ink, holes)
        self.fill(WHITE, over)

    def finished(self) -> Image.Image:
        """The drawing in its real size."""
        from PIL import Image

        return self.image.resize((SIDE, SIDE), Image.Resampling.BOX)


def blend(colour: str, other: str, share: float) -> str:
    """The first colour with ``share`` of the other mixed in."""
    pairs = [(int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def draw_provider(look: Look) -> Image.Image:
    """The neutral mark of a provider."""
    canvas = Canvas()
    canvas.fill(look.colour, TILE)
    canvas.ink(look.glyph, 128, 128, 74)
    return canvas.finished()


def draw_level(look: Look, level: Level) -> Image.Image:
    """A provider's tile as a tank, with the badge of a level."""
    canvas = Canvas()
    colour = blend(look.colour, GREY, level.faded)
    surface = TANK_TOP + TANK_DEPTH * (1 - level.left)
    canvas.fill(colour, TILE)
    canvas.fill(blend(colour, DEEP, 0.62), TANK, [box(0, surface, SIDE, SIDE)])
    canvas.ink(look.glyph, 107, 107, 62)
    canvas.fill(CLEAR, moved(level.gap, *BADGE))
    canvas.fill(level.colour, moved(level.badge, *BADGE))
    canvas.fill(WHITE, moved(level.mark, *BADGE))
    return canvas.finished()


def draw_action(look: Look) -> Image.Image:
    """The button of something one can do."""
    canvas = Canvas()
    canvas.fill(look.colour, BUTTON)
    canvas.ink(look.glyph, 128, 128, 72)
    return canvas.finished()


def draw_tankful() -> Image.Image:
    """Our own mark: a fuel gauge with more than half a tank."""
    canvas = Canvas()
    canvas.fill("#4a5be0", TILE)
    canvas.fill("#2b3796", stroke(24, arc(128, 142, 88, -115, 115)))
    canvas.fill("#7cf0c3", stroke(24, arc(128, 142, 88, -115, 62)))
    canvas.fill("#ff8f6b", stroke(24, arc(128, 142, 88, -115, -86)))
    canvas.fill(WHITE, swollen([arc(128, 142, far, at, at)[0] for far, at in NEEDLE], 5))
    canvas.fill(WHITE, disc(128, 142, 23))
    canvas.fill("#4a5be0", disc(128, 142, 8))
    canvas.fill(WHITE, [*disc(128, 206, 17), [(128, 176), (142.5, 198), (113.5, 198)]])
    return canvas.finished()


def luminance(red: float, green: float, blue: float) -> float:
    """How bright a colour is, by WCAG."""
    linear = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    )
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


def stand_in(name: str) -> Look:
    """A monogram for a provider that has no line, in a colour that follows from its name."""
    hue = zlib.crc32(name.encode()) % 24 / 24
    shades = (colorsys.hls_to_rgb(hue, light / 100, 0.55) for light in range(70, 0, -1))
    shade = next(rgb for rgb in shades if luminance(*rgb) <= 0.22)
    return Look("#" + "".join(f"{round(c * 255):02x}" for c in shade), monogram(name))


def provider_icons(name: str) -> Iterator[tuple[str, Image.Image]]:
    """File stem and picture of a provider's neutral mark and of its levels."""
    look = PROVIDERS.get(name) or stand_in(name)
    yield name, draw_provider(look)
    for word, level in LEVELS.items():
        yield f"{name}-{word}", draw_level(look, level)


def all_icons() -> Iterator[tuple[str, Image.Image]]:
    """File stem and picture of every icon the workflow ships."""
    yield "icon", draw_tankful()
    for name in PROVIDERS:
        yield from provider_icons(name)
    for name, look in ACTIONS.items():
        yield name, draw_action(look)


def save(picture: Image.Image, path: Path) -> None:
    """Write a PNG, with a palette when the colours fit in one: the same picture, but smaller."""
    from PIL import Image

    data = picture.tobytes()
    pixels = [data[i : i + 4] for i in range(0, len(data), 4)]
    colours = sorted(set(pixels))
    if len(colours) <= 256:
        number = {colour: i for i, colour in enumerate(colours)}
        picture = Image.frombytes("P", picture.size, bytes(number[pixel] for pixel in pixels))
        picture.putpalette(b"".join(colours), "RGBA")
    picture.save(path, optimize=True)


# The preview: Alfred's list in both themes, in points, two pixels each


@click.command()
@click.argument("providers", nargs=-1)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=ICONS,
    help="Folder to draw into; the repository's icons/ unless told.",
)
def main(providers: tuple[str, ...], out: Path) -> None:
    """Draw all icons, or only those of the PROVIDERS named."""
    try:
        import PIL  # noqa: F401
    except ImportError:
        raise click.ClickException("Pillow is missing: pip install pillow") from None
    chosen = itertools.chain.from_iterable(map(provider_icons, providers))
    icons = dict(chosen if providers else all_icons())
    out.mkdir(parents=True, exist_ok=True)
    for name, picture in icons.items():
        save(picture, out / f"{name}.png")
    click.echo(f"{len(icons)} icons in {out}")


if __name__ == "__main__":
    main()
