"""A vendor that needs nothing but a key, with the answer to each key on each page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Union

from .keys import Key
from .message import Reply, Request

Page = Mapping[str, Union[Reply, Mapping[str, Any]]]  # name of a key -> answer


@dataclass(frozen=True)
class Plain:
    """One vendor, which has no state.

    Args:
        keys: its keys.
        pages: host and path -> the answer to each key; a key without one is refused.
        refused: the answer to a missing or unknown key.
        secret: reads the key of a request.
        posted: the pages that take a POST instead of a GET.
    """

    keys: Sequence[Key]
    pages: Mapping[str, Page]
    refused: Reply
    secret: Callable[[Request], str | None] = lambda request: request.bearer
    posted: Sequence[str] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names of its pages."""
        return tuple(dict.fromkeys(place.partition("/")[0] for place in self.pages))

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        place = f"{request.host}{request.path}"
        page = self.pages.get(place)
        if page is None:
            return Reply(404, {"error": "Not Found"})
        if request.method != ("POST" if place in self.posted else "GET"):
            return Reply(405, {"error": "Method Not Allowed"})
        asked = self.secret(request)
        name = next((key.name for key in self.keys if key.value == asked), "")
        told = page.get(name, self.refused)
        return told if isinstance(told, Reply) else Reply(200, told)


def header(name: str) -> Callable[[Request], str | None]:
    """Make a reader of a key that is sent in a header of its own."""
    return lambda request: request.header(name)


def scheme(name: str) -> Callable[[Request], str | None]:
    """Make a reader of a key in an Authorization header with another scheme than Bearer."""

    def secret(request: Request) -> str | None:
        word, _, value = (request.header("authorization") or "").partition(" ")
        return value if word == name else None

    return secret


def hexadecimal(prefix: str, number: int, length: int) -> str:
    """Make a synthetic key of hexadecimal digits that looks real.

    >>> hexadecimal("sk-", 7, 16)
    'sk-5e7e000000000007'
    """
    return f"{prefix}5e7e{number:0{length - 4}x}"
