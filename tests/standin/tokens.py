"""Access tokens: JWTs that we sign with a fixed key, so that every stand-in accepts them."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

HEADER = {"alg": "RS256", "kid": "synthetic", "typ": "JWT"}


def issue(claims: Mapping[str, Any]) -> str:
    """Issue a token with these claims."""
    content = f"{_encode(_json(HEADER))}.{_encode(_json(claims))}"
    return f"{content}.{_sign(content)}"


def read(token: str) -> dict[str, Any] | None:
    """Return the claims of a token that we issued, or None."""
    content, _, signature = token.rpartition(".")
    if not content or signature != _sign(content):
        return None
    payload = content.partition(".")[2]
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def _sign(content: str) -> str:
    return _encode(hashlib.sha256(b"synthetic" + content.encode()).digest() * 8)


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
