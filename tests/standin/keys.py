"""Synthetic credentials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .message import Request


@dataclass(frozen=True)
class Key:
    """One credential that the stand-in accepts: the text that a user pastes, and what it belongs to."""

    name: str
    value: str
    provider: str
    region: str
    about: str
    kind: Literal["api_key", "access_token", "session"] = "api_key"
    scopes: Mapping[str, str] = field(default_factory=dict)

    @property
    def credential(self) -> str:
        """The same as `Request.credential`: of a session cookie the joined token."""
        if self.kind != "session":
            return self.value
        return Request("GET", "", "", headers={"cookie": self.value}).session or ""


def secret(prefix: str, word: str, length: int) -> str:
    """Make a synthetic key that looks real: `length` characters after the prefix, ending in `word`.

    >>> secret("sk-", "Demo", 20)
    'sk-synthetic0123456Demo'
    """
    return prefix + ("synthetic" + "0123456789" * (length // 10))[: length - len(word)] + word


def by_name(*tables: Iterable[Key]) -> dict[str, Key]:
    """Index the keys of several tables by name."""
    return {key.name: key for table in tables for key in table}
