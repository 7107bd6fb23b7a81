"""Files of ours: whole or not at all, private, and locks that a crash gives back."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.said import both
from workflow.errors import Mistake
from workflow.storage import files
from workflow.storage import holder as holders

HOLD = """
import sys
from workflow.storage import files
with files.lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""
REWRITE = """
import sys
from workflow.storage import files
print("begun", flush=True)
while True:
    for letter in b"ab":
        files.write(sys.argv[1], bytes([letter]) * 200_000)
"""


def child(code: str, path: Path) -> subprocess.Popen[str]:
    """A process of its own, once it has said its first line."""
    started = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline()
    return started


def kill(process: subprocess.Popen[str]) -> None:
    """SIGKILL, and wait for the end."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        stream.close()


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock ``tmp_path/lock``."""
    process = child(HOLD, tmp_path / "lock")
    yield process
    kill(process)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("before", [pytest.param(None, id="new"), pytest.param(0o755, id="open")])
def test_a_folder_is_private(tmp_path: Path, before: int) -> None:
    path = tmp_path / "ours"
    if before:
        path.mkdir(mode=before)
    assert files.folder(str(path)) == str(path)
    assert mode(path) == 0o700


@pytest.mark.parametrize("before", [0o755, 0o750, 0o775])
def test_a_folder_with_things_of_others_stays_as_it_is(tmp_path: Path, before: int) -> None:
    path = tmp_path / "Documents"
    path.mkdir()
    (path / "letter").touch()
    path.chmod(before)
    for _ in range(2):
        files.write(str(path / "accounts.json"), b"{}")
        assert mode(path) == before
    assert mode(path / "accounts.json") == 0o600


@pytest.mark.parametrize("name", ["tankful", "app.tankful.usage"])
def test_a_folder_with_our_name_is_ours(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "accounts.json").touch()
    (tmp_path / name).chmod(0o777)
    files.folder(str(tmp_path / name))
    assert mode(tmp_path / name) == 0o700


@pytest.mark.parametrize("before", [0o1777, 0o1700, 0o777, 0o707])
def test_a_folder_that_is_everybody_s_is_refused_and_stays_as_it_is(
    tmp_path: Path, before: int
) -> None:
    path = tmp_path / "tmp"
    path.mkdir()
    (path / "other").touch()
    path.chmod(before)
    with pytest.raises(PermissionError, match="anyone") as told:
        files.folder(str(path))
    assert told.value.filename == str(path)
    with pytest.raises(PermissionError, match="anyone"):
        files.write(str(path / "file"), b"x")
    assert mode(path) == before
    assert os.listdir(path) == ["other"]


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs").mkdir(mode=0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(PermissionError, match="another user"):
        files.folder(str(tmp_path / "theirs"))
    assert mode(tmp_path / "theirs") == 0o755


def test_a_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        files.write(str(tmp_path / "deep" / "file"), b"x")
    finally:
        os.umask(umask)
    assert mode(tmp_path / "deep" / "file") == 0o600
    assert mode(tmp_path / "deep") == 0o700


@pytest.mark.parametrize("content", [b"", b"\0\xff", b"x" * 300_000])
def test_what_is_written_is_read(home: Path, content: bytes) -> None:
    files.write(str(home / "file"), b"what was there before")
    files.write(str(home / "file"), content)
    assert files.read(str(home / "file")) == content
    assert os.listdir(home) == ["file"]


def test_no_file_is_none_and_one_beyond_the_limit_is_an_error(tmp_path: Path) -> None:
    assert files.read(str(tmp_path / "file")) is None
    files.write(str(tmp_path / "file"), b"12345")
    assert files.read(str(tmp_path / "file"), limit=5) == b"12345"
    with pytest.raises(OSError, match="too large") as told:
        files.read(str(tmp_path / "file"), limit=4)
    assert told.value.filename == str(tmp_path / "file")


@pytest.mark.timing
def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        files.read(str(tmp_path))
    os.mkfifo(tmp_path / "pipe")
    for name in (str(tmp_path / "pipe"), "/dev/zero", "/dev/tty"):
        begun = time.monotonic()
        with pytest.raises(OSError, match=r"no file|No such device"):
            files.read(name)
        assert time.monotonic() - begun < 1
    with pytest.raises(OSError, match="no file"), files.lock(str(tmp_path / "pipe")):
        pytest.fail("a pipe is no lock")


def test_a_link_is_followed(home: Path) -> None:
    (home / "dotfiles").mkdir(mode=0o755)
    (home / "dotfiles" / "kept.json").write_text("old")
    (home / "file").symlink_to("dotfiles/kept.json")
    files.write(str(home / "file"), b"new")
    assert (home / "file").is_symlink()
    assert (home / "dotfiles" / "kept.json").read_bytes() == b"new"
    assert mode(home / "dotfiles") == 0o755
    assert os.listdir(home / "dotfiles") == ["kept.json"]


def test_what_lasts_is_on_the_disk_with_its_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, bool]] = []

    def noted(descriptor: int) -> None:
        found = os.fstat(descriptor)
        synced.append(("folder" if stat.S_ISDIR(found.st_mode) else "file", is_there()))

    def is_there() -> bool:
        return (home / "kept").exists()

    monkeypatch.setattr(files, "_sync", noted)
    files.write(str(home / "again"), b"x", lasting=False)
    assert synced == []
    files.write(str(home / "kept"), b"x")
    assert synced == [("file", False), ("folder", True)]


@pytest.mark.parametrize("able", [True, False])
def test_on_a_mac_the_drive_is_waited_for(
    home: Path, monkeypatch: pytest.MonkeyPatch, able: bool
) -> None:
    asked: list[int] = []

    def control(descriptor: int, command: int) -> int:
        asked.append(command)
        if not able:
            raise OSError(errno.ENOTSUP, "not on this file system")
        return 0

    plain: list[int] = []
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", control)
    monkeypatch.setattr(os, "fsync", plain.append)
    files.write(str(home / "file"), b"x")
    assert asked == [51, 51]
    assert len(plain) == (0 if able else 2)


def test_a_failed_write_leaves_the_old_and_no_draft(home: Path) -> None:
    (home / "file").mkdir()
    with pytest.raises(OSError, match="directory"):
        files.write(str(home / "file"), b"x")
    assert os.listdir(home) == ["file"]


def test_a_writer_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for _ in range(4):
        writer = child(REWRITE, path)
        seen = {files.read(str(path)) for _ in range(50)}
        kill(writer)
        seen.add(files.read(str(path)))
        assert seen <= {None, b"a" * 200_000, b"b" * 200_000}


def test_a_lock_holds_between_processes(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with files.lock(str(tmp_path / "lock"), 0.0) as held:
        assert not held
    with files.lock(str(tmp_path / "other"), 0.0) as held:
        assert held


def test_a_killed_holder_frees_its_lock(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    kill(holder)
    with files.lock(str(tmp_path / "lock"), 0.0) as held:
        assert held


def test_patience_waits_for_the_holder(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert holder.stdin is not None
    with files.lock(str(tmp_path / "lock"), 0.1) as held:
        assert not held
    holder.stdin.close()
    with files.lock(str(tmp_path / "lock"), 20.0) as held:
        assert held
    assert mode(tmp_path / "lock") == 0o600


def test_a_lock_says_who_holds_it_and_since_when(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    assert files.held_by(path) is None
    with files.lock(path):
        found = files.held_by(path)
        assert found is not None
        assert found[0] == os.getpid()
        assert 0 <= found[1] < 30
    assert files.held_by(path) is None
    assert (tmp_path / "lock").read_bytes() == b""


@pytest.mark.parametrize("shift", [-(10**9), -3600.0, 3600.0, 10**9])
def test_no_wall_clock_makes_a_holder_old_or_young(
    tmp_path: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch, shift: float
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + shift)
    os.utime(tmp_path / "lock", (now - shift, now - shift))
    found = files.held_by(str(tmp_path / "lock"))
    assert found is not None
    assert found[0] == holder.pid
    assert found[1] < 60


@pytest.mark.parametrize("content", [b"a letter", b"12", b"1 2 3", b"x" * 5000, b"-1 7"])
def test_a_lock_that_is_somebody_s_file_is_only_locked(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "letter").write_bytes(content)
    (tmp_path / "lock").symlink_to("letter")
    with files.lock(str(tmp_path / "lock"), 0.0) as held:
        assert held
        assert files.held_by(str(tmp_path / "lock")) is None
    assert (tmp_path / "letter").read_bytes() == content


def _no_proc(*_: object) -> None:
    raise FileNotFoundError


def test_whoever_insists_is_told_who_is_in_the_way(
    tmp_path: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with files.lock(str(tmp_path / "lock"), 0.0) as held:
        assert not held  # and the holder stays known
    for stop, wait in ((False, 0.1), (True, 60.0)):  # a suspended one is not waited for
        monkeypatch.setattr(files, "WAIT", wait)
        if stop:
            os.kill(holder.pid, signal.SIGSTOP)
        with pytest.raises(Mistake) as told, files.lock(str(tmp_path / "lock")):
            pytest.fail("it is held")
        for words in both(told.value.message):
            assert f" {holder.pid} " in words
            assert "lock" in words
            assert f"kill {'-9 ' if stop else ''}{holder.pid}" in words
        assert ("suspended" in both(told.value.message)[0]) is stop
        assert ("挂起" in both(told.value.message)[1]) is stop
    monkeypatch.setattr(holders, "open", _no_proc, raising=False)  # as on macOS
    assert holders.is_suspended(holder.pid)
    os.kill(holder.pid, signal.SIGCONT)
    assert not holders.is_suspended(holder.pid)


def test_a_holder_that_does_not_say_who_it_is_is_no_riddle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "WAIT", 0.0)
    path = str(tmp_path / "lock")
    with files.lock(path):
        Path(path).write_bytes(b"")
        with pytest.raises(Mistake, match="another process is holding lock"), files.lock(path):
            pytest.fail("it is held")


@pytest.mark.timing
@pytest.mark.parametrize(("seconds", "said"), [(5, "5 s"), (119, "119 s"), (600, "10 min")])
def test_for_how_long_it_has_been_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int, said: str
) -> None:
    path = str(tmp_path / "lock")
    with files.lock(path):
        Path(path).write_bytes(b"%d %d" % (os.getpid(), int(time.monotonic())))
        later = int(time.monotonic()) + seconds + 0.25
        monkeypatch.setattr(time, "monotonic", lambda: later)
        assert f"for {said} " in both(files.stuck_message(path))[0]


def test_only_a_file_of_ours_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    base = home / "tankful"
    ours = [base, base / "accounts.json", base / "cache" / "feed", home / "config" / "x.cfg"]
    for path in (*map(str, ours), str(ROOT / "icons" / "glm.png")):
        words, chinese = both(files.unusable(OSError(28, "No space left", path)))
        assert path in words
        assert path in chinese
        assert "No space left" in words
        assert "磁盘已满" in chinese
    shared = PermissionError(1, files._SHARED, str(base))
    assert both(files.unusable(shared))[1].startswith(f"无法使用 {base}（任何人都可以写入）")
    for foreign in ("sk-secret", "/elsewhere/sk-secret", f"{base}sk-secret", b"sk-secret", 7, None):
        error = OSError(28, "No space left")
        error.filename = foreign
        english, chinese = both(files.unusable(error))
        assert "secret" not in english + chinese
        assert english.startswith("nothing can be written (No space left on device)")
        assert chinese.startswith("无法写入（磁盘已满）")
    unnamed = both(files.unusable(OSError(13, "Permission denied")))
    assert unnamed[0].startswith("a file cannot be used (Permission denied)")
    assert unnamed[1].startswith("无法使用某个文件（没有权限）")


def test_a_shared_lock_keeps_only_the_exclusive_out(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    with files.lock(path, 0.0, shared=True) as first, files.lock(path, 0.0, shared=True) as second:
        assert first
        assert second
        with files.lock(path, 0.0) as alone:
            assert not alone
    with files.lock(path) as alone, files.lock(path, 0.0, shared=True) as shared:
        assert alone
        assert not shared
