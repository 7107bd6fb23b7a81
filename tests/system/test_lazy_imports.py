"""Modules that are loaded late, or not at all."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workflow.system import lazy_imports


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


def test_what_a_package_hardly_uses_is_loaded_when_it_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rarely.py").write_text(
        "import xml.dom\nfrom colorsys import rgb_to_hsv\n"
        "class Own(xml.dom.Node): pass\ndef call(): return rgb_to_hsv(1, 0, 0)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("colorsys", "xml.dom"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    importlib.import_module("xml")
    with lazy_imports.stand_ins({"colorsys": ("rgb_to_hsv",), "xml.dom": ("Node",)}):
        rarely = importlib.import_module("rarely")
    monkeypatch.delitem(sys.modules, "rarely")
    assert not {"colorsys", "xml.dom"} & set(sys.modules)
    assert not hasattr(sys.modules["xml"], "dom")
    assert rarely.call() == (0.0, 1.0, 1)
    assert importlib.import_module("xml.dom").Node is not rarely.Own.__mro__[1]


def test_a_package_may_call_it_while_it_is_imported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """httpx 0.27 makes a path at once."""
    (tmp_path / "at_once.py").write_text(
        "from colorsys import rgb_to_hsv\nHUE = rgb_to_hsv(1, 0, 0)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with lazy_imports.stand_ins({"colorsys": ("rgb_to_hsv",)}):
        at_once = importlib.import_module("at_once")
    monkeypatch.delitem(sys.modules, "at_once")
    assert at_once.HUE == (0.0, 1.0, 1)
    assert type(sys.modules["colorsys"]) is type(sys)


def test_a_module_that_is_loaded_needs_no_stand_in() -> None:
    with lazy_imports.stand_ins({"inspect": ("cleandoc",)}):
        assert importlib.import_module("inspect") is inspect


def test_a_submodule_that_is_put_off_is_found_in_its_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("xml.dom.minidom", "xml.dom"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    lazy_imports.put_off("xml.dom")
    stand_in = sys.modules["xml.dom"]
    assert sys.modules["xml"].dom is stand_in
    assert stand_in.Node.ELEMENT_NODE == 1
    assert sys.modules["xml"].dom is not stand_in


RARE = (
    "http.client",
    "email.parser",
    "pickle",
    "diskcache.recipes",
    "inspect",
    "ipaddress",
    "idna.core",
    "importlib.metadata",
    "mimetypes",
    "pathlib",
)


def test_a_refresh_loads_nothing_that_it_hardly_needs() -> None:
    code = (
        "import sys; from workflow.system import lazy_imports; lazy_imports.put_off_rare();"
        "import workflow.refresh.run; from workflow.http.transport import transport; transport(True);"
        f"print([name for name in {RARE} if type(sys.modules.get(name)).__name__ == 'module'])"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "[]\n"


def test_a_text_is_still_decoded() -> None:
    code = (
        "from workflow.http.transport import httpx;"
        "kind = {'Content-Type': 'text/plain; charset=gbk'};"
        "print(httpx.Response(200, headers=kind, content='中'.encode('gbk')).text == '中')"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("True\n", "")
