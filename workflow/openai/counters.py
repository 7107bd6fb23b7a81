"""Reads OpenAI's usage endpoints: tokens and requests of this month, images, audio, searches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeVar

from ..models import Quota
from ..provider import derived
from ..provider.days import periods
from ..provider.reading import Fields, count, entries, first, integer, mapping, money, text
from ..provider.windows import DAY

Pages = Sequence[Fields]
_ZERO = Decimal(0)


class Counter(NamedTuple):
    """A usage endpoint, and the fields that are read from it."""

    name: str
    tokens: tuple[str, ...] = ()  # fields that add up to its tokens
    asks: bool = False  # no other endpoint counts its num_model_requests
    own: tuple[str, str, str] | None = None  # label, unit and field of a separate quota
    stored: bool = False  # that field is a level, not an amount that adds up
    named: tuple[str, ...] = ()  # fetched only if a line of the costs has one of these words
    recent: bool = False  # not every organization has it yet; a 404 means zero


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
    Counter(  # free of charge, but the costs have a line for it
        "moderations", own=("Moderation", "requests", "num_model_requests"), named=("moderation",)
    ),
)


def named(costs: Pages) -> dict[Counter, str]:
    """Return the endpoints that the lines of the costs name, each with the sum of its lines.

    The sum covers all days in ``costs``. It only serves to notice that something new was billed.
    """
    sums: dict[Counter, Decimal] = {}
    for page in costs:
        for bucket in entries(page.get("data")):
            for result in entries(bucket.get("results")):
                for counter in _naming(text(result.get("line_item")) or ""):
                    amount = money(mapping(result.get("amount")).get("value"))
                    sums[counter] = sums.get(counter, _ZERO) + (amount or _ZERO)
    return {counter: str(sums[counter].normalize()) for counter in COUNTERS if counter in sums}


@lru_cache(maxsize=256)
def _naming(line: str) -> list[Counter]:
    """List the endpoints that a line of the costs names."""
    lower = line.lower()
    return [counter for counter in COUNTERS if any(name in lower for name in counter.named)]


class Dated(Protocol):
    """Something that belongs to a day."""

    @property
    def start(self) -> int | None:
        """The start of the day, epoch seconds; None if it has no date."""


_Dated = TypeVar("_Dated", bound=Dated)


class Result(NamedTuple):
    """One result of a day."""

    start: int | None  # of the day, epoch seconds; None if it has no date
    fields: Fields | None  # None if it cannot be read


def results(pages: Pages) -> list[Result]:
    """List the results of all days, including those that cannot be read or have no date."""
    rows = []
    for page in pages:
        days = page.get("data")
        if not isinstance(days, list) or (not days and "has_more" not in page):
            rows.append(Result(None, None))
            continue
        for day in days:
            start = _start(mapping(day))
            results = first(day, "results", "result") if start is not None else None
            for result in results if isinstance(results, list) else [None]:
                rows.append(Result(start, result if isinstance(result, dict) else None))
    return rows


def within(several: Iterable[_Dated], since: datetime, until: datetime) -> list[_Dated]:
    """List the items of a period, and those without a date, which may belong to it."""
    begun, ended = since.timestamp(), until.timestamp()
    return [each for each in several if each.start is None or begun <= each.start < ended]


def _start(day: Fields) -> int | None:
    """Read the start of a day (epoch seconds), from its start or its end."""
    start, end = integer(day.get("start_time")), integer(day.get("end_time"))
    return end - DAY if start is None and end is not None else start


def reaches(page: Fields, at: datetime) -> bool:
    """Tell whether a page ends with the day of ``at``."""
    starts = [integer(bucket.get("start_time")) for bucket in entries(page.get("data"))]
    return bool(starts) and (starts[-1] or 0) >= periods(at)[1].timestamp()


class Sum(NamedTuple):
    """The sum of some fields of one endpoint."""

    value: Decimal | None  # None if nothing could be read
    whole: bool = True  # everything could be read


def parse(usage: Mapping[str, Pages | None], at: datetime) -> tuple[Quota, ...]:
    """Add up tokens and requests of this month, then the endpoints with other units.

    Without completions there are no sums. If anything else is missing, the sums are too small and marked as
    estimated.

    Args:
        usage: pages by endpoint; None for one that failed.
        at: when they were fetched, aware UTC.
    """
    columns = (
        ("tokens", {counter: counter.tokens for counter in COUNTERS if counter.tokens}),
        ("requests", {counter: ("num_model_requests",) for counter in COUNTERS if counter.asks}),
    )
    by_endpoint = {name: None if pages is None else results(pages) for name, pages in usage.items()}
    quotas = [_added(unit, fields, by_endpoint, at) for unit, fields in columns]
    quotas += [_row(counter, by_endpoint.get(counter.name), at) for counter in COUNTERS]
    return tuple(quota for quota in quotas if quota is not None)


def _added(
    unit: str,
    fields: Mapping[Counter, tuple[str, ...]],
    by_endpoint: Mapping[str, Sequence[Result] | None],
    at: datetime,
) -> Quota | None:
    """Add up one unit of all endpoints that were fetched."""
    sums = {
        counter.name: total(by_endpoint[counter.name], at, *names)
        for counter, names in fields.items()
        if counter.name in by_endpoint
    }
    values = [each.value for each in sums.values() if each.value is not None]
    if sums.get("completions", _UNKNOWN).value is None:
        return None
    whole = len(values) == len(sums) and all(each.whole for each in sums.values())
    return Quota(unit.capitalize(), unit, sum(values, _ZERO), None, None, estimated=not whole)


def _row(counter: Counter, rows: Sequence[Result] | None, at: datetime) -> Quota | None:
    """Make the separate quota of an endpoint; None if it has none, or its amount is zero."""
    if counter.own is None:
        return None
    label, unit, field = counter.own
    amount = _stored(rows, at, field) if counter.stored else total(rows, at, field)
    if not amount.value:
        return None
    return Quota(
        label, unit, amount.value, None, None, estimated=not amount.whole, role="secondary"
    )


_UNKNOWN = Sum(None, whole=False)


def total(
    rows: Sequence[Result] | None, at: datetime, *fields: str, since: datetime | None = None
) -> Sum:
    """Add up fields of one endpoint for this month, or since a time."""
    if rows is None:
        return _UNKNOWN
    values = [
        count(mapping(result.fields).get(name))
        for result in within(rows, since or periods(at)[0], at)
        for name in fields
    ]
    known = [value for value in values if value is not None]
    whole = len(known) == len(values)
    return Sum(derived.total(known) if known or whole else None, whole)


def _stored(rows: Sequence[Result] | None, at: datetime, field: str) -> Sum:
    """Read a level from the last day that has one."""
    today = periods(at)[1]
    for back in range((today - periods(at)[0]).days + 1):
        day = today - timedelta(days=back)
        day_sum = total(rows, min(at, day + timedelta(days=1)), field, since=day)
        if day_sum.value or not day_sum.whole:
            return day_sum
    return Sum(_ZERO)
