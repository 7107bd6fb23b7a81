"""The house: who may import whom, what belongs to a provider, and that every room says what it is.

The plan names the rooms and their doors one by one. The house has grown since, so the rule is drawn
with floors: a room opens only to floors below its own, which also rules out every circle. What the
plan fixes more narrowly stands in ``NARROW``. Where that differs from the plan:

- JSON, files, locks and tokens got rooms of their own on the ground (codec, files, jwt), and what the
  plan calls "cache → models, errors, paths" reads and writes through them; wire packs for the cache.
- credentials → accounts: a stored secret is noted in accounts.json before the store is touched.
- background → holder: a refresh that never ends is told by what it wrote into its lock.
- settings → feed and system: what Alfred told last is compared in the form that the feed carries.
- clock → feed: the markers belong to who fills them on the keystroke path.
- refresh, enrol, diagnostics and the menus are composed of finished rooms, so they live at the top.
"""

from __future__ import annotations

import ast
import functools
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Set, Tuple

import pytest

from tests.conftest import ROOT
from workflow import provider

FLOORS: Tuple[Tuple[str, str], ...] = (
    (
        "nothing of ours",
        "addresses codec errors holder jwt later models paths run_script script_filter system",
    ),
    (
        "reading, writing and saying one thing",
        "background browser builds clipboard dialog feed files guide_text leftovers network pasted patience payload terms text wire",
    ),
    (
        "what is kept, asked and said",
        "accounts cache chatgpt_credits client clock cookies guide_page journal menu_words pages "
        "provider settings system_stack words",
    ),
    ("whose credential it is", "login strangers"),
    (
        "a provider or a menu at work",
        "credentials edge guide menus providers recognise standing",
    ),
    ("accounts at work", "adding_menus exchange figures inventory ranking upkeep"),
    ("one account in words", "row"),
    ("one question, one page", "account_menus ask extra_menus render"),
    ("the answer for everybody", "publish"),
    ("whole journeys", "diagnostics enrol refresh report summary"),
    ("whole journeys with all that is said on the way", "details intake"),
)
FLOOR = {room: number for number, (_, rooms) in enumerate(FLOORS) for room in rooms.split()}

NARROW: Dict[str, str] = {
    "accounts": "codec errors files models paths",
    "background": "holder paths",
    "cache": "codec files models paths wire",
    "client": "errors later models network payload",
    "credentials": "accounts errors files models paths",
    "feed": "paths",
    "login": "addresses cookies errors jwt models pasted payload",
    "pasted": "addresses codec",
    "payload": "codec errors",
    "provider": "errors models payload",
    "chatgpt_credits": "models payload",
    "providers": "browser chatgpt_credits errors jwt models payload provider terms",
    "recognise": "addresses cookies errors jwt login models pasted payload provider strangers",
    "strangers": "errors jwt provider",
    "settings": "codec errors feed files paths system",
    "terms": "models",
    "text": "models",
    "wire": "models",
}
ONLY: Dict[str, Tuple[str, ...]] = {
    "PIL": ("scripts.draw_icons", "scripts.draw_preview"),
    "click": ("scripts.",),
    "diskcache": ("workflow.cache",),
    "httpx": ("workflow.client",),
    "keyring": ("workflow.credentials",),
    "orjson": ("workflow.codec",),
    "rich": ("scripts.",),
}

SOURCES = [
    path
    for place in ("workflow", "scripts")
    for path in sorted((ROOT / place).rglob("*.py"))
    if path.stat().st_size and "vendor" not in path.parts
]
PROVIDERS = provider.names()


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
            base = ".".join([*module(path).split(".")[: -node.level], node.module or ""])
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
ROOMS = [param for param in NAMED if str(param.id).startswith("workflow.")]


def everything(path: Path) -> Set[str]:
    """Whatever a file imports, be it late or for the type checker only."""
    return imported(path, ast.walk(tree(path)))


def room(name: str) -> str:
    """``workflow.providers.glm`` is part of ``providers``."""
    return name.split(".")[1]


def doors(path: Path) -> Set[str]:
    """The other rooms that one opens to."""
    ours = {room(name) for name in everything(path) if name.startswith("workflow.")}
    return ours - {room(module(path))} if room(module(path)) != "providers" else ours


# ---- who may import whom


@pytest.mark.parametrize("path", ROOMS)
def test_every_room_opens_only_to_floors_below(path: Path) -> None:
    here = room(module(path))
    assert here in FLOOR, f"say in FLOORS where {here} lives"
    above = {door for door in doors(path) if FLOOR.get(door, 99) >= FLOOR[here]}
    assert not above, f"{here} lives on floor {FLOOR[here]} ({FLOORS[FLOOR[here]][0]})"


@pytest.mark.parametrize("path", ROOMS)
def test_the_narrow_doors_of_the_plan(path: Path) -> None:
    allowed = NARROW.get(room(module(path)))
    assert allowed is None or doors(path) <= set(allowed.split())


def test_no_floor_names_a_room_that_is_gone() -> None:
    assert {room(name) for name in MODULES if name.startswith("workflow.")} == set(FLOOR)
    assert set(NARROW) <= set(FLOOR)
    assert sum(len(rooms.split()) for _, rooms in FLOORS) == len(FLOOR)


@pytest.mark.parametrize("path", ROOMS)
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
    source = "import os.path\nfrom . import files\nfrom .errors import Mistake\n"
    late = "def f():\n    import httpx\n    from ..workflow.providers import glm\n"
    nodes = ast.parse(source + late)
    path = ROOT / "workflow/accounts.py"
    early = imported(path, at_once(nodes.body))
    assert early == {"os.path", "workflow.files", "workflow.errors"}
    assert imported(path, ast.walk(nodes)) == early | {"httpx", "workflow.providers.glm"}


# ---- what belongs to a provider


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_has_its_icon_and_its_test(name: str) -> None:
    for needed in (f"icons/{name}.png", f"tests/providers/test_{name}.py"):
        assert (ROOT / needed).is_file(), f"{name} lacks {needed}"
    assert provider.about(name).id == name
    assert len((ROOT / f"icons/{name}.png").read_bytes()) > 500


def test_there_are_six_providers_and_no_test_without_one() -> None:
    assert PROVIDERS == ["chatgpt", "glm", "kimi", "minimax", "openai", "tavily"]
    tests = (ROOT / "tests/providers").glob("test_*.py")
    assert {path.stem[5:] for path in tests} == set(PROVIDERS)


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


def test_the_top_of_the_house_is_fixed() -> None:
    for place in ("workflow", "scripts", "icons", "tests", "pyproject.toml", "README.md"):
        assert (ROOT / place).exists()
