"""``tankful background``, and the refresh that the operating system starts."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests import stored
from tests.alfred_harness.recorders import Recorders
from tests.conftest import ROOT, Shell
from tests.standin import StandIn
from tests.stored import GOOD
from workflow.schedule import runs, systemd
from workflow.storage.snapshots import Cache

MENU = [sys.executable, "-IS", str(ROOT / "scripts/usage.py"), "menu"]


@pytest.fixture
def manager(tmp_path: Path, shell: Shell) -> Recorders:
    """A user manager of systemd that accepts every command."""
    found = Recorders(tmp_path / "manager", ("systemctl", "notify-send"))
    shell.env["PATH"] = f"{found.bin}{os.pathsep}{os.environ['PATH']}"
    return found


def test_on_status_off(manager: Recorders, shell: Shell) -> None:
    stored.account("tavily-dev")
    assert shell.tankful("background").out.startswith("Background refresh is off: ")
    told = shell.tankful("background", "on")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Background refresh is on: every 5 min, not run yet")
    assert shell.tankful("background", "status").out == told.out
    assert shell.tankful("background", "off").out.startswith("Background refresh is off: ")
    assert shell.tankful("background", "later").code == 2


def test_the_job_of_another_home_is_not_called_ours(
    manager: Recorders, shell: Shell, tmp_path: Path
) -> None:
    stored.account("tavily-dev")
    shell.tankful("background", "on")
    shell.env["TANKFUL_HOME"] = str(tmp_path / "other")
    told = shell.tankful("background", "status").out
    assert told.startswith(f"Background refresh is on, but works in {os.environ['TANKFUL_HOME']}; ")


def test_it_speaks_chinese(manager: Recorders, shell: Shell) -> None:
    shell.env["LANG"] = "zh_CN.UTF-8"
    assert shell.tankful("background").out.startswith("后台刷新已关闭：查看时才会刷新和通知")
    assert (
        shell.tankful("background", "on").err
        == "tankful: 还没有账号；请用 tankful add 添加第一个\n"
    )


def test_it_ends_with_the_last_account(manager: Recorders, shell: Shell) -> None:
    stored.account("tavily-dev", "one")
    shell.tankful("background", "on")
    told = shell.tankful("remove", "one", "--yes")
    assert told.out.splitlines()[-1] == "Background refresh is off: there are no accounts any more."
    assert not any(map(os.path.exists, systemd.places()))


def test_an_alert_that_is_turned_on_says_what_brings_it_on_time(
    manager: Recorders, shell: Shell
) -> None:
    stored.account("tavily-dev", "one")
    assert (
        "to get them on time: tankful background on"
        in shell.tankful("config", "alert_limits", "1").err
    )
    shell.tankful("background", "on")
    assert shell.tankful("config", "alert_money", "1").err == ""


# ---- what the system starts


def test_a_run_asks_who_is_due_and_says_nothing(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-dev")
    told = shell.tankful("refresh", "--scheduled")
    assert (told.code, told.out, told.err) == (0, "", "")
    with Cache() as cache:
        assert cache.get(account.id).usage
    last = runs.last()
    assert last and not last.locked
    assert time.time() - last.at < 60
    asked = len(world.requests)
    shell.tankful("refresh", "--scheduled")
    assert len(world.requests) == asked


def test_who_is_due_in_a_moment_is_asked_too(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-dev")
    for seconds, is_asked in ((200, False), (250, True)):
        stored.remember(account, ago=timedelta(seconds=seconds))
        before = len(world.requests)
        shell.tankful("refresh", "--scheduled")
        assert len(world.requests) - before == is_asked


def test_a_locked_keychain_changes_no_row(world: StandIn, shell: Shell) -> None:
    account = stored.account("tavily-dev")
    stored.remember(account, ago=timedelta(hours=1))
    shell.env["PYTHON_KEYRING_BACKEND"] = "tests.keyrings.LockedKeyring"
    told = shell.tankful("refresh", "--scheduled")
    assert (told.code, told.out, told.err) == (0, "", "")
    assert world.requests == []
    with Cache() as cache:
        kept = cache.get(account.id)
    assert (kept.usage, kept.failure) == (GOOD, None)
    last = runs.last()
    assert last and last.locked
    shell.tankful("refresh")
    with Cache() as cache:
        failure = cache.get(account.id).failure
    assert failure and failure.kind == "store_locked"


def test_a_run_without_accounts_ends_the_job(manager: Recorders, shell: Shell) -> None:
    account = stored.account("tavily-dev")
    shell.tankful("background", "on")
    Path(os.environ["TANKFUL_HOME"], "accounts.json").unlink()
    told = shell.tankful("refresh", "--scheduled")
    assert (told.code, told.out, told.err) == (0, "", "")
    assert not any(map(os.path.exists, systemd.places())), account
    assert ["disable", "--now", "tankful.timer"] in [
        list(call.argv[1:]) for call in manager.calls("systemctl")
    ]


def test_a_run_without_the_disk_leaves_the_job(manager: Recorders, shell: Shell) -> None:
    stored.account("tavily-dev")
    shell.tankful("background", "on")
    home = Path(os.environ["TANKFUL_HOME"])
    home.rename(home.with_name("elsewhere"))
    for _ in range(2):
        told = shell.tankful("refresh", "--scheduled")
        assert (told.code, told.out, told.err) == (0, "", "")
        assert all(map(os.path.exists, systemd.places()))
        assert not home.exists()  # nothing is written where the disk belongs


def test_a_run_with_damaged_accounts_leaves_the_job(manager: Recorders, shell: Shell) -> None:
    stored.account("tavily-dev")
    shell.tankful("background", "on")
    Path(os.environ["TANKFUL_HOME"], "accounts.json").write_text("{")
    told = shell.tankful("refresh", "--scheduled")
    assert (told.code, told.out, told.err) == (0, "", "")
    assert all(map(os.path.exists, systemd.places()))  # the file may be repaired
    assert shell.tankful("refresh").err.startswith(
        "tankful: accounts.json was damaged and is kept as "
    )


@pytest.mark.usefixtures("compiled")
def test_the_row_in_the_launcher_follows(manager: Recorders, shell: Shell) -> None:
    stored.account("tavily-dev")

    def row() -> dict[str, object]:
        shell.env["action"] = "extras"
        items = json.loads(shell.run(MENU).out)["items"]
        (found,) = [item for item in items if item["title"].startswith("Background refresh: ")]
        return dict(found)

    assert (row()["title"], row()["variables"]["value"]) == ("Background refresh: off", "on")  # type: ignore[index]
    shell.tankful("background", "on")
    assert (row()["title"], row()["variables"]["value"]) == ("Background refresh: on", "off")  # type: ignore[index]
