"""Reminders of a reset: when they are stored, and when they are sent."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.alerts.given import ALL, RESET, WORK, Days, shares
from tests.alfred_harness.recorders import Recorders
from tests.history.given import moment, rows
from tests.said import in_language
from workflow import paths
from workflow.alerts import messages, reminders
from workflow.history import database
from workflow.i18n.catalog import say
from workflow.records import replace
from workflow.system import browser


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorders:
    found = Recorders(tmp_path / "mac", ("osascript", browser._COMMAND))
    monkeypatch.setenv("PATH", f"{found.bin}{os.pathsep}{os.environ['PATH']}")
    return found


def make(days: Days) -> str:
    known, now = days.state.of(WORK), moment(days.now)
    quota = reminders.limited(known, now)
    assert quota
    return say(reminders.make(known, quota, days.settings, now))


def test_reminders_gets_text_and_date_as_data(mac: Recorders) -> None:
    days = Days()
    days.refresh(shares(100))
    for _ in range(2):
        assert make(days) == "Added to Reminders: GLM · Work: Week has reset"
    call = mac.calls("osascript")[-1]
    assert call.argv[-5:] == ("GLM · Work: Week has reset", "2026", "12", "3", "43200")
    assert [row[2] for row in rows("remind")] == [RESET]


@pytest.mark.parametrize(
    ("label", "said"), [("Weekly", "每周额度已重置"), ("MCP tools", "MCP 额度已重置")]
)
def test_what_has_reset_is_a_sentence_in_chinese(label: str, said: str) -> None:
    assert in_language("zh", messages.has_reset, label) == said


def test_else_a_calendar_file_is_opened(mac: Recorders) -> None:
    mac.default("osascript", rc=1)
    days = Days(settings=replace(ALL, privacy=True))
    days.refresh(shares(100))
    assert make(days).startswith("Save the calendar event that was opened: GLM: ")
    (path,) = mac.calls(browser._COMMAND)[0].argv
    assert path == os.path.join(paths.cache(os.environ), reminders.NAME)
    assert b"SUMMARY:GLM: Week has reset\r\n" in Path(path).read_bytes()


def test_privacy_leaves_the_number_of_an_account(mac: Recorders) -> None:
    days = Days(settings=replace(ALL, privacy=True))
    days.refresh(shares(100))
    known, now = days.state.of(WORK), moment(days.now)
    quota = reminders.limited(known, now)
    assert quota
    second = replace(known, account=replace(known.account, number=2))
    assert say(reminders.make(second, quota, days.settings, now)) == (
        "Added to Reminders: GLM 2: Week has reset"
    )


def test_where_nothing_rings_tankful_says_it(mac: Recorders) -> None:
    mac.default("osascript", rc=1)
    mac.default(browser._COMMAND, rc=1)
    days = Days()
    days.refresh(shares(100))
    assert make(days).startswith("Tankful will notify you at the first refresh after the reset")
    assert days.refresh("unreachable", after=RESET - days.now + 60) == "GLM · Work: Week has reset"


def test_a_history_that_cannot_be_written_keeps_nothing_from_ringing(mac: Recorders) -> None:
    days = Days()
    days.refresh(shares(100))
    with closing(sqlite3.connect(database.path())) as connection, connection:
        connection.execute(f"PRAGMA user_version = {database.LAYOUT + 1}")
    assert make(days) == "Added to Reminders: GLM · Work: Week has reset"
    mac.default("osascript", rc=1)
    mac.default(browser._COMMAND, rc=1)
    with pytest.raises(database.Newer):
        make(days)


def test_what_has_room_or_has_reset_is_waited_for_by_nobody() -> None:
    days = Days()
    days.refresh(shares(25))
    assert reminders.limited(days.state.of(WORK), moment(days.now)) is None
    days.refresh(shares(100))
    assert reminders.limited(days.state.of(WORK), moment(RESET)) is None
