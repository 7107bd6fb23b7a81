"""The edge in front of chatgpt.com: which way leads past it, and what to say when none does.

It challenges programs by their User-Agent, their TLS handshake and their address. So a request that is
challenged is sent once more by the system's own network stack, and the way that worked is remembered for
the host. The credential is fine all the while: a challenge says nothing about it.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from datetime import datetime
from typing import Awaitable, Callable, Dict, Optional

from .. import paths, settings
from ..client import MAX_BODY, Client, Sent
from ..errors import Blocked
from ..i18n.message import Message, _
from ..models import utc_now
from ..patience import unhurried
from ..provider.answer import Answer, challenged, is_challenge
from ..storage import files, json_codec
from ..system import system_stack

HOSTS = frozenset(("chatgpt.com",))
OWN, SYSTEM = "own", "system"
SECONDS = 7.0  # that the system's way gets; an account has ten in all

CHALLENGED: Message = _(
    "{provider} is blocked from this network, where chatgpt.com lets only browsers in (the login may be fine); paste the access token from a browser (guide, method A), or try another network or proxy"
)


def connect(now: Callable[[], datetime] = utc_now) -> Client:
    """A client that knows the ways past the edge, as far as the settings allow."""
    return Client(now, Edge(now, system=settings.load().edge != "off"))


class Edge:
    """The ways to the hosts behind it.

    Args:
        now: the clock.
        system: whether the system's network stack may be used.
    """

    def __init__(self, now: Callable[[], datetime] = utc_now, *, system: bool = True) -> None:
        self._now = now
        self._system = system and system_stack.is_there()
        self._known = _remembered() if self._system else {}
        self._kept: Optional[asyncio.Future[None]] = None

    def serves(self, host: str) -> bool:
        """Whether this host stands behind the edge."""
        return host in HOSTS

    async def passed(self, own: Callable[[], Awaitable[Answer]], sent: Sent) -> Answer:
        """The answer of the provider itself, by the way that worked last, else by the other one.

        Args:
            own: asks by our own network stack.
            sent: the same request, for the system's.

        Raises what ``own`` raises, and Blocked when the edge challenges every way.
        """
        ways = [OWN, SYSTEM] if self._system else [OWN]
        if self._known.get(sent.host) == SYSTEM:
            ways.reverse()
        challenge: Optional[Answer] = None
        for way in ways:
            answer = await own() if way == OWN else await self._by_system(sent)
            if answer is not None and not is_challenge(answer):
                self._remember(sent.host, way)
                return answer
            challenge = answer or challenge
        if challenge is None:
            raise AssertionError("unreachable: our own way answers or raises")
        raise Blocked(CHALLENGED, retry_at=challenged(challenge).retry_at)

    async def _by_system(self, sent: Sent) -> Optional[Answer]:
        told = await system_stack.send(
            system_stack.Request(
                sent.method, sent.url, sent.headers, sent.body, SECONDS, MAX_BODY, sent.at_home
            )
        )
        if told is None:
            return None
        return Answer(told.status, told.headers, told.body, self._now(), told.cookies)

    def _remember(self, host: str, way: str) -> None:
        """Beside what goes on: an answer may hold a session that nobody else has, and is kept first."""
        if self._known.get(host, OWN) != way:
            self._known[host] = way
            self._kept = asyncio.ensure_future(unhurried(_keep, dict(self._known)))


def _remembered() -> Dict[str, str]:
    """The way that worked last, by host."""
    try:
        found = json_codec.loads(files.read(_path(), 4096) or b"{}")
    except (OSError, ValueError):
        return {}
    known = found.items() if isinstance(found, dict) else ()
    return {host: way for host, way in known if host in HOSTS and way in (OWN, SYSTEM)}


def _keep(known: Dict[str, str]) -> None:
    with suppress(OSError):  # it is found out again
        files.write(_path(), json_codec.dumps(known))


def _path() -> str:
    return os.path.join(paths.cache(os.environ), "ways.json")
