"""When two resets are one, and when a window has ended."""

from __future__ import annotations

import pytest

from tests.history.given import DAY, HOUR, NOW, points
from workflow.history import resets
from workflow.history.series import Sample


def sample(at: int, used: float, resets_at: int | None) -> Sample:
    return Sample(at, points(used), None, resets_at)


@pytest.mark.parametrize(
    ("window", "seconds"), [(None, 120), (5 * HOUR, 360), (7 * DAY, 12096), (600, 120)]
)
def test_the_tolerance_grows_with_the_window(window: int | None, seconds: int) -> None:
    assert resets.tolerance(window) == seconds
    assert resets.is_same(NOW, NOW + seconds, window)
    assert not resets.is_same(NOW, NOW + seconds + 1, window)


def test_unknown_is_like_unknown_only() -> None:
    assert resets.is_same(None, None, HOUR)
    assert not resets.is_same(None, NOW, HOUR)


@pytest.mark.parametrize(
    ("before", "after", "ended"),
    [
        ((0, 10, 5 * HOUR), (HOUR, 20, 5 * HOUR + 30), False),  # jitter
        ((0, 88, HOUR), (2 * HOUR, 4, 6 * HOUR), True),  # its reset has passed
        ((0, 88, HOUR), (2 * HOUR, 88, 6 * HOUR), True),
        ((0, 88, HOUR), (2 * HOUR, 0, None), True),  # idle since
        ((0, 88, HOUR), (HOUR + 20, 89, HOUR + 60), False),  # a reset that comes a little late
        ((0, 64, 2 * HOUR), (HOUR, 0.4, 6 * HOUR), True),  # an early reset
        ((0, 88, HOUR), (HOUR + 20, 89, HOUR + 300), False),  # within two percent of the window
        ((0, 88, HOUR), (HOUR, 88, 6 * HOUR), True),  # at its reset
        ((0, 64, 2 * HOUR), (HOUR, 65, 6 * HOUR), False),  # a rolling window
        ((0, 64, 2 * HOUR), (HOUR, 64, 6 * HOUR), False),
        ((0, 64, 2 * HOUR), (HOUR, 40, 2 * HOUR + 300), False),
        ((0, 64, 2 * HOUR), (HOUR, 40, 2 * HOUR), False),  # a refund
        ((0, 64, 4 * HOUR), (HOUR, 20, 2 * HOUR), False),  # a window that shrinks
        ((0, 64, None), (HOUR, 0, 2 * HOUR), False),  # nothing was told of a reset
        ((0, 64, 2 * HOUR), (HOUR, 20, None), False),
    ],
)
def test_a_window_ends(
    before: tuple[int, float, int | None], after: tuple[int, float, int | None], ended: bool
) -> None:
    def at(given: tuple[int, float, int | None]) -> Sample:
        seconds, used, resets_at = given
        return sample(NOW + seconds, used, None if resets_at is None else NOW + resets_at)

    assert resets.has_ended(at(before), at(after), 5 * HOUR) is ended
