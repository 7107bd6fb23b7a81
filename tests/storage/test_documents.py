"""A versioned JSON file: migrated, set aside when damaged, refused when newer, written whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.said import both
from workflow.errors import Mistake
from workflow.storage import files, json_codec
from workflow.storage.documents import Document, Fields, Newer


def doubled(fields: Fields) -> Fields:
    return {**fields, "number": 2 * fields["number"]}


DOCUMENT = Document("numbers.json", 3, {1: doubled, 2: doubled})


def parse(fields: Fields | None) -> int:
    return 0 if fields is None else int(fields["number"])


def form(number: int, kept: Fields) -> Fields:
    return {**kept, "number": number}


def change(to: int) -> int:
    return DOCUMENT.change(parse, lambda before: to, form)


USES: tuple[Callable[[], int], ...] = (lambda: DOCUMENT.load(parse), lambda: change(1))


def place(content: str | bytes) -> Path:
    path = Path(DOCUMENT.path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def aside() -> list[Path]:
    return sorted(Path(DOCUMENT.path()).parent.glob("numbers.damaged-*.json"))


@pytest.fixture(autouse=True)
def nothing_left(home: Path) -> Iterator[None]:
    yield
    assert not list(Path(DOCUMENT.path()).parent.glob("*.new"))


def test_no_file_is_what_the_parser_makes_of_none() -> None:
    assert DOCUMENT.load(parse) == 0
    assert not Path(DOCUMENT.path()).exists()


def test_what_is_written_is_read_with_what_others_put_there() -> None:
    place('{"layout": 3, "number": 1, "more": [1]}')
    assert (change(7), DOCUMENT.load(parse)) == (7, 7)
    assert json.loads(Path(DOCUMENT.path()).read_text()) == {"layout": 3, "number": 7, "more": [1]}


def test_a_change_that_changes_nothing_writes_nothing() -> None:
    path = place('{"layout":3,"number":7}')
    assert change(7) == 7
    assert path.read_text() == '{"layout":3,"number":7}'


@pytest.mark.parametrize(("layout", "number"), [(1, 20), (2, 10), (3, 5)])
def test_an_older_layout_takes_every_step_from_its_own(layout: int, number: int) -> None:
    place(f'{{"layout": {layout}, "number": 5}}')
    assert DOCUMENT.load(parse) == number


def test_of_an_older_layout_the_first_copy_is_kept() -> None:
    for number in (5, 6):
        path = place(f'{{"layout": 2, "number": {number}, "more": 1}}')
        change(1)
    assert json.loads(path.read_text()) == {"layout": 3, "number": 1}
    copy = path.with_name("numbers.layout-2.json")
    assert json.loads(copy.read_text())["number"] == 5


def test_a_newer_layout_is_refused_and_left_alone() -> None:
    content = '{"layout": 4, "number": 5}'
    path = place(content)
    for use in USES:
        with pytest.raises(Newer) as told:
            use()
        assert told.value.fields == {"layout": 4, "number": 5}
        for words in both(told.value.message):
            assert words.startswith("numbers.json ")
    assert path.read_text() == content
    assert not aside()


@given(
    st.binary(max_size=40)
    | st.recursive(
        st.none() | st.integers(-3, 9) | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["layout", "number", "x"]), inner, max_size=3)
        ),
    )
)
@example({"layout": True, "number": 1})
@example({"layout": 1.0, "number": 1})
@example({"layout": 0, "number": 1})
@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_lies_there_is_read_refused_or_set_aside_and_never_lost(told: Any) -> None:
    content = told if isinstance(told, bytes) else json.dumps(told).encode()
    before = len(aside())
    path = place(content)
    with suppress(Newer):
        DOCUMENT.load(parse)
    if path.exists():
        assert path.read_bytes() == content
        assert len(aside()) == before
        layout = json_codec.foreign(content)["layout"]
        assert type(layout) is int
        assert layout >= 1
    else:
        assert content in [kept.read_bytes() for kept in aside()]
        assert len(aside()) == before + 1


def test_damage_is_set_aside_before_a_change_too() -> None:
    place("{")
    assert DOCUMENT.set_aside() is None
    assert change(4) == 4
    assert [kept.read_text() for kept in aside()] == ["{"]
    (newest,) = aside()
    newest.with_name(newest.name.replace("damaged-2", "damaged-1")).touch()  # an earlier one
    assert DOCUMENT.set_aside() == str(newest)
    assert DOCUMENT.load(parse) == 4


def test_a_defect_of_the_parser_is_no_damage() -> None:
    place('{"layout": 3, "number": 5}')
    with pytest.raises(ZeroDivisionError):
        DOCUMENT.change(parse, lambda before: before // 0, form)
    assert not aside()


def test_what_is_nested_too_deeply_to_write_is_dropped() -> None:
    place('{"layout": 3, "number": 1, "deep": ' + "[" * 300 + "]" * 300 + "}")
    assert change(2) == 2
    assert json.loads(Path(DOCUMENT.path()).read_text()) == {"layout": 3, "number": 2}


def test_an_edit_has_the_file_for_itself() -> None:
    def edit(before: int) -> int:
        with files.lock(f"{DOCUMENT.path()}.lock", 0.0) as taken:
            assert not taken
        return before + 1

    assert DOCUMENT.change(parse, edit, form) == 1


def test_a_file_that_cannot_be_used_is_said() -> None:
    Path(DOCUMENT.path()).mkdir(parents=True)
    for use in USES:
        with pytest.raises(Mistake, match="cannot be used"):
            use()
    os.rmdir(DOCUMENT.path())
    place(b" " * (files.LARGEST + 1))
    with pytest.raises(Mistake, match=r"numbers\.json is larger than 16 MB"):
        DOCUMENT.load(parse)
