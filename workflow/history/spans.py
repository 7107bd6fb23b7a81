"""The windows of a quota, one row each: when it began, its highest share, when it was used up. Pure."""

from __future__ import annotations

from . import resets
from .series import FULL, Sample, Span


def following(span: Span | None, sample: Sample, window: int | None) -> tuple[Span, ...]:
    """Return the spans that a new sample changes, the older one first; ``span`` is the last of the series.

    ``window`` is the length of the window in seconds, if known.
    """
    if span is None or span.ended is not None:
        return _new_span(span, sample, window)
    if resets.has_ended(Sample(span.began, span.last, None, span.resets_at), sample, window):
        ended = span._replace(ended=min(span.resets_at, sample.at))
        return ended, *_new_span(ended, sample, window)
    return (_extended(span, sample),)


def _new_span(before: Span | None, sample: Sample, window: int | None) -> tuple[Span, ...]:
    """Begin a new span; () if the sample has no reset, or one that has passed already."""
    if sample.value is None or sample.resets_at is None or sample.resets_at <= sample.at:
        return ()
    began = sample.resets_at - window if window else sample.at
    earliest = before.ended or before.began if before else began
    began = max(min(began, sample.at), earliest, (before.began + 1) if before else began)
    full_at = sample.at if sample.value >= FULL else None
    return (Span(began, sample.resets_at, sample.value, sample.value, full_at),)


def _extended(span: Span, sample: Sample) -> Span:
    if sample.value is None:
        return span
    full_at = span.full_at
    if full_at is None and sample.value >= FULL:
        full_at = sample.at
    resets_at = span.resets_at if sample.resets_at is None else sample.resets_at
    return Span(span.began, resets_at, max(span.peak, sample.value), sample.value, full_at)
