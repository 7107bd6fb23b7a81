"""A few characters for a status line."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from tests import examples
from tests.conftest import Shell
from tests.said import Phrase
from workflow.alfred import publish, served
from workflow.display import prompt, times
from workflow.models import Failure, Spend, Usage, WorkBlocked, utc_now
from workflow.records import replace
from workflow.state import state


def text(of: state.State) -> str:
    return times.fill(prompt.prompt(of).text, utc_now())


def test_the_most_urgent_come_first_with_their_number(home: Path) -> None:
    examples.install(examples.six(utc_now()))
    parts = text(state.read()).split(prompt.BETWEEN)
    assert len(parts) == prompt.MOST
    assert parts[0] == "ChatGPT 12%"
    assert "GLM 41%" in parts
    assert prompt.prompt(state.read()).level == "low"


def test_accounts_of_one_provider_have_their_names(home: Path) -> None:
    account, snapshot = examples.GLM
    other = replace(account, id="glm-0000000f", label="Home")
    examples.install([(account, snapshot), (other, replace(snapshot, account_id=other.id))])
    names = [
        part.rpartition(" ")[0] for part in prompt.prompt(state.read()).text.split(prompt.BETWEEN)
    ]
    assert sorted(names) == ["GLM · Home", "GLM · Work"]


def test_a_failure_is_a_sign(home: Path) -> None:
    account, snapshot = examples.GLM
    failure = Failure("credential_rejected", Phrase("replace it", "请更换"), utc_now())
    examples.install([(account, replace(snapshot, failure=failure))])
    assert text(state.read()) == "GLM ⚠"


def test_a_block_is_a_sign_and_a_spend_is_not_taken_for_what_is_left(home: Path) -> None:
    now = utc_now()
    spend = Spend(Decimal("2.25"), "USD", now.replace(day=1), now, "month")
    usage = Usage(spends=(spend,), blocked=WorkBlocked("suspended", Phrase("shut", "停用")))
    account, snapshot = examples.known("deepinfra", "Shut", usage)
    examples.install([(account, replace(snapshot, fetched_at=now))])
    shown = prompt.prompt(state.read())
    assert times.fill(shown.text, now) == "DeepInfra ⛔ $2.25 used"
    assert times.fill(shown.text, now + timedelta(days=40)) == "DeepInfra ⛔ …"


def test_it_is_served_and_the_same_as_the_verb_says(home: Path, shell: Shell) -> None:
    examples.install(examples.six(utc_now() - timedelta(minutes=1)))
    publish.publish()
    assert shell.tankful("prompt").out.strip() == text(state.read())
    Path(served.path()).unlink()
    assert shell.tankful("prompt").out.strip() == text(state.read())
    told = json.loads(shell.tankful("prompt", "--json").out)
    assert told["text"] == text(state.read())
    assert told["class"] == "low"
    assert len(told["tooltip"].splitlines()) == 6


def test_without_accounts_there_is_nothing_to_say(shell: Shell) -> None:
    ran = shell.tankful("prompt")
    assert (ran.code, ran.out, ran.err) == (0, "\n", "")
