"""The README says what is true: its tables are the product's, its commands and files exist."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Iterator, Set

import jsonschema
import pytest

from scripts import tankful
from tests import examples
from tests.conftest import ROOT
from workflow import errors, settings
from workflow.display import json_report
from workflow.errors import UsageError
from workflow.guide import guide, table
from workflow.models import Failure, Phrase, utc_now
from workflow.provider import discovery
from workflow.state import state

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_leads_to_the_guide(language: str) -> None:
    assert f"](workflow/guide/{language}.md)" in README


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


def test_links_lead_somewhere() -> None:
    for path in re.findall(r"\]\((?!https?:|#)([^)]+)\)", README):
        assert (ROOT / path).exists(), path


def keys(value: object) -> Iterator[str]:
    """The names of all fields in a JSON value."""
    inner = list(value.values()) if isinstance(value, dict) else value
    if isinstance(value, dict):
        yield from value
    for each in inner if isinstance(inner, list) else ():
        yield from keys(each)


def section(heading: str) -> str:
    return README.partition(f"\n### {heading}\n")[2].partition("\n### ")[0]


@pytest.fixture
def answered(home: Path) -> Set[str]:
    """Every field of ``list --json``."""
    failure = Failure("blocked", Phrase("no way", "不行"), utc_now())
    examples.install(
        (account, replace(snapshot, failure=failure)) for account, snapshot in examples.SIX
    )
    return set(keys(json_report.report(state.read(), utc_now())))


def test_every_field_of_the_json_is_named(answered: Set[str]) -> None:
    told = section("JSON")
    example = json.loads(re.findall("```json\n(.*?)```", told, re.DOTALL)[0])
    assert set(keys(example)) == answered
    tables = re.findall("^\\| .*$", told, re.MULTILINE)
    explained = {name for line in tables for name in re.findall("`([a-z_]+)`", line)}
    assert answered - explained == {"schema", "accounts"}
    assert f"`{json_report.SCHEMA}`" in told and "`accounts`" in told


def test_every_kind_of_failure_is_named() -> None:
    kinds = {error.kind for error in vars(errors).values() if is_kind(error)}
    table = section("JSON").partition("| Kind |")[2]
    assert set(re.findall("^\\| `([a-z_]+)` \\|", table, re.MULTILINE)) == kinds


def is_kind(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, UsageError)


def test_its_shell_lines_are_no_pipelines() -> None:
    blocks = "".join(re.findall("```sh\n(.*?)```", README, re.DOTALL))
    assert "|" not in blocks
    verbs = set(re.findall("tankful ([a-z]+)", blocks))
    assert verbs >= set(tankful.VERBS) - set(tankful.INTERNAL) - {"list"}


def test_the_example_of_the_json_is_valid() -> None:
    schema = json.loads((ROOT / "tests/facts/usage.schema.json").read_text(encoding="utf-8"))
    (example,) = re.findall("```json\n(.*?)```", section("JSON"), re.DOTALL)
    jsonschema.validate(json.loads(example), schema)
