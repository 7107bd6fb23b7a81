"""Removes a credential from answers and messages, as some vendors repeat what they were sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..i18n.message import Message, Param
from ..records import replace

if TYPE_CHECKING:
    from .answer import Answer
    from .contract import Client

PIECE = 8  # consecutive characters that identify a secret
MASK = "•••"


def without(message: Message, *secrets: str) -> Message:
    """Return the message with each word of its parameters masked that contains a piece of a secret."""
    pieces = {piece for secret in secrets for piece in _pieces(secret)}
    return _masked(message, pieces) if pieces else message


class MaskingClient:
    """A client whose answers have the key or token masked, wherever a provider shows or keeps them.

    A session's cookie is not masked: it names the workspace, which the answers are read by.
    """

    def __init__(self, client: Client, secret: str) -> None:
        self._client, self._secret = client, secret

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, Any] | None = None
    ) -> Answer:
        return self._masked(await self._client.get(url, headers=headers, params=params))

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        return self._masked(await self._client.post(url, headers=headers, json=json))

    def _masked(self, answer: Answer) -> Answer:
        return replace(answer, body=masked_body(answer.body, self._secret))


def masked_body(body: bytes, secret: str) -> bytes:
    """Return the body of an answer with the secret masked, also one that JSON escapes."""
    for part in re.split(r"[^\w.~-]+", secret):  # the other characters may be escaped
        if len(part) >= PIECE:
            body = body.replace(part.encode(), MASK.encode())
    return body


def repeats(text: str, secret: str) -> bool:
    """Tell whether a text contains a piece of a secret."""
    return _has_piece(text, set(_pieces(secret)))


def _pieces(text: str) -> Iterator[str]:
    return (text[place : place + PIECE] for place in range(len(text) - PIECE + 1))


def _masked(message: Message, pieces: set[str]) -> Message:
    params = tuple((name, _param(value, pieces)) for name, value in message.params)
    return message._replace(params=params, quote=_text(message.quote, pieces))


def _param(value: Param, pieces: set[str]) -> Param:
    if isinstance(value, Message):
        return _masked(value, pieces)
    return _text(value, pieces) if isinstance(value, str) else value


def _text(text: str, pieces: set[str]) -> str:
    """Replace each word that contains a piece by a mask."""
    return " ".join(MASK if _has_piece(word, pieces) else word for word in text.split(" "))


def _has_piece(word: str, pieces: set[str]) -> bool:
    return any(piece in pieces for piece in _pieces(word))
