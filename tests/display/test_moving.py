"""Compact texts with moving values read the same as if every value were computed at that time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import feed
from workflow.display import moving, times

NOW = datetime(2026, 11, 18, 15, 0, 30, tzinfo=timezone.utc)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAR = 400 * 86400  # seconds
MOMENTS = st.one_of(
    st.integers(-FAR, FAR),
    st.integers(-7200, 7200),
    st.sampled_from([0, 60, 3600, 86400, 6 * 86400]),
)
FORMATS = times.formats()


def marker(kind: str, at: int, other: int) -> str:
    """One moving value, ``at`` and ``other`` seconds from now."""
    moment, until = NOW + at * SECOND, NOW + other * SECOND
    made = {
        "a": times.ago(moment),
        "t": times.clock(moment),
        "n": times.near(moment),
        "u": times.switch(moment, "before", "after"),
        "c": times.coming(moment, "in {span} ({time})", "past"),
        "s": times.coming(moment, "in {span}", ""),
        "f": times.forecast(moment, until, "out {time}"),
    }
    return made[kind]


def as_of(now: float) -> moving.Moment:
    return moving.Moment(now, FORMATS)


def compact(text: str, now: float) -> bytes:
    return as_of(now).packed(moving.enclosed(text))


def served(text: bytes, now: float) -> str:
    return feed.fill(text, now, FORMATS).decode()


def anew(values: list[tuple[str, int, int]], now: float) -> str:
    """Each value worked out by itself."""
    return " ".join(_anew(*value, now - NOW.timestamp(), now) for value in values)


def _anew(kind: str, at: int, other: int, passed: float, now: float) -> str:
    moment, left = NOW.timestamp() + at, at - passed
    time = times.day_and_time(moment, now)
    if kind == "a":
        return feed.age(-left, FORMATS).decode()
    if kind == "t":
        return time
    if kind == "n":
        words = [words.decode() for seconds, words in feed.NEAR if 0 < left <= seconds]
        return "".join(words)
    if kind == "f":
        return f"out {time}" if passed < other else ""
    span = times.countdown(left)
    before, after = {
        "u": ("before", "after"),
        "c": (f"in {span} ({time})", "past"),
        "s": (f"in {span}", ""),
    }[kind]
    return before if left > 0 else after


@given(
    st.lists(st.tuples(st.sampled_from("atnucsf"), MOMENTS, MOMENTS), min_size=1, max_size=4),
    st.one_of(st.integers(0, FAR), st.integers(0, 7200)),
    st.floats(0, 1, exclude_max=True),
)
def test_what_was_said_is_said_while_it_is_right(
    values: list[tuple[str, int, int]], later: int, part: float
) -> None:
    text = " ".join(marker(*value) for value in values)
    now = NOW.timestamp() + part
    then = now + later
    assert served(compact(text, now), then) == anew(values, then)
    assert served(compact(text, then), then) == anew(values, then)


@pytest.mark.parametrize(
    ("marked", "until"),
    [
        pytest.param(times.ago(NOW), MINUTE, id="just-now"),
        pytest.param(times.ago(NOW - 5 * MINUTE), MINUTE, id="minutes"),
        pytest.param(times.ago(NOW - 2 * HOUR), HOUR, id="hours"),
        pytest.param(times.ago(NOW - 3 * DAY), DAY, id="days"),
        pytest.param(times.ago(NOW + MINUTE), MINUTE, id="ahead"),
        pytest.param(times.switch(NOW + HOUR, "a", "b"), HOUR, id="switch"),
        pytest.param(times.near(NOW + 6 * HOUR), HOUR, id="near"),
        pytest.param(
            times.coming(NOW + 20 * HOUR, "{span}", ""), MINUTE, id="countdown-of-minutes"
        ),
        pytest.param(times.coming(NOW + 2 * DAY, "{span}", ""), MINUTE, id="countdown-to-the-hour"),
        pytest.param(
            times.coming(NOW + 2 * DAY + 10 * MINUTE, "{span}", ""),
            11 * MINUTE,
            id="countdown-of-hours",
        ),
    ],
)
def test_a_value_is_good_until_it_is_said_otherwise(marked: str, until: timedelta) -> None:
    compacted = compact(marked, NOW.timestamp())
    epoch = int(compacted.split(feed.END)[0])
    assert epoch == int((NOW + until).timestamp())
    before, after = (served(compacted, epoch - back) for back in (0.001, 0))
    assert before != after


def test_each_value_and_each_text_is_kept_once() -> None:
    age, reset = times.ago(NOW), times.coming(NOW + HOUR, "resets in {span}", "")
    subtitle = f"Week 41% · {reset} · {age}"
    row = {
        "title": f"GLM 41% {age}",
        "subtitle": subtitle,
        "copy": f"GLM: 41% {age} · {times.JOINT}{subtitle}",
        "large": f"GLM 41% {age}\n{subtitle}",
    }
    moment = as_of(NOW.timestamp())
    written = ",".join(f'"{name}":{moving.quoted(text)}' for name, text in row.items())
    compacted = moment.packed(f"{{{written}}}")
    epochs, _, later, texts, _ = compacted.split(feed.END)
    assert (len(epochs.split()), later.count(feed.SIGN)) == (2, 2)
    assert texts.count(feed.OR) == 3  # title, subtitle, what the copy begins with
    told = json.loads(served(compacted, NOW.timestamp()))
    assert told["large"] == f"{told['title']}\n{told['subtitle']}"
    assert told["copy"] == f"GLM: 41% just now · {told['subtitle']}"
    assert told["subtitle"] == "Week 41% · resets in 1h · just now"


def test_what_rows_repeat_is_kept_once() -> None:
    moment = as_of(NOW.timestamp())
    same = moving.repeated('{"cmd":"Refresh"}')
    moves = moving.repeated(moving.quoted(f"GLM: 41% {times.ago(NOW)}"))
    compacted = moment.packed(f"[{same},{moves},{same},{moves}]")
    assert compacted.count(b"Refresh") == compacted.count(b"GLM") == 1
    told = json.loads(served(compacted, NOW.timestamp()))
    assert told == [{"cmd": "Refresh"}, "GLM: 41% just now"] * 2


def test_neighbours_that_give_way_together_are_one() -> None:
    text = f"{times.switch(NOW, '41%', 'has reset')} {times.switch(NOW, '▰▰▱')}"
    compacted = compact(text, NOW.timestamp() - 1)
    assert len(compacted.split(feed.END)[0].split()) == 1
    assert served(compacted, NOW.timestamp() - 1) == "41% ▰▰▱"
    assert served(compacted, NOW.timestamp()) == "has reset "


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x90\x91\x92\x94\x95")))
def test_a_text_without_moving_values_stays(text: str) -> None:
    assert served(compact(text, 0), 0) == text


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x90\x91\x92\x94\x95\n")))
def test_a_text_is_the_same_as_json(text: str) -> None:
    moved = f"{text} {times.switch(NOW, text, 'past')}\n{text}"
    moment = as_of(NOW.timestamp() - 1)
    whole = moment.packed(f"[{moving.quoted(moved)},{moving.quoted(text)}]")
    assert json.loads(served(whole, NOW.timestamp() - 1)) == [f"{text} {text}\n{text}", text]
    assert json.loads(served(whole, NOW.timestamp())) == [f"{text} past\n{text}", text]
