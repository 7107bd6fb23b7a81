"""What the disk remembers: nothing is executed, damage reads as empty and is mended."""

from __future__ import annotations

import functools
import os
import pickle
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Callable

import diskcache
import pytest
from diskcache.core import MODE_BINARY, MODE_PICKLE, MODE_RAW, MODE_TEXT
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.said import Phrase
from workflow.errors import FailureKind
from workflow.models import Account, Balance, Failure, Quota, Snapshot, Usage
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import status
from workflow.storage import json_codec, snapshot_json
from workflow.storage import snapshots as module
from workflow.storage.snapshots import Cache

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=timezone.utc)
QUOTA = Quota("Weekly", "%", Decimal("28.5"), Decimal(100), Decimal("71.5"), 604800, NOW)
GOOD = Snapshot("glm-1", Usage((QUOTA,), (Balance(Decimal("42.18"), "CNY"),), plan="Pro"), NOW)
LATER = Snapshot("glm-1", GOOD.usage, NOW, Failure("blocked", Phrase("a", "b"), NOW))
OTHER = Snapshot("kimi-2", Usage(), NOW)


class Bomb:
    """Unpickled, it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (str(self.path),)


@pytest.fixture
def folder(home: Path) -> Path:
    """The folder of the cache, which knows two accounts."""
    with Cache() as cache:
        cache.put(GOOD)
        cache.put(OTHER)
    return home / "tankful/cache/snapshots-1"


def get(account_id: str = "glm-1") -> Snapshot:
    """Read an account's snapshot as a new process does."""
    with Cache() as cache:
        return cache.get(account_id)


def put(snapshot: Snapshot) -> None:
    with Cache() as cache:
        cache.put(snapshot)


def execute(folder: Path, statement: str, *values: object) -> None:
    """Change the database behind our back."""
    with closing(sqlite3.connect(folder / "cache.db")) as database, database:
        database.execute(statement, values)


# ---- remembering


def test_what_is_put_is_got_by_the_next_process(folder: Path) -> None:
    assert get() == GOOD
    put(LATER)
    assert get() == LATER


def test_nothing_known_is_an_empty_snapshot() -> None:
    assert get("glm-9") == Snapshot("glm-9")


def test_all_and_drop(folder: Path) -> None:
    with Cache() as cache:
        assert cache.all(["glm-1", "x"]) == {"glm-1": GOOD, "x": Snapshot("x")}
        cache.drop("glm-1")
        cache.drop("x")
        assert cache.all(["glm-1", "kimi-2"]) == {"glm-1": Snapshot("glm-1"), "kimi-2": OTHER}


def test_everything_is_private(home: Path) -> None:
    umask = os.umask(0)
    try:
        with Cache() as cache:
            cache.put(GOOD)
            found = {path: path.stat().st_mode for path in (home / "tankful").rglob("*")}
    finally:
        os.umask(umask)
    assert {path.name for path in found} >= {"cache.db", "cache.db-wal", "snapshots-1"}
    for mode in found.values():
        assert stat.S_IMODE(mode) == (0o700 if stat.S_ISDIR(mode) else 0o600)


def test_rows_are_a_line_of_plain_json(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "cache.db")) as database:
        rows = database.execute("SELECT key, raw, mode, filename, value FROM Cache").fetchall()
    assert {row[:4] for row in rows} == {(a, 1, MODE_RAW, None) for a in ("glm-1", "kimi-2")}
    for key, *_, value in rows:
        assert snapshot_json.unpack(json_codec.loads(value.split(b"\n")[0])).account_id == key


def test_where_numbers_came_from_is_kept_beside_them_as_it_is(tmp_path: Path) -> None:
    told = b"whatever\nit says: \xff"
    usage = Usage(plan="Pro", is_changed=True, sources=told)
    with Cache(str(tmp_path / "kept"), lambda: NOW) as cache:
        cache.put(Snapshot("glm-1", usage, NOW))
        back = cache.get("glm-1").usage
    assert back is not None
    assert (back.plan, back.is_changed, back.sources) == ("Pro", True, told)


def test_a_row_of_an_older_version_has_numbers_that_come_from_nowhere(tmp_path: Path) -> None:
    packed = snapshot_json.pack(Snapshot("glm-1", Usage(plan="Pro"), NOW))
    del packed["usage"]["is_changed"]
    packed["usage"]["sources"] = {"numbers": [], "new": [["x", "/y", "1"]]}
    with Cache(str(tmp_path / "kept"), lambda: NOW) as cache:
        cache._write("glm-1", json_codec.dumps(packed))
        back = cache.get("glm-1").usage
    assert back is not None
    assert (back.plan, back.is_changed, back.sources) == ("Pro", False, b"")


def seen_by_a_reader(account_id: str = "glm-1") -> Snapshot:
    with Cache(reading=True) as cache:
        return cache.get(account_id)


def test_a_reader_sees_what_is_put_while_it_reads(folder: Path) -> None:
    with Cache(reading=True) as reader, Cache() as writer:
        assert reader.get("glm-1") == GOOD
        writer.put(LATER)
        assert reader.get("glm-1") == seen_by_a_reader() == LATER
        assert sorted(reader.ids()) == sorted(writer.ids()) == ["glm-1", "kimi-2"]


def test_a_reader_writes_nothing_into_a_database_that_is_there(folder: Path) -> None:
    before = (folder / "cache.db").read_bytes()
    assert seen_by_a_reader("kimi-2") == OTHER
    assert (folder / "cache.db").read_bytes() == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_reader_without_a_database_knows_nothing(home: Path) -> None:
    assert seen_by_a_reader() == Snapshot("glm-1")
    put(GOOD)
    assert seen_by_a_reader() == GOOD


@pytest.mark.parametrize("content", [b"", b"rubbish" * 2000, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_reader_of_a_damaged_database_knows_nothing_and_the_next_write_counts(
    folder: Path, content: bytes
) -> None:
    overwrite(folder, content)
    assert seen_by_a_reader() == Snapshot("glm-1")
    put(LATER)
    assert seen_by_a_reader() == LATER


# ---- a clock that ran ahead

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
SHIFTS = [61 * SECOND, 3600 * SECOND, 30 * DAY, 365 * DAY, 7000 * DAY]


def seen(snapshot: Snapshot, now: datetime) -> Snapshot:
    """Store a snapshot, and read it at this time."""
    put(snapshot)
    with Cache(now=lambda: now) as cache:
        return cache.get("glm-1")


@pytest.mark.parametrize("shift", SHIFTS)
def test_numbers_fetched_ahead_of_now_are_of_no_known_age(shift: timedelta) -> None:
    assert seen(replace(GOOD, asked_at=NOW), NOW - shift) == replace(GOOD, fetched_at=None)


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("kind", ["blocked", "credential_expired", "rate_limited"])
def test_what_failed_ahead_of_now_did_not(kind: FailureKind, shift: timedelta) -> None:
    wait = Failure(kind, Phrase("a", "b"), NOW, NOW + 60 * SECOND)
    told = seen(Snapshot("glm-1", GOOD.usage, NOW - 400 * DAY, wait), NOW - shift)
    assert told == Snapshot("glm-1", GOOD.usage)
    assert status.status(Account("a", "glm", "A"), told, Settings()).due_at < NOW - shift


@pytest.mark.parametrize("shift", [-DAY, 0 * DAY, 60 * SECOND])
def test_what_is_at_most_a_minute_ahead_is_believed(folder: Path, shift: timedelta) -> None:
    assert seen(LATER, NOW - shift) == LATER


@pytest.mark.parametrize(
    ("wait", "age", "left"),
    [
        pytest.param(3600 * SECOND, 60 * SECOND, 3540 * SECOND, id="an-hour"),
        pytest.param(7 * DAY, DAY, 6 * DAY, id="a-week"),
        pytest.param(7 * DAY + SECOND, 0 * DAY, 7 * DAY, id="a-second-too-long"),
        pytest.param(365 * DAY, 0 * DAY, 7 * DAY, id="a-year"),
        pytest.param(365 * DAY, 3 * DAY, 4 * DAY, id="a-year-told-some-days-ago"),
        pytest.param(365 * DAY, 30 * DAY, -23 * DAY, id="a-year-told-long-ago"),
        pytest.param(7 * DAY, -60 * SECOND, 7 * DAY, id="told-by-a-clock-a-minute-ahead"),
    ],
)
def test_a_wait_is_never_longer_than_a_week(
    wait: timedelta, age: timedelta, left: timedelta
) -> None:
    told = Failure("rate_limited", Phrase("a", "b"), NOW, NOW + wait)
    failure = seen(replace(GOOD, failure=told), NOW + age).failure
    assert failure is not None
    assert failure.retry_at is not None
    assert failure.retry_at - (NOW + age) == left


@given(
    fetched=st.none() | st.integers(-(10**9), 10**9),
    failed=st.none() | st.integers(-(10**9), 10**9),
    wait=st.integers(-(10**9), 10**9),
)
def test_no_stamp_holds_an_account_for_ever(
    fetched: int | None, failed: int | None, wait: int
) -> None:
    at = None if failed is None else NOW + failed * SECOND
    failure = None if at is None else Failure("blocked", Phrase("", ""), at, at + wait * SECOND)
    known = Snapshot("x", fetched_at=None if fetched is None else NOW + fetched * SECOND)
    told = module.believed(replace(known, failure=failure), NOW)
    assert status.status(Account("a", "glm", "A"), told, Settings()).due_at - NOW <= 7 * DAY
    for stamp in (told.fetched_at, told.failure.at if told.failure else None):
        assert stamp is None or stamp - NOW <= 60 * SECOND


# ---- a disk that takes nothing

FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from workflow.storage.snapshots import Cache
from workflow.models import Snapshot
with Cache() as cache:
    print(cache.get("glm-1").usage.plan, cache.get("kimi-2").usage.plan, cache.get("x").usage)
    cache.put(Snapshot("glm-1"))
    cache.drop("kimi-2")
    print(cache.fault)
"""


@pytest.mark.parametrize("room", [0, 4096, 12288])
def test_on_a_full_disk_what_is_known_is_read(folder: Path, room: int) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(room)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    known, fault = told.stdout.splitlines()
    assert (known, told.stderr) == ("Pro None None", "")
    assert fault != "None"


def refused(*_: object) -> None:
    raise OSError(30, "Read-only file system")


@pytest.mark.parametrize("name", ["snapshots-1", "100% ?x=1&y#z"])
@pytest.mark.parametrize("log", [False, True])
def test_a_read_only_disk_tells_what_it_has(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, log: bool
) -> None:
    place = home / name
    with Cache(str(place)) as cache:
        cache.put(GOOD)
        cache.put(OTHER)
        if log:  # as a writer leaves it that was killed
            shutil.copytree(place, home / "copy")
    if log:
        place = home / "copy"
    monkeypatch.setattr(module, "_Database", refused)
    with Cache(str(place)) as cache:
        assert cache.all(["glm-1", "x"]) == {"glm-1": GOOD, "x": Snapshot("x")}
        assert sorted(cache.ids()) == ["glm-1", "kimi-2"]
        cache.put(LATER)
        cache.drop("glm-1")
        assert cache.get("glm-1") == GOOD
        assert str(cache.fault) == "[Errno 30] Read-only file system"


def test_what_is_stored_leaves_no_fault_and_a_damaged_database_neither(folder: Path) -> None:
    for content in (None, b"rubbish" * 2000):
        if content:
            overwrite(folder, content)
        with Cache() as cache:
            cache.put(LATER)
            assert (cache.get("glm-1"), cache.fault) == (LATER, None)


@pytest.mark.parametrize("mode", [MODE_PICKLE, MODE_BINARY, MODE_TEXT])
def test_a_read_only_disk_is_believed_no_more_than_another(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    bomb = pickle.dumps(Bomb(tmp_path / "bang"))
    execute(folder, "UPDATE Cache SET mode = ?, value = ? WHERE key = 'glm-1'", mode, bomb)
    execute(folder, "UPDATE Cache SET filename = 'x' WHERE key = 'kimi-2'")
    monkeypatch.setattr(module, "_Database", refused)
    assert (get(), get("kimi-2")) == (Snapshot("glm-1"), Snapshot("kimi-2"))
    assert not (tmp_path / "bang").exists()


@pytest.mark.parametrize("content", [b"", b"rubbish" * 2000, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_read_only_database_tells_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    overwrite(folder, content)
    monkeypatch.setattr(module, "_Database", refused)
    assert get() == Snapshot("glm-1")


# ---- nothing is executed


ASKS = """
from workflow.storage.snapshots import Cache
from workflow.models import Snapshot

with Cache() as cache:
    cache.put(Snapshot("glm-1"))
    print(cache.get("glm-1").usage, cache.ids())
"""


@pytest.mark.parametrize("name", ["cache.db", "cache.db-wal", "cache.db-shm", "cache.db-journal"])
def test_a_pipe_in_the_database_keeps_nobody_waiting(folder: Path, name: str) -> None:
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    done = subprocess.run(
        [sys.executable, "-c", ASKS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("None []\n", "")


def test_a_pickle_is_never_executed(folder: Path, tmp_path: Path) -> None:
    bomb = pickle.dumps(Bomb(tmp_path / "bang"))
    execute(folder, "UPDATE Cache SET mode = ?, value = ?", MODE_PICKLE, bomb)
    assert get() == Snapshot("glm-1")
    with Cache() as cache:
        assert cache.all(["glm-1"]) == {"glm-1": Snapshot("glm-1")}
        cache.drop("kimi-2")
        cache.put(LATER)
    assert get() == LATER
    assert not (tmp_path / "bang").exists()


def test_the_same_pickle_is_executed_by_diskcache_itself(folder: Path, tmp_path: Path) -> None:
    bomb = pickle.dumps(Bomb(tmp_path / "bang"))
    execute(folder, "UPDATE Cache SET mode = ?, value = ?", MODE_PICKLE, bomb)
    with diskcache.Cache(str(folder)) as naive:
        naive.get("glm-1")
    assert (tmp_path / "bang").is_dir()


def test_a_pickle_in_a_file_is_never_executed(folder: Path, tmp_path: Path) -> None:
    (folder / "x.val").write_bytes(pickle.dumps(Bomb(tmp_path / "bang")))
    execute(folder, "UPDATE Cache SET mode = ?, filename = ?", MODE_PICKLE, "x.val")
    assert get() == Snapshot("glm-1")
    assert not (tmp_path / "bang").exists()


def test_a_pickled_key_is_never_executed(folder: Path, tmp_path: Path) -> None:
    bomb = pickle.dumps(Bomb(tmp_path / "bang"))
    execute(folder, "UPDATE Cache SET key = ?, raw = 0 WHERE key = 'kimi-2'", bomb)
    with Cache() as cache:
        assert cache.get("glm-1") == GOOD
        store = cache._store
        assert store is not None
        with pytest.raises(ValueError, match="not a key of ours"):
            list(store)
    assert not (tmp_path / "bang").exists()


@pytest.mark.parametrize("mode", [MODE_RAW, MODE_BINARY, MODE_TEXT, MODE_PICKLE])
def test_no_file_is_read_or_deleted_at_a_rows_word(folder: Path, tmp_path: Path, mode: int) -> None:
    stranger = tmp_path / "stranger"
    stranger.write_bytes(json_codec.dumps(snapshot_json.pack(LATER)))
    row = "UPDATE Cache SET mode = ?, filename = ?, value = NULL"
    execute(folder, row, mode, os.path.relpath(stranger, folder))
    assert get() == Snapshot("glm-1")
    put(GOOD)
    with Cache() as cache:
        cache.drop("kimi-2")
    assert get() == GOOD
    assert stranger.exists()


# ---- damaged rows


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="truncated"),
        pytest.param(b"\x80\x04N.", id="pickle"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"account_id": "glm-1"}', id="half"),
        pytest.param(b"[" * 5000, id="deep"),
        pytest.param("text", id="text"),
        pytest.param(5, id="number"),
        pytest.param(None, id="nothing"),
        pytest.param(json_codec.dumps(snapshot_json.pack(OTHER)), id="somebody-elses"),
        pytest.param(
            json_codec.dumps(snapshot_json.pack(GOOD)).replace(b"42.18", b"much"), id="no-amount"
        ),
    ],
)
def test_a_damaged_row_reads_as_empty_and_is_mended(folder: Path, value: object) -> None:
    execute(folder, "UPDATE Cache SET value = ? WHERE key = 'glm-1'", value)
    assert get() == Snapshot("glm-1")
    assert get("kimi-2") == OTHER
    put(LATER)
    assert (get(), get("kimi-2")) == (LATER, OTHER)


# ---- a damaged database


def overwrite(folder: Path, content: bytes, offset: int = 0) -> None:
    """Damage the database file, and delete its journals, as after a copy."""
    for journal in ("cache.db-wal", "cache.db-shm"):
        (folder / journal).unlink(missing_ok=True)
    with open(folder / "cache.db", "r+b") as file:
        file.seek(offset)
        file.write(content)
        if not offset:
            file.truncate()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a database at all" * 100, id="text"),
        pytest.param(b"SQLite format 3\0" + b"\xff" * 4096, id="header-only"),
        pytest.param(b"\0" * 8192, id="zeroes"),
    ],
)
def test_a_damaged_database_reads_as_empty_and_is_mended(folder: Path, content: bytes) -> None:
    overwrite(folder, content)
    assert get() == Snapshot("glm-1")
    put(LATER)
    assert get() == LATER


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("DROP TABLE Cache", id="no-table"),
        pytest.param("DROP TABLE Settings", id="no-settings"),
        pytest.param("ALTER TABLE Cache RENAME COLUMN value TO worth", id="other-columns"),
        pytest.param("INSERT INTO Settings VALUES ('sqlite_x; y', 1)", id="odd-pragma"),
        pytest.param("INSERT INTO Settings VALUES ('disk_store', 1)", id="our-disk-replaced"),
        pytest.param("INSERT INTO Settings VALUES ('set', 1)", id="a-method-replaced"),
        pytest.param("INSERT INTO Settings VALUES ('close', 1)", id="another-method-replaced"),
        pytest.param("INSERT INTO Settings VALUES (x'00', 1)", id="odd-setting"),
        pytest.param(
            "CREATE TRIGGER t BEFORE INSERT ON Cache BEGIN SELECT no(); END", id="trigger"
        ),
    ],
)
def test_another_layout_is_mended_by_the_next_write(folder: Path, statement: str) -> None:
    execute(folder, statement)
    put(LATER)
    assert get() == LATER


@functools.cache
def whole_database() -> bytes:
    """The file of a cache that knows two accounts."""
    with tempfile.TemporaryDirectory() as folder:
        for snapshot in (GOOD, OTHER):
            with Cache(folder) as cache:
                cache.put(snapshot)
        return (Path(folder) / "cache.db").read_bytes()


@given(
    hits=st.lists(
        st.tuples(st.integers(0, 40_000), st.binary(min_size=1, max_size=64)), max_size=4
    ),
    length=st.none() | st.integers(0, 40_000),
)
@examples(max_examples=25, deadline=None)
def test_no_damage_ever_fails_or_stays(hits: Any, length: Any) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "snapshots"
        folder.mkdir()
        (folder / "cache.db").write_bytes(whole_database())
        path = folder / "cache.db"
        size = path.stat().st_size
        for offset, content in hits:
            overwrite(folder, content, 1 + offset % (size - 1))
        os.truncate(path, size if length is None else length % size)
        with Cache(str(folder)) as cache:
            assert cache.get("glm-1").account_id == "glm-1"
            cache.put(LATER)
        with Cache(str(folder)) as cache:
            cache.put(LATER)
            assert cache.get("glm-1") == LATER


def test_a_folder_that_cannot_be_made_is_no_failure(home: Path) -> None:
    (home / "tankful").write_text("in the way", encoding="utf-8")
    put(GOOD)
    assert get() == Snapshot("glm-1")
    assert (home / "tankful").read_text(encoding="utf-8") == "in the way"


# ---- a busy database


HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.mark.timing
def test_a_busy_database_is_not_wiped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TIMEOUT", 0.1)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / "cache.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        begun = time.monotonic()
        put(LATER)
        get()
        assert time.monotonic() - begun < 5
        holder.kill()
    assert get() == GOOD
    assert get("kimi-2") == OTHER


def test_a_database_that_gets_busy_keeps_its_other_rows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TIMEOUT", 0.1)
    with Cache() as cache:
        with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            cache.put(LATER)
            assert cache.get("glm-1") == GOOD
        cache.put(Snapshot("tavily-3"))
        assert cache.all(["glm-1", "kimi-2"]) == {"glm-1": GOOD, "kimi-2": OTHER}
        cache.put(LATER)
    assert get() == LATER


WRITE = """
import sys
from workflow.storage.snapshots import Cache
from workflow.models import Snapshot, Usage
for number in range(5):
    with Cache() as cache:
        cache.put(Snapshot(f"glm-{sys.argv[1]}{number}", Usage(plan=sys.argv[1])))
"""


@pytest.mark.timing  # a writer waits for others, but not for ever
def test_processes_that_write_at_once_all_succeed() -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITE, f"{n}"], cwd=ROOT) for n in range(4)]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    names = {f"glm-{writer}{number}": f"{writer}" for writer in range(4) for number in range(5)}
    with Cache() as cache:
        known = cache.all(names)
    assert {n: s.usage.plan if s.usage else None for n, s in known.items()} == names


@pytest.mark.slow
def test_a_writer_that_is_killed_loses_no_row(folder: Path) -> None:
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", f"print('on', flush=True)\nwhile True:\n exec({WRITE!r})", "7"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        with writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(0.15)
            writer.kill()
        assert get() == GOOD
        assert get("kimi-2") == OTHER
