"""Files of ours: whole or not at all, private, and locks that a crash gives back."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest

from tests.conftest import ROOT
from workflow import files

HOLD = """
import sys
from workflow import files
with files.lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""
REWRITE = """
import sys
from workflow import files
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


def test_no_file_is_none_and_no_more_than_the_limit_is_read(tmp_path: Path) -> None:
    assert files.read(str(tmp_path / "file")) is None
    files.write(str(tmp_path / "file"), b"12345")
    assert files.read(str(tmp_path / "file"), limit=3) == b"123"


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        files.read(str(tmp_path))


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
