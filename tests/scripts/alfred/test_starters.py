"""The shell scripts that Alfred starts for its lists: without a usable Python, rows say what to install."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.alfred_harness import Alfred, WorkflowFile
from tests.alfred_harness.checks import check_rows
from tests.alfred_harness.scripts import SYSTEM_PYTHON, command
from tests.conftest import ROOT, Ran
from tests.examples import install, many
from workflow.models import utc_now

pytestmark = pytest.mark.usefixtures("compiled")

STARTERS = ("usage.sh", "alfred/menu.sh", "alfred/fit.sh")
NOTE = "xcode-select: note: No developer tools were found, requesting install."


@pytest.fixture
def pythons(tmp_path: Path) -> dict[str, str]:
    """Files in the place of Python that are no usable Python."""
    found = {"absent": str(tmp_path / "no python"), "no-program": str(tmp_path)}
    for name, does in {
        "stub": f"echo '{NOTE}' >&2; exit 1",
        "killed": "kill -9 $$",
        "other-python": f"exec {sys.executable} -c 'import nothing_that_there_is'",
    }.items():
        path = tmp_path / f"{name} ü"
        path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        path.chmod(0o755)
        found[name] = str(path)
    return found


def run(name: str, python: str, folder: Path = ROOT, cwd: str = "/") -> Ran:
    argv: list[str] = [*command(folder / "scripts" / name, python), "a query"]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=cwd, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("python", ["stub", "absent", "no-program", "killed", "other-python"])
def test_without_a_python_that_runs_rows_say_what_to_install(
    pythons: dict[str, str], name: str, python: str
) -> None:
    ran = run(name, pythons[python])
    told = json.loads(ran.out)
    assert (ran.code, check_rows(told, ROOT)) == (0, [])
    english, chinese = told["items"]
    assert "needs Apple's Command Line Tools" in english["title"]
    assert "需要 Apple 命令行开发者工具" in chinese["title"]
    for row in (english, chinese):
        assert row["valid"] is False
        assert row["text"]["copy"] == "xcode-select --install"
        assert "/usr/bin/python3" in row["subtitle"]
        assert row["text"]["copy"] in row["subtitle"]
    assert ran.err, "what went wrong is for Alfred's debugger"
    assert python != "stub" or NOTE in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("name", STARTERS)
def test_with_python_its_answer_is_all(name: str, tmp_path: Path) -> None:
    """Also from a folder with an odd name, and started by a path that is relative to it."""
    install(many(2, utc_now()))
    folder = tmp_path / "préférences 工作流's"
    folder.mkdir()
    for part in ("scripts", "workflow", "icons"):
        (folder / part).symlink_to(ROOT / part)
    there = run(name, sys.executable, folder)
    relative = run(name, sys.executable, Path(), str(folder))
    assert there == relative
    assert (there.code, there.err) == (0, "")
    assert check_rows(json.loads(there.out), ROOT) == []
    assert "Command Line Tools" not in there.out


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """An installation that can be damaged further; it lacks its packages."""
    folder = tmp_path / "installed ü"
    (folder / "lib").mkdir(parents=True)
    (folder / "scripts").mkdir()
    for path in (ROOT / "scripts").rglob("*.*"):
        if path.is_file() and "__pycache__" not in path.parts:
            place = folder / path.relative_to(ROOT)
            place.parent.mkdir(exist_ok=True)
            place.symlink_to(path)
    for part in ("workflow", "icons"):
        (folder / part).symlink_to(ROOT / part)
    return folder


@pytest.mark.parametrize("name", STARTERS)
def test_packages_that_are_missing_are_named(
    name: str, damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(many(2, utc_now()))
    monkeypatch.setenv("action", "summary")
    ran = run(name, sys.executable, damaged)
    (row,) = json.loads(ran.out)["items"]
    assert (ran.code, ran.err, row["valid"]) == (0, "", False)
    assert re.match(r"the package \w+ is missing; install Tankful again", row["subtitle"])


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("missing", ["workflow", "workflow/settings.py", "scripts/bootstrap.py"])
def test_files_that_are_missing_are_not_python(name: str, missing: str, damaged: Path) -> None:
    (damaged / "workflow").unlink()
    (damaged / "workflow").mkdir()
    for path in (ROOT / "workflow").iterdir():
        (damaged / "workflow" / path.name).symlink_to(path)
    gone = damaged / missing
    gone.rename(damaged / "gone")
    ran = run(name, sys.executable, damaged)
    told = json.loads(ran.out)
    assert (ran.code, check_rows(told, ROOT)) == (0, [])
    assert "Command Line Tools" not in ran.out
    assert "install Tankful again" in ran.out or str(gone) in ran.out
    if missing.startswith("workflow"):
        assert (len(told["items"]), ran.err) == (1, "")


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("does", [None, "def", "raise SystemExit(3)"])
def test_a_script_that_says_nothing_is_damaged(name: str, does: str | None, damaged: Path) -> None:
    script = damaged / "scripts" / "usage.py"
    script.unlink()
    if does:
        script.write_text(does)
    ran = run(name, sys.executable, damaged)
    told = json.loads(ran.out)
    assert (ran.code, check_rows(told, ROOT)) == (0, [])
    english, chinese = told["items"]
    assert "install Tankful again" in english["subtitle"]
    assert "重新安装 Tankful" in chinese["subtitle"]


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_is_what_it_seems(name: str) -> None:
    path = ROOT / "scripts" / name
    assert path.read_text(encoding="utf-8").count(SYSTEM_PYTHON) == 1
    assert os.access(path, os.X_OK)
    assert path.with_suffix(".py").exists() or "action=fit" in path.read_text(encoding="utf-8")


def test_every_list_has_a_starter() -> None:
    lists = WorkflowFile.load(ROOT).of_kind("input.scriptfilter")
    assert {item.config["scriptfile"] for item in lists} == {f"scripts/{n}" for n in STARTERS}


@pytest.mark.parametrize("typed", ["usage", "usage:"])
def test_alfred_shows_it(pythons: dict[str, str], tmp_path: Path, typed: str) -> None:
    alfred = Alfred(ROOT, tmp_path / "home of a mac", pythons["stub"])
    assert [row.valid for row in alfred.type(typed)] == [False, False]
    alfred.move_to(0)
    alfred.press("cmd+c")
    assert alfred.clipboard == "xcode-select --install"
    assert NOTE in alfred.log.scripts[0].stderr
