"""``tankful completion``: what a shell gets, and what it then completes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.verbs import completion
from tests import stored
from tests.conftest import Shell


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
