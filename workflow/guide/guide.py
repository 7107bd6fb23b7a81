"""The credential guide: what each provider needs, where it is found, and what to do when it is not.

Each language is one Markdown file (``en.md``): READMEs link to it, a shell prints it, Quick Look shows it
as a page. An anchor ends each heading below the first. Where it begins with the id of a provider, as
``chatgpt-why`` does, the section is for that provider's users only. Between markers stands what providers
say of themselves (``needs``, ``steps``, ``keys``, ``scopes``); whatever the file has there is replaced.
"""

from __future__ import annotations

import os
import re
from typing import Any, Tuple

from .. import paths
from .. import settings as preferences
from ..i18n.catalog import say
from ..i18n.message import _
from ..provider import discovery as providers
from ..provider.contract import Provider
from ..storage import files
from ..system import builds

LANGUAGES = ("en", "zh")

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_SECTION = re.compile(r'(?m)^(?=##+ .* <a id="[\w-]+"></a>$)')
_ANCHOR = re.compile(r' <a id="([\w-]+)"></a>\n')
_HOST = re.compile(r"<https://([^/>]+)[^>]*>")
_NEXT_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])|(?<=。)")
_MARKS = re.compile(r"\*\*|`")

_TITLE = _("{}: where to find the credential")
_STEPS = _("Step by step")
_NEED = _("- [{}](#{}): {}")
_NEEDED = _("Needed: {}.")
_SCOPE = _("- Optional, `--scope {}=…`: {}.")
_OR = _(" or ")
_SITES = {"intl": _("{page} (international)"), "cn": _("{page} (China)")}


def markdown(language: str, provider_id: str = "") -> str:
    """The whole guide, or what a user of one provider needs of it. Raises Mistake for an unknown one."""
    if provider_id:
        return _of_one(providers.about(provider_id), language)
    known = tuple(providers.everything().values())
    need = say(_NEED, language)
    needs = (need.format(about.name, about.id, say(about.needs, language)) for about in known)
    sections = (_section(about, language, about.name) for about in known)
    return _filled(_source(language), needs="\n".join(needs), providers="\n\n".join(sections))


def syntax_tree(language: str, provider_id: str = "") -> Any:
    """The same as mistune's tokens: nested dictionaries. Raises Mistake."""
    import mistune  # not for the lists

    return mistune.create_markdown(renderer=None)(markdown(language, provider_id))


def rows(provider_id: str, language: str, region: str = "") -> Tuple[str, ...]:
    """The steps to a credential without marks, the first sentence of each, as a launcher's rows.

    Of a page they name only the host, as there is a key that opens it. Raises Mistake.
    """
    about = providers.about(provider_id)
    hosts = _HOST.sub(r"\1", pages(about, language, region))
    first = (_NEXT_SENTENCE.split(say(step, language), maxsplit=1)[0] for step in about.steps)
    told = (_HOST.sub(r"\1", sentence.rstrip(".。").replace("{keys}", hosts)) for sentence in first)
    return tuple(_MARKS.sub("", sentence) for sentence in told)


def page(language: str, provider_id: str = "") -> str:
    """The guide, or one provider's part of it, as a page that needs no other file. Raises Mistake."""
    from . import page as guide_page  # mistune is not for the lists

    shown = [provider_id] if provider_id else providers.names()
    names = {name: providers.about(name).name for name in shown}
    return guide_page.html(language, markdown(language, provider_id), names)


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


def pages(about: Provider, language: str, region: str = "") -> str:
    """The page, or the page of each region, where the credential is made."""
    if region or len(about.keys) == 1:
        return f"<{about.keys_page(region)}>"
    each = (_of_site(name, page, language) for name, page in about.keys.items())
    return say(_OR, language).join(each)


def _of_site(region: str, page: str, language: str) -> str:
    site = _SITES.get(region)
    return say(site, language, page=f"<{page}>") if site else f"<{page}> ({region})"


def _source(language: str) -> str:
    """The guide's file in this language; the English one where it is not translated."""
    own = os.path.join(_FOLDER, f"{language}.md")
    english = os.path.join(_FOLDER, "en.md")
    with open(own if os.path.exists(own) else english, encoding="utf-8") as file:
        return file.read()


def _filled(text: str, **blocks: str) -> str:
    """The text with each block between the two markers of its name."""
    for name, block in blocks.items():
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- /{name} -->\n")
        text = f"{before}{begin}\n{block}\n\n{end}{after}"
    return text


def _of_one(about: Provider, language: str) -> str:
    """Its own steps, how its account is added (as the introduction ends), the sections that concern it."""
    introduction, *sections = _SECTION.split(_filled(_source(language), needs="", providers=""))
    adding = introduction.rstrip().rpartition("\n\n")[2]
    blocks = (
        f"# {say(_TITLE, language).format(about.name)}",
        _section(about, language, say(_STEPS, language)),
        adding.replace("tankful add`", f"tankful add {about.id}`"),
        "".join(section for section in sections if _concerns(section, about)),
    )
    return "\n\n".join(blocks)


def _section(about: Provider, language: str, heading: str) -> str:
    """What a provider says of itself."""
    keys, scope = pages(about, language), say(_SCOPE, language)
    steps = (say(step, language).replace("{keys}", keys) for step in about.steps)
    scopes = (scope.format(name, say(what, language)) for name, what in about.scopes.items())
    blocks = (
        f'## {heading} <a id="{about.id}"></a>',
        say(_NEEDED, language).format(say(about.needs, language)),
        "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)),
        "\n".join(scopes),
    )
    return "\n\n".join(block for block in blocks if block)


def _concerns(section: str, about: Provider) -> bool:
    """Whether a section is of use to somebody who has only this provider; its scopes are told above."""
    found = _ANCHOR.search(section)
    anchor = found[1] if found else ""
    if anchor == "regions":
        return bool(about.regions)
    owner = anchor.partition("-")[0]
    return anchor not in ("needs", "scopes") and (
        owner == about.id or owner not in providers.names()
    )
