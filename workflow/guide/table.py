"""The README's tables of providers: what each needs and shows, and where its credential is created.

Prominent providers have a line each; all others share one line per kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..i18n.catalog import current, say
from ..i18n.message import Message, _
from ..provider import discovery as providers
from ..provider.contract import Kind, Provider
from . import guide

_HEAD = _("| Provider | Kind | What it needs | What it shows |")
_KEYS = _("| Provider | Where to get its credential |")
_REST = _("| All others | [in the guide](workflow/guide/en.md#needs) |")
_ADDRESS = re.compile(r"<(https://([^/>]+)[^>]*)>")
_BETWEEN = _(", ")
_KINDS: Mapping[Kind, Message] = {
    "plan": _("plan"),
    "prepaid": _("prepaid"),
    "spend": _("spend"),
    "search": _("search"),
}
_KEY = _("an API key")
_SOME = _("an API key; for some, an Admin or management key")
_NOTHING = _("nothing: read from the programs on this Mac")
_NEEDS: Mapping[Kind, Message] = {
    "plan": _KEY,
    "prepaid": _SOME,
    "spend": _SOME,
    "search": _KEY,
}
_SHOWS: Mapping[Kind, Message] = {
    "plan": _("what the plan allows, what is used and when it resets"),
    "prepaid": _("balance, and limits where there are any"),
    "spend": _("what was spent"),
    "search": _("what is left of searches or credits"),
}


def table() -> str:
    """Write the table of all providers in Markdown."""
    known = providers.everything().values()
    rows = (
        f"| {about.name} | {say(_KINDS[about.kind])} | {say(about.needs)} | {say(about.shows)} |"
        for about in known
        if about.is_prominent
    )
    return "\n".join((say(_HEAD), "|---|---|---|---|", *rows, *_others(known))) + "\n"


def _others(known: Iterable[Provider]) -> Iterator[str]:
    """Write a line per kind for the providers that are not prominent, and one for those on this Mac."""
    others = [about for about in known if not about.is_prominent]
    for kind in _KINDS:
        links = [
            _link(about)
            for about in sorted(others, key=lambda about: about.name.lower())
            if about.kind == kind and not about.is_local
        ]
        if links:
            yield _line(links, kind, _NEEDS[kind])
    here = [_link(about) for about in others if about.is_local]
    if here:
        yield _line(here, "plan", _NOTHING)


def _link(about: Provider) -> str:
    return f"[{about.name}](workflow/guide/{current().language}.md#{about.id})"


def _line(links: Iterable[str], kind: Kind, needs: Message) -> str:
    names = say(_BETWEEN).join(links)
    return f"| {names} | {say(_KINDS[kind])} | {say(needs)} | {say(_SHOWS[kind])} |"


def readme_block() -> str:
    """Write the table as in the README, between its markers."""
    return f"<!-- providers:{current().language} -->\n{table()}<!-- /providers -->"


def keys() -> str:
    """Write the table of the pages where credentials are created."""
    rows = (
        f"| {about.name} | {pages} |"
        for about in providers.everything().values()
        if about.is_prominent
        for pages in [_ADDRESS.sub(r"[\2](\1)", guide.pages(about))]
    )
    return "\n".join((say(_KEYS), "|---|---|", *rows, say(_REST))) + "\n"
