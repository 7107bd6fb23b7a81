"""ChatGPT sessions, whose cookies change with every exchange."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from email.utils import formatdate

from .clock import DAY
from .message import SESSION_COOKIES
from .people import PEOPLE, Person

COOKIE = SESSION_COOKIES[0]
PART = 3933
JWE_HEADER = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0"


@dataclass(frozen=True)
class Session:
    """One signed-in browser.

    `forms` gives, for each exchange in turn, the number of numbered parts of the cookie; 0 is the
    plain cookie. `state` is `alive`, or the way in which the server refuses a token.
    """

    name: str
    person: Person
    about: str
    forms: tuple[int, ...] = (0,)
    state: str = "alive"

    def token(self, generation: int) -> str:
        """Return the session token after `generation` exchanges."""
        parts = self._form(generation)
        length = (parts - 1) * PART + 900 if parts else 2400
        seed = f"{self.name} {generation}".encode()
        noise = b"".join(hashlib.sha256(b"%d %b" % (n, seed)).digest() for n in range(length // 42))
        text = urlsafe_b64encode(noise).decode().replace("=", "")
        mark = f"synthetic-{self.name}-{generation}-"
        return f"{JWE_HEADER}..syntheticIV0000.{(mark + text)[: length - 80]}.{text[-22:]}"

    def cookies(self, generation: int) -> dict[str, str]:
        """Return the cookies that carry the token of a generation."""
        token, parts = self.token(generation), self._form(generation)
        if not parts:
            return {COOKIE: token}
        return {f"{COOKIE}.{n}": token[n * PART : (n + 1) * PART] for n in range(parts)}

    def pasted(self, generation: int = 0) -> str:
        """Return the cookies as a user copies them."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies(generation).items())

    def rotation(self, generation: int, now: int) -> list[tuple[str, str]]:
        """Return the `Set-Cookie` headers that replace the cookies of this generation with the next ones."""
        new = self.cookies(generation + 1)
        old = [name for name in self.cookies(generation) if name not in new]
        return [*(keep(name, value, now) for name, value in new.items()), *map(drop, old)]

    def _form(self, generation: int) -> int:
        return self.forms[generation % len(self.forms)]


def keep(name: str, value: str, now: int) -> tuple[str, str]:
    """Make the header that sets a cookie."""
    expires = formatdate(now + 89 * DAY, usegmt=True)
    return (
        "Set-Cookie",
        f"{name}={value}; Path=/; Expires={expires}; HttpOnly; Secure; SameSite=Lax",
    )


def drop(name: str) -> tuple[str, str]:
    """Make the header that deletes a cookie."""
    return "Set-Cookie", f"{name}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"


_PLUS = PEOPLE["plus"]
SESSIONS = {
    session.name: session
    for session in (
        Session("chatgpt-session", _PLUS, "plain cookie, renewed plain"),
        Session("chatgpt-session-chunked", PEOPLE["pro"], "two parts, renewed in two", (2,)),
        Session("chatgpt-session-growing", _PLUS, "plain, then two parts, then three", (0, 2, 3)),
        Session("chatgpt-session-shrinking", _PLUS, "three parts, then two, then plain", (3, 2, 0)),
        Session("chatgpt-session-team", PEOPLE["team"], "plain; `_account` selects the workspace"),
        Session("chatgpt-session-dead", _PLUS, "signed out: answers {}", state="dead"),
        Session("chatgpt-session-banner", _PLUS, "signed out: only a banner", (2,), "banner"),
        Session("chatgpt-session-stuck", _PLUS, "RefreshAccessTokenError", state="stuck"),
    )
}
