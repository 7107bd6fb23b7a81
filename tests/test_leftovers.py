"""What other builds left in the cache folder."""

from __future__ import annotations

from pathlib import Path

from workflow import cache, leftovers


def test_only_what_belongs_to_other_builds_goes(tmp_path: Path) -> None:
    mine = {f"snapshots-{cache.LAYOUT}/cache.db", "bytecode/new/a.pyc", "bytecode/checkout/a.pyc"}
    others = {"snapshots-0/cache.db", "snapshots-99/x", "bytecode/old/a.pyc", "bytecode/work/b.pyc"}
    for name in (*mine, *others, "feed", "refresh.lock"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    leftovers.sweep(str(tmp_path), keep=("new", "checkout"))
    left = {str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file()}
    assert left == {*mine, "feed", "refresh.lock"}


def test_where_there_is_nothing_nothing_happens(tmp_path: Path) -> None:
    leftovers.sweep(str(tmp_path / "nowhere"), keep=())
    assert not (tmp_path / "nowhere").exists()
