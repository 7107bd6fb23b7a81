"""The trends of an account as one HTML page: no script, nothing to load, light and dark, with tables."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from datetime import datetime

from ..forecast.days import day_of
from ..i18n.catalog import current, say
from ..i18n.message import _
from ..settings import Settings
from ..state.state import AccountState
from . import texts
from .picture import WIDTHS, named_day, picture
from .trend import DAYS, Trend

ROWS = 24  # values in a table, and resets
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_LANGUAGES = {"zh": "zh-Hans"}
STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1d1d1f; --soft: #5f5f64; --line: #d4d4da;
  --actual: #0060c0; --even: #6e6e73; --up: #1f7a34; }
@media (prefers-color-scheme: dark) { :root { --paper: #1c1c1e; --ink: #f2f2f4; --soft: #b0b0b7;
  --line: #48484c; --actual: #64b0ff; --even: #9a9aa0; --up: #5fd07a; } }
@media (prefers-contrast: more) { :root { --soft: var(--ink); --line: var(--ink); --even: var(--ink); } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.25rem 1rem 2rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", "PingFang SC",
  "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
main { max-width: 46rem; margin: 0 auto; }
h1 { margin: 0; font-size: 1.35rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 0.25rem; font-size: 1.05rem; }
p { margin: 0.25rem 0 0.75rem; color: var(--soft); overflow-wrap: anywhere; }
svg { display: none; width: 100%; height: auto; font-size: 12px; }
svg.w340 { display: block; }
@media (min-width: 652px) { svg.w340 { display: none; } svg.w620 { display: block; } }
text { fill: var(--soft); }
path { fill: none; stroke: var(--line); stroke-width: 1; }
.actual { stroke: var(--actual); stroke-width: 2; stroke-linejoin: round; }
.even { stroke: var(--even); stroke-width: 1.5; stroke-dasharray: 6 5; }
.foreseen { stroke: var(--actual); stroke-width: 2; stroke-dasharray: 0.1 5; stroke-linecap: round; }
.reset { stroke: var(--even); }
.dot, .bar { fill: var(--actual); }
.up { fill: var(--up); }
.keys { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; font-size: 0.85rem; }
.keys svg { display: inline-block; width: 28px; height: 8px; margin-right: 0.4rem; vertical-align: middle; }
details { margin-top: 0.5rem; }
summary { cursor: pointer; color: var(--soft); }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
caption { padding: 0.5rem 0; text-align: left; color: var(--soft); }
th, td { padding: 0.2rem 0.5rem 0.2rem 0; border-bottom: 1px solid var(--line); text-align: left; font-weight: 400; }
thead th { font-weight: 600; }
td, thead th + th { padding-right: 0; text-align: right; }
@media (forced-colors: active) { text { fill: CanvasText; } path { stroke: GrayText; }
  .actual, .foreseen { stroke: LinkText; } .even, .reset { stroke: CanvasText; } .dot, .bar { fill: LinkText; } }
"""


def page(
    name: str, known: AccountState, trends: Sequence[Trend], settings: Settings, now: datetime
) -> str:
    """Write the page of an account, with its name as in lists."""
    language = current().language
    title = html.escape(say(_("{account}: trend"), account=name))
    sections = "".join(
        _section(f"s{i}", known, trend, settings, now) for i, trend in enumerate(trends)
    )
    nothing = "" if trends else f"<p>{html.escape(texts.nothing(known))}</p>"
    return (
        f'<!DOCTYPE html>\n<html lang="{_LANGUAGES.get(language, language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n<p>{html.escape(texts.as_of(known.snapshot.fetched_at or now))}</p>\n{nothing}{sections}</main>\n</body>\n</html>\n"
    )


def _section(
    name: str, known: AccountState, trend: Trend, settings: Settings, now: datetime
) -> str:
    finding = texts.sentence(known, trend, settings, now)
    pictures = "".join(
        picture(trend, f"{name}w{width}", finding, settings, width) for width in WIDTHS
    )
    return (
        f"<section>\n<h2>{html.escape(texts.title(trend))}</h2>\n<p>{html.escape(finding)}</p>\n"
        f"{pictures}\n{_keys(trend)}{_table(trend, settings, now)}</section>\n"
    )


def _keys(trend: Trend) -> str:
    """Write the legend of the kinds of lines; "" if there is only one."""
    known = [("actual", _("actual"))]
    known += [("even", _("even pace"))] if trend.even else []
    known += [("foreseen", _("forecast"))] if trend.foreseen else []
    if len(known) < 2:
        return ""
    line = '<svg viewBox="0 0 28 8" aria-hidden="true"><path class="{}" d="M1 4H27"/></svg>'
    keys = (f"<span>{line.format(kind)}{html.escape(say(text))}</span>" for kind, text in known)
    return f'<p class="keys">{"".join(keys)}</p>\n'


def _table(trend: Trend, settings: Settings, now: datetime) -> str:
    cells = (
        f'<tr><th scope="row">{html.escape(time)}</th><td>{html.escape(value)}</td></tr>'
        for time, value in _rows(trend, settings, now)
    )
    head = "".join(f'<th scope="col">{html.escape(say(each))}</th>' for each in _HEAD)
    return (
        f"<details open><summary>{html.escape(say(_('The numbers')))}</summary>\n<table>"
        f"<caption>{html.escape(texts.title(trend))}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>{''.join(cells)}</tbody></table></details>\n"
    )


_HEAD = (_("Time"), _("Value"))


def _rows(trend: Trend, settings: Settings, now: datetime) -> Iterator[tuple[str, str]]:
    """Return times and values, including events, the newest first; of a spend the last days."""
    if trend.kind == "spend":
        for each in trend.points[: -DAYS - 2 : -1]:
            yield named_day(day_of(each.at)), texts.value(trend, each.value, settings)
        return
    points = trend.points
    step = -(-len(points) // ROWS)
    shown = [(each.at, texts.value(trend, each.value, settings)) for each in points[::-1][::step]]
    shown += [(event.at, say(_("↻ reset"))) for event in trend.resets[-ROWS:]]
    shown += [(event.at, texts.top_up(trend, event, settings)) for event in trend.top_ups[-ROWS:]]
    for at, text in sorted(shown, key=lambda each: each[0], reverse=True):  # values before events
        yield texts.moment(at, now), text
