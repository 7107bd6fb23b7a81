"""Alfred and Raycast: which Tankful is installed there, and whether a Python can run it."""

from __future__ import annotations

import json
import os
import plistlib
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Shell
from workflow import __version__
from workflow.doctor import launchers
from workflow.i18n.catalog import ENGLISH

BUNDLE_ID = "app.tankful.usage"


@pytest.fixture
def support(home: Path) -> Path:
    return home / "Library" / "Application Support"


@pytest.fixture
def alfred(support: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Alfred's folder of workflows, which its owner keeps in a synchronised folder."""
    synced = home / "Sync" / "Alfred.alfredpreferences"
    (support / "Alfred").mkdir(parents=True)
    told = json.dumps({"current": str(synced)})
    (support / "Alfred" / "prefs.json").write_text(told)
    (synced / "workflows").mkdir(parents=True)
    monkeypatch.setattr(launchers, "_ALFREDS_PYTHON", sys.executable)
    return synced / "workflows"


def installed(folder: Path, name: str = "user.workflow.1", **about: Any) -> Path:
    """A workflow of Alfred's."""
    place = folder / name
    place.mkdir()
    told = {"bundleid": BUNDLE_ID, "version": __version__, **about}
    (place / "info.plist").write_bytes(plistlib.dumps(told))
    return place


def report() -> dict[str, str]:
    return dict(launchers.report(os.environ))


def advice() -> list[str]:
    return [ENGLISH.say(message) for message in launchers.advice(os.environ)]


def test_without_a_launcher_there_is_nothing_to_say() -> None:
    assert report() == {"Alfred, Raycast": "neither is here"}
    assert advice() == []


def test_the_workflow_is_found_where_alfred_keeps_it(alfred: Path) -> None:
    installed(alfred, "user.workflow.0", bundleid="org.example.other")
    place = installed(alfred)
    (alfred / "user.workflow.2").mkdir()
    (alfred / "user.workflow.2" / "info.plist").write_bytes(b"<plist app.tankful.usage")
    (alfred / "user.workflow.3").mkdir()
    version = ".".join(map(str, sys.version_info[:3]))
    assert report() == {
        "Alfred's workflow": f"{__version__} at {place}",
        "Alfred's Python": f"{version} at {sys.executable}",
    }
    assert advice() == []


def test_alfred_itself_says_where_its_preferences_are(
    alfred: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(alfred)
    monkeypatch.setenv("alfred_preferences", str(tmp_path / "nowhere"))
    assert report()["Alfred's workflow"] == "not installed"


def test_preferences_that_nobody_moved(alfred: Path, support: Path) -> None:
    (support / "Alfred" / "prefs.json").write_text("{")
    assert report()["Alfred's workflow"] == "not installed"
    usual = support / "Alfred" / "Alfred.alfredpreferences" / "workflows"
    usual.mkdir(parents=True)
    place = installed(usual)
    assert report()["Alfred's workflow"].endswith(f" at {place}")


@pytest.mark.parametrize(
    ("about", "begin"),
    [
        ([{"disabled": True}], "Tankful is switched off in Alfred's Preferences"),
        (
            [{"version": "0.0.9"}],
            f"the workflow in Alfred is 0.0.9, this command is {__version__};",
        ),
        ([{}, {}], "Tankful is installed twice in Alfred; remove one"),
        ([{"disabled": False}], ""),
    ],
)
def test_what_can_be_mended_of_the_workflow(
    alfred: Path, about: list[dict[str, Any]], begin: str
) -> None:
    for number, each in enumerate(about):
        installed(alfred, f"user.workflow.{number}", **each)
    told = advice()
    assert [line[: len(begin)] for line in told] == ([begin] if begin else [])


def test_a_python_that_is_missing_or_too_old(
    alfred: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(alfred)
    python = tmp_path / "python3"
    monkeypatch.setattr(launchers, "_ALFREDS_PYTHON", str(python))
    said = f"Alfred needs Python 3.9 or newer, and {python} does not run; xcode-select --install installs it"
    assert advice() == [said]
    assert report()["Alfred's Python"] == f"none that runs at {python}"
    for version in ("3.8.9", "not a version"):
        python.write_text(f"#!/bin/sh\necho {version}\n")
        python.chmod(0o755)
        assert advice() == [said]
    python.write_text("#!/bin/sh\necho 3.9.6\n")
    assert advice() == []


def test_apples_stub_is_not_started(
    alfred: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(alfred)
    started, stub, tools = (tmp_path / name for name in ("started", "python3", "xcode-select"))
    stub.write_text(f"#!/bin/sh\ntouch {started}\necho 3.9.6\n")
    tools.write_text("#!/bin/sh\nexit 2\n")
    for program in (stub, tools):
        program.chmod(0o755)
    monkeypatch.setattr(launchers, "_ALFREDS_PYTHON", str(stub))
    monkeypatch.setattr(launchers, "_DEVELOPER_TOOLS", (str(tools), "-p"))
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not launchers.python(str(stub)).works
    assert not started.exists()
    tools.write_text("#!/bin/sh\necho /Library/Developer/CommandLineTools\n")
    assert launchers.python(str(stub)).version == (3, 9, 6)


def test_raycasts_commands_and_their_python(support: Path) -> None:
    (support / "com.raycast.macos").mkdir(parents=True)
    told = report()
    assert Path(told["Raycast's commands"], "tankful-usage.sh").exists()
    assert told["Raycast's Python"].startswith("3.")
    assert advice() == []


def test_the_command_names_a_command_line_without_a_shell(
    support: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (support / "com.raycast.macos").mkdir(parents=True)
    monkeypatch.setattr(launchers, "_commands", lambda: "/nowhere/raycast.sh")
    assert advice() == [
        (
            "Raycast needs Python 3.9 or newer, and ? does not run; xcode-select "
            "--install installs it"
        )
    ]


def test_the_report_has_them_without_the_home_folder(shell: Shell, alfred: Path) -> None:
    installed(alfred)
    told = shell.tankful("doctor").out
    assert f"- Alfred's workflow: {__version__} at ~/Sync/Alfred.alfredpreferences/" in told
    assert "\n- chatgpt.com: Tankful's own way\n" in told
