"""What other builds left in the cache folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests import stored
from workflow import leftovers, paths
from workflow.cache import Cache
from workflow.models import Snapshot


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
        age(file, leftovers.UNUSED + 60)
        age(file.parent, leftovers.UNUSED - 60)
    leftovers.sweep(str(tmp_path))
    assert left(tmp_path) == unused | others
    for name in (*unused, *others):
        age((tmp_path / name).parent, leftovers.UNUSED + 60)
    leftovers.sweep(str(tmp_path))
    assert left(tmp_path) == others


def test_snapshots_of_another_layout_stay_while_a_build_uses_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "SNAPSHOTS", "snapshots-0")
    stored.save(Snapshot("glm-00000001"))
    cache = Path(paths.cache(os.environ))
    age(cache / "snapshots-0", leftovers.UNUSED + 60)
    with Cache() as opened:
        opened.put(Snapshot("glm-00000002"))
        monkeypatch.setattr(paths, "SNAPSHOTS", "snapshots-1")
        leftovers.sweep(str(cache))
    assert (cache / "snapshots-0" / "cache.db").exists()


def test_where_there_is_nothing_nothing_happens(tmp_path: Path) -> None:
    leftovers.sweep(str(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()
