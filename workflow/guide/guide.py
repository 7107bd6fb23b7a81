"""The credential guide: what each provider needs, where to find it, and what to do if it is not there.

Each language is one Markdown file (``en.md``): READMEs link to it, a shell prints it, Quick Look shows it
as a page. Each heading below the first ends with an anchor. If the anchor begins with the id of a provider,
as in ``chatgpt-why``, the section is only for that provider's users. Blocks between markers are replaced by
what providers declare (``needs``, ``steps``, ``keys``, ``scopes``), and by the services without usage numbers.
"""

from __future__ import annotations

import os
import re
from typing import Any

from ..i18n.catalog import current, say
from ..i18n.message import _
from ..provider import discovery as providers
from ..provider import no_usage
from ..provider.contract import Provider

LANGUAGES = ("en", "zh")

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_SECTION = re.compile(r'(?m)^(?=##+ .* <a id="[\w-]+"></a>$)')
_ANCHOR = re.compile(r' <a id="([\w-]+)"></a>\n')
_COMMENT = re.compile(r"<!--.*?-->")
_INNER = re.compile(r"\[([^\]]+)\]\(#[\w-]+\)")  # a link to an anchor of the guide
_HOST = re.compile(r"<https://([^/>]+)[^>]*>")
_NEXT_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])|(?<=。)")
_MARKS = re.compile(r"\*\*|`")

_TITLE = _("{provider}: where to find the credential")
_NEED = _("- [{name}](#{id}): {needs}")
_NEEDED = _("Needed: {needs}.")
_SCOPE = _("- Optional, `--scope {scope}=…`: {what}.")
_SERVICE = _("- **{service}**: {why}. <{page}>")
_SITES = {"intl": _("{page} (international)"), "cn": _("{page} (China)")}


def markdown(provider_id: str = "") -> str:
    """Return the whole guide, or the part that a user of one provider needs. Raises Mistake if it is unknown.

    For a service without usage numbers, it says so.
    """
    service = no_usage.named(provider_id) if provider_id not in providers.names() else None
    if service is not None:
        return f"# {say(service.name)}\n\n{_service_line(service)}\n"
    if provider_id:
        return _of_one(providers.about(provider_id))
    known = tuple(providers.everything().values())
    needs = (say(_NEED, name=each.name, id=each.id, needs=say(each.needs)) for each in known)
    sections = (_section(about, about.name) for about in known)
    blocks = {"needs": "\n".join(needs), "providers": "\n\n".join(sections)}
    return _with_blocks(
        _source(), **blocks, services="\n".join(map(_service_line, no_usage.SERVICES))
    )


def text(provider_id: str = "") -> str:
    """Return the guide without anchors and comments, for a window that would show them. Raises Mistake."""
    shown = _ANCHOR.sub("\n", _COMMENT.sub("", markdown(provider_id)))
    return re.sub(r"\n{3,}", "\n\n", _INNER.sub(r"\1", shown)).strip() + "\n"


def syntax_tree(provider_id: str = "") -> Any:
    """Return the guide as mistune's tokens, which are nested dictionaries. Raises Mistake."""
    import mistune  # imported late: the lists do not need it

    return mistune.create_markdown(renderer=None)(markdown(provider_id))


def rows(provider_id: str) -> tuple[str, ...]:
    """Return the steps to a credential as a launcher's rows: the first sentence of each, without Markdown.

    They name only the host of a page, since a key of the launcher opens it. Raises Mistake.
    """
    about = providers.about(provider_id)
    first = (_NEXT_SENTENCE.split(say(step), maxsplit=1)[0] for step in about.steps)
    steps = (sentence.rstrip(".。").replace("{keys}", pages(about)) for sentence in first)
    return tuple(_MARKS.sub("", _HOST.sub(r"\1", step)) for step in steps)


def page(provider_id: str = "") -> str:
    """Return the guide, or one provider's part of it, as a self-contained HTML page. Raises Mistake."""
    from . import page as guide_page  # imported late: the lists do not need mistune

    known = providers.everything().values()
    names = {about.id: about.name for about in known if provider_id in ("", about.id)}
    return guide_page.html(markdown(provider_id), names)


def pages(about: Provider) -> str:
    """Return the page, or the page of each region, where the credential is created."""
    if len(about.keys) == 1:
        return f"<{about.keys_page('')}>"
    sites = about.regions or about.keys
    each = (_of_site(name, page) for name, page in about.keys.items() if name in sites)
    return say(_(" or ")).join(each)


def _of_site(region: str, page: str) -> str:
    site = _SITES.get(region)
    return say(site, page=f"<{page}>") if site else f"<{page}> ({region})"


def _source() -> str:
    """Read the guide in the reader's language; in English if there is no translation."""
    own = os.path.join(_FOLDER, f"{current().language}.md")
    english = os.path.join(_FOLDER, "en.md")
    with open(own if os.path.exists(own) else english, encoding="utf-8") as file:
        return file.read()


def _service_line(service: no_usage.Service) -> str:
    """Say why a service cannot be asked for usage, and where its numbers are."""
    return say(_SERVICE, service=say(service.name), why=say(service.why), page=service.page)


def _with_blocks(text: str, **blocks: str) -> str:
    """Put each block between the two markers with its name."""
    for name, block in blocks.items():
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- /{name} -->\n")
        text = f"{before}{begin}\n{block}\n\n{end}{after}"
    return text


def _of_one(about: Provider) -> str:
    """Return a provider's steps, how to add an account (the end of the introduction), and its sections."""
    introduction, *sections = _SECTION.split(
        _with_blocks(_source(), needs="", providers="", services="")
    )
    adding = introduction.rstrip().rpartition("\n\n")[2]
    blocks = (
        f"# {say(_TITLE, provider=about.name)}",
        _section(about, say(_("Step by step"))),
        adding.replace("tankful add`", f"tankful add {about.id}`"),
        "".join(section for section in sections if _concerns(section, about)),
    )
    return "\n\n".join(blocks)


def _section(about: Provider, heading: str) -> str:
    keys = pages(about)
    steps = (say(step).replace("{keys}", keys) for step in about.steps)
    scopes = (say(_SCOPE, scope=name, what=say(what)) for name, what in about.scopes.items())
    blocks = (
        f'## {heading} <a id="{about.id}"></a>',
        say(_NEEDED, needs=say(about.needs)),
        "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)),
        "\n".join(scopes),
    )
    return "\n\n".join(block for block in blocks if block)


def _concerns(section: str, about: Provider) -> bool:
    """Tell whether a section helps users of only this provider; its scopes are in its own section."""
    heading = _ANCHOR.search(section)
    anchor = heading[1] if heading else ""
    if anchor == "regions":
        return bool(about.regions)
    if anchor == "local":
        return about.is_local
    owner = anchor.partition("-")[0]
    return anchor not in ("needs", "scopes", "nothing") and (
        owner == about.id or owner not in providers.names()
    )
