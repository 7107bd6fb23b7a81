"""Compares a refresh of 30 accounts of 30 providers with one of the slowest account alone, in pairs.

    python -m tests.benchmarks.different [--rounds N] [PYTHON…]

As in ``refresh.py``, each answer is 300 ms late, and whole processes are measured. Processor time is shown
too: on a busy machine it is more reliable than wall time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

from tests.benchmarks.keystroke import say, version
from tests.benchmarks.refresh import ROOT, Home, furnished

MANY = 30
WALL = 1.3


class Cost(NamedTuple):
    """The wall time and processor time of one process, in seconds."""

    wall: float
    processor: float


def main() -> None:
    """Measure every interpreter and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    told = parser.parse_args()
    for python in told.pythons:
        say(f"Python {version(python)}")
        measure(python, told.rounds)


def measure(python: str, rounds: int) -> None:
    """Find the slowest account, then compare all accounts with it."""
    with furnished(python, MANY) as home:
        providers = {account.partition("-")[0] for account in home.accounts}
        if len(providers) != MANY:
            raise AssertionError(f"{len(providers)} providers")
        refreshed(home, "--force")
        alone = {
            account: min(refreshed(home, account).wall for _ in range(2))
            for account in home.accounts
        }
        slowest = max(alone, key=lambda account: alone[account])
        pairs = [(refreshed(home, slowest), refreshed(home, "--force")) for _ in range(rounds)]
        failed = [account["provider"] for account in home.listed() if account["failure"]]
    ratio = statistics.median(every.wall / one.wall for one, every in pairs)
    say(f"  slowest alone   {statistics.median(one.wall for one, _ in pairs):6.2f} s  {slowest}")
    say(f"  30 providers    {statistics.median(every.wall for _, every in pairs):6.2f} s")
    say(f"  ratio           {ratio:6.2f} × (≤ {WALL} {'met' if ratio <= WALL else 'MISSED'})")
    one, every = (statistics.median(each[n].processor for each in pairs) for n in (0, 1))
    say(f"  processor       {one:6.2f} s alone, {every:.2f} s for all; failed: {failed or 'none'}")


def refreshed(home: Home, *words: str) -> Cost:
    """Run ``tankful refresh`` and return its cost."""
    begun = time.perf_counter()
    child = subprocess.Popen(
        [home.python, "-m", "scripts.tankful", "refresh", *words],
        cwd=ROOT,
        env=home.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.WEXITSTATUS(status)
    return Cost(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime)


if __name__ == "__main__":
    main()
