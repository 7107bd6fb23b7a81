"""Removes a credential from answers and messages, as some vendors repeat what they were sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..i18n.message import Message, Param

PIECE = 8  # consecutive characters that identify a secret
MASK = "•••"


def without(message: Message, *secrets: str) -> Message:
    """Return the message with each word of its parameters masked that contains a piece of a secret."""
    pieces = {piece for secret in secrets for piece in _pieces(secret)}
    return _masked(message, pieces) if pieces else message


def scrubbed(body: bytes, secret: str) -> bytes:
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
