"""The httpx transport of the client: proxies and trusted authorities. Imports httpx for the client."""

from __future__ import annotations

import logging
import os
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Callable

from ..i18n.message import Message, _
from ..system import lazy_imports, network

lazy_imports.put_off("socksio")  # for SOCKS proxies, which few users have
lazy_imports.without("httpx._main")  # httpx's command line: unused here, a third of the import time
lazy_imports.put_off("email.message", "idna", "mimetypes")  # for texts
with lazy_imports.stand_ins(  # for cookies and proxies, which are read elsewhere
    {
        "http.cookiejar": ("Cookie", "CookieJar"),
        "pathlib": ("Path",),
        "urllib.request": ("Request", "getproxies", "parse_http_list"),
    }
):
    import httpx as httpx

from .connection import Connection  # noqa: E402

for _logger in ("httpx", "httpcore"):  # they log URLs and headers, which may contain secrets
    logging.getLogger(_logger).setLevel(logging.CRITICAL + 1)

_AUTHORITIES: Message = _(
    "{variable} names certificates that cannot be read (missing, empty or damaged), so {provider} was not asked; correct it or unset it"
)


class Unreadable(Exception):
    """The certificates that an environment variable names cannot be read."""

    def __init__(self, variable: str) -> None:
        self.message = _AUTHORITIES.filled(variable=variable)
        super().__init__(variable)


def _trust() -> ssl.SSLContext:
    """Make a TLS context with the environment's authorities or the public ones. Raises Unreadable.

    Removes ``SSLKEYLOGFILE``, which would log our session keys, or break TLS if it cannot be written.
    """
    os.environ.pop("SSLKEYLOGFILE", None)
    authorities = network.authorities(os.environ)
    if authorities is None:
        return httpx.create_ssl_context(trust_env=False)
    variable, place = authorities
    try:
        if variable != "SSL_CERT_FILE" and network.has_files(place):
            return ssl.create_default_context(capath=place)
        return ssl.create_default_context(cafile=place)
    except OSError:
        raise Unreadable(variable) from None


class _Connections(httpx.AsyncBaseTransport):
    """A pool with one transport per connection; a transport with many scans all at each request.

    Args:
        make: makes a transport. Called at once, so the constructor raises what it raises.
    """

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._make = make
        self._spare = [make()]
        self._all = list(self._spare)
        self._idle: dict[tuple[str, str], list[httpx.AsyncBaseTransport]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request by a connection of its own until the response is closed."""
        place = request.url.scheme, request.headers["Host"]  # not the URL's host: a stand-in's
        idle = self._idle[place]
        own = idle.pop() if idle else self._another()
        try:
            response = await own.handle_async_request(request)
        except BaseException:
            idle.append(own)
            raise
        response.stream = _Lent(response.stream, partial(idle.append, own))
        return response

    def _another(self) -> httpx.AsyncBaseTransport:
        if self._spare:
            return self._spare.pop()
        self._all.append(self._make())
        return self._all[-1]

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in self._all:
            await transport.aclose()


class _Lent(httpx.AsyncByteStream):
    """The body of a response; closing it gives the connection back to the pool."""

    def __init__(self, stream: Any, give_back: Callable[[], None]) -> None:
        self._stream, self._give_back = stream, give_back

    def __aiter__(self) -> AsyncIterator[bytes]:
        body: AsyncIterator[bytes] = self._stream.__aiter__()
        return body

    async def aclose(self) -> None:
        """Close the response and give its connection back."""
        try:
            await self._stream.aclose()
        finally:
            self._give_back()


class _ProxyTransport(httpx.AsyncBaseTransport):
    """Sends requests by the proxy of the environment or the system, except for hosts in NO_PROXY.

    What is not encrypted goes to this machine or a private network, and never to a proxy, which could read
    the key.

    httpx can read both itself, but it fails on an entry of NO_PROXY that it cannot parse.
    """

    def __init__(self, trust: ssl.SSLContext) -> None:
        """Raise ValueError, ImportError or httpx.InvalidURL for an invalid proxy."""
        proxies = network.proxies()
        self._spared = proxies.get("no", "")
        address = network.proxy(proxies)
        self._straight = self._proxied = _Connections(partial(Connection, trust))
        if address:
            lazy_imports.remember_missing("sniffio")  # else looked up several times per request
            own = trust if address.lower().startswith("https:") else None
            proxy = httpx.Proxy(address, ssl_context=own)
            self._proxied = _Connections(
                partial(httpx.AsyncHTTPTransport, verify=trust, proxy=proxy)
            )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        host, port = request.url.host, request.url.port or network.HTTPS
        is_plain = request.url.scheme == "http"
        spared = is_plain or network.is_spared(host, self._spared, port)
        way = self._straight if spared else self._proxied
        return await way.handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._straight.aclose()
        await self._proxied.aclose()


def transport(is_loopback: bool) -> httpx.AsyncBaseTransport:
    """Make the transport for all requests. Raises what _ProxyTransport and _trust raise."""
    if is_loopback:
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # unused: loading authorities is slow
        return _Connections(partial(Connection, trust))
    trust = _trust()
    trust.set_alpn_protocols(["http/1.1"])
    return _ProxyTransport(trust)
