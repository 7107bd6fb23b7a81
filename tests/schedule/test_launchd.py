"""The LaunchAgent: its property list, and the calls of launchctl."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.alfred_harness.recorders import Recorders
from workflow.schedule import job as jobs
from workflow.schedule import launchd
from workflow.schedule.job import Job

JOB = Job(
    ("/usr/bin/python3", "-IS", "/gone/tankful.py"), "/gone/tankful.py", {"TANKFUL_HOME": "/t"}
)
TARGET = f"gui/{os.getuid()}/app.tankful.usage.refresh"


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorders:
    found = Recorders(tmp_path / "mac", ("launchctl",))
    monkeypatch.setenv("PATH", f"{found.bin}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(launchd, "PAUSE", 0)
    return found


def told(mac: Recorders) -> list[tuple[str, ...]]:
    return [call.argv for call in mac.calls("launchctl")]


def test_the_property_list_says_when_and_how_gently(home: Path) -> None:
    ((place, content),) = launchd.files(JOB).items()
    assert place == str(home / "Library/LaunchAgents/app.tankful.usage.refresh.plist")
    fields = plistlib.loads(content)
    command = fields.pop("ProgramArguments")
    assert command[:2] == ["/bin/sh", "-c"]
    assert tuple(command[-3:]) == JOB.command
    assert fields == {
        "Label": "app.tankful.usage.refresh",
        "EnvironmentVariables": {"TANKFUL_HOME": "/t"},
        "StartInterval": 300,
        "ProcessType": "Background",
        "LowPriorityIO": True,
        "Nice": 10,
        "StandardOutPath": "/dev/null",
        "StandardErrorPath": "/dev/null",
    }


def test_the_variables_are_read_as_they_were_written() -> None:
    assert launchd.environ(launchd.files(JOB)) == {"TANKFUL_HOME": "/t"}
    for odd in (b"?", plistlib.dumps([]), plistlib.dumps({"EnvironmentVariables": [1]})):
        with pytest.raises(ValueError, match=r"Error|Exception"):
            launchd.environ({launchd.places()[0]: odd})


@pytest.mark.skipif(not shutil.which("plutil"), reason="no plutil but on a Mac")
def test_plutil_takes_it(tmp_path: Path) -> None:
    file = tmp_path / "job.plist"
    file.write_bytes(next(iter(launchd.files(JOB).values())))
    subprocess.run(["plutil", "-lint", str(file)], check=True)


def test_it_is_loaded_in_place_of_the_one_before(mac: Recorders) -> None:
    assert launchd.load()
    assert told(mac) == [
        ("bootout", TARGET),
        ("enable", TARGET),
        ("bootstrap", TARGET.rpartition("/")[0], launchd.places()[0]),
    ]


def test_the_one_before_may_take_a_moment_to_go(mac: Recorders) -> None:
    for _ in range(2):
        mac.answer("launchctl", rc=5, containing="bootstrap")
    assert launchd.load()
    assert [call[0] for call in told(mac)] == ["bootout", "enable", *["bootstrap"] * 3]


def test_a_launchd_that_refuses_is_not_asked_forever(mac: Recorders) -> None:
    mac.default("launchctl", rc=5)
    assert not launchd.load()
    assert not launchd.is_loaded()
    assert len(told(mac)) == 2 + launchd.TRIES + 1


def test_when_it_is_removed_the_file_goes_first(mac: Recorders, home: Path) -> None:
    for place, content in launchd.files(JOB).items():
        Path(place).parent.mkdir(parents=True)
        Path(place).write_bytes(content)
    shim = mac.bin / "launchctl"
    shim.rename(mac.bin / "real")
    shim.write_text(f'#!/bin/sh\n[ ! -e "{place}" ] && exec "{mac.bin}/real" "$@"\n')
    shim.chmod(0o755)
    launchd.remove()
    assert told(mac) == [("bootout", TARGET)]


def test_a_job_without_a_program_removes_itself(
    mac: Recorders, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "UPDATING", 0)
    ((place, content),) = launchd.files(JOB).items()
    Path(place).parent.mkdir(parents=True)
    Path(place).write_bytes(content)
    done = subprocess.run(
        plistlib.loads(content)["ProgramArguments"], capture_output=True, check=False, timeout=20
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert told(mac) == [("bootout", TARGET)]
    assert not Path(place).exists()


def test_what_a_file_lets_run_is_read_back() -> None:
    files = launchd.files(JOB)
    assert launchd.command(files) == JOB.shell(launchd._LEAVE.format(label=launchd.LABEL))
    with pytest.raises(ValueError, match="InvalidFileException"):
        launchd.command({launchd.places()[0]: b"no plist"})
