"""Keep to the vendors' rate limits across processes: one file says what was sent and when.

A limit counts the requests of a key or, at some vendors, of this machine's address. The file holds only a
keyed digest of the key. If it is lost, only the count is lost.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from .. import paths
from ..errors import BY_ITSELF, RateLimited
from ..i18n.message import Message, _
from ..models import AHEAD
from ..provider.contract import Provider
from ..storage import files, json_codec

NAME = "requests.json"  # in the cache folder
_LARGEST = 1024 * 1024  # bytes
_ALLOWED: Message = _(
    "Tankful asks {provider} at most {count} times in {minutes} min; {by_itself}",
    by_itself=BY_ITSELF,
)


class Counter(NamedTuple):
    """Requests that are counted together, and how many are allowed."""

    provider: str
    of: str  # the key, or the host if it counts this machine's requests
    requests: int
    seconds: int


def counter(about: Provider, secret: str, host: str) -> Counter | None:
    """Return the counter of a request; None if the vendor states no limit."""
    limit = about.rate_limit
    if limit is None:
        return None
    of = host if limit.of == "address" else secret
    return Counter(about.id, of, limit.requests, limit.seconds)


def take(counter: Counter, now: datetime) -> None:
    """Count one request that is about to be sent. A disk error is ignored.

    Raises RateLimited, with the time from which another request is allowed, if none is left.
    """
    path = files.in_cache(NAME)
    with suppress(OSError, paths.Unplaced), files.lock(f"{path}.lock"):
        kept = _read(path)
        salt = kept["salt"]
        name = f"{counter.provider} {_digest(counter.of, salt)}"
        sent = _counting(kept["sent"].get(name), counter.seconds, now)
        if len(sent) >= counter.requests:
            free = sent[-counter.requests] + counter.seconds
            minutes = round(counter.seconds / 60)
            raise RateLimited(
                _ALLOWED.filled(count=counter.requests, minutes=minutes),
                retry_at=datetime.fromtimestamp(free, timezone.utc),
            )
        mine = {name: {"seconds": counter.seconds, "at": [*sent, now.timestamp()]}}
        others = {other: record for other, record in kept["sent"].items() if _lives(record, now)}
        content = json_codec.dumps({"salt": salt, "sent": {**others, **mine}})
        files.write(path, content, lasting=False)


def _read(path: str) -> dict[str, Any]:
    """Read what was sent, by counter; nothing if the file is damaged or missing."""
    try:
        document = json_codec.loads(files.read(path, _LARGEST) or b"{}")
        if isinstance(document["salt"], str) and isinstance(document["sent"], dict):
            return {"salt": document["salt"], "sent": document["sent"]}
    except (ValueError, KeyError, TypeError):
        pass
    return {"salt": os.urandom(16).hex(), "sent": {}}


def _digest(of: str, salt: str) -> str:
    return hashlib.blake2b(of.encode(), key=salt.encode()[:64], digest_size=8).hexdigest()


def _counting(record: object, seconds: int, now: datetime) -> list[float]:
    """Return when the requests that still count were sent; a time ahead of now is another clock's."""
    at = record.get("at") if isinstance(record, Mapping) else None
    since, until = now - timedelta(seconds=seconds), now + AHEAD
    known = (each for each in at or () if isinstance(each, (int, float)))
    return sorted(each for each in known if since.timestamp() < each <= until.timestamp())


def _lives(record: object, now: datetime) -> bool:
    seconds = record.get("seconds") if isinstance(record, Mapping) else None
    return isinstance(seconds, int) and bool(_counting(record, seconds, now))
