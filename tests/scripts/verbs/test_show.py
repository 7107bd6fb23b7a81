"""``tankful show``: one account with every number, as Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import examples, stored
from tests.conftest import Shell
from tests.standin import StandIn
from workflow.models import utc_now


@pytest.fixture
def six(home: Path) -> None:
    examples.install(examples.many(6, utc_now()))


@pytest.mark.parametrize("name", ["glm-00000000", "Work 1", "work 1"])
def test_every_number_of_an_account(six: None, shell: Shell, name: str) -> None:
    ran = shell.tankful("show", name)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[:3] == ["# GLM · Work 1", "", "**41% left ▰▰▰▰▱▱▱▱▱▱**"]
    assert lines[4].startswith("- **Weekly**: 41% left ▰▰▰▰▱▱▱▱▱▱ · window 7d · resets in ")
    assert any(
        line.startswith("- **Fetched**: ") and line.endswith(" · just now") for line in lines
    )
    assert lines[-1] == "- **Account id**: glm-00000000"


def test_it_speaks_chinese(six: None, shell: Shell) -> None:
    shell.env = {"TANKFUL_LANGUAGE": "zh", "TANKFUL_SHOW": "used"}
    assert "- **每周**: 已用 59% ▰▰▰▰▰▰▱▱▱▱ · 窗口 7天" in shell.tankful("show", "Work 1").out


@pytest.mark.parametrize(("words", "code"), [(["nobody"], 1), ([], 2), (["a", "b"], 2)])
def test_what_it_cannot_show(six: None, shell: Shell, words: list[str], code: int) -> None:
    ran = shell.tankful("show", *words)
    assert (ran.code, ran.out) == (code, "") and ran.err


def test_it_waits_when_nothing_is_known(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev", "Dev")
    ran = shell.tankful("show", "Dev")
    assert "361 of 1,000 credits used" in ran.out
    assert len(world.requests) == 1
