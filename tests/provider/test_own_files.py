"""The files of the user's own providers: how they are listed, and how a change is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workflow.provider import own_files


def test_each_file_has_a_name_and_a_mark() -> None:
    assert (own_files.names(), own_files.marks()) == ([], [])
    folder = Path(own_files.folder())
    folder.mkdir(parents=True)
    for name in ("zeta.toml", "acme.toml", "notes.txt", "._acme.toml", ".#zeta.toml"):
        (folder / name).touch()
        os.utime(folder / name, ns=(7, 7))
    (folder / "lost.toml").symlink_to(folder / "nowhere")
    assert own_files.names() == ["acme", "lost", "zeta"]
    assert own_files.marks() == [("acme", 7), ("zeta", 7)]
    os.utime(own_files.path("acme"), ns=(8, 8))
    assert own_files.marks() == [("acme", 8), ("zeta", 7)]


def test_a_folder_without_a_place_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANKFUL_HOME", "relative")
    assert (own_files.names(), own_files.marks()) == ([], [])
