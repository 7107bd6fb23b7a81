"""``tankful show`` on a terminal: the facts of an account in two columns."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from scripts.terminal import account as account_card
from tests import examples
from tests.conftest import Shell
from tests.said import in_language
from tests.terminal import terminal
from workflow.display import details
from workflow.display.summary import spoken
from workflow.i18n.catalog import speaking
from workflow.models import Usage, utc_now
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import state as states

STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ENDPOINT = "api.openai.com/v1/organization/spend_limit"


@pytest.fixture
def six(home: Path) -> None:
    """An account of every kind, just refreshed."""
    examples.install(examples.six(utc_now()))


def printed(
    capsys: pytest.CaptureFixture[str],
    settings: Settings,
    name: str,
    now: datetime | None = None,
) -> list[str]:
    at = now or utc_now()
    state = states.read(settings, now=lambda: at)
    with speaking(settings.translation):
        account = state.book.named(name)
        account_card.show(state, account, at, details.facts(state, account))
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("columns", [30, 40, 80, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_fact_is_there_however_narrow_the_terminal(
    six: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    columns: int,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    settings, now = Settings(language=language), utc_now()
    state = states.read(settings, now=lambda: now)
    for account in state.book.accounts:
        lines = printed(capsys, settings, account.id, now)
        said = "".join("".join(lines).split())
        for name, value in in_language(language, details.facts, state, account):
            told = in_language(language, spoken, name + value, now)
            assert "".join(told.split()) in said
        assert "…" not in said
        assert all(cell_len(line) <= columns or "/" in line for line in lines)


def test_values_stand_in_a_column_of_their_own(
    six: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    _, empty, *facts = printed(capsys, Settings(), "Work")
    assert empty == ""
    column = next(line for line in facts if line.startswith("Account ID")).index("glm-")
    assert {line[column - 2 : column] for line in facts} == {"  "}
    assert all(line[column] != " " for line in facts)


def test_nothing_is_escaped(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account, snapshot = examples.OPENAI
    usage = replace(snapshot.usage or Usage(), endpoints=(ENDPOINT,))
    examples.install([(replace(account, label="[b]x_y[/b]"), replace(snapshot, usage=usage))])
    lines = printed(capsys, Settings(), account.id)
    assert "[b]x_y[/b]" in lines[0]
    assert any(line.endswith(f" {ENDPOINT}") for line in lines)


def test_a_terminal_shows_it_with_the_headline_of_the_list(six: None, shell: Shell) -> None:
    shown = terminal(shell, "show", "Work")
    assert STYLE.search(shown)
    plain = STYLE.sub("", shown)
    assert plain.splitlines()[0] == "● GLM · Work  41% left ▰▰▰┃▰▱▱▱▱▱▱"
    assert "**" not in plain
    assert "\\" not in plain
