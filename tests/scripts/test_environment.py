"""What scripts/demo, test and check prepare, and when."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

PYTHON = """#!/bin/sh
echo "$*" >>"{log}"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment is whole; its Python only notes what it is called with."""
    folder = tmp_path / "checkout"
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    python = folder / ".venv/bin/python"
    python.write_text(PYTHON.format(log=tmp_path / "calls"))
    python.chmod(0o755)
    (folder / ".venv/bin/tankful").write_text(f"#!{python}\n")
    (folder / ".venv/installed").write_text("4294967295 0[test]\n")
    return folder


def calls(folder: Path) -> str:
    """Prepare the environment in this folder, and return what its Python was called with."""
    code = f'VENV= PYTHON=.venv/bin/python; . "{ROOT}/scripts/environment.sh"; prepare ""'
    subprocess.run(["sh", "-euc", code], cwd=folder, check=True, capture_output=True)
    log = folder.parent / "calls"
    return log.read_text() if log.exists() else ""


def test_what_is_installed_is_left_alone(checkout: Path) -> None:
    assert calls(checkout) == ""
    (checkout / ".venv/bin/tankful").unlink()
    assert calls(checkout) == ""


def test_another_project_file_is_installed_into_it(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("[project]")
    assert "-m venv .venv\n-m pip install" in calls(checkout)


def test_an_environment_that_was_moved_is_made_anew(checkout: Path) -> None:
    """Its commands begin with the path of the Python that is no longer there."""
    moved = checkout.rename(checkout.parent / "moved")
    assert "-m venv --clear .venv\n-m pip install" in calls(moved)
