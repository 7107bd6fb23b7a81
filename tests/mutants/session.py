"""A pytest plugin that collects the tests once, and forks for each change.

First a child runs all tests and records the lines that each test runs. Then each change is tried in a
child of its own, with only the tests that run its lines, the fast ones first, until one fails.
"""

from __future__ import annotations

import ast
import importlib
import os
import pickle
import sys
import tempfile
import threading
import time
import types
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.changes import Change, changes
from tests.mutants.children import FAILED, STUCK, Children
from tests.mutants.imported import live_functions, put

SECONDS, FACTOR = 3, 10  # limit of processor time: SECONDS + FACTOR * what the tests take unchanged
NOTICED = 1  # exit code of a child: this, plus the index of the test that noticed
MOST = 200  # indexes above it share an exit code, which is a byte

Line = tuple[str, int]  # file, line


@dataclass(frozen=True)
class Ran:
    """The result of a test without any change: processor time, failure, lines that it ran."""

    seconds: float
    failed: bool
    lines: frozenset[Line]


@dataclass(eq=False)
class Mutations:
    """The plugin. Afterwards ``survivors`` has the changes that no test noticed, ``tried`` the number of all."""

    modules: list[str]  # files, relative to the root
    survivors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    tried: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    broken: list[str] = field(default_factory=list)
    _noticed: Counter[int] = field(
        default_factory=Counter
    )  # how many changes a test noticed, by its index

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out the tests of Hypothesis: a change has to be noticed without luck."""
        items[:] = [item for item in items if not is_drawn(item)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once without a change, then with each change."""
        if session.testsfailed:
            self.broken.append("the tests cannot be collected")
            return True
        files = {str(Path(name).resolve()): name for name in self.modules}
        ran, loaded = _watched(session.items, set(files))
        self.broken += [item.nodeid for item, each in zip(session.items, ran) if each.failed]
        if self.broken:
            return True
        for name in loaded:
            with suppress(Exception):
                importlib.import_module(name)
        with Children(os.cpu_count() or 1) as children:
            for file, name in files.items():
                self._module(file, name, session.items, ran, children)
        return True

    def _module(
        self, file: str, name: str, items: list[pytest.Item], ran: list[Ran], children: Children
    ) -> None:
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
        functions = live_functions(file)
        for change in changes(tree):
            self.tried[name] += 1
            lines = {(file, line) for line in change.lines}
            running = [
                at
                for at, each in enumerate(ran)
                if each.lines & lines or (change.is_constant and each.lines)
            ]
            running.sort(key=lambda at: ran[at].seconds / (1 + self._noticed[at]))
            said = str(change)
            if not running:
                self.survivors[name].append(f"{said}   (no test runs it)")
                continue
            seconds = SECONDS + FACTOR * sum(ran[at].seconds for at in running)

            def work(change: Change = change, running: list[int] = running) -> int:
                if not put(change, tree, file, functions):
                    return NOTICED + MOST
                noticing = (place for place, at in enumerate(running) if _fails(items[at]))
                return NOTICED + min(next(noticing, -NOTICED), MOST)

            def ended(code: int, said: str = said, running: list[int] = running) -> None:
                if code == FAILED:
                    self.broken.append(f"{name}:{said} cannot be made")
                elif code in (0, STUCK):
                    self.survivors[name].append(said + ("   (waits for ever)" if code else ""))
                elif NOTICED <= code < MOST:
                    self._noticed[running[code - NOTICED]] += 1

            children.start(work, seconds, ended)
        children.wait()


def is_drawn(item: pytest.Item) -> bool:
    """Tell whether a test is one of Hypothesis."""
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


def _fails(item: pytest.Item) -> bool:
    reports = runtestprotocol(item, log=False, nextitem=None)
    return any(report.failed for report in reports)


def _watched(items: list[pytest.Item], files: set[str]) -> tuple[list[Ran], list[str]]:
    """Run all tests in a child. Returns the result of each, and the modules loaded by the end."""
    with tempfile.NamedTemporaryFile() as file:

        def work() -> int:
            ran = [_watch(item, files) for item in items]
            with open(file.name, "wb") as out:
                pickle.dump((ran, sorted(sys.modules)), out)
            return 0

        with Children(1) as children:
            children.start(work, None, lambda _: None)
            children.wait()
        return pickle.load(file)  # type: ignore[no-any-return]  # noqa: S301 - from our own child


def _watch(item: pytest.Item, files: set[str]) -> Ran:
    lines: set[Line] = set()

    def of_line(frame: types.FrameType, event: str, argument: Any) -> Any:
        lines.add((frame.f_code.co_filename, frame.f_lineno))
        return of_line

    def of_call(frame: types.FrameType, event: str, argument: Any) -> Any:
        return of_line if frame.f_code.co_filename in files else None

    began = time.process_time()
    threading.settrace(of_call)
    sys.settrace(of_call)
    try:
        failed = _fails(item)
    finally:
        sys.settrace(None)
    return Ran(time.process_time() - began, failed, frozenset(lines))
