"""The wheel: one package in site-packages, which conflicts with no other."""

from __future__ import annotations

import os
import plistlib
import re
import subprocess
import sys
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workflow import __author__, __url__, __version__
from workflow.provider import discovery


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout; skips the tests if it cannot be built."""
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
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = f"tankful-{__version__}.dist-info/METADATA"
        return message_from_string(archive.read(name).decode())


def test_its_metadata_is_whole(metadata: Message) -> None:
    assert (metadata["License-Expression"], metadata["License-File"]) == ("MIT", "LICENSE")
    assert metadata["Requires-Python"] == ">=3.9"
    assert metadata["Description-Content-Type"] == "text/markdown"
    for name in ("Summary", "Keywords", "Classifier"):
        assert metadata[name]


def test_author_and_address_are_those_of_the_code(metadata: Message) -> None:
    assert metadata["Author"] == __author__
    plist = plistlib.loads((ROOT / "info.plist").read_bytes())
    assert (plist["createdby"], plist["webaddress"]) == (__author__, __url__)
    addresses = [line.partition(", ")[2] for line in metadata.get_all("Project-URL", [])]
    assert bool(addresses) == bool(__url__)
    assert [address for address in addresses if not address.startswith(__url__)] == []


def test_no_provider_is_listed_by_hand() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = set(re.findall(r"[\w-]+", project)) & set(discovery.names())
    assert listed == set()


def test_it_brings_one_package(names: list[str]) -> None:
    assert {name.split("/")[0] for name in names} == {"tankful", f"tankful-{__version__}.dist-info"}


def test_it_brings_what_runs_and_nothing_else(names: list[str]) -> None:
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
