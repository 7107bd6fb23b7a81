"""No command repeats a credential of its command line, wherever it stands."""

from __future__ import annotations

import pytest

from scripts import commands
from tests import stored
from tests.conftest import Shell
from workflow.storage import accounts

pytestmark = pytest.mark.usefixtures("compiled")

KEY = "tvly-dev-canary0123456789abcdef0123"
VERBS = [verb for verb in commands.VERBS if verb not in commands.INTERNAL]
ELSEWHERE = [
    ["list", "--json", KEY],
    ["show", "Work", KEY],
    ["show", f"--{KEY}"],
    [f"--{KEY}"],
    ["help", KEY],
    ["rename", KEY, "x"],
    ["rename", "Work", KEY],
    ["rename", "Work", f"密钥：{KEY}"],
    ["order", "Work", KEY],
    ["threshold", "Work", KEY],
    ["trend", "Work", "--days", KEY],
    ["guard", "Work", "--min", KEY],
    ["config", KEY, "3"],
    ["config", "language", KEY],
    ["provider", "check", KEY],
    ["history", "--csv", "--since", KEY],
]


@pytest.fixture(autouse=True)
def work() -> None:
    stored.account("tavily-dev", "Work")


@pytest.mark.parametrize("args", [*([verb, KEY] for verb in VERBS), *ELSEWHERE], ids=" ".join)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_key_is_refused_and_not_repeated(shell: Shell, args: list[str], language: str) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    ran = shell.tankful(*args)
    assert ran.code == 2, ran.err
    assert "canary" not in ran.out + ran.err
    assert [account.label for account in accounts.load().accounts] == ["Work"]


@pytest.mark.parametrize("args", [["show", KEY], ["rename", "Work", KEY]], ids=" ".join)
def test_the_warning_says_what_to_do(shell: Shell, args: list[str]) -> None:
    ran = shell.tankful(*args)
    assert ran.err == (
        "tankful: do not put a key on the command line: it is now in your shell history, so "
        "replace it with a new one; tankful add asks for it at a hidden prompt\n"
    )


@pytest.mark.parametrize(
    "name", ["The account of a company with a long name", "somebody.with.a.name@example.com"]
)
def test_an_unknown_name_is_repeated(shell: Shell, name: str) -> None:
    ran = shell.tankful("show", name)
    assert (ran.code, ran.err) == (
        2,
        f"tankful: there is no account '{name}'; see `tankful list`\n",
    )


def test_a_path_is_repeated(shell: Shell) -> None:
    path = f"/nowhere/{'a' * 70}/provider.toml"
    assert path in shell.tankful("provider", "check", path).err
