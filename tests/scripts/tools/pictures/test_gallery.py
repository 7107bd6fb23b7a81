"""The Gallery's page is the workflow's own readme with pictures that are there."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("PIL", reason="pictures are drawn with Pillow, which is not installed")

from PIL import Image

from scripts.tools.draw_icons import ICONS
from scripts.tools.pictures import gallery


def test_it_is_written_anew_by_the_tool() -> None:
    stale = "stale: python -m scripts.tools.pictures"
    assert gallery.README.read_text(encoding="utf-8") == gallery.written(), stale
    assert gallery.ICON.read_bytes() == (ICONS / "icon.png").read_bytes(), stale


def test_its_pictures_are_there() -> None:
    shown = re.findall(r"!\[(.+?)\]\((.+?)\)", gallery.written())
    assert len(shown) == len(gallery.SHOWN)
    for _what, place in shown:
        assert (gallery.FOLDER / place).exists()


def test_its_icon_is_large_enough() -> None:
    with Image.open(gallery.ICON) as icon:
        assert min(icon.size) >= 256
