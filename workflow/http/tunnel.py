"""Open a connection to a server through a proxy: HTTP CONNECT (RFC 9110, 9.3.6) or SOCKS5 (RFC 1928 and 1929).

httpx can do so only with four more packages, which take longer to load than the requests of a refresh.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from base64 import b64encode
from typing import Union

import httpx

from ..system import network

_PORTS = {"http": network.HTTP, "https": network.HTTPS, "socks5": 1080, "socks5h": 1080}
_LARGEST_HEAD = 64 * 1024  # bytes of the head of an answer
_OPEN = re.compile(rb"HTTP/1\.\d 2\d\d\b")
_SOCKS, _VERSION_OF_SIGN_IN = 5, 1
_CONNECT, _SUCCEEDED = 1, 0
_NO_SIGN_IN, _PASSWORD = 0, 2  # ways of signing in
_IPV4, _NAME, _IPV6 = 1, 3, 4  # kinds of address
_SIZES = {_IPV4: 4, _IPV6: 16}  # bytes of an address
_User = Union["tuple[bytes, bytes]", None]


class _Handshake(asyncio.Protocol):
    """What is said with a proxy before it passes on everything."""

    def __init__(self) -> None:
        self.answer = asyncio.StreamReader(limit=_LARGEST_HEAD)

    def data_received(self, data: bytes) -> None:
        """Keep what has arrived. asyncio calls this method and the next."""
        self.answer.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end."""
        self.answer.feed_eof()


def parsed(address: str, trust: ssl.SSLContext) -> httpx.Proxy:
    """Parse the address of a proxy: ``scheme://name:password@host:port``, where much is optional.

    Args:
        address: the address.
        trust: the TLS context for a proxy that is itself reached by TLS.

    Raises:
        ValueError: the scheme is unknown, or there is no host.
        httpx.InvalidURL: it is not an address.
    """
    proxy = httpx.Proxy(address)
    if not proxy.url.host:
        raise ValueError("no host")
    return httpx.Proxy(address, ssl_context=trust) if proxy.url.scheme == "https" else proxy


async def opened(proxy: httpx.Proxy, host: str, port: int) -> asyncio.Transport:
    """Let a proxy connect to a server, and return the connection.

    Args:
        proxy: the proxy.
        host: the server's name in ASCII, or its address without brackets.
        port: the server's port.

    Raises httpx.ProxyError.
    """
    loop, url = asyncio.get_running_loop(), proxy.url
    transport = None
    try:
        transport, handshake = await loop.create_connection(
            _Handshake,
            url.raw_host.decode("ascii"),
            url.port or _PORTS[url.scheme],
            ssl=proxy.ssl_context,
            happy_eyeballs_delay=network.NEXT_ADDRESS,
        )
        ask = _connect if url.scheme in ("http", "https") else _socks
        await ask(transport, handshake.answer, host, port, proxy.raw_auth)
    except BaseException as error:
        if transport is not None:
            transport.abort()
        if isinstance(error, (OSError, EOFError, asyncio.LimitOverrunError)):
            raise httpx.ProxyError(str(error)) from error
        raise
    transport._start_tls_compatible = True  # type: ignore[attr-defined]  # TLS in TLS before Python 3.11
    return transport


async def _connect(
    transport: asyncio.WriteTransport,
    answer: asyncio.StreamReader,
    host: str,
    port: int,
    user: _User,
) -> None:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1".encode(), f"Host: {place}".encode()]
    if user:
        lines.append(b"Proxy-Authorization: Basic " + b64encode(b":".join(user)))
    transport.write(b"\r\n".join([*lines, b"", b""]))
    head = await answer.readuntil(b"\r\n\r\n")
    if not _OPEN.match(head):
        raise httpx.ProxyError("refused")


async def _socks(
    transport: asyncio.WriteTransport,
    answer: asyncio.StreamReader,
    host: str,
    port: int,
    user: _User,
) -> None:
    ways = [_NO_SIGN_IN, _PASSWORD] if user else [_NO_SIGN_IN]
    transport.write(bytes([_SOCKS, len(ways), *ways]))
    version, way = await answer.readexactly(2)
    if version != _SOCKS or way not in ways:
        raise httpx.ProxyError("no common way of signing in")
    if user and way == _PASSWORD:
        transport.write(bytes([_VERSION_OF_SIGN_IN]) + _counted(user[0]) + _counted(user[1]))
        _, status = await answer.readexactly(2)
        if status != _SUCCEEDED:
            raise httpx.ProxyError("wrong name or password")
    transport.write(bytes([_SOCKS, _CONNECT, 0]) + _target(host) + port.to_bytes(2, "big"))
    _, status, _, kind = await answer.readexactly(4)
    if status != _SUCCEEDED:
        raise httpx.ProxyError(f"refused with status {status}")
    size = _SIZES.get(kind) or (await answer.readexactly(1))[0]
    await answer.readexactly(size + 2)  # where the proxy connects from


def _target(host: str) -> bytes:
    for kind, family in ((_IPV4, socket.AF_INET), (_IPV6, socket.AF_INET6)):
        try:
            return bytes([kind]) + socket.inet_pton(family, host)
        except OSError:
            continue
    return bytes([_NAME]) + _counted(host.encode("ascii"))


def _counted(text: bytes) -> bytes:
    """Return a text behind its length, which is at most 255. Raises ValueError."""
    return bytes([len(text)]) + text
