"""The page: no scripts, nothing loaded, everything readable without seeing it, and small."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import escape
from html.parser import HTMLParser
from typing import Any, Literal
from unicodedata import east_asian_width

import pytest

from tests.clocks import live_in
from tests.trend.given import MONEY, NOW, SAMPLES, SPENT, USAGE, WEEKLY, WORK, sample, state
from workflow.history.series import SCALE, Sample, Series
from workflow.i18n.catalog import Translation, speaking
from workflow.models import Usage
from workflow.records import replace
from workflow.trend import page, picture
from workflow.trend.trend import trends

LARGEST = 60_000  # bytes
Kind = Literal["quota", "balance", "spend"]


class Reader(HTMLParser):
    """Collects what is in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]


def html(language: str = "en", **chosen: Any) -> str:
    known = state(language=language, **chosen)
    with speaking(Translation(language, True)):
        found = trends(known.of(WORK), SAMPLES, NOW)
        return page.page("GLM · Work & <b>Play</b>", known.of(WORK), found, known.settings, NOW)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_runs_and_nothing_is_loaded(language: str) -> None:
    told = html(language)
    reader = Reader(told)
    assert not reader.open
    assert not {tag for tag, _ in reader.tags} & {"script", "img", "link", "iframe", "a"}
    assert not re.search(r"(?i)https?:|url\(|@import| on\w+=|javascript", told)
    (policy,) = [m["content"] for m in reader.all("meta") if m.get("http-equiv")]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert len(told.encode()) < LARGEST
    assert "<b>" not in told


def test_a_picture_says_what_there_is_to_see_and_a_table_the_same() -> None:
    reader = Reader(html())
    pictures = [svg for svg in reader.all("svg") if svg.get("role") == "img"]
    ids = {attrs["id"] for _, attrs in reader.tags if "id" in attrs}
    assert len(pictures) == 6
    for drawing in pictures:
        assert set((drawing["aria-labelledby"] or "").split()) <= ids
    assert len([1 for _, attrs in reader.tags if "id" in attrs]) == len(ids)
    assert len(reader.all("table")) == len(reader.all("caption")) == 3
    assert {th.get("scope") for th in reader.all("th")} == {"col", "row"}


def test_it_says_the_finding_the_zone_and_the_events() -> None:
    told = html()
    assert "30% left · runs out " in told
    assert " · 27 points over the even pace" in told
    assert "as of 28 Nov 2026 12:00, times in UTC" in told
    assert "▲ ¥96.00" in told
    assert "↻ reset" in told
    for kind in ("actual", "even", "foreseen", "reset", "bar"):
        assert f'class="{kind}"' in told


def test_money_is_hidden_under_privacy() -> None:
    told = html(privacy=True)
    assert "¥•••" in told
    assert not re.search(r"[¥$]\d", told)


def drawn(kind: Kind, *samples: Sample, width: int = 620, days: int | None = None) -> str:
    """Render the picture of the account's series of a kind, with these samples if there are some."""
    known = state()
    told = {**SAMPLES, WEEKLY: samples, MONEY: samples} if samples else SAMPLES
    found = {trend.kind: trend for trend in trends(known.of(WORK), told, NOW, days)}
    return picture.picture(found[kind], "p", "finding", known.settings, width)


def heights(text: str) -> list[int]:
    """Return the heights of the horizontal lines for 0, 50 and 100 percent."""
    return [int(y) for y in re.findall(r'class="grid" d="M\d+ (\d+)', text)]


def test_beyond_a_hundred_the_scale_grows() -> None:
    usual = heights(drawn("quota"))
    told = drawn("quota", sample(2, 150, 4), sample(1, 200, 4))
    bottom, half, full = heights(told)
    assert bottom == usual[0]
    assert (bottom - full) == pytest.approx((usual[0] - usual[2]) / 2, abs=2)
    assert half - full == pytest.approx(bottom - half, abs=1)
    (line,) = re.findall(r'class="actual" d="M\d+ (\d+)L\d+ (\d+)"', told)
    assert picture.TOP <= int(line[1]) < int(line[0]) < full  # 200 above 150 above the line of 100


@pytest.mark.parametrize("width", picture.WIDTHS)
def test_every_local_midnight_has_a_tick_and_some_have_names(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    live_in(monkeypatch, "Europe/Berlin")
    told = drawn("spend", width=width)
    (ticks,) = re.findall(r'class="tick" d="([^"]+)"', told)
    short, long = (re.findall(rf"M(\d+) \d+v{length}", ticks) for length in (4, 7))
    assert len(short) == len(set(short)) == 30
    names = re.findall(r'<text x="(\d+)" y="182"[^>]*>\d+ (?:Oct|Nov)<', told)
    assert names == long
    assert len(names) >= 4
    assert set(names) <= set(short)
    apart = [int(right) - int(left) for right, left in zip(names, names[1:])]
    assert min(apart) >= picture.NAME - 1
    assert max(apart) - min(apart) <= 1
    week = drawn("quota", width=width, days=2)
    assert len(re.findall(r"[> ](Thu|Fri|Sat|Sun|Mon|Tue|Wed)<", week)) >= 3


def boxes(text: str) -> Iterator[tuple[str, float, float]]:
    """Find where each label begins and ends, by its height; text of 12 is about as wide as that of a browser."""
    for x, y, anchor, label in re.findall(
        r'<text x="(\d+)" y="(\d+)" text-anchor="(\w+)">([^<]+)<', text
    ):
        wide = sum(3.2 if c == " " else 12 if east_asian_width(c) == "W" else 6.6 for c in label)
        begin = int(x) - wide * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        yield y, begin, begin + wide


@pytest.mark.parametrize("width", picture.WIDTHS)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("hours24", [True, False])
@pytest.mark.parametrize("kind", ["quota", "balance", "spend"])
def test_no_label_is_cut_off_or_covers_another(
    width: int, language: str, hours24: bool, kind: Kind
) -> None:
    large = [sample(24 * d, 1_234_567 - d) for d in range(20, 0, -1)] if kind == "balance" else []
    with speaking(Translation(language, hours24)):
        found = sorted(boxes(drawn(kind, *large, width=width)))
    assert len(found) >= 5
    assert min(begin for _y, begin, _end in found) >= 0
    assert max(end for _y, _begin, end in found) <= width
    for (y, _begin, end), (other, begin, _end) in zip(found, found[1:]):
        assert y != other or end <= begin


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_clock_of_twelve_hours_changes_no_day(language: str) -> None:
    pictures = set()
    for hours24 in (True, False):
        with speaking(Translation(language, hours24)):
            pictures |= {drawn("quota", days=days) for days in (2, 30)}
    assert len(pictures) == 2


def test_ten_years_have_no_more_ticks_than_one_can_see() -> None:
    (ticks,) = re.findall(r'class="tick" d="([^"]+)"', drawn("spend", days=3650))
    assert ticks.count("M") == ticks.count("v7") < 20


def test_money_falls_in_steps_and_is_bars_by_the_day() -> None:
    told = [sample(h, 50 - h // 2) for h in range(6, 0, -1)]
    (line,) = re.findall(r'class="actual" d="([^"]+)"', drawn("balance", *told))
    assert set(re.findall("[A-Z]", line)) == {"M", "H", "V"}
    spend = drawn("spend")
    assert spend.count('class="bar"') == 7
    assert 'class="actual"' not in spend


def test_a_debt_is_drawn_below_nothing() -> None:
    told = drawn("balance", sample(3, 20, 4), sample(2, -20, 4), sample(1, 20, 4))
    debt, nothing, most = heights(told)
    (line,) = re.findall(r'class="actual" d="([^"]+)"', told)
    assert most <= picture.TOP + 3
    assert most < nothing < debt
    assert f"V{debt}" in line


def test_two_themes_contrast_and_forced_colours_are_styled() -> None:
    told = html()
    for asked in ("prefers-color-scheme: dark", "prefers-contrast: more", "forced-colors: active"):
        assert asked in told


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_text_and_lines_stand_out_in_both_themes() -> None:
    light, dark = re.findall(r":root \{([^}]*--paper[^}]*)\}", html())
    for theme in (light, dark):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", theme))
        paper = _luminance(colours["paper"])
        for name, least in (("ink", 4.5), ("soft", 4.5), ("up", 4.5), ("actual", 3), ("even", 3)):
            bright, dim = sorted((paper, _luminance(colours[name])), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= least, name


@pytest.mark.parametrize("width", picture.WIDTHS)
@pytest.mark.parametrize("owed", [10, 60, 150, 3000])
def test_the_scale_of_a_small_debt_names_zero_and_the_far_end(width: int, owed: int) -> None:
    told = drawn("balance", sample(2, 150), sample(1, -owed), width=width)
    lines = sorted(heights(told))
    assert min(b - a for a, b in zip(lines, lines[1:])) >= 12
    assert ">¥0.00<" in told


def test_the_scale_far_beyond_a_hundred_names_what_has_room() -> None:
    lines = sorted(heights(drawn("quota", sample(2, 150, 4), sample(1, 2000, 4))))
    assert min([b - a for a, b in zip(lines, lines[1:])], default=99) >= 12


@pytest.mark.parametrize("width", picture.WIDTHS)
def test_the_amounts_of_many_top_ups_do_not_cover_each_other(width: int) -> None:
    paid = [sample(12 * n, 40 + 30 * (n % 2)) for n in range(40, 0, -1)]
    told = drawn("balance", *paid, width=width)
    found = sorted(each for each in boxes(told.replace('class="up" ', "")) if each[0] == "16")
    assert len(found) >= 2
    assert all(end <= begin for (_, _, end), (_, begin, _) in zip(found, found[1:]))


@pytest.mark.parametrize("width", picture.WIDTHS)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("days", "year"), [(30, False), (300, False), (800, True), (3650, True)])
def test_days_have_a_year_only_where_a_day_comes_twice(
    width: int, language: str, days: int, year: bool
) -> None:
    known, new_year = state(), int(NOW.replace(year=2027, month=1, day=9).timestamp())
    (money,) = trends(known.of(WORK), {MONEY: SAMPLES[MONEY]}, NOW)
    shown = replace(money, since=float(new_year - days * 86400), until=float(new_year))
    with speaking(Translation(language, True)):
        told = picture.picture(shown, "p", "finding", known.settings, width)
    found = sorted(each for each in boxes(told) if each[0] == "182")
    assert len(found) >= 2
    assert max(end for _y, _begin, end in found) <= width
    assert all(end <= begin for (_, _, end), (_, begin, _) in zip(found, found[1:]))
    assert bool(re.search(r' y="182"[^>]*>[^<]*20\d\d', told)) == year


def rows(kind: Kind, series: Series, *samples: Sample) -> list[tuple[str, str]]:
    """Return the times and values of the table, the newest first."""
    known = state()
    found = trends(known.of(WORK), {series: samples}, NOW)
    (chosen,) = (trend for trend in found if trend.kind == kind)
    return re.findall(
        r'<th scope="row">([^<]+)</th><td>([^<]+)</td>',
        page.page("GLM", known.of(WORK), [chosen], known.settings, NOW),
    )


def test_the_table_of_a_spend_has_every_day() -> None:
    began = int(NOW.replace(day=1, hour=0).timestamp())
    grown = [Sample(began + n * 86400, n * n * SCALE, None, began) for n in range(28)]
    told = rows("spend", SPENT, *grown)
    assert told[:2] == [("28 Nov", "$53.00"), ("27 Nov", "$51.00")]
    assert len(told) == 28


def test_the_table_has_a_value_after_the_event_that_it_follows() -> None:
    early = rows("quota", WEEKLY, sample(3, 90, 2), sample(2, 5, 6), sample(1, 6, 6))
    assert [text for _, text in early] == ["6%", "5%", "↻ reset", "90%"]
    paid = rows("balance", MONEY, sample(2, 10), sample(1, 60))
    assert [text for _, text in paid] == ["¥60.00", "▲ ¥50.00", "¥10.00"]


@pytest.mark.parametrize(
    ("used", "shown"),
    [(0, "0%"), (0.3, "<1%"), (61.5, "61%"), (99.6, ">99%"), (100, "100%"), (150.4, "150%")],
)
def test_a_share_is_rounded_as_everywhere(used: float, shown: str) -> None:
    assert [text for _, text in rows("quota", WEEKLY, sample(1, used, 4))] == [escape(shown)]


def test_old_numbers_are_not_as_of_now() -> None:
    known = state()
    found = trends(known.of(WORK), SAMPLES, NOW)
    told = page.page("GLM", known.of(WORK), found, known.settings, NOW + timedelta(days=9))
    assert "as of 28 Nov 2026 12:00, times in UTC" in told


def test_one_reading_of_a_spend_is_no_missing_history() -> None:
    known = state(Usage(spends=USAGE.spends))
    told = page.page("GLM", known.of(WORK), [], known.settings, NOW)
    assert "a spend by day needs at least two readings" in told


def test_nothing_seen_is_said() -> None:
    known = state(Usage())
    told = page.page("GLM", known.of(WORK), [], known.settings, NOW + timedelta(days=1))
    assert "no history yet" in told
