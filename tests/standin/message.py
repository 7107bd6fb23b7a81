"""A request of a client, and the reply to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, Optional, Union
from urllib.parse import parse_qs

SESSION_COOKIES = ("__Secure-next-auth.session-token", "__Secure-authjs.session-token")


@dataclass(frozen=True)
class Request:
    """One request as it arrived; header names are lower case, repeated ones are joined."""

    method: str
    host: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: float = 0.0

    def header(self, name: str) -> str | None:
        """Return the value of a header, or None."""
        return self.headers.get(name.lower())

    def values(self, name: str) -> list[str]:
        """Return every value of a query parameter, given as `name` or as `name[]`."""
        params = parse_qs(self.query, keep_blank_values=True)
        return params.get(name, []) + params.get(f"{name}[]", [])

    def value(self, name: str) -> str | None:
        """Return the last value of a query parameter, or None."""
        values = self.values(name)
        return values[-1] if values else None

    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)

    @property
    def bearer(self) -> str | None:
        """The token of a Bearer `Authorization`, or None."""
        scheme, _, token = (self.header("authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name."""
        pairs = (pair.partition("=") for pair in (self.header("cookie") or "").split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}

    @property
    def session(self) -> str | None:
        """The session cookie, its parts joined in numeric order as NextAuth does."""
        for cookie in SESSION_COOKIES:
            parts = {
                int(name[len(cookie) + 1 :] or -1): value
                for name, value in self.cookies.items()
                if name == cookie
                or (name.startswith(f"{cookie}.") and name[len(cookie) + 1 :].isdigit())
            }
            if parts:
                return "".join(parts[index] for index in sorted(parts))
        return None

    @property
    def credential(self) -> str | None:
        """The credential of the caller: the key or token, else the session cookie."""
        return self.bearer or self.header("authorization") or self.session


Body = Union[bytes, str, Mapping[str, Any], Sequence[Any], Iterable[bytes]]
Headers = Union[Mapping[str, str], Sequence["tuple[str, str]"]]


@dataclass(frozen=True)
class Reply:
    """One answer, or one way to give none.

    A mapping or sequence as body is sent as JSON, bytes and text as they are. Any other iterable of
    bytes is streamed, in chunks unless a header announces its length, and never held as a whole. `drip` is the pause in seconds before each
    byte of the body. `hang` never answers. `truncate` closes after this many bytes although more were
    announced. `close` closes without an answer.
    """

    status: int = 200
    body: Body = b""
    headers: Headers = ()
    delay: float = 0.0
    drip: float | None = None
    hang: bool = False
    truncate: int | None = None
    close: bool = False

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the headers as pairs, in order."""
        pairs = self.headers.items() if isinstance(self.headers, Mapping) else self.headers
        return list(pairs)

    def payload(self) -> bytes | Iterable[bytes]:
        """Return the body as bytes, or as a stream if it is one."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        if isinstance(self.body, (Mapping, Sequence)):
            return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()
        return self.body


Answer = Callable[[Request], Optional[Reply]]
