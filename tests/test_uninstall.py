"""The reference names whatever Tankful leaves on a machine."""

from __future__ import annotations

import os
import re
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Dict, List

import pytest

from scripts import bootstrap
from tests import stored
from tests.conftest import ROOT
from tests.standin import StandIn
from workflow import feed, paths, settings
from workflow.alfred import publish
from workflow.chatgpt import edge
from workflow.credentials import keychain
from workflow.guide import guide
from workflow.refresh import background
from workflow.refresh import run as refresh
from workflow.storage import accounts

PAGES = {
    language: (ROOT / "workflow" / "guide" / f"reference.{language}.md").read_text(encoding="utf-8")
    for language in guide.LANGUAGES
}
UNINSTALL = {language: told.partition('<a id="uninstall">')[2] for language, told in PAGES.items()}
NAMES = {"en": ("Data", "Cache"), "zh": ("数据", "缓存")}


def named(folder: str, language: str) -> List[str]:
    """The names, or patterns of names, in the row of a folder."""
    row = re.search(rf"^ *\| {folder} \| (.*) \|$", UNINSTALL[language], re.M)
    assert row
    return re.findall(r"`([^`]+)`", row[1])


@pytest.fixture
def used(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> Dict[str, List[str]]:
    """What lies in both folders of somebody to whom everything has happened."""
    stored.account("chatgpt-session")
    refresh.refresh(publish=publish.publish)
    guide.page_path("", "en")
    edge._keep({"chatgpt.com": edge.SYSTEM})
    monkeypatch.setattr(background, "_detach", lambda *_: None)
    assert background.start(os.environ)
    for name in ("pycache_prefix", "dont_write_bytecode"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    bootstrap._keep_compiled(paths.cache(os.environ))
    for module in (accounts, settings):
        monkeypatch.setattr(module, "LAYOUT", 2)
        monkeypatch.setitem(module.STEPS, 1, lambda document: document)
    for content in ("{damaged", '{"layout": 1, "accounts": [], "settings": {}}'):
        Path(accounts.path()).write_text(content)
        Path(settings.path()).write_text(content)
        accounts.change(lambda book: book.noting("glm-00000000:1"))
        settings.choose("show", "used")
    for draft in (f"{accounts.path()}.1.2.new", f"{feed.path(os.environ)}.1.2.new"):
        Path(draft).touch()  # of a writer that was killed just now
    return {
        "Data": [name for name in os.listdir(paths.data(os.environ)) if name != "cache"],
        "Cache": os.listdir(paths.cache(os.environ)),
    }


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_every_file_is_named_and_every_name_is_a_file(
    language: str, used: Dict[str, List[str]]
) -> None:
    for folder, names in zip(NAMES[language], used.values()):
        patterns = named(folder, language)
        unnamed = [name for name in names if not any(fnmatch(name, p) for p in patterns)]
        assert not unnamed, f"{folder}: {unnamed}"
        gone = [p for p in patterns if not any(fnmatch(name, p) for name in names)]
        assert not gone, f"{folder}: {gone}"


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_every_way_it_was_installed_is_named(language: str) -> None:
    told = UNINSTALL[language]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^name = "(.*)"$', project, re.M)
    assert found
    for tool in ("uv tool", "pipx", "pip"):
        assert f"`{tool} uninstall {found[1]}`" in told
    assert f"security delete-generic-password -s {keychain.SERVICE}`" in told
    assert f"secret-tool clear service {keychain.SERVICE}`" in told
    for left in ("`.venv`", "`dist`", "keyringrc.cfg", "Raycast", "Keychain Access", "Seahorse"):
        assert left in told


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_the_folders_are_named(language: str) -> None:
    for folder in (paths.data, paths.cache):
        for environ in ({"HOME": "~"}, {"HOME": "~", "platform": "darwin"}):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(sys, "platform", environ.get("platform", "linux"))
                assert f"`{folder(environ)}`" in PAGES[language]
