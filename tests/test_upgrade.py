"""An older file is brought to our layout once, with a copy kept; a newer one is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict

import pytest

from workflow import accounts, settings
from workflow.errors import Mistake
from workflow.models import Account

KNOWN = Account("glm-0123abcd", "glm", "Work")


def renamed(document: Dict[str, Any]) -> Dict[str, Any]:
    """What a step does: the next layout calls the accounts differently."""
    return {**document, "layout": 2}


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> Path:
    """An accounts.json of layout 1 in front of a Headroom that writes layout 2."""
    accounts.change(lambda book: book.with_account(KNOWN))
    monkeypatch.setattr(accounts, "LAYOUT", 2)
    monkeypatch.setitem(accounts.STEPS, 1, renamed)
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
    assert damaged is not None and Path(damaged).read_text() == '{"layout": 0, "accounts": []}'


def test_newer_accounts_are_left_untouched_and_said(older: Path) -> None:
    older.write_text('{"layout": 3, "new": true}')
    for use in (accounts.load, lambda: accounts.change(lambda book: book)):
        with pytest.raises(Mistake, match="newer Headroom"):
            use()
    assert older.read_text() == '{"layout": 3, "new": true}'


def test_older_settings_keep_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.choose("show", "used")
    before = Path(settings.path()).read_bytes()
    monkeypatch.setattr(settings, "LAYOUT", 2)
    settings.choose("low", "30")
    assert settings.chosen()["show"] == "used"
    assert (Path(settings.path()).parent / "settings.layout-1.json").read_bytes() == before


def test_damaged_settings_keep_a_copy() -> None:
    settings.choose("show", "used")
    Path(settings.path()).write_text("{half")
    settings.choose("low", "30")
    assert Path(settings.path()).with_name("settings.damaged.json").read_text() == "{half"
