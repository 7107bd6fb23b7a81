"""How the last refresh went, and how long every account took to answer: for the report.

A small file beside the cache. One that cannot be read, or has another layout, tells nothing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Dict, Mapping, Optional

from .. import paths
from . import files, json_codec

LAYOUT = 1
NAME = "last-refresh.json"


@dataclass(frozen=True)
class Refresh:
    """What came of one refresh."""

    at: int  # epoch seconds at its beginning
    seconds: float  # how long it took
    asked: int = 0
    failed: int = 0
    held: int = 0  # a Retry-After still ran
    left: int = 0  # the deadline came first
    defect: str = ""  # the class of what broke it off


@dataclass(frozen=True)
class Journal:
    """What is known of refreshes."""

    last: Optional[Refresh] = None
    answers: Mapping[str, float] = field(default_factory=dict)  # seconds by account id


def path() -> str:
    """Where it is kept."""
    return os.path.join(paths.cache(os.environ), NAME)


def read() -> Journal:
    """What was noted; nothing where that cannot be read."""
    try:
        document: Dict[str, Any] = json_codec.loads(files.read(path()) or b"{}")
        if document.get("layout") != LAYOUT:
            return Journal()
        last = document["last"]
        answers = {str(name): float(told) for name, told in document["answers"].items()}
        return Journal(_refresh(last) if last else None, answers)
    except (OSError, ArithmeticError, ValueError, TypeError, KeyError, AttributeError):
        return Journal()


def _refresh(told: Mapping[str, Any]) -> Refresh:
    counts = {name: int(told[name]) for name in ("at", "asked", "failed", "held", "left")}
    return Refresh(**counts, seconds=float(told["seconds"]), defect=str(told["defect"]))


def write(journal: Journal) -> None:
    """Note it. A disk that cannot be written is not worth failing for."""
    with suppress(OSError):
        content = json_codec.dumps({"layout": LAYOUT, **asdict(journal)})
        files.write(path(), content, lasting=False)
