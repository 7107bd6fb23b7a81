"""Say whether the tests have run every changed line, from coverage's JSON report.

``scripts/test --cov`` calls it. The changed lines are those that are not committed yet, or if there are none,
those of the last commit; SINCE=main counts a whole branch.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("workflow", "scripts")
_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
Lines = dict[str, set[int]]  # numbers by file


def main() -> None:
    """Print the changed lines that no test has run. Exits with 1 if there are any."""
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    since = os.environ.get("SINCE") or ("HEAD" if _git("diff", "HEAD", *FOLDERS) else "HEAD~1")
    lines = added(_git("diff", "--unified=0", "--no-prefix", "--no-renames", since, *FOLDERS))
    for name in _git("ls-files", "--others", "--exclude-standard", *FOLDERS).split():
        lines[name] = set(range(1, len(_source(name).splitlines()) + 1))
    names = [name for name in sorted(lines) if name.endswith(".py")]
    problems = [
        problem
        for name in names
        for problem in uncovered(name, lines[name], _source(name), report["files"])
    ]
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    whole = "not all" if problems else "all"
    sys.stdout.write(f"{whole} that changed since {since} is covered ({len(names)} files)\n")
    raise SystemExit(bool(problems))


def added(diff: str) -> Lines:
    """Read the numbers of the lines that a diff adds, from ``git diff --unified=0 --no-prefix``."""
    lines: Lines = {}
    numbers: set[int] = set()
    for line in diff.splitlines():
        hunk = _HUNK.match(line)
        if line.startswith("+++ "):
            numbers = lines.setdefault(line[4:].rstrip("\t"), set())
        elif hunk:
            first = int(hunk[1])
            numbers.update(range(first, first + int(hunk[2] or 1)))
    lines.pop("/dev/null", None)
    return {name: numbers for name, numbers in lines.items() if numbers}


def uncovered(name: str, lines: set[int], source: str, files: Mapping[str, Any]) -> Iterator[str]:
    """Name the changed lines and branches of a file that were not run, by ``files`` of coverage's report."""
    if name not in files:
        yield f"{name}: not measured"
        return
    first = _statements(source)
    changed = {first.get(line, line) for line in lines}
    for line in sorted(changed & set(files[name]["missing_lines"])):
        yield f"{name}:{line}: not run"
    for line, then in sorted(files[name].get("missing_branches", [])):
        if line in changed and line not in files[name]["missing_lines"]:
            yield f"{name}:{line}: never goes on to {then if then > 0 else 'the end'}"


def _statements(source: str) -> dict[int, int]:
    """Map each line to the first line of its statement, which is the one that coverage counts."""
    first: dict[int, int] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            first.update(dict.fromkeys(range(node.lineno, end + 1), node.lineno))
    return first


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _source(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
