from __future__ import annotations

import os
import pwd

import pytest

from workflow.recognition import places


@pytest.mark.parametrize(
    ("told", "folder"),
    [("", "/h/.codex"), ("~/x", "/h/x"), ("~", "/h"), ("/c", "/c"), ("~ada/x", "~ada/x")],
)
def test_the_folder_of_another_program(told: str, folder: str) -> None:
    environ = {"HOME": "/h", "CODEX_HOME": told}
    assert places.codex_path(environ) == f"{folder}/auth.json"
    environ = {"HOME": "/h", "CLAUDE_CONFIG_DIR": told}
    assert places.claude_path(environ) == f"{folder.replace('.codex', '.claude')}/settings.json"


def test_without_home_no_file_is_looked_for_where_we_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    home = pwd.getpwuid(os.getuid()).pw_dir
    assert places.codex_path({}) == f"{home}/.codex/auth.json"
    assert places.claude_path({"HOME": ""}) == f"{home}/.claude/settings.json"
    assert places.cc_switch_folder({}) == f"{home}/.cc-switch"
    assert places.shown(places.codex_path({}), {}) == "~/.codex/auth.json"
