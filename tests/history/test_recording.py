"""What a refresh writes into the history."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.history.given import (
    DAY,
    HOUR,
    MONEY,
    NOW,
    WEEKLY,
    balance,
    fill,
    points,
    quota,
    rows,
)
from workflow.history import database, reading, recording
from workflow.history.series import Sample
from workflow.models import Snapshot
from workflow.records import replace


def record(*snapshots: Snapshot, now: int = NOW, days: int = 730) -> str | None:
    return recording.record(snapshots, now, days)


def test_all_accounts_of_a_refresh_are_kept() -> None:
    record(quota("40"), balance("31.8"))
    assert reading.read(now=NOW) == {
        WEEKLY: (Sample(NOW, points(40), None, NOW + 2 * DAY),),
        MONEY: (Sample(NOW, points(31.8)),),
    }


def test_the_file_is_private() -> None:
    record(quota("40"))
    folder = os.path.dirname(database.path())
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    for name in os.listdir(folder):
        assert stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) == 0o600


def test_the_same_answer_twice_is_one_row() -> None:
    for _ in range(2):
        record(quota("40"))
    assert len(rows("sample")) == 1


def test_what_stands_still_is_kept_every_half_hour() -> None:
    for minute in range(0, 61, 5):
        at = NOW + 60 * minute
        record(quota("40", at, 2 * DAY - 60 * minute), now=at)
    assert [at for _, at, *_ in rows("sample")] == [NOW, NOW + 1800, NOW + 3600]


def test_what_moves_is_kept() -> None:
    record(quota("40"))
    record(quota("40.01", NOW + 60), now=NOW + 60)
    assert len(rows("sample")) == 2


def test_what_stands_still_keeps_nothing_else_back() -> None:
    record(quota("40"), balance("31.8"))
    record(quota("40", NOW + 60, 2 * DAY + 600), balance("31.7", NOW + 60), now=NOW + 60)
    assert [value for _, _, value, *_ in rows("sample")] == [points(40), points(31.8), points(31.7)]


def test_a_window_has_one_row() -> None:
    record(quota("40"))
    record(quota("100", NOW + HOUR, 2 * DAY - HOUR), now=NOW + HOUR)
    record(quota("3", NOW + 3 * DAY, 6 * DAY), now=NOW + 3 * DAY)
    first, second = reading.spans(WEEKLY.account)[WEEKLY]
    assert first[:2] == (NOW - 5 * DAY, NOW + 2 * DAY)
    assert (first.peak, first.full_at, first.ended) == (points(100), NOW + HOUR, NOW + 2 * DAY)
    assert second.ended is None


def test_a_clock_that_is_set_back_writes_nothing_until_it_is_there_again() -> None:
    record(quota("40"))
    record(quota("41", NOW - HOUR), balance("31.8", NOW - HOUR), now=NOW - HOUR)
    assert [at for _, at, *_ in rows("sample")] == [NOW, NOW - HOUR]  # of another number
    record(quota("41", NOW + 60), now=NOW + 60)
    assert len(rows("sample")) == 3


def test_a_clock_that_ran_far_ahead_stops_nothing() -> None:
    later = NOW + 30 * DAY
    record(quota("40", later), now=later)
    record(quota("41"))
    record(quota("41", NOW + 60), now=NOW + 60)  # has not moved
    assert [at for _, at, *_ in rows("sample")] == [NOW, later]
    assert [sample.at for sample in reading.read(now=NOW)[WEEKLY]] == [NOW]


def test_a_clock_that_runs_years_ahead_for_a_moment_deletes_nothing() -> None:
    fill(WEEKLY, [Sample(NOW - number * DAY, number) for number in range(100)])
    later = NOW + 1000 * DAY
    for answers in ((), (), (quota("40", at=later),)):  # at a wrong time no provider is trusted
        record(*answers, now=later)
        assert len(rows("sample")) == 100 + len(answers)
    record(now=later)
    assert len(rows("sample")) == 1


def test_without_a_history_nothing_is_kept() -> None:
    record(quota("40"))
    record(quota("41", NOW + 60), now=NOW + 60, days=0)
    assert rows("sample") == rows("span") == []
    assert reading.read(now=NOW) == {}


def test_a_call_that_keeps_none_deletes_nothing() -> None:
    record(quota("40"))
    recording.record([quota("41", NOW + 60)], NOW + 60, None)
    assert len(rows("sample")) == 1


def test_an_account_id_that_is_used_again_inherits_nothing() -> None:
    record(quota("40"))
    recording.forget(WEEKLY.account)
    record(quota("7", NOW + 60), now=NOW + 60)
    assert [sample.value for sample in reading.read(now=NOW)[WEEKLY]] == [points(7)]
    assert len(rows("span")) == 1


def test_the_history_of_another_machine_may_be_restored_over_this_one(tmp_path: Path) -> None:
    """Numbers of series and moments are others there, and accounts that are not ours."""
    record(balance("5"), quota("40"))
    own = tmp_path / "own.db"
    shutil.copy(database.path(), own)
    os.unlink(database.path())
    later = [quota("10", NOW + HOUR), replace(quota("9", NOW + HOUR), account_id="glm-ffffffff")]
    record(*later, now=NOW + HOUR)
    theirs = Path(database.path()).read_bytes()
    shutil.copy(own, database.path())
    record(quota("41", NOW + 60), now=NOW + 60)
    Path(database.path()).write_bytes(theirs)
    record(quota("42", NOW + 2 * HOUR), balance("4", NOW + 2 * HOUR), now=NOW + 2 * HOUR)
    found = reading.read(now=NOW + 2 * HOUR)
    assert [sample.value for sample in found[WEEKLY]] == [points(10), points(42)]
    assert [sample.value for sample in found[MONEY]] == [points(4)]
    assert WEEKLY._replace(account="glm-ffffffff") in found
    assert database.damaged() is None


def test_an_account_is_forgotten() -> None:
    record(quota("40"), balance("31.8"))
    recording.forget(WEEKLY.account)
    assert list(reading.read(now=NOW)) == [MONEY]
    assert rows("span") == []
    assert [row[1] for row in rows("series")] == [MONEY.account]


def test_nothing_to_forget_makes_no_file() -> None:
    recording.forget(WEEKLY.account)
    recording.clear()
    assert not os.path.exists(database.path())


@pytest.mark.parametrize("account", [None, WEEKLY.account])
def test_a_cleared_history_begins_anew(account: str | None) -> None:
    record(quota("40"), balance("31.8"))
    recording.clear(account)
    assert list(reading.read(now=NOW)) == ([] if account is None else [MONEY])
    record(quota("41", NOW + 60), now=NOW + 60)
    assert len(reading.read(WEEKLY.account, now=NOW)[WEEKLY]) == 1


def test_alerts_and_reminders() -> None:
    """Clearing forgets what was told and keeps what was asked for; a removed account loses both."""
    record(quota("40"))
    ((number, *_),) = rows("series")

    def act(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO alert VALUES (?, 'low20', 1, 2, 1)", (number,))
        connection.execute("INSERT INTO remind VALUES ('glm-0000000a', ?, 1, 2, NULL)", (number,))

    database.change(act)
    recording.clear()
    assert (len(rows("alert")), len(rows("remind")), len(rows("series"))) == (0, 1, 1)
    recording.forget(WEEKLY.account)
    assert (rows("remind"), rows("series")) == ([], [])


def test_numbers_beyond_all_bounds_cost_themselves_alone() -> None:
    record(quota("1e400"), balance("31.8"))
    assert list(reading.read(now=NOW)) == [MONEY]


def test_foreign_samples_of_a_series_are_told_in_order() -> None:
    fill(MONEY, [Sample(NOW - 60 * i, points(i)) for i in range(5)])
    found = reading.read(MONEY.account, NOW - 120, NOW)[MONEY]
    assert [sample.value for sample in found] == [points(2), points(1), 0]
