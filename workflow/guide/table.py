"""The tables of the providers in the README: what each needs and shows, and where that is made."""

from __future__ import annotations

import re
from typing import Mapping

from ..i18n.catalog import say
from ..models import Phrase
from ..provider import discovery as providers
from ..provider.contract import Kind
from . import guide

_HEAD = Phrase(
    "| Provider | Kind | What it needs | What it shows |", "| 服务 | 类型 | 需要什么 | 显示什么 |"
)
_KEYS = Phrase("| Provider | Where its credential is made |", "| 服务商 | 在哪里获取凭证 |")
_ADDRESS = re.compile(r"<(https://([^/>]+)[^>]*)>")
_KINDS: Mapping[Kind, Phrase] = {
    "plan": Phrase("plan", "套餐"),
    "prepaid": Phrase("prepaid", "预付"),
    "spend": Phrase("spend", "花费"),
    "search": Phrase("search", "搜索"),
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
