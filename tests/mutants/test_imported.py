"""A change is applied to modules that are imported already."""

from __future__ import annotations

import ast
import gc
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutants.changes import changes
from tests.mutants.imported import live_functions, put

CODE = """
import functools

FULL = 100

@functools.lru_cache
def left(used):
    return FULL - used

class Row:
    def of(self):
        return [each for each in (1,)]
"""


@pytest.fixture
def module(tmp_path: Path) -> Iterator[ModuleType]:
    file = tmp_path / "changed.py"
    file.write_text(CODE)
    spec = importlib.util.spec_from_file_location("changed", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["changed"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["changed"]
    gc.freeze()  # as before: to look for functions it is undone


def test_functions_constants_and_methods_are_changed(module: ModuleType) -> None:
    file, tree = str(module.__file__), ast.parse(CODE)
    other = ModuleType("other")
    vars(other).update(FULL=module.FULL, left=module.left)
    sys.modules["other"] = other
    functions, seen = live_functions(file), []
    for change in changes(tree):
        assert put(change, tree, file, functions)
        module.left.cache_clear()
        seen.append((other.left(30), module.Row().of(), other.FULL))
    del sys.modules["other"]
    assert seen == [
        (71, [1], 101),
        (None, [1], 101),  # a constant stays: each change has a process of its own
        (131, [1], 101),
        (71, None, 101),
        (71, [2], 101),
    ]


def test_what_cannot_be_imported_is_told(module: ModuleType) -> None:
    tree = ast.parse("FULL = int('7', '10')")
    assert [put(c, tree, str(module.__file__), {}) for c in changes(tree)] == [False, False]
    assert module.FULL == 100
