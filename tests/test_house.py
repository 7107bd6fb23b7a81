"""The house: who may import whom, what belongs to a provider, that every room and every name says what it is.

A room is a folder of ``workflow``, or a file beside them. ``ROOMS`` has them from the ground up with the
doors of each, so that it reads like the plan: a door leads only to a room that stands above it in the
table, hence downward, and there is no circle. Commands and launchers, ``scripts``, stand on top.
"""

from __future__ import annotations

import ast
import functools
import statistics
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.syntax import tree, walked
from workflow.provider import discovery

ROOMS: dict[str, str] = {
    # keystroke path
    "paths": "",
    "feed": "paths",
    "records": "",
    # the ground floor: nouns, what can go wrong, the desktop, the disk, the choices of the user
    "i18n": "",
    "errors": "i18n",
    "models": "records i18n errors",
    "patience": "errors",
    "system": "records paths i18n errors",
    "storage": "records paths i18n models errors system",
    "settings": "records feed i18n errors system storage",
    "pasted": "records storage",
    # asking a provider
    "provider": "records paths i18n models errors system storage",
    "http": "records i18n models errors system provider",
    "credentials": "records i18n models errors system storage",
    "chatgpt": "records i18n models errors patience system storage settings pasted provider http credentials",
    "glm": "records i18n models errors provider",
    "kimi": "records i18n models provider",
    "minimax": "records models provider",
    "openai": "i18n models provider",
    "relay": "records i18n models errors provider",
    "claude": "",
    "codex": "i18n models errors system storage provider chatgpt",
    "providers": "records paths i18n models errors provider chatgpt glm kimi minimax openai relay claude codex",
    "recognition": "records paths i18n models errors storage pasted provider chatgpt",
    # what is known, and how it is renewed
    "history": "records paths feed models storage",
    "forecast": "records models history",
    "state": "records i18n models errors storage settings provider history forecast",
    "refresh": "records paths i18n models errors patience storage settings provider http credentials chatgpt history state",
    # for people
    "display": "records feed i18n errors models settings storage provider history forecast state",
    "trend": "records paths i18n models storage settings history forecast state display",
    "guide": "paths i18n system storage provider",
    "schedule": "records paths i18n errors system storage refresh display",
    # what a user does, and the launcher that shows it
    "actions": "records i18n models errors patience system storage settings provider http credentials chatgpt recognition history state refresh display",
    "alerts": "records paths i18n models settings storage system history state display",
    "alfred": "records paths feed i18n models errors system storage settings provider recognition history state refresh display schedule guide trend",
    "doctor": "paths feed i18n models errors system storage settings provider http credentials chatgpt history state refresh display schedule",
}
SCRIPTS: dict[str, str] = {
    "fallback": "",
    "bootstrap": "fallback",
    "terminal": "",
    "alfred": "fallback bootstrap terminal",
    "usage": "fallback",
    "verbs": "fallback terminal alfred",
    "commands": "terminal",
    "tankful": "fallback bootstrap terminal commands",
    "installed": "tankful",
    "tools": "terminal",
}
ACROSS: dict[str, str] = {  # tests of more than one module, and what they are about
    "actions/test_address": "accounts at an address of the user's own",
    "actions/test_local": "accounts of programs on this machine",
    "actions/test_scopes": "teams, projects and workspaces, as they are added and edited",
    "alfred/test_flows": "info.plist, typed and pressed",
    "alfred/test_plist": "info.plist",
    "chatgpt/test_write_ahead": "an exchanged session when disk, clock, store or process break",
    "credentials/test_secret_service": "the commands with a real secret store",
    "guide/test_reference": "the reference beside the guide",
    "i18n/test_languages": "every sentence",
    "scripts/alfred/test_starters": "usage.sh, menu.sh and fit.sh",
    "scripts/verbs/test_detour": "every verb that asks, with a stand-in",
    "storage/test_upgrade": "every document of an older layout",
    "test_bad_days": "every verb when something breaks",
    "test_odd_histories": "history, alerts and every face when clocks, windows and numbers go astray",
    "test_canaries": "secrets, wherever they could go",
    "test_changelog": "CHANGELOG.md",
    "test_clock_ahead": "every verb with a clock that ran ahead",
    "test_forks": "how the tests start commands",
    "test_profiles": "how many examples a property meets",
    "test_house": "the house",
    "test_looks": "what has changed since the visit before, from look to row",
    "test_readme": "README.md",
    "test_workers": "what a worker of the tests sends",
    "test_uninstall": "what the uninstall removes",
}
BY_THEMSELVES = ("alfred_harness", "mutants", "standin")  # tools, tested where they lie
LONGEST, MEDIAN = 400, 110  # lines of a module
BESIDE = 8  # files of workflow that are no room of several
ONLY: dict[str, tuple[str, ...]] = {
    "PIL": ("scripts.tools.",),
    "babel": ("scripts.tools.messages",),
    "click": ("scripts.",),
    "dataclasses": ("workflow.records",),  # whose classes take a tenth of the time to make
    "diskcache": ("workflow.storage.snapshots",),
    "h11": ("workflow.http.",),
    "httpx": ("workflow.http.",),
    "keyring": ("workflow.credentials.keychain",),
    "mistune": ("workflow.guide.",),
    "orjson": ("workflow.storage.json_codec",),
    "rich": ("scripts.",),
    "tomli": ("workflow.provider.declared",),
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


def imported(path: Path, nodes: Iterable[ast.AST]) -> set[str]:
    """The dotted names that these nodes of a file import; of ours down to the module."""
    found: set[str] = set()
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


def at_once(nodes: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes that run while a module is imported: no functions, nothing for the type checker or main."""
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
INNER = [path for path in SOURCES if module(path).startswith("workflow.")]
OUTER = [path for path in SOURCES if module(path).startswith("scripts.")]


@functools.cache
def everything(path: Path) -> frozenset[str]:
    """Everything that a file imports, including late imports and those for the type checker."""
    return frozenset(imported(path, walked(path)))


def room(name: str) -> str:
    """``workflow.providers.glm`` stands in ``providers``."""
    return name.split(".")[1]


def doors(path: Path, place: str = "workflow") -> set[str]:
    """The other rooms that a file opens to."""
    ours = {room(name) for name in everything(path) if name.startswith(f"{place}.")}
    return ours - {room(module(path))}


# ---- who may import whom


def test_every_door_leads_downward() -> None:
    for table in (ROOMS, SCRIPTS):
        below: set[str] = set()
        for name, open_to in table.items():
            assert set(open_to.split()) <= below, f"{name} opens upward"
            below.add(name)


def test_the_table_is_the_house() -> None:
    for place, table in (("workflow", ROOMS), ("scripts", SCRIPTS)):
        there = {room(name) for name in MODULES if name.startswith(f"{place}.")}
        assert there == set(table)
    files = [path for path in (ROOT / "workflow").glob("*.py") if path.stem != "__init__"]
    assert len(files) <= BESIDE


def test_no_module_is_long_and_most_are_short() -> None:
    lengths = {module(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
    assert statistics.median(lengths.values()) <= MEDIAN


@pytest.mark.parametrize(
    ("place", "table", "paths"), [("workflow", ROOMS, INNER), ("scripts", SCRIPTS, OUTER)]
)
def test_a_room_opens_only_its_doors(place: str, table: dict[str, str], paths: list[Path]) -> None:
    others = {
        module(path): doors(path, place) - set(table[room(module(path))].split()) for path in paths
    }
    assert {name: opened for name, opened in others.items() if opened} == {}, "say in the table why"


def test_every_door_is_used() -> None:
    for place, table, inside in (("workflow", ROOMS, INNER), ("scripts", SCRIPTS, OUTER)):
        for name, open_to in table.items():
            paths = [path for path in SOURCES if module(path).startswith(f"{place}.{name}.")]
            paths += [path for path in SOURCES if module(path) == f"{place}.{name}"]
            used = set().union(*(doors(path, place) for path in paths))
            assert inside and set(open_to.split()) == used, name


def packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in everything(path)}


def test_nothing_imports_scripts() -> None:
    assert [module(path) for path in INNER if packages(path) & {"scripts", "tests"}] == []


def test_a_foreign_package_has_one_user() -> None:
    users = [(module(path), name) for path in SOURCES for name in packages(path) & set(ONLY)]
    assert [(user, name) for user, name in users if not user.startswith(ONLY[name])] == []


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
        texts = {node.value for node in walked(path) if isinstance(node, ast.Constant)}
        assert not texts & set(PROVIDERS), name


def test_nothing_imports_itself_in_a_circle() -> None:
    graph = {module(path): imported(path, at_once(tree(path).body)) & MODULES for path in SOURCES}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
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


def test_the_keystroke_takes_only_what_its_files_define() -> None:
    taken: set[object] = set()
    run: set[object] = set()
    files = ("scripts/alfred/keystroke.py", "workflow/alfred/pack.py")
    for node in [each for file in files for each in walked(ROOT / file)]:
        if isinstance(node, ast.Subscript) and list(_names(node.value)) == ["ours"]:
            taken |= {part.value for part in ast.walk(node.slice) if isinstance(part, ast.Constant)}
        elif isinstance(node, ast.Call) and list(_names(node.func)) == ["run"]:
            run |= {part.value for part in node.args if isinstance(part, ast.Constant)}
    defined = {
        name
        for file in run
        for node in tree(ROOT / f"workflow/{file}.py").body
        for _line, name in bindings(node)
    }
    assert {"fitting", "verdicts", "serve"} <= taken <= defined


# ---- what belongs to a provider


def test_a_provider_has_its_icon_and_its_test() -> None:
    for name in PROVIDERS:
        for needed in (f"icons/{name}.png", f"tests/providers/test_{name}.py"):
            assert (ROOT / needed).is_file(), f"{name} lacks {needed}"
        assert discovery.about(name).id == name
        assert len((ROOT / f"icons/{name}.png").read_bytes()) > 500, name


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


# ---- tests mirror the rooms


def homeless(tests: Iterable[Path]) -> list[str]:
    """The tests, by their path in ``tests``, that lie beside no module and are not in ACROSS.

    ``room/test_module.py`` or ``room/test_module_aspect.py`` lies beside ``room/module.*``.
    """
    lost = []
    for test in tests:
        folder, name = test.parent, test.stem[len("test_") :]
        place = ROOT if folder.parts[:1] == ("scripts",) else ROOT / "workflow"
        modules = {path.name.partition(".")[0] for path in (place / folder).glob("*.*")}
        parts = name.split("_")
        names = {"_".join(parts[:count]) for count in range(1, len(parts) + 1)}
        if not names & modules and test.with_suffix("").as_posix() not in ACROSS:
            lost.append(test.as_posix())
    return lost


def _tests() -> list[Path]:
    everything = (path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py"))
    return [path for path in everything if path.parts[0] not in BY_THEMSELVES]


def test_tests_mirror_the_rooms() -> None:
    assert homeless(_tests()) == []
    assert {path.with_suffix("").as_posix() for path in _tests()} >= set(ACROSS)


@pytest.mark.parametrize(
    ("test", "is_lost"),
    [
        ("storage/test_files.py", False),
        ("chatgpt/test_session_added.py", False),
        ("system/test_system_stack_script.py", False),
        ("scripts/verbs/test_add.py", False),
        ("scripts/raycast/test_raycast.py", False),
        ("test_feed.py", False),
        ("storage/test_gone.py", True),
        ("gone/test_files.py", True),
        ("storage/test_session.py", True),
        ("scripts/verbs/test_files.py", True),
        ("test_files.py", True),
    ],
)
def test_a_test_without_its_module_is_found(test: str, is_lost: bool) -> None:
    assert bool(homeless([Path(test)])) == is_lost


# ---- every room says what it is


def test_every_module_has_a_docstring() -> None:
    said = {module(path): ast.get_docstring(tree(path)) or "" for path in SOURCES}
    assert [name for name, text in said.items() if len(text.split()) <= 2] == []


def test_every_room_says_what_lives_there_and_what_may_not() -> None:
    rooms = [
        path for path in SOURCES if path.stem == "__init__" and len(module(path).split(".")) > 1
    ]
    assert {module(path) for path in rooms} >= {"workflow.storage", "scripts.verbs"}
    for path in rooms:
        said = ast.get_docstring(tree(path)) or ""
        assert said.count(".") - said.count("..") >= 2, module(path)


# ---- names say what a thing is


VAGUE = {"told", "said", "words", "wish", "found"}  # where it came from, not what it is
RIDDLES = (
    "What",
    "Whether",
    "Whose",
    "Why",
    "Where",
    "How",
    "When",
    "Which",
    "That",
    "Of",
    "Instead",
)
DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def bindings(nodes: ast.AST) -> Iterator[tuple[int, str]]:
    """Everything that gets a name: functions, classes, arguments, variables, attributes, imports."""
    for node in ast.walk(nodes):
        if isinstance(node, DEFINED):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((node.lineno, alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.lineno, node.name


def vague(nodes: ast.AST) -> list[tuple[int, str]]:
    return [each for each in bindings(nodes) if each[1].strip("_").lower() in VAGUE]


def public(nodes: ast.AST) -> Iterator[tuple[int, str]]:
    """The docstrings of public names: no underscore in front of them, or of anything around them."""
    for node in ast.iter_child_nodes(nodes):
        if isinstance(node, DEFINED) and not node.name.startswith("_"):
            yield node.lineno, ast.get_docstring(node) or ""
            yield from public(node)


def riddles(nodes: ast.AST) -> list[tuple[int, str]]:
    return [each for each in public(nodes) if each[1].partition(" ")[0] in RIDDLES]


def test_a_name_says_what_it_is() -> None:
    assert [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in SOURCES
        for line, name in vague(tree(path))
    ] == []


def test_a_docstring_begins_with_a_verb_or_a_noun() -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in SOURCES
        for line, text in riddles(tree(path))
    ]
    help_of_the_command = "What is left of every"  # which users read
    assert [line for line in lines if f": {help_of_the_command}" not in line] == []


@pytest.mark.parametrize(
    "source",
    [
        "def told(): ...",
        "class Told: ...",
        "def f(said): ...",
        "found = 1",
        "_words: int = 1",
        "(1, [found for found in ()])",
        "self.wish = 1",
        "from . import words",
        "import x as told",
        "try: ...\nexcept E as found: ...",
    ],
)
def test_a_vague_name_is_seen_wherever_it_stands(source: str) -> None:
    assert [line for line, _name in vague(ast.parse(source))] == [source.count("\n") + 1]


def test_a_name_that_has_another_word_beside_it_is_none_of_them() -> None:
    assert vague(ast.parse("found_keys = told.words(found)")) == []


def test_a_riddle_is_seen_in_what_is_public_only() -> None:
    source = (
        'class A:\n    def b(self):\n        "Whether so."\n    def _c(self):\n        "What for."'
    )
    assert riddles(ast.parse(source)) == [(2, "Whether so.")]
    assert riddles(ast.parse('def a():\n    "Tell whether so."')) == []


def test_the_top_of_the_house_is_fixed() -> None:
    for place in ("workflow", "scripts", "icons", "tests", "pyproject.toml", "README.md"):
        assert (ROOT / place).exists()
