from __future__ import annotations

from typing import Any

import pytest

from tests.providers.contract import ScriptedClient
from workflow.openai.attention import Attention
from workflow.openai.counters import COUNTERS, Counter, Pages

BY_NAME = {counter.name: counter for counter in COUNTERS}
IMAGES, SPEECH = BY_NAME["images"], BY_NAME["audio_speeches"]
UNNAMED = ["completions", "embeddings", "decisions"]
TOLD: Pages = [{"data": [{"results": [{"images": 3}]}]}]


class Remembers(ScriptedClient):
    """A client that keeps pages."""

    def __init__(self, pages: dict[str, Any]) -> None:
        super().__init__({})
        self.pages = pages


def costs(**amounts: int) -> Pages:
    results = [{"line_item": name, "amount": {"value": value}} for name, value in amounts.items()]
    return [{"data": [{"results": results}]}]


def names(counters: list[Counter]) -> list[str]:
    return [counter.name for counter in counters]


def test_what_was_billed_anew_twice_is_asked_beside_the_costs() -> None:
    pages: dict[str, Any] = {}
    rounds = []
    for amount in (1, 2, 2, 3):
        attention = Attention(Remembers(pages), "p")
        first = attention.first()
        late = attention.after(costs(image=amount), first)
        known = attention.known()
        rounds.append((names(first)[3:], names(late), list(known)))
        told = {counter.name: TOLD for counter in (*first, *late) if counter is IMAGES}
        attention.keep({**known, **told})
    assert rounds == [
        ([], ["images"], []),
        ([], ["images"], []),
        (["images"], [], ["images"]),
        ([], ["images"], []),
    ]
    assert pages == {"named p": ["images"], "page images p": {"billed": "3", "pages": TOLD}}
    assert names(Attention(Remembers(pages), "another").first()) == UNNAMED
    assert names(Attention(ScriptedClient({}), "p").first()) == UNNAMED


@pytest.mark.parametrize(
    ("pages", "is_idle"),
    [
        ([], True),
        ([{"data": []}], True),
        ([{"data": [{"results": []}]}], True),
        ([{"data": [{"results": []}, {"results": [{}]}]}], False),
        ([{"data": [{"results": []}]}, {"data": [{"results": [{}]}]}], False),
        ([{"data": [{"results": None}]}], False),
        ([{"data": None}], False),
        (None, False),
    ],
)
def test_what_told_nothing_is_left_alone(pages: Pages | None, is_idle: bool) -> None:
    kept: dict[str, Any] = {}
    attention = Attention(Remembers(kept), "p")
    attention.keep({"embeddings": pages, "completions": pages})
    assert attention.is_idle(BY_NAME["embeddings"]) is is_idle
    assert not attention.is_idle(BY_NAME["completions"])  # without it there are no sums
    assert set(kept) == ({"embeddings p", "completions p"} if is_idle else set())


def test_what_tells_something_again_is_idle_no_more() -> None:
    kept: dict[str, Any] = {}
    attention = Attention(Remembers(kept), "p")
    for pages, is_idle in ((TOLD, False), ([], True), (None, True), (TOLD, False)):
        attention.keep({"embeddings": pages})
        assert attention.is_idle(BY_NAME["embeddings"]) is is_idle


def test_a_page_that_told_nothing_or_did_not_come_is_not_kept() -> None:
    kept: dict[str, Any] = {}
    attention = Attention(Remembers(kept), "")
    attention.after(costs(image=1, speech=2), [])
    attention.keep({"images": [], "audio_speeches": None})
    assert kept == {"named ": [], "images ": None}
    attention.keep({"images": TOLD, "audio_speeches": TOLD})
    assert kept["page images "] == {"billed": "1", "pages": TOLD}
    assert kept["page audio_speeches "] == {"billed": "2", "pages": TOLD}


@pytest.mark.parametrize("page", [None, {}, {"billed": "1"}, {"billed": "1", "pages": None}, {"billed": "2", "pages": []}])  # fmt: skip
def test_a_kept_page_that_is_damaged_or_of_another_amount_is_not_known(page: object) -> None:
    attention = Attention(Remembers({"page images ": page}), "")
    assert names(attention.after(costs(image=1), [SPEECH])) == ["images"]
    assert attention.known() == {}
    assert names(attention.after(costs(image=1), [IMAGES])) == []
