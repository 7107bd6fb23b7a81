"""The windows of a quota, found sample by sample."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.history.given import DAY, HOUR, NOW, points
from workflow.history import spans
from workflow.history.series import Sample, Span


def told(*samples: tuple[int, float, int | None], window: int | None = 5 * HOUR) -> list[Span]:
    """The windows after samples of (seconds from now, percent, reset in seconds from now)."""
    found: dict[int, Span] = {}
    last: Span | None = None
    for at, used, resets in samples:
        sample = Sample(NOW + at, points(used), None, None if resets is None else NOW + resets)
        for span in spans.following(last, sample, window):
            found[span.began] = last = span
    return list(found.values())


def test_a_window_begins_its_length_before_its_reset() -> None:
    assert told((0, 12, 2 * HOUR)) == [Span(NOW - 3 * HOUR, NOW + 2 * HOUR, points(12), points(12))]


def test_without_a_length_it_begins_where_it_was_first_seen() -> None:
    assert [span.began for span in told((0, 12, HOUR), window=None)] == [NOW]


def test_it_rises_and_is_used_up_once() -> None:
    (span,) = told((0, 90, HOUR), (60, 100, HOUR), (120, 104, HOUR + 30), (180, 101, HOUR))
    assert span == Span(NOW - 4 * HOUR, NOW + HOUR, points(104), points(101), NOW + 60)


def test_it_may_be_used_up_when_it_is_first_seen() -> None:
    assert told((0, 100, HOUR))[0].full_at == NOW


def test_a_reset_ends_it() -> None:
    first, second = told((0, 88, HOUR), (2 * HOUR, 4, 6 * HOUR))
    assert (first.ended, first.last, first.peak) == (NOW + HOUR, points(88), points(88))
    assert (second.began, second.ended) == (NOW + HOUR, None)


def test_an_early_reset_ends_it_when_it_was_seen() -> None:
    first, second = told((0, 64, 2 * DAY), (2 * HOUR, 0.4, 7 * DAY), window=7 * DAY)
    assert first.ended == NOW + 2 * HOUR == second.began


def test_an_idle_window_is_none() -> None:
    (span,) = told((0, 88, HOUR), (2 * HOUR, 0, None), (3 * HOUR, 0, None))
    assert span.ended == NOW + HOUR
    assert told((0, 88, HOUR), (2 * HOUR, 0, None), (9 * HOUR, 3, 14 * HOUR))[1].ended is None


def test_a_refund_and_a_window_that_shrinks_end_nothing() -> None:
    assert len(told((0, 64, 3 * HOUR), (60, 30, 3 * HOUR), (120, 31, HOUR))) == 1


def test_no_reset_told_for_once_ends_nothing() -> None:
    (span,) = told((0, 10, HOUR), (60, 11, None), (120, 12, HOUR))
    assert (span.resets_at, span.last) == (NOW + HOUR, points(12))


moments = st.tuples(
    st.integers(0, 10**7),
    st.floats(0, 200),
    st.one_of(st.none(), st.integers(-(10**7), 2 * 10**7)),
)


@given(st.lists(moments, max_size=12), st.one_of(st.none(), st.integers(0, 10**7)))
def test_windows_follow_one_another(
    given_: list[tuple[int, float, int | None]], window: int
) -> None:
    found = told(*sorted(given_, key=lambda each: each[0]), window=window)
    for span in found:
        assert span.peak >= span.last
    for before, after in zip(found, found[1:]):
        assert before.ended is not None
        assert before.began < after.began
    assert all(span.ended is not None for span in found[:-1])
