"""Compares the launcher's lists, run from the installed bundle, with a bare start of Python.

    python -m tests.benchmarks.menus [--pairs N] [PYTHON…]

Runs ``scripts/alfred/menu.sh`` for each list of the account with the most quotas, in a home with 20 accounts.
Each list was shown before, so it is in the pack; the pages of the guide are written.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from scripts.tools import bundle
from tests import examples
from tests.benchmarks.keystroke import ROOT, line, say, seconds, starter
from tests.bundle import fixtures
from workflow.alfred import publish
from workflow.models import utc_now

ACCOUNTS = 20
TARGET = 1.2
LISTS = (
    "details",
    "manage",
    "replace",
    "add",
    "extras",
    "summary",
    "guide",
    "steps",
)  # steps: of one provider


def main() -> None:
    """Measure every interpreter and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    told = parser.parse_args()
    say(f"{'python':>8} {'list':>8} {'bare ms':>8} {'list ms':>8} {'ratio':>6} {'middle half':>12}")
    with tempfile.TemporaryDirectory() as folder:
        file, place = Path(folder, "Tankful.alfredworkflow"), Path(folder, "installed")
        bundle.build(str(ROOT), str(file))
        fixtures.unpack(file, place)
        for python in told.pythons:
            with tempfile.TemporaryDirectory() as home:
                environ, account = _home(home)
                for name in LISTS:
                    variables = {**environ, "action": name, "account": account}
                    if name == "steps":
                        variables.update(action="guide", provider="glm")
                    measured = _pairs(python, place, variables, told.pairs)
                    say(line(python, name, measured, TARGET))


def _home(home: str) -> tuple[dict[str, str], str]:
    environ = {"HOME": home, "TANKFUL_HOME": home, "LANG": "en_US.UTF-8"}
    os.environ.update(environ)
    stored = examples.many(ACCOUNTS, utc_now())
    examples.install(stored)
    publish.publish()
    fullest = max(stored, key=lambda told: len(told[1].usage.quotas) if told[1].usage else 0)
    return environ, fullest[0].id


def _pairs(
    python: str, place: Path, environ: dict[str, str], count: int
) -> list[tuple[float, float]]:
    bare = (python, "-I", "-c", "pass")
    menu = (starter(place, "alfred/menu.sh", python),)
    for _ in range(3):
        seconds(menu, environ)
    return [(seconds(bare, environ), seconds(menu, environ)) for _ in range(count)]


if __name__ == "__main__":
    main()
