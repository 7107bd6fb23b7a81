"""Measures a refresh: 30 accounts beside the slowest alone, memory, processor time of 20, and 200 accounts.

    python -m tests.benchmarks.refresh [--rounds N] [PYTHON…]

The providers are the stand-in in its own process, with each answer 300 ms late. Every refresh is a whole process
``tankful refresh`` with compiled code, as in an installed command. Medians are printed, but the maximum of memory.
The 20 and 30 accounts are of the six providers with the most pages, the 200 of all providers without a rate limit.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.keystroke import say, version

ROOT = Path(__file__).resolve().parents[2]
LATE = 0.3  # seconds
PER_HOST = 8
WALL, MEGABYTES, WORK = 1.6, 40, 0.43
ALL, SIX = "all", "six"  # kinds: which providers the accounts are of


class Cost(NamedTuple):
    """The cost of one process."""

    seconds: float
    megabytes: float
    processor: float  # seconds


def main() -> None:
    """Measure every interpreter and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--role", choices=("provide", "prepare"), help=argparse.SUPPRESS)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    told = parser.parse_args()
    if told.role:
        {"provide": provide, "prepare": prepare}[told.role]()
        return
    for python in told.pythons:
        say(f"Python {version(python)}")
        few(python, told.rounds)
        work(python, told.rounds)
        many(python)


def few(python: str, rounds: int) -> None:
    """Compare 30 accounts at once with one account of each provider alone."""
    with furnished(python, 30, SIX) as home:
        one_of_each = {account.partition("-")[0]: account for account in home.accounts}
        alone = {
            provider: _median(home.refreshed(account) for _ in range(rounds))
            for provider, account in one_of_each.items()
        }
        slowest = max(alone, key=lambda provider: alone[provider].seconds)
        everybody = _median(home.refreshed("--force") for _ in range(rounds))
    ratio = everybody.seconds / alone[slowest].seconds
    say(f"  slowest alone   {alone[slowest].seconds:6.2f} s  {slowest}")
    say(f"  30 accounts     {everybody.seconds:6.2f} s  {ratio:.2f} × {_met(ratio, WALL)}")
    say(f"  peak memory, 30 {everybody.megabytes:6.1f} MB {_met(everybody.megabytes, MEGABYTES)}")


def work(python: str, rounds: int) -> None:
    """Measure memory and processor time of 20 accounts, and of one, which is mostly the cost of the start."""
    with furnished(python, 20, SIX) as home:
        first = home.refreshed("--force")
        everybody = _median(home.refreshed("--force") for _ in range(rounds))
        one = _median(home.refreshed(home.accounts[0]) for _ in range(rounds))
    peak = max(first.megabytes, everybody.megabytes)
    say(f"  peak memory, 20 {peak:6.1f} MB {_met(peak, MEGABYTES)}")
    say(f"  processor, 20   {everybody.processor * 1000:6.0f} ms {_met(everybody.processor, WORK)}")
    say(f"  processor, 1    {one.processor * 1000:6.0f} ms")


def many(python: str) -> None:
    """Refresh 200 accounts: the time, how many were answered, and the most requests at once to a host."""
    with furnished(python, 200) as home:
        first = home.refreshed()
        peaks = home.peaks()
        known = [account["failure"] is None for account in home.listed() if account["fetched_at"]]
    say(f"  200 accounts    {first.seconds:6.2f} s  {first.megabytes:.1f} MB")
    say(f"  answered        {len(known):6}    {known.count(False)} failed")
    busiest = max(peaks, key=lambda host: peaks[host])
    say(f"  at once         {peaks[busiest]:6}    {busiest} {_met(peaks[busiest], PER_HOST)}")


def provide() -> None:
    """Serve as the providers. After each line of input, print the peaks so far."""
    from tests.standin import StandIn

    with StandIn() as world:
        world.delay = LATE
        say(world.url)
        for _ in sys.stdin:
            hosts = {request.host for request in world.requests}
            say(json.dumps({host: world.peak(host) for host in hosts}))


def prepare() -> None:
    """Read a count and a kind, store so many accounts of providers without a rate limit, and print their ids."""
    from tests import stored
    from tests.standin import KEYS
    from workflow.provider import discovery

    keys: dict[str, str] = dict(stored.SIX)
    count, providers = sys.stdin.readline().split()
    for key in KEYS.values() if providers == ALL else ():
        keys.setdefault(key.provider, key.name)
    free = [
        name
        for name, about in discovery.everything().items()
        if name in keys and about.rate_limit is None and not about.is_local
    ]
    chosen = zip(range(int(count)), cycle(free))
    accounts = [stored.account(keys[name], f"{name} {number}") for number, name in chosen]
    say(json.dumps([account.id for account in accounts]))


class Home(NamedTuple):
    """A home with accounts, and the process of their providers."""

    python: str
    environ: dict[str, str]
    accounts: list[str]
    providers: subprocess.Popen[str]

    def refreshed(self, *words: str) -> Cost:
        """Run ``tankful refresh`` and return its cost."""
        begun = time.perf_counter()
        child = subprocess.Popen(
            [self.python, "-m", "scripts.tankful", "refresh", *words],
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.WEXITSTATUS(status)
        unit = 1 if sys.platform == "darwin" else 1024
        taken, worked = time.perf_counter() - begun, usage.ru_utime + usage.ru_stime
        return Cost(taken, usage.ru_maxrss * unit / 1e6, worked)

    def peaks(self) -> dict[str, int]:
        """Return the most requests at once, by host."""
        assert self.providers.stdin
        assert self.providers.stdout
        self.providers.stdin.write("\n")
        self.providers.stdin.flush()
        found: dict[str, int] = json.loads(self.providers.stdout.readline())
        return found

    def listed(self) -> list[dict[str, Any]]:
        """Return the accounts of ``tankful list --json``."""
        found: list[dict[str, Any]] = json.loads(self.told("list", "--json"))["accounts"]
        return found

    def told(self, *words: str) -> str:
        """Run a verb of ``tankful`` and return its output."""
        return _told([self.python, "-m", "scripts.tankful", *words], self.environ)


@contextmanager
def furnished(python: str, accounts: int, kinds: str = ALL) -> Iterator[Home]:
    """Make a home with this many accounts of providers of this kind, ALL or SIX, and serve the providers."""
    role = [python, "-m", "tests.benchmarks.refresh", "--role"]
    with tempfile.TemporaryDirectory() as folder, _providers([*role, "provide"]) as providers:
        assert providers.stdout
        environ = {
            "HOME": folder,
            "TANKFUL_HOME": f"{folder}/tankful",
            "TANKFUL_LOOPBACK": providers.stdout.readline().strip(),
            "TANKFUL_TEST_KEYRING": f"{folder}/keyring.json",
            "PYTHON_KEYRING_BACKEND": "tests.keyrings.FileKeyring",
            "PYTHONPATH": str(ROOT),
        }
        _told([python, "-m", "compileall", "-q", "scripts", "workflow"], environ)
        ids = json.loads(_told([*role, "prepare"], environ, f"{accounts} {kinds}\n"))
        yield Home(python, environ, ids, providers)


@contextmanager
def _providers(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        yield child


def _told(command: list[str], environ: dict[str, str], told: str | None = None) -> str:
    return subprocess.run(
        command, cwd=ROOT, env=environ, input=told, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def _median(costs: Iterator[Cost]) -> Cost:
    seconds, megabytes, worked = zip(*costs)
    return Cost(statistics.median(seconds), max(megabytes), statistics.median(worked))


def _met(value: float, target: float) -> str:
    return f"(≤ {target} {'met' if value <= target else 'MISSED'})"


if __name__ == "__main__":
    main()
