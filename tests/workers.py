"""Sends less from a worker to the process that started it: half of the cost of a short test is such messages."""

from __future__ import annotations

import pytest
from _pytest.runner import runtestprotocol

LONG = 0.1  # seconds of a preparation that --durations should list


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Report only the call of a test that passes, and not that it starts and ends.

    Tests that may be run again are left to the plugin that repeats them.
    """
    config = item.config
    may_run_again = item.get_closest_marker("flaky") or config.getoption("reruns", None)
    if may_run_again or not hasattr(config, "workerinput"):
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.passed:
            report.keywords = {}  # only a skip is told by them
        if report.when == "call" or not report.passed or report.duration > LONG:
            item.ihook.pytest_runtest_logreport(report=report)
    return True
