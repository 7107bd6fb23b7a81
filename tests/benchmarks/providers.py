"""Measures how the number of providers affects the list to add from and the recognition of a key.

    python -m tests.benchmarks.providers [--runs N] [PYTHON…]

Each run is a process of its own, which reads the index that the first one has written. Compares the prominent
providers alone with all of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.keystroke import ROOT, processor, say
from workflow.provider import discovery

SHOWING = "from workflow.alfred import add_menu; add_menu.providers(discovery.everything(), {})"
RECOGNISING = (
    "from workflow.recognition import recognise; "
    "recognise.recognise('here: tvly-dev-Benchmark0123456789 and sk-kimi-Benchmark0123456789')"
)
ACTIONS = {
    "import nothing of them": "pass",
    "show the list to add from": SHOWING,
    "recognise two keys": RECOGNISING,
}
BEGIN = (
    "import sys; sys.path.insert(0, {root!r}); import workflow.providers; "
    "workflow.providers.__path__[:] = [{folder!r}]; from workflow.provider import discovery; {action}"
)


def main() -> None:
    """Measure, and print medians of processor time and their ratio to the prominent providers alone."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        prominent = [n for n in discovery.names() if discovery.about(n).is_prominent]
        folders = [_folder(Path(place), names) for names in (prominent, discovery.names())]
        for python in told.pythons:
            say(python)
            for action, code in ACTIONS.items():
                say(f"  {action}: {_compared(python, folders, code, told.runs)}")


def _folder(place: Path, names: Sequence[str]) -> Path:
    """Make a folder of providers."""
    folder = place / str(len(names))
    folder.mkdir()
    for name in names:
        source = (ROOT / f"workflow/providers/{name}.py").read_text(encoding="utf-8")
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return folder


def _compared(python: str, folders: Sequence[Path], code: str, runs: int) -> str:
    taken: dict[Path, list[float]] = {folder: [] for folder in folders}
    environ = {"HOME": str(folders[0].parent), "PATH": os.environ["PATH"]}
    for run in range(runs + 1):
        for folder in folders:
            home = {**environ, "TANKFUL_HOME": str(folder.parent / f"home-{folder.name}")}
            command = (
                python,
                "-c",
                BEGIN.format(root=str(ROOT), folder=str(folder), action=code),
            )
            spent = processor(command, home)
            if run:  # the first run writes the index
                taken[folder].append(spent)
    first = statistics.median(taken[folders[0]])
    told = []
    for folder in folders:
        median = statistics.median(taken[folder])
        told.append(f"{folder.name} providers {median * 1000:.1f} ms ({median / first:.2f} ×)")
    return " · ".join(told)


if __name__ == "__main__":
    main()
