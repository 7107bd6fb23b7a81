"""The wheel: one package in site-packages, and nobody in its way."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import List

import pytest

from tests.conftest import ROOT
from workflow import __version__


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout; the tests are skipped where none can be built."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "-w",
        str(folder),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no wheel can be built here: {done.stderr[-200:]}")
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def names(wheel: Path) -> List[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_it_brings_one_package(names: List[str]) -> None:
    assert {name.split("/")[0] for name in names} == {"tankful", f"tankful-{__version__}.dist-info"}


def test_it_brings_what_runs_and_nothing_else(names: List[str]) -> None:
    for needed in (
        "tankful/__init__.py",
        "tankful/icons/glm.png",
        "tankful/scripts/tankful.py",
        "tankful/scripts/verbs/list.py",
        "tankful/workflow/feed.py",
    ):
        assert needed in names
    assert not [name for name in names if "/tools/" in name or name.endswith("preview.png")]


@pytest.mark.parametrize("python_path", [False, True])
def test_it_starts_beside_others_of_the_same_names(
    wheel: Path, tmp_path: Path, python_path: bool
) -> None:
    """``workflow`` is the name of another package for Alfred, and many bring a ``scripts`` by mistake."""
    site, foreign = tmp_path / "site", tmp_path / "foreign"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for name in ("workflow", "scripts"):
        package = (foreign if python_path else site) / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("raise SystemExit('the wrong one')")
    environ = {**os.environ, "PYTHONPATH": f"{foreign}:{site}"}
    code = "import sys; sys.argv[0] = 'tankful'; import tankful; tankful.main()"
    for args in (["--version"], ["list"], ["guide", "glm", "--html"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *args],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        assert __version__ in done.stdout or args != ["--version"]
