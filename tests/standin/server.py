"""The server. It records every request, and answers it from an override or the world."""

from __future__ import annotations

import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from fnmatch import fnmatchcase
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from types import MappingProxyType, TracebackType
from typing import Any, Union
from urllib.parse import urlsplit

from .certificate import self_signed
from .message import Answer, Reply, Request
from .world import World

Answers = Union[Reply, Answer, Sequence[Union[Reply, Answer]]]


def pass_on(request: Request) -> Reply | None:
    """Leave a request to earlier overrides and the world; an answer for `StandIn.reply`."""
    return None


class StandIn:
    """Speaks like the providers on a loopback port while the `with` block runs.

    An exception in a callable that answers becomes a 500 for the client, and is raised again at the
    end of the block, so that a test cannot overlook it.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        tls: bool | ssl.SSLContext = False,
        world: Callable[[], World] = World,
    ) -> None:
        self.delay = 0.0
        self._port = port
        self._tls = tls
        self._new_world = world
        self._server: _Server | None = None
        self._lock = threading.RLock()
        self.reset()

    def __enter__(self) -> StandIn:
        tls = self_signed() if self._tls is True else self._tls or None
        self._server = _Server(self._port, self, tls)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.stop()
        if error is None and self._errors:
            raise self._errors[0]

    @property
    def address(self) -> tuple[str, int]:
        """The host and port that it listens on."""
        if self._server is None:
            raise RuntimeError("the stand-in has not been started")
        return "127.0.0.1", self._server.server_port

    @property
    def url(self) -> str:
        """The value for TANKFUL_LOOPBACK."""
        host, port = self.address
        return f"{'https' if self._tls else 'http'}://{host}:{port}"

    @property
    def requests(self) -> list[Request]:
        """All requests so far, in the order of arrival."""
        with self._lock:
            return list(self._requests)

    @property
    def connections(self) -> int:
        """The number of connections opened since the start or the last reset."""
        with self._lock:
            return self._connections

    def peak(self, host: str | None = None) -> int:
        """Return the most requests that were in progress at once, for one host or for all."""
        with self._lock:
            return self._peak[host]

    def reply(
        self,
        host: str,
        path: str,
        answers: Answers,
        *,
        method: str | None = None,
        credential: str | None = None,
    ) -> None:
        """Override the answers to some requests; the latest override that matches wins.

        Host and path may be patterns (`*`). Each answer of a list is used once, the last one from then
        on. A callable that returns None leaves the request to earlier overrides, as `pass_on` does.
        """
        override = _Override(host.lower(), path, method, credential, answers)
        with self._lock:
            self._overrides.insert(0, override)

    def reset(self) -> None:
        """Forget requests, peaks, overrides and delay, and start a new world."""
        with self._lock:
            self.delay = 0.0
            self.world = self._new_world()
            self._requests: list[Request] = []
            self._overrides: list[_Override] = []
            self._errors: list[Exception] = []
            self._connections = 0
            self._busy: Counter[str | None] = Counter()
            self._peak: Counter[str | None] = Counter()

    def connected(self) -> None:
        """Count one more connection."""
        with self._lock:
            self._connections += 1

    @contextmanager
    def progress(self, request: Request) -> Iterator[None]:
        """Record a request and count it as in progress."""
        with self._lock:
            self._requests.append(request)
            busy, peak = self._busy, self._peak
            for scope in (None, request.host):
                busy[scope] += 1
                peak[scope] = max(peak[scope], busy[scope])
        try:
            yield
        finally:
            with self._lock:
                busy.subtract([None, request.host])

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""
        with self._lock:
            overrides = [each for each in self._overrides if each.matches(request)]
            world = self.world
        try:
            for override in overrides:
                with self._lock:
                    answer = override.take()
                reply = answer if isinstance(answer, Reply) else answer(request)
                if reply is not None:
                    return reply
            return world.answer(request)
        except Exception as error:
            with self._lock:
                self._errors.append(error)
            return Reply(500, {"error": f"{type(error).__name__} in the stand-in: {error}"})


class _Override:
    def __init__(
        self, host: str, path: str, method: str | None, credential: str | None, answers: Answers
    ) -> None:
        self._host = host
        self._path = path
        self._method = method
        self._credential = credential
        self._answers = [answers] if isinstance(answers, Reply) or callable(answers) else [*answers]
        if not self._answers:
            raise ValueError("an override needs at least one answer")

    def matches(self, request: Request) -> bool:
        return (
            fnmatchcase(request.host, self._host)
            and fnmatchcase(request.path, self._path)
            and self._method in (None, request.method)
            and self._credential in (None, request.credential)
        )

    def take(self) -> Reply | Answer:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, port: int, stand_in: StandIn, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.stand_in = stand_in
        self.closing = threading.Event()
        self._tls = tls
        self._open: set[Any] = set()
        self._lock = threading.Lock()

    def get_request(self) -> tuple[socket, Any]:
        connection, address = super().get_request()
        if self._tls is not None:
            connection = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        with self._lock:
            self._open.add(connection)
        self.stand_in.connected()
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that disconnected; a bug in an answer has been recorded already."""

    def stop(self) -> None:
        self.closing.set()
        with suppress(OSError):  # macOS
            self.socket.shutdown(SHUT_RDWR)  # wakes who waits for a connection
        self.shutdown()
        self.server_close()
        with self._lock:
            remaining = list(self._open)
        for connection in remaining:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: requests are recorded instead."""

    def serve(self) -> None:
        stand_in = self.server.stand_in
        request = self._request()
        with ExitStack() as progress:
            progress.enter_context(stand_in.progress(request))
            reply = stand_in.answer(request)
            self._pause(reply.delay + stand_in.delay)
            self.close_connection |= reply.close or reply.hang or reply.truncate is not None
            if reply.hang:
                self._wait_for_the_end()
            elif not reply.close:
                self._send(self._pieces(reply), progress.close)

    do_GET = do_HEAD = do_OPTIONS = serve
    do_POST = do_PUT = do_PATCH = do_DELETE = serve

    def _request(self) -> Request:
        target = urlsplit(self.path) if self.path.startswith("http") else None
        path, _, query = self.path.partition("?")
        names = {name.lower() for name in self.headers}
        headers = {
            name: ("; " if name == "cookie" else ", ").join(self.headers.get_all(name, []))
            for name in names
        }
        return Request(
            method=self.command,
            host=(target.netloc if target else headers.get("host", "")).lower(),
            path=target.path if target else path,
            query=query,
            headers=MappingProxyType(headers),
            body=self.rfile.read(int(headers.get("content-length") or 0)),
            at=time.time(),
        )

    def _pieces(self, reply: Reply) -> Iterator[bytes]:
        payload = reply.payload()
        if not isinstance(payload, bytes):
            yield from self._streamed(reply, payload)
            return
        head = self._head(reply, {"Content-Length": str(len(payload))}, payload)
        if self.command == "HEAD":
            payload = b""
        payload = payload[: reply.truncate]
        if reply.drip is None:
            yield head + payload
            return
        yield head
        for index in range(len(payload)):
            self._pause(reply.drip)
            yield payload[index : index + 1]

    def _streamed(self, reply: Reply, payload: Iterable[bytes]) -> Iterator[bytes]:
        if "content-length" in {name.lower() for name, _ in reply.pairs}:
            yield self._head(reply)
            yield from payload
            return
        yield self._head(reply, {"Transfer-Encoding": "chunked"})
        yield from self._chunks(payload, reply.truncate)

    def _head(
        self, reply: Reply, length: Mapping[str, str] = MappingProxyType({}), payload: bytes = b""
    ) -> bytes:
        pairs = reply.pairs
        given = {name.lower() for name, _ in pairs}
        html = payload.lstrip()[:1] == b"<"
        defaults = {
            "Date": self.date_time_string(),
            "Content-Type": "text/html; charset=utf-8" if html else "application/json",
            **length,
        }
        pairs += [pair for pair in defaults.items() if pair[0].lower() not in given]
        reason = responses.get(reply.status, "Unknown")
        lines = [f"HTTP/1.1 {reply.status} {reason}", *(f"{name}: {text}" for name, text in pairs)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")

    def _chunks(self, stream: Iterable[bytes], most: int | None) -> Iterator[bytes]:
        sent = 0
        for chunk in stream:
            part = chunk if most is None else chunk[: most - sent]
            sent += len(part)
            if part:
                yield b"%x\r\n%b\r\n" % (len(part), part)
            if most is not None and sent >= most:
                return
        yield b"0\r\n\r\n"

    def _send(self, pieces: Iterator[bytes], before_the_last: Callable[[], None]) -> None:
        held = next(pieces)
        for piece in pieces:
            self.wfile.write(held)
            held = piece
        before_the_last()
        self.wfile.write(held)

    def _pause(self, seconds: float) -> None:
        if seconds > 0 and self.server.closing.wait(seconds):
            raise ConnectionAbortedError

    def _wait_for_the_end(self) -> None:
        while self.connection.recv(1024):
            continue
