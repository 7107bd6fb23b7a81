"""The files of the pages: written at the first look, renewed with newer numbers, deleted when not looked at."""

from __future__ import annotations

import os
import stat
import time
from datetime import timedelta
from html import escape
from pathlib import Path

import pytest

from tests.trend.given import NOW, WORK, state
from workflow import settings as preferences
from workflow.history.series import History
from workflow.records import replace
from workflow.storage import accounts
from workflow.storage.accounts import Accounts
from workflow.trend import pages


def looked() -> Path:
    page = Path(pages.look(state(), WORK))
    assert page == Path(pages.path(WORK.id))
    return page


def aged(page: Path, looked: float, written: float) -> None:
    os.utime(page, (looked, written))


def test_a_look_leaves_a_page_for_its_owner_alone() -> None:
    page = looked()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "GLM" in page.read_text(encoding="utf-8")


def test_newer_numbers_renew_it_and_older_ones_do_not() -> None:
    page = looked()
    seen = time.time() - 3600
    aged(page, seen, (NOW - timedelta(hours=1)).timestamp())
    before = page.stat().st_ino
    pages.renew(state())
    assert page.stat().st_ino != before
    assert page.stat().st_atime == pytest.approx(seen, abs=1)  # nobody has looked
    before = page.stat().st_ino
    pages.renew(state())
    assert page.stat().st_ino == before


def test_a_new_name_and_other_settings_renew_it() -> None:
    page = looked()
    private = replace(state(), settings=state().settings.but(privacy=True))
    pages.renew(private)
    assert escape(WORK.label) in page.read_text(
        encoding="utf-8"
    )  # neither file is newer than the page
    preferences.choose("privacy", "1")
    pages.renew(private)
    assert escape(WORK.label) not in page.read_text(encoding="utf-8")
    renamed = replace(WORK, label="Otherwise")
    pages.renew(replace(state(), book=Accounts((renamed,))))
    assert "Otherwise" not in page.read_text(encoding="utf-8")
    accounts.change(lambda book: book.with_account(renamed))
    pages.renew(replace(state(), book=Accounts((renamed,))))
    assert "Otherwise" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("days", "there"), [(13, True), (15, False)])
def test_it_is_gone_when_nobody_looks_for_two_weeks(days: int, there: bool) -> None:
    page = looked()
    aged(page, time.time() - days * 86400, time.time())
    pages.renew(state())
    assert page.exists() == there


def test_it_goes_with_its_account() -> None:
    page = looked()
    pages.renew(replace(state(), book=Accounts()))
    assert not page.exists()


def test_without_a_folder_there_is_no_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TANKFUL_HOME", str(tmp_path / "file" / "below"))
    assert pages.look(state(), WORK) == ""
    pages.renew(state())


def test_a_page_that_is_served_was_written_before() -> None:
    with pytest.raises(LookupError):
        pages.there(state(), WORK)
    page = looked()
    assert pages.there(state(), WORK) == str(page)
    unseen = replace(state(), history=History())
    assert pages.there(unseen, WORK) == pages.look(unseen, WORK) == ""
