"""Answers of the last quarter of an hour, used if several accounts are asked at one host.

A provider names the minor pages for which a recent answer will do (``Provider.beside``). The kept answers
can be lost without harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ..provider.answer import Answer
from ..storage import pages

SECONDS = 900  # for which an answer is recent
LARGEST = 48 * 1024  # bytes; a larger answer is not kept
_NAME = "lately "  # prefix of their names among the pages of an account


class Lately:
    """The recent answers to an account's minor pages.

    Args:
        kept: the pages of the account, by name; new answers are added.
        paths: the paths of the minor pages; one that ends in a slash includes all below it.
        now: aware UTC.
        in_line: whether kept answers are used; otherwise every page is asked.
    """

    def __init__(
        self, kept: MutableMapping[str, Any], paths: Sequence[str], now: datetime, in_line: bool
    ) -> None:
        self._kept, self._paths, self._in_line = kept, paths, in_line
        for name in self._names():
            if not _counts(kept[name], now.timestamp()):
                del kept[name]

    def name(self, url: str, secret: str, headers: Mapping[str, str], sent: object) -> str:
        """Return the name of a request, which reveals nothing of the secret; "" for a page that must be asked."""
        path = f"/{url.partition('://')[2].partition('/')[2]}"
        if not any(_is_below(path, each) for each in self._paths):
            return ""
        plain = sorted((name, value.replace(secret, "")) for name, value in headers.items())
        digest = hashlib.blake2b(repr((url, plain, sent)).encode(), digest_size=8)
        return _NAME + digest.hexdigest()

    def get(self, name: str) -> Answer | None:
        """Return the recent answer to the request with this name; None if there is none."""
        entry = self._kept.get(name) if self._in_line and name else None
        if entry is None:
            return None
        at = datetime.fromtimestamp(entry["at"], timezone.utc)
        return Answer(200, {}, entry["body"].encode(), at)

    def keep(self, name: str, answer: Answer) -> None:
        """Keep a successful answer, unless it is too large."""
        if name and answer.status == 200 and len(answer.body) <= LARGEST:
            body = answer.body.decode("utf-8", "replace")
            self._kept[name] = {"at": int(answer.at.timestamp()), "body": body}

    def forget(self) -> None:
        """Delete the recent answers, so that all pages are asked next time."""
        for name in self._names():
            del self._kept[name]

    def _names(self) -> list[str]:
        return [name for name in self._kept if name.startswith(_NAME)]


def _is_below(path: str, place: str) -> bool:
    return path.startswith(place) if place.endswith("/") else path == place


def _counts(entry: object, now: float) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("body"), str):
        return False
    at = entry.get("at")
    return isinstance(at, int) and -pages.AHEAD <= now - at < SECONDS
