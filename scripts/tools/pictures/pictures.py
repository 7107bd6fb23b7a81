"""Every picture: its file, its text, and how it is drawn. The file holds the text, to tell when it is stale."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Callable, NamedTuple

from scripts.tools.draw_icons import ICONS, all_icons
from scripts.tools.pictures import alfred, terminal, trend
from scripts.tools.pictures.canvas import DARK, LIGHT, Canvas, Icons, Theme, beside, with_palette

if TYPE_CHECKING:
    from PIL import Image

IMAGES = ICONS.parent / ".github" / "gallery" / "images" / "about"
KEPT = "Says"  # the name of the text in the file


class Picture(NamedTuple):
    """A picture: its file, its text and its drawing."""

    path: Path
    text: Callable[[], str]
    draw: Callable[[Icons], Image.Image]


def _list(theme: Theme, icons: Icons) -> Canvas:
    return alfred.window(theme, "usage", alfred.accounts(), icons)


def _listed() -> str:
    return alfred.written(alfred.accounts())


PICTURES = (
    Picture(
        ICONS / "preview.png",
        _listed,
        lambda icons: beside(_list(LIGHT, icons), _list(DARK, icons)),
    ),
    Picture(IMAGES / "list-light.png", _listed, lambda icons: _list(LIGHT, icons).image),
    Picture(IMAGES / "list-dark.png", _listed, lambda icons: _list(DARK, icons).image),
    Picture(
        IMAGES / "details.png",
        lambda: alfred.written(alfred.details()),
        lambda icons: alfred.window(LIGHT, "", alfred.details(), icons).image,
    ),
    Picture(
        IMAGES / "trend.png",
        lambda: trend.contents().text,
        lambda icons: trend.chart(LIGHT, trend.contents()).image,
    ),
    Picture(
        IMAGES / "terminal.png",
        lambda: terminal.written(terminal.lines()),
        lambda icons: terminal.screen(DARK, terminal.lines()).image,
    ),
)


def draw() -> Iterator[Path]:
    """Draw all pictures, and yield their paths."""
    from PIL.PngImagePlugin import PngInfo

    icons = dict(all_icons())
    for picture in PICTURES:
        info = PngInfo()
        info.add_itxt(KEPT, picture.text())
        picture.path.parent.mkdir(parents=True, exist_ok=True)
        with_palette(picture.draw(icons)).save(picture.path, optimize=True, pnginfo=info)
        yield picture.path
