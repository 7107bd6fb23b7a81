"""Our records behave like the standard library's dataclasses of the same source."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import ROOT
from workflow import records

SOURCE = """
from __future__ import annotations

@dataclass(frozen=True)
class Place:
    name: str
    secret: str = field(repr=False)
    size: int = 3
    tags: list = field(default_factory=list)
    note: str = field(default="", compare=False)
    seen: dict = field(default_factory=dict, init=False, compare=False)

    @property
    def loud(self):
        return self.name.upper()

@dataclass(frozen=True)
class House(Place):
    rooms: int = 1

@dataclass(frozen=True)
class Keyed:
    name: str
    size: int = 3

    def __hash__(self):
        return hash(self.name)

@dataclass
class Open:
    count: int = 0

    def __repr__(self):
        return "open"
"""
CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a", "s"), {}),
    (("a", "s", 4, ["x"], "n"), {}),
    ((), {"secret": "s", "name": "a"}),
    (("a",), {"secret": "s", "tags": ["y"]}),
]
WRONG: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    (("a",), {}),
    (("a", "s"), {"name": "b"}),
    (("a", "s"), {"colour": 1}),
    (("a", "s"), {"seen": {}}),
    (("a", "s", 4, [], "n", {}), {}),
]


def made_by(module: ModuleType) -> Any:
    """The classes of SOURCE, made by this module's ``dataclass``."""
    made = ModuleType("made")
    sys.modules["made"] = made  # where the standard library looks for it
    vars(made).update(dataclass=module.dataclass, field=module.field)
    exec(SOURCE, vars(made))  # noqa: S102
    return made


THEIRS, OURS = made_by(dataclasses), made_by(records)


@pytest.mark.parametrize("name", ["Place", "House"])
@pytest.mark.parametrize(("args", "named"), CALLS)
def test_a_record_is_what_a_dataclass_is(
    name: str, args: tuple[Any, ...], named: dict[str, Any]
) -> None:
    their, our = (vars(module)[name](*args, **named) for module in (THEIRS, OURS))
    assert repr(our) == repr(their)
    assert list(vars(our).items()) == list(vars(their).items())
    assert our.loud == their.loud
    assert our == vars(OURS)[name](*args, **named)
    assert our != their


@pytest.mark.parametrize("module", [THEIRS, OURS])
@pytest.mark.parametrize(("args", "named"), WRONG)
def test_what_a_dataclass_refuses(
    module: Any, args: tuple[Any, ...], named: dict[str, Any]
) -> None:
    with pytest.raises(TypeError):
        module.Place(*args, **named)


@pytest.mark.parametrize("module", [THEIRS, OURS])
def test_what_counts_when_two_are_compared(module: Any) -> None:
    place, other = module.Place("a", "s", 3, ()), module.Place("a", "s", 3, (), "note")
    assert place == other
    assert hash(place) == hash(other)
    assert place != module.Place("a", "t", 3, ())
    assert place != module.House("a", "s", 3, ())
    assert module.Open(1) == module.Open(1) != module.Open(2)
    assert hash(module.Keyed("a", 4)) == hash("a")
    assert module.Keyed("a", 4) != module.Keyed("a")
    with pytest.raises(TypeError, match="unhashable"):
        hash(module.Open())


@pytest.mark.parametrize("module", [THEIRS, OURS])
def test_what_is_frozen_stays_as_it_is(module: Any) -> None:
    place = module.Place("a", "s")
    with pytest.raises(AttributeError):
        place.name = "b"
    with pytest.raises(AttributeError):
        del place.name
    assert place.name == "a"
    opened = module.Open()
    opened.count += 1
    assert (opened.count, repr(opened)) == (1, "open")


@pytest.mark.parametrize(("tool", "module"), [(dataclasses, THEIRS), (records, OURS)])
def test_a_record_like_another(tool: Any, module: Any) -> None:
    house = module.House("a", "s", tags=["x"])
    larger = tool.replace(house, rooms=5)
    assert (larger.rooms, larger.tags, larger.seen, house.rooms) == (5, ["x"], {}, 1)
    assert larger.seen is not house.seen
    with pytest.raises(TypeError):
        tool.replace(house, colour="red")


@pytest.mark.parametrize(("tool", "module"), [(dataclasses, THEIRS), (records, OURS)])
def test_the_fields_of_a_record(tool: Any, module: Any) -> None:
    names = ["name", "secret", "size", "tags", "note", "seen", "rooms"]
    assert [each.name for each in tool.fields(module.House)] == names
    known = {each.name: each for each in tool.fields(module.House("a", "s"))}
    assert known["name"].default is tool.MISSING
    assert known["tags"].default is tool.MISSING
    assert (known["size"].default, known["tags"].default_factory) == (3, list)


def test_no_list_is_shared() -> None:
    first, second = OURS.Place("a", "s"), OURS.Place("b", "s")
    first.tags.append("x")
    assert second.tags == []
    assert not hasattr(OURS.Place, "tags")


def test_a_record_is_copied_and_kept() -> None:
    place = OURS.Place("a", "s", tags=["x"])
    assert copy.deepcopy(place) == place == copy.copy(place)
    sys.modules["made"] = OURS
    assert pickle.loads(pickle.dumps(place)) == place  # noqa: S301


def test_what_is_wrong_is_named() -> None:
    with pytest.raises(TypeError, match=r"Place: missing: \['secret'\]"):
        OURS.Place("a")
    with pytest.raises(TypeError, match=r"Place: no such field: \['colour'\]"):
        OURS.Place("a", "s", colour=1)


def test_no_class_of_ours_is_made_by_the_standard_library() -> None:
    code = (
        "import workflow.models, workflow.provider.contract, workflow.state.state, sys;"
        "print('dataclasses' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"
