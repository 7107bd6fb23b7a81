from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from time import time

import pytest

from tests.conftest import ROOT
from workflow.claude import limits, status_line
from workflow.claude.limits import Kept

NOW = 1791190800  # 2026-10-05 09:00 UTC


@pytest.mark.parametrize(
    ("windows", "left", "used"),
    [
        ({"five_hour": (23.5, NOW + 7200), "seven_day": (41.2, NOW + 99)}, "5h 77% · 7d 59%", "5h 23% · 7d 41%"),
        ({"five_hour": (80.0, NOW + 7200)}, "5h 20% ↻11:00", "5h 80% ↻11:00"),
        ({"seven_day": (99.6, NOW + 200000)}, "7d <1% ↻10-07", "7d >99% ↻10-07"),
        ({"five_hour": (0.4, NOW + 60)}, "5h >99%", "5h <1%"),
        ({"five_hour": (79.0, NOW + 60)}, "5h 21%", "5h 79%"),
        ({"five_hour": (99.0, NOW + 86399)}, "5h 1% ↻08:59", "5h 99% ↻08:59"),
        ({"five_hour": (99.5, NOW + 86400)}, "5h <1% ↻10-06", "5h >99% ↻10-06"),
        ({"five_hour": (1.0, NOW + 60)}, "5h 99%", "5h 1%"),
        ({"five_hour": (130.0, NOW + 60)}, "5h 0% ↻09:01", "5h 100% ↻09:01"),
        ({"five_hour": (90.0, NOW)}, "5h 100%", "5h 0%"),
        ({"seven_day_opus_max": (50.0, NOW + 60)}, "7d opus max 50%", "7d opus max 50%"),
        ({}, "", ""),
    ],
)  # fmt: skip
def test_the_line_is_short(windows: dict[str, tuple[float, int]], left: str, used: str) -> None:
    told = Kept(NOW, "", windows)
    assert status_line.line(told, NOW, shows_used=False) == left
    assert status_line.line(told, NOW, shows_used=True) == used


def handing(used: float, session: str = "a") -> bytes:
    window = {"used_percentage": used, "resets_at": int(time()) + 9000}
    return json.dumps({"session_id": session, "rate_limits": {"five_hour": window}}).encode()


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    return str(tmp_path / "made" / "cache"), str(tmp_path / "data")


def test_what_is_handed_over_is_kept_private_and_said(folders: tuple[str, str]) -> None:
    cache, data = folders
    assert status_line.take({}, handing(25), cache, data) == "5h 75%"
    place = Path(status_line.path(cache))
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert os.listdir(cache) == [limits.NAME]
    assert status_line.take({}, b'{"model": {}}', cache, data) == "5h 75%"  # a session that begins
    assert status_line.take({}, b"garbage", cache, data) == "5h 75%"


def test_the_same_numbers_are_not_written_again_at_once(
    folders: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, data = folders
    now = int(time())
    monkeypatch.setattr(status_line, "time", lambda: now)
    content = json.dumps(
        {"rate_limits": {"five_hour": {"used_percentage": 5, "resets_at": now + 99}}}
    ).encode()
    status_line.take({}, content, cache, data)
    first = os.stat(status_line.path(cache)).st_ino
    now += 59
    status_line.take({}, content, cache, data)
    assert os.stat(status_line.path(cache)).st_ino == first
    now += 1
    status_line.take({}, content, cache, data)
    assert os.stat(status_line.path(cache)).st_ino != first


def test_left_or_used_is_as_the_setting_says(folders: tuple[str, str]) -> None:
    cache, data = folders
    assert status_line.take({"TANKFUL_SHOW": "used"}, handing(25), cache, data) == "5h 25%"
    Path(data).mkdir()
    Path(data, "settings.json").write_text('{"layout": 1, "settings": {"show": "used"}}')
    assert status_line.take({}, handing(25), cache, data) == "5h 25%"
    for once, shown in (("Left", "75%"), ("LEFT", "75%"), ("nonsense", "25%"), ("", "25%")):
        assert status_line.take({"TANKFUL_SHOW": once}, handing(25), cache, data) == f"5h {shown}"
    Path(data, "settings.json").write_text('{"layout": 1, "settings": {"show": "Used"}}')
    assert status_line.take({}, handing(25), cache, data) == "5h 25%"
    Path(data, "settings.json").write_text("damaged")
    assert status_line.take({}, handing(25), cache, data) == "5h 75%"


def test_a_disk_that_takes_nothing_costs_the_keeping_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert status_line.take({}, handing(25), str(tmp_path / "file"), "/nowhere") == "5h 75%"


def test_copies_that_run_at_once_leave_one_whole_file(folders: tuple[str, str]) -> None:
    cache, data = folders
    code = (
        "import sys\nfrom workflow.claude import status_line\n"
        "for _ in range(40): status_line.take({}, sys.argv[1].encode(), *sys.argv[2:])"
    )
    copies = [
        subprocess.Popen(
            [sys.executable, "-c", code, handing(10 * n, f"s{n}").decode(), cache, data], cwd=ROOT
        )
        for n in range(1, 7)
    ]
    while any(copy.poll() is None for copy in copies):
        told = Path(status_line.path(cache))
        if told.exists():
            assert json.loads(told.read_bytes())["windows"]
    assert [copy.returncode for copy in copies] == [0] * 6
    assert os.listdir(cache) == [limits.NAME]
    found = status_line.kept(cache, time())
    assert found is not None
    assert found.windows["five_hour"][0] == 60


def test_what_another_copy_wrote_meanwhile_stays(
    folders: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, data = folders
    status_line.take({}, handing(20), cache, data)
    plain = limits.handed

    def handed(document: object, now: float) -> object:
        monkeypatch.undo()
        status_line.take({}, handing(60, "other"), cache, data)
        return plain(document, now)

    monkeypatch.setattr(limits, "handed", handed)
    assert status_line.take({}, handing(50), cache, data) == "5h 40%"
    kept = status_line.kept(cache, time())
    assert kept is not None
    assert kept.windows["five_hour"][0] == 60


def test_a_copy_that_hangs_is_not_waited_for(folders: tuple[str, str]) -> None:
    cache, data = folders
    status_line.take({}, handing(20), cache, data)
    code = (
        "import os, sys, time; file = os.open(sys.argv[1], os.O_RDWR);"
        "os.lockf(file, os.F_LOCK, 0); print(flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, status_line.path(cache)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as hanging:
        assert hanging.stdout
        hanging.stdout.readline()
        assert status_line.take({}, handing(30), cache, data) == "5h 70%"
        assert hanging.poll() is None
        hanging.kill()
    kept = status_line.kept(cache, time())
    assert kept is not None
    assert kept.windows["five_hour"][0] == 30
