"""``tankful order``: up, down, pinned, hidden."""

from __future__ import annotations

import pytest

from tests.conftest import Shell
from tests.said import chinese
from workflow.display.table import HIDDEN
from workflow.models import Account
from workflow.storage import accounts
from workflow.storage.accounts import Accounts

BOOK = Accounts(tuple(Account(f"tavily-0000000{n}", "tavily", f"No {n}") for n in (1, 2, 3)))


@pytest.fixture(autouse=True)
def stored() -> None:
    """Three accounts."""
    accounts.change(lambda book: BOOK)


def lines(shell: Shell, *words: str) -> list[str]:
    """The rows that the command prints below its sentence."""
    ran = shell.tankful("order", *words)
    assert (ran.code, ran.err) == (0, "")
    return [line.strip() for line in ran.out.splitlines()[1:]]


def test_a_move_is_shown(shell: Shell) -> None:
    assert lines(shell, "No 3", "up") == ["Tavily · No 1", "Tavily · No 3", "Tavily · No 2"]


@pytest.mark.parametrize(
    ("how", "done", "again"),
    [
        ("pin", "Pinned Tavily · No 3.", "Tavily · No 3 is pinned already."),
        ("hide", "Hid Tavily · No 3 from the list.", "Tavily · No 3 is hidden already."),
        ("up", "Moved Tavily · No 3 up.", "Moved Tavily · No 3 up."),
    ],
)
def test_what_was_done_is_said(shell: Shell, how: str, done: str, again: str) -> None:
    told = [shell.tankful("order", "No 3", how).out.splitlines()[0] for _ in range(2)]
    assert told == [done, again]


def test_of_a_long_list_the_neighbours_are_shown(shell: Shell) -> None:
    many = tuple(Account(f"tavily-000000{n}", "tavily", f"No {n}") for n in range(10, 30))
    accounts.change(lambda book: Accounts(many))
    around = [f"Tavily · No {n}" for n in (17, 18, 19, 21, 20, 22, 23)]
    assert lines(shell, "No 21", "up") == ["…", *around, "…"]


def test_pinned_and_hidden(shell: Shell) -> None:
    assert lines(shell, "No 3", "pin")[0] == "Tavily · No 3 (pinned)"
    assert lines(shell, "No 3", "hide")[0] == "Tavily · No 3 (pinned, hidden)"
    assert lines(shell, "No 3", "unpin")[2] == "Tavily · No 3 (hidden)"
    assert lines(shell, "No 3", "show")[2] == "Tavily · No 3"


def test_chinese_marks_are_those_of_the_table(shell: Shell) -> None:
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    lines(shell, "No 3", "pin")
    assert lines(shell, "No 3", "hide")[0] == "Tavily · No 3（已置顶、已隐藏）"
    assert lines(shell, "No 3", "unpin")[2] == f"Tavily · No 3{chinese(HIDDEN)}"


@pytest.mark.parametrize(
    ("words", "language", "told"),
    [
        (("No 1", "up"), "en", "Tavily · No 1 is already at the top of its group"),
        (("No 3", "down"), "en", "Tavily · No 3 is already at the bottom of its group"),
        (("No 1", "up"), "zh", "Tavily · No 1 已在本组最上面"),
    ],
)
def test_where_nothing_can_be_moved_it_is_said(
    shell: Shell, words: tuple[str, str], language: str, told: str
) -> None:
    shell.env = {"TANKFUL_LANGUAGE": language}
    ran = shell.tankful("order", *words)
    assert ran.code == 0
    assert ran.err.startswith(f"tankful: {told}")
    assert ran.err.count("\n") == 1
    assert ran.out.split("\n") == [*(f"  Tavily · No {n}" for n in (1, 2, 3)), ""]
    assert accounts.load() == BOOK


@pytest.mark.parametrize("name", ["No 1", "No 2"])
def test_a_list_that_is_sorted_by_urgency_says_so(shell: Shell, name: str) -> None:
    shell.tankful("config", "order", "urgency")
    ran = shell.tankful("order", name, "up")
    assert ran.err.startswith("Note: the list is sorted by urgency, so a place shows only after: ")
    assert ("already at the top" in ran.err) is False
    assert (accounts.load() == BOOK) == (name == "No 1")
    assert shell.tankful("order", name, "pin").err == ""


def test_wrong_use(shell: Shell) -> None:
    assert shell.tankful("order", "No 3", "sideways").code == 2
    ran = shell.tankful("order", "No 9", "up")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
