from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.tools import diff_coverage
from scripts.tools.diff_coverage import added, uncovered
from tests.conftest import ROOT

DIFF = """\
diff --git workflow/a.py workflow/a.py
--- workflow/a.py
+++ workflow/a.py
@@ -3 +3,2 @@ def f():
-    old
+    new
+    newer
@@ -9,2 +10,0 @@
-    gone
-    gone
@@ -20,0 +19 @@
+last
diff --git scripts/b.py scripts/b.py
--- scripts/b.py
+++ /dev/null
@@ -1,2 +0,0 @@
-gone
-gone
"""
SOURCE = """\
def f(x):
    if x:
        return call(
            1,
            2,
        )
    return None
"""


def files(missing: list[int], branches: list[list[int]]) -> dict[str, object]:
    return {"a.py": {"missing_lines": missing, "missing_branches": branches}}


def test_what_a_diff_adds() -> None:
    assert added(DIFF) == {"workflow/a.py": {3, 4, 19}}
    assert added("") == {}


@pytest.mark.parametrize(
    ("lines", "missing", "branches", "problems"),
    [
        ({1, 2, 5}, [], [], []),
        ({5}, [3], [], ["a.py:3: not run"]),  # within a statement of several lines
        ({2}, [3], [], []),
        ({7}, [3], [[2, 7]], []),
        ({2}, [], [[2, 7]], ["a.py:2: never goes on to 7"]),
        ({7}, [], [[7, -1]], ["a.py:7: never goes on to the end"]),
        ({2}, [2], [[2, 7]], ["a.py:2: not run"]),
    ],
)
def test_what_is_not_covered(
    lines: set[int], missing: list[int], branches: list[list[int]], problems: list[str]
) -> None:
    assert list(uncovered("a.py", lines, SOURCE, files(missing, branches))) == problems


def test_a_file_that_nobody_measured_is_not_covered() -> None:
    assert list(uncovered("b.py", {1}, SOURCE, {})) == ["b.py: not measured"]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two commits, the second of which changes a line."""
    (tmp_path / "workflow").mkdir()
    (tmp_path / "scripts").mkdir()
    for name, value in {"AUTHOR": "a", "COMMITTER": "c"}.items():
        monkeypatch.setenv(f"GIT_{name}_NAME", value)
        monkeypatch.setenv(f"GIT_{name}_EMAIL", f"{value}@example.com")
    monkeypatch.setattr(diff_coverage, "ROOT", tmp_path)
    monkeypatch.delenv("SINCE", raising=False)
    git(tmp_path, "init", "-q")
    for text in ("a = 1\n", "a = 1\nb = 2\n"):
        (tmp_path / "workflow/a.py").write_text(text)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", "a")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True)


def said(
    folder: Path, missing: list[int], monkeypatch: pytest.MonkeyPatch, **more: list[int]
) -> int | str | None:
    report = folder / "report.json"
    lines = {"workflow/a.py": missing, **{f"workflow/{name}.py": v for name, v in more.items()}}
    report.write_text(json.dumps({"files": {n: {"missing_lines": v} for n, v in lines.items()}}))
    monkeypatch.setattr(sys, "argv", ["diff_coverage", str(report)])
    with pytest.raises(SystemExit) as ended:
        diff_coverage.main()
    return ended.value.code


def test_the_last_commit_counts(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not said(checkout, [1], monkeypatch)
    assert capsys.readouterr().out == "all that changed since HEAD~1 is covered (1 files)\n"
    assert said(checkout, [2], monkeypatch)
    assert "workflow/a.py:2: not run\nnot all" in capsys.readouterr().out


def test_what_is_not_committed_comes_first(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "workflow/a.py").write_text("a = 1\nb = 3\nc = 4\n")
    (checkout / "workflow/new.py").write_text("d = 5\n")
    assert not said(checkout, [1], monkeypatch, new=[])
    assert "since HEAD is covered (2 files)" in capsys.readouterr().out
    assert said(checkout, [3], monkeypatch, new=[1])
    assert "workflow/a.py:3: not run\nworkflow/new.py:1: not run" in capsys.readouterr().out


def test_since_may_be_named(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "workflow/a.py").write_text("a = 7\nb = 2\n")
    monkeypatch.setenv("SINCE", "HEAD~1")
    assert said(checkout, [2], monkeypatch)
    monkeypatch.setenv("SINCE", "HEAD")
    assert not said(checkout, [2], monkeypatch)


def test_the_tests_say_it(tmp_path: Path) -> None:
    """``scripts/test --cov`` in a checkout whose last commit is covered, and then is not."""
    python = tmp_path / "venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@" >>"$CALLS"\n')
    python.chmod(0o755)
    calls = tmp_path / "calls"
    for arguments, count in ((["-q"], 1), (["-q", "--cov"], 2)):
        calls.write_text("")
        environ = {**os.environ, "VENV": str(tmp_path / "venv"), "CALLS": str(calls)}
        _installed(tmp_path / "venv")
        subprocess.run([str(ROOT / "scripts/test"), *arguments], env=environ, check=True)
        assert len(calls.read_text().splitlines()) == count
    first, second = calls.read_text().splitlines()
    report = first.partition("json:")[2].split()[0]
    assert second == f"-m scripts.tools.diff_coverage {report}"


def _installed(environment: Path) -> None:
    """Let scripts/environment.sh find that nothing is left to install."""
    command = ["cksum"]
    with (ROOT / "pyproject.toml").open("rb") as file:
        told = subprocess.run(command, stdin=file, capture_output=True, text=True, check=True)
    (environment / "installed").write_text(f"{told.stdout.strip()}[test]\n")
