"""The house: who may import whom, what belongs to a provider, and that every room says what it is.

A room is a folder of ``workflow``, or a file beside them. ``ROOMS`` has them from the ground up with the
doors of each, so that it reads like the plan: a door leads only to a room that stands above it in the
table, hence downward, and there is no circle. Commands and launchers, ``scripts``, stand on top.
"""

from __future__ import annotations

import ast
import functools
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Set, Tuple

import pytest

from tests.conftest import ROOT
from workflow.provider import discovery

ROOMS: Dict[str, str] = {
    # keystroke path
    "paths": "",
    "feed": "paths",
    # the ground floor: nouns, what can go wrong, the desktop, the disk, the choices of the user
    "i18n": "",
    "models": "i18n",
    "errors": "i18n",
    "patience": "errors",
    "system": "paths i18n errors",
    "storage": "paths i18n models errors",
    "settings": "paths feed i18n errors system storage",
    "pasted": "storage",
    # asking a provider
    "provider": "i18n models errors storage",
    "client": "i18n models errors system provider",
    "credentials": "paths i18n models errors storage",
    "chatgpt": "paths i18n models errors patience system storage settings pasted provider client credentials",
    "glm": "i18n models errors provider",
    "kimi": "i18n models provider",
    "minimax": "models provider",
    "openai": "i18n models provider",
    "providers": "i18n models errors provider chatgpt glm kimi minimax openai",
    "recognition": "i18n models errors storage pasted provider chatgpt",
    # what is known, and how it is renewed
    "state": "i18n models errors storage settings provider",
    "refresh": "paths i18n models errors patience storage provider client credentials chatgpt state",
    # for people
    "display": "feed i18n models settings provider state",
    "guide": "paths i18n system storage settings provider",
    # what a user does, and the launcher that shows it
    "actions": "i18n models errors patience system storage settings provider client credentials chatgpt recognition refresh display",
    "alfred": "paths feed i18n models errors system storage settings provider state refresh display actions",
    "diagnostics": "paths feed i18n models errors system storage settings credentials state refresh display",
}
SCRIPTS: Dict[str, str] = {
    "fallback": "",
    "bootstrap": "fallback",
    "terminal": "",
    "alfred": "fallback bootstrap terminal",
    "usage": "fallback bootstrap alfred",
    "verbs": "terminal",
    "tankful": "bootstrap terminal",
    "installed": "tankful",
    "tools": "",
}
BESIDE = 8  # files of workflow that are no room of several
ONLY: Dict[str, Tuple[str, ...]] = {
    "PIL": ("scripts.tools.",),
    "babel": ("scripts.tools.messages",),
    "click": ("scripts.",),
    "diskcache": ("workflow.storage.snapshots",),
    "httpx": ("workflow.client",),
    "keyring": ("workflow.credentials.keychain",),
    "mistune": ("workflow.guide.",),
    "orjson": ("workflow.storage.json_codec",),
    "rich": ("scripts.",),
}

SOURCES = [
    path
    for place in ("workflow", "scripts")
    for path in sorted((ROOT / place).rglob("*.py"))
    if path.stat().st_size and "vendor" not in path.parts
]
PROVIDERS = discovery.names()


def module(path: Path) -> str:
    """The dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).replace(".__init__", "")


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path, nodes: Iterator[ast.AST]) -> Set[str]:
    """The dotted names that these nodes of a file import; of ours down to the module."""
    found: Set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module(path).split(".") + ["" for _ in [0] if path.stem == "__init__"]
            base = ".".join([*package[: -node.level], node.module or ""])
            base = (base if node.level else node.module or "").strip(".")
            inner = {f"{base}.{name.name}" for name in node.names}
            found.update(name if name in MODULES else base for name in inner)
    return found


def at_once(nodes: List[ast.stmt]) -> Iterator[ast.AST]:
    """What runs while a module is imported: no functions, nothing for the type checker or main."""
    for node in nodes:
        if isinstance(node, ast.If) and {"__name__", "TYPE_CHECKING"} & set(_names(node.test)):
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        yield node
        for part in ("body", "orelse", "handlers", "finalbody"):
            yield from at_once(getattr(node, part, []))


def _names(node: ast.AST) -> Iterator[str]:
    return (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))


MODULES = {module(path) for path in SOURCES}
NAMED = [pytest.param(path, id=module(path)) for path in SOURCES]
INNER = [param for param in NAMED if str(param.id).startswith("workflow.")]
OUTER = [param for param in NAMED if str(param.id).startswith("scripts.")]


def everything(path: Path) -> Set[str]:
    """Whatever a file imports, be it late or for the type checker only."""
    return imported(path, ast.walk(tree(path)))


def room(name: str) -> str:
    """``workflow.providers.glm`` stands in ``providers``."""
    return name.split(".")[1]


def doors(path: Path, place: str = "workflow") -> Set[str]:
    """The other rooms that a file opens to."""
    ours = {room(name) for name in everything(path) if name.startswith(f"{place}.")}
    return ours - {room(module(path))}


# ---- who may import whom


def test_every_door_leads_downward() -> None:
    for table in (ROOMS, SCRIPTS):
        below: Set[str] = set()
        for name, open_to in table.items():
            assert set(open_to.split()) <= below, f"{name} opens upward"
            below.add(name)


def test_the_table_is_the_house() -> None:
    for place, table in (("workflow", ROOMS), ("scripts", SCRIPTS)):
        there = {room(name) for name in MODULES if name.startswith(f"{place}.")}
        assert there == set(table)
    files = [path for path in (ROOT / "workflow").glob("*.py") if path.stem != "__init__"]
    assert len(files) <= BESIDE


@pytest.mark.parametrize("path", INNER)
def test_a_room_opens_only_its_doors(path: Path) -> None:
    allowed = ROOMS[room(module(path))].split()
    assert doors(path) <= set(allowed), "say in ROOMS why"


@pytest.mark.parametrize("path", OUTER)
def test_a_folder_of_scripts_opens_only_its_doors(path: Path) -> None:
    allowed = SCRIPTS[room(module(path))].split()
    assert doors(path, "scripts") <= set(allowed), "say in SCRIPTS why"


def test_every_door_is_used() -> None:
    for place, table, params in (("workflow", ROOMS, INNER), ("scripts", SCRIPTS, OUTER)):
        for name, open_to in table.items():
            paths = [path for path in SOURCES if module(path).startswith(f"{place}.{name}.")]
            paths += [path for path in SOURCES if module(path) == f"{place}.{name}"]
            used = set().union(*(doors(path, place) for path in paths))
            assert params and set(open_to.split()) == used, name


@pytest.mark.parametrize("path", INNER)
def test_nothing_imports_scripts(path: Path) -> None:
    assert not {name for name in everything(path) if name.split(".")[0] in ("scripts", "tests")}


def packages(path: Path) -> Set[str]:
    return {name.split(".")[0] for name in everything(path)}


@pytest.mark.parametrize("path", NAMED)
def test_a_foreign_package_has_one_user(path: Path) -> None:
    for package in packages(path) & set(ONLY):
        assert module(path).startswith(ONLY[package]), package


def test_every_foreign_package_is_used() -> None:
    assert set(ONLY) <= set().union(*map(packages, SOURCES))


@pytest.mark.skipif(sys.version_info < (3, 10), reason="3.9 does not know its own modules")
def test_there_are_no_other_foreign_packages() -> None:
    known = {"workflow", "scripts", *ONLY, *getattr(sys, "stdlib_module_names", ())}
    assert not {(module(path), name) for path in SOURCES for name in packages(path) - known}


def test_a_provider_imports_no_other_provider() -> None:
    for name in PROVIDERS:
        path = ROOT / f"workflow/providers/{name}.py"
        assert not {other for other in everything(path) if other.startswith("workflow.providers.")}


def test_a_provider_looks_into_no_room_but_its_own() -> None:
    for name in PROVIDERS:
        path = ROOT / f"workflow/providers/{name}.py"
        assert not doors(path) & (set(PROVIDERS) - {name})


def test_no_provider_is_named_outside_its_file_and_its_room() -> None:
    drawn = ("scripts.tools.",)  # a picture is drawn for one provider
    for path in SOURCES:
        name = module(path)
        own = set(name.split(".")[1:2]) & set(PROVIDERS)
        if name.startswith(("workflow.providers.", *drawn)) or own:
            continue
        texts = {node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)}
        assert not texts & set(PROVIDERS), name


def test_nothing_imports_itself_in_a_circle() -> None:
    graph = {module(path): imported(path, at_once(tree(path).body)) & MODULES for path in SOURCES}
    done: Set[str] = set()

    def visit(name: str, way: Tuple[str, ...]) -> None:
        assert name not in way, " → ".join((*way, name))
        for following in graph[name] if name not in done else ():
            visit(following, (*way, name))
        done.add(name)

    for name in graph:
        visit(name, ())
    assert done == MODULES


def test_the_reading_of_imports_sees_them_all(tmp_path: Path) -> None:
    source = "import os.path\nfrom . import files\nfrom ..errors import Mistake\n"
    late = "def f():\n    import httpx\n    from ..providers import glm\n"
    nodes = ast.parse(source + late)
    path = ROOT / "workflow/storage/accounts.py"
    early = imported(path, at_once(nodes.body))
    assert early == {"os.path", "workflow.storage.files", "workflow.errors"}
    assert imported(path, ast.walk(nodes)) == early | {"httpx", "workflow.providers.glm"}


# ---- what belongs to a provider


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_has_its_icon_and_its_test(name: str) -> None:
    for needed in (f"icons/{name}.png", f"tests/providers/test_{name}.py"):
        assert (ROOT / needed).is_file(), f"{name} lacks {needed}"
    assert discovery.about(name).id == name
    assert len((ROOT / f"icons/{name}.png").read_bytes()) > 500


def test_there_is_no_test_without_a_provider() -> None:
    tests = (ROOT / "tests/providers").glob("test_*.py")
    assert {path.stem[5:] for path in tests} == set(PROVIDERS) != set()


def test_every_provider_has_the_same_icons() -> None:
    variants = {
        name: {path.stem[len(name) :] for path in (ROOT / "icons").glob(f"{name}*.png")}
        for name in PROVIDERS
    }
    assert {"", "-low", "-error"} <= variants["glm"]
    assert all(found == variants["glm"] for found in variants.values())


# ---- every room says what it is


@pytest.mark.parametrize("path", NAMED)
def test_every_module_has_a_docstring(path: Path) -> None:
    said = ast.get_docstring(tree(path)) or ""
    assert len(said.split()) > 2


def test_every_room_says_what_lives_there_and_what_may_not() -> None:
    rooms = [
        path for path in SOURCES if path.stem == "__init__" and len(module(path).split(".")) > 1
    ]
    assert {module(path) for path in rooms} >= {"workflow.storage", "scripts.verbs"}
    for path in rooms:
        said = ast.get_docstring(tree(path)) or ""
        assert said.count(".") - said.count("..") >= 2, module(path)


def test_the_top_of_the_house_is_fixed() -> None:
    for place in ("workflow", "scripts", "icons", "tests", "pyproject.toml", "README.md"):
        assert (ROOT / place).exists()
