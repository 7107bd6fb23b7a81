"""Change one module line by line and see which changes no test notices.

``python -m tests.mutants workflow/….py [TEST …]``; the tests default to the module's own. It works on a
copy of what git tracks, with mutmut, which needs Python 3.10 or newer and is installed by
``scripts/check --mutants``. Ends with 1 when fewer than 95 of 100 changes are noticed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Dict, List

from tests.conftest import ROOT

ENOUGH = 95  # percent
NOTICED = ("killed", "timeout", "suspicious")
CONFIG = """
[tool.mutmut]
source_paths = [{module!r}]
also_copy = {copied!r}
pytest_add_cli_args_test_selection = {tests!r}
pytest_add_cli_args = ["-p", "no:xdist", "-p", "no:rerunfailures"]
"""


def own_tests(module: str) -> str:
    """The test file that mirrors a module: ``workflow/feed.py`` has ``tests/test_feed.py``."""
    inside = Path(module).relative_to("workflow") if module.startswith("workflow") else Path(module)
    return (Path("tests") / inside.parent / f"test_{inside.name}").as_posix()


def tracked() -> List[str]:
    """The files that git tracks, relative to the root."""
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return told.stdout.split("\0")[:-1]


def copy(folder: Path, module: str, tests: List[str]) -> None:
    """Copy the project into ``folder``, with the settings of mutmut for one module."""
    names = [name for name in tracked() if (ROOT / name).is_file()]
    for name in names:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, place)
    tops = sorted({name.split("/")[0] for name in names} - {"pyproject.toml"})
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(CONFIG.format(module=module, copied=tops, tests=tests))


def verdicts(folder: Path) -> Dict[str, str]:
    """What became of each change, by its name."""
    mutmut = [sys.executable, "-m", "mutmut"]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [*mutmut, "run"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    told = subprocess.run(
        [*mutmut, "results", "--all", "true"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = (line.strip().rsplit(": ", 1) for line in told.stdout.splitlines() if ": " in line)
    return dict(pairs)


def main(module: str, *tests: str) -> int:
    """Run it and print the changes that nobody noticed; 1 when there are too many."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy(folder, module, list(tests) or [own_tests(module)])
        found = verdicts(folder)
        counts = Counter(found.values())
        for change, verdict in found.items():
            if verdict not in NOTICED:
                shown = subprocess.run(
                    [sys.executable, "-m", "mutmut", "show", change],
                    cwd=folder,
                    capture_output=True,
                    text=True,
                    check=False,
                ).stdout
                lines = [line for line in shown.splitlines() if line[:2] in ("- ", "+ ")]
                sys.stdout.write("\n".join([f"{verdict}: {change}", *lines, ""]))
    noticed = sum(counts[verdict] for verdict in NOTICED)
    share = 100 * noticed / max(1, len(found))
    sys.stdout.write(f"{noticed} of {len(found)} changes of {module} noticed ({share:.1f} %)\n")
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
