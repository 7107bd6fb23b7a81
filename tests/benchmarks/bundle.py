"""Compares the installed workflow with the checkout, and places to keep compiled code.

    python -m tests.benchmarks.bundle [--runs N] [PYTHON…]

The bundle is built, unpacked and made read-only. ``usage.sh`` runs with a warm feed of 20 accounts. The
commands run once with nothing compiled, then warm: with compiled code in our cache (as shipped), beside
the sources (``.pyc`` in the bundle), and without any.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.tools import bundle
from tests import examples
from tests.benchmarks.keystroke import ROOT, installed, say, seconds, starter
from tests.bundle import fixtures
from workflow.alfred import publish
from workflow.models import utc_now

COMMANDS = ("script-filter", "summary", "list")
ACCOUNTS = 20


def main() -> None:
    """Measure every interpreter and print the results."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Tankful.alfredworkflow"
        bundle.build(str(ROOT), str(file))
        for python in told.pythons:
            place = Path(folder) / f"installed {fixtures.spoken(python)}"
            with tempfile.TemporaryDirectory() as home:
                _measure(python, file, place, home, told.runs)


def _measure(python: str, file: Path, place: Path, home: str, runs: int) -> None:
    read_only, compiled = place / "read-only", place / "compiled"
    fixtures.unpack(file, read_only)
    fixtures.unpack(file, compiled)
    subprocess.run([python, "-m", "compileall", "-q", str(compiled)], check=True)
    begin = starter(read_only, "usage.sh", python)
    for path in read_only.rglob("*"):
        path.chmod(path.stat().st_mode & ~0o222)
    environ = _warm(home)
    beside = installed(str(place / "checkout"), python)
    say(f"\nPython {fixtures.spoken(python)}, {ACCOUNTS} accounts")
    say(_keystrokes(python, begin, beside, environ, runs))
    for name in COMMANDS:
        say(
            f"  {name:17}{_command(python, name, read_only, compiled, environ, max(5, runs // 10))}"
        )


def _warm(home: str) -> dict[str, str]:
    environ = {"HOME": home, "TANKFUL_HOME": home, "LANG": "en_US.UTF-8"}
    os.environ.update(environ)
    examples.install(examples.many(ACCOUNTS, utc_now()))
    publish.publish()
    return environ


def _keystrokes(python: str, begin: str, checkout: str, environ: dict[str, str], runs: int) -> str:
    commands: dict[str, tuple[str, ...]] = {
        "bare start": (python, "-I", "-c", "pass"),
        "checkout": (checkout,),
        "bundle": (begin,),
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(seconds(command, environ))
    bare = statistics.median(taken["bare start"])
    told = {name: statistics.median(found) for name, found in taken.items()}
    return "\n".join(f"  {n:17}{t * 1000:6.2f} ms  {t / bare:5.2f} ×" for n, t in told.items())


def _command(
    python: str, name: str, read_only: Path, compiled: Path, environ: dict[str, str], runs: int
) -> str:
    cached = (python, "-IS", str(read_only / "scripts/tankful.py"), name)
    beside = (python, "-ES", str(compiled / "scripts/tankful.py"), name)
    nowhere = (python, "-EBS", str(read_only / "scripts/tankful.py"), name)
    told = []
    for label, command in (("our cache", cached), ("beside", beside), ("nowhere", nowhere)):
        first = seconds(command, environ)
        warm = statistics.median(seconds(command, environ) for _ in range(runs))
        told.append(f"{label}: first {first * 1000:4.0f}, then {warm * 1000:4.0f} ms")
    return " · ".join(told)


if __name__ == "__main__":
    main()
