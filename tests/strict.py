"""A session endpoint that kills the old session at once, and accounts whose sessions it knows."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any, Dict, List, Mapping, Optional, Tuple

from tests.standin import Reply, Request
from tests.standin.people import PEOPLE
from workflow.chatgpt import cookies
from workflow.credentials import store as credentials
from workflow.models import Account, Credential

HOST, SESSION, MAIN = "chatgpt.com", "/api/auth/session", "/backend-api/wham/usage"
PLAIN = cookies.session_cookie_names()[0]
MINE = Account("chatgpt-00000001", "chatgpt", "Me", kind="session")


def token(life: int, **claims: Any) -> str:
    """An access token of the stand-in with so many seconds left."""
    return PEOPLE["plus"].access_token(int(time.time()), life, **claims)


def chain(line: str, generation: int) -> str:
    """The session of a line after so many exchanges."""
    return f"{PLAIN}=eyJhbGciOiJkaXIifQ..aXY.{line}g{generation}.dGFn"


class Strict:
    """A session endpoint that knows no session but the latest of each line.

    Args:
        lenient: it knows the older ones too.
        document: what it says instead of a token.
        headers: what it sends besides, once.
        life: seconds that a token lives.
    """

    def __init__(
        self,
        lenient: bool = False,
        document: Optional[Mapping[str, Any]] = None,
        headers: Tuple[Tuple[str, str], ...] = (),
        life: int = 3600,
    ) -> None:
        self.latest: Dict[str, int] = {}
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
        new: List[Tuple[str, str]] = [("Set-Cookie", cookie), *self.headers]
        told = {"accessToken": token(self._life, jti=f"{line}.{latest}")}
        return Reply(body=told if self.document is None else self.document, headers=new)

    def alive(self, line: str) -> str:
        """The only session of a line that lives."""
        return chain(line, self.latest.get(line, 0))


def store(line: str = "a", account: Account = MINE) -> Account:
    """An account with the first session of a line."""
    return credentials.store(account, Credential("session", "", chain(line, 0)))
