"""``tankful rename``."""

from __future__ import annotations

import pytest

from tests.conftest import Shell
from workflow.models import Account
from workflow.storage import accounts
from workflow.storage.accounts import Accounts

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
    "name, label, said",
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
    assert (ran.code, ran.out, ran.err) == (0, f"{said}\n", "")
    assert labels() == [said, "Home", "Home"]


@pytest.mark.parametrize(
    "name, label, why",
    [
        pytest.param("Nobody", "x", "there is no account 'Nobody'", id="unknown"),
        pytest.param("Home", "x", "glm-00000002, kimi-00000003", id="ambiguous"),
        pytest.param("Work", " \n", "at least one character", id="empty"),
        pytest.param("Work", "\u202e", "at least one character", id="nothing-visible"),
    ],
)
def test_what_cannot_be_is_one_line(shell: Shell, name: str, label: str, why: str) -> None:
    ran = shell.tankful("rename", name, label)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("tankful: ")
    assert ran.err.count("\n") == 1
    assert why in ran.err
    assert labels() == ["Work", "Home", "Home"]


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
