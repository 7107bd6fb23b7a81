"""Modules that are loaded late, or not at all."""

from __future__ import annotations

import importlib
import inspect
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workflow.system import lazy_imports


def test_a_missing_module_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    class Finder:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            looked.append(name)

    monkeypatch.setitem(sys.modules, "no_such_module", None)  # taken back afterwards
    del sys.modules["no_such_module"]
    lazy_imports.remember_missing("no_such_module")
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    with pytest.raises(ImportError):
        importlib.import_module("no_such_module")
    assert looked == []


def test_a_module_that_is_there_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    lazy_imports.remember_missing("colorsys")
    assert importlib.import_module("colorsys").rgb_to_hsv


def test_threads_may_need_a_module_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)

    def used(at_once: threading.Barrier) -> object:
        at_once.wait()
        return stand_in.rgb_to_hsv

    count, interval = 6, sys.getswitchinterval()
    with ThreadPoolExecutor(count) as threads:
        sys.setswitchinterval(1e-6)
        try:
            for _ in range(300):
                sys.modules.pop("colorsys", None)
                lazy_imports.put_off("colorsys")
                stand_in = sys.modules["colorsys"]
                assert all(threads.map(used, [threading.Barrier(count)] * count))
        finally:
            sys.setswitchinterval(interval)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="there it is needed in any case")
def test_the_help_of_an_option_needs_no_look_into_code(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["One line.", " \tOne\tline. ", "", "First.\n   Second.\n\n     Third.\n"]
    expected = [inspect.cleandoc(text) for text in texts]
    monkeypatch.delitem(sys.modules, "inspect")
    lazy_imports.put_off_rare()
    stand_in = sys.modules["inspect"]
    assert [stand_in.cleandoc(text) for text in texts[:3]] == expected[:3]
    assert sys.modules["inspect"] is stand_in
    assert stand_in.cleandoc(texts[3]) == expected[3]
    assert sys.modules["inspect"] is not stand_in


@pytest.mark.parametrize("is_loaded", [True, False])
def test_classes_stay_as_they_are_written(
    is_loaded: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "of_classes.py").write_text(
        "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass Made:\n    x: int = 1\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    if not is_loaded:
        monkeypatch.delitem(sys.modules, "dataclasses")
    before = sys.modules.get("dataclasses")
    with lazy_imports.plain_classes():
        made = importlib.import_module("of_classes").Made
    monkeypatch.delitem(sys.modules, "of_classes")
    assert made.x == 1
    assert made() != made()
    assert sys.modules.get("dataclasses") is before
