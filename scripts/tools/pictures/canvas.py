"""The drawing tools of every picture: two themes, panels, text in the fonts of this machine, icons."""

from __future__ import annotations

import collections
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from scripts.tools.shapes import Polygon, box

if TYPE_CHECKING:
    from PIL import Image, ImageFont

RETINA = 2
EDGE = 24  # width of the desk around a window
Icons = Mapping[str, "Image.Image"]  # by the stem of the file


class Theme(NamedTuple):
    """The colours of a window and of the desk behind it."""

    name: str
    desk: str
    window: str
    edge: str
    selected: str
    text: str
    dim: str


LIGHT = Theme("light", "#d9dee7", "#f5f5f5", "#c3c8d2", "#dfe3ee", "#1c1c1e", "#6a6a70")
DARK = Theme("dark", "#0b0c0f", "#1e1e1e", "#3a3a3d", "#34363d", "#f2f2f4", "#a0a0a8")
_SIGNS = "▰▱│↩⌘⌥⌃⇧●▲◆✗○⚠·"  # signs that Inter lacks or draws differently


@functools.cache
def font_for(
    character: str, size: int, style: str = ""
) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Choose the first font on this machine for a character; the style is "bold", "mono" or ""."""
    from PIL import ImageFont

    names = ["Inter-Medium.otf" if style == "bold" else "Inter-Regular.otf"]
    names += ["DejaVuSansCondensed.ttf", "DejaVuSans.ttf"]
    if style == "mono":
        names = ["DejaVuSansMono.ttf"]
    elif character in _SIGNS:
        names = ["DejaVuSans.ttf"]
    if ord(character) > 0x2E80:
        names = ["NotoSansCJK-Regular.ttc"]
    for name in names:
        try:
            return ImageFont.truetype(name, size * RETINA)
        except OSError:
            continue
    return ImageFont.load_default(size * RETINA)


class Canvas:
    """An empty window of so many points on a desk, drawn with two pixels per point."""

    def __init__(self, theme: Theme, width: int, height: int) -> None:
        from PIL import Image, ImageDraw

        self.theme = theme
        desk = ((width + 2 * EDGE) * RETINA, (height + 2 * EDGE) * RETINA)
        self.image = Image.new("RGBA", desk, theme.desk)
        self.draw = ImageDraw.Draw(self.image)
        window = box(EDGE, EDGE, EDGE + width, EDGE + height)
        self.panel(window, 12, theme.window, theme.edge)

    def panel(self, polygon: Polygon, radius: int, colour: str, edge: str | None = None) -> None:
        """Draw a rectangle with rounded corners."""
        left, top, right, bottom = (v * RETINA for v in (*polygon[0], *polygon[2]))
        self.draw.rounded_rectangle((left, top, right, bottom), radius * RETINA, colour, edge, 2)

    def write(
        self, x: float, y: float, text: str, size: int, colour: str, style: str = "", end: float = 0
    ) -> float:
        """Write a line with its baseline at y, cut with "…" at ``end`` as in Alfred; return where it ends."""
        fonts = [font_for(character, size, style) for character in text]
        widths = [font.getlength(c) / RETINA for font, c in zip(fonts, text)]
        if end and x + sum(widths) > end:
            room, dots = end - x, font_for("…", size, style)
            while widths and sum(widths) + dots.getlength("…") / RETINA > room:
                widths.pop()
            text, fonts = text[: len(widths)] + "…", [*fonts[: len(widths)], dots]
            widths.append(dots.getlength("…") / RETINA)
        for character, font, width in zip(text, fonts, widths):
            self.draw.text((x * RETINA, y * RETINA), character, colour, font, anchor="ls")
            x += width
        return x

    def icon(self, picture: Image.Image, x: int, y: int, points: int) -> None:
        """Draw an icon, so many points wide."""
        from PIL import Image

        pixels = points * RETINA
        small = picture.resize((pixels, pixels), Image.Resampling.LANCZOS)
        self.image.alpha_composite(small, (x * RETINA, y * RETINA))


def beside(left: Canvas, right: Canvas) -> Image.Image:
    """Put two pictures of one size side by side."""
    from PIL import Image

    width, height = left.image.size
    both = Image.new("RGB", (2 * width, height))
    for place, canvas in enumerate((left, right)):
        both.paste(canvas.image.convert("RGB"), (place * width, 0))
    return both


def with_palette(picture: Image.Image) -> Image.Image:
    """Reduce a picture to its 128 most frequent colours and 128 spread over all the others."""
    from PIL import Image

    data = picture.convert("RGB").tobytes()
    counts = collections.Counter(data[i : i + 3] for i in range(0, len(data), 3))
    frequent = b"".join(colour for colour, _ in counts.most_common(128))
    spread = bytes(
        picture.convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE).getpalette() or ()
    )
    palette = Image.new("P", (1, 1))
    palette.putpalette(frequent + spread)
    return picture.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)
