"""What a worker sends: everything about a test that fails, and no needless report of one that passes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

TESTS = """
import time
import pytest

@pytest.fixture
def broken_before():
    raise OSError

@pytest.fixture
def broken_after():
    yield
    raise OSError

@pytest.fixture
def long():
    time.sleep(0.2)

def test_passes(): pass
def test_fails(): assert False
def test_is_skipped(): pytest.skip()
def test_is_not_prepared(broken_before): pass
def test_is_not_cleaned_up(broken_after): pass
def test_is_long_prepared(long): pass

@pytest.mark.flaky(reruns=1)
def test_repeated(): assert False
"""
RECORDER = """
import os

def pytest_runtest_logreport(report):
    if "PYTEST_XDIST_WORKER" not in os.environ:
        with open("reports", "a") as file:
            print(report.nodeid.partition("::test_")[2], report.when, report.outcome, file=file)
"""
REPORTS = """
passes call passed
fails call failed
is_skipped call skipped
is_not_prepared setup failed
is_not_cleaned_up call passed
is_not_cleaned_up teardown failed
is_long_prepared setup passed
is_long_prepared call passed
"""


def test_a_passing_test_has_one_report_and_a_failing_one_all_that_say_why(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text(RECORDER)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "1", "-p", "tests.workers", "--basetemp", "base"],
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    reports = (tmp_path / "reports").read_text().splitlines()
    repeated = [line for line in reports if line.startswith("repeated ")]
    assert [line for line in reports if line not in repeated] == REPORTS.split("\n")[1:-1], done
    assert repeated[:2] == ["repeated setup passed", "repeated call rerun"]
    assert repeated[-2:] == ["repeated call failed", "repeated teardown passed"]
