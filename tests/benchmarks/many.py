"""Measures how the cost of work on one account, and on all, grows with the number of accounts.

    python -m tests.benchmarks.many [--accounts N …]

Runs in this process and prints milliseconds of processor time. From 1000 accounts on, the cost may grow as
n log n does, with some room for a busy machine: five times as many take a little more than five times as long.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
import time
from datetime import timedelta
from typing import Any, Callable

from scripts import bootstrap
from tests import examples
from tests.benchmarks.keystroke import say
from workflow.actions import edit
from workflow.alfred import publish
from workflow.display import json_report, table
from workflow.history import recording, visits
from workflow.models import utc_now
from workflow.records import replace
from workflow.refresh import run
from workflow.state import state as states
from workflow.storage import accounts
from workflow.storage.snapshots import Cache

ROOM = 1.4  # factor on the growth of n log n
BEGINS = 1000  # accounts; with fewer, the fixed cost of a step outweighs theirs


def main() -> None:
    """Measure each number of accounts, and print how each step grows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, nargs="+", default=[200, 1000, 5000])
    counts: list[int] = parser.parse_args().accounts
    bootstrap.hurry()  # as every command does
    found = {count: _measured(count) for count in counts}
    say(f"{'step':>10}" + "".join(f"{count:>9}" for count in counts) + "   growth")
    for step in found[counts[0]]:
        taken = [found[count][step] * 1000 for count in counts]
        say(f"{step:>10}" + "".join(f"{each:9.1f}" for each in taken) + _growth(counts, taken))


def _measured(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, TANKFUL_HOME=home, LANG="en_US.UTF-8")
        stored = examples.many(count, utc_now())
        examples.install(stored)
        publish.publish()
        rounds = 3 if count <= BEGINS else 2
        return {
            name: min(_seconds(act) for _ in range(rounds)) for name, act in _steps(stored).items()
        }


def _steps(stored: list[Any]) -> dict[str, Callable[[], object]]:
    middle, ids = stored[len(stored) // 2][0], [account.id for account, _ in stored]
    names = iter("ABCDEFGH")

    def list_() -> None:
        state = states.read()
        table.table(state)
        json_report.printed(state, utc_now())

    def add() -> None:
        new = replace(middle, id=accounts.new_id(middle.provider))
        label = middle.label
        accounts.change(
            lambda book: book.with_account(replace(new, label=book.label_for(new.provider, label)))
        )

    def keep() -> None:
        with Cache() as cache:
            for _, snapshot in stored:
                cache.put(snapshot)

    def refresh() -> None:
        outcome, never = run.RefreshResult(), timedelta(0)
        run._chosen(states.read(), ids, True, utc_now(), outcome, never)
        recording.record([each for _, each in stored], int(time.time()), 730, visits.looked())
        run._forget_removed([account for account, _ in stored])

    return {
        "list": list_,
        "add": add,
        "rename": lambda: edit.rename(middle.id, f"Name {next(names)}"),
        "move": lambda: edit.arrange(middle.id, "up"),
        "keep": keep,
        "refresh": refresh,
        "preview": publish.preview,
        "publish": publish.publish,
    }


def _seconds(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def _growth(counts: list[int], taken: list[float]) -> str:
    """Compare the growth from the last number of accounts but one to the last with n log n."""
    if len(counts) < 2 or counts[-2] < BEGINS:
        return ""
    before, after = counts[-2:]
    allowed = after * math.log(after) / (before * math.log(before)) * ROOM
    grown = taken[-1] / max(taken[-2], 0.1)
    return f"{grown:6.1f} × (≤ {allowed:.1f} {'met' if grown <= allowed else 'MISSED'})"


if __name__ == "__main__":
    main()
