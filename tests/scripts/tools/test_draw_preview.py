"""The picture in the README shows what the product shows."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("PIL", reason="the picture is drawn with Pillow, which is not installed")

from PIL import Image

from scripts.tools import draw_icons, draw_preview
from tests.scripts.tools.test_draw_icons import contrast, pixels
from workflow.display.row import GAP


def test_its_rows_have_every_level_and_provider() -> None:
    items = draw_preview.shown()
    icons = [Path(item.icon or "").stem for item in items]
    assert icons[0] == "best" and icons[-1] == "add"
    levels = {icon.partition("-")[2] for icon in icons[1:-1]}
    assert levels == set(draw_icons.LEVELS)
    assert {icon.partition("-")[0] for icon in icons[1:-1]} == set(draw_icons.PROVIDERS)
    assert all(GAP in item.title for item in items[1:-1])


def test_it_shows_both_themes_and_the_rows_of_today() -> None:
    preview = draw_preview.draw_preview()
    with Image.open(draw_icons.ICONS / "preview.png") as checked_in:
        assert preview.size == checked_in.size
        drawn = checked_in.info.get(draw_preview.ROWS)
    now = draw_preview.written(draw_preview.shown())
    assert drawn == now, "stale: python -m scripts.tools.draw_preview"
    middle = preview.size[0] // 2
    light, dark = (pixels(preview, (x, 70, x + 1, 71))[0] for x in (60, middle + 60))
    assert contrast(light, dark) > 7
