"""The table of the providers, as it opens the README: what each needs and what it shows."""

from __future__ import annotations

from typing import Mapping

from ..i18n.catalog import say
from ..models import Phrase
from ..provider import discovery as providers
from ..provider.contract import Kind

_HEAD = Phrase(
    "| Provider | Kind | What it needs | What it shows |", "| 服务 | 类型 | 需要什么 | 显示什么 |"
)
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
