"""``tankful remove``."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.conftest import ROOT, Shell
from workflow.credentials import store
from workflow.models import Account, Credential, Snapshot, Usage
from workflow.storage import accounts
from workflow.storage.snapshots import Cache

pytestmark = pytest.mark.usefixtures("compiled")

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=timezone.utc)
WORK = Account("glm-00000001", "glm", "Work")
HOME = Account("kimi-00000002", "kimi", "Home")


@pytest.fixture(autouse=True)
def known() -> None:
    """Two accounts with a secret and numbers each."""
    for account in (WORK, HOME):
        store.store(account, Credential("api_key", f"canary-{account.id}"))
        with Cache() as cache:
            cache.put(Snapshot(account.id, Usage(plan="Pro"), NOW))


def labels() -> list[str]:
    return [account.label for account in accounts.load().accounts]


def secrets() -> list[str]:
    """The names of the secrets in the store."""
    kept = json.loads(Path(os.environ["TANKFUL_TEST_KEYRING"]).read_text(encoding="utf-8"))
    return [name.rpartition("/")[2] for name in kept]


def remembered(account: Account) -> bool:
    with Cache() as cache:
        return cache.get(account.id).usage is not None


def test_a_provider_with_several_accounts_removes_none(shell: Shell) -> None:
    accounts.change(lambda book: book.with_account(Account("glm-00000003", "glm", "GLM")))
    ran = shell.tankful("remove", "glm", "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith("glm/Work, glm/GLM\n")
    assert shell.tankful("remove", "glm/GLM", "--yes").out == "Removed GLM.\n"
    assert labels() == ["Work", "Home"]


def test_an_account_goes_with_its_secret_and_its_numbers(shell: Shell) -> None:
    ran = shell.tankful("remove", "Work", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "Removed GLM · Work.\n"
    assert labels() == ["Home"]
    assert secrets() == [f"{HOME.id}:1"]
    assert (remembered(WORK), remembered(HOME)) == (False, True)
    assert "Work" not in shell.usage().out


def test_without_a_terminal_nobody_is_asked_and_it_stays(shell: Shell) -> None:
    ran = shell.tankful("remove", "Work", stdin="y\n")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "tankful: GLM · Work was not removed; --yes removes it without asking\n"
    assert labels() == ["Work", "Home"]
    assert len(secrets()) == 2


@pytest.mark.parametrize(
    ("told", "left"),
    [
        pytest.param(b"y\n", ["Home"], id="yes"),
        pytest.param(b"n\n", ["Work", "Home"], id="no"),
        pytest.param(b"\n", ["Work", "Home"], id="return-is-no"),
    ],
)
def test_on_a_terminal_it_asks(shell: Shell, told: bytes, left: list[str]) -> None:
    ours, theirs = pty.openpty()
    try:
        os.write(ours, told)
        done = subprocess.run(
            [sys.executable, "-m", "scripts.tankful", "remove", "Work"],
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=60,
            env=shell.environment(),
            cwd=ROOT,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert "Remove GLM · Work with its credential and history?" in done.stderr
    assert done.returncode == 0
    assert done.stdout.lstrip() == (
        "Kept GLM · Work.\n" if "Work" in left else "Removed GLM · Work.\n"
    )
    assert labels() == left


def test_an_unknown_account_is_one_line(shell: Shell) -> None:
    ran = shell.tankful("remove", "Nobody", "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "tankful: there is no account 'Nobody'; see `tankful list`\n"
    assert labels() == ["Work", "Home"]


def test_a_locked_store_is_said_and_finished_later(shell: Shell) -> None:
    shell.env["PYTHON_KEYRING_BACKEND"] = "tests.keyrings.LockedKeyring"
    ran = shell.tankful("remove", "Work", "--yes")
    assert (ran.code, ran.out) == (0, "Removed GLM · Work.\n")
    assert "its credential is still in the keychain; unlock it" in ran.err
    assert (labels(), len(secrets())) == (["Home"], 2)
    shell.env.clear()
    assert shell.tankful("remove", "Home", "--yes").err == ""
    assert (labels(), secrets()) == ([], [])


def test_in_chinese_and_in_private(shell: Shell) -> None:
    shell.env.update(TANKFUL_LANGUAGE="zh", TANKFUL_PRIVACY="1")
    ran = shell.tankful("remove", "Work", "--yes")
    assert ran.code == 0
    assert ran.out.startswith("已移除 GLM")
    assert "Work" not in ran.out


def test_nothing_that_is_printed_or_kept_shows_a_secret(shell: Shell, home: Path) -> None:
    printed = [
        ran.out + ran.err
        for ran in (
            shell.tankful("remove", "Work"),
            shell.tankful("remove", "Work", "--yes"),
            shell.tankful("remove", "Work", "--yes"),
        )
    ]
    kept = [p.read_text("utf-8", "replace") for p in (home / "tankful").rglob("*") if p.is_file()]
    assert kept
    assert not [text for text in printed + kept if "canary" in text]


def test_several_are_removed_if_each_is_known(shell: Shell) -> None:
    ran = shell.tankful("remove", "Work", "Nobody", "--yes")
    assert (ran.code, labels()) == (2, ["Work", "Home"])
    ran = shell.tankful("remove", "Work", "glm/work", "Home", "--yes")
    assert (ran.code, ran.out) == (0, "Removed GLM · Work.\nRemoved KIMI · Home.\n")
    assert labels() == []


def test_its_help_says_what_goes_and_that_nothing_brings_it_back(shell: Shell) -> None:
    shown = " ".join(shell.tankful("remove", "--help").out.split())
    assert "with its credential, history and cached data" in shown
    assert "cannot be undone; `tankful history --csv ACCOUNT` exports" in shown
