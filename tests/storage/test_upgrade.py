"""An older file is brought to our layout once, with a copy kept; a newer one is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.said import both
from workflow import settings
from workflow.doctor import report as report_of
from workflow.errors import Mistake
from workflow.models import Account, utc_now
from workflow.storage import accounts
from workflow.storage.documents import Document

KNOWN = Account("glm-0123abcd", "glm", "Work")


def renamed(document: dict[str, Any]) -> dict[str, Any]:
    """An upgrade step: the next layout has another name for the accounts."""
    return {**document, "layout": 2}


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> Path:
    """An accounts.json of layout 1 in front of a Tankful that writes layout 2."""
    accounts.change(lambda book: book.with_account(KNOWN))
    monkeypatch.setattr(accounts, "DOCUMENT", Document("accounts.json", 2, {1: renamed}))
    return Path(accounts.path())


def test_older_accounts_are_read(older: Path) -> None:
    assert accounts.load().accounts == (KNOWN,)
    assert json.loads(older.read_text())["layout"] == 1


def test_older_accounts_are_migrated_once_and_a_copy_is_kept(older: Path) -> None:
    before = older.read_bytes()
    for label in ("Two", "Three"):
        accounts.change(lambda book, to=label: book.with_account(Account(KNOWN.id, "glm", to)))  # type: ignore[misc]
    assert json.loads(older.read_text())["layout"] == 2
    assert (older.parent / "accounts.layout-1.json").read_bytes() == before


def test_a_layout_nobody_knows_how_to_read_is_kept_aside(older: Path) -> None:
    older.write_text('{"layout": 0, "accounts": []}')
    damaged = accounts.load().damaged
    assert damaged is not None
    assert Path(damaged).read_text() == '{"layout": 0, "accounts": []}'


def test_newer_accounts_are_left_untouched_and_said(older: Path) -> None:
    older.write_text('{"layout": 3, "new": true}')
    for use in (accounts.load, lambda: accounts.change(lambda book: book)):
        with pytest.raises(Mistake, match="newer Tankful"):
            use()
    assert older.read_text() == '{"layout": 3, "new": true}'


def shown_by_another_name(document: dict[str, Any]) -> dict[str, Any]:
    """An upgrade step: layout 1 had another name for one setting."""
    kept = dict(document["settings"])
    return {**document, "settings": {**kept, "show": kept.pop("display")}}


@pytest.fixture
def newer_tankful(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings.json of layout 1 in front of a Tankful that writes layout 2."""
    settings.choose("low", "30")
    path = Path(settings.path())
    path.write_text('{"layout": 1, "settings": {"display": "used"}}')
    newer = Document("settings.json", 2, {1: shown_by_another_name})
    monkeypatch.setattr(settings, "DOCUMENT", newer)
    return path


def test_older_settings_are_read(newer_tankful: Path) -> None:
    before = newer_tankful.read_bytes()
    assert (settings.chosen()["show"], settings.is_newer()) == ("used", False)
    assert newer_tankful.read_bytes() == before


def test_older_settings_are_migrated_once_and_a_copy_is_kept(newer_tankful: Path) -> None:
    before = newer_tankful.read_bytes()
    for low in ("10", "20"):
        settings.choose("low", low)
    document = json.loads(newer_tankful.read_text())
    assert (document["layout"], document["settings"]["show"]) == (2, "used")
    assert newer_tankful.with_name("settings.layout-1.json").read_bytes() == before


def test_settings_that_cannot_be_migrated_are_set_aside(newer_tankful: Path) -> None:
    content = '{"layout": 1, "settings": {"show": "used"}}'
    newer_tankful.write_text(content)
    assert settings.chosen()["show"] == "left"
    assert kept(newer_tankful) == [content]
    settings.choose("low", "10")
    assert json.loads(newer_tankful.read_text())["layout"] == 2


def test_newer_settings_are_read_and_said_and_never_written(newer_tankful: Path) -> None:
    newer_tankful.write_text('{"layout": 3, "settings": {"show": "used"}}')
    before = sorted(newer_tankful.parent.iterdir())
    assert (settings.chosen()["show"], settings.is_newer()) == ("used", True)
    assert settings.load({"tankful_show": "left"}).show == "left"
    with pytest.raises(Mistake, match="newer Tankful"):
        settings.choose("low", "10")
    assert newer_tankful.read_text() == '{"layout": 3, "settings": {"show": "used"}}'
    assert sorted(newer_tankful.parent.iterdir()) == before
    assert "- settings.json: of a newer Tankful, only read" in report_of.report(utc_now())


@pytest.mark.parametrize("layout", ['"2"', "2.0", "null", "true", "0", "-1", None])
def test_settings_of_an_unknown_layout_are_set_aside(layout: str | None) -> None:
    settings.choose("low", "30")
    path = Path(settings.path())
    content = '{"settings": {"show": "used"}' + (f', "layout": {layout}}}' if layout else "}")
    path.write_text(content)
    assert (settings.chosen()["show"], settings.is_newer()) == ("left", False)
    settings.choose("low", "10")
    assert json.loads(path.read_text()) == {"layout": 1, "settings": {"low": "10"}}
    assert kept(path) == [content]


def test_damaged_settings_are_set_aside_and_said() -> None:
    settings.choose("show", "used")
    path = Path(settings.path())
    assert settings.complaint() is None
    path.write_text("{half")
    settings.choose("low", "30")
    assert kept(path) == ["{half"]
    complaint = settings.complaint()
    assert complaint is not None
    (aside,) = path.parent.glob("settings.damaged-*.json")
    for words in both(complaint):
        assert aside.name in words
    assert "- settings.json: damaged once, kept aside" in report_of.report(utc_now())
    aside.unlink()
    assert settings.complaint() is None


def kept(path: Path) -> list[str]:
    """Return the contents of the damaged files that were set aside."""
    return [aside.read_text() for aside in path.parent.glob("settings.damaged-*.json")]


def test_settings_of_our_layout_need_no_copy() -> None:
    for low in ("10", "20"):
        settings.choose("low", low)
    names = {path.name for path in Path(settings.path()).parent.iterdir()}
    assert names == {"settings.json", "settings.json.lock"}
