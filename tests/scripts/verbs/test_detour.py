"""Every verb that makes requests says that they go to a stand-in, and refuses that in a home with real accounts."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from scripts import commands
from tests import stored
from tests.conftest import ROOT, Ran, Shell
from tests.standin import KEYS, StandIn
from tests.standin.__main__ import TOLD
from tests.stored import remember
from workflow.alfred import publish

ASKING: list[list[str]] = [
    [], ["--wait"], ["list"], ["list", "--json"], ["summary"], ["show", "Work"], ["refresh"],
    ["refresh", "--due"], ["refresh", "Work", "--brief"], ["exchange"], ["import", "--list"],
    ["add", "tavily"], ["add", "tavily", "--no-check"], ["replace", "Work"], ["take-in"],
    ["metrics"], ["trend", "Work"], ["prompt"], ["update-check"],
]  # fmt: skip
SILENT: list[list[str]] = [
    ["config"], ["guide"], ["rename", "Work", "Home"], ["order", "Work", "pin"],
    ["remove", "Work", "--yes"], ["doctor"], ["--version"], ["script-filter"],
    ["history", "--json"],
    ["guard", "Work", "--unknown", "ok"], ["completion", "bash"],
    ["provider", "check", "--help"], ["background"], ["threshold", "Work"], ["statusline"],
]  # fmt: skip


def run(shell: Shell, *args: str) -> Ran:
    """Run a command, and return its output with the line about the stand-in."""
    command = shell.forks
    assert command is not None
    return Ran(*command.run(args, KEYS["tavily-paygo"].value, shell.environment(), 60))


@pytest.fixture
def astray(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The variable is still set in a shell with real accounts."""
    stored.account("tavily-dev", "Work")
    monkeypatch.delenv("TANKFUL_HOME")
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(hours=1))
    return world


def test_no_verb_is_left_out() -> None:
    named = {words[0] for words in (*ASKING, *SILENT) if words}
    assert named >= set(commands.VERBS)


@pytest.mark.slow
@pytest.mark.parametrize("words", ASKING, ids=" ".join)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_verb_that_asks_says_it_in_one_line(
    world: StandIn, shell: Shell, words: list[str], language: str
) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(hours=1))
    first, *_ = run(shell, *words).err.splitlines()
    said = {
        "en": f"tankful: everything goes to {world.url} (TANKFUL_LOOPBACK), not to the providers",
        "zh": f"tankful: 所有请求都发往 {world.url}（TANKFUL_LOOPBACK），不会发给服务商",
    }
    assert first == said[language]
    assert run(shell, *words).err.count("TANKFUL_LOOPBACK") == 1


@pytest.mark.parametrize("words", SILENT, ids=" ".join)
def test_a_verb_that_does_not_ask_says_nothing(
    world: StandIn, shell: Shell, words: list[str]
) -> None:
    remember(stored.account("tavily-dev", "Work"))
    ran = run(shell, *words)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_nobody_is_asked_from_a_home_of_real_accounts(
    astray: StandIn, shell: Shell, words: list[str]
) -> None:
    ran = run(shell, *words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "TANKFUL_LOOPBACK" in ran.err
    assert "set TANKFUL_HOME" in ran.err
    assert astray.requests == []


@pytest.mark.parametrize("words", SILENT, ids=" ".join)
def test_what_does_not_ask_works_there(astray: StandIn, shell: Shell, words: list[str]) -> None:
    assert run(shell, *words).code == 0


def test_the_background_asks_nobody_there(astray: StandIn, shell: Shell) -> None:
    assert run(shell, "refresh", "--background").code == 1
    assert astray.requests == []


def rows(shell: Shell) -> list[str]:
    return [item["title"] for item in json.loads(shell.usage().out)["items"]]


@pytest.mark.slow
@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize(
    ("language", "said"), [("en", "Everything goes to "), ("zh", "所有请求都发往 ")]
)
def test_alfred_has_a_row_for_it_as_long_as_it_is_so(
    world: StandIn, shell: Shell, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setenv("LANG", {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[language])
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(0))
    with_row = [rows(shell), rows(shell)]  # rendered, then the feed
    assert [titles[0] for titles in with_row] == [said + world.url] * 2
    monkeypatch.delenv("TANKFUL_LOOPBACK")
    publish.publish()
    without = [rows(shell), rows(shell)]
    assert without == [with_row[0][1:]] * 2
    monkeypatch.setenv("TANKFUL_LOOPBACK", world.url)
    assert rows(shell) == with_row[0]


def test_alfred_says_that_nobody_is_asked(astray: StandIn, shell: Shell) -> None:
    first, account, *_ = json.loads(shell.usage().out)["items"]
    assert first["title"] == "Tankful asks no provider"
    assert first["valid"] is False
    assert "set TANKFUL_HOME" in first["subtitle"]
    assert account["title"].startswith("Tavily · Work")
    assert astray.requests == []


def test_the_stand_in_and_the_demo_set_both() -> None:
    assert "export TANKFUL_LOOPBACK={url} TANKFUL_HOME={home}\n" in TOLD
    demo = Path(ROOT, "tests/demo.py").read_text(encoding="utf-8")
    assert '"TANKFUL_LOOPBACK"' in demo
    assert '"TANKFUL_HOME"' in demo
    assert os.environ["TANKFUL_HOME"]
