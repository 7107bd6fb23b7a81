"""The visits of the user, and which of them a refresh keeps."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.given import DAY, HOUR, NOW, quota, rows
from workflow import feed, paths
from workflow.history import recording, visits


def file() -> Path:
    return Path(paths.cache(os.environ), feed.LOOKED)


@pytest.fixture
def cache() -> Path:
    """Make the cache folder, which the keystroke does not do."""
    file().parent.mkdir(parents=True, mode=0o700)
    return file().parent


@pytest.mark.usefixtures("cache")
def test_the_refresh_makes_the_file_and_that_is_no_look() -> None:
    visits.look()
    assert not file().exists()
    assert visits.looked() == visits.looked() == 0
    assert stat.S_IMODE(file().stat().st_mode) == 0o600
    assert file().read_bytes() == b""
    visits.look()
    assert visits.looked() > NOW - 100 * DAY


def test_without_a_folder_nothing_happens() -> None:
    visits.look()
    assert visits.looked() == 0


@pytest.mark.usefixtures("cache")
def test_a_folder_in_its_place_is_harmless() -> None:
    file().mkdir()
    assert visits.looked() >= 0


@pytest.mark.parametrize(
    ("known", "look", "found"),
    [
        ((), 0, ()),
        ((), NOW, (NOW,)),
        ((NOW - HOUR,), NOW, (NOW - HOUR, NOW)),
        ((NOW - DAY, NOW - HOUR), NOW, (NOW - HOUR, NOW)),
        ((NOW - DAY, NOW - 599), NOW, (NOW - DAY, NOW)),  # the same visit
        ((NOW - DAY, NOW - 600), NOW, (NOW - 600, NOW)),
        ((NOW - DAY, NOW - HOUR), NOW - HOUR, (NOW - DAY, NOW - HOUR)),  # nobody has looked since
        ((NOW - DAY, NOW - HOUR), NOW - 2 * HOUR, (NOW - DAY, NOW - HOUR)),
        ((NOW - DAY,), NOW + 61, (NOW - DAY,)),  # a clock that ran ahead
        ((NOW - DAY,), NOW + 60, (NOW - DAY, NOW + 60)),
        ((NOW - DAY, NOW + HOUR), NOW, (NOW - DAY, NOW)),
        ((NOW - DAY, NOW + 60), 0, (NOW - DAY, NOW + 60)),
    ],
)
def test_two_visits_are_known(known: tuple[int, ...], look: int, found: tuple[int, ...]) -> None:
    assert visits.following(known, look, NOW) == found


@given(st.lists(st.integers(0, 2 * NOW), max_size=6))
def test_visits_follow_one_another(looks: list[int]) -> None:
    known: tuple[int, ...] = ()
    for look in looks:
        known = visits.following(known, look, NOW)
        assert len(known) <= 2
        assert list(known) == sorted(set(known))
        assert all(at <= NOW + 60 for at in known)
        assert len(known) < 2 or known[1] - known[0] >= visits.VISIT


def test_a_refresh_keeps_the_visits_also_without_a_history() -> None:
    for days, looked in ((730, NOW - HOUR), (0, NOW)):
        recording.record([quota("40")], NOW, days, looked)
    assert rows("look") == [(NOW - HOUR,), (NOW,)]
    assert rows("sample") == []
