"""The credential guide as one HTML page: no scripts, nothing to load, light and dark."""

from __future__ import annotations

import base64
import html as markup
import os
import re
from collections.abc import Mapping
from typing import Any

import mistune

from .. import paths
from ..i18n.catalog import current
from ..storage import files

_ANCHOR = re.compile(r'<a id="([\w-]+)"></a>')
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_UNBROKEN = 33  # characters of code that fit on one line even in a narrow window
_LANGUAGES = {"en": "en", "zh": "zh-Hans"}

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1d1d1f; --soft: #6e6e73; --line: #e3e3e8;
  --panel: #f5f5f7; --accent: #0066cc; --badge: #e8f1fb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1c1c1e; --ink: #f2f2f4; --soft: #a1a1a8; --line: #38383c;
    --panel: #2a2a2d; --accent: #64b0ff; --badge: #203449;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; padding: 2.5rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.6 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", "PingFang SC",
    "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
}
main { max-width: 43rem; margin: 0 auto; }
h1 {
  display: flex; align-items: center; gap: 0.75rem; margin: 0 0 1.5rem; font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.015em;
}
h2 {
  display: flex; align-items: center; gap: 0.6rem; margin: 2.75rem 0 0.75rem;
  padding-top: 1.5rem; border-top: 1px solid var(--line); font-size: 1.3rem; line-height: 1.3;
}
h3 { margin: 1.75rem 0 0.5rem; font-size: 1.06rem; line-height: 1.35; }
h1 + h2 { margin-top: 0; padding-top: 0; border-top: 0; }
h1 span { min-width: 0; overflow-wrap: anywhere; }
h1 img { width: 2.25rem; height: 2.25rem; flex: none; }
h2 img { width: 1.75rem; height: 1.75rem; flex: none; }
p { margin: 0.7rem 0; }
a { color: var(--accent); text-decoration: underline; text-underline-offset: 0.2em; overflow-wrap: anywhere; }
a:hover { text-decoration-thickness: 2px; }
code {
  padding: 0.12em 0.36em; border-radius: 5px; background: var(--panel);
  font: 0.87em/1.55 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  white-space: nowrap;
}
code.long {
  white-space: normal; overflow-wrap: anywhere;
  -webkit-box-decoration-break: clone; box-decoration-break: clone;
}
@media (max-width: 30rem) { code { white-space: normal; overflow-wrap: anywhere; } }
pre {
  margin: 0.6rem 0 0.4rem; padding: 0.8rem 1rem; border: 1px solid var(--line);
  border-radius: 10px; background: var(--panel); white-space: pre-wrap;
  -webkit-user-select: all; user-select: all;
}
pre code { padding: 0; background: none; white-space: inherit; overflow-wrap: anywhere; }
ol, ul { margin: 0.8rem 0; padding: 0; list-style: none; }
ol { counter-reset: step; }
ol > li { position: relative; margin: 0.75rem 0; padding-left: 2.4rem; counter-increment: step; }
ol > li::before {
  content: counter(step); position: absolute; left: 0; top: 0.05rem; width: 1.6rem;
  height: 1.6rem; border-radius: 50%; background: var(--badge); color: var(--accent);
  font-size: 0.85rem; font-weight: 600; line-height: 1.6rem; text-align: center;
}
ul > li { position: relative; margin: 0.5rem 0; padding-left: 1.2rem; }
ul > li::before { content: "•"; position: absolute; left: 0.25rem; color: var(--soft); }
nav { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0 0 1.75rem; }
nav a {
  display: flex; align-items: center; gap: 0.45rem; padding: 0.35rem 0.75rem 0.35rem 0.45rem;
  border: 1px solid var(--line); border-radius: 999px; color: var(--ink); font-size: 0.9rem;
  text-decoration: none;
}
nav a:hover { border-color: var(--accent); }
nav img { width: 1.25rem; height: 1.25rem; }
li > p { margin: 0; }
strong { font-weight: 600; }
@media print { body { padding: 0; } nav { display: none; } h2, h3 { break-after: avoid; } }
"""


class _Html(mistune.HTMLRenderer):
    """Renders the guide, with the icons of providers and, below the title, links to their sections."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        pictures = {name: _picture(name) for name in names}
        alone = len(names) == 1
        self._above = "".join(pictures.values()) if alone else ""
        self._beside = {} if alone else pictures
        links = (
            f'<a href="#{i}">{p}{markup.escape(names[i])}</a>' for i, p in self._beside.items()
        )
        self._nav = "" if alone else f"<nav>{''.join(links)}</nav>\n"

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Write a heading with its icon; below the title, the links."""
        anchor = _ANCHOR.search(text)
        picture = self._above if level == 1 else self._beside.get(anchor[1] if anchor else "", "")
        below = self._nav if level == 1 else ""
        return f"<h{level}>{picture}<span>{text.rstrip()}</span></h{level}>\n{below}"

    def codespan(self, text: str) -> str:
        """Write code; only long code may be broken across lines."""
        kind = ' class="long"' if len(text) > _UNBROKEN else ""
        return f"<code{kind}>{markup.escape(text, quote=False)}</code>"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Write an image's text instead of the image, since the page loads nothing."""
        return text

    def inline_html(self, html: str) -> str:
        """Keep an anchor; drop any other markup."""
        return html if _ANCHOR.match(f"{html}</a>") or html == "</a>" else ""

    def block_html(self, html: str) -> str:
        """Drop the markers of the guide's blocks."""
        return ""


def html(text: str, names: Mapping[str, str]) -> str:
    """Render the page of a guide in Markdown; ``names`` are those of its providers, by id."""
    language = current().language
    title = text.partition("\n")[0].lstrip("# ")
    body = mistune.create_markdown(renderer=_Html(names))(text)
    return (
        f'<!DOCTYPE html>\n<html lang="{_LANGUAGES.get(language, language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{markup.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{body}</main>\n</body>\n</html>\n"
    )


def _picture(provider_id: str) -> str:
    """Return a provider's icon as an inline image; "" if the icons are not installed."""
    content = files.read(os.path.join(paths.root(), "icons", f"{provider_id}.png"))
    if content is None:
        return ""
    data = base64.b64encode(content).decode()
    return f'<img alt="" src="data:image/png;base64,{data}">'
