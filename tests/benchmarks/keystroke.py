"""Compares a keystroke, ``scripts/usage.sh`` with a warm feed, with a bare start of Python.

    python -m tests.benchmarks.keystroke [--pairs N] [PYTHON…]

Each pair runs both commands as whole processes, with the output read from a pipe; they take turns at going
first. The scripts are a copy without compiled code, as in an installed workflow. The first pairs, which are not
counted, fill the cache. The starter is Alfred's, with the measured Python instead of the system's.
The ratio is that of the medians; the spread is the middle half of the ratios of the pairs.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from tests.alfred_harness.scripts import SYSTEM_PYTHON

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {20: 0.85, 200: 1.1, 1000: 2.0}  # accounts: the target, in bare starts
FIT, FIT_TARGET = 20, 1.3  # accounts of ``usage fit 2h``, and its target
AGE = timedelta(minutes=3)  # of the feed, long enough for some of its times to have changed
WARM_UP = 10  # pairs that are not counted


def main() -> None:
    """Measure every interpreter and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    told = parser.parse_args()
    say(
        f"{'python':>8} {'accounts':>8} {'bare ms':>8} {'usage ms':>8} {'ratio':>6} {'middle half':>12} target"
    )
    for python in told.pythons:
        for accounts, target in TARGETS.items():
            with tempfile.TemporaryDirectory() as folder:
                measured = pairs(
                    python, installed(folder, python), _warm(folder, accounts), told.pairs
                )
            say(line(python, accounts, measured, target))
        with tempfile.TemporaryDirectory() as folder:
            script, environ = installed(folder, python, "alfred/fit.sh"), _warm(folder, FIT)
            say(line(python, "fit", pairs(python, script, environ, told.pairs, "2h"), FIT_TARGET))


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def pairs(
    python: str, script: str, environ: dict[str, str], count: int, *typed: str
) -> list[tuple[float, float]]:
    """Measure ``count`` pairs in seconds: a bare start, and a keystroke after which the field holds ``typed``."""
    bare = (python, "-I", "-c", "pass")
    usage = (script, *typed)
    found = []
    for turn in range(count + WARM_UP):
        if turn % 2:
            second = seconds(usage, environ)
            first = seconds(bare, environ)
        else:
            first, second = seconds(bare, environ), seconds(usage, environ)
        found.append((first, second))
    return found[WARM_UP:]


def seconds(command: Sequence[str], environ: dict[str, str]) -> float:
    """Return the wall time of a whole process, until its output and the process have ended."""
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ, bufsize=0) as child:
        assert child.stdout is not None
        while child.stdout.read(1 << 20):
            pass
    taken = time.perf_counter() - begun
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return taken


def processor(command: Sequence[str], environ: Mapping[str, str]) -> float:
    """Return the seconds of processor time of a command, which a busy machine disturbs less than wall time."""
    null = os.open(os.devnull, os.O_WRONLY)
    silent = [(os.POSIX_SPAWN_DUP2, null, 1)]
    pid = os.posix_spawn(command[0], list(command), environ, file_actions=silent)
    os.close(null)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return used.ru_utime + used.ru_stime


def installed(folder: str, python: str, name: str = "usage.sh") -> str:
    """Copy the scripts into a folder, and return the starter of one."""
    for part in ("scripts", "workflow"):
        shutil.copytree(ROOT / part, Path(folder, part), ignore=shutil.ignore_patterns("*.pyc"))
    return starter(Path(folder), name, python)


def starter(folder: Path, name: str, python: str) -> str:
    """Make a starter of a script in a folder use this Python instead of the system's, and return its path."""
    path = folder / "scripts" / name
    text = (ROOT / "scripts" / name).read_text(encoding="utf-8")
    path.write_text(text.replace(SYSTEM_PYTHON, shlex.quote(python)), encoding="utf-8")
    return str(path)


def _warm(folder: str, accounts: int) -> dict[str, str]:
    """Make a home with a feed of this many accounts, and return the environment of a keystroke."""
    environ = {"HOME": folder, "LANG": "en_US.UTF-8", "alfred_workflow_data": folder}
    environ["alfred_workflow_cache"] = f"{folder}/cache"
    os.environ.update(environ)
    from scripts import bootstrap
    from tests import examples
    from workflow import paths
    from workflow.alfred import publish
    from workflow.history import visits
    from workflow.models import utc_now

    then = utc_now() - AGE
    examples.install(examples.many(accounts, then))
    publish.publish(lambda: then)
    visits.looked()  # creates the file that a keystroke touches
    os.makedirs(f"{paths.cache(environ)}/bytecode/{bootstrap.CHECKOUT}", 0o700, exist_ok=True)
    return environ


def version(python: str) -> str:
    """Return the version of an interpreter."""
    command = [python, "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def line(python: str, what: object, measured: list[tuple[float, float]], target: float) -> str:
    """Render a row of the table from pairs in seconds: a bare start, and something else."""
    bare, taken = (statistics.median(column) * 1000 for column in zip(*measured))
    low, _, high = statistics.quantiles([b / a for a, b in measured], n=4)
    ratio = taken / bare
    verdict = "met" if ratio <= target else "MISSED"
    return (
        f"{version(python):>8} {what:>8} {bare:>8.2f} {taken:>8.2f} {ratio:>6.2f} "
        f"{f'{low:.2f}–{high:.2f}':>12} ≤ {target} {verdict}"
    )


if __name__ == "__main__":
    main()
