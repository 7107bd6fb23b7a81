"""A session endpoint that invalidates the old session at every exchange, and accounts for it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

from tests.standin import Reply, Request
from tests.standin.people import PEOPLE
from workflow.chatgpt import cookies
from workflow.credentials import store as credentials
from workflow.models import Account, Credential

HOST, SESSION, MAIN = "chatgpt.com", "/api/auth/session", "/backend-api/wham/usage"
PLAIN = cookies.session_cookie_names()[0]
MINE = Account("chatgpt-00000001", "chatgpt", "Me", kind="session")


def token(life: int, **claims: Any) -> str:
    """Issue an access token of the stand-in that expires in ``life`` seconds."""
    return PEOPLE["plus"].access_token(int(time.time()), life, **claims)


def chain(line: str, generation: int) -> str:
    """Return the session cookie of a line after ``generation`` exchanges."""
    return f"{PLAIN}=eyJhbGciOiJkaXIifQ..aXY.{line}g{generation}.dGFn"


class Strict:
    """A session endpoint that accepts only the latest session of each line.

    A line is one signed-in browser: the sessions that follow each other by exchange.

    Args:
        lenient: accept older sessions, too.
        document: the body to send instead of one with a token.
        headers: more headers to send.
        life: seconds until a token expires.
    """

    def __init__(
        self,
        lenient: bool = False,
        document: Mapping[str, Any] | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        life: int = 3600,
    ) -> None:
        self.latest: dict[str, int] = {}
        self.document, self.headers = document, list(headers)
        self._lenient, self._life = lenient, life

    def __call__(self, request: Request) -> Reply:
        line, _, generation = (request.session or "").split(".")[3].partition("g")
        latest = self.latest.get(line, 0)
        if int(generation) != latest and not self._lenient:
            return Reply(body={})
        self.latest[line] = latest + 1
        expires = formatdate(time.time() + 90 * 86400, usegmt=True)
        cookie = f"{chain(line, latest + 1)}; Path=/; Expires={expires}"
        new: list[tuple[str, str]] = [("Set-Cookie", cookie), *self.headers]
        told = {"accessToken": token(self._life, jti=f"{line}.{latest}")}
        return Reply(body=told if self.document is None else self.document, headers=new)

    def alive(self, line: str) -> str:
        """Return the only session cookie of a line that is accepted."""
        return chain(line, self.latest.get(line, 0))


def store(line: str = "a", account: Account = MINE) -> Account:
    """Store an account with the first session of a line."""
    return credentials.store(account, Credential("session", "", chain(line, 0)))
