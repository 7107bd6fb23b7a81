"""The icons are those that the script draws, and differ even without colour."""

from __future__ import annotations

import sys
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scripts.tools import draw_icons, glyphs

pytest.importorskip("PIL", reason="the icons are drawn with Pillow, which is not installed")

from PIL import Image, ImageChops

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

from workflow.provider import discovery

WHITE, DARK = (255, 255, 255), (30, 30, 30)
PROVIDERS = discovery.names()
VARIANTS = ["", *(f"-{level}" for level in draw_icons.LEVELS)]
NAMES = [
    "icon",
    *draw_icons.ACTIONS,
    *(name + variant for name in PROVIDERS for variant in VARIANTS),
]


@cache
def checked_in(name: str) -> Picture:
    with Image.open(draw_icons.ICONS / f"{name}.png") as picture:
        converted: Picture = picture.convert("RGBA")
    return converted


def small(picture: Picture) -> Picture:
    return picture.resize((32, 32), Image.Resampling.LANCZOS)


def silhouette(picture: Picture) -> Picture:
    return picture.getchannel("A").point([0] * 128 + [255] * 128)


def differing(one: Picture, other: Picture) -> int:
    return ImageChops.difference(one, other).histogram()[255]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    dark, light = sorted(
        draw_icons.luminance(*(channel / 255 for channel in colour[:3])) for colour in (one, other)
    )
    return (light + 0.05) / (dark + 0.05)


def pixels(picture: Picture, area: tuple[int, int, int, int]) -> list[tuple[int, ...]]:
    data = picture.convert("RGB").crop(area).tobytes()
    return [tuple(data[i : i + 3]) for i in range(0, len(data), 3)]


def on(background: tuple[int, int, int], picture: Picture) -> Picture:
    ground = Image.new("RGBA", picture.size, background)
    ground.alpha_composite(picture)
    return ground


def draw(*arguments: str) -> None:
    result = CliRunner().invoke(draw_icons.main, arguments)
    assert result.exit_code == 0, result.output


def test_checked_in_icons_are_what_the_script_draws(tmp_path: Path) -> None:
    out = tmp_path / "icons"
    draw("--out", str(out))
    assert sorted(path.stem for path in out.iterdir()) == sorted(NAMES)
    for name in NAMES:
        with Image.open(out / f"{name}.png") as fresh:
            assert fresh.convert("RGBA").tobytes() == checked_in(name).tobytes(), name


def test_drawing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        draw("--out", str(tmp_path / folder), "glm", "newcomer")
    drawn = sorted((tmp_path / "one").iterdir())
    assert len(drawn) == 2 * len(VARIANTS)
    for path in drawn:
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_size_and_transparency() -> None:
    for name in NAMES:
        picture = checked_in(name)
        side = 128 if discovery_letters(name) else 256
        assert picture.size == (side, side), name
        assert picture.getchannel("A").getextrema() == (0, 255), name


def discovery_letters(name: str) -> str:
    owner = name.partition("-")[0]
    return discovery.about(owner).letters if owner in PROVIDERS else ""


def test_icons_are_light() -> None:
    sizes = {name: (draw_icons.ICONS / f"{name}.png").stat().st_size for name in NAMES}
    assert sum(size for name, size in sizes.items() if not discovery_letters(name)) < 250_000
    assert max(size for name, size in sizes.items() if discovery_letters(name)) < 1700


def test_every_provider_has_a_mark_or_letters_of_its_own() -> None:
    pairs = {name: discovery.about(name).letters for name in PROVIDERS}
    assert {name for name, pair in pairs.items() if not pair} == set(draw_icons.PROVIDERS)
    told = [pair for pair in pairs.values() if pair]
    assert len(told) == len(set(told))
    assert all(len(pair) == 2 and set(pair) <= set(glyphs.LETTERS) for pair in told)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_levels_differ_in_outline(provider: str) -> None:
    for one, other in combinations(VARIANTS, 2):
        pair = checked_in(provider + one), checked_in(provider + other)
        assert differing(*map(silhouette, pair)) > pair[0].size[0] ** 2 // 40, (one, other)
        assert differing(*(silhouette(small(picture)) for picture in pair)) >= 25, (one, other)


@pytest.mark.parametrize("level", VARIANTS)
def test_providers_differ_without_colour(level: str) -> None:
    glyphs = {}
    for name in PROVIDERS:
        picture = small(on(WHITE, checked_in(name + level))).convert("L")
        glyphs[name] = picture.point([0] * 210 + [255] * 46)
    for one, other in combinations(PROVIDERS, 2):
        assert differing(glyphs[one], glyphs[other]) >= 20, (one, other)


@pytest.mark.parametrize("background", [WHITE, DARK], ids=["light", "dark"])
def test_edge_stands_out_at_32_pixels(background: tuple[int, int, int]) -> None:
    for name in NAMES:
        picture = on(background, small(checked_in(name)))
        for y in range(10, 20):
            edge = pixels(picture, (0, y, 5, y + 1))
            assert max(contrast(pixel, background) for pixel in edge) >= 3, name


@pytest.mark.parametrize("background", [WHITE, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("level", draw_icons.LEVELS)
def test_badge_stands_out_at_32_pixels(level: str, background: tuple[int, int, int]) -> None:
    for provider in PROVIDERS:
        picture = on(background, small(checked_in(f"{provider}-{level}")))
        badge = pixels(picture, (18, 18, 31, 31))
        assert sum(contrast(pixel, background) >= 3 for pixel in badge) >= 24, provider


def test_unknown_provider_gets_a_readable_monogram() -> None:
    for name in ("newcomer", "x", "42"):
        picture = on(WHITE, draw_icons.draw(draw_icons.stand_in(name)))
        ground = pixels(picture, (30, 120, 31, 121))[0]
        assert contrast(ground, WHITE) >= 3
        assert contrast(ground, DARK) >= 3
        assert WHITE in pixels(picture, (60, 60, 196, 196))


def test_missing_pillow_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    out = tmp_path / "icons"
    result = CliRunner().invoke(draw_icons.main, ["--out", str(out)])
    assert result.exit_code == 1
    assert "pip install pillow" in result.output
    assert not out.exists()
