"""``tankful show``: one account with every number, as Markdown."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import examples, stored
from tests.conftest import ROOT, Shell
from tests.standin import Reply, StandIn
from workflow.models import utc_now


@pytest.fixture
def six(home: Path) -> None:
    examples.install(examples.many(6, utc_now()))


@pytest.mark.parametrize("name", ["glm-00000000", "Work 1", "work 1"])
def test_every_number_of_an_account(six: None, shell: Shell, name: str) -> None:
    ran = shell.tankful("show", name)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[:3] == ["# GLM · Work 1", "", "**41% left ▰▰▰┃▰▱▱▱▱▱▱**"]
    assert lines[4].startswith("- **Weekly**: 41% left ▰▰▰▰▱▱▱▱▱▱ · resets in ")
    assert any(
        line.startswith("- **Fetched**: ") and line.endswith(" · just now") for line in lines
    )
    assert lines[-1] == "- **Account ID**: glm-00000000"


def test_it_speaks_chinese(six: None, shell: Shell) -> None:
    shell.env = {"TANKFUL_LANGUAGE": "zh", "TANKFUL_SHOW": "used"}
    assert "- **每周**：已用 59% ▰▰▰▰▰▰▱▱▱▱ · " in shell.tankful("show", "Work 1").out


@pytest.mark.parametrize(("words", "code"), [(["nobody"], 2), ([], 2), (["a", "b"], 2)])
def test_what_it_cannot_show(six: None, shell: Shell, words: list[str], code: int) -> None:
    ran = shell.tankful("show", *words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err


def test_it_waits_when_nothing_is_known(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev", "Dev")
    ran = shell.tankful("show", "Dev")
    assert "361 of 1,000 credits used" in ran.out
    assert len(world.requests) == 1


def test_it_explains_where_the_numbers_come_from(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev", "Dev")
    lines = shell.tankful("show", "Dev", "--explain", "--wait").out.splitlines()
    assert lines[0] == "# Tavily · Dev: where the numbers come from"
    assert "- **Plan · used**: 361 credits = `/account/plan_usage`" in lines
    assert "- **Endpoint**: `api.tavily.com/usage` · Plan" in lines


def test_as_json_with_the_explanation(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev", "Dev")
    plain = json.loads(shell.tankful("show", "Dev", "--json", "--wait").out)
    (account,) = plain["accounts"]
    assert (plain["schema"], account["label"]) == ("tankful.usage.v1", "Dev")
    assert "explanation" not in account
    (account,) = json.loads(shell.tankful("show", "Dev", "--json", "--explain").out)["accounts"]
    (used, *_) = account["explanation"]["numbers"]
    assert (used["name"], used["formula"]) == ("Plan", "/account/plan_usage")


def test_a_changed_answer_is_said_and_explained(world: StandIn, shell: Shell) -> None:
    stored.account("tavily-dev", "Dev")
    account = {"current_plan": "Researcher", "plan_usage": 361, "plan_limit": 1000}
    told = {"key": {"usage": 1, "limit": None}, "account": {**account, "bonus_credits": 250}}
    world.reply("api.tavily.com", "/usage", Reply(200, told))
    assert "the provider changed its answer" in shell.tankful("list", "--wait").out
    lines = shell.tankful("show", "Dev", "--explain").out.splitlines()
    assert lines[2:4] == [
        "- **Changed**: the provider changed its answer; these numbers may be incomplete",
        "- **New field**: `/account/bonus_credits` = 250",
    ]
    assert "tavily, new: /account/bonus_credits = 250" in shell.tankful("doctor").out


def test_it_loads_nothing_that_deletes_or_exports_a_history() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import scripts.verbs.show\n"
        "print([name for name in ('csv', 'scripts.verbs.history') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
