"""Measures how long it takes to render everything that is served: the feed, and the pack of all other lists.

    python -m tests.benchmarks.rendering [--rounds N]

Runs in this process, for 20 and 200 accounts with every kind of number: renders all lists, and then those that
change after a refresh of all accounts, or of three. Prints the least processor time of the rounds. The time to
read the state is subtracted, and the garbage collector is set up as in every command.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from datetime import timedelta
from itertools import count, islice
from typing import NamedTuple
from unittest import mock

from scripts import bootstrap
from tests import examples
from tests.benchmarks.history import met, seconds
from tests.benchmarks.keystroke import say
from workflow.alfred import publish, served
from workflow.display import moving
from workflow.guide import pages
from workflow.models import utc_now
from workflow.provider import discovery
from workflow.records import replace
from workflow.state import state as states
from workflow.state.state import State
from workflow.system import builds

FEW = 3  # accounts
TARGETS = {20: 30.0, 200: 250.0}  # accounts: the target in milliseconds, after a refresh of all


class Rendered(NamedTuple):
    """Milliseconds for the feed alone; with the first pack; with the pack after a refresh of all, or of a few."""

    feed: float
    first: float
    refreshed: float
    few: float


def main() -> None:
    """Measure and print the results."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds: int = parser.parse_args().rounds
    bootstrap.hurry()
    for accounts, target in TARGETS.items():
        with tempfile.TemporaryDirectory() as home:
            os.environ.update(HOME=home, TANKFUL_HOME=home, LANG="en_US.UTF-8")
            cost = rendered(accounts, rounds)
        say(f"{accounts} accounts")
        say(f"  feed alone         {cost.feed:6.1f} ms")
        say(f"  all, first         {cost.first:6.1f} ms")
        say(f"  all, in a refresh  {cost.refreshed:6.1f} ms {met(cost.refreshed, target)}")
        say(f"  all, {FEW} refreshed   {cost.few:6.1f} ms")


def rendered(accounts: int, rounds: int) -> Rendered:
    """Measure one number of accounts."""
    examples.install(examples.many(accounts, utc_now()))
    header = publish._header(states.read(), "stamp", utc_now())
    reading = seconds(_newer, rounds)
    feed = seconds(lambda: publish.rendered(_newer()), rounds)
    first = seconds(lambda: _all(header), rounds)
    with mock.patch.object(
        builds, "current", return_value="build"
    ):  # as in a bundle: lists are kept, and the pages of the guide are written
        for name in ("", *discovery.names()):
            pages.written(name)
        refreshed = seconds(lambda: _all(header), rounds)
        few = seconds(lambda: _all(header, FEW), rounds)
    return Rendered(*((each - reading) * 1000 for each in (feed, first, refreshed, few)))


def _all(header: publish.Header, number: int | None = None) -> None:
    state = _newer(number)
    publish.rendered(state)
    served.leave(state, header)


_MOMENTS = count()


def _newer(number: int | None = None) -> State:
    """Return the state, in which ``number`` accounts (None for all) are fetched later with each call.

    No text is kept from before, as at the start of a process.
    """
    moving.quoted.cache_clear()
    moving._joined.cache_clear()
    state, later = states.read(), timedelta(seconds=next(_MOMENTS))
    snapshots = {
        name: replace(each, fetched_at=each.fetched_at + later) if each.fetched_at else each
        for name, each in islice(state.snapshots.items(), number)
    }
    return replace(state, snapshots={**state.snapshots, **snapshots})


if __name__ == "__main__":
    main()
