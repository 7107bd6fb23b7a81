"""The README says what is true: its tables are the product's, its commands and files exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Set

import pytest

from scripts import tankful
from tests.conftest import ROOT
from workflow import settings
from workflow.guide import guide, table
from workflow.provider import discovery

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_leads_to_the_guide(language: str) -> None:
    assert f"](workflow/guide/{language}.md)" in README
    assert f"](workflow/guide/reference.{language}.md" in README


def test_says_where_every_credential_is_made() -> None:
    told = README.partition("\n## Where to find the credentials\n")[2].partition("\n## ")[0]
    assert table.keys("en") in told


def test_opens_with_one_sentence_the_commands_and_the_providers() -> None:
    first = README.split("## ")[0]
    assert first.index("scripts/demo") < first.index("| Provider |")
    assert table.readme_block("en") in first
    for about in discovery.everything().values():
        assert f"| {about.name} |" in first


def test_names_every_setting() -> None:
    for name in settings.CHOICES:
        assert f"| `{name}` |" in README


PAGES = [ROOT / "README.md", *sorted((ROOT / "workflow" / "guide").glob("*.md"))]


def places(page: Path) -> Set[str]:
    """What an address may name in a page, as GitHub shows it: anchors, and headings in lower case."""
    told = page.read_text(encoding="utf-8")
    headings = [
        re.sub(r"[^\w\s-]", "", name.lower()) for name in re.findall("^#+ (.*)$", told, re.M)
    ]
    return {*re.findall(r'<a id="([\w-]+)">', told), *(name.replace(" ", "-") for name in headings)}


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8"))
    assert links
    for link in links:
        path, _, place = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not place or place in places(target), link


def test_its_shell_lines_are_no_pipelines() -> None:
    blocks = "".join(re.findall("```sh\n(.*?)```", README, re.DOTALL))
    assert "|" not in blocks
    verbs = set(re.findall("tankful ([a-z]+)", blocks))
    assert verbs >= set(tankful.VERBS) - set(tankful.INTERNAL) - {"list"}
