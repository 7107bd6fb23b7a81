"""The only user of httpx: one place for timeouts, limits, redirects and foreign errors.

HTTPS only, certificates checked, no redirect followed, answers capped, at most eight requests at a
provider's host at once. ``TANKFUL_LOOPBACK`` sends every request, otherwise unchanged, to a
stand-in on this machine.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
import zlib
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Protocol, Tuple, Type
from urllib.request import getproxies

from . import __version__
from .errors import CredentialRejected, UnexpectedResponse, Unreachable, UsageError
from .i18n.message import Message, _
from .models import utc_now
from .provider.answer import Answer
from .system import lazy_imports, network

lazy_imports.without("httpx._main")  # its command line is of no use here, and a third of the import
import httpx  # noqa: E402  (after the line above)

ACCOUNT_SECONDS = 10.0  # what one account gets
MAX_BODY = 2 * 1024 * 1024  # bytes of one answer, after decompression
PER_HOST = 8  # requests at one provider host at once
USER_AGENT = f"Tankful/{__version__}"  # a page that wants a browser is asked with ``browser``'s
_REDIRECTS = (301, 302, 303, 307, 308)

SLOW = _(
    "{provider} did not answer within {seconds} seconds; check the connection or try again later",
    seconds=round(ACCOUNT_SECONDS),
)
_PROXY: Message = _(
    "the proxy on the way to {provider} does not work; check the proxy settings (HTTPS_PROXY, ALL_PROXY or the system's)"
)
_CERTIFICATE: Message = _(
    "{provider} showed a certificate that cannot be trusted, so nothing was sent; check the network, proxy and clock; name a company's own certificates in SSL_CERT_FILE"
)
_AUTHORITIES: Message = _(
    "{variable} names certificates that cannot be read (missing, empty or damaged), so {provider} was not asked; correct it or unset it"
)
_TOO_LARGE: Message = _(
    "{provider} sent an answer that is far too large, so it was dropped; try again, then update Tankful"
)
_REDIRECT: Message = _(
    "{provider} redirected elsewhere; the credential was not sent on; check the network, then update Tankful"
)
_CUT: Message = _("{provider} broke off in the middle of its answer; try again later")
_NOT_A_KEY: Message = _(
    "{provider}: the credential has characters that no credential has; copy it again from {keys}"
)


def loopback(environ: Mapping[str, str] = os.environ) -> Optional[httpx.URL]:
    """The address of the stand-in that ``TANKFUL_LOOPBACK`` names, if any. Raises Mistake."""
    told = network.loopback(environ)
    return httpx.URL(told) if told else None


def _no_authorities() -> ssl.SSLContext:
    """Trusts nobody: what goes to loopback is not encrypted, and loading certificates takes its time."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _Unawaited(ThreadPoolExecutor):
    """A thread for each call, left behind when it hangs: the system's resolver cannot be stopped."""

    def submit(self, call: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """Run a call."""
        future: Future[Any] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(call(*args, **named))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for nobody."""


class _Unreadable(Exception):
    """The variable of this name says which certificates to trust, and they cannot be read."""

    def __init__(self, variable: str) -> None:
        self.message = _AUTHORITIES.filled(variable=variable)
        super().__init__(variable)


def _trust() -> ssl.SSLContext:
    """Trusts whom the environment names, else the public authorities. Raises _Unreadable.

    ``SSLKEYLOGFILE`` is put away: it would write what reads our traffic, or stop all of it.
    """
    os.environ.pop("SSLKEYLOGFILE", None)
    told = network.authorities(os.environ)
    if told is None:
        return httpx.create_ssl_context(trust_env=False)
    variable, place = told
    try:
        if variable != "SSL_CERT_FILE" and network.has_files(place):
            return ssl.create_default_context(capath=place)
        return ssl.create_default_context(cafile=place)
    except OSError:
        raise _Unreadable(variable) from None


class _Ways(httpx.AsyncBaseTransport):
    """Through the proxy that variables or the system name, or straight where NO_PROXY spares the host.

    httpx reads both by itself, and is stopped by an entry of NO_PROXY that it cannot read.
    """

    def __init__(self, trust: ssl.SSLContext, limits: httpx.Limits) -> None:
        """Raises ValueError, ImportError or httpx.InvalidURL for a proxy that cannot be."""
        found = getproxies()
        self._spared = found.get("no", "")
        address = network.proxy(found)
        self._straight = httpx.AsyncHTTPTransport(verify=trust, limits=limits)
        self._proxied = self._straight
        if address:
            own = trust if address.lower().startswith("https:") else None
            proxy = httpx.Proxy(address, ssl_context=own)
            self._proxied = httpx.AsyncHTTPTransport(verify=trust, limits=limits, proxy=proxy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request on its way."""
        host, port = request.url.host, request.url.port or network.HTTPS
        spared = network.is_spared(host, self._spared, port)
        way = self._straight if spared else self._proxied
        return await way.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections of both ways."""
        await self._straight.aclose()
        await self._proxied.aclose()


def _transport(is_loopback: bool) -> httpx.AsyncBaseTransport:
    """The way of all requests. Raises what _Ways and _trust raise."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=32)
    if is_loopback:
        return httpx.AsyncHTTPTransport(verify=_no_authorities(), limits=limits)
    return _Ways(_trust(), limits)


@dataclass(frozen=True)
class Sent:
    """A request as another program may send it. Its repr never shows a credential."""

    host: str  # of the provider, also where a stand-in answers in its place
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    at_home: bool  # a stand-in on this machine is asked


class Detour(Protocol):
    """Another way to hosts whose edge may not let us through; the real one is edge.Edge."""

    def serves(self, host: str) -> bool:
        """Whether this host has such an edge."""

    async def passed(self, own: Callable[[], Awaitable[Answer]], sent: Sent) -> Answer:
        """The answer by our own way or another. Raises what ``own`` raises, and Blocked."""


class Client:
    """One connection pool for all accounts. Use it as an async context manager.

    Args:
        now: the clock.
        detour: another way where an edge challenges us.
    """

    def __init__(
        self, now: Callable[[], datetime] = utc_now, detour: Optional[Detour] = None
    ) -> None:
        self._now = now
        self._detour = detour
        self._loopback = loopback()
        self._slots: Dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PER_HOST))
        self._http: Optional[httpx.AsyncClient] = None
        self._trouble: Optional[Message] = None

    async def __aenter__(self) -> Client:
        asyncio.get_running_loop().set_default_executor(_Unawaited())
        try:
            self._http = httpx.AsyncClient(
                transport=_transport(self._loopback is not None),
                timeout=httpx.Timeout(ACCOUNT_SECONDS),
                trust_env=False,  # the transport has read it
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # one account's only
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
            )
        except (ValueError, ImportError, httpx.InvalidURL):  # all of them: a proxy setting
            self._trouble = _PROXY
        except _Unreadable as error:
            self._trouble = error.message
        except OSError:  # our own list of authorities is gone
            self._trouble = None
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if self._http is not None:
            await self._http.aclose()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Optional[Mapping[str, Any]] = None,
    ) -> Answer:
        """Ask once. Raises Unreachable or UnexpectedResponse when no whole answer came."""
        return await self._ask("GET", url, headers, params=params)

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        """Like ``get``, with a JSON body; only for calls that change nothing."""
        return await self._ask("POST", url, headers, json=json)

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], **content: Any
    ) -> Answer:
        if self._http is None:
            raise Unreachable(self._trouble)
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise CredentialRejected(_NOT_A_KEY)
        request = self._http.build_request(method, self._address(url), headers=headers, **content)
        host = httpx.URL(url).host
        request.headers["Host"] = host
        own = partial(self._own_way, self._http, request)
        async with self._slots[host]:
            if self._detour is None or not self._detour.serves(host):
                return await own()
            answer = await self._detour.passed(own, self._sent(host, request))
        if answer.status in _REDIRECTS:
            raise UnexpectedResponse(_REDIRECT)
        return answer

    async def _own_way(self, http: httpx.AsyncClient, request: httpx.Request) -> Answer:
        try:
            return await self._send(http, request)
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            raise _translated(error) from None
        except UsageError:
            raise
        except Exception:  # all of them: a proxy setting, like a port beyond 65535
            raise Unreachable(_PROXY) from None

    def _sent(self, host: str, request: httpx.Request) -> Sent:
        """The request for another program, which makes the headers of its connection itself."""
        made = {name.decode(): value.decode() for name, value in request.headers.raw}
        ours = ("connection", "accept-encoding", "content-length")
        own_host = () if self._loopback else ("host",)
        kept = {n: v for n, v in made.items() if n.lower() not in (*ours, *own_host)}
        url = str(request.url)
        return Sent(host, request.method, url, kept, request.content, self._loopback is not None)

    def _address(self, url: str) -> httpx.URL:
        target = httpx.URL(url)
        if target.scheme != "https":
            raise UnexpectedResponse
        if self._loopback is None:
            return target
        return self._loopback.copy_with(raw_path=target.raw_path)

    async def _send(self, http: httpx.AsyncClient, request: httpx.Request) -> Answer:
        response = await http.send(request, stream=True, follow_redirects=False)
        try:
            if response.is_redirect:
                raise UnexpectedResponse(_REDIRECT)
            body = await _read(response)
        except httpx.RemoteProtocolError:
            raise UnexpectedResponse(_CUT) from None
        finally:
            await response.aclose()
        return Answer(
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=body,
            at=self._now(),
            cookies=tuple(response.headers.get_list("set-cookie")),
        )


async def _read(response: httpx.Response) -> bytes:
    """The body, decompressed, never more than MAX_BODY. Raises UnexpectedResponse beyond."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", ""):
        raise UnexpectedResponse
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding == "gzip" else None
    parts: List[bytes] = []
    size = received = 0
    async for part in response.aiter_raw(65536):
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
    """Foreign errors as ours, most specific first."""
    for kinds, ours in _MEANING:
        if isinstance(error, kinds):
            return ours(error)
    return Unreachable()


def _connect(error: Exception) -> UsageError:
    seen: Optional[BaseException] = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError) or "CERTIFICATE" in str(seen).upper():
            return Unreachable(_CERTIFICATE)
        seen = seen.__cause__ or seen.__context__
    return Unreachable()


_MEANING: Tuple[Tuple[Tuple[Type[Exception], ...], Callable[[Exception], UsageError]], ...] = (
    (
        (httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL),
        lambda _: Unreachable(_PROXY),
    ),
    ((httpx.TimeoutException,), lambda _: Unreachable(SLOW)),
    ((httpx.ConnectError, ssl.SSLError), _connect),
    ((httpx.LocalProtocolError,), lambda _: CredentialRejected(_NOT_A_KEY)),
)
