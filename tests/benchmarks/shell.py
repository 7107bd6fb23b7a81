"""Compares the command in a shell, with 20 accounts, with a bare start of Python.

    python -m tests.benchmarks.shell [--pairs N] [PYTHON…]

Each pair runs a bare start and ``tankful`` as whole processes, with the output read from a pipe. The numbers
are fresh and the pack exists, as after a refresh; *worked out* is the list without the pack. The Python needs
the packages of ``pyproject.toml``, as in ``.venv``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests import examples
from tests.benchmarks.keystroke import ROOT, line, say, seconds
from workflow.alfred import publish, served
from workflow.models import utc_now

ACCOUNTS = 20
CALLS = {
    "prompt": (("prompt",), 1.2),
    "statusline": (("statusline",), 2.0),  # with no JSON on standard input
    "list": ((), 7.0),
    "--json": (("--json",), 5.0),
    "--help": (("--help",), 7.0),
    "guard": (("guard", "glm"), 6.0),
}
WORKED_OUT = 12.0  # the list without the pack; the target is our own choice


def main() -> None:
    """Measure every interpreter and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    told = parser.parse_args()
    say(f"{'python':>8} {'call':>8} {'bare ms':>8} {'call ms':>8} {'ratio':>6} {'middle half':>12}")
    for python in told.pythons:
        with tempfile.TemporaryDirectory() as home:
            environ = _home(home)
            for name, (words, target) in CALLS.items():
                say(line(python, name, _pairs(python, words, environ, told.pairs), target))
            Path(served.path()).unlink()
            say(line(python, "worked out", _pairs(python, (), environ, told.pairs), WORKED_OUT))


def _home(home: str) -> dict[str, str]:
    environ = {"HOME": home, "TANKFUL_HOME": home, "LANG": "en_US.UTF-8"}
    os.environ.update(environ)
    examples.install(examples.many(ACCOUNTS, utc_now()))
    publish.publish()
    return {**environ, "PYTHONPATH": str(ROOT)}


def _pairs(
    python: str, words: tuple[str, ...], environ: dict[str, str], count: int
) -> list[tuple[float, float]]:
    bare = (python, "-I", "-c", "pass")
    command = (python, "-c", "from scripts.tankful import main; main()", *words)
    for _ in range(3):
        seconds(command, environ)
    return [(seconds(bare, environ), seconds(command, environ)) for _ in range(count)]


if __name__ == "__main__":
    main()
