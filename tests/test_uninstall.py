"""The reference names everything that Tankful leaves on a machine."""

from __future__ import annotations

import ast
import functools
import importlib
import os
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from scripts import bootstrap
from scripts.verbs import completion
from tests import stored
from tests.conftest import ROOT
from tests.standin import StandIn
from tests.syntax import walked
from workflow import feed, paths, settings
from workflow.alerts import notices, reminders
from workflow.alfred import lists, pending, publish
from workflow.chatgpt import edge
from workflow.claude import limits
from workflow.credentials import keychain
from workflow.guide import guide, pages
from workflow.history import database
from workflow.provider import index
from workflow.recognition import seen
from workflow.records import replace
from workflow.refresh import background, rate_limits
from workflow.refresh import run as refresh
from workflow.schedule import launchd, runs, systemd
from workflow.storage import accounts

PAGES = {
    language: (ROOT / "workflow" / "guide" / f"reference.{language}.md").read_text(encoding="utf-8")
    for language in guide.LANGUAGES
}
UNINSTALL = {language: told.partition('<a id="uninstall">')[2] for language, told in PAGES.items()}
NAMES = {"en": ("Data", "Cache"), "zh": ("数据", "缓存")}


def named(folder: str, language: str) -> list[str]:
    """The names, or patterns of names, in the row of a folder."""
    row = re.search(rf"^ *\| {folder} \| (.*) \|$", UNINSTALL[language], re.M)
    assert row
    return re.findall(r"`([^`]+)`", row[1])


@pytest.fixture
def used(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The files in both folders of a user who has used everything, and met every error."""
    account = stored.account("chatgpt-session")
    Path(database.path()).write_bytes(b"no database" * 999)
    refresh.refresh(publish=publish.publish)
    pages.compared()
    lists.answer({**os.environ, "action": "details", "account": account.id})
    edge._keep({"chatgpt.com": edge.SYSTEM})
    notices.leave("an alert that nobody showed")
    runs.note(runs.Run(1))
    Path(reminders.file()).touch()
    (Path(paths.data(os.environ)) / "providers").mkdir()
    for name in (
        index.NAME,
        pending.NAME,
        rate_limits.NAME,
        seen.NAME,
        limits.NAME,
    ):  # written once a process, when a key is taken, or by a bundle alone
        Path(paths.cache(os.environ), name).touch()
    monkeypatch.setattr(background, "_detach", lambda *_: None)
    assert background.start(os.environ)
    for name in ("pycache_prefix", "dont_write_bytecode"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    bootstrap.keep_compiled(paths.cache(os.environ))
    for module in (accounts, settings):
        newer = replace(module.DOCUMENT, layout=2, steps={1: lambda fields: fields})
        monkeypatch.setattr(module, "DOCUMENT", newer)
    for content in ("{damaged", '{"layout": 1, "accounts": [], "settings": {}}'):
        Path(accounts.path()).write_text(content)
        Path(settings.path()).write_text(content)
        accounts.change(lambda book: book.with_pending("glm-00000000:1"))
        settings.choose("show", "used")
    for draft in (f"{accounts.path()}.1.2.new", f"{feed.path(os.environ)}.1.2.new"):
        Path(draft).touch()  # of a writer that was killed just now
    return {
        "Data": [name for name in os.listdir(paths.data(os.environ)) if name != "cache"],
        "Cache": os.listdir(paths.cache(os.environ)),
    }


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_every_file_is_named_and_every_name_is_a_file(
    language: str, used: dict[str, list[str]]
) -> None:
    for folder, names in zip(NAMES[language], used.values()):
        patterns = named(folder, language)
        unnamed = [name for name in names if not any(fnmatch(name, p) for p in patterns)]
        assert not unnamed, f"{folder}: {unnamed}"
        gone = [p for p in patterns if not any(fnmatch(name, p) for name in names)]
        assert not gone, f"{folder}: {gone}"


@functools.cache
def written() -> frozenset[tuple[str, str]]:
    """Return every name that the code joins to one of the folders, as a pattern."""
    return frozenset(_written())


def _written() -> Iterator[tuple[str, str]]:
    for path in (ROOT / "workflow").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in walked(path):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.path.join":
                found = re.fullmatch(r"paths\.(data|cache)\(.*\)", ast.unparse(node.args[0]))
                if found and len(node.args) > 1:
                    yield found[1].title(), pattern(node.args[1], name)
            elif isinstance(node, ast.Call):
                found = re.fullmatch(r"files\.in_(data|cache)", ast.unparse(node.func))
                if found:
                    yield found[1].title(), pattern(node.args[0], name)


def pattern(node: ast.expr, module: str) -> str:
    """Return the pattern of a name; the parts known only at run time match anything."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            pattern(part.value if isinstance(part, ast.FormattedValue) else part, module)
            for part in node.values
        )
    if isinstance(node, ast.Constant):
        return str(node.value)
    try:
        return str(eval(ast.unparse(node), vars(importlib.import_module(module))))  # noqa: S307  (ours)
    except (NameError, AttributeError):
        return "*"


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_every_name_that_the_code_writes_is_named(language: str) -> None:
    names = written() - {("Cache", "*"), ("Data", "*")}
    assert {("Cache", "requests.json"), ("Data", "providers"), ("Data", "exchange-*.lock")} < names
    for folder, own in zip(NAMES[language], NAMES["en"]):
        patterns = named(folder, language)
        assert [
            name
            for of, name in sorted(names)
            if of == own and not any(fnmatch(name, each) for each in patterns)
        ] == []


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_what_lies_elsewhere_is_named(language: str) -> None:
    for place in (*completion.SHELLS.values(), "statusLine", "~/.claude/settings.json"):
        assert f"`{place}`" in UNINSTALL[language]


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
def test_what_lets_the_system_refresh_is_named(language: str) -> None:
    told = UNINSTALL[language]
    for place in (*launchd.places(), *systemd.places()[:1]):
        assert f"`{place.replace(os.environ['HOME'], '~')}`" in told
    assert f"`{os.path.basename(systemd.places()[1])}`" in told
    assert "`tankful background off`" in told


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_the_folders_are_named(language: str) -> None:
    for folder in (paths.data, paths.cache):
        for environ in ({"HOME": "~"}, {"HOME": "~", "platform": "darwin"}):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(sys, "platform", environ.get("platform", "linux"))
                assert f"`{folder(environ)}`" in PAGES[language]
