"""``tankful --help``: complete, and readable at the width of the terminal."""

from __future__ import annotations

import json
import re
import sys
from datetime import timedelta

import click
import pytest
from click.testing import CliRunner

from scripts import commands
from tests import stored
from tests.conftest import Shell
from tests.standin import StandIn
from tests.stored import remember
from workflow import settings
from workflow.provider import discovery


def told(*args: str) -> str:
    """Run ``tankful`` with 80 columns, and return its output."""
    return CliRunner(env={"COLUMNS": "80"}).invoke(commands.main, args, prog_name="tankful").output


def test_no_one_liner_is_cut() -> None:
    shown = told("--help")
    assert "..." not in shown.partition("Commands:")[2]
    assert max(map(len, shown.splitlines())) <= 80


def test_the_verbs_of_launchers_are_not_listed_and_work() -> None:
    listed = re.findall(r"^  ([a-z-]+) ", told("--help").partition("Commands:")[2], re.MULTILINE)
    assert set(listed) == set(commands.VERBS) - set(commands.INTERNAL)
    for verb in commands.INTERNAL:
        assert f"tankful {verb}" in told(verb, "--help")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("verb", ["add", "guide"])
def test_providers_are_named(verb: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANKFUL_LANGUAGE", language)
    shown = " ".join(told(verb, "--help").split())
    assert f"PROVIDER: {', '.join(discovery.names())}" in shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_settings_are_named(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANKFUL_LANGUAGE", language)
    shown = " ".join(told("config", "--help").split())  # the list is longer than a line
    assert f"NAME: {', '.join(settings.CHOICES)}" in shown


def test_a_key_in_the_place_of_a_verb_is_not_repeated(shell: Shell) -> None:
    ran = shell.tankful("tvly-dev-canary0123456789")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "canary" not in ran.err
    assert "history" in ran.err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lst", "list"),
        ("refrsh", "refresh"),
        ("ls", "list"),
        ("rm", "remove"),
        ("wrk", "Work"),
        ("tavily/Wrok", "tavily/Work"),
        ("tavly", "tavily"),
    ],
)
def test_a_slip_is_told_what_was_meant(shell: Shell, typed: str, meant: str) -> None:
    stored.account("tavily-dev", "Work")
    ran = shell.tankful(typed)
    assert (ran.code, ran.out) == (2, "")
    assert f"did you mean {meant}?" in ran.err
    assert "see tankful --help" in shell.tankful("qqqqq").err
    for slip, meant in (("exprot", "history --csv"), ("vresion", "--version"), ("pin", "order")):
        assert f"did you mean {meant}?" in shell.tankful(slip).err


def test_privacy_hides_the_names_that_were_not_typed(shell: Shell) -> None:
    first, other = stored.account("tavily-dev", "Work"), stored.account("tavily-paygo", "Home")
    named = shell.tankful("show", "tavily")
    assert named.err.endswith("which tavily? say one of: tavily/Work, tavily/Home\n")
    shell.tankful("config", "privacy", "1")
    for words in ("show tavily", "show wrk", "show tavily/Wrok", "guard wrk", "wrk", "tavily/Wrok"):
        ran = shell.tankful(*words.split())
        assert (ran.code, ran.out) == (2, "")
        assert not {"Work", "Home"} & set(re.findall(r"\w+", ran.err)), ran.err
    ran = shell.tankful("show", "tavily")
    assert ran.err.endswith(f"which tavily? say one of: {first.id}, {other.id}\n")
    for words in ("show tavly", "tavly"):
        assert "did you mean tavily?" in shell.tankful(*words.split()).err
    assert "see `tankful list`" in shell.tankful("show", "wrk").err


@pytest.mark.parametrize(
    "words",
    [
        "nonsense",
        "list --jsno",
        "show nobody",
        "refresh nobody",
        "summary nobody",
        "remove nobody --yes",
        "rename nobody Work",
        "replace nobody",
        "order nobody up",
        "order",
        "exchange nobody",
        "trend nobody",
        "history --csv nobody",
        "threshold nobody",
        "guard nobody",
        "add nobody",
        "guide nobody",
        "config nobody",
        "config low 500",
        "background maybe",
    ],
)
def test_what_was_typed_and_means_nothing_is_wrong_usage(
    world: StandIn, shell: Shell, words: str
) -> None:
    remember(stored.account("tavily-dev", "Work"))
    ran = shell.tankful(*words.split())
    assert (ran.code, ran.out) == (2, "")
    assert "unexpected" not in ran.err


def test_help_is_a_word_too(shell: Shell) -> None:
    told = shell.tankful("help").out
    assert "Commands:" in told
    assert "options of `tankful list` (--all, --watch, --json, --plain …)" in " ".join(told.split())
    assert "--scope" in shell.tankful("help", "add").out


def test_an_account_or_provider_is_shown_by_its_name(world: StandIn, shell: Shell) -> None:
    for key, label in (("tavily-dev", "Work"), ("glm-cn", "Work"), ("glm-intl", "Home")):
        remember(stored.account(key, label), ago=timedelta(minutes=1))
    for name in ("glm/Work", "GLM · Work", "tavily", "Home"):
        assert shell.tankful(name).out == shell.tankful("show", name).out != ""
    rows = shell.tankful("glm", "--plain").out.splitlines()
    assert [row.partition("\t")[0] for row in rows] == ["GLM · Work", "GLM · Home"]
    rows = shell.tankful("Work").out.splitlines()
    assert len(rows) == 2
    wrong = shell.tankful("show", "Work")
    assert wrong.code == 2
    assert "glm/Work, tavily/Work" in wrong.err or "tavily/Work, glm/Work" in wrong.err


@pytest.mark.parametrize(
    "options", [["--json"], ["--wait"], ["--json", "--wait"], ["--wait", "--json"]]
)
def test_options_without_a_verb_are_those_of_the_list(
    world: StandIn, shell: Shell, options: list[str]
) -> None:
    remember(stored.account("tavily-dev", "Work"), ago=timedelta(hours=1))
    ran = shell.tankful(*options)
    assert (ran.code, ran.err) == (0, "")
    if "--json" in options:
        (account,) = json.loads(ran.out)["accounts"]
        assert (account["label"], account["stale"]) == ("Work", "--wait" not in options)
    else:
        assert "Work" in ran.out
        assert "just now" in ran.out


def test_options_of_the_command_itself_stay_its_own() -> None:
    assert told("--version").startswith("tankful, version ")
    assert told("-h") == told("--help")
    assert "Commands:" in told("-h")


def test_an_option_that_the_list_does_not_have(shell: Shell) -> None:
    ran = shell.tankful("--nonsense")
    assert (ran.code, ran.out) == (2, "")
    assert "No such option" in ran.err
    ran = shell.tankful("--", "tvly-dev-canary0123456789")
    assert ran.code == 2
    assert "canary" not in ran.err


def test_each_verb_is_listed_with_its_own_first_sentence() -> None:
    for name, sentence in commands.VERBS.items():
        command = commands.main.get_command(click.Context(commands.main), name)
        assert command is not None
        assert " ".join((command.help or "").split("\n\n")[0].split()) == sentence


@pytest.mark.parametrize(
    ("words", "closed", "code"),
    [
        ("list", ">&-", 0),
        ("--json", ">&-", 0),
        ("refresh", "2>&-", 0),
        ("add glm", "<&-", 1),
        ("statusline", "<&- >&-", 0),
    ],
)
def test_a_stream_may_be_closed(shell: Shell, words: str, closed: str, code: int) -> None:
    command = f'exec "$0" -m scripts.tankful {words} {closed}'
    ran = shell.run(["/bin/sh", "-c", command, sys.executable])
    assert ran.code == code
    assert "Traceback" not in ran.err
    assert "unexpected" not in ran.err


@pytest.mark.parametrize(("package", "verb"), [("click", "config"), ("h11", "refresh")])
def test_a_package_that_is_missing_is_named_in_one_line(
    shell: Shell, package: str, verb: str
) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; sys.argv = ['tankful', {verb!r}]; "
    ran = shell.run([sys.executable, "-c", f"{code}from scripts.tankful import main; main()"])
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith(f"tankful: the package {package} is missing; install Tankful again")
