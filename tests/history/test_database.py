"""The file of the history under trouble: damage, a newer layout, an unusable disk or folder, many processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.history.given import NOW, WEEKLY, balance, fill, points, quota, rows
from workflow.history import database, reading, recording
from workflow.history.series import History, Sample
from workflow.records import replace

SCHEMA = """
CREATE TABLE series (id INTEGER PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL,
                     UNIQUE (account, kind, name, unit));
CREATE TABLE sample (series INTEGER NOT NULL, at INTEGER NOT NULL, value INTEGER, total INTEGER, resets_at INTEGER, flags INTEGER NOT NULL DEFAULT 0,
                     PRIMARY KEY (series, at)) WITHOUT ROWID;
CREATE TABLE span (series INTEGER NOT NULL, resets_at INTEGER NOT NULL, began INTEGER NOT NULL, peak REAL, last REAL, full_at INTEGER,
                     ended INTEGER, PRIMARY KEY (series, began)) WITHOUT ROWID;
CREATE TABLE alert (series INTEGER NOT NULL, rule TEXT NOT NULL, span INTEGER NOT NULL, at INTEGER NOT NULL, state INTEGER NOT NULL,
                     PRIMARY KEY (series, rule, span)) WITHOUT ROWID;
CREATE TABLE look (at INTEGER PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE remind (account TEXT NOT NULL, series INTEGER NOT NULL, due INTEGER NOT NULL, made INTEGER NOT NULL, done INTEGER, PRIMARY KEY (series, due)) WITHOUT ROWID;
CREATE TABLE watch (series INTEGER PRIMARY KEY, at INTEGER NOT NULL, span INTEGER NOT NULL, resets_at INTEGER, value INTEGER)
"""


def record(used: str = "40", at: int = NOW) -> str | None:
    return recording.record([quota(used, at)], at, 730)


def kept() -> int:
    return sum(len(samples) for samples in reading.read(now=NOW + 10**6).values())


def test_the_layout_is_the_one_that_was_agreed() -> None:
    record()
    with closing(sqlite3.connect(database.path())) as connection:
        tables = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        found = [" ".join(sql.split()) for (sql,) in connection.execute(tables)]
        pragmas = ("user_version", "journal_mode", "auto_vacuum")
        told = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    assert found == [" ".join(sql.split()) for sql in SCHEMA.split(";")]
    assert told == [1, "wal", 2]


DAMAGES = {
    "garbage": b"no database at all, and longer than a header of one " * 99,
    "header": b"SQLite format 3\0" + b"\xff" * 5000,
}


@pytest.mark.parametrize("content", DAMAGES.values(), ids=list(DAMAGES))
def test_a_damaged_file_is_kept_aside(content: bytes) -> None:
    record()
    Path(database.path()).write_bytes(content)
    Path(f"{database.path()}-wal").write_bytes(b"its log")
    Path(f"{database.path()[:-3]}.damaged-20200101T000000Z-00000000.db").touch()  # an earlier one
    assert reading.recent() == History()
    aside = record("41")
    assert aside is not None
    assert aside == database.damaged()
    assert Path(aside).read_bytes() == content
    assert kept() == 1
    assert record("42", NOW + 60) is None  # one notice


def test_a_damaged_file_that_another_process_has_replaced_meanwhile_is_no_news() -> None:
    record()
    damage = [sqlite3.DatabaseError("database disk image is malformed")]

    def act(connection: sqlite3.Connection) -> int:
        while damage:
            raise damage.pop()
        count: int = connection.execute("SELECT count(*) FROM sample").fetchone()[0]
        return count

    assert database.change(act) == (1, None)


def test_a_page_in_the_middle_may_be_damaged() -> None:
    fill(WEEKLY, [Sample(NOW - 60 * i, points(i)) for i in range(1, 2000)])
    with closing(sqlite3.connect(database.path())) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(Path(database.path()).read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 512] = b"\xa5" * 512
    Path(database.path()).write_bytes(content)
    assert record() is not None
    assert kept() == 1


def test_other_tables_are_damage() -> None:
    os.makedirs(os.path.dirname(database.path()), 0o700)
    with closing(sqlite3.connect(database.path())) as connection:
        connection.execute("CREATE TABLE series (number)")
        connection.execute("PRAGMA user_version = 1")
    assert record() is not None
    assert kept() == 1


def test_a_damaged_file_that_someone_reads_takes_its_log_along() -> None:
    record()
    with closing(sqlite3.connect(database.path())) as other:
        other.execute("DROP TABLE look")
        aside = record("41")
        assert [os.path.exists(f"{aside}{log}") for log in ("-wal", "-shm")] == [True, True]
    assert kept() == 1


@pytest.mark.parametrize("content", [b"", None])
def test_an_empty_file_is_a_new_one(content: bytes | None) -> None:
    os.makedirs(os.path.dirname(database.path()), 0o700)
    if content is not None:
        Path(database.path()).write_bytes(content)
    assert record() is None
    assert kept() == 1


@pytest.mark.parametrize("begun", [False, True])
def test_a_file_that_was_only_begun_is_no_history(begun: bool) -> None:
    """A kill, or a reader beside the first writer, may see this."""
    os.makedirs(os.path.dirname(database.path()), 0o700)
    with closing(sqlite3.connect(database.path())) as connection:
        Path(database.path()).touch()
        if begun:
            connection.execute("PRAGMA journal_mode = WAL")
    assert bool(os.path.getsize(database.path())) is begun
    with pytest.raises(FileNotFoundError), database.reading():
        pass
    assert reading.recent() == History()


def test_a_log_of_nothing_is_passed_over() -> None:
    """A kill leaves this between the renaming of a damaged file and that of its log."""
    record()
    with closing(sqlite3.connect(database.path())) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM sample")
        connection.execute("COMMIT")
        log = Path(f"{database.path()}-wal").read_bytes()
    os.unlink(database.path())
    Path(f"{database.path()}-wal").write_bytes(log)
    assert record() is None
    assert kept() == 1


def test_a_newer_layout_is_left_as_it_is() -> None:
    record()
    with closing(sqlite3.connect(database.path())) as connection:
        connection.execute("PRAGMA user_version = 2")
        connection.execute("ALTER TABLE sample ADD COLUMN more TEXT")
    assert record("41", NOW + 60) is None
    assert len(rows("sample")) == 1
    assert reading.read() == {}
    assert database.damaged() is None
    with pytest.raises(database.Newer):
        recording.clear()


@pytest.fixture
def read_only() -> Iterator[None]:
    """A history in a folder that cannot be written."""
    record()
    os.chmod(database.path(), 0o400)
    os.chmod(os.path.dirname(database.path()), 0o500)
    yield
    os.chmod(os.path.dirname(database.path()), 0o700)
    os.chmod(database.path(), 0o600)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.usefixtures("read_only")
def test_a_read_only_folder_is_read() -> None:
    assert record("41", NOW + 60) is None
    assert kept() == 1
    assert database.damaged() is None


def test_no_folder_costs_the_sample_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("TANKFUL_HOME", str(blocked / "home"))
    assert record() is None
    assert reading.recent() == History()
    recording.forget(WEEKLY.account)


def test_a_pipe_keeps_nobody_waiting() -> None:
    os.makedirs(os.path.dirname(database.path()), 0o700)
    os.mkfifo(database.path())
    assert record() is None
    assert reading.read() == {}


def test_a_full_disk_costs_the_sample_alone() -> None:
    record()
    code = (
        "import resource, sys\n"
        "from tests.history import test_database as told\n"
        "size = 4096\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        "for i in range(1, 30): assert told.record(str(i), told.NOW + 60 * i) is None\n"
        "sys.stdout.write(str(told.kept()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (done.stdout, done.returncode) == ("1", 0), done.stderr
    assert database.damaged() is None
    assert record("50", NOW + 3600) is None
    assert kept() == 2


def test_a_database_without_room_costs_the_samples_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    record()
    real: Any = sqlite3.connect

    def small(*args: Any, **options: Any) -> Any:
        connection = real(*args, **options)
        connection.execute("PRAGMA max_page_count = 1")  # no fewer than there are
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    many = [replace(quota("40", NOW + 60), account_id=f"glm-{i:08x}") for i in range(300)]
    assert recording.record(many, NOW + 60, 730) is None
    assert database.damaged() is None
    assert kept() == 1


def test_a_locked_history_costs_the_sample_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    record()
    monkeypatch.setattr(database, "TIMEOUT", 0.1)
    with closing(sqlite3.connect(database.path(), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM sample")
        assert record("41", NOW + 60) is None
        assert kept() == 1  # whoever reads waits for nobody
        other.execute("ROLLBACK")
    record("41", NOW + 60)
    assert kept() == 2


def forked(first: int, count: int) -> int:
    """Start a process that records this many refreshes of two accounts, and return its id."""
    child = os.fork()
    if child:
        return child
    try:
        for i in range(count):
            at = NOW + 1000 * first + i  # no two numbers in a row are equal: those are not kept
            changing = [quota(f"{first}.{i % 90:02}", at), balance(f"{first}.{i}", at)]
            recording.record(changing, at, 730)
    finally:
        os._exit(0)


def by_moment() -> dict[object, int]:
    """Count the samples by their time."""
    return Counter(at for _, at, *_ in rows("sample"))


@pytest.mark.slow
def test_twenty_writers_at_once_lose_nothing() -> None:
    record("1", NOW - 1)
    for child in [forked(n, 10) for n in range(20)]:
        assert os.waitpid(child, 0)[1] == 0
    assert database.damaged() is None
    with closing(sqlite3.connect(database.path())) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert set(by_moment().values()) <= {1, 2}
    last = max(map(int, map(str, by_moment())))
    assert last == NOW + 19009  # whoever came after one that was ahead left nothing


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_whole_transactions() -> None:
    recording.record([quota("1", NOW), balance("1", NOW)], NOW, 730)
    for turn in range(1, 25):
        child = forked(turn, 100000)
        time.sleep(0.003 * turn)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with closing(sqlite3.connect(database.path())) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(by_moment()) > 3
    assert set(by_moment().values()) == {2}  # both accounts of a refresh, or none
    assert database.damaged() is None
