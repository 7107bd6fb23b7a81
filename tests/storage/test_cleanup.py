"""What other builds left in the cache folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests import stored
from workflow import paths
from workflow.models import Snapshot
from workflow.storage import cleanup
from workflow.storage.snapshots import Cache


def age(folder: Path, seconds: float) -> None:
    at = time.time() - seconds
    os.utime(folder, (at, at))


def left(folder: Path) -> set[str]:
    return {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}


def test_only_what_no_build_uses_goes(tmp_path: Path) -> None:
    unused = {"snapshots-0/cache.db", "snapshots-99/x", "bytecode/old/a.pyc", "bytecode/work/b.pyc"}
    others = {f"{paths.SNAPSHOTS}/cache.db", "feed", "refresh.lock", "pages/a.html"}
    for name in (*unused, *others):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        age(file, cleanup.UNUSED + 60)
        age(file.parent, cleanup.UNUSED - 60)
    cleanup.sweep(str(tmp_path))
    assert left(tmp_path) == unused | others
    for name in (*unused, *others):
        age((tmp_path / name).parent, cleanup.UNUSED + 60)
    cleanup.sweep(str(tmp_path))
    assert left(tmp_path) == others


def test_snapshots_of_another_layout_stay_while_a_build_uses_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "SNAPSHOTS", "snapshots-0")
    stored.save(Snapshot("glm-00000001"))
    cache = Path(paths.cache(os.environ))
    age(cache / "snapshots-0", cleanup.UNUSED + 60)
    with Cache() as opened:
        opened.put(Snapshot("glm-00000002"))
        monkeypatch.setattr(paths, "SNAPSHOTS", "snapshots-1")
        cleanup.sweep(str(cache))
    assert (cache / "snapshots-0" / "cache.db").exists()


@pytest.mark.parametrize("place", ["tankful", "tankful/cache"])
@pytest.mark.parametrize(
    ("name", "ago", "goes"),
    [
        ("accounts.json.123.456789.new", 3601, True),
        ("accounts.json.123.456789.new", 3500, False),
        ("accounts.json.123.456789.new", 0, False),
        ("accounts.json.123.456789.new", -30, False),
        ("settings.json.1.2.new", -3600, True),
        ("feed.77.88.new", 1e8, True),
        ("accounts.json", 1e8, False),
        ("accounts.damaged-20260101T000000Z-abcd.json", 1e8, False),
        ("letter.new", 1e8, False),
        ("letter.1.new", 1e8, False),
        (".1.2.new", 1e8, False),
        ("letter.a.b.new", 1e8, False),
        ("accounts.json.1.2.new.json", 1e8, False),
    ],
)
def test_drafts_that_nobody_writes_any_more_go(
    home: Path, place: str, name: str, ago: float, goes: bool
) -> None:
    folder = home / place
    folder.mkdir(parents=True)
    (folder / name).touch()
    age(folder / name, ago)
    (folder / "folder.1.2.new").mkdir()
    age(folder / "folder.1.2.new", 1e8)
    cleanup.sweep_drafts(os.environ)
    assert (folder / name).exists() is not goes
    assert (folder / "folder.1.2.new").is_dir()


def test_what_a_clock_that_ran_ahead_has_touched_ages_from_now_on(tmp_path: Path) -> None:
    old = tmp_path / "bytecode" / "old"
    old.mkdir(parents=True)
    age(old, -365 * 86400)
    cleanup.sweep(str(tmp_path))
    assert old.is_dir()
    assert abs(old.stat().st_mtime - time.time()) < 60
    age(old, cleanup.UNUSED + 60)
    cleanup.sweep(str(tmp_path))
    assert not old.exists()


def test_where_there_is_nothing_nothing_happens(tmp_path: Path) -> None:
    cleanup.sweep(str(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()
