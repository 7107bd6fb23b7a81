"""What a keystroke costs: ``scripts/usage.sh`` with a warm feed beside a bare start of Python.

    python -m tests.benchmarks.keystroke [--pairs N] [PYTHON…]

Each pair runs both commands, in turns first, as whole processes with the output read from a pipe. The
scripts are a copy without any compiled code, which an installed workflow does not have either, and the
starter is Alfred's, with the measured Python in the place of the system's.
The ratio is that of the medians; the spread is the middle half of the pairs' own ratios.
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
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from tests.alfred_harness.scripts import SYSTEM_PYTHON

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {20: 1.0, 200: 1.3}  # accounts: the most it may cost, in bare starts
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


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def pairs(
    python: str, script: str, environ: Dict[str, str], count: int
) -> List[Tuple[float, float]]:
    """So many pairs of seconds: a bare start, and a keystroke."""
    bare = (python, "-I", "-c", "pass")
    usage = (script,)
    found = []
    for turn in range(count + WARM_UP):
        if turn % 2:
            second = seconds(usage, environ)
            first = seconds(bare, environ)
        else:
            first, second = seconds(bare, environ), seconds(usage, environ)
        found.append((first, second))
    return found[WARM_UP:]


def seconds(command: Sequence[str], environ: Dict[str, str]) -> float:
    """How long a whole process takes until its output has ended and it is gone."""
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ, bufsize=0) as child:
        assert child.stdout is not None
        while child.stdout.read(1 << 20):
            pass
    taken = time.perf_counter() - begun
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return taken


def installed(folder: str, python: str) -> str:
    """The starter of a copy of the scripts."""
    for name in ("scripts", "workflow"):
        shutil.copytree(ROOT / name, Path(folder, name), ignore=shutil.ignore_patterns("*.pyc"))
    return starter(Path(folder), "usage.sh", python)


def starter(folder: Path, name: str, python: str) -> str:
    """A starter of the scripts there, with this Python in the place of the system's."""
    path = folder / "scripts" / name
    text = (ROOT / "scripts" / name).read_text(encoding="utf-8")
    path.write_text(text.replace(SYSTEM_PYTHON, shlex.quote(python)), encoding="utf-8")
    return str(path)


def _warm(folder: str, accounts: int) -> Dict[str, str]:
    """The variables of a keystroke in a home with a feed of so many accounts."""
    environ = {"HOME": folder, "TANKFUL_HOME": folder, "LANG": "en_US.UTF-8"}
    os.environ.update(environ)
    from tests import examples
    from workflow.alfred import publish
    from workflow.models import utc_now

    examples.install(examples.many(accounts, utc_now()))
    publish.publish()
    return environ


def version(python: str) -> str:
    """What an interpreter is."""
    command = [python, "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def line(python: str, what: object, measured: List[Tuple[float, float]], target: float) -> str:
    """What was measured, as a row of the table: bare starts beside something else, in seconds."""
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
