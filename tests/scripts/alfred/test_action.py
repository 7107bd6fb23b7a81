"""The actions that the launcher starts for a key, without a launcher."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Callable

import pytest

from scripts.alfred import action as act
from tests import stored
from tests.alfred_harness.recorders import Recorders
from tests.conftest import ROOT
from tests.said import Phrase
from tests.standin import StandIn, faults
from workflow import feed, paths
from workflow import settings as preferences
from workflow.actions import edit
from workflow.alerts import notices
from workflow.alfred import pending, publish
from workflow.chatgpt import session
from workflow.credentials import keychain
from workflow.errors import CredentialRejected
from workflow.models import Account, Failure, Snapshot, utc_now
from workflow.records import replace
from workflow.refresh import background
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.schedule import schedule
from workflow.storage import accounts
from workflow.system import clipboard


def did(action: str, account: str = "", text: str = "", **told: str) -> tuple[str, dict[str, str]]:
    """Run an action, and return its notification and the variables for what comes next."""
    variables = {"action": action, "account": account, **told}
    answer = json.loads(act.answer(variables, text))["alfredworkflow"]
    return answer["arg"], answer["variables"]


def test_an_alert_is_said_once_and_leaves_the_list_open() -> None:
    said, shown = did("notice", text=notices.leave("GLM · Work: Week is used up"))
    assert (said, shown["then"]) == ("GLM · Work: Week is used up", "stay")


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were put on the clipboard."""
    told: list[str] = []
    monkeypatch.setattr(clipboard, "copy", told.append)
    return told


def waits(key: str, label: str, minutes: float) -> Account:
    """An account whose provider asks to wait this long."""
    account = stored.account(key, label)
    until = utc_now().replace(hour=12, minute=0, second=0) + timedelta(days=1, minutes=minutes)
    failure = Failure("rate_limited", Phrase("", ""), utc_now(), until)
    stored.save(Snapshot(account.id, failure=failure))
    return account


class TestBackground:
    @pytest.fixture(autouse=True)
    def manager(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A user manager of systemd that accepts every command."""
        found = Recorders(tmp_path / "manager", ("systemctl",))
        monkeypatch.setenv("PATH", f"{found.bin}{os.pathsep}{os.environ['PATH']}")

    def test_it_is_turned_on_and_off_and_said(self) -> None:
        stored.account("tavily-dev")
        for value, begins in (
            ("on", "Background refresh is on: "),
            ("off", "Background refresh is off: "),
        ):
            said, then = did("background", value=value)
            assert said.startswith(begins)
            assert then == {"then": "menu", "action": "extras"}
            assert schedule.is_on() == (value == "on")

    def test_why_it_cannot_be_turned_on_is_said(self) -> None:
        said, _ = did("background", value="on")
        assert said.startswith("there is no account yet")

    def test_the_last_account_takes_it_along(self) -> None:
        account = stored.account("tavily-dev", "one")
        did("background", value="on")
        said, _ = did("remove", account.id)
        assert (
            said == "Removed Tavily · one\nBackground refresh is off: there are no accounts any "
            "more."
        )
        assert not schedule.is_on()


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
        assert said == f"3 accounts have to wait until {day} 12:02 PM: {names}"
        assert world.requests == []

    def test_they_may_be_asked_at_different_times(self, world: StandIn) -> None:
        waits("tavily-dev", "A", 2)
        waits("tavily-dev", "B", 9)
        preferences.choose("language", "zh")
        preferences.choose("clock", "24")
        said, _ = did("refresh_all")
        assert said.startswith("2 个账号须等到 周")
        assert said.endswith("12:09 再刷新：Tavily · A、Tavily · B")
        assert "12:02 – 周" in said

    def test_one_waits_and_one_fails(self, world: StandIn) -> None:
        waits("tavily-dev", "A", 2)
        stored.account("kimi-cn", "B")
        world.reply("api.moonshot.cn", "*", faults.server_error())
        said, _ = did("refresh_all")
        assert said.startswith("1 of 1 accounts failed: KIMI · B; Tavily · A has to wait until ")

    def test_the_deadline_comes_first(
        self, world: StandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(refresh, "TOTAL_SECONDS", 0.05)
        world.reply("*", "*", faults.hang())
        account = stored.account("tavily-dev", "A")
        told = "timed out before refreshing Tavily · A; the next refresh continues"
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
        assert said.startswith("Copied: --help $HOME \u4f60 xxx")
        assert said.endswith("…")
        assert then == {"then": ""}

    @pytest.mark.parametrize("text", ["", " \n"])
    def test_nothing_leaves_the_clipboard_alone(self, copied: list[str], text: str) -> None:
        assert did("copy", text=text)[0] == "Nothing to copy; the clipboard is unchanged"
        assert copied == []

    @pytest.mark.parametrize("private", ["", "1"])
    def test_summary(self, copied: list[str], private: str) -> None:
        assert did("copy_summary", private=private)[0] == "No accounts yet"
        account = stored.account("kimi-cn", "Jane")
        stored.remember(account)
        did("copy_summary", private=private)
        assert len(copied) == 1
        assert ("Jane" in copied[0]) is not bool(private)

    def test_a_summary_without_a_line_says_why(self, copied: list[str]) -> None:
        account = stored.account("kimi-cn", "Jane")
        edit.arrange(account.id, "hide")
        said = "All accounts are hidden; “usage:” shows them again"
        assert did("copy_summary")[0] == said
        accounts.change(lambda book: replace(book, accounts=()))
        Path(accounts.path()).write_text("{")
        assert did("copy_summary")[0].startswith("accounts.json was damaged and is kept as ")
        assert copied == []


class TestThreshold:
    @pytest.fixture(autouse=True)
    def account(self, world: StandIn) -> Account:
        return stored.account("tavily-dev", "A")

    def test_says_what_it_is_and_when_the_setting_is_stricter(self, account: Account) -> None:
        preferences.choose("low", "15")
        said = "Tavily · A counts as low at 0.5 or less (percent left, or balance)"
        assert did("threshold", account.id, answer="0.5")[0] == said
        stored.remember(account)
        said = "Tavily · A counts as low at 30% left or less"
        assert did("threshold", account.id, answer="30")[0] == said
        said = "130% is more than all of it; nothing was changed"
        assert did("threshold", account.id, answer="130")[0] == said
        said = "Tavily · A counts as low at 15% left or less, as in the settings"
        assert did("threshold", account.id, answer=" ")[0] == said

    def test_a_hidden_one_that_is_left_as_it_is_stays(self, account: Account) -> None:
        edit.set_threshold(account.id, Decimal(5), "CNY")
        assert did("threshold", account.id, answer="•••") == (
            "Nothing was changed",
            {"then": "list"},
        )
        assert accounts.load().accounts[0].threshold == 5

    def test_a_hidden_scope_that_is_left_as_it_is_stays(self, world: StandIn) -> None:
        account = stored.account("glm-team-cn", "T")
        edit.set_scope(account.id, "project", "proj_x")
        for answer in ("•••", " •••", "•••y"):
            kept = did("scope", account.id, field="project", answer=answer)
            assert kept == ("Nothing was changed", {"then": "list"})
        assert (accounts.load().named("T").scope["project"], world.requests) == ("proj_x", [])


class TestRemove:
    def test_what_the_keychain_kept_is_said(
        self, world: StandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account = stored.account("tavily-dev", "A")
        monkeypatch.setattr(keychain, "delete", lambda stored: False)
        assert "its credential is still in the keychain; unlock it" in did("remove", account.id)[0]
        assert accounts.load().accounts == ()

    def test_one_that_is_gone(self) -> None:
        said, then = did("remove", "tavily-00000000")
        assert (said, then) == ("This account is no longer there", {"then": "list"})


class TestPrivacy:
    @pytest.mark.parametrize(("privacy", "shown"), [("0", "jane@example.com"), ("1", "•••")])
    def test_a_failure_names_no_address(
        self, world: StandIn, monkeypatch: pytest.MonkeyPatch, privacy: str, shown: str
    ) -> None:
        def told(*_: object, **__: object) -> None:
            raise CredentialRejected(
                Phrase("jane@example.com is locked", "jane@example.com 已锁定")
            )

        account = stored.account("chatgpt-session", "A")
        preferences.choose("privacy", privacy)
        monkeypatch.setattr(fetching, "usage", told)
        monkeypatch.setattr(session, "renew", told)
        name = "•••" if privacy == "1" else "A"
        assert did("refresh", account.id)[0] == f"ChatGPT · {name}: {shown} is locked"
        assert did("exchange", account.id)[0] == f"ChatGPT · {name}: {shown} is locked"


class TestTrouble:
    def test_an_unknown_action(self) -> None:
        assert did("fly" * 20)[0].startswith("Unknown action “flyfly")

    @pytest.mark.parametrize(
        ("action", "field"), [("set_region", "region"), ("scope", "field"), ("scope", "none")]
    )
    def test_an_unknown_region_or_scope_changes_nothing(
        self, world: StandIn, action: str, field: str
    ) -> None:
        account = stored.account("glm-cn", "A")
        said, then = did(action, account.id, answer="x", **{field: "moon"})
        unknown = "" if field == "none" else "moon"
        assert (said, then) == (f"Unknown action “{unknown}”", {"then": "list"})
        assert accounts.load().accounts == (account,)
        assert world.requests == []

    def test_a_defect_is_told_without_its_message(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(text: str) -> None:
            raise RuntimeError("canary")

        monkeypatch.setattr(clipboard, "copy", broken)
        said, _ = did("copy", text="x")
        assert "RuntimeError" in said
        assert "canary" not in said

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_an_error_names_no_option_of_the_shell(
        self, monkeypatch: pytest.MonkeyPatch, language: str
    ) -> None:
        monkeypatch.setenv("PATH", "")
        monkeypatch.setenv("TANKFUL_LANGUAGE", language)
        monkeypatch.setenv("alfred_version", "5.7.3")
        said, _ = did("copy", text="x")
        assert "xclip" in said
        assert "--copy" not in said

    def test_a_home_that_is_none(self, home: Path) -> None:
        (home / "tankful").write_text("in the way")
        said, _ = did("pin", "tavily-00000000")
        assert "cannot be used" in said


def loaded(environ: Mapping[str, str], text: str) -> set[str]:
    """The modules that an action has loaded when it has answered."""
    program = (
        "import json, runpy, sys\n"
        f"sys.argv = [{str(ROOT / 'scripts/alfred/action.py')!r}, {text!r}]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "loaded = [n for n, m in sys.modules.items() if type(m).__name__ != '_LazyModule']\n"
        "print(json.dumps(loaded), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-IS", "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, **environ},
        check=True,
    )
    assert "unexpected" not in json.loads(done.stdout)["alfredworkflow"]["arg"]
    return set(json.loads(done.stderr))


def test_a_copy_loads_nothing_heavy(tmp_path: Path) -> None:
    copier, copied = tmp_path / "pbcopy", tmp_path / "copied"
    copier.write_text(f"#!/bin/sh\nexec /bin/cat >'{copied}'\n")
    copier.chmod(0o755)
    modules = loaded({"action": "copy", "PATH": str(tmp_path)}, "--help")
    assert copied.read_text() == "--help"
    heavy = {"httpx", "keyring", "rich", "click", "diskcache", "mistune", "asyncio", "ssl"}
    assert not heavy & modules


def test_an_explanation_is_copied_as_it_is_shown(world: StandIn, copied: list[str]) -> None:
    account = stored.account("tavily-dev", "Dev")
    refresh.refresh()
    notice, _ = did("copy_explanation", account.id)
    assert notice.startswith("Copied: # Tavily · Dev: where")
    assert copied[0].splitlines()[0] == "# Tavily · Dev: where the numbers come from"


def test_the_guide_is_opened_in_the_browser(home: Path) -> None:
    for provider, name in (("", "all"), ("glm", "glm")):
        _, told = did("open_guide", provider=provider)
        assert told["then"] == "open"
        assert told["url"].startswith("file://")
        assert f"guide-{name}-en.html" in told["url"]


class TestWhatComesNext:
    @pytest.fixture
    def aside(self, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
        """The work that would have been done in another process."""
        works: list[Callable[[], object]] = []
        monkeypatch.setattr(background, "aside", works.append)
        return works

    def test_a_menu_does_not_wait_for_all_the_lists(
        self, aside: list[Callable[[], object]]
    ) -> None:
        first, second = stored.account("tavily-dev", "A"), stored.account("tavily-dev", "B")
        publish.publish()
        before = Path(feed.path(os.environ)).read_bytes()
        assert did("up", second.id) == (
            "",
            {"then": "menu", "account": second.id, "action": "manage"},
        )
        assert Path(feed.path(os.environ)).read_bytes() == before  # which its stamp makes useless
        assert feed.stamp(paths.data(os.environ)) not in before.decode()
        assert [account.id for account in accounts.load().accounts] == [second.id, first.id]
        aside[0]()
        assert feed.stamp(paths.data(os.environ)) in Path(feed.path(os.environ)).read_text()

    def test_the_list_waits_for_its_feed_where_it_is_made(
        self, aside: list[Callable[[], object]]
    ) -> None:
        account = stored.account("tavily-dev", "A")
        publish.publish()
        did("rename", account.id, answer="Other")
        assert "Other" not in Path(feed.path(os.environ)).read_text()
        maker = threading.Timer(0.05, aside[0])
        maker.start()
        assert pending.wait()
        maker.join()
        assert "Other" in Path(feed.path(os.environ)).read_text()
        assert len(aside) == 2  # the other lists come after it, again aside

    def test_nobody_waits_where_no_process_can_be_started(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(work: object) -> None:
            raise OSError(errno.EAGAIN, "no more processes")

        monkeypatch.setattr(background, "aside", full)
        account = stored.account("tavily-dev", "A")
        said, _ = did("rename", account.id, answer="Other")
        assert said == "Renamed Tavily · A to Tavily · Other"
        assert not pending.wait()


def test_a_change_loads_nothing_heavy(home: Path) -> None:
    account = stored.account("tavily-dev", "A")
    environ = {"action": "rename", "account": account.id, "answer": "Other"}
    heavy = {
        "click",
        "dataclasses",
        "diskcache",
        "httpx",
        "rich",
        "sqlite3",
        "workflow.state.state",
    }
    assert not heavy & loaded(environ, "--help")
