"""Accounts of programs on this machine: added, listed, refreshed, removed, without any secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from time import time

import pytest

from tests.alfred_harness.recorders import Recorders
from tests.conftest import ROOT, Shell
from tests.standin.codex import GOOD, Codex
from tests.terminal import terminal
from workflow import paths
from workflow.claude import limits, status_line
from workflow.claude.limits import Kept
from workflow.provider import discovery
from workflow.recognition import seen
from workflow.storage import accounts


@pytest.fixture
def codex(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Codex:
    """A Codex that comes first in PATH; its folder is in the home."""
    program = Codex(tmp_path / "bin")
    (home / ".codex").mkdir()
    monkeypatch.setenv("PATH", f"{program.folder}:/usr/bin:/bin")
    return program


def hand_over(shell: Shell, used: float = 60, session: str = "a") -> str:
    now = int(time())
    told = {
        "session_id": session,
        "model": {"display_name": "Opus"},
        "rate_limits": {
            "five_hour": {"used_percentage": used, "resets_at": now + 9000},
            "seven_day": {"used_percentage": 10, "resets_at": now + 90000},
        },
    }
    ran = shell.tankful("statusline", stdin=json.dumps(told))
    assert (ran.code, ran.err) == (0, "")
    return ran.out


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail if the secret store is used."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.mark.usefixtures("locked")
def test_codex_is_an_account_like_any_other_and_has_no_secret(shell: Shell, codex: Codex) -> None:
    ran = shell.tankful("add", "codex")
    assert (ran.code, ran.err) == (0, ""), ran.err
    assert ran.out.startswith("Added Codex")
    (account,) = accounts.load().accounts
    assert (account.kind, accounts.load().pending_secrets) == ("none", ())
    shell.tankful("refresh")
    (told,) = json.loads(shell.tankful("list", "--json").out)["accounts"]
    assert told["credential"] == {"kind": "none", "expires_at": None}
    assert [(q["label"], q["remaining"]) for q in told["quotas"]] == [
        ("Weekly", 59),
        ("5 hours", 75),
    ]
    assert (told["plan"], told["failure"], told["stale"]) == ("Plus", None, False)
    assert "12.5" in shell.tankful("show", "Codex").out
    assert "none needed" in shell.tankful("show", "Codex").out
    history = shell.tankful("history", "--json").out
    assert '"5 hours"' in history
    for _, environment, _process in codex.started:
        assert not [name for name in environment if name.startswith(("TANKFUL", "PYTHON"))]
        assert not [name for name in environment if "KEY" in name or "TOKEN" in name]
    again = shell.tankful("add", "codex")
    assert (again.code, "already shows it" in again.err) == (1, True)
    assert "nothing to replace" in shell.tankful("replace", "Codex").err
    assert "nothing to exchange" in shell.tankful("exchange", "Codex").err
    assert shell.tankful("remove", "Codex", "--yes").out == "Removed Codex.\n"
    assert accounts.load().accounts == ()
    assert codex.path.exists()
    assert "5 hours" not in shell.tankful("history", "--json").out


@pytest.mark.usefixtures("locked")
def test_one_that_is_logged_out_is_not_added_unless_one_insists(shell: Shell, codex: Codex) -> None:
    codex.tell({**GOOD, "account/read": {"result": {"account": None, "requiresOpenaiAuth": True}}})
    ran = shell.tankful("add", "codex")
    assert ran.code == 1
    assert "codex login" in ran.err
    assert accounts.load().accounts == ()
    assert shell.tankful("add", "codex", "--no-check").code == 0
    assert shell.tankful("refresh").code == 1
    (told,) = json.loads(shell.tankful("list", "--json").out)["accounts"]
    assert told["failure"]["kind"] == "no_credential"
    codex.tell(GOOD)
    assert shell.tankful("refresh").code == 0


def test_a_guide_asks_for_no_name_of_the_only_account_on_this_machine(
    shell: Shell, codex: Codex
) -> None:
    shell.tankful("add", "codex")
    shown = terminal(shell, "add", typed=["codex"], code=1)
    assert "there is only one on this machine" in shown
    assert "Name [" not in shown


def test_it_says_so_in_chinese(shell: Shell) -> None:
    shell.env.update(TANKFUL_LANGUAGE="zh", PATH="/nowhere")
    assert "本机没有安装 Codex" in shell.tankful("add", "codex").err
    assert "尚未收到 Claude Code 的额度" in shell.tankful("add", "claude").err


@pytest.mark.usefixtures("locked")
def test_a_sign_in_token_is_refused_with_the_rule_of_its_vendor(shell: Shell) -> None:
    hand_over(shell)
    token = "sk-ant-oat01-Canary0123456789"
    ran = shell.tankful("add", "claude", stdin=token)
    assert ran.code == 1
    assert "Anthropic allows a plan's sign-in token only in Claude Code and claude.ai" in ran.err
    assert token[:16] not in ran.err
    assert accounts.load().accounts == ()
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert "Anthropic" in shell.tankful("add", "claude", stdin=token).err
    assert "无需凭证" in shell.tankful("add", "claude", stdin="something").err
    assert shell.tankful("add", "claude", stdin="").code == 0


@pytest.mark.usefixtures("locked")
def test_claude_is_what_was_handed_over_with_its_age(shell: Shell) -> None:
    assert "status line" in shell.tankful("add", "claude").err
    assert hand_over(shell) == "5h 40% · 7d 90%\n"
    assert shell.tankful("add", "claude").code == 0
    place = Path(status_line.path(paths.cache(os.environ)))
    now = int(time())
    place.write_bytes(limits.packed(Kept(now - 7200, "a", {"five_hour": (70.0, now + 60)})))
    assert shell.tankful("refresh").code == 0
    (told,) = json.loads(shell.tankful("list", "--json").out)["accounts"]
    assert (told["quotas"][0]["remaining"], told["stale"]) == (30, True)
    assert "2h ago" in shell.tankful("list").out
    assert shell.tankful("refresh", "--due").err.startswith("All numbers are fresh")
    hand_over(shell, 75, "b")
    assert shell.tankful("refresh").code == 0
    (told,) = json.loads(shell.tankful("list", "--json").out)["accounts"]
    assert (told["quotas"][0]["remaining"], told["stale"]) == (25, False)
    assert shell.tankful("remove", "Claude", "--yes").code == 0


def test_those_whose_program_is_here_come_first_in_the_list_to_add_from(home: Path) -> None:
    known = discovery.everything()
    assert not {"codex", "claude"} & seen.update(known, os.environ)
    before = seen.signs(os.environ)
    (home / ".codex").mkdir()
    (home / ".claude").mkdir()
    assert {"codex", "claude"} <= seen.update(known, os.environ)
    assert seen.signs(os.environ) != before
    (home / ".codex").rmdir()
    assert "codex" not in seen.update(known, os.environ)  # it is not remembered
    other = home / "elsewhere"
    other.mkdir()
    assert "codex" in seen.update(known, {**os.environ, "CODEX_HOME": str(other)})


@pytest.mark.usefixtures("locked", "compiled")
def test_alfred_adds_it_at_one_key_without_a_dialog(shell: Shell, codex: Codex) -> None:
    row = {"action": "take_in", "provider": "codex", "account": "", "region": "", "source": ""}
    shell.env.update(row, alfred_version="5.5")
    ran = shell.run([sys.executable, "-IS", str(ROOT / "scripts/alfred/add_account.py")])
    assert "Added Codex" in ran.out, ran
    assert [account.provider for account in accounts.load().accounts] == ["codex"]


def test_in_alfred_a_failure_offers_to_try_again_and_nothing_to_type(
    shell: Shell, tmp_path: Path
) -> None:
    folder = tmp_path / "recorders"
    folder.mkdir()
    mac = Recorders(folder)
    shell.env["PATH"] = f"{mac.bin}:/usr/bin:/bin"
    mac.answer("osascript", "false\n")
    ran = shell.tankful("take-in", "--provider", "claude")
    assert ran.out == "Nothing was added\n"
    (asked,) = mac.calls("osascript")
    assert "Try again" in repr(asked)
    assert "Type again" not in repr(asked)


def test_several_copies_at_once_ask_one_after_the_other(shell: Shell, codex: Codex) -> None:
    assert shell.tankful("add", "codex").code == 0
    command = [sys.executable, "-m", "scripts.tankful", "refresh", "--brief"]
    copies = [
        subprocess.Popen(command, cwd=ROOT, env=shell.environment(), stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [b"none failed" in (copy.communicate(timeout=60)[0] or b"") for copy in copies] == [
        True
    ] * 3
