"""The timer of systemd's user manager: its files, and a real manager that runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import stored
from tests.alfred_harness.recorders import Recorders
from tests.schedule import managers
from tests.standin import StandIn
from workflow.models import Account
from workflow.schedule import systemd
from workflow.schedule.job import Job

NASTY = 'it\'s $HOME "50%" \\ %h ${PATH} ; 周'
JOB = Job(("/usr/bin/touch", NASTY), "/", {"TANKFUL_HOME": NASTY}, {"LANG": "C.UTF-8"})
needs_manager = pytest.mark.skipif(bool(managers.missing()), reason=managers.missing())
TANKFUL = f"{sys.executable} -m scripts.tankful"


def write(job: Job) -> list[str]:
    for place, content in systemd.files(job).items():
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        Path(place).write_bytes(content)
    return list(systemd.places())


def test_the_files_lie_where_the_manager_looks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("tankful.timer", "tankful.service")
    assert systemd.places() == tuple(str(home / ".config/systemd/user" / n) for n in names)
    monkeypatch.setenv("XDG_CONFIG_HOME", "/config")
    assert systemd.places()[0] == "/config/systemd/user/tankful.timer"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert systemd.places()[0].startswith(str(home))


def test_the_variables_are_read_as_they_were_written() -> None:
    variables = {"TANKFUL_HOME": NASTY, "XDG_DATA_HOME": 'a\nb\\n"=%%', "LANG": "C.UTF-8"}
    assert systemd.environ(systemd.files(Job(JOB.command, "/", variables))) == variables
    for odd in (b"", b"\xff?"):
        with pytest.raises(ValueError, match=systemd.SERVICE):
            systemd.environ({systemd.places()[1]: odd})


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", *write(JOB)],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_systemctl_is_told_what_it_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    linux = Recorders(tmp_path / "linux", ("systemctl",))
    monkeypatch.setenv("PATH", f"{linux.bin}{os.pathsep}{os.environ['PATH']}")
    places = write(JOB)
    assert systemd.is_there()
    assert systemd.load()
    assert systemd.is_loaded()
    systemd.remove()
    assert not any(map(os.path.exists, places))
    assert [call.argv[1:] for call in linux.calls()] == [
        ("show-environment",),
        ("daemon-reload",),
        ("enable", "--now", "tankful.timer"),
        ("is-active", "tankful.timer"),
        ("disable", "--now", "tankful.timer"),
        ("daemon-reload",),
    ]


def test_without_a_manager_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    linux = Recorders(tmp_path / "linux", ("systemctl",))
    linux.default("systemctl", rc=1)
    monkeypatch.setenv("PATH", f"{linux.bin}{os.pathsep}{os.environ['PATH']}")
    assert not systemd.is_there()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not systemd.is_there()


@needs_manager
def test_every_word_and_variable_arrives_as_it_is(tmp_path: Path) -> None:
    show = f'printf "%s\\n" "$@" "$TANKFUL_HOME" >"{tmp_path}/told"'
    write(Job(("/bin/sh", "-c", show, "sh", NASTY, "%"), "/", JOB.environ))
    done = managers.run("systemctl --user start tankful.service", os.environ)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "told").read_text().splitlines() == [NASTY, "%", NASTY]


@pytest.fixture
def one(world: StandIn) -> Account:
    return stored.account("tavily-dev", "one")


@needs_manager
def test_the_timer_refreshes_by_itself(one: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """On, run by the timer, seen by the commands, off, and nothing of it is left."""
    loopback = os.environ["TANKFUL_LOOPBACK"]
    monkeypatch.delenv("TANKFUL_LOOPBACK")
    done = managers.run(
        f"""
        systemctl --user set-environment TANKFUL_LOOPBACK={loopback}
        {TANKFUL} background on
        sed -i s/1min/1s/ ~/.config/systemd/user/tankful.timer  # as if a minute had passed
        sed -i s/AccuracySec=30s/AccuracySec=1ms/ ~/.config/systemd/user/tankful.timer
        systemctl --user daemon-reload; systemctl --user restart tankful.timer
        for tries in $(seq 100); do [ -e "$TANKFUL_HOME/cache/background" ] && break; sleep 0.1; done
        {TANKFUL} list
        {TANKFUL} background
        systemctl --user show tankful.timer -p NextElapseUSecMonotonic
        systemctl --user show tankful.service -p Nice -p Result -p IOSchedulingClass
        {TANKFUL} background off
        systemctl --user list-unit-files 'tankful*'
        find ~/.config
        """,
        os.environ,
    )
    assert "not run yet" in done.stdout.splitlines()[0], done
    assert "64% left" in done.stdout
    assert "every 5 min, last " in done.stdout
    assert "NextElapseUSecMonotonic=infinity" not in done.stdout
    assert {"Nice=10", "Result=success"} <= set(done.stdout.splitlines())
    assert "Background refresh is off" in done.stdout
    assert "0 unit files listed." in done.stdout
    assert "tankful.timer" not in done.stdout
    assert not (Path(os.environ["TANKFUL_HOME"]) / "cache/background").exists()


@needs_manager
def test_a_job_whose_program_is_gone_removes_itself(tmp_path: Path) -> None:
    gone = Job(("/bin/true",), str(tmp_path / "gone"))
    places = write(gone)
    service = Path(places[1])
    service.write_text(service.read_text().replace('"60"', '"0"'))
    done = managers.run(
        """
        systemctl --user daemon-reload; systemctl --user enable --now tankful.timer
        systemctl --user is-active tankful.timer
        systemctl --user start tankful.service
        systemctl --user is-active tankful.timer
        systemctl --user list-unit-files 'tankful*'
        """,
        os.environ,
    )
    assert done.stdout.splitlines()[:2] == ["active", "inactive"], done
    assert "0 unit files listed." in done.stdout
    assert [path.name for path in Path(places[0]).parent.rglob("*tankful*")] == []
