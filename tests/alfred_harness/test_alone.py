"""The folder needs nothing outside it, so it can be copied into another project."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NEEDED = {"pytest", "jsonschema"}


def test_it_imports_only_itself_and_what_its_readme_names() -> None:
    top = {
        name.split(".")[0]
        for path in HERE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    foreign = {name for name in top if not _is_built_in(name)}
    assert foreign == NEEDED
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in NEEDED)


def _is_built_in(name: str) -> bool:
    """Ask an interpreter that sees neither packages nor this checkout."""
    code = f"import importlib.util as u, sys; sys.exit(u.find_spec({name!r}) is None)"
    command = [sys.executable, "-IS", "-c", code]
    return subprocess.run(command, cwd="/", check=False).returncode == 0


def test_it_works_elsewhere(tmp_path: Path) -> None:
    copy = tmp_path / "alfred_harness"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__", "test_alone.py"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    chosen = [
        str(copy / "test_checks.py"),
        str(copy / "test_harness.py"),
        "-k",
        "check or TestKeywords or TestActioning",
    ]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), *chosen],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
