"""A page that a provider answered is kept for a day, for its own account only."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import stored
from workflow import paths
from workflow.actions import edit
from workflow.storage import pages

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
MINE = "chatgpt-00000001"


def on_disk(account_id: str = MINE) -> Path:
    return Path(paths.cache(os.environ)) / "pages" / f"{account_id}.json"


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (timedelta(0), True),
        (timedelta(hours=23, minutes=59), True),
        (timedelta(hours=24), False),
        (timedelta(seconds=-30), True),
        (timedelta(minutes=-5), False),
        (timedelta(days=-365), False),
    ],
)
def test_a_page_counts_for_a_day(age: timedelta, counts: bool) -> None:
    pages.save(MINE, {"accounts": {"a": 1}}, NOW - age)
    assert pages.parse(pages.read(MINE), NOW) == ({"accounts": {"a": 1}} if counts else {})


def test_a_page_that_did_not_come_counts_for_half_an_hour() -> None:
    pages.save(MINE, {"accounts": None}, NOW)
    assert pages.parse(pages.read(MINE), NOW + timedelta(minutes=29)) == {"accounts": None}
    assert pages.parse(pages.read(MINE), NOW + timedelta(minutes=30)) == {}


def test_an_entry_that_is_no_page_is_passed_over() -> None:
    at = str(int(NOW.timestamp())).encode()
    content = b'{"a": 7, "b": {"at": "now", "told": 1}, "c": {"at": %b}}' % at
    assert pages.parse(content, NOW) == {}


def test_an_unchanged_page_keeps_its_age() -> None:
    pages.save(MINE, {"accounts": {"a": 1}, "plan": "plus"}, NOW)
    later = NOW + timedelta(hours=20)
    pages.save(MINE, {"accounts": {"a": 1}, "plan": "pro"}, later)
    assert pages.parse(pages.read(MINE), NOW + timedelta(hours=25)) == {"plan": "pro"}


def test_each_account_has_its_own() -> None:
    pages.save(MINE, {"accounts": {"a": 1}}, NOW)
    assert pages.parse(pages.read("chatgpt-00000002"), NOW) == {}
    pages.forget("chatgpt-00000002")
    pages.forget(MINE)
    assert not on_disk().exists()


def test_an_account_that_is_removed_leaves_none() -> None:
    account = stored.account("chatgpt-plus")
    pages.save(account.id, {"accounts": {"a": 1}}, NOW)
    edit.remove(account)
    assert not on_disk(account.id).exists()


def test_it_is_private_and_bounded() -> None:
    pages.save(MINE, {"accounts": {"a": 1}}, NOW)
    assert on_disk().stat().st_mode & 0o077 == 0
    pages.save(MINE, {"accounts": "x" * pages.LARGEST}, NOW)
    assert pages.parse(pages.read(MINE), NOW) == {"accounts": {"a": 1}}


def test_a_disk_that_cannot_be_written_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANKFUL_HOME", "/proc/nowhere")
    pages.save(MINE, {"accounts": {"a": 1}}, NOW)
    assert pages.parse(pages.read(MINE), NOW) == {}


@given(
    st.binary(max_size=40)
    | st.sampled_from(
        [b"[]", b"null", b'{"a": 1}', b'{"a": {"at": true, "told": 1}}', b'{"a": {"at": "x"}}']
    )
)
def test_a_damaged_file_is_nothing_known(content: bytes) -> None:
    on_disk().parent.mkdir(parents=True, exist_ok=True)
    on_disk().write_bytes(content)
    assert pages.parse(pages.read(MINE), NOW) == {}
