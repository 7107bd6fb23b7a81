"""The paths of our files, on both platforms and under every variable."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts import fallback
from tests.conftest import ROOT, Shell
from workflow import paths

ALFRED = {"alfred_workflow_data": "/a/data", "alfred_workflow_cache": "/a/cache"}
MAC_DATA = "/Users/ada/Library/Application Support/Alfred/Workflow Data/app.tankful.usage"
MAC_CACHE = (
    "/Users/ada/Library/Caches/com.runningwithcrayons.Alfred/Workflow Data/app.tankful.usage"
)

CASES = [
    pytest.param("linux", {}, "/h/.local/share/tankful", "/h/.cache/tankful", id="linux"),
    pytest.param(
        "linux",
        {"XDG_DATA_HOME": "/d/", "XDG_CACHE_HOME": "/c"},
        "/d/tankful",
        "/c/tankful",
        id="xdg",
    ),
    pytest.param(
        "linux",
        {"XDG_DATA_HOME": "relative", "XDG_CACHE_HOME": ""},
        "/h/.local/share/tankful",
        "/h/.cache/tankful",
        id="xdg-counts-only-when-absolute",
    ),
    pytest.param("darwin", {"HOME": "/Users/ada"}, MAC_DATA, MAC_CACHE, id="mac"),
    pytest.param(
        "darwin",
        {"HOME": "/Users/ada/", "XDG_DATA_HOME": "/d"},
        MAC_DATA,
        MAC_CACHE,
        id="mac-without-xdg",
    ),
    pytest.param("darwin", ALFRED, "/a/data", "/a/cache", id="alfred"),
    pytest.param("linux", ALFRED, "/a/data", "/a/cache", id="alfred-elsewhere"),
    pytest.param(
        "darwin", {**ALFRED, "TANKFUL_HOME": "/x/"}, "/x", "/x/cache", id="one-home-over-all"
    ),
    pytest.param("linux", {"TANKFUL_HOME": "~/x/"}, "/h/x", "/h/x/cache", id="below-the-home"),
    pytest.param("darwin", {"TANKFUL_HOME": "~"}, "/h", "/h/cache", id="the-home"),
    pytest.param("linux", {"TANKFUL_HOME": "/"}, "/", "/cache", id="root"),
]


@pytest.mark.parametrize(("platform", "environ", "data", "cache"), CASES)
def test_the_folders(
    monkeypatch: pytest.MonkeyPatch, platform: str, environ: dict[str, str], data: str, cache: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert paths.data({"HOME": "/h", **environ}) == data
    assert paths.cache({"HOME": "/h", **environ}) == cache


@pytest.mark.parametrize("folder", ["x", "./x", "../x", ".", "~ada/x", "~x", "Users/ada", " /x"])
@pytest.mark.parametrize("name", ["TANKFUL_HOME", "alfred_workflow_data"])
def test_a_relative_folder_is_refused(folder: str, name: str) -> None:
    with pytest.raises(paths.Unplaced) as told:
        paths.data({"HOME": "/h", name: folder})
    for words in fallback.reason(told.value):
        assert name in words


def test_every_face_says_that_a_relative_folder_is_refused(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TANKFUL_HOME", "here")
    for verb in (["list"], ["refresh"], ["summary"], ["config", "show", "used"]):
        ran = shell.tankful(*verb)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
        assert ran.err.startswith("tankful: TANKFUL_HOME must be a full path")
    monkeypatch.setenv("TANKFUL_LANGUAGE", "zh")
    assert shell.tankful("list").err.startswith("tankful: TANKFUL_HOME 必须是绝对路径")
    monkeypatch.delenv("TANKFUL_LANGUAGE")
    for script, variables in (
        ("usage.py", {}),
        ("usage.py menu", {"action": "extras"}),
        ("alfred/action.py", {"action": "refresh_all"}),
    ):
        monkeypatch.setattr(shell, "env", variables)
        ran = shell.run([sys.executable, "-IS", *f"{ROOT}/scripts/{script}".split()])
        assert ran.code == 0
        assert "TANKFUL_HOME must be a full path" in ran.out
        assert ran.err == ""
    assert not (ROOT / "here").exists()


def test_on_a_mac_every_face_shares_the_folders_alfred_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    shell = {"HOME": "/Users/ada"}
    alfred = {**shell, "alfred_workflow_data": MAC_DATA, "alfred_workflow_cache": MAC_CACHE}
    assert paths.data(shell) == paths.data(alfred)
    assert paths.cache(shell) == paths.cache(alfred)


def test_the_root_holds_the_installation() -> None:
    assert paths.root() == str(ROOT)
