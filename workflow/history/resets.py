"""Tell whether two reset times mean the same reset, and whether a window has ended.

Providers report a reset anew with every answer, some seconds off, and a rolling window slides.
"""

from __future__ import annotations

from .series import Sample

SECONDS = 120  # by which two answers may differ about one reset, at least
PERCENT = 2  # of the window, by which they may differ if that is longer


def tolerance(window: int | None) -> int:
    """Return by how many seconds two answers may differ about one reset; ``window`` is its length, if known."""
    return max(SECONDS, (window or 0) * PERCENT // 100)


def is_same(one: int | None, other: int | None, window: int | None) -> bool:
    """Tell whether two reset times mean one reset; None equals only None."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= tolerance(window)


def has_ended(before: Sample, after: Sample, window: int | None) -> bool:
    """Tell whether a new window began between two samples of a quota.

    Either the reset has passed, or it moved ahead while the used share fell: a provider may reset early.
    """
    if before.resets_at is None or is_same(before.resets_at, after.resets_at, window):
        return False
    if after.at >= before.resets_at:
        return True
    fell = before.value is not None and after.value is not None and after.value < before.value
    return fell and after.resets_at is not None and after.resets_at > before.resets_at
