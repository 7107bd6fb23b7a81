from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import NOW
from workflow.models import Quota
from workflow.openai import counters

DAY = 86400
MONTH = datetime(2026, 10, 1, tzinfo=timezone.utc)
TODAY = MONTH + timedelta(days=4)
FIRST, LAST = int(MONTH.timestamp()), int(TODAY.timestamp())
LINES = {
    "images": ("image", "dall-e"),
    "audio_speeches": ("tts", "speech"),
    "audio_transcriptions": ("whisper", "transcri"),
    "web_search_calls": ("web search",),
    "file_search_calls": ("file search",),
    "code_interpreter_sessions": ("code interpreter", "container"),
    "vector_stores": ("vector", "storage"),
    "moderations": ("moderation",),
}


def page(start: Any = FIRST, *results: object, **more: object) -> dict[str, Any]:
    return {"data": [{"start_time": start, "results": list(results)}], "has_more": False, **more}


def line(name: str, value: object = 1) -> dict[str, object]:
    return {"line_item": name, "amount": {"value": value}}


@pytest.mark.parametrize("name", LINES)
def test_a_line_of_the_costs_names_its_counter(name: str) -> None:
    for word in LINES[name]:
        found = counters.named([page(FIRST, line(f"X {word.upper()} 2"), line("other"))])
        assert [(counter.name, amount) for counter, amount in found.items()] == [(name, "1")]


def test_what_the_lines_of_a_counter_cost_is_added_up() -> None:
    lines = [line("whisper", "0.50"), line("dall-e", "2"), line("image", "many"), line("image", 3)]
    days = [page(FIRST, *lines), page(LAST, line("whisper", 1), {"line_item": None})]
    found = counters.named(days)
    assert [(counter.name, amount) for counter, amount in found.items()] == [
        ("images", "5"),
        ("audio_transcriptions", "1.5"),
    ]


ONE = {"num_model_requests": 1, "input_tokens": 2, "output_tokens": 4}
SUMS = {  # endpoint: what it adds to tokens and to requests
    "completions": (6, 1),
    "embeddings": (2, 1),
    "decisions": (6, 1),
    "images": (0, 1),
    "audio_speeches": (0, 1),
    "audio_transcriptions": (0, 1),
    "web_search_calls": (0, 0),
    "moderations": (0, 0),
}


@pytest.mark.parametrize("name", SUMS)
def test_every_endpoint_adds_what_it_counts(name: str) -> None:
    usage = {"completions": [page(FIRST, ONE)], name: [page(FIRST, ONE)]}
    tokens, requests = SUMS[name] if name != "completions" else (0, 0)
    assert list(counters.parse(usage, NOW))[:2] == [
        Quota("Tokens", "tokens", Decimal(6 + tokens), None, None),
        Quota("Requests", "requests", Decimal(1 + requests), None, None),
    ]


OWN = (
    ("images", "images", "Images", "images"),
    ("audio_speeches", "characters", "Speech", "characters"),
    ("audio_transcriptions", "seconds", "Transcription", "seconds"),
    ("web_search_calls", "num_requests", "Web search", "calls"),
    ("file_search_calls", "num_requests", "File search", "calls"),
    ("code_interpreter_sessions", "num_sessions", "Code interpreter", "sessions"),
    ("vector_stores", "usage_bytes", "Vector stores", "bytes"),
    ("moderations", "num_model_requests", "Moderation", "requests"),
)


@pytest.mark.parametrize(("name", "field", "label", "unit"), OWN)
def test_what_has_a_unit_of_its_own_has_a_row(name: str, field: str, label: str, unit: str) -> None:
    quotas = counters.parse({name: [page(FIRST, {field: 3})]}, NOW)
    assert quotas == (Quota(label, unit, Decimal(3), None, None, role="secondary"),)
    assert counters.parse({name: [page(FIRST, {field: 0})]}, NOW) == ()
    assert counters.parse({name: None}, NOW) == ()


def test_which_counters_are_recent_or_a_level() -> None:
    assert [each.name for each in counters.COUNTERS if each.recent] == ["decisions"]
    assert [each.name for each in counters.COUNTERS if each.stored] == ["vector_stores"]


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"completions": [page(FIRST, ONE)], "embeddings": None}, [(6, True), (1, True)]),
        ({"completions": [page(FIRST, ONE, {"input_tokens": 1})]}, [(7, True), (1, True)]),
        ({"completions": [page(FIRST, {"output_tokens": 4})]}, [(4, True)]),
        ({"completions": [page(FIRST)]}, [(0, False), (0, False)]),
        ({"completions": []}, [(0, False), (0, False)]),
        ({"completions": [page(FIRST, None)]}, []),
        ({"completions": [{"data": 7}]}, []),
        ({"embeddings": [page(FIRST, ONE)]}, []),
    ],
)
def test_a_sum_of_which_something_is_missing_is_an_estimate(
    usage: dict[str, Any], expected: list[tuple[int, bool]]
) -> None:
    quotas = counters.parse(usage, NOW)
    assert [(int(quota.used or 0), quota.estimated) for quota in quotas] == expected


@pytest.mark.parametrize(
    ("told", "starts"),
    [
        (page(FIRST, {}, {}), [FIRST, FIRST]),
        ({"data": [{"start_time": FIRST, "result": [{}]}]}, [FIRST]),
        ({"data": [{"end_time": FIRST + DAY, "results": [{}]}]}, [FIRST]),
        ({"data": [{"start_time": FIRST, "end_time": FIRST + 5, "results": [{}]}]}, [FIRST]),
        ({"data": [{"results": [{}]}]}, [None]),
        ({"data": [{"start_time": FIRST}]}, [FIRST]),
        ({"data": [7]}, [None]),
        ({"data": []}, [None]),
        ({"data": [], "has_more": False}, []),
        ({"has_more": False}, [None]),
    ],
)
def test_a_day_is_dated_by_its_start_or_its_end(told: Any, starts: list[int | None]) -> None:
    assert [result.start for result in counters.results([told])] == starts


@pytest.mark.parametrize(
    ("start", "is_in"),
    [(FIRST - 1, False), (FIRST, True), (LAST - 1, True), (LAST, False), (None, True)],
)
def test_a_period_has_its_first_moment_and_not_its_end(start: int | None, is_in: bool) -> None:
    result = counters.Result(start, {})
    assert counters.within([result], MONTH, TODAY) == ([result] if is_in else [])


@pytest.mark.parametrize(
    ("starts", "is_reached"), [([LAST], True), ([LAST, LAST - 1], False), ([], False), ([None], False)]
)  # fmt: skip
def test_a_page_reaches_today_by_its_last_day(starts: list[Any], is_reached: bool) -> None:
    told = {"data": [{"start_time": start} for start in starts]}
    assert counters.reaches(told, NOW) is is_reached


def stored(**days: Any) -> tuple[Quota, ...]:
    """Read the storage quotas at NOW, with the bytes of the days ``d1`` … ``d5``."""
    results = [
        page(FIRST + (int(day[1:]) - 1) * DAY, {"usage_bytes": n}) for day, n in days.items()
    ]
    return counters.parse({"vector_stores": results}, NOW)


def test_a_level_is_that_of_the_last_day_of_this_month_that_has_one() -> None:
    def told(used: int) -> tuple[Quota, ...]:
        return (Quota("Vector stores", "bytes", Decimal(used), None, None, role="secondary"),)

    assert stored(d1=3, d5=7) == told(7)
    assert stored(d1=3, d5=0) == told(3)
    assert stored(d1=3, d4="many", d5=0) == ()
    assert stored(d0=3) == ()
