"""The reference, in both languages: for programs, administrators and users who uninstall."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests import examples
from tests.conftest import ROOT
from tests.history.given import WEEKLY, fill
from tests.said import Phrase
from workflow import errors
from workflow.display import json_report
from workflow.errors import UsageError
from workflow.guide import guide
from workflow.history import recording
from workflow.history.series import Sample
from workflow.models import Failure, utc_now
from workflow.records import replace
from workflow.state import state

PAGES = {
    language: (ROOT / "workflow" / "guide" / f"reference.{language}.md").read_text(encoding="utf-8")
    for language in guide.LANGUAGES
}
SCHEMA = json.loads((ROOT / "tests/facts/usage.schema.json").read_text(encoding="utf-8"))


def build_of(page: str) -> list[list[str]]:
    """Return what both languages must share: levels, anchors, code blocks, and the subjects of tables."""
    return [
        re.findall(r'^(#+) .* (<a id="[\w-]+"></a>)$', page, re.M),
        re.findall(r"(?s)```.*?```", page),
        [re.sub(r"[、,]\s*", " ", cell) for cell in re.findall(r"^\| (`.*?`) \|", page, re.M)],
        sorted(set(re.findall(r"`[\w.~/ -]*[_.~/][\w.~/ -]*`", page))),
    ]


def test_both_languages_have_the_same_build() -> None:
    english, chinese = (build_of(page) for page in PAGES.values())
    assert english == chinese
    assert len(english[0]) == len(re.findall("^## ", PAGES["en"], re.M))


def test_chinese_is_chinese_and_english_is_english() -> None:
    for line in re.sub(r"(?s)```.*?```|<a .*?>", "", PAGES["zh"]).splitlines():
        if len(line) > 20 and not line.startswith("|--"):
            assert re.search("[\u4e00-\u9fff]", line), line
    assert not re.search("[\u3000-\u9fff]", PAGES["en"])


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_waybar_escapes_what_is_no_markup(language: str) -> None:
    """It would show nothing at all for "<1%"."""
    (told,) = re.findall(r"(?m)^\{\"custom/tankful\".*$", PAGES[language])
    assert json.loads(told)["custom/tankful"]["escape"] is True


def keys(value: object) -> Iterator[str]:
    """The names of all fields in a JSON value."""
    inner = list(value.values()) if isinstance(value, dict) else value
    if isinstance(value, dict):
        yield from value
    for each in inner if isinstance(inner, list) else ():
        yield from keys(each)


def json_of(language: str) -> str:
    """Return the section about ``list --json``."""
    return PAGES[language].partition('<a id="json">')[2].partition("\n## ")[0]


@pytest.fixture
def answered(home: Path) -> set[str]:
    """Every field of ``list --json``."""
    failure = Failure("blocked", Phrase("no way", "不行"), utc_now())
    examples.install(
        (account, replace(snapshot, failure=failure)) for account, snapshot in examples.SIX
    )
    now = int(utc_now().timestamp())
    fill(WEEKLY, [Sample(now - 7200, 0)])
    recording.record((), now, 730, now - 3600)
    recording.record((), now, 730, now)
    return set(keys(json_report.report(state.read(), utc_now())))


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_every_field_of_the_json_is_named(language: str, answered: set[str]) -> None:
    told = json_of(language)
    example = json.loads(re.findall("```json\n(.*?)```", told, re.DOTALL)[0])
    jsonschema.validate(example, SCHEMA)
    assert set(keys(example)) == answered
    tables = re.findall("^\\| .*$", told, re.MULTILINE)
    explained = {name for line in tables for name in re.findall("`([a-z_]+)`", line)}
    assert answered - explained == {"schema", "accounts"}
    assert f"`{json_report.SCHEMA}`" in told
    assert "`accounts`" in told


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_every_kind_of_failure_is_named(language: str) -> None:
    kinds = {error.kind for error in vars(errors).values() if is_kind(error)}
    table = json_of(language).rpartition("\n|---|---|\n")[2]
    assert set(re.findall("^\\| `([a-z_]+)` \\|", table, re.MULTILINE)) == kinds


def is_kind(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, UsageError)
