"""The credential guide: what each provider needs, where it is found, and what to do when it is not.

One source in three forms: Markdown (README, shell), short steps (rows of a launcher) and a page for
Quick Look. What is particular to a provider comes from its own module (``needs``, ``steps``,
``keys``, ``scopes``); the rest is in text.py.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import List, Tuple

from .. import paths
from .. import settings as preferences
from ..i18n.catalog import say
from ..provider import discovery as providers
from ..provider.contract import Provider
from ..storage import files
from ..system import builds
from . import page as guide_page
from . import text as words
from .text import COPY, SHOW, Passage, Section

__all__ = [
    "COPY",
    "LANGUAGES",
    "SHOW",
    "Section",
    "markdown",
    "page",
    "page_path",
    "readme_block",
    "rows",
    "sections",
    "title",
]

LANGUAGES = ("en", "zh")
_LINK = re.compile(r"<https://([^>]+?)/?>")
_HOST = re.compile(r"<https://([^/>]+)[^>]*>")
_NEXT_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])|(?<=。)")
_MARKS = re.compile(r"\*\*|`")


def title(language: str, provider_id: str = "") -> str:
    """The heading above everything. Raises Mistake for an unknown provider."""
    if not provider_id:
        return say(words.TITLE, language)
    return say(words.ONE_TITLE, language).format(providers.about(provider_id).name)


def sections(language: str, provider_id: str = "") -> Tuple[Section, ...]:
    """The whole guide, or what a user of one provider needs of it. Raises Mistake."""
    if provider_id:
        about = providers.about(provider_id)
        shared = (passage for passage in words.PASSAGES if _concerns(passage, about))
        own = replace(
            _of_provider(about, language, _adding(language, f" {about.id}")),
            heading=say(words.STEP_BY_STEP, language),
        )
        return (own, *(_section(passage, language) for passage in shared))
    everything = tuple(providers.everything().values())
    return (
        _overview(everything, language),
        *(_of_provider(about, language) for about in everything),
        *(_section(passage, language) for passage in words.PASSAGES),
    )


def markdown(language: str, provider_id: str = "", level: int = 1) -> str:
    """The guide as Markdown; ``level`` is that of its first heading."""
    blocks = [f"{'#' * level} {title(language, provider_id)}"]
    for section in sections(language, provider_id):
        blocks.append(f"{'#' * (section.level + level - 1)} {section.heading}")
        blocks += section.paragraphs
        blocks += _numbered(section)
        if section.points:
            blocks.append("\n".join(f"- {point}" for point in section.points))
    return "\n\n".join(blocks) + "\n"


def readme_block(language: str) -> str:
    """The guide as it stands in the README, between its markers."""
    return f"<!-- guide:{language} -->\n{markdown(language, level=2)}<!-- /guide -->"


def rows(provider_id: str, language: str, region: str = "") -> Tuple[str, ...]:
    """The steps to a credential in plain words, the first sentence of each, for a launcher's rows."""
    about = providers.about(provider_id)
    pages = _pages(about, language, region)
    return tuple(_plain(say(step, language), pages) for step in about.steps)


def page(language: str, provider_id: str = "") -> str:
    """The guide, or one provider's part of it, as a page that needs no other file."""
    told = sections(language, provider_id)
    return guide_page.html(language, title(language, provider_id), told)


def page_path(provider_id: str = "", language: str = "") -> str:
    """Where the page lies in the cache folder; it is written unless it is there already.

    It ends with the build that wrote it, which tells whether a look at the guide itself is needed.
    Without ``language`` it is the one of the settings. Raises OSError when it cannot be written.
    """
    language = language or preferences.load().language
    content = page(language, provider_id).encode() + builds.mark()
    name = f"guide-{provider_id or 'all'}-{language}.html"
    path = os.path.join(paths.cache(os.environ), name)
    if files.read(path) != content:
        files.write(path, content, lasting=False)
    return path


def _overview(everything: Tuple[Provider, ...], language: str) -> Section:
    line = say(words.NEED, language)
    return Section(
        "needs",
        say(words.NEEDS, language),
        paragraphs=(say(words.INTRO, language), _adding(language)),
        points=tuple(line.format(about.name, say(about.needs, language)) for about in everything),
    )


def _adding(language: str, argument: str = "") -> str:
    return say(words.ADDING, language).format(argument)


def _of_provider(about: Provider, language: str, *more: str) -> Section:
    pages = _pages(about, language)
    scope = say(words.SCOPE, language)
    return Section(
        about.id,
        about.name,
        paragraphs=(say(words.NEEDED, language).format(say(about.needs, language)),),
        steps=tuple((say(step, language).replace("{keys}", pages), "") for step in about.steps),
        points=(
            *(scope.format(name, say(what, language)) for name, what in about.scopes.items()),
            *more,
        ),
        provider=about.id,
    )


def _section(passage: Passage, language: str) -> Section:
    return Section(
        passage.anchor,
        say(passage.heading, language),
        passage.level,
        tuple(say(paragraph, language) for paragraph in passage.paragraphs),
        tuple((say(step.text, language), step.code) for step in passage.steps),
        tuple(say(point, language) for point in passage.points),
    )


def _concerns(passage: Passage, about: Provider) -> bool:
    """Whether a section is of use to somebody who has only this provider; its scopes are told above."""
    if passage is words.REGION:
        return bool(about.regions)
    if passage is words.SCOPES:
        return False
    return passage.provider in ("", about.id)


def _pages(about: Provider, language: str, region: str = "") -> str:
    """The page, or the page of each region, where the credential is made."""
    if region or len(about.keys) == 1:
        return f"<{about.keys_page(region)}>"
    each = (
        say(words.PAGE, language).format(f"<{page}>", say(words.REGIONS[name], language))
        for name, page in about.keys.items()
    )
    return say(words.OR, language).join(each)


def _numbered(section: Section) -> List[str]:
    """The steps as one Markdown list, a command below its step."""
    lines = []
    for number, (text, code) in enumerate(section.steps, 1):
        lines.append(f"{number}. {text}")
        if code:
            lines += ["", "   ```js", f"   {code}", "   ```", ""]
    return ["\n".join(lines).rstrip()] if lines else []


def _plain(step: str, pages: str) -> str:
    """The first sentence without marks; of the page only the host, as there is a key that opens it."""
    sentence = _NEXT_SENTENCE.split(step, maxsplit=1)[0].rstrip(".。")
    hosts = _HOST.sub(r"\1", pages)
    return _MARKS.sub("", _LINK.sub(r"\1", sentence.replace("{keys}", hosts)))
