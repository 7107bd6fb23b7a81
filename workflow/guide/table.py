"""The tables of the providers in the README: what each needs and shows, and where that is made."""

from __future__ import annotations

import re
from typing import Mapping

from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..provider import discovery as providers
from ..provider.contract import Kind
from . import guide

_HEAD = _("| Provider | Kind | What it needs | What it shows |")
_KEYS = _("| Provider | Where its credential is made |")
_ADDRESS = re.compile(r"<(https://([^/>]+)[^>]*)>")
_KINDS: Mapping[Kind, Message] = {
    "plan": _("plan"),
    "prepaid": _("prepaid"),
    "spend": _("spend"),
    "search": _("search"),
}


def table(language: str) -> str:
    """Write the table in Markdown, a row for each provider that there is."""
    rows = (
        f"| {about.name} | {say(_KINDS[about.kind], language)} | {say(about.needs, language)} | {say(about.shows, language)} |"
        for about in providers.everything().values()
    )
    return "\n".join((say(_HEAD, language), "|---|---|---|---|", *rows)) + "\n"


def readme_block(language: str) -> str:
    """Write the table as it stands in the README, between its markers."""
    return f"<!-- providers:{language} -->\n{table(language)}<!-- /providers -->"


def keys(language: str) -> str:
    """Write the table of the pages where credentials are made."""
    rows = (
        f"| {about.name} | {pages} |"
        for about in providers.everything().values()
        for pages in [_ADDRESS.sub(r"[\2](\1)", guide.pages(about, language))]
    )
    return "\n".join((say(_KEYS, language), "|---|---|", *rows)) + "\n"
