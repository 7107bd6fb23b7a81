"""Compares an action without network, run from the installed bundle, with a bare start of Python.

    python -m tests.benchmarks.actions [--pairs N] [PYTHON…]

Runs ``scripts/alfred/action.py`` as the launcher does when a key is pressed, in homes with 20 and 200 accounts,
and measures the processor time until it has answered. Lists that it renders in a background process do not
count. The next pair starts only when that process has ended.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from scripts.tools import bundle
from tests import examples
from tests.benchmarks.keystroke import ROOT, line, processor, say, starter
from tests.bundle import fixtures
from workflow.alfred import publish
from workflow.models import utc_now

TARGET = 6.0  # with 20 accounts
WARM_UP = 4  # pairs that are not counted
BOTH = 12.0  # an action and the menu after it, whichever process renders that
ACCOUNTS = (20, 200)
ACTIONS: Mapping[str, Sequence[Mapping[str, str]]] = {
    "pin": ({"action": "pin"}, {"action": "unpin"}),
    "move": ({"action": "down"}, {"action": "up"}),
    "rename": [{"action": "rename", "answer": name} for name in ("One name", "Another")],
}


def main() -> None:
    """Measure every interpreter and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    told = parser.parse_args()
    say(f"{'python':>8} {'action':>8} {'bare ms':>8} {'it ms':>8} {'ratio':>6} {'middle half':>12}")
    with tempfile.TemporaryDirectory() as folder:
        file, place = Path(folder, "Tankful.alfredworkflow"), Path(folder, "installed")
        bundle.build(str(ROOT), str(file))
        fixtures.unpack(file, place)
        for python in told.pythons:
            for accounts in ACCOUNTS:
                with tempfile.TemporaryDirectory() as home:
                    environ = _home(home, accounts)
                    for name, calls in ACTIONS.items():
                        measured = _pairs(python, place, environ, calls, told.pairs)
                        say(line(python, f"{name} {accounts}", measured, TARGET))
                    both = _pairs(python, place, environ, ACTIONS["pin"], told.pairs, menu=True)
                    say(line(python, f"+ menu {accounts}", both, BOTH))


def _home(home: str, accounts: int) -> dict[str, str]:
    environ = {"HOME": home, "TANKFUL_HOME": home, "LANG": "en_US.UTF-8"}
    os.environ.update(environ)
    stored = examples.many(accounts, utc_now())
    examples.install(stored)
    publish.publish()
    return {**environ, "account": stored[0][0].id}


def _pairs(
    python: str,
    place: Path,
    environ: Mapping[str, str],
    calls: Sequence[Mapping[str, str]],
    count: int,
    *,
    menu: bool = False,
) -> list[tuple[float, float]]:
    """Measure pairs in seconds: a bare start, and an action (with ``menu``, also the menu after it)."""
    bare = (python, "-I", "-c", "pass")
    act = (python, "-IS", str(place / "scripts/alfred/action.py"))
    manage = (starter(place, "alfred/menu.sh", python),)
    each = cycle(calls)

    def answered() -> float:
        taken = processor(act, {**environ, **next(each)})
        return taken + (processor(manage, {**environ, "action": "manage"}) if menu else 0)

    measured = []
    for _ in range(count + WARM_UP):
        with _nobody_left():
            measured.append((processor(bare, environ), answered()))
    return measured[WARM_UP:]


@contextmanager
def _nobody_left() -> Iterator[None]:
    """At the end, wait for all processes that were started in the block, and for their children."""
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    try:
        yield
    finally:
        os.close(writing)
        os.read(reading, 1)  # returns nothing when no process has the writing end any more
        os.close(reading)


if __name__ == "__main__":
    main()
