"""``tankful rename``."""

from __future__ import annotations

import pytest

from tests.conftest import Shell
from workflow.models import Account
from workflow.storage import accounts
from workflow.storage.accounts import Accounts

pytestmark = pytest.mark.usefixtures("compiled")

WORK = Account("glm-00000001", "glm", "Work")
HOME = Account("glm-00000002", "glm", "Home")
KIMI = Account("kimi-00000003", "kimi", "Home")


@pytest.fixture(autouse=True)
def known() -> None:
    """Three accounts."""
    accounts.change(lambda book: Accounts((WORK, HOME, KIMI)))


def labels() -> list[str]:
    return [account.label for account in accounts.load().accounts]


@pytest.mark.parametrize(
    ("name", "label", "said"),
    [
        pytest.param("Work", "主账号", "主账号", id="by-label"),
        pytest.param("glm-00000001", "Office", "Office", id="by-id"),
        pytest.param("work", "WORK", "WORK", id="its-own-in-another-case"),
        pytest.param("Work", "home", "home 2", id="taken"),
        pytest.param("Work", "\n two\tlines ", "two lines", id="cleaned"),
    ],
)
def test_an_account_gets_another_label(shell: Shell, name: str, label: str, said: str) -> None:
    ran = shell.tankful("rename", name, label)
    assert (ran.code, ran.out) == (0, f"Renamed to GLM · {said}.\n")
    taken = "Note: “home” is taken, so it is called “home 2”\n"
    assert ran.err == (taken if said == "home 2" else "")
    assert labels() == [said, "Home", "Home"]


@pytest.mark.parametrize(
    ("name", "label", "why"),
    [
        pytest.param("Nobody", "x", "there is no account 'Nobody'", id="unknown"),
        pytest.param("Home", "x", "glm/Home, kimi/Home", id="ambiguous"),
        pytest.param("Work", " \n", "at least one character", id="empty"),
        pytest.param("Work", "\u202e", "at least one character", id="nothing-visible"),
    ],
)
def test_what_cannot_be_is_one_line(shell: Shell, name: str, label: str, why: str) -> None:
    ran = shell.tankful("rename", name, label)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("tankful: ")
    assert ran.err.count("\n") == 1
    assert why in ran.err
    assert labels() == ["Work", "Home", "Home"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_command_s_name_is_said(shell: Shell, language: str) -> None:
    shell.env["TANKFUL_LANGUAGE"] = language
    ran = shell.tankful("rename", "Work", "list")
    assert ran.code == 0
    assert "tankful show list" in ran.err
    assert ran.err.count("\n") == 1


def test_the_next_keystroke_shows_it(shell: Shell) -> None:
    assert "Work" in shell.usage().out
    shell.tankful("rename", "Work", "Office")
    said = shell.usage().out
    assert "Office" in said
    assert "Work" not in said


def test_too_few_words_are_a_usage_error(shell: Shell) -> None:
    ran = shell.tankful("rename", "Work")
    assert (ran.code, ran.out) == (2, "")
    assert "LABEL" in ran.err


def test_a_name_that_another_provider_s_account_has_is_said(shell: Shell) -> None:
    ran = shell.tankful("rename", "Work", "Home 9")
    assert ran.err == ""
    ran = shell.tankful("rename", "kimi/Home", "HOME 9")
    assert ran.err == (
        "Note: another account is called so too; this one: tankful show 'kimi/HOME 9'\n"
    )


@pytest.mark.parametrize("label", ["any", "all"])
def test_a_word_of_guard_is_noted(shell: Shell, label: str) -> None:
    ran = shell.tankful("rename", "Work", label)
    assert (ran.code, ran.out) == (0, f"Renamed to GLM · {label}.\n")
    assert ran.err == (
        f"Note: “{label}” is a word of guard too; this account: tankful guard glm/{label}\n"
    )
    assert shell.tankful("guard", f"glm/{label}").out.startswith(f"not known · GLM · {label}: ")
    assert shell.tankful("rename", label, label.upper()).err == ""
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    ran = shell.tankful("rename", f"glm/{label}", label)
    assert ran.err == (f"提示：“{label}”也是 guard 的参数；判断此账号：tankful guard glm/{label}\n")
