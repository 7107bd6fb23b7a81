"""The README says what is true: its guide is the product's, its commands and files exist."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from workflow import guide, provider, settings

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_guide_is_the_products_own(language: str) -> None:
    assert guide.readme_block(language).strip() in README


def test_opens_with_one_sentence_the_commands_and_the_providers() -> None:
    first = README.split("## ")[0]
    assert first.index("scripts/demo") < first.index("| Provider |")
    for about in provider.everything().values():
        assert f"| {about.name} |" in first


def test_names_every_setting() -> None:
    for name in settings.CHOICES:
        assert f"| `{name}` |" in README


def test_links_lead_somewhere() -> None:
    for path in re.findall(r"\]\((?!https?:|#)([^)]+)\)", README):
        assert (ROOT / path).exists(), path
