"""Counts what OpenAI's usage endpoints tell: tokens and requests of this month, images, audio, searches."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Iterator, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..models import Quota
from ..provider.days import periods
from ..provider.reading import count, entries, first, integer, mapping, text
from ..provider.windows import DAY

Pages = Sequence[Mapping[str, Any]]
_ZERO = Decimal(0)


class Counter(NamedTuple):
    """One usage endpoint, and what of it is counted."""

    name: str
    tokens: Tuple[str, ...] = ()  # fields that add up to its tokens
    asks: bool = False  # its num_model_requests are requests that no other endpoint counts
    own: Optional[Tuple[str, str, str]] = None  # a row of its own: label, unit, field
    stored: bool = False  # its field is what lies there, not what adds up
    named: Tuple[str, ...] = ()  # asked only where a line of the costs has one of these words
    recent: bool = False  # so new that not every organization has it: a 404 is a zero


COUNTERS = (
    Counter("completions", ("input_tokens", "output_tokens"), asks=True),
    Counter("embeddings", ("input_tokens",), asks=True),
    Counter("decisions", ("input_tokens", "output_tokens"), asks=True, recent=True),
    Counter("images", asks=True, own=("Images", "images", "images"), named=("image", "dall-e")),
    Counter(
        "audio_speeches",
        asks=True,
        own=("Speech", "characters", "characters"),
        named=("tts", "speech"),
    ),
    Counter(
        "audio_transcriptions",
        asks=True,
        own=("Transcription", "seconds", "seconds"),
        named=("whisper", "transcri"),
    ),
    Counter("web_search_calls", own=("Web search", "calls", "num_requests"), named=("web search",)),
    Counter(
        "file_search_calls", own=("File search", "calls", "num_requests"), named=("file search",)
    ),
    Counter(
        "code_interpreter_sessions",
        own=("Code interpreter", "sessions", "num_sessions"),
        named=("code interpreter", "container"),
    ),
    Counter(
        "vector_stores",
        own=("Vector stores", "bytes", "usage_bytes"),
        stored=True,
        named=("vector", "storage"),
    ),
    Counter(  # free of charge, which its line says
        "moderations",
        own=("Moderation", "requests", "num_model_requests"),
        named=("moderation",),
    ),
)


def is_named(counter: Counter, costs: Pages) -> bool:
    """Tell whether a line of the costs names what this endpoint counts."""
    return any(
        word in (text(result.get("line_item")) or "").lower()
        for page in costs
        for bucket in entries(page.get("data"))
        for result in entries(bucket.get("results"))
        for word in counter.named
    )


def results(
    pages: Pages, since: datetime, until: datetime
) -> Iterator[Optional[Mapping[str, Any]]]:
    """Yield the results of the days in a period; None for each that cannot be read, or placed."""
    for page in pages:
        days = page.get("data")
        if not isinstance(days, list) or (not days and "has_more" not in page):
            yield None
            continue
        for day in days:
            start = _start(mapping(day))
            if start is None:
                yield None
            elif since.timestamp() <= start < until.timestamp():
                results = first(day, "results", "result")
                told = results if isinstance(results, list) else [None]
                yield from (result if isinstance(result, dict) else None for result in told)


def _start(day: Mapping[str, Any]) -> Optional[int]:
    """When a day begins, as told or by its end."""
    start, end = integer(day.get("start_time")), integer(day.get("end_time"))
    return end - DAY if start is None and end is not None else start


def reaches(page: Mapping[str, Any], at: datetime) -> bool:
    """Tell whether a page ends with the day of ``at``."""
    starts = [integer(bucket.get("start_time")) for bucket in entries(page.get("data"))]
    return bool(starts) and (starts[-1] or 0) >= periods(at)[1].timestamp()


class Sum(NamedTuple):
    """What fields of one endpoint add up to this month."""

    value: Optional[Decimal]  # None: none of it can be read
    whole: bool = True  # whether all of it could be read


def parse(usage: Mapping[str, Optional[Pages]], at: datetime) -> Tuple[Quota, ...]:
    """Read tokens and requests of this month, then what is counted in other units.

    ``usage`` has what was asked, None where no answer came. Without completions the sums are not
    told; where anything else of them is missing they are marked as estimated, since they are too small.
    """
    columns = (
        ("tokens", {each: each.tokens for each in COUNTERS if each.tokens}),
        ("requests", {each: ("num_model_requests",) for each in COUNTERS if each.asks}),
    )
    found = [_added(unit, fields, usage, at) for unit, fields in columns]
    found += [_row(each, usage.get(each.name), at) for each in COUNTERS]
    return tuple(quota for quota in found if quota is not None)


def _added(
    unit: str,
    fields: Mapping[Counter, Tuple[str, ...]],
    usage: Mapping[str, Optional[Pages]],
    at: datetime,
) -> Optional[Quota]:
    """What one unit adds up to over all endpoints that were asked."""
    sums = {
        each.name: total(usage[each.name], at, *names)
        for each, names in fields.items()
        if each.name in usage
    }
    values = [told.value for told in sums.values() if told.value is not None]
    if sums.get("completions", _UNTOLD).value is None:
        return None
    whole = len(values) == len(sums) and all(told.whole for told in sums.values())
    return Quota(unit.capitalize(), unit, sum(values, _ZERO), None, None, estimated=not whole)


def _row(counter: Counter, pages: Optional[Pages], at: datetime) -> Optional[Quota]:
    """What one endpoint counts in a unit of its own; None where that is nothing."""
    if counter.own is None:
        return None
    label, unit, field = counter.own
    told = _stored(pages, at, field) if counter.stored else total(pages, at, field)
    if not told.value:
        return None
    return Quota(label, unit, told.value, None, None, estimated=not told.whole, role="secondary")


_UNTOLD = Sum(None, whole=False)


def total(
    pages: Optional[Pages], at: datetime, *fields: str, since: Optional[datetime] = None
) -> Sum:
    """Add up the fields of one endpoint this month, or since a moment."""
    if pages is None:
        return _UNTOLD
    told = [
        count(mapping(result).get(name))
        for result in results(pages, since or periods(at)[0], at)
        for name in fields
    ]
    known = [value for value in told if value is not None]
    whole = len(known) == len(told)
    return Sum(sum(known, _ZERO) if known or whole else None, whole)


def _stored(pages: Optional[Pages], at: datetime, field: str) -> Sum:
    """What a field says of the last day that says anything."""
    today = periods(at)[1]
    for back in range((today - periods(at)[0]).days + 1):
        day = today - timedelta(days=back)
        told = total(pages, min(at, day + timedelta(days=1)), field, since=day)
        if told.value or not told.whole:
            return told
    return Sum(_ZERO)
