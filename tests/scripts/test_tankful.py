"""``tankful --help``: what there is, readable where it stands."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import List

import pytest
from click.testing import CliRunner

from scripts import tankful
from tests import stored
from tests.conftest import Shell
from tests.standin import StandIn
from tests.stored import remember
from workflow import settings
from workflow.provider import discovery


def told(*args: str) -> str:
    """What is printed at eighty columns."""
    return CliRunner(env={"COLUMNS": "80"}).invoke(tankful.main, args, prog_name="tankful").output


def test_no_one_liner_is_cut() -> None:
    shown = told("--help")
    assert "..." not in shown.partition("Commands:")[2]
    assert max(map(len, shown.splitlines())) <= 80


def test_the_verbs_of_launchers_are_not_listed_and_work() -> None:
    listed = re.findall(r"^  ([a-z-]+) ", told("--help").partition("Commands:")[2], re.MULTILINE)
    assert set(listed) == set(tankful.VERBS) - set(tankful.INTERNAL)
    for verb in tankful.INTERNAL:
        assert f"tankful {verb}" in told(verb, "--help")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("verb", ["add", "guide"])
def test_providers_are_named(verb: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANKFUL_LANGUAGE", language)
    assert f"PROVIDER: {', '.join(discovery.names())}\n" in told(verb, "--help")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_settings_are_named(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANKFUL_LANGUAGE", language)
    shown = " ".join(told("config", "--help").split())  # the list is longer than a line
    assert f"NAME: {', '.join(settings.CHOICES)}" in shown


def test_a_key_in_the_place_of_a_verb_is_not_repeated(shell: Shell) -> None:
    ran = shell.tankful("tvly-dev-canary0123456789")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "canary" not in ran.err and "history" in ran.err
    assert "No such command 'lst'" in shell.tankful("lst").err


@pytest.mark.parametrize(
    "options", [["--json"], ["--wait"], ["--json", "--wait"], ["--wait", "--json"]]
)
def test_options_without_a_verb_are_those_of_the_list(
    world: StandIn, shell: Shell, options: List[str]
) -> None:
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(hours=1))
    ran = shell.tankful(*options)
    assert (ran.code, ran.err) == (0, "")
    if "--json" in options:
        (account,) = json.loads(ran.out)["accounts"]
        assert (account["label"], account["stale"]) == ("Work", "--wait" not in options)
    else:
        assert "Work" in ran.out and "just now" in ran.out


def test_options_of_the_command_itself_stay_its_own() -> None:
    assert told("--version").startswith("tankful, version ")
    assert told("-h") == told("--help") and "Commands:" in told("-h")


def test_an_option_that_the_list_does_not_have(shell: Shell) -> None:
    ran = shell.tankful("--nonsense")
    assert (ran.code, ran.out) == (2, "") and "No such option" in ran.err
    ran = shell.tankful("--", "tvly-dev-canary0123456789")
    assert ran.code == 2 and "canary" not in ran.err
