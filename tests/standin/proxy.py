"""Recording proxies on loopback: HTTP CONNECT and SOCKS5."""

from __future__ import annotations

import socket
import socketserver
import threading
from base64 import b64decode
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar

Address = tuple[str, int]


@dataclass(frozen=True)
class Ask:
    """One request to a proxy; `user` is `name:password` if the client signed in."""

    method: str
    host: str
    port: int
    user: str | None = None


class _Proxy:
    """Refuses every request, or connects all of them to one address, whatever they ask for."""

    scheme: ClassVar[str]
    handler: ClassVar[type[_Handler]]

    def __init__(self, forward: Address | None = None) -> None:
        self.forward = forward
        self._lock = threading.Lock()
        self._asked: list[Ask] = []

    def __enter__(self) -> _Proxy:
        self._server = _Server(("127.0.0.1", 0), self.handler)
        self._server.proxy = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The value for `HTTPS_PROXY` or `ALL_PROXY`."""
        return f"{self.scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def asked(self) -> list[Ask]:
        """All requests so far."""
        with self._lock:
            return list(self._asked)

    def record(self, ask: Ask) -> None:
        """Record a request."""
        with self._lock:
            self._asked.append(ask)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256
    proxy: _Proxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that disconnected."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def tunnel(self, forward: Address) -> None:
        with socket.create_connection(forward) as upstream:
            back = threading.Thread(target=_pump, args=(upstream, self.connection), daemon=True)
            back.start()
            _pump(self.connection, upstream)
            back.join()


class _ConnectHandler(_Handler):
    rbufsize = 0

    def handle(self) -> None:
        method, target, _ = self.rfile.readline().decode("latin-1").split()
        headers: dict[str, str] = {}
        for line in iter(self.rfile.readline, b""):
            if not line.strip():
                break
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        place = target.partition("://")[2].partition("/")[0] or target
        host, _, port = place.rpartition(":") if ":" in place else (place, "", "80")
        scheme, _, coded = headers.get("proxy-authorization", "").partition(" ")
        user = b64decode(coded).decode() if scheme.lower() == "basic" else None
        proxy = self.server.proxy
        proxy.record(Ask(method, host, int(port), user))
        if proxy.forward is None or method != "CONNECT":
            self.wfile.write(
                b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.tunnel(proxy.forward)


class _SocksHandler(_Handler):
    rbufsize = 0

    def handle(self) -> None:
        methods = self._take(self._take(2)[1])
        user = None
        if 2 in methods:
            self.wfile.write(b"\x05\x02")
            name = self._take(self._take(2)[1])
            password = self._take(self._take(1)[0])
            user = f"{name.decode()}:{password.decode()}"
            self.wfile.write(b"\x01\x00")
        else:
            self.wfile.write(b"\x05\x00")
        _, command, _, kind = self._take(4)
        host = self._host(kind)
        port = int.from_bytes(self._take(2), "big")
        proxy = self.server.proxy
        proxy.record(Ask("CONNECT" if command == 1 else str(command), host, port, user))
        refused = proxy.forward is None or command != 1
        self.wfile.write(
            b"\x05%b\x00\x01\x00\x00\x00\x00\x00\x00" % (b"\x02" if refused else b"\0")
        )
        if proxy.forward is not None and not refused:
            self.tunnel(proxy.forward)

    def _host(self, kind: int) -> str:
        if kind == 3:
            return self._take(self._take(1)[0]).decode()
        family, size = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
        return socket.inet_ntop(family, self._take(size))

    def _take(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.connection.recv(size - len(data))
            if not more:
                raise ConnectionAbortedError
            data += more
        return data


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            end.close()


class ConnectProxy(_Proxy):
    """An HTTP proxy: plain requests are recorded and refused, CONNECT may be forwarded."""

    scheme = "http"
    handler = _ConnectHandler


class SocksProxy(_Proxy):
    """A SOCKS5 proxy, with or without user name and password."""

    scheme = "socks5"
    handler = _SocksHandler
