#!/usr/bin/env python3
"""Draw every icon in ``icons/`` from the tables in this file and the marks of ``glyphs``.

A tile stands for a provider and works as a tank: the fuller, the more is left. The outline of the badge
at its lower right shows the level, so neither depends on colour. All marks are our own geometry; none is
a vendor's logo. A provider without a line in the table gets a smaller tile, with the two letters that its
file names, in a colour derived from its name: ``python -m scripts.tools.draw_icons NAME``. Needs Pillow:
``pip install pillow``.
"""

from __future__ import annotations

import colorsys
import itertools
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from scripts.tools import glyphs
from scripts.tools.glyphs import Glyph, monogram
from scripts.tools.shapes import Polygon, Shape, arc, box, disc, moved, stroke, swollen
from workflow.provider import discovery

if TYPE_CHECKING:
    from PIL import Image

ICONS = Path(__file__).resolve().parents[2] / "icons"
SIDE = 256  # of the square that everything is drawn in
LETTERED_SIDE = 128  # of the icon of a provider with letters
LETTERED_COLOURS = 40
SUPERSAMPLING = 4

# The description: one line a provider, one a level, one an action


class Look(NamedTuple):
    """A tile or button: its background, its mark and its size."""

    colour: str
    glyph: Glyph
    side: int = SIDE


class Level(NamedTuple):
    """A badge, the gap around it, and its effect on the tile below."""

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
    """Return a filled badge with rounded corners, and its gap."""
    return swollen(core, corner), [*swollen(core, corner + GAP), CORNER]


ROUND = solid(arc(0, 0, 0.5, 0, 360), 0.48)
TRIANGLE = solid([(-0.76, -0.6), (0.76, -0.6), (0, 0.68)], 0.3)
DIAMOND = solid([(0, -0.92), (0.92, 0), (0, 0.92), (-0.92, 0)], 0.2)
SQUARE = solid(box(-0.66, -0.66, 0.66, 0.66), 0.22)
HOOK = [*arc(0, -0.4, 0.46, -85, 145), (0, 0.16)]
QUERY = stroke(0.4, HOOK) + disc(0, 0.8, 0.26), [*disc(0, 0, 1 + GAP), CORNER]

PROVIDERS: dict[str, Look] = {
    "minimax": Look("#d9386f", glyphs.PEAKS),
    "glm": Look(BLUE, monogram("glm")),
    "tavily": Look("#0d9488", glyphs.LENS),
    "openai": Look(SLATE, glyphs.braces()),
    "kimi": Look("#7c5cdb", glyphs.MOON),
    "chatgpt": Look("#17964f", glyphs.bubble()),
}

LEVELS: dict[str, Level] = {
    "plenty": Level("#16a34a", *ROUND, TICK, left=1),
    "low": Level("#d97706", *TRIANGLE, DASH, left=0.36),
    "critical": Level("#e03131", *DIAMOND, BANG, left=0.12),
    "error": Level("#a24ad6", *SQUARE, CROSS, left=0, faded=0.75),
    "unknown": Level("#74829a", *QUERY, [], left=1, faded=0.5),
}

ACTIONS: dict[str, Look] = {
    "add": Look(BLUE, glyphs.PLUS),
    "refresh": Look(BLUE, glyphs.TURN),
    "settings": Look(SLATE, glyphs.sliders()),
    "info": Look(SLATE, glyphs.LETTER_I),
    "warning": Look(AMBER, glyphs.ALARM),
    "copy": Look(SLATE, glyphs.sheets()),
    "remove": Look(RED, glyphs.LESS),
    "guide": Look(SLATE, glyphs.book()),
    "best": Look(GOLD, glyphs.trophy()),
}


# Drawing

TILE = swollen(box(62, 62, 194, 194), 50)
TANK = swollen(box(62, 62, 194, 194), 38)
TANK_TOP, TANK_DEPTH = 24, 208
BADGE = (194.0, 194.0, 49.0)
BUTTON = disc(128, 128, 114)
NEEDLE = ((66, 62), (16, -28), (16, 152))  # tip and the two corners of its foot: radius, degrees


class Canvas:
    """A transparent square, drawn larger than the finished icon; coordinates are those of a square of 256."""

    def __init__(self, side: int = SIDE) -> None:
        from PIL import Image

        self._side, self._scale = side, SUPERSAMPLING * side / SIDE
        self.image = Image.new("RGBA", (side * SUPERSAMPLING, side * SUPERSAMPLING), CLEAR)

    def fill(self, colour: str, shape: Shape, holes: Sequence[Polygon] = ()) -> None:
        """Paint a shape without its holes; CLEAR erases."""
        from PIL import Image, ImageDraw

        mask = Image.new("L", self.image.size)
        draw = ImageDraw.Draw(mask)
        for polygons, value in ((shape, 255), (holes, 0)):
            for polygon in polygons:
                points = [(round(x * self._scale), round(y * self._scale)) for x, y in polygon]
                draw.polygon(points, fill=value)
        area = mask.getbbox()
        if area:
            self.image.paste(colour, area, mask.crop(area))

    def ink(self, glyph: Glyph, x: float, y: float, size: float) -> None:
        """Draw a glyph in white around a point."""
        ink, holes, over = (moved(shape, x, y, size) for shape in glyph)
        self.fill(WHITE, ink, holes)
        self.fill(WHITE, over)

    def finished(self) -> Image.Image:
        """Return the icon in its final size."""
        from PIL import Image

        return self.image.resize((self._side, self._side), Image.Resampling.BOX)


def blend(colour: str, other: str, share: float) -> str:
    """Mix ``share`` of another colour into a colour."""
    pairs = [(int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def draw(look: Look, ground: Shape = TILE, size: float = 74) -> Image.Image:
    """Draw a provider's neutral tile, or the button of an action."""
    canvas = Canvas(look.side)
    canvas.fill(look.colour, ground)
    canvas.ink(look.glyph, 128, 128, size)
    return canvas.finished()


def draw_level(look: Look, level: Level) -> Image.Image:
    """Draw a provider's tile as a tank, with the badge of a level."""
    canvas = Canvas(look.side)
    colour = blend(look.colour, GREY, level.faded)
    surface = TANK_TOP + TANK_DEPTH * (1 - level.left)
    canvas.fill(colour, TILE)
    canvas.fill(blend(colour, DEEP, 0.62), TANK, [box(0, surface, SIDE, SIDE)])
    canvas.ink(look.glyph, 107, 107, 62)
    canvas.fill(CLEAR, moved(level.gap, *BADGE))
    canvas.fill(level.colour, moved(level.badge, *BADGE))
    canvas.fill(WHITE, moved(level.mark, *BADGE))
    return canvas.finished()


def draw_tankful() -> Image.Image:
    """Draw our own icon: a fuel gauge above half."""
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
    """Return the relative luminance of a colour, as WCAG defines it."""
    linear = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    )
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


def look_of(name: str) -> Look:
    """Return the look of a provider."""
    pair = discovery.about(name).letters if name in discovery.names() else ""
    plain = stand_in(name)
    lettered = plain._replace(glyph=glyphs.letters(pair), side=LETTERED_SIDE) if pair else plain
    return PROVIDERS.get(name, lettered)


def stand_in(name: str) -> Look:
    """Return a monogram for a provider without a line in the table, in a colour derived from its name."""
    hue = zlib.crc32(name.encode()) % 24 / 24
    shades = (colorsys.hls_to_rgb(hue, light / 100, 0.55) for light in range(70, 0, -1))
    shade = next(rgb for rgb in shades if luminance(*rgb) <= 0.22)
    return Look("#" + "".join(f"{round(c * 255):02x}" for c in shade), monogram(name))


def provider_icons(name: str) -> Iterator[tuple[str, Image.Image]]:
    """Draw a provider's neutral tile and its levels; yield the stem of each file and the icon."""
    look = look_of(name)
    yield name, draw(look)
    for word, level in LEVELS.items():
        yield f"{name}-{word}", draw_level(look, level)


def all_icons() -> Iterator[tuple[str, Image.Image]]:
    """Draw every icon of the workflow; yield the stem of each file and the icon."""
    yield "icon", draw_tankful()
    for name in discovery.names():
        yield from provider_icons(name)
    for name, look in ACTIONS.items():
        yield name, draw(look, BUTTON, 72)


def save(picture: Image.Image, path: Path) -> None:
    """Write a PNG, with a palette if the colours fit in one: the same icon in a smaller file.

    The palette of a small icon has as many colours as can be told apart at that size.
    """
    from PIL import Image

    if picture.width < SIDE:
        octree = Image.Quantize.FASTOCTREE
        picture.quantize(colors=LETTERED_COLOURS, method=octree).save(path, optimize=True)
        return
    data = picture.tobytes()
    pixels = [data[i : i + 4] for i in range(0, len(data), 4)]
    colours = sorted(set(pixels))
    if len(colours) <= 256:
        number = {colour: i for i, colour in enumerate(colours)}
        picture = Image.frombytes("P", picture.size, bytes(number[pixel] for pixel in pixels))
        picture.putpalette(b"".join(colours), "RGBA")
    picture.save(path, optimize=True)


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
