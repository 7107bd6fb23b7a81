"""After a real refresh: one notification or none, and the exit code never changes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests import stored
from tests.alerts.given import forget, week
from tests.alfred_harness.recorders import Recorders
from tests.conftest import ROOT, Shell
from tests.standin import StandIn
from workflow import paths, settings
from workflow.alerts import ledger, notices, rules, speak
from workflow.alfred import publish
from workflow.history import database, series
from workflow.models import Account, Snapshot, Usage, utc_now
from workflow.records import replace
from workflow.refresh import background
from workflow.refresh import run as refresh
from workflow.storage.snapshots import Cache
from workflow.system import notifications


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorders:
    """A desktop that shows notifications, and a Mac's osascript that fails."""
    found = Recorders(tmp_path / "desktop", ("notify-send", "osascript"))
    found.default("osascript", rc=1)
    monkeypatch.setenv("PATH", f"{found.bin}{os.pathsep}{os.environ['PATH']}")
    return found


def said(desktop: Recorders) -> list[str]:
    return [call.argv[-1] for call in desktop.calls("notify-send")]


def test_a_refresh_says_it_once(world: StandIn, shell: Shell, desktop: Recorders) -> None:
    stored.account("tavily-dev", "one")
    settings.choose("alert_limits", "1")
    settings.choose("low", "100")
    quiet = shell.tankful("refresh")
    assert said(desktop) == []
    forget()
    told = shell.tankful("refresh")
    (line,) = said(desktop)
    assert line.startswith("Tavily · one: ")
    assert "left" in line
    shell.tankful("refresh")
    assert said(desktop) == [line]
    assert (told.code, told.out, told.err) == (quiet.code, quiet.out, quiet.err)


def test_nothing_is_noted_while_alerts_are_off(
    world: StandIn, shell: Shell, desktop: Recorders
) -> None:
    stored.account("tavily-dev", "one")
    settings.choose("low", "100")
    for _ in range(2):
        shell.tankful("refresh")
    assert desktop.calls() == []
    with closing(sqlite3.connect(database.path())) as connection:
        assert connection.execute("SELECT count(*) FROM watch").fetchone() == (0,)


def test_alfred_s_refresh_is_said_by_alfred(
    world: StandIn, shell: Shell, desktop: Recorders
) -> None:
    desktop.default("osascript")
    stored.account("tavily-dev", "Jane's")
    settings.choose("alert_limits", "1")
    settings.choose("low", "100")
    shell.tankful("refresh")
    forget()
    shell.env["alfred_workflow_bundleid"] = "app.tankful.usage"
    shell.tankful("refresh")
    (call,) = desktop.calls()
    assert "Jane" not in "".join(call.argv)
    number = call.argv[-1]
    assert notices.take("f" * 16) == ""
    assert notices.take(number).startswith("Tavily · Jane's: ")
    assert notices.take(number) == ""


def test_a_desktop_that_hangs_or_fails_costs_the_message_alone(
    world: StandIn, shell: Shell, desktop: Recorders
) -> None:
    desktop.default("notify-send", rc=1)
    stored.account("tavily-dev", "one")
    settings.choose("alert_limits", "1")
    settings.choose("low", "100")
    shell.tankful("refresh")
    forget()
    assert shell.tankful("refresh").code == 0


@pytest.fixture
def low(world: StandIn, shell: Shell) -> Account:
    """An account that is low, so that the next refresh sends an alert."""
    account = stored.account("tavily-dev", "one")
    settings.choose("alert_limits", "1")
    settings.choose("low", "100")
    shell.tankful("refresh")
    forget()
    return account


def test_without_a_notification_centre_nothing_else_is_lost(
    low: Account, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no program that can show a notification."""
    (tmp_path / "nothing").mkdir()
    shell.env["PATH"] = str(tmp_path / "nothing")
    told = shell.tankful("refresh")
    assert (told.code, told.err) == (0, "")
    with closing(sqlite3.connect(database.path())) as connection:
        assert connection.execute("SELECT count(*) FROM alert").fetchone() != (0,)


def test_a_centre_that_hangs_is_not_waited_for_long(
    low: Account, desktop: Recorders, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.answer("notify-send", delay=30)
    monkeypatch.setattr(notifications, "SECONDS", 3)  # a busy machine starts it late
    begun = time.monotonic()
    refresh.refresh([low.id], alert=speak.speak)
    assert time.monotonic() - begun < 15
    assert len(desktop.calls("notify-send")) == 1


@pytest.mark.usefixtures("compiled")
def test_a_kill_while_it_is_shown_doubles_nothing(
    low: Account, shell: Shell, desktop: Recorders
) -> None:
    """The command is killed between recording an alert and showing it; the next one does not repeat it."""
    killer = desktop.bin / "notify-send"
    shown = killer.rename(desktop.bin / "shown")
    killer.write_text("#!/bin/sh\nkill -9 $PPID\n")
    killer.chmod(0o755)
    told = shell.run([sys.executable, "-IS", str(ROOT / "scripts/tankful.py"), "refresh"])
    assert told.code == -signal.SIGKILL
    shown.rename(killer)
    for _ in range(2):
        assert shell.tankful("refresh", "--force").code == 0
    assert said(desktop) == []


@pytest.mark.slow
@pytest.mark.timing
@pytest.mark.usefixtures("compiled")
def test_twenty_launchers_and_the_background_speak_once(
    low: Account, shell: Shell, desktop: Recorders
) -> None:
    """Many processes run at once, each with its own refresh, or the start of one."""
    stored.remember(low, ago=timedelta(hours=1))
    publish.publish()
    for name in ("refresh.started", "feed"):
        Path(paths.cache(os.environ), name).unlink(missing_ok=True)
    launcher = [sys.executable, "-IS", str(ROOT / "scripts/usage.py")]
    tankful = [sys.executable, "-IS", str(ROOT / "scripts/tankful.py"), "refresh"]
    commands = [launcher] * 20 + [[*tankful, "--scheduled"]] * 2 + [tankful, [*tankful, "--brief"]]
    running = [
        subprocess.Popen(
            command, env=shell.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for command in commands
    ]
    assert [(each.communicate(timeout=60), each.returncode)[1] for each in running] == [0] * 24
    until = time.monotonic() + 30
    while background.is_running(os.environ):
        assert time.monotonic() < until
        time.sleep(0.05)
    (line,) = said(desktop)
    assert line.startswith("Tavily · one: ")


def test_a_history_that_cannot_be_written_costs_the_message_alone(home: Path) -> None:
    settings.choose("alert_limits", "1")
    Path(database.path()).mkdir(parents=True)
    speak.speak({}, (), utc_now())


def test_a_reminder_of_the_night_is_said_in_the_morning_while_alerts_are_off() -> None:
    one = stored.account("glm-intl", "one")
    settings.choose("quiet", "22:00-08:00")
    evening = datetime(2026, 12, 5, 21, 0, tzinfo=timezone.utc)
    reset, said = evening + timedelta(hours=5), list[str]()
    quota = replace(week(100), resets_at=reset)
    with Cache() as cache:
        cache.put(Snapshot(one.id, Usage((quota,)), evening))
    sample = rules.sample_of(quota, int(evening.timestamp()))
    name = series.of_quota(one.id, quota)
    ledger.ask(name, sample, quota.window, int(evening.timestamp()))
    for hours in (5, 6, 12, 13):
        speak.speak({}, [one.id], evening + timedelta(hours=hours), said.append)
    assert said == ["In the quiet hours: GLM · one: Week has reset"]
