from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.profiles import scaled
from tests.providers.contract import JUNK, body, document
from workflow.claude import limits
from workflow.claude.limits import Kept

NOW = 1791190800
TOLD = document("claude/status_line.json")
WINDOWS = {"five_hour": (23.5, 1791198000), "seven_day": (41.2, 1791450000)}


def kept(at: int, session: str, used: float, reset: int = 1791198000) -> Kept:
    return Kept(at, session, {"five_hour": (used, reset)})


def five_hours(found: Kept) -> tuple[float, int, int]:
    return (*found.windows["five_hour"], found.at)


def test_what_is_handed_over_is_read() -> None:
    found = limits.handed({**limits.parse(body("claude/status_line.json")), "session_id": "a"}, NOW)
    assert (found.at, found.session, found.windows) == (NOW, "a", WINDOWS)


def test_a_window_that_is_over_or_makes_no_sense_is_not_told() -> None:
    odd: list[Any] = [
        None,
        7,
        {},
        {"used_percentage": "23", "resets_at": NOW + 9},
        {"used_percentage": True, "resets_at": NOW + 9},
        {"used_percentage": -1, "resets_at": NOW + 9},
        {"used_percentage": 1, "resets_at": NOW},
        {"used_percentage": 1, "resets_at": NOW * 1000},
        {"used_percentage": 1},
    ]
    told = {"rate_limits": {f"w{place}": each for place, each in enumerate(odd)}}
    assert limits.handed(told, NOW).windows == {}
    good = {"used_percentage": 100, "resets_at": NOW + 1}
    told = {"rate_limits": {"five_hour": good, "No name!": good, "x" * 41: good}}
    assert limits.handed(told, NOW).windows == {"five_hour": (100.0, NOW + 1)}


YEAR = 366 * 86400


@pytest.mark.parametrize(
    ("used", "resets_at", "is_told"),
    [
        (0, NOW + 1, True), (999.9, NOW + 1, True), (1000, NOW + 1, False),
        (1, NOW + YEAR - 1, True), (1, NOW + YEAR, False), (1, True, False), (1, "9", False),
    ],
)  # fmt: skip
def test_a_window_is_told_within_reason(used: float, resets_at: Any, is_told: bool) -> None:
    window = {"used_percentage": used, "resets_at": resets_at}
    told = limits.handed({"rate_limits": {"five_hour": window}}, NOW).windows
    assert told == ({"five_hour": (used, resets_at)} if is_told else {})


def test_a_few_windows_are_told_by_names_of_a_few_letters() -> None:
    window = {"used_percentage": 1, "resets_at": NOW + 1}
    names = ["", "X", "x", "x" * 40, *(f"seven_day_{place}" for place in range(9))]
    told = limits.handed(
        {"session_id": "s" * 65, "rate_limits": dict.fromkeys(names, window)}, NOW + 0.9
    )
    assert list(told.windows) == names[2:8]
    assert (told.at, told.session) == (NOW, "s" * 64)
    assert limits.handed({"session_id": 7}, NOW).session == ""


@given(st.recursive(JUNK, lambda inner: st.dictionaries(st.text(max_size=9), inner, max_size=4)))
@settings(database=None, deadline=None, max_examples=scaled(200))
def test_its_json_is_read_as_json_reads_it(value: object) -> None:
    content = json.dumps(value).encode()
    assert limits.parse(content) == json.loads(content)
    limits.handed({"rate_limits": value}, NOW)
    limits.handed(value, NOW)


@pytest.mark.parametrize(
    "content", [b"", b" ", b"{", b'{"a": }', b"nonsense", b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises((ValueError, StopIteration, RecursionError)):
        limits.parse(content)


def test_what_is_no_number_and_no_text_stands_for_nothing() -> None:
    assert limits.parse(b' {"a": NaN, "b": [1, 1.5, "\xff\x01"]}\n') == {
        "a": None,
        "b": [1, 1.5, "\ufffd\x01"],
    }


def test_another_python_reads_it_with_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "_json", None)
    assert limits.parse(body("claude/status_line.json")) == TOLD


def test_what_is_kept_comes_back() -> None:
    before = Kept(NOW, 'a"\\b-_', WINDOWS)
    back = limits.unpacked(limits.packed(before), NOW)
    assert back is not None
    assert (back.at, back.session, back.windows) == (NOW, "ab-_", WINDOWS)
    assert json.loads(limits.packed(before))["at"] == NOW
    assert limits.unpacked(limits.packed(before), NOW - 120) is not None
    assert limits.unpacked(limits.packed(before), NOW - 121) is None  # a clock that ran ahead


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"at": 1, "session": "a"}', b'{"at": 1, "windows": {}}', b'{"at": "x", "session": "", "windows": {}}'],
)  # fmt: skip
def test_what_is_damaged_was_not_kept(content: bytes) -> None:
    assert limits.unpacked(content, NOW) is None


def test_the_same_session_is_believed_and_so_is_a_later_window() -> None:
    assert five_hours(limits.merged(kept(1, "a", 50), kept(2, "a", 10)))[0] == 10  # an early reset
    later = limits.merged(kept(1, "a", 90), kept(2, "b", 3, 1791216000))
    assert five_hours(later) == (3, 1791216000, 2)
    assert five_hours(limits.merged(kept(1, "a", 10), kept(2, "b", 50)))[0] == 50
    assert five_hours(limits.merged(None, kept(2, "b", 50)))[0] == 50


def test_the_lower_number_of_an_idle_session_does_not_count_for_a_while() -> None:
    before = kept(NOW, "a", 50)
    assert limits.merged(before, kept(NOW + 60, "b", 10)) is before
    assert five_hours(limits.merged(before, kept(NOW + 60, "b", 10, 1791198120)))[0] == 50
    assert five_hours(limits.merged(before, kept(NOW + 60, "b", 10, 1791198121)))[0] == 10
    assert five_hours(limits.merged(before, kept(NOW + 599, "b", 10)))[0] == 50
    assert five_hours(limits.merged(before, kept(NOW + 600, "b", 10)))[0] == 10
    assert five_hours(limits.merged(before, kept(NOW + 60, "b", 50, 1791198060)))[1] == 1791198060
    assert limits.merged(before, kept(NOW + 60, "a", 50)).at == NOW + 60  # the same once more


def test_one_that_tells_no_limits_changes_nothing() -> None:
    before = kept(NOW, "a", 50)
    assert limits.merged(before, Kept(NOW + 1, "b", {})) is before


def test_a_window_that_only_one_of_them_tells_stays_until_it_is_over() -> None:
    before = Kept(NOW, "a", WINDOWS)
    found = limits.merged(before, kept(NOW + 60, "a", 30))
    assert found.windows == {"five_hour": (30, 1791198000), "seven_day": (41.2, 1791450000)}
    late = limits.merged(before, kept(1791450001, "a", 30, 1791460000))
    assert set(late.windows) == {"five_hour"}
    assert late.session == "a"
    ending = limits.merged(before, kept(1791450000, "a", 30, 1791460000))
    assert set(ending.windows) == {"five_hour"}
