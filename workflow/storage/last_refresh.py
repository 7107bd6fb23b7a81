"""How the last refresh went, and how long every account took to answer, for the report.

It is a small file beside the cache. If it cannot be read or has another layout, it counts as empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..records import dataclass, field
from . import files, json_codec

LAYOUT = 1
NAME = "last-refresh.json"


@dataclass(frozen=True)
class Refresh:
    """The result of one refresh."""

    at: int  # epoch seconds at its beginning
    seconds: float  # how long it took
    asked: int = 0
    failed: int = 0
    rate_limited: int = 0  # not asked, since a Retry-After had not passed
    timed_out: int = 0  # the deadline came first
    defect: str = ""  # the class of the error that broke it off
    clock_ahead: int | None = None  # seconds by which our clock was ahead of the servers'


@dataclass(frozen=True)
class Journal:
    """The results of the last refreshes."""

    last: Refresh | None = None
    answers: Mapping[str, float] = field(default_factory=dict)  # seconds by account id


def path() -> str:
    """Return the path of the journal."""
    return files.in_cache(NAME)


def read() -> Journal:
    """Read the journal; an empty one if it cannot be read."""
    try:
        document: dict[str, Any] = json_codec.loads(files.read(path()) or b"{}")
        if document.get("layout") != LAYOUT:
            return Journal()
        last = document["last"]
        answers = {str(name): float(seconds) for name, seconds in document["answers"].items()}
        return Journal(_refresh(last) if last else None, answers)
    except (OSError, ArithmeticError, ValueError, TypeError, KeyError, AttributeError):
        return Journal()


def _refresh(fields: Mapping[str, Any]) -> Refresh:
    counts = {
        name: int(fields[name]) for name in ("at", "asked", "failed", "rate_limited", "timed_out")
    }
    ahead = fields.get("clock_ahead")
    return Refresh(
        **counts,
        seconds=float(fields["seconds"]),
        defect=str(fields["defect"]),
        clock_ahead=None if ahead is None else int(ahead),
    )


def write(journal: Journal) -> None:
    """Write the journal. A disk error is ignored."""
    with suppress(OSError):
        last = vars(journal.last) if journal.last else None
        fields = {"layout": LAYOUT, "last": last, "answers": journal.answers}
        content = json_codec.dumps(fields)
        files.write(path(), content, lasting=False)
