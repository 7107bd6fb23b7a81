"""The click command behind the keystroke: renders, prints, leaves the feed, never fails."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests import examples
from tests.alfred_harness.reference import violations
from tests.conftest import ROOT, Ran, Shell
from workflow import feed, paths
from workflow.models import utc_now

pytestmark = pytest.mark.usefixtures("compiled")

SCRIPT = str(ROOT / "scripts/tankful.py")


def titles(ran: Ran) -> list[str]:
    assert (ran.code, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert violations("scriptfilter", told) == []
    return [item["title"] for item in told["items"]]


@pytest.fixture
def known(home: Path) -> Path:
    """Six accounts that have just answered, and no feed."""
    examples.install(examples.many(6, utc_now()))
    examples.without_best()
    return Path(feed.path(os.environ))


@pytest.mark.parametrize("command", [["script-filter"], []], ids=["verb", "script"])
def test_it_prints_the_rows_and_leaves_the_feed(
    known: Path, shell: Shell, command: list[str]
) -> None:
    alone = [sys.executable, "-IS", SCRIPT, "script-filter"]
    ran = shell.tankful(*command) if command else shell.run(alone)
    assert titles(ran)[0].replace("┃", "") == "GLM · Work 1   41% left ▰▰▰▰▱▱▱▱▱▱"
    assert known.read_bytes().startswith(feed.LAYOUT.encode())


def test_it_renders_anew_though_there_is_a_feed(known: Path, shell: Shell) -> None:
    shell.tankful("script-filter")
    shell.tankful("config", "show", "used")
    assert titles(shell.tankful("script-filter"))[0].startswith("GLM · Work 1   59% used")


def test_a_wish_for_one_call_leaves_no_feed(known: Path, shell: Shell) -> None:
    shell.env = {"TANKFUL_SHOW": "used"}
    assert titles(shell.tankful("script-filter"))[0].startswith("GLM · Work 1   59% used")
    assert not known.exists()


def test_what_cannot_be_read_is_a_row(known: Path, shell: Shell) -> None:
    Path(paths.data(os.environ), "accounts.json").write_text('{"layout": 99}')
    assert titles(shell.tankful("script-filter")) == ["Tankful cannot show the accounts"]
