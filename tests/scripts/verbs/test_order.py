"""``tankful order``: up, down, pinned, hidden."""

from __future__ import annotations

from typing import List, Tuple

import pytest

from scripts.terminal import table
from tests.conftest import Shell
from tests.said import chinese
from workflow.models import Account
from workflow.storage import accounts
from workflow.storage.accounts import Accounts

BOOK = Accounts(tuple(Account(f"tavily-0000000{n}", "tavily", f"No {n}") for n in (1, 2, 3)))


@pytest.fixture(autouse=True)
def stored() -> None:
    """Three accounts."""
    accounts.change(lambda book: BOOK)


def lines(shell: Shell, *words: str) -> List[str]:
    """What the command prints."""
    ran = shell.tankful("order", *words)
    assert (ran.code, ran.err) == (0, "")
    return ran.out.splitlines()


def test_a_move_is_shown(shell: Shell) -> None:
    assert lines(shell, "No 3", "up") == ["Tavily · No 1", "Tavily · No 3", "Tavily · No 2"]


def test_pinned_and_hidden(shell: Shell) -> None:
    assert lines(shell, "No 3", "pin")[0] == "Tavily · No 3 (pinned)"
    assert lines(shell, "No 3", "hide")[0] == "Tavily · No 3 (pinned, hidden)"
    assert lines(shell, "No 3", "unpin")[2] == "Tavily · No 3 (hidden)"
    assert lines(shell, "No 3", "show")[2] == "Tavily · No 3"


def test_chinese_marks_are_those_of_the_table(shell: Shell) -> None:
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    lines(shell, "No 3", "pin")
    assert lines(shell, "No 3", "hide")[0] == "Tavily · No 3（已置顶、已隐藏）"
    assert lines(shell, "No 3", "unpin")[2] == f"Tavily · No 3{chinese(table.HIDDEN)}"


@pytest.mark.parametrize(
    ("words", "language", "told"),
    [
        (("No 1", "up"), "en", "Tavily · No 1 is at the top of its group already"),
        (("No 3", "down"), "en", "Tavily · No 3 is at the bottom of its group already"),
        (("No 1", "up"), "zh", "Tavily · No 1 已在本组最上面"),
    ],
)
def test_where_nothing_can_be_moved_it_is_said(
    shell: Shell, words: Tuple[str, str], language: str, told: str
) -> None:
    shell.env = {"TANKFUL_LANGUAGE": language}
    ran = shell.tankful("order", *words)
    assert ran.code == 0 and ran.err.startswith(f"tankful: {told}") and ran.err.count("\n") == 1
    assert ran.out.splitlines() == ["Tavily · No 1", "Tavily · No 2", "Tavily · No 3"]
    assert accounts.load() == BOOK


def test_wrong_use(shell: Shell) -> None:
    assert shell.tankful("order", "No 3", "sideways").code == 2
    ran = shell.tankful("order", "No 9", "up")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
