"""``tankful completion``: what a shell gets, and what it then completes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.verbs import completion
from tests import stored
from tests.conftest import ROOT, Shell


@pytest.mark.parametrize("name", completion.SHELLS)
def test_the_script_is_printed_or_installed(shell: Shell, home: Path, name: str) -> None:
    printed = shell.tankful("completion", name).out
    assert completion.VARIABLE in printed
    ran = shell.tankful("completion", name, "--install")
    path = Path(os.path.expanduser(completion.SHELLS[name]))
    assert str(path) in ran.out
    assert path.read_text(encoding="utf-8").strip() == printed.strip()
    assert ("compinit" in ran.out) == (name == "zsh")
    if shutil.which(name):
        assert subprocess.run([name, "-n", str(path)], check=False).returncode == 0


@pytest.mark.parametrize("name", completion.SHELLS)
def test_a_place_that_cannot_be_written_is_named(shell: Shell, home: Path, name: str) -> None:
    path = Path(os.path.expanduser(completion.SHELLS[name]))
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.touch()
    ran = shell.tankful("completion", name, "--install")
    assert ran.code == 1
    assert ran.err == f"tankful: {path} cannot be written (File exists)\n"


def completed(shell: Shell, words: str) -> list[str]:
    shell.env.update(
        {
            completion.VARIABLE: "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        }
    )
    lines = shell.tankful(stdin=None).out.splitlines()
    return [line.partition(",")[2] for line in lines if line]


@pytest.mark.slow
def test_commands_and_accounts_are_completed(shell: Shell) -> None:
    stored.account("tavily-dev", "Work")
    stored.account("glm-cn", "Work")
    stored.account("glm-intl", "Wohnung")
    assert "refresh" in completed(shell, "tankful re")
    assert completed(shell, "tankful show Wo") == ["Wohnung"]
    assert completed(shell, "tankful show glm/") == ["glm/Work"]
    assert "--wait" in completed(shell, "tankful list --w")
    assert completed(shell, "tankful gl")[0] == "glm"
    assert completed(shell, "tankful refresh gl")[0] == "glm"
    assert completed(shell, "tankful remove gl") == ["glm/Work"]
    assert completed(shell, "tankful guard a") == ["any", "all"]
    assert completed(shell, "tankful add gl") == completed(shell, "tankful guide gl") == ["glm"]
    assert completed(shell, "tankful config his") == ["history"]
    assert completed(shell, "tankful config show ") == ["left", "used"]
    assert completed(shell, "tankful config interval ") == []
    assert completed(shell, "tankful config nothing ") == []


BASH = """
source "$1"
COMP_WORDS=(tankful show "$2") COMP_CWORD=2 COMPREPLY=()
_tankful_completion tankful
for word in "${COMPREPLY[@]}"; do eval "set -- $word"; printf '%s %s\\n' "$#" "$1"; done
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize("label", ["Work 2", "it's $5, (ok) *", "主 账号"])
def test_bash_completes_a_name_of_several_words_as_one(
    shell: Shell, tmp_path: Path, label: str
) -> None:
    stored.account("tavily-dev", label)
    script, command = tmp_path / "completion.bash", tmp_path / "bin" / "tankful"
    script.write_text(shell.tankful("completion", "bash").out, encoding="utf-8")
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scripts.tankful "$@"\n')
    command.chmod(0o755)
    environ = {**shell.environment(), "LC_ALL": "C.UTF-8"}
    environ["PATH"] = f"{command.parent}{os.pathsep}{environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", BASH, "bash", str(script), label[:1]],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == f"1 {label}\n"


@pytest.mark.parametrize(
    ("name", "variable", "place"),
    [
        ("bash", "XDG_DATA_HOME", "bash-completion/completions/tankful"),
        ("fish", "XDG_CONFIG_HOME", "fish/completions/tankful.fish"),
    ],
)
def test_it_is_installed_where_the_user_has_such_files(
    shell: Shell, tmp_path: Path, name: str, variable: str, place: str
) -> None:
    shell.env = {variable: str(tmp_path / "own")}
    assert str(tmp_path / "own" / place) in shell.tankful("completion", name, "--install").out
    assert (tmp_path / "own" / place).exists()


def test_fish_is_given_a_name_with_its_commas(shell: Shell) -> None:
    assert 'string split -m 1 "," $completion' in shell.tankful("completion", "fish").out


@pytest.mark.slow
def test_privacy_completes_no_name(shell: Shell) -> None:
    account = stored.account("tavily-dev", "Work")
    shell.tankful("config", "privacy", "1")
    assert completed(shell, "tankful show W") == []
    assert completed(shell, "tankful show ") == [account.id]
    assert completed(shell, "tankful refresh ") == ["tavily", account.id]
