"""What a refresh costs: 30 accounts beside the slowest one alone, its memory, and 200 accounts.

    python -m tests.benchmarks.refresh [--rounds N] [PYTHON…]

The providers are the stand-in, in a process of its own, each answer 300 ms late. Every refresh is the
``tankful refresh`` of a shell as a whole process; medians are shown, of memory the largest.
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
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

from tests.benchmarks.keystroke import say, version

ROOT = Path(__file__).resolve().parents[2]
LATE = 0.3  # seconds
PER_HOST = 8
WALL, MEGABYTES = 2.5, 90


class Cost(NamedTuple):
    """What one process took."""

    seconds: float
    megabytes: float


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
        many(python)


def few(python: str, rounds: int) -> None:
    """30 accounts at once, and one of each provider alone."""
    with _home(python, 30) as home:
        alone = {
            account.partition("-")[0]: _median(home.refreshed(account) for _ in range(rounds))
            for account in home.accounts[:6]
        }
        slowest = max(alone, key=lambda provider: alone[provider].seconds)
        everybody = _median(home.refreshed("--force") for _ in range(rounds))
    ratio = everybody.seconds / alone[slowest].seconds
    say(f"  slowest alone   {alone[slowest].seconds:6.2f} s  {slowest}")
    say(f"  30 accounts     {everybody.seconds:6.2f} s  {ratio:.2f} × {_met(ratio, WALL)}")
    say(f"  peak memory     {everybody.megabytes:6.1f} MB {_met(everybody.megabytes, MEGABYTES)}")


def many(python: str) -> None:
    """200 accounts: how long, how many requests at once, and what is left for the next refresh."""
    with _home(python, 200) as home:
        first = home.refreshed()
        peaks = home.peaks()
        known = [account["failure"] is None for account in home.listed() if account["fetched_at"]]
    say(f"  200 accounts    {first.seconds:6.2f} s  {first.megabytes:.1f} MB")
    say(f"  answered        {len(known):6}    {known.count(False)} failed")
    busiest = max(peaks, key=lambda host: peaks[host])
    say(f"  at once         {peaks[busiest]:6}    {busiest} {_met(peaks[busiest], PER_HOST)}")


def provide() -> None:
    """Be the providers; after each line of input, tell the peaks so far."""
    from tests.standin import StandIn

    with StandIn() as world:
        world.delay = LATE
        say(world.url)
        for _ in sys.stdin:
            hosts = {request.host for request in world.requests}
            say(json.dumps({host: world.peak(host) for host in hosts}))


def prepare() -> None:
    """Store as many accounts as the input says, and tell their ids."""
    from tests import stored

    say(json.dumps([account.id for account in stored.many(int(sys.stdin.readline()))]))


class Home(NamedTuple):
    """A home of accounts, and the providers they ask."""

    python: str
    environ: Dict[str, str]
    accounts: List[str]
    providers: subprocess.Popen[str]

    def refreshed(self, *words: str) -> Cost:
        """Run ``tankful refresh`` and tell what it took."""
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
        return Cost(time.perf_counter() - begun, usage.ru_maxrss * unit / 1e6)

    def peaks(self) -> Dict[str, int]:
        """The most requests at once, by host."""
        assert self.providers.stdin and self.providers.stdout
        self.providers.stdin.write("\n")
        self.providers.stdin.flush()
        found: Dict[str, int] = json.loads(self.providers.stdout.readline())
        return found

    def listed(self) -> List[Dict[str, Any]]:
        """The accounts as ``tankful list --json`` tells them."""
        told = _told([self.python, "-m", "scripts.tankful", "list", "--json"], self.environ)
        found: List[Dict[str, Any]] = json.loads(told)["accounts"]
        return found


@contextmanager
def _home(python: str, accounts: int) -> Iterator[Home]:
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
        ids = json.loads(_told([*role, "prepare"], environ, f"{accounts}\n"))
        yield Home(python, environ, ids, providers)


@contextmanager
def _providers(command: List[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        yield child


def _told(command: List[str], environ: Dict[str, str], told: Optional[str] = None) -> str:
    return subprocess.run(
        command, cwd=ROOT, env=environ, input=told, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def _median(costs: Iterator[Cost]) -> Cost:
    seconds, megabytes = zip(*costs)
    return Cost(statistics.median(seconds), max(megabytes))


def _met(value: float, target: float) -> str:
    return f"(≤ {target} {'met' if value <= target else 'MISSED'})"


if __name__ == "__main__":
    main()
