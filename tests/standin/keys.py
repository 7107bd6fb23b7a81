"""Synthetic credentials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .message import Request


@dataclass(frozen=True)
class Key:
    """One credential the stand-in knows: what a user would paste, and what it is."""

    name: str
    value: str
    provider: str
    region: str
    about: str
    kind: str = "api_key"
    scopes: Mapping[str, str] = field(default_factory=dict)

    @property
    def credential(self) -> str:
        """As `Request.credential` tells it: a session cookie is its joined token."""
        if self.kind != "session":
            return self.value
        return Request("GET", "", "", headers={"cookie": self.value}).session or ""


def secret(prefix: str, word: str, length: int) -> str:
    """A key that looks like one and is none: `length` characters after the prefix, ending in word.

    >>> secret("sk-", "Demo", 20)
    'sk-synthetic0123456Demo'
    """
    return prefix + ("synthetic" + "0123456789" * (length // 10))[: length - len(word)] + word


def by_name(*tables: Iterable[Key]) -> dict[str, Key]:
    """The keys of several tables by name."""
    return {key.name: key for table in tables for key in table}
