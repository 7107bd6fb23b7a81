from __future__ import annotations

import os
from pathlib import Path

from tests.standin.codex import Codex
from workflow.codex import program


def test_it_is_found_on_the_path_and_where_a_launcher_has_no_path(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert program.find({"HOME": str(home), "PATH": "/nowhere"}) is None
    inner = Codex(home / ".nvm/versions/node/v22.1.0/bin")
    assert program.find({"HOME": str(home)}) == str(inner.path)
    usual = Codex(home / ".local/bin")
    assert program.find({"HOME": str(home), "PATH": "/usr/bin"}) == str(usual.path)
    first = Codex(tmp_path / "first")
    assert program.find({"HOME": str(home), "PATH": str(first.folder)}) == str(first.path)


def test_the_newest_version_of_node_comes_first(tmp_path: Path) -> None:
    versions = tmp_path / ".nvm/versions/node"
    for version in ("v9.11.2", "v22.1.0", "v22.0.10", "system"):
        Codex(versions / version / "bin")
    assert program.find({"HOME": str(tmp_path)}) == str(versions / "v22.1.0/bin/codex")


def test_a_folder_of_versions_that_cannot_be_read_has_none(tmp_path: Path) -> None:
    (tmp_path / ".nvm/versions").mkdir(parents=True)
    (tmp_path / ".nvm/versions/node").write_text("no folder")
    assert program.find({"HOME": str(tmp_path), "PATH": "/nowhere"}) is None


def test_nothing_is_started_that_depends_on_where_we_are(tmp_path: Path) -> None:
    Codex(tmp_path)
    relative = os.path.relpath(tmp_path)
    assert program.find({"HOME": "/nowhere", "PATH": f"{relative}:.:"}) is None
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "codex").write_text("no program")
    assert program.find({"PATH": str(plain)}) is None


def test_it_sees_what_it_needs_and_no_key(tmp_path: Path) -> None:
    needed = {"HOME": "/h", "CODEX_HOME": "/c", "HTTPS_PROXY": "http://proxy.example:8080"}
    secrets = {
        "OPENAI_API_KEY": "sk-canary",
        "CODEX_API_KEY": "sk-canary",
        "TANKFUL_TEST_KEYRING": "/k",
        "PYTHONPATH": "/p",
    }
    path = str(Codex(tmp_path).path)
    told = program.surroundings(path, {**needed, **secrets, "PATH": "/usr/bin"})
    assert needed.items() <= told.items()
    assert set(told) == {*needed, "PATH"}
    assert told["PATH"].split(":")[0] == str(tmp_path)  # where its interpreter lies
    assert "/usr/bin" in told["PATH"].split(":")
