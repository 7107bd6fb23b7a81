"""The icons are what the script draws, and can be told apart without their colour."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scripts.tools import draw_icons

pytest.importorskip("PIL", reason="the icons are drawn with Pillow, which is not installed")

from PIL import Image, ImageChops

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

WHITE, DARK = (255, 255, 255), (30, 30, 30)
VARIANTS = ["", *(f"-{level}" for level in draw_icons.LEVELS)]
NAMES = [
    "icon",
    *draw_icons.ACTIONS,
    *(name + variant for name in draw_icons.PROVIDERS for variant in VARIANTS),
]


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


@pytest.mark.parametrize("name", NAMES)
def test_size_and_transparency(name: str) -> None:
    picture = checked_in(name)
    assert picture.size == (256, 256)
    assert picture.getchannel("A").getextrema() == (0, 255)


def test_icons_are_light() -> None:
    sizes = [(draw_icons.ICONS / f"{name}.png").stat().st_size for name in NAMES]
    assert sum(sizes) < 250_000


@pytest.mark.parametrize("provider", draw_icons.PROVIDERS)
def test_levels_differ_in_outline(provider: str) -> None:
    for one, other in combinations(VARIANTS, 2):
        pair = checked_in(provider + one), checked_in(provider + other)
        assert differing(*map(silhouette, pair)) > 1800, (one, other)
        assert differing(*(silhouette(small(picture)) for picture in pair)) >= 25, (one, other)


@pytest.mark.parametrize("level", VARIANTS)
def test_providers_differ_without_colour(level: str) -> None:
    for one, other in combinations(draw_icons.PROVIDERS, 2):
        pair = (small(on(WHITE, checked_in(name + level))).convert("L") for name in (one, other))
        glyphs = [picture.point([0] * 210 + [255] * 46) for picture in pair]
        assert differing(*glyphs) >= 40, (one, other)


@pytest.mark.parametrize("background", [WHITE, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_edge_stands_out_at_32_pixels(name: str, background: tuple[int, int, int]) -> None:
    picture = on(background, small(checked_in(name)))
    for y in range(10, 20):
        edge = pixels(picture, (0, y, 5, y + 1))
        assert max(contrast(pixel, background) for pixel in edge) >= 3


@pytest.mark.parametrize("background", [WHITE, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("level", draw_icons.LEVELS)
def test_badge_stands_out_at_32_pixels(level: str, background: tuple[int, int, int]) -> None:
    for provider in draw_icons.PROVIDERS:
        picture = on(background, small(checked_in(f"{provider}-{level}")))
        badge = pixels(picture, (18, 18, 31, 31))
        assert sum(contrast(pixel, background) >= 3 for pixel in badge) >= 24, provider


def test_unknown_provider_gets_a_readable_monogram() -> None:
    for name in ("newcomer", "x", "42"):
        picture = on(WHITE, draw_icons.draw_provider(draw_icons.stand_in(name)))
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
