from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Awaitable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, TypeVar, Union

import httpx
import pytest

from tests.standin import Reply, StandIn
from tests.standin.certificate import self_signed
from workflow.http.connection import Connection

T = TypeVar("T")
SECONDS = 5.0
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
PAUSE, RESET = 0.05, -1.0
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


def request(url: str, seconds: float = SECONDS, **more: object) -> httpx.Request:
    timeout = httpx.Timeout(seconds).as_dict()
    return httpx.Request("POST" if more else "GET", url, extensions={"timeout": timeout}, **more)  # type: ignore[arg-type]


async def body(connection: Connection, asked: httpx.Request) -> bytes:
    response = await connection.handle_async_request(asked)
    try:
        return b"".join([part async for part in response.stream])  # type: ignore[union-attr]
    finally:
        await response.aclose()


def run(work: Callable[[Connection], Awaitable[T]], trust: ssl.SSLContext = PLAIN) -> T:
    async def whole() -> T:
        connection = Connection(trust)
        try:
            return await work(connection)
        finally:
            await connection.aclose()

    return asyncio.run(whole())


def bodies(*asked: httpx.Request, trust: ssl.SSLContext = PLAIN) -> list[bytes]:
    """The bodies of requests that one connection is used for, one after the other."""

    async def work(connection: Connection) -> list[bytes]:
        return [await body(connection, each) for each in asked]

    return run(work, trust)


class Server:
    """Sends what it is given for the requests of each connection, in pieces, and hangs up after the last.

    A number is a pause of so many seconds, RESET an end without a farewell.
    """

    def __init__(self, *connections: list[list[Union[bytes, float]]]) -> None:
        self._connections = connections
        self.requests: list[bytes] = []
        self._over = threading.Event()

    def __enter__(self) -> Server:
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.getsockname()[1]}/"

    def _serve(self) -> None:
        for answers in self._connections:
            with contextlib.suppress(OSError), self._server.accept()[0] as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for pieces in answers:
                    self.requests.append(connection.recv(65536))
                    for piece in pieces:
                        self._say(connection, piece)

    def _say(self, connection: socket.socket, piece: Union[bytes, float]) -> None:
        if isinstance(piece, bytes):
            connection.sendall(piece)
        elif piece == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            self._over.wait(piece)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, ssl.SSLContext]]:
    """A server for localhost, and an SSL context that trusts its certificate."""
    certificate = Path(tmp_path_factory.mktemp("company"), "company.pem")
    with StandIn(tls=self_signed("localhost", keep=certificate)) as stand_in:
        stand_in.reply("localhost:*", "/ask", Reply(200, {"n": 1}))
        yield stand_in, ssl.create_default_context(cafile=str(certificate))


@needs_openssl
def test_a_trusted_server_is_asked_twice_over_one_connection(
    company: tuple[StandIn, ssl.SSLContext],
) -> None:
    stand_in, trust = company
    before = stand_in.connections
    asked = request(f"https://localhost:{stand_in.address[1]}/ask")
    assert bodies(asked, asked, trust=trust) == 2 * [b'{"n":1}']
    assert stand_in.connections == before + 1


@needs_openssl
@pytest.mark.parametrize("host", ["localhost", "api.example"])
def test_a_server_nobody_vouches_for_or_of_another_name_is_not_asked(
    company: tuple[StandIn, ssl.SSLContext], host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in, trust = company
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", stand_in.address)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
    before = len(stand_in.requests)
    asked = request(f"https://{host}:{stand_in.address[1]}/ask")
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        bodies(asked, trust=PLAIN if host == "localhost" else trust)
    assert len(stand_in.requests) == before


def test_a_body_is_sent_with_its_head() -> None:
    with Server([[OK + b"ok"]]) as server:
        assert bodies(request(server.url, json={"a": 1})) == [b"ok"]
        head, _, sent = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert b"content-length: 7" in head.lower()
    assert sent == b'{"a":1}'


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        [OK, b"o", b"k"],
        [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", OK + b"ok"],
        [CHUNKED, b"1\r\no\r\n1\r\nk", b"\r\n0\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\n\r\no", b"k"],
        [b"HTTP/1.1 200 OK\r\nX: " + 90_000 * b"x", b"\r\nContent-Length: 2\r\n\r\nok"],
    ],
    ids=["in parts", "after a hint", "in chunks", "until it hangs up", "behind a large head"],
)
def test_a_body_arrives_whole(pieces: list[Union[bytes, float]]) -> None:
    with Server([pieces]) as server:
        assert bodies(request(server.url)) == [b"ok"]


@pytest.mark.parametrize(
    "first",
    [
        [OK + b"ok"],
        [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
        [OK + b"okHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"],
    ],
    ids=["has hung up", "says that it closes", "said more than it was asked"],
)
def test_another_connection_is_opened_where_one(first: list[Union[bytes, float]]) -> None:
    with Server([first], [[OK + b"no"]]) as server:

        async def work(connection: Connection) -> list[bytes]:
            one = await body(connection, request(server.url))
            await asyncio.sleep(PAUSE)
            return [one, await body(connection, request(server.url))]

        assert run(work) == [b"ok", b"no"]


def test_what_comes_unasked_is_no_answer() -> None:
    with Server([[OK + b"ok", PAUSE, OK + b"!!"], []], [[OK + b"no"]]) as server:

        async def work(connection: Connection) -> list[bytes]:
            one = await body(connection, request(server.url))
            await asyncio.sleep(3 * PAUSE)
            return [one, await body(connection, request(server.url))]

        assert run(work) == [b"ok", b"no"]


def test_a_body_that_nobody_read_is_not_taken_for_the_next_answer() -> None:
    with Server([[OK, PAUSE, b"ok"], []], [[OK + b"no"]]) as server:

        async def work(connection: Connection) -> bytes:
            response = await connection.handle_async_request(request(server.url))
            await response.aclose()
            return await body(connection, request(server.url))

        assert run(work) == b"no"


@pytest.mark.parametrize("pieces", [[], [OK, b"o"], [b"HTTP/1.1 200 OK\r\n\r\no"]])
def test_a_silence_ends_when_the_time_is_up(pieces: list[bytes]) -> None:
    with Server([[*pieces, SECONDS]]) as server, pytest.raises(httpx.ReadTimeout):
        bodies(request(server.url, 0.2))


@pytest.mark.parametrize("pieces", [[b"no HTTP\r\n\r\n"], [b""], [OK, b"o"], [CHUNKED, b"1\r\no"]])
def test_what_is_no_whole_answer_is_an_error(pieces: list[Union[bytes, float]]) -> None:
    with Server([pieces]) as server, pytest.raises(httpx.RemoteProtocolError):
        bodies(request(server.url))


def test_a_connection_that_is_reset_is_an_error() -> None:
    with Server([[OK, RESET]]) as server, pytest.raises(httpx.ReadError):
        bodies(request(server.url))


def test_what_cannot_be_said_in_a_head_is_not_sent() -> None:
    with Server([[OK + b"ok"]]) as server:
        asked = request(server.url)
        asked.headers["X-Key"] = "a\nb"
        with pytest.raises(httpx.LocalProtocolError):
            bodies(asked)
        assert server.requests in ([], [b""])


def test_a_server_that_does_not_take_the_call_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.sleep(SECONDS)

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", never)
    with pytest.raises(httpx.ConnectTimeout):
        bodies(request("http://127.0.0.1:9/", 0.05))


def test_a_connection_that_serves_no_longer_is_closed() -> None:
    """What comes after an answer cannot belong to the next one."""

    async def work(connection: Connection) -> None:
        assert await body(connection, request(server.url)) == b"{}"
        while len(server.requests) < 2:
            await asyncio.sleep(0.01)

    with Server([[OK + b"{}x"], []]) as server:
        run(lambda connection: asyncio.wait_for(work(connection), SECONDS))
    assert server.requests[1] == b""


def test_where_nobody_listens_there_is_no_connection() -> None:
    with Server() as server:
        url = server.url
    with pytest.raises(httpx.ConnectError):
        bodies(request(url))


def test_what_threads_receive_at_once_stays_apart() -> None:
    """Each thread has a loop of its own, as when several sessions are exchanged."""
    letters, length = b"abcd", 1500

    def asked_by(letter: int) -> set[bytes]:
        own = request(f"{stand_in.url}/{letter:c}")
        return set(bodies(*[own] * 100))

    with StandIn() as stand_in, ThreadPoolExecutor(len(letters)) as threads:
        for letter in letters:
            stand_in.reply("*", f"/{letter:c}", Reply(body=bytes([letter]) * length))
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            received = list(threads.map(asked_by, letters))
        finally:
            sys.setswitchinterval(interval)
    assert received == [{bytes([letter]) * length} for letter in letters]


def nothing_resolved(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Make every name unknown, and return the list of hosts and ports that will be looked up."""
    looked_up: list[object] = []

    def unresolvable(host: object, port: object, *_: object, **__: object) -> list[object]:
        looked_up.append((host, port))
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unresolvable)
    return looked_up


@pytest.mark.parametrize(("scheme", "port"), [("http", 80), ("https", 443)])
def test_a_server_has_a_usual_port(scheme: str, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = nothing_resolved(monkeypatch)
    with pytest.raises(httpx.ConnectError):
        bodies(request(f"{scheme}://api.example/"))
    assert looked_up == [("api.example", port)]


def test_a_request_is_sent_again_if_the_server_hung_up_meanwhile() -> None:
    with Server([[OK + b"ok"], []], [[OK + b"no"]]) as server:
        assert bodies(request(server.url), request(server.url)) == [b"ok", b"no"]
        assert len(server.requests) == 3


@pytest.mark.parametrize("begun", [b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\n"])
def test_a_request_that_was_answered_in_part_is_not_sent_again(begun: bytes) -> None:
    with Server([[OK + b"ok"], [begun]], [[OK + b"no"]]) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            bodies(request(server.url), request(server.url))
        assert len(server.requests) == 2


def test_a_first_request_is_not_sent_again() -> None:
    with Server([[]], [[OK + b"no"]]) as server, pytest.raises(httpx.RemoteProtocolError):
        bodies(request(server.url))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "host", ["a" * 64 + ".example", "a..example", ".example", "a." * 126 + "ab"]
)
@pytest.mark.parametrize("proxy", [None, httpx.Proxy("http://127.0.0.1:1")])
def test_a_name_that_no_server_can_have_is_not_looked_up(
    host: str, proxy: httpx.Proxy | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("looked up"))
    with pytest.raises(httpx.ConnectError, match="no server can have such a name"):
        asyncio.run(Connection(PLAIN, proxy).handle_async_request(request(f"https://{host}/")))


@pytest.mark.parametrize("host", ["a" * 63 + ".example", "a." * 126 + "a", "api.example."])
def test_any_other_name_is_looked_up(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = nothing_resolved(monkeypatch)
    with pytest.raises(httpx.ConnectError):
        bodies(request(f"https://{host}/"))
    assert looked_up == [(host, 443)]


class Records:
    """A TLS server that sends each piece as a record of its own, all of them at once, and then hangs up."""

    def __init__(self, own: ssl.SSLContext, *connections: list[bytes]) -> None:
        self._own, self._connections = own, connections

    def __enter__(self) -> str:
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return f"https://localhost:{self._server.getsockname()[1]}/"

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def _serve(self) -> None:
        for pieces in self._connections:
            with self._server.accept()[0] as connection:
                arrived, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
                tls = self._own.wrap_bio(arrived, leaving, server_side=True)
                self._until_done(tls.do_handshake, connection, arrived, leaving)
                self._until_done(tls.read, connection, arrived, leaving)
                for piece in pieces:
                    tls.write(piece)
                connection.sendall(leaving.read())

    def _until_done(
        self,
        step: Callable[[], object],
        connection: socket.socket,
        arrived: ssl.MemoryBIO,
        leaving: ssl.MemoryBIO,
    ) -> None:
        while True:
            try:
                step()
                return connection.sendall(leaving.read())
            except ssl.SSLWantReadError:
                connection.sendall(leaving.read())
                arrived.write(connection.recv(65536))


@needs_openssl
@pytest.mark.parametrize("size", [2, 40_000, 400_000])
def test_what_arrives_in_many_records_at_once_is_whole(tmp_path: Path, size: int) -> None:
    own = self_signed("localhost", keep=tmp_path / "own.pem")
    trust = ssl.create_default_context(cafile=str(tmp_path / "own.pem"))
    first, second = b"1" * size, b"2" * size
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size
    parts = [second[at : at + 9_000] for at in range(0, size, 9_000)]
    with Records(own, [head + first], [head, *parts]) as url:
        assert bodies(request(url), request(url), trust=trust) == [first, second]
