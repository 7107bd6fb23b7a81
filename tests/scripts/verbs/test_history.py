"""``tankful history`` prints what was seen before and deletes it."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import stored
from tests.conftest import Shell
from tests.standin import StandIn
from tests.terminal import terminal
from workflow.history import database
from workflow.models import Account


@pytest.fixture
def two(world: StandIn, shell: Shell) -> list[Account]:
    """Two accounts with numbers in the history."""
    found = [stored.account("glm-intl", "Work"), stored.account("kimi-intl", "Home")]
    assert shell.tankful("refresh").code == 0
    return found


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_table_of_all_or_of_one(shell: Shell, two: list[Account]) -> None:
    ran = shell.tankful("history", "--csv")
    assert (ran.code, ran.err) == (0, "")
    assert {row["account"] for row in rows(ran.out)} == {account.id for account in two}
    one = rows(shell.tankful("history", "--csv", "Home").out)
    assert {(row["label"], row["provider"]) for row in one} == {("Home", "kimi")}


def test_for_programs(shell: Shell, two: list[Account]) -> None:
    told = json.loads(shell.tankful("history", "--json", "--since", "1h").out)
    assert told["schema"] == "tankful.history.v1"
    assert {row["label"] for row in told["samples"]} == {"Work", "Home"}


@pytest.mark.usefixtures("two")
def test_since(shell: Shell) -> None:
    with closing(sqlite3.connect(database.path())) as connection, connection:
        connection.execute("UPDATE sample SET at = at - 86400")
    assert rows(shell.tankful("history", "--csv", "--since", "12h").out) == []
    assert rows(shell.tankful("history", "--csv", "--since", "2d").out)


@pytest.mark.parametrize(
    "words",
    [
        ("--csv", "--json"),
        ("--csv", "a", "b"),
        ("--csv", "--since", "soon"),
        ("clear", "--csv"),
        ("--since", "30d"),
        ("--since", "30d", "Work"),
        ("--excel",),
        ("--json", "--excel"),
        ("--yes",),
        ("--csv", "--yes"),
        ("clear", "--since", "30d", "--yes"),
        ("clear", "--excel", "--yes"),
    ],
)
def test_wrong_usage(shell: Shell, words: tuple[str, ...]) -> None:
    ran = shell.tankful("history", *words)
    assert ran.code == 2
    assert ran.out == ""


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (
            ("--since", "30d"),
            "--since works only with --csv or --json",
            "--since 只能与 --csv 或 --json 一起使用",
        ),
        (
            ("--excel",),
            "--excel works only with --csv",
            "--excel 只能与 --csv 一起使用",
        ),
        (
            ("--yes",),
            "--yes works only with clear",
            "--yes 只能与 clear 一起使用",
        ),
    ],
)
def test_an_option_that_would_do_nothing_says_what_it_needs(
    shell: Shell, words: tuple[str, ...], english: str, chinese: str
) -> None:
    assert english in shell.tankful("history", *words).err
    shell.env["TANKFUL_LANGUAGE"] = "zh"
    assert chinese in shell.tankful("history", *words).err


@pytest.mark.usefixtures("two")
def test_a_part_of_the_time_clears_nothing(shell: Shell) -> None:
    before = rows(shell.tankful("history", "--csv").out)
    assert shell.tankful("history", "clear", "--since", "1h", "--yes").code == 2
    assert rows(shell.tankful("history", "--csv").out) == before


def test_without_a_history_the_table_is_empty(shell: Shell) -> None:
    ran = shell.tankful("history", "--csv")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)


def test_no_is_an_answer(shell: Shell, two: list[Account]) -> None:
    shown = terminal(shell, "history", "clear", typed=["n"])
    assert "Kept the history." in shown
    assert shell.tankful("history", "--csv").out.count("\n") > 1


def test_clearing_asks(shell: Shell, two: list[Account]) -> None:
    ran = shell.tankful("history", "clear")
    assert (ran.code, ran.out) == (1, "")
    assert "--yes" in ran.err
    assert (
        shell.tankful("history", "clear", "Home", "--yes").out
        == "Deleted the history of KIMI · Home: 1 number.\n"
    )
    left = rows(shell.tankful("history", "--csv").out)
    assert {row["account"] for row in left} == {two[0].id}
    ran = shell.tankful("history", "clear", "--yes")
    assert (ran.code, ran.out) == (0, f"Deleted the history: {len(left)} numbers.\n")
    assert rows(shell.tankful("history", "--csv").out) == []


def test_a_removed_account_takes_its_history_with_it(shell: Shell, two: list[Account]) -> None:
    assert shell.tankful("remove", "Home", "--yes").code == 0
    left = rows(shell.tankful("history", "--csv").out)
    assert {row["account"] for row in left} == {two[0].id}


@pytest.mark.usefixtures("two")
def test_a_pipe_switches_no_history_off_that_there_is(shell: Shell) -> None:
    kept = rows(shell.tankful("history", "--csv").out)
    ran = shell.tankful("config", "history", "0")
    assert (ran.code, ran.out) == (1, "")
    assert "tankful history clear --yes" in ran.err
    assert rows(shell.tankful("history", "--csv").out) == kept
    assert shell.tankful("config", "history").out == "730\n"
    assert shell.tankful("history", "clear", "--yes").code == 0
    assert shell.tankful("config", "history", "0").out == "history: 730 → 0\n"
    assert shell.tankful("config", "history", "0").out == "history: 0\n"


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("answer", ["n", "y"])
def test_a_terminal_is_asked_before_it_goes(shell: Shell, answer: str) -> None:
    before = rows(shell.tankful("history", "--csv").out)
    shown = terminal(shell, "config", "history", "0", typed=[answer])
    assert "Delete the history of all accounts? [y/N]" in shown
    assert ("Kept the history." in shown) == (answer == "n")
    assert ("history: 730 → 0" in shown) == (answer == "y")
    assert rows(shell.tankful("history", "--csv").out) == (before if answer == "n" else [])
    kept = {"n": "730\n", "y": "0\n"}
    assert shell.tankful("config", "history").out == kept[answer]


@pytest.mark.usefixtures("two")
def test_a_history_switched_off_stays_so(shell: Shell) -> None:
    shell.tankful("history", "clear", "--yes")
    assert shell.tankful("config", "history", "0").code == 0
    assert shell.tankful("refresh").code == 0
    assert rows(shell.tankful("history", "--csv").out) == []


@pytest.mark.usefixtures("two")
def test_a_damaged_history_is_said_once_and_costs_nothing(shell: Shell) -> None:
    Path(database.path()).write_bytes(b"no database" * 999)
    ran = shell.tankful("refresh")
    assert ran.code == 0
    assert "history.db was damaged and is kept as history.damaged-" in ran.err
    assert shell.tankful("refresh").err.count("damaged") == 0
    assert "history.damaged-" in shell.tankful("doctor").out
    assert shell.tankful("history", "--csv").code == 0


@pytest.mark.usefixtures("two")
def test_a_newer_history_is_left_alone(shell: Shell) -> None:
    with closing(sqlite3.connect(database.path())) as connection:
        connection.execute("PRAGMA user_version = 9")
    for words in (("--csv",), ("clear", "--yes")):
        ran = shell.tankful("history", *words)
        assert (ran.code, ran.out) == (1, "")
        assert "newer Tankful" in ran.err
    assert shell.tankful("refresh").code == 0
    assert "Work" in shell.tankful("list").out


def test_without_a_word_it_says_what_is_kept(shell: Shell, two: list[Account]) -> None:
    ran = shell.tankful("history")
    first, *uses = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    kept = len(rows(shell.tankful("history", "--csv").out))
    assert re.fullmatch(
        rf"{kept} numbers of 2 accounts since \d+:\d\d [AP]M, \d+ KB; kept for 730 days \(tankful config history\)",
        first,
    )
    verbs = [use.split("  ")[1].split()[1] for use in uses]
    assert verbs == ["trend", "history", "history", "history"]
    assert shell.tankful("history", "Home").out.splitlines()[0].count("KIMI · Home") == 1
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    assert re.match(r"2 个账号共 \d+ 条数据（", shell.tankful("history").out)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("730", "no history yet; tankful refresh records the first numbers"),
        ("0", "no history is kept; tankful config history 730 keeps two years"),
    ],
)
def test_without_a_history_it_says_how_one_begins(shell: Shell, days: str, said: str) -> None:
    shell.env = {"TANKFUL_HISTORY": days}
    assert shell.tankful("history").out == f"{said}\n"


def test_without_a_history_nobody_is_asked_whether_to_delete_it(shell: Shell) -> None:
    told = "no history yet; tankful refresh records the first numbers"
    assert told in terminal(shell, "history", "clear")
    assert shell.tankful("history", "clear").out == f"{told}\n"
    assert shell.tankful("history", "clear", "--yes").out == "Deleted the history: 0 numbers.\n"
