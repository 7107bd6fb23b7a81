"""What a provider told today on pages that change rarely, one file for each account.

Losing it loses nothing: the pages are asked again.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from typing import Any, Dict, Mapping

from .. import paths
from . import files, json_codec

SECONDS = 86400  # that a page counts
EMPTY_SECONDS = 1800  # that it counts when it did not come
AHEAD = 60  # seconds that another clock may be ahead of ours
LARGEST = 256 * 1024  # bytes that are kept of one account


def load(account_id: str, now: datetime) -> Dict[str, Any]:
    """What is kept for an account and still counts, by name."""
    return {name: entry["told"] for name, entry in _fresh(account_id, now).items()}


def save(account_id: str, told: Mapping[str, Any], now: datetime) -> None:
    """Keep what is new or has changed; None for a page that did not come. A disk that cannot be written is not worth failing for."""
    before = _fresh(account_id, now)
    kept = {
        name: before[name]
        if name in before and before[name]["told"] == page
        else {"at": int(now.timestamp()), "told": page}
        for name, page in told.items()
    }
    content = json_codec.dumps(kept)
    if kept != before and len(content) <= LARGEST:
        with suppress(OSError):
            files.write(_path(account_id), content)


def forget(account_id: str) -> None:
    """Keep nothing of an account: it has another credential, or is gone."""
    with suppress(OSError):
        os.unlink(_path(account_id))


def _fresh(account_id: str, now: datetime) -> Dict[str, Dict[str, Any]]:
    try:
        found = json_codec.loads(files.read(_path(account_id), LARGEST) or b"{}")
    except (OSError, ValueError):
        return {}
    entries = found.items() if isinstance(found, dict) else ()
    return {name: entry for name, entry in entries if _counts(entry, now.timestamp())}


def _counts(entry: object, now: float) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("at"), int) or "told" not in entry:
        return False
    lasts = EMPTY_SECONDS if entry["told"] is None else SECONDS
    return -AHEAD <= now - float(entry["at"]) < lasts


def _path(account_id: str) -> str:
    return os.path.join(paths.cache(os.environ), "pages", f"{account_id}.json")
