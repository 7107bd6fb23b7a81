"""Today's answers of pages that change rarely, one file per account.

They can be lost without harm: the pages are then asked again.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from .. import paths
from . import files, json_codec

SECONDS = 86400  # for which a page is used
EMPTY_SECONDS = 1800  # for which a page that failed is not asked again
AHEAD = 60  # seconds by which another clock may be ahead of ours
LARGEST = 256 * 1024  # bytes kept per account


def read(account_id: str) -> bytes:
    """Read the file of an account; b"" if there is none."""
    try:
        return files.read(_path(account_id), LARGEST) or b""
    except (OSError, ValueError):
        return b""


def parse(content: bytes, now: datetime) -> dict[str, Any]:
    """Return the pages in the file's content that are recent enough, by name."""
    return {name: entry["told"] for name, entry in _fresh(content, now).items()}


def save(account_id: str, answers: Mapping[str, Any], now: datetime) -> None:
    """Store new and changed pages; None stands for a page that failed. A disk error is ignored."""
    before = _fresh(read(account_id), now)
    kept = {
        name: before[name]
        if name in before and before[name]["told"] == page
        else {"at": int(now.timestamp()), "told": page}
        for name, page in answers.items()
    }
    content = json_codec.dumps(kept)
    if kept != before and len(content) <= LARGEST:
        with suppress(OSError):
            files.write(_path(account_id), content, lasting=False)


def forget(account_id: str) -> None:
    """Delete the pages of an account that has another credential or was removed."""
    with suppress(OSError):
        os.unlink(_path(account_id))


def sweep(current: Collection[str]) -> None:
    """Delete the pages of all but the current accounts: an answer may come after its account was removed."""
    with suppress(OSError):
        for name in os.listdir(os.path.dirname(_path(""))):
            account_id, _, kind = name.rpartition(".")
            if kind == "json" and account_id not in current:
                forget(account_id)


def _fresh(content: bytes, now: datetime) -> dict[str, dict[str, Any]]:
    document = json_codec.parsed(content)
    entries = document.items() if isinstance(document, dict) else ()
    return {name: entry for name, entry in entries if _counts(entry, now.timestamp())}


def _counts(entry: object, now: float) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("at"), int) or "told" not in entry:
        return False
    lasts = EMPTY_SECONDS if entry["told"] is None else SECONDS
    return -AHEAD <= now - float(entry["at"]) < lasts


def _path(account_id: str) -> str:
    return os.path.join(paths.cache(os.environ), "pages", f"{account_id}.json")
