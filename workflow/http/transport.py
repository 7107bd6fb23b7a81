"""The client's pool of connections, with or without a proxy, and the authorities it trusts. Imports httpx for it."""

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

logging.getLogger("httpx").setLevel(logging.CRITICAL + 1)  # it logs URLs, which may contain secrets

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


class _Pool(httpx.AsyncBaseTransport):
    """Gives each request a connection of its own until its response is closed, and keeps it for the next.

    Requests go by the proxy, except to hosts in NO_PROXY. What is not encrypted goes to this machine or a
    private network, and never to a proxy, which could read the key. httpx can read both itself, but it fails
    on an entry of NO_PROXY that it cannot parse.

    Args:
        trust: the TLS context.
        proxy: the proxy, if there is one.
        spared: the hosts that are reached without it, see ``network.is_spared``.
    """

    def __init__(
        self, trust: ssl.SSLContext, proxy: httpx.Proxy | None = None, spared: str = ""
    ) -> None:
        self._trust, self._proxy, self._spared = trust, proxy, spared
        self._all: list[Connection] = []
        self._idle: dict[tuple[str, str], list[Connection]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        place = request.url.scheme, request.headers["Host"]  # not the URL's host: a stand-in's
        idle = self._idle[place]
        own = idle.pop() if idle else self._another(request.url)
        response = await own.handle_async_request(request)
        response.stream = _Lent(response.stream, partial(idle.append, own))
        return response

    def _another(self, url: httpx.URL) -> Connection:
        self._all.append(Connection(self._trust, None if self._is_direct(url) else self._proxy))
        return self._all[-1]

    def _is_direct(self, url: httpx.URL) -> bool:
        if self._proxy is None or url.scheme == "http":
            return True
        return network.is_spared(url.host, self._spared, url.port or network.HTTPS)

    async def aclose(self) -> None:
        """Close all connections."""
        for connection in self._all:
            await connection.aclose()


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


def transport(is_loopback: bool) -> httpx.AsyncBaseTransport:
    """Make the transport for all requests.

    Args:
        is_loopback: they go to a stand-in on this machine.

    Raises:
        ValueError, httpx.InvalidURL: the proxy's address is invalid.
        Unreadable: the trusted certificates cannot be read.
        OSError: the bundled ones are missing.
    """
    if is_loopback:
        return _Pool(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))  # loading authorities is slow
    trust = _trust()
    trust.set_alpn_protocols(["http/1.1"])
    proxies = network.proxies()
    address = network.proxy(proxies)
    if not address:
        return _Pool(trust)
    from . import tunnel  # loaded only where there is a proxy

    return _Pool(trust, tunnel.parsed(address, trust), proxies.get("no", ""))
