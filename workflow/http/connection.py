"""An httpx transport for one connection to one server: HTTP/1.1 over asyncio.

httpx's own transport needs two more packages, and importing them takes longer than a refresh's requests.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import httpx

from ..system import lazy_imports, network

with lazy_imports.plain_classes():
    import h11

_LONGEST_NAME, _LONGEST_LABEL = 253, 63  # characters of a host name, and of its parts (RFC 1035)
_LARGEST_HEAD = 100 * 1024  # bytes of the head of a response


class _Wire(asyncio.Protocol):
    """An open HTTP/1.1 connection, which handles one request at a time.

    It is no BufferedProtocol: with that, asyncio loses TLS records that arrive together, from Python 3.11 on.
    """

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Future[None] | None = None
        self._failure: httpx.TransportError | None = None
        self.is_free = True  # no request is pending, and the server has not hung up
        self.is_answered = False  # something has arrived since the last request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport. asyncio calls this method and the next two."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Process what has arrived; hang up on a server that sends without a request."""
        if self.is_free:
            self.drop()
        else:
            self.is_answered = True
            self._http.receive_data(data)
            self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end, which is also the end of a body without a length."""
        if exc is not None:
            self._failure = self._failure or httpx.ReadError(str(exc))
        elif self._failure is None:
            self._http.receive_data(b"")
        self._wake()
        self.drop()

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def _give_up(self) -> None:
        self._failure = httpx.ReadTimeout("")
        self._wake()
        self.drop()

    async def ask(self, request: httpx.Request) -> h11.Response:
        """Send a request and wait for the head of the response; call ``end`` after its body.

        Raises httpx.TransportError.
        """
        self.is_free = self.is_answered = False
        self._timer = self._loop.call_later(request.extensions["timeout"]["read"], self._give_up)
        try:
            self._send(request)
            while True:
                event = await self.event()
                if isinstance(event, h11.Response):
                    return event
        except BaseException:
            self.end()
            raise

    def _send(self, request: httpx.Request) -> None:
        try:
            head = h11.Request(
                method=request.method,
                target=request.url.raw_path,
                headers=request.headers.raw,
            )
            parts = [self._http.send(head)]
            if request.content:
                parts.append(self._http.send(h11.Data(request.content)))
            self._http.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        self._transport.write(b"".join(filter(None, parts)))

    async def event(self) -> Any:
        """Wait for the next event of the response. Raises httpx.TransportError."""
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if event is not h11.NEED_DATA:
                return event
            if self._failure is not None:
                raise self._failure
            self._arrived = self._loop.create_future()
            await self._arrived

    def end(self) -> None:
        """Make the connection free for the next request; close it if the answer is incomplete."""
        self._timer.cancel()
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            self.is_free = not (self._transport.is_closing() or self._http.trailing_data[0])
        if not self.is_free:
            self.drop()

    def drop(self) -> None:
        """Close the connection at once."""
        self.is_free = False
        self._transport.abort()


class _Body(httpx.AsyncByteStream):
    """The body of a response as it comes."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            event = await self._wire.event()
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)

    async def aclose(self) -> None:
        """Release the connection for the next request."""
        self._wire.end()


class Connection(httpx.AsyncBaseTransport):
    """A connection to one server, opened on demand and kept between requests.

    Args:
        trust: the TLS context with the authorities to trust.
        proxy: the proxy that leads to the server; None for a direct connection. Only what is encrypted goes
            through a proxy.
    """

    def __init__(self, trust: ssl.SSLContext, proxy: httpx.Proxy | None = None) -> None:
        self._trust = trust
        self._proxy = proxy
        self._wire: _Wire | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises httpx.TransportError."""
        wire = self._wire
        if wire is None or not wire.is_free:
            return await self._answer(await self._opened(request), request)
        try:
            return await self._answer(wire, request)
        except (httpx.ReadError, httpx.RemoteProtocolError):
            if wire.is_answered:
                raise
        # the server closed the connection before it read the request
        return await self._answer(await self._opened(request), request)

    async def _answer(self, wire: _Wire, request: httpx.Request) -> httpx.Response:
        self._wire = wire
        head = await wire.ask(request)
        headers = head.headers.raw_items()
        return httpx.Response(head.status_code, headers=headers, stream=_Body(wire))

    async def _opened(self, request: httpx.Request) -> _Wire:
        """Open the connection. Raises httpx.ConnectTimeout, ConnectError or ProxyError."""
        url, seconds = request.url, request.extensions["timeout"]["connect"]
        host, is_safe = url.raw_host.decode("ascii"), url.scheme == "https"
        port = url.port or (network.HTTPS if is_safe else network.HTTP)
        if len(host) > _LONGEST_NAME or not all(map(_is_label, host.rstrip(".").split("."))):
            raise httpx.ConnectError("no server can have such a name")
        tls = {"ssl": self._trust, "server_hostname": host} if is_safe else {}
        try:
            return await asyncio.wait_for(self._connected(host, port, tls), seconds)
        except asyncio.TimeoutError:
            raise httpx.ConnectTimeout("") from None
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error

    async def _connected(self, host: str, port: int, tls: Mapping[str, Any]) -> _Wire:
        connect = asyncio.get_running_loop().create_connection
        if self._proxy is None:
            delay = network.NEXT_ADDRESS
            return (await connect(_Wire, host, port, happy_eyeballs_delay=delay, **tls))[1]
        from . import tunnel  # loaded only where there is a proxy

        opened = await tunnel.opened(self._proxy, host, port)
        return (await connect(_Wire, sock=opened, **tls))[1]

    async def aclose(self) -> None:
        """Close the connection."""
        if self._wire is not None:
            self._wire.drop()


def _is_label(part: str) -> bool:
    return 0 < len(part) <= _LONGEST_LABEL
