"""Turning the schedule on and off, and its status, on both systems, with their commands recorded."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests import stored
from tests.alfred_harness.recorders import Recorders
from workflow.actions import edit
from workflow.errors import Mistake
from workflow.i18n.catalog import Translation, say, speaking
from workflow.models import Account
from workflow.schedule import launchd, runs, schedule
from workflow.schedule.runs import Run
from workflow.storage import accounts

NASTY = 'it\'s $HOME "50%" \\ %h 周'
NOW = datetime(2026, 11, 28, 14, 5, tzinfo=timezone.utc)


@pytest.fixture(params=["linux", "darwin"])
def system(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Recorders:
    """A system whose manager does what it is told."""
    found = Recorders(tmp_path / "system", ("launchctl", "systemctl"))
    monkeypatch.setenv("PATH", f"{found.bin}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(sys, "platform", request.param)
    monkeypatch.setattr(launchd, "PAUSE", 0)
    return found


@pytest.fixture
def one() -> Account:
    return stored.account("tavily-dev", "one")


def said(language: str = "en") -> str:
    with speaking(Translation(language)):
        return say(schedule.status(os.environ, NOW))


def files() -> list[bool]:
    return [os.path.exists(place) for place in schedule._system().places()]


def test_it_is_off_until_it_is_turned_on(system: Recorders, one: Account) -> None:
    assert not schedule.is_on()
    assert said().startswith("Background refresh is off: ")
    assert system.calls() == []
    schedule.on(os.environ)
    assert schedule.is_on()
    assert all(files())
    assert (
        said() == "Background refresh is on: every 5 min, not run yet; tankful background off "
        "turns it off"
    )
    runs.note(Run(int(NOW.timestamp()) - 300))
    assert (
        said() == "Background refresh is on: every 5 min, last 14:00; tankful background off "
        "turns it off"
    )
    assert said("zh").startswith("后台刷新已开启：每 5 分钟一次，上次 14:00；")
    assert schedule.off()
    assert not any(files())
    assert runs.last() is None
    assert not schedule.off()


def test_a_locked_keychain_is_said(system: Recorders, one: Account) -> None:
    schedule.on(os.environ)
    runs.note(Run(int(NOW.timestamp()), locked=True))
    assert "last 14:05, when the keychain was locked" in said()


def test_what_the_system_does_not_run_is_said(system: Recorders, one: Account) -> None:
    schedule.on(os.environ)
    for command in ("launchctl", "systemctl"):
        system.default(command, rc=1)
    mac = sys.platform == "darwin"
    assert ("Login Items" if mac else "systemd does not run it") in said()


def test_the_job_of_another_installation_is_said(
    system: Recorders, one: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule.on(os.environ)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "not run yet" in said()
    monkeypatch.setattr(sys, "executable", "/another/python3")
    assert "another Tankful or Python" in said()
    schedule.on(os.environ)
    assert "not run yet" in said()
    Path(schedule._system().places()[-1]).write_bytes(b"\xff?")
    assert "another Tankful or Python" in said()


@pytest.mark.parametrize("name", ["mine", NASTY])
def test_the_job_of_another_home_is_said(
    system: Recorders, one: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    own = os.environ["TANKFUL_HOME"]
    schedule.on(os.environ)
    assert schedule.elsewhere(os.environ) is None
    other = str(tmp_path / name)
    monkeypatch.setenv("TANKFUL_HOME", other)
    assert said() == (
        f"Background refresh is on, but works in {own}; tankful background on switches it to {other}"
    )
    assert said("zh") == f"后台刷新已开启，但使用的是 {own}；tankful background on 可改用 {other}"
    stored.account("tavily-dev", "other")
    schedule.on(os.environ)
    assert "not run yet" in said()
    monkeypatch.setenv("TANKFUL_HOME", own)
    assert schedule.elsewhere(os.environ) == (other, own)


def test_another_spelling_of_the_same_home_is_no_other(
    system: Recorders, one: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    schedule.on(os.environ)
    (tmp_path / "link").symlink_to(os.environ["TANKFUL_HOME"])
    for spelling in (f"{os.environ['TANKFUL_HOME']}/", str(tmp_path / "link")):
        monkeypatch.setenv("TANKFUL_HOME", spelling)
        assert "not run yet" in said()


def test_another_cache_is_said_too(
    system: Recorders, one: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = {"XDG_DATA_HOME": str(tmp_path / "data"), "HOME": os.environ["HOME"]}
    schedule.on({**here, "XDG_CACHE_HOME": str(tmp_path / "cache")})
    known = schedule.elsewhere(here)
    if sys.platform == "darwin":  # where those variables mean nothing
        assert known is None
    else:
        assert known == (str(tmp_path / "cache/tankful"), f"{here['HOME']}/.cache/tankful")


def test_the_job_of_another_home_is_not_ended_for_want_of_accounts(
    system: Recorders, one: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    schedule.on(os.environ)
    monkeypatch.setenv("TANKFUL_HOME", str(tmp_path / "empty"))
    assert not schedule.end_without_accounts()
    assert all(files())


def test_a_system_that_refuses_leaves_it_off(system: Recorders, one: Account) -> None:
    system.default("launchctl", rc=5)
    for asked in ("enable", "bootstrap"):
        system.answer("systemctl", rc=1, containing=asked)
    with pytest.raises(Mistake, match="did not accept the job"):
        schedule.on(os.environ)
    assert not any(files())


def test_without_a_manager_it_says_what_to_do(
    system: Recorders, one: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Mistake, match="let your own scheduler run tankful refresh --due"):
        schedule.on(os.environ)
    assert not any(files())


def test_nobody_and_a_stand_in_are_not_asked_every_five_minutes(system: Recorders) -> None:
    Path(accounts.path()).parent.mkdir(parents=True, exist_ok=True)
    Path(accounts.path()).write_text("{")
    with pytest.raises(Mistake, match="was damaged and is kept as"):
        schedule.on(os.environ)
    for aside in Path(accounts.path()).parent.glob("accounts.damaged-*"):
        aside.unlink()
    with pytest.raises(Mistake, match="no account yet"):
        schedule.on(os.environ)
    stored.account("tavily-dev", "one")
    with pytest.raises(Mistake, match="TANKFUL_LOOPBACK"):
        schedule.on({**os.environ, "TANKFUL_LOOPBACK": "http://127.0.0.1:1"})
    assert not any(files())


def test_it_ends_with_the_last_account(system: Recorders, one: Account) -> None:
    other = stored.account("tavily-paygo", "two")
    schedule.on(os.environ)
    edit.remove(other)
    assert not schedule.end_without_accounts()
    edit.remove(one)
    assert schedule.end_without_accounts()
    assert not any(files())
    assert not schedule.end_without_accounts()
