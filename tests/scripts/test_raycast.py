"""Raycast's script commands: their metadata by its rules, and what they print."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import pytest

from tests.conftest import ROOT, Ran, Shell
from tests.standin import KEYS, StandIn

COMMANDS = sorted((ROOT / "scripts").glob("headroom-*.sh"))
KNOWN = {
    *("schemaVersion", "title", "mode", "packageName", "icon", "iconDark", "refreshTime"),
    *("currentDirectoryPath", "needsConfirmation", "description", "author", "authorURL"),
    *("argument1", "argument2", "argument3"),
}
MODES = {
    "headroom-add": "compact",
    "headroom-copy-summary": "silent",
    "headroom-exchange": "compact",
    "headroom-glance": "inline",
    "headroom-refresh": "compact",
    "headroom-usage": "fullOutput",
}


def metadata(path: Path) -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[:25]:
        told = re.match(r"# @raycast\.(\w+) (.+)", line)
        if told:
            found.setdefault(told[1], []).append(told[2].strip())
    return found


def test_every_command_is_there() -> None:
    assert {path.stem: metadata(path)["mode"][0] for path in COMMANDS} == MODES


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_metadata(path: Path) -> None:
    told = metadata(path)
    assert set(told) <= KNOWN
    assert all(len(values) == 1 for values in told.values())
    assert told["schemaVersion"] == ["1"]
    assert told["packageName"] == ["Headroom"]
    assert (path.parent / told["icon"][0]).exists()
    assert re.fullmatch(r"[a-z0-9-]+\.sh", path.name) and ".template." not in path.name
    assert os.access(path, os.X_OK) and path.read_text(encoding="utf-8").startswith("#!/bin/bash\n")


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_refresh_time_only_inline_and_not_below_ten_seconds(path: Path) -> None:
    told = metadata(path)
    assert ("refreshTime" in told) == (told["mode"] == ["inline"])
    if "refreshTime" in told:
        number, unit = re.fullmatch(r"(\d+)([smhd])", told["refreshTime"][0]).groups()  # type: ignore[union-attr]
        assert int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit] >= 10


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_arguments_are_complete_and_never_secret(path: Path) -> None:
    told = metadata(path)
    given = sorted(name for name in told if name.startswith("argument"))
    assert given == [f"argument{number}" for number in range(1, len(given) + 1)]
    for name in given:
        argument = json.loads(told[name][0])
        assert argument["placeholder"] and argument["type"] in ("text", "dropdown")


@pytest.fixture
def raycast(world: StandIn, tmp_path: Path, home: Path) -> Run:
    """Runs a command as Raycast does: a bare environment, no profile; our Python stands in."""
    return Run(tmp_path, home)


class Run:
    def __init__(self, folder: Path, home: Path) -> None:
        self._root = folder / "installed"
        self._root.mkdir()
        for name in ("scripts", "workflow", "icons", "tests"):
            (self._root / name).symlink_to(ROOT / name)
        (self._root / ".venv").symlink_to(sys.prefix)
        self._kept = folder / "bin"
        self._kept.mkdir()
        self.env = {
            "HOME": str(home),
            "PATH": f"{self._kept}:/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin",
            **{
                k: v for k, v in os.environ.items() if k.startswith(("HEADROOM_", "PYTHON_K", "TZ"))
            },
        }

    def copier(self) -> Path:
        (self._kept / "pbcopy").write_text(f"#!/bin/sh\ncat >{self._kept}/copied\n")
        (self._kept / "pbcopy").chmod(0o755)
        return self._kept / "copied"

    def __call__(self, name: str) -> Ran:
        done = subprocess.run(
            ["/bin/bash", str(self._root / "scripts" / f"{name}.sh")],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def filled(raycast: Run, shell: Shell) -> Run:
    for name in ("glm-intl", "kimi-cn", "chatgpt-session"):
        done = shell.headroom("add", name.split("-")[0], stdin=KEYS[name].value)
        assert done.code == 0, done.err
    return raycast


@pytest.mark.parametrize("name", [name for name, mode in MODES.items() if mode != "fullOutput"])
def test_one_line_also_without_accounts(raycast: Run, name: str) -> None:
    if name == "headroom-add":
        pytest.skip("its dialog is osascript's; see test_take_in.py")
    done = raycast(name)
    assert done.out.count("\n") == 1 and done.out.strip() and done.err == ""


def test_usage_is_coloured_and_complete(filled: Run) -> None:
    done = filled("headroom-usage")
    assert done.code == 0, done.out
    assert (
        "\x1b[" in done.out and "GLM" in done.out and "KIMI" in done.out and "ChatGPT" in done.out
    )


def test_glance_names_the_accounts_in_one_line(filled: Run) -> None:
    done = filled("headroom-glance")
    assert done.code == 0 and done.out.count("\n") == 1
    assert "GLM" in done.out and "¥63.90" in done.out


def test_summary_is_copied_and_said(filled: Run) -> None:
    copied = filled.copier()
    done = filled("headroom-copy-summary")
    assert (done.code, done.out.count("\n")) == (0, 1)
    assert "GLM" in copied.read_text(encoding="utf-8")


def test_refresh_says_how_many(filled: Run) -> None:
    done = filled("headroom-refresh")
    assert done.code == 0 and done.out.count("\n") == 1 and "3" in done.out


def test_exchange_says_until_when(filled: Run) -> None:
    done = filled("headroom-exchange")
    assert done.code == 0 and "token" in done.out
