"""The HTTP client: timeouts, limits, redirects, and httpx's errors translated into ours.

Requests go by HTTPS; plain HTTP is allowed only for a user's own address on this machine or in a private
network. Certificates are checked, redirects are not followed, the size of an answer is limited, and a host
gets at most eight requests at once.
``TANKFUL_LOOPBACK`` sends every request, otherwise unchanged, to a stand-in on this machine.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import zlib
from collections import defaultdict
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Callable, Protocol

from .. import __version__
from ..errors import CredentialRejected, UnexpectedResponse, Unreachable, UsageError
from ..i18n.message import Message, _
from ..models import utc_now
from ..provider.address import may_be_plain
from ..provider.answer import Answer, clock_ahead
from ..records import dataclass, field, replace
from ..system import network
from ..system.threads import DaemonThreads
from .transport import Unreadable, httpx, transport

ACCOUNT_SECONDS = 10.0  # time limit for one account
MAX_BODY = 2 * 1024 * 1024  # bytes of one answer, after decompression
PER_HOST = 8  # requests at one provider host at once
USER_AGENT = f"Tankful/{__version__}"  # pages that expect a browser get chatgpt.browser's headers
_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip",
    "Connection": "keep-alive",
    "User-Agent": USER_AGENT,
}
_TIMEOUT = httpx.Timeout(ACCOUNT_SECONDS).as_dict()
_REDIRECTS = (301, 302, 303, 307, 308)
_HEADS: ContextVar[list[Answer] | None] = ContextVar("heads", default=None)

TIMED_OUT = _(
    "{provider} did not answer within {seconds} seconds; check the connection or try again later",
    seconds=round(ACCOUNT_SECONDS),
)
_PROXY: Message = _(
    "the proxy on the way to {provider} does not work; check the proxy settings (HTTPS_PROXY, ALL_PROXY or the system's)"
)
_CERTIFICATE: Message = _(
    "{provider} showed a certificate that cannot be trusted, so nothing was sent; check the network, proxy and clock; name a company's own certificates in SSL_CERT_FILE"
)
_NO_TLS: Message = _(
    "no encrypted connection to {provider} is possible, so nothing was sent; check the network and proxy (a server of your own may need http:// in its address)"
)
_TOO_LARGE: Message = _(
    "{provider} sent an answer that is far too large, so it was dropped; try again, then update Tankful"
)
_CUT: Message = _("{provider} broke off in the middle of its answer; try again later")
_NOT_A_KEY: Message = _(
    "{provider}: the credential has characters that no credential has; copy it again from {keys}"
)


class Redirected(UnexpectedResponse):
    """The provider answered with a redirect, which is not followed."""

    default = _(
        "{provider} redirected elsewhere; the credential was not sent on; check the network, then update Tankful"
    )
    to = ""  # the Location header: an absolute or a relative address


def _redirected(to: str) -> Redirected:
    error = Redirected()
    error.to = to
    return error


@contextmanager
def heads() -> Iterator[list[Answer]]:
    """Collect the answers inside a ``with`` block without their bodies, even those that break off there."""
    came: list[Answer] = []
    before = _HEADS.set(came)
    try:
        yield came
    finally:
        _HEADS.reset(before)


def hear(head: Answer) -> None:
    """Add an answer without its body to those that ``heads`` collects."""
    came = _HEADS.get()
    if came is not None:
        came.append(head)


def loopback(environ: Mapping[str, str] = os.environ) -> httpx.URL | None:
    """Return the address of the stand-in in ``TANKFUL_LOOPBACK``, None if unset. Raises Mistake."""
    address = network.loopback(environ)
    return httpx.URL(address) if address else None


@dataclass(frozen=True)
class Sent:
    """A request in a form that another program can send. Its repr never shows a credential."""

    host: str  # the provider's, even if a stand-in answers in its place
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    at_home: bool  # the request goes to a stand-in on this machine


class Detour(Protocol):
    """Another way to reach hosts whose edge may reject httpx; chatgpt.edge.Edge implements it."""

    def serves(self, host: str) -> bool:
        """Tell whether this host has such an edge."""

    async def passed(self, own: Callable[[], Awaitable[Answer]], sent: Sent) -> Answer:
        """Send a request by httpx (``own``) or in another way. Raises what ``own`` raises, and Blocked."""


class Client:
    """One connection pool for all accounts. Use it as an async context manager.

    Args:
        now: the clock.
        detour: another way to send what an edge rejects.
    """

    def __init__(self, now: Callable[[], datetime] = utc_now, detour: Detour | None = None) -> None:
        self._now = now
        self._detour = detour
        self._loopback = loopback()
        self._slots: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PER_HOST))
        self._http: httpx.AsyncBaseTransport | None = None
        self._startup_error: Message | None = None
        self._targets: dict[str, tuple[str, str, httpx.URL]] = {}
        self._clocks: dict[str, float] = {}

    @property
    def clocks(self) -> list[float]:
        """Seconds by which our clock is ahead of each server that sent its time."""
        return list(self._clocks.values())

    async def __aenter__(self) -> Client:
        asyncio.get_running_loop().set_default_executor(DaemonThreads())
        try:
            self._http = transport(self._loopback is not None)
        except (ValueError, httpx.InvalidURL):  # an invalid proxy setting
            self._startup_error = _PROXY
        except Unreadable as error:
            self._startup_error = error.message
        except OSError:  # the bundled list of certificate authorities is missing
            self._startup_error = None
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._http is not None:
            await self._http.aclose()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Send a GET request. Raises Unreachable or UnexpectedResponse if no complete answer arrives."""
        return await self._ask("GET", url, headers, params=params)

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        """Send a POST request with a JSON body, for calls that change nothing. Raises as ``get`` does."""
        return await self._ask("POST", url, headers, json=json)

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], **content: Any
    ) -> Answer:
        if self._http is None:
            raise Unreachable(self._startup_error)
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise CredentialRejected(_NOT_A_KEY)
        host, place, address = self._target(url)
        sent = httpx.Headers(_HEADERS)
        sent.update({**headers, "Host": place})
        request = httpx.Request(
            method,
            address,
            headers=sent,
            extensions={"timeout": _TIMEOUT},
            **content,
        )
        own = partial(self._by_httpx, self._http, request)
        detour = self._detour if self._detour and self._detour.serves(host) else None
        async with self._slots[host]:
            answer = await (detour.passed(own, self._sent(host, request)) if detour else own())
        self._compare_clocks(host, answer)
        if answer.status in _REDIRECTS:
            raise _redirected(answer.headers.get("location", ""))
        return answer

    async def _by_httpx(self, http: httpx.AsyncBaseTransport, request: httpx.Request) -> Answer:
        try:
            return await self._send(http, request)
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            raise _translated(error) from None
        except UsageError:
            raise
        except Exception:  # an invalid proxy setting, such as a port above 65535
            raise Unreachable(_PROXY) from None

    def _sent(self, host: str, request: httpx.Request) -> Sent:
        """Convert a request for another program, which adds its own connection headers."""
        made = {name.decode(): value.decode() for name, value in request.headers.raw}
        ours = ("connection", "accept-encoding", "content-length")
        own_host = () if self._loopback else ("host",)
        kept = {n: v for n, v in made.items() if n.lower() not in (*ours, *own_host)}
        url = str(request.url)
        return Sent(host, request.method, url, kept, request.content, self._loopback is not None)

    def _target(self, url: str) -> tuple[str, str, httpx.URL]:
        """Return the provider's host, the host with its port, and the URL that is requested.

        Cached, as all accounts of a provider use the same URLs. Raises UnexpectedResponse.
        """
        if url not in self._targets:
            target = httpx.URL(url)
            place = target.netloc.decode("ascii")
            self._targets[url] = (target.host, place, self._address(target))
        return self._targets[url]

    def _compare_clocks(self, host: str, answer: Answer) -> None:
        """Note how far our clock is ahead of a server's, from its first answer that has a time."""
        if host not in self._clocks:
            ahead = clock_ahead(answer)
            if ahead is not None:
                self._clocks[host] = ahead

    def _address(self, target: httpx.URL) -> httpx.URL:
        if target.scheme != "https" and not (target.scheme == "http" and may_be_plain(target.host)):
            raise UnexpectedResponse
        if self._loopback is None:
            return target
        return self._loopback.copy_with(raw_path=target.raw_path)

    async def _send(self, http: httpx.AsyncBaseTransport, request: httpx.Request) -> Answer:
        response = await http.handle_async_request(request)
        head = Answer(
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=b"",
            at=self._now(),
            cookies=tuple(response.headers.get_list("set-cookie")),
        )
        hear(head)
        try:
            if response.has_redirect_location:
                raise _redirected(response.headers["location"])
            body = await _read(response)
        except httpx.RemoteProtocolError:
            raise UnexpectedResponse(_CUT) from None
        finally:
            await response.aclose()
        return replace(head, body=body, at=self._now())


async def _read(response: httpx.Response) -> bytes:
    """Read and decompress the body. Raises UnexpectedResponse if it exceeds MAX_BODY."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", ""):
        raise UnexpectedResponse
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding == "gzip" else None
    parts: list[bytes] = []
    size = received = 0
    async for part in response.stream:  # type: ignore[union-attr]
        received += len(part)
        try:
            part = unzip.decompress(part, MAX_BODY + 1) if unzip else part
        except zlib.error:
            raise UnexpectedResponse from None
        size += len(part)
        if max(size, received) > MAX_BODY or (unzip and unzip.unconsumed_tail):
            raise UnexpectedResponse(_TOO_LARGE)
        parts.append(part)
    return b"".join(parts)


def _translated(error: Exception) -> UsageError:
    """Translate an error of httpx into ours; _TRANSLATIONS has the most specific ones first."""
    for kinds, ours in _TRANSLATIONS:
        if isinstance(error, kinds):
            return ours(error)
    return Unreachable()


def _connect(error: Exception) -> UsageError:
    if "CERTIFICATE" in str(error).upper():
        return Unreachable(_CERTIFICATE)
    return Unreachable(_NO_TLS if isinstance(error.__cause__ or error, ssl.SSLError) else None)


_TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], Callable[[Exception], UsageError]], ...] = (
    (
        (httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL),
        lambda _: Unreachable(_PROXY),
    ),
    ((httpx.TimeoutException,), lambda _: Unreachable(TIMED_OUT)),
    ((httpx.ConnectError, ssl.SSLError), _connect),
    ((httpx.LocalProtocolError,), lambda _: CredentialRejected(_NOT_A_KEY)),
)
