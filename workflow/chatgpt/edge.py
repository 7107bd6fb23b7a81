"""Gets requests past the edge in front of chatgpt.com, or says what to do if no way works.

The edge challenges programs by their User-Agent, TLS handshake and IP address. So a challenged request is
sent again by the system's network stack, and the way that worked is remembered per host. A challenge says
nothing about the credential.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime
from typing import Callable

from .. import settings
from ..errors import Blocked
from ..http.client import MAX_BODY, Client, Sent, hear
from ..i18n.message import Message, _
from ..models import utc_now
from ..patience import in_thread
from ..provider.answer import Answer, challenge_error, is_challenge
from ..records import replace
from ..storage import files, json_codec
from ..system import system_stack

HOSTS = frozenset(("chatgpt.com",))
OWN, SYSTEM = "own", "system"
_WAYS = "ways.json"  # in the cache folder: the way that worked last, by host
SECONDS = 7.0  # time limit of the system's way; an account has ten in all

CHALLENGED: Message = _(
    "{provider} is blocked from this network, where chatgpt.com lets only browsers in (the login may be fine); paste the access token from a browser (guide, method A), or try another network or proxy"
)
TOKEN_CHALLENGED: Message = _(  # of a request that has an access token already
    "{provider} is blocked from this network, where chatgpt.com lets only browsers in (the login may be fine); try another network or proxy"
)


def connect(now: Callable[[], datetime] = utc_now) -> Client:
    """Make a client that can pass the edge, as far as the settings allow."""
    return Client(now, Edge(now, system=settings.load().edge != "off"))


class Edge:
    """Sends requests to the hosts behind the edge.

    Args:
        now: the clock.
        system: whether the system's network stack may be used.
    """

    def __init__(self, now: Callable[[], datetime] = utc_now, *, system: bool = True) -> None:
        self._now = now
        self._system = system and system_stack.is_there()
        self._known = remembered() if self._system else {}
        self._kept: asyncio.Future[None] | None = None

    def serves(self, host: str) -> bool:
        """Tell whether this host is behind the edge."""
        return host in HOSTS

    async def passed(self, own: Callable[[], Awaitable[Answer]], sent: Sent) -> Answer:
        """Send a request in the way that worked last; if it is challenged, in the other way.

        Args:
            own: sends it by httpx.
            sent: the same request, for the system's network stack.

        Raises what ``own`` raises, and Blocked if the edge challenges both ways.
        """
        ways = [OWN, SYSTEM] if self._system else [OWN]
        if self._known.get(sent.host) == SYSTEM:
            ways.reverse()
        challenge: Answer | None = None
        for way in ways:
            answer = await own() if way == OWN else await self._by_system(sent)
            if answer is not None and not is_challenge(answer):
                self._remember(sent.host, way)
                return answer
            challenge = answer or challenge
        if challenge is None:
            raise AssertionError("unreachable: our own way answers or raises")
        message = TOKEN_CHALLENGED if "Authorization" in sent.headers else CHALLENGED
        raise Blocked(message, retry_at=challenge_error(challenge).retry_at)

    async def _by_system(self, sent: Sent) -> Answer | None:
        response = await system_stack.send(
            system_stack.Request(
                sent.method, sent.url, sent.headers, sent.body, SECONDS, MAX_BODY, sent.at_home
            )
        )
        if response is None:
            return None
        head = Answer(response.status, response.headers, b"", self._now(), response.cookies)
        hear(head)  # even if the rest is missing
        return replace(head, body=response.body) if response.is_whole else None

    def _remember(self, host: str, way: str) -> None:
        """Save the way in the background: the answer may have a session, which must be stored first."""
        if self._known.get(host, OWN) != way:
            self._known[host] = way
            self._kept = asyncio.ensure_future(in_thread(_keep, dict(self._known)))


def remembered() -> dict[str, str]:
    """Load the ways that worked last, by host."""
    try:
        document = json_codec.loads(files.read(files.in_cache(_WAYS), 4096) or b"{}")
    except (OSError, ValueError):
        return {}
    known = document.items() if isinstance(document, dict) else ()
    return {host: way for host, way in known if host in HOSTS and way in (OWN, SYSTEM)}


def _keep(known: dict[str, str]) -> None:
    with suppress(OSError):  # the next run finds the way again
        files.write(files.in_cache(_WAYS), json_codec.dumps(known))
