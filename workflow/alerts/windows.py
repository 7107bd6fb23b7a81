"""Tell which window of a quota is running, named by when it was first seen, since providers move resets. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ..history import resets
from ..history.series import FULL, SCALE, Sample

EQUAL = SCALE  # millionths of a percent by which two equal answers may differ
BACK = FULL // 2  # used share below which a quota without a reset time counts as reset


class Watch(NamedTuple):
    """The last state of a series; values in millionths."""

    at: int
    span: int  # names the window: when it was first seen, epoch seconds
    resets_at: int | None = None
    value: int | None = None


def following(
    watch: Watch | None,
    sample: Sample,
    window: int | None,
    rules: frozenset[str] = frozenset(),
    crossed: bool = False,
) -> Watch:
    """Return the state after a new sample; a ``span`` that differs from the last one is a new window.

    Args:
        watch: the last state; None for the first sample of a series.
        window: length of the window in seconds, if known.
        rules: those noted in the running window.
        crossed: whether the new sample is beyond any limit.
    """
    if watch is None:
        return Watch(sample.at, sample.at, sample.resets_at, sample.value)
    before = Sample(watch.at, watch.value, None, watch.resets_at)
    ended = resets.has_ended(before, sample, window) or _is_back(watch, sample, rules, crossed)
    known = sample.resets_at if ended or sample.resets_at is not None else watch.resets_at
    span = max(sample.at, watch.span + 1) if ended else watch.span
    return Watch(sample.at, span, known, sample.value)


def _is_back(watch: Watch, sample: Sample, rules: frozenset[str], crossed: bool) -> bool:
    """Tell whether two answers in one window show that a quota was reset; a single one may be a glitch.

    If it was used up, both are below half, or equal and below the whole. A low quota without a reset time has to
    be below half, and within all limits.
    """
    if watch.value is None or sample.value is None:
        return False
    highest, differ = max(watch.value, sample.value), abs(watch.value - sample.value)
    if "full" in rules and highest < (FULL if differ <= EQUAL else BACK):
        return True
    if crossed or watch.resets_at is not None or sample.resets_at is not None:
        return False
    return highest < BACK and any(rule.startswith("low") for rule in rules)
