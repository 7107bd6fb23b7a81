"""CHANGELOG.md has the form of Keep a Changelog, and the version stands in one place."""

from __future__ import annotations

import plistlib
import re
from datetime import date
from itertools import takewhile

from tests.conftest import ROOT
from workflow import __version__

TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def releases() -> list[tuple[str, date]]:
    """Version and day of each release, as they stand there."""
    headings = re.findall(r"^## (.*)$", TEXT, re.M)
    assert headings[0] == "[Unreleased]"
    form = r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})"
    told = [(line, re.fullmatch(form, line)) for line in headings[1:]]
    assert [line for line, found in told if not found] == []
    return [(found[1], date.fromisoformat(found[2])) for _, found in told if found]


def test_it_begins_as_the_form_has_it() -> None:
    assert TEXT.startswith("# Changelog\n\nAll notable changes to")
    for page in ("https://keepachangelog.com/en/1.1.0/", "https://semver.org/spec/v2.0.0.html"):
        assert page in TEXT.split("\n## ")[0]


def test_every_release_has_its_day_the_newest_first() -> None:
    by_day = sorted(releases(), key=lambda told: told[1], reverse=True)
    by_version = sorted(
        releases(), key=lambda told: [int(part) for part in told[0].split(".")], reverse=True
    )
    assert releases() == by_day == by_version


def test_changes_are_sorted_by_their_kind() -> None:
    for section in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        kinds = re.findall(r"^### (.*)$", section, re.M)
        assert set(kinds) <= KINDS
        assert len(set(kinds)) == len(kinds)
        before = takewhile(lambda line: not line.startswith("### "), section.splitlines()[1:])
        assert not [line for line in before if line.startswith("- ")]


def test_the_version_is_the_same_everywhere() -> None:
    plist = plistlib.loads((ROOT / "info.plist").read_bytes())
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert releases()[0][0] == __version__ == plist["version"]
    assert 'dynamic = ["version"]' in project
    assert 'path = "workflow/__init__.py"' in project
