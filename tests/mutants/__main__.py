"""``python -m tests.mutants MODULE … [TEST …]``: list the changes that no test notices.

A module is a file below ``workflow``, or a folder of them. By default it is tested by the tests of the same
name. Works on a copy of the files that git tracks. The exit code is 1 if fewer than 95 of 100 changes of a
module are noticed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.mutants.session import Mutations

ENOUGH = 95  # percent
QUIET = (
    "-p",
    "no:xdist",
    "-p",
    "no:cacheprovider",
    "--no-header",
    "-qq",
    "--tb=no",
    "--assert=plain",
)


def own_tests(module: str) -> list[str]:
    """Return the tests that mirror a module, and those of its provider if it belongs to one."""
    inside = Path(module).relative_to("workflow")
    mirror = Path("tests") / inside.parent / f"test_{inside.name}"
    provider = Path("tests/providers") / f"test_{inside.parent.name}.py"
    room = Path("tests") / inside.stem  # if the module is a provider's file
    places = [mirror, provider, room if inside.parent.name == "providers" else mirror]
    return [place.as_posix() for place in dict.fromkeys(places) if place.exists()]


def copy(folder: Path) -> None:
    """Copy the files that git tracks, with their changes, into a folder."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True)
    for name in filter(os.path.isfile, listed.stdout.split("\0")):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, place)


def main(arguments: list[str]) -> int:
    """Try the changes, and print those that no test noticed. Returns 1 if there are too many."""
    places = [Path(each) for each in arguments if each.startswith("workflow/")]
    files = [
        file for each in places for file in (sorted(each.glob("*.py")) if each.is_dir() else [each])
    ]
    modules = [file.as_posix() for file in files if file.name != "__init__.py"]
    tests = [each for each in arguments if not each.startswith("workflow/")]
    tests = tests or list(dict.fromkeys(test for each in modules for test in own_tests(each)))
    if not modules or not tests:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        copy(Path(name))
        os.chdir(name)
        sys.path[0] = os.getcwd()
        mutations = Mutations(modules)
        pytest.main([*QUIET, *tests], plugins=[mutations])
        os.chdir("/")
    return report(mutations)


def report(mutations: Mutations) -> int:
    """Print the changes that no test noticed, and the share of each module. Returns the exit code."""
    if mutations.broken:
        sys.exit("\n".join(["these fail without any change:", *mutations.broken]))
    is_enough = True
    for module, tried in mutations.tried.items():
        survivors = mutations.survivors[module]
        share = 100 * (tried - len(survivors)) / tried
        is_enough &= share >= ENOUGH
        said = [f"{module}:{each}" for each in survivors]
        said.append(
            f"{tried - len(survivors)} of {tried} changes of {module} noticed ({share:.1f} %)"
        )
        sys.stdout.write("\n".join([*said, ""]))
    return 0 if is_enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
