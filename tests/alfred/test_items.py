"""Alfred's JSON: what it contains, what it leaves out, and that Alfred accepts it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alfred_harness.reference import violations
from workflow.alfred import items
from workflow.alfred.items import Item, Modifier

TEXTS = st.text(min_size=1)
NAMES = st.from_regex("[a-z_]+", fullmatch=True)
WHOLE = Item(
    title="GLM · Work",
    subtitle="41% left",
    arg="glm-1",
    uid="glm-1",
    icon="icons/glm.png",
    match="glm",
    autocomplete="glm",
    mods={"cmd+alt": Modifier("again", {"action": "exchange"}, "x", valid=False)},
    copy="copied",
    large="large",
    quicklook="https://example.org",
    variables={"action": "details"},
)


def row(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(items.row(item))
    return found


def answer(*rows: Item) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(items.answer(rows))
    return found


def test_a_whole_row() -> None:
    assert row(WHOLE) == {
        "title": "GLM · Work",
        "subtitle": "41% left",
        "valid": True,
        "arg": "glm-1",
        "uid": "glm-1",
        "icon": {"path": "icons/glm.png"},
        "match": "glm",
        "autocomplete": "glm",
        "mods": {
            "cmd+alt": {
                "subtitle": "again",
                "valid": False,
                "arg": "x",
                "variables": {"action": "exchange"},
            }
        },
        "text": {"copy": "copied", "largetype": "large"},
        "quicklookurl": "https://example.org",
        "variables": {"action": "details"},
    }


def test_what_is_not_set_is_left_out() -> None:
    assert row(Item("x")) == {"title": "x", "subtitle": "", "valid": True}
    assert row(Item("x", copy="y"))["text"] == {"copy": "y"}
    assert row(Item("x", mods={"alt": Modifier("y")}))["mods"]["alt"] == {
        "subtitle": "y",
        "valid": True,
    }


@pytest.mark.parametrize("name", Item._fields[1:])
def test_alfred_takes_a_row_without_any_one_part(name: str) -> None:
    default: Any = getattr(Item("x"), name)
    less = row(WHOLE._replace(**{name: default}))
    assert less != row(WHOLE) or getattr(WHOLE, name) == default
    assert violations("scriptfilter", {"items": [less]}) == []


def test_alfred_keeps_our_order_though_rows_have_a_uid() -> None:
    told = answer(Item("b", uid="1"), Item("a", uid="2"))
    assert told["skipknowledge"] is True
    assert [item["title"] for item in told["items"]] == ["b", "a"]
    assert violations("scriptfilter", told) == []


@given(TEXTS, TEXTS, st.dictionaries(NAMES, st.text()))
def test_alfred_takes_any_text(title: str, text: str, variables: dict[str, str]) -> None:
    item = Item(title, text, text, text, copy=text, match=text, variables=variables)
    assert violations("scriptfilter", answer(item)) == []
