"""The pictures show what the product shows today, in both themes, with every level and provider."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("PIL", reason="pictures are drawn with Pillow, which is not installed")

from PIL import Image

from scripts.tools import draw_icons
from scripts.tools.pictures import alfred, pictures, terminal, trend
from scripts.tools.pictures.canvas import Icons
from scripts.tools.pictures.pictures import PICTURES, Picture
from tests.scripts.tools.test_draw_icons import NAMES, checked_in, contrast, pixels
from workflow.display.numbers import MARK
from workflow.display.row import GAP

every = pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.path.stem)


@pytest.fixture(scope="module")
def icons() -> Icons:
    """The icons as they are checked in, which are those that the script draws (test_draw_icons)."""
    return {name: checked_in(name) for name in NAMES}


@every
def test_it_says_what_the_product_says_today(picture: Picture) -> None:
    with Image.open(picture.path) as checked_in:
        said = checked_in.info.get(pictures.KEPT)
    assert said == picture.text(), "stale: python -m scripts.tools.pictures"


@every
def test_it_is_drawn_as_it_is_checked_in(picture: Picture, icons: Icons) -> None:
    with Image.open(picture.path) as checked_in:
        assert picture.draw(icons).size == checked_in.size
    assert picture.path.stat().st_size < 200_000


def test_the_list_has_every_level_and_provider_of_the_first() -> None:
    rows = alfred.accounts()
    assert [row.icon for row in (rows[0], *rows[-2:])] == ["best", "add", "settings"]
    levels = {row.icon.partition("-")[2] for row in rows[1:-2]}
    assert levels == set(draw_icons.LEVELS)
    assert {row.icon.partition("-")[0] for row in rows[1:-2]} == set(draw_icons.PROVIDERS)
    assert all(GAP in row.title for row in rows[1:-2])


def test_the_list_has_the_mark_of_even_use() -> None:
    assert any(MARK in row.title for row in alfred.accounts())


def test_both_themes_are_told_apart(icons: Icons) -> None:
    preview = PICTURES[0].draw(icons)
    middle = preview.size[0] // 2
    light, dark = (pixels(preview, (x, 70, x + 1, 71))[0] for x in (60, middle + 60))
    assert contrast(light, dark) > 7


def test_the_details_are_of_one_account() -> None:
    rows = alfred.details()
    assert len(rows) == alfred.MOST
    assert rows[0].title.startswith("GLM · Work")
    assert "Weekly" in [row.title for row in rows]


def test_no_line_leads_from_one_tick_to_the_next() -> None:
    strokes = list(trend._strokes("tick", "M10 5v4M20 5v7", (1, 1)))
    assert strokes == [((11, 6), (11, 10)), ((21, 6), (21, 13))]


def test_the_trend_has_weeks_with_resets_and_where_it_leads() -> None:
    contents = trend.contents()
    for kind in ("actual", "even", "foreseen", "reset"):
        assert f'class="{kind}"' in contents.svg
    assert contents.sentence.startswith("41% left")


def test_the_terminal_has_a_line_for_each_account_in_its_colours() -> None:
    first, *lines = terminal.lines()
    assert first == "$ tankful"
    assert len(lines) == len(alfred.accounts()) - 3
    assert not [line for line in lines if "…" in line]  # none is cut
    painted = {each for line in lines for each in re.findall("\x1b\\[([0-9;]*)m", line)}
    assert painted - {"0"} == {*terminal.COLOURS} - {"90"}


def test_all_are_where_the_readme_and_the_gallery_look() -> None:
    folders = {picture.path.parent for picture in PICTURES}
    assert folders == {draw_icons.ICONS, pictures.IMAGES}
    there = {path.name for path in Path(pictures.IMAGES).iterdir()}
    assert there == {
        picture.path.name for picture in PICTURES if picture.path.parent == pictures.IMAGES
    }
