"""Threads that the process does not wait for."""

from __future__ import annotations

import threading

import pytest

from workflow.system.threads import DaemonThreads

PATIENCE = 30  # seconds


def test_a_call_returns_and_raises_as_it_does_elsewhere() -> None:
    threads = DaemonThreads()
    assert threads.submit(divmod, 7, 2).result(PATIENCE) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        threads.submit(divmod, 7, 0).result(PATIENCE)


def test_nobody_waits_for_a_call_that_hangs() -> None:
    threads, hung, seen = DaemonThreads(), threading.Event(), []

    def hang() -> None:
        seen.append(threading.current_thread().daemon)
        hung.wait(PATIENCE)

    future = threads.submit(hang)
    threads.shutdown(wait=True)
    assert not future.done()
    hung.set()
    future.result(PATIENCE)
    assert seen == [True]
