"""What the launcher does at a key, without a launcher."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Dict, Tuple

import pytest

from scripts.alfred import action as act
from tests import stored
from tests.conftest import ROOT
from tests.said import Phrase
from tests.standin import StandIn, faults
from workflow import settings as preferences
from workflow.chatgpt import session
from workflow.credentials import keychain
from workflow.errors import CredentialRejected
from workflow.models import Account, Failure, Snapshot, utc_now
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.storage import accounts
from workflow.system import clipboard


def did(action: str, account: str = "", text: str = "", **told: str) -> Tuple[str, Dict[str, str]]:
    """Do it; tell the notification, and the variables that say what comes next."""
    variables = {"action": action, "account": account, **told}
    answer = json.loads(act.answer(variables, text))["alfredworkflow"]
    return answer["arg"], answer["variables"]


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was put on the clipboard."""
    told: list[str] = []
    monkeypatch.setattr(clipboard, "copy", told.append)
    return told


def waits(key: str, label: str, minutes: float) -> Account:
    """An account whose provider asked to be left alone for so long."""
    account = stored.account(key, label)
    until = utc_now().replace(hour=12, minute=0, second=0) + timedelta(days=1, minutes=minutes)
    failure = Failure("rate_limited", Phrase("", ""), utc_now(), until)
    stored.save(Snapshot(account.id, failure=failure))
    return account


class TestRefreshAll:
    def test_all_is_well(self, world: StandIn) -> None:
        stored.account("tavily-dev")
        assert did("refresh_all") == ("", {"then": "list"})
        assert len(world.requests) == 1

    def test_nobody_may_be_asked(self, world: StandIn) -> None:
        for label in ("A", "B", "C"):
            waits("tavily-dev", label, 2)
        said, _ = did("refresh_all")
        names = "Tavily · A, Tavily · B, Tavily · C"
        day = f"{utc_now() + timedelta(days=1):%a}"
        assert said == f"3 accounts asked to be left alone until {day} 12:02 PM: {names}"
        assert world.requests == []

    def test_they_may_be_asked_at_different_times(self, world: StandIn) -> None:
        waits("tavily-dev", "A", 2)
        waits("tavily-dev", "B", 9)
        preferences.choose("language", "zh")
        preferences.choose("clock", "24")
        said, _ = did("refresh_all")
        assert said.startswith("2 个账号要求等到 周")
        assert said.endswith("12:09 再查询：Tavily · A, Tavily · B")
        assert "12:02 – 周" in said

    def test_one_waits_and_one_fails(self, world: StandIn) -> None:
        waits("tavily-dev", "A", 2)
        stored.account("kimi-cn", "B")
        world.reply("api.moonshot.cn", "*", faults.server_error())
        said, _ = did("refresh_all")
        assert said.startswith("1 of 1 accounts failed: KIMI · B; Tavily · A asked to be left ")

    def test_the_deadline_comes_first(
        self, world: StandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(refresh, "TOTAL_SECONDS", 0.05)
        world.reply("*", "*", faults.hang())
        account = stored.account("tavily-dev", "A")
        told = "time ran out before asking Tavily · A; the next refresh asks again"
        assert did("refresh_all")[0] == told
        assert did("refresh", account.id)[0] == told

    def test_only_a_few_are_named(self, world: StandIn) -> None:
        for label in "ABCDEFG":
            waits("tavily-dev", label, 2)
        assert did("refresh_all")[0].endswith("Tavily · E, …")


class TestCopy:
    def test_exactly_what_is_shown(self, copied: list[str]) -> None:
        text = "--help $HOME \u4f60\n" + "x" * 70
        said, then = did("copy", text=text)
        assert copied == [text]
        assert said.startswith("Copied: --help $HOME \u4f60 xxx") and said.endswith("…")
        assert then == {"then": ""}

    @pytest.mark.parametrize("text", ["", " \n"])
    def test_nothing_leaves_the_clipboard_alone(self, copied: list[str], text: str) -> None:
        assert did("copy", text=text)[0] == "There was nothing to copy; the clipboard is as it was"
        assert copied == []

    @pytest.mark.parametrize("private", ["", "1"])
    def test_summary(self, copied: list[str], private: str) -> None:
        assert did("copy_summary", private=private)[0] == "No account yet"
        account = stored.account("kimi-cn", "Jane")
        stored.remember(account)
        did("copy_summary", private=private)
        assert len(copied) == 1
        assert ("Jane" in copied[0]) is not bool(private)


class TestThreshold:
    @pytest.fixture(autouse=True)
    def account(self, world: StandIn) -> Account:
        return stored.account("tavily-dev", "A")

    def test_says_that_the_general_rule_stays(self, account: Account) -> None:
        preferences.choose("low", "15")
        said = "Tavily · A counts as low below 0.5 (percent left, or the balance), and always at 15 % left or less"
        assert did("threshold", account.id, answer="0.5")[0] == said
        said = "Tavily · A counts as low at 15 % left or less, as in the settings"
        assert did("threshold", account.id, answer=" ")[0] == said


class TestRemove:
    def test_what_the_keychain_kept_is_said(
        self, world: StandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account = stored.account("tavily-dev", "A")
        monkeypatch.setattr(keychain, "deleted", lambda stored: False)
        assert "the keychain kept its secret; unlock it" in did("remove", account.id)[0]
        assert accounts.load().accounts == ()

    def test_one_that_is_gone(self) -> None:
        said, then = did("remove", "tavily-00000000")
        assert (said, then) == ("This account is no longer there", {"then": "list"})


class TestPrivacy:
    @pytest.mark.parametrize(("privacy", "shown"), [("0", "jane@example.com"), ("1", "•••")])
    def test_a_failure_names_no_address(
        self, world: StandIn, monkeypatch: pytest.MonkeyPatch, privacy: str, shown: str
    ) -> None:
        def told(*_: object) -> None:
            raise CredentialRejected(
                Phrase("jane@example.com is locked", "jane@example.com 已锁定")
            )

        account = stored.account("chatgpt-session", "A")
        preferences.choose("privacy", privacy)
        monkeypatch.setattr(fetching, "usage", told)
        monkeypatch.setattr(session, "renew", told)
        name = "•••" if privacy == "1" else "A"
        assert did("refresh", account.id)[0] == f"ChatGPT · {name}: {shown} is locked"
        assert did("exchange", account.id)[0] == f"{shown} is locked"


class TestTrouble:
    def test_an_unknown_action(self) -> None:
        assert did("fly" * 20)[0].startswith("Tankful does not know “flyfly")

    @pytest.mark.parametrize(
        ("action", "field"), [("set_region", "region"), ("scope", "field"), ("scope", "none")]
    )
    def test_an_unknown_region_or_scope_changes_nothing(
        self, world: StandIn, action: str, field: str
    ) -> None:
        account = stored.account("glm-cn", "A")
        said, then = did(action, account.id, answer="x", **{field: "moon"})
        unknown = "" if field == "none" else "moon"
        assert (said, then) == (f"Tankful does not know “{unknown}”", {"then": "list"})
        assert accounts.load().accounts == (account,)
        assert world.requests == []

    def test_a_defect_is_told_without_its_message(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(text: str) -> None:
            raise RuntimeError("canary")

        monkeypatch.setattr(clipboard, "copy", broken)
        said, _ = did("copy", text="x")
        assert "RuntimeError" in said
        assert "canary" not in said

    def test_a_home_that_is_none(self, home: Path) -> None:
        (home / "tankful").write_text("in the way")
        said, _ = did("pin", "tavily-00000000")
        assert "cannot be used" in said


def test_a_copy_loads_nothing_heavy(tmp_path: Path) -> None:
    copier, copied = tmp_path / "pbcopy", tmp_path / "copied"
    copier.write_text(f"#!/bin/sh\nexec /bin/cat >'{copied}'\n")
    copier.chmod(0o755)
    program = (
        "import json, runpy, sys\n"
        f"sys.argv = [{str(ROOT / 'scripts/alfred/action.py')!r}, '--help']\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "print(json.dumps(list(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-IS", "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "action": "copy", "PATH": str(tmp_path)},
        check=True,
    )
    assert json.loads(done.stdout)["alfredworkflow"]["arg"] == "Copied: --help"
    assert copied.read_text() == "--help"
    heavy = {"httpx", "keyring", "rich", "click", "diskcache", "mistune", "asyncio", "ssl"}
    assert not heavy & set(json.loads(done.stderr))
