"""Reach a server through a proxy: HTTP CONNECT (RFC 9110, 9.3.6) or SOCKS5 (RFC 1928 and 1929).

httpx can do so only with four more packages, which take longer to load than the requests of a refresh.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from base64 import b64encode
from typing import Union

import httpx

from ..system import lazy_imports, network

with lazy_imports.plain_classes():
    import h11

_PORTS = {"http": network.HTTP, "https": network.HTTPS, "socks5": 1080, "socks5h": 1080}
_PIECE = 64 * 1024  # bytes that are received at once
_SOCKS, _PASSWORD_VERSION = 5, 1
_CONNECT, _SUCCEEDED = 1, 0
_NO_AUTHENTICATION, _PASSWORD = 0, 2  # methods of authentication
_IPV4, _NAME, _IPV6 = 1, 3, 4  # kinds of address
_SIZES = {_IPV4: 4, _IPV6: 16}  # bytes of an address
_RELAYS: set[asyncio.Future[None]] = set()  # that run; asyncio itself does not keep them
_User = Union["tuple[bytes, bytes]", None]


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


async def opened(proxy: httpx.Proxy, host: str, port: int) -> socket.socket:
    """Let a proxy connect to a server, and return the socket, which does not block.

    Args:
        proxy: the proxy.
        host: the server's name in ASCII, or its address without brackets.
        port: the server's port.

    Raises httpx.ProxyError.
    """
    ask = _socks if proxy.url.scheme.startswith("socks") else _connect
    try:
        connection = await _reached(proxy)
        try:
            await ask(connection, host, port, proxy.raw_auth)
        except BaseException:
            connection.close()
            raise
    except (OSError, EOFError, UnicodeError) as error:
        raise httpx.ProxyError(str(error)) from error
    return connection


async def _reached(proxy: httpx.Proxy) -> socket.socket:
    """Open a connection to a proxy. Raises OSError or UnicodeError."""
    host = proxy.url.raw_host.decode("ascii")
    transport, _ = await asyncio.get_running_loop().create_connection(
        asyncio.Protocol,
        host,
        proxy.url.port or _PORTS[proxy.url.scheme],
        happy_eyeballs_delay=network.NEXT_ADDRESS,
    )
    connection: socket.socket = transport.get_extra_info("socket").dup()
    transport.abort()  # it was there only to connect
    if proxy.ssl_context is None:
        return connection
    return await _relay(connection, proxy.ssl_context, host)


async def _relay(connection: socket.socket, trust: ssl.SSLContext, host: str) -> socket.socket:
    """Return a socket whose bytes go to a proxy by TLS; asyncio has no TLS within TLS before Python 3.13."""
    reader, writer = await asyncio.open_connection(sock=connection, ssl=trust, server_hostname=host)
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    near_reader, near_writer = await asyncio.open_connection(sock=theirs)
    for passing in (_passed(reader, near_writer), _passed(near_reader, writer)):
        relay = asyncio.ensure_future(passing)
        _RELAYS.add(relay)
        relay.add_done_callback(_RELAYS.discard)
    return ours


async def _passed(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Pass on what comes until one side ends."""
    sink.transport.set_write_buffer_limits(0)  # so that drain waits until everything is sent
    try:
        while True:
            data = await source.read(_PIECE)
            if not data:
                break
            sink.write(data)
            await sink.drain()
    except OSError:
        return
    finally:
        sink.transport.abort()


async def _connect(connection: socket.socket, host: str, port: int, user: _User) -> None:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    headers = [(b"Host", place.encode())]
    if user:
        headers.append((b"Proxy-Authorization", b"Basic " + b64encode(b":".join(user))))
    http = h11.Connection(h11.CLIENT)
    head = http.send(h11.Request(method=b"CONNECT", target=place.encode(), headers=headers))
    await asyncio.get_running_loop().sock_sendall(connection, head or b"")
    try:
        while not isinstance(event := http.next_event(), h11.Response):  # it may be announced
            if event is h11.NEED_DATA:
                http.receive_data(await _some(connection, _PIECE))
    except h11.RemoteProtocolError as error:
        raise httpx.ProxyError(str(error)) from error
    if not 200 <= event.status_code < 300:
        raise httpx.ProxyError(f"refused with status {event.status_code}")


async def _socks(connection: socket.socket, host: str, port: int, user: _User) -> None:
    send = asyncio.get_running_loop().sock_sendall
    methods = [_NO_AUTHENTICATION, _PASSWORD] if user else [_NO_AUTHENTICATION]
    await send(connection, bytes([_SOCKS, len(methods), *methods]))
    version, chosen = await _exactly(connection, 2)
    if version != _SOCKS or chosen not in methods:
        raise httpx.ProxyError("no common method of authentication")
    if user and chosen == _PASSWORD:
        await send(connection, bytes([_PASSWORD_VERSION]) + _counted(user[0]) + _counted(user[1]))
        _, status = await _exactly(connection, 2)
        if status != _SUCCEEDED:
            raise httpx.ProxyError("wrong name or password")
    await send(connection, bytes([_SOCKS, _CONNECT, 0]) + _target(host) + port.to_bytes(2, "big"))
    _, status, _, kind = await _exactly(connection, 4)
    if status != _SUCCEEDED or kind not in (_IPV4, _NAME, _IPV6):
        raise httpx.ProxyError(f"refused with status {status}")
    size = _SIZES.get(kind) or (await _exactly(connection, 1))[0]
    await _exactly(connection, size + 2)  # where the proxy connects from


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


async def _exactly(connection: socket.socket, size: int) -> bytes:
    """Receive this many bytes, and no more, since the next ones may be the server's. Raises EOFError."""
    received = b""
    while len(received) < size:
        received += await _some(connection, size - len(received))
    return received


async def _some(connection: socket.socket, most: int) -> bytes:
    data = await asyncio.get_running_loop().sock_recv(connection, most)
    if not data:
        raise EOFError
    return data
