from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Callable, Union

import httpx
import pytest

from tests.http.test_connection import RESET, Server, body, nothing_resolved, request
from tests.standin import Reply, StandIn
from tests.standin.certificate import self_signed
from tests.standin.proxy import ConnectProxy, SocksProxy
from workflow.http import tunnel
from workflow.http.connection import Connection

CANARY = "canary-7f3a"
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
NO_SIGN_IN, PASSWORD, NOTHING_COMMON = b"\x05\x00", b"\x05\x02", b"\x05\xff"
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[StandIn, ssl.SSLContext, ssl.SSLContext]]:
    """A server for api.example, a context that trusts its certificate, and the server's own context."""
    certificate = Path(tmp_path_factory.mktemp("company"), "company.pem")
    own = self_signed("api.example", keep=certificate)
    with StandIn(tls=own) as stand_in:
        stand_in.reply("*", "/ask", Reply(200, {"n": 1}))
        yield stand_in, ssl.create_default_context(cafile=str(certificate)), own


def asked(
    address: str, host: str = "api.example", seconds: float = 5, trust: ssl.SSLContext = PLAIN
) -> bytes:
    """Ask a server through a proxy for its body."""

    async def whole() -> bytes:
        connection = Connection(trust, tunnel.parsed(address, trust))
        try:
            return await body(connection, request(f"https://{host}/ask", seconds))
        finally:
            await connection.aclose()

    return asyncio.run(whole())


@pytest.mark.parametrize("kind", [ConnectProxy, SocksProxy])
@pytest.mark.parametrize("host", ["api.example", "127.0.0.1"])
@pytest.mark.parametrize("user", ["", f"na%40me:{CANARY}@", "name@"])
def test_a_server_answers_through_a_proxy(
    company: tuple[StandIn, ssl.SSLContext, ssl.SSLContext],
    kind: type[ConnectProxy],
    host: str,
    user: str,
) -> None:
    stand_in, trust, _ = company
    with kind(stand_in.address) as proxy:
        address = proxy.url.replace("://", f"://{user}")
        assert asked(address, host, trust=trust) == b'{"n":1}'
        (ask,) = proxy.asked
    known = {"": None, "name@": "name:"}.get(user, f"na@me:{CANARY}")
    assert (ask.host, ask.port, ask.user) == (host, 443, known)


@pytest.mark.parametrize("kind", [ConnectProxy, SocksProxy])
@pytest.mark.parametrize("host", ["other.example", "localhost", "127.0.0.2"])
def test_a_server_of_another_name_behind_a_proxy_is_not_asked(
    company: tuple[StandIn, ssl.SSLContext, ssl.SSLContext], kind: type[ConnectProxy], host: str
) -> None:
    stand_in, trust, _ = company
    before = len(stand_in.requests)
    with kind(stand_in.address) as proxy:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            asked(proxy.url, host, trust=trust)
        assert len(proxy.asked) == 1
    assert len(stand_in.requests) == before


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("api.example", b"\x03\x0bapi.example\x01\xbb"),
        ("10.1.2.3:8443", b"\x01\x0a\x01\x02\x03\x20\xfb"),
        ("[2001:db8::1]:8443", b"\x04\x20\x01\x0d\xb8" + bytes(11) + b"\x01\x20\xfb"),
    ],
)
def test_what_a_socks_proxy_is_asked_for(host: str, named: bytes) -> None:
    with Server([[NO_SIGN_IN], [b"\x05\x05\x00\x01" + bytes(6)]]) as server:
        with pytest.raises(httpx.ProxyError):
            asked(server.url.replace("http:", "socks5:"), host)
        assert server.requests == [b"\x05\x01\x00", b"\x05\x01\x00" + named]


@pytest.mark.parametrize(
    ("host", "place"),
    [("api.example", b"api.example:443"), ("[2001:db8::1]:8443", b"[2001:db8::1]:8443")],
)
def test_what_an_http_proxy_is_asked_for(host: str, place: bytes) -> None:
    with Server([[b"HTTP/1.1 403 No\r\n\r\n"]]) as server, pytest.raises(httpx.ProxyError):
        asked(server.url.replace("http://", "http://me:pass@"), host)
    signed = b"Proxy-Authorization: Basic bWU6cGFzcw==\r\n\r\n"
    assert server.requests == [b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n%b" % (place, place, signed)]


@pytest.mark.parametrize(
    "bound", [b"\x01" + bytes(6), b"\x03\x02me" + bytes(2), b"\x03" + bytes(3), b"\x04" + bytes(18)]
)
def test_where_a_socks_proxy_connects_from_does_not_matter(bound: bytes) -> None:
    """The next byte that arrives belongs to TLS, where it is wrong."""
    with Server([[NO_SIGN_IN], [b"\x05", 0.01, b"\x00\x00" + bound], [b"no TLS at all"]]) as server:
        with pytest.raises(httpx.ConnectError, match="WRONG_VERSION_NUMBER"):
            asked(server.url.replace("http:", "socks5:"))
        assert server.requests[2].startswith(b"\x16\x03")  # TLS's first message


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("http://h", 80),
        ("https://h", 443),
        ("socks5://h", 1080),
        ("socks5h://h", 1080),
        ("http://h:7890", 7890),
    ],
)
def test_a_proxy_has_a_usual_port(address: str, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = nothing_resolved(monkeypatch)
    with pytest.raises(httpx.ProxyError):
        asked(address)
    assert looked_up == [("h", port)]


@contextmanager
def tls_proxy(tls: ssl.SSLContext, to: tuple[str, int]) -> Iterator[str]:
    """An HTTP proxy that is itself reached by TLS."""
    started: Future[tuple[int, Callable[[], object]]] = Future()

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
        sink.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ESTABLISHED)
        there, back = await asyncio.open_connection(*to)
        try:
            await asyncio.gather(pump(reader, back), pump(there, writer))
        finally:
            writer.transport.abort()
            back.transport.abort()

    async def run() -> None:
        over, loop = asyncio.Event(), asyncio.get_running_loop()
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        started.set_result((port, partial(loop.call_soon_threadsafe, over.set)))
        await over.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    port, stop = started.result(10)
    try:
        yield f"https://127.0.0.1:{port}"
    finally:
        stop()
        thread.join()


def test_a_proxy_may_itself_be_reached_by_tls(
    company: tuple[StandIn, ssl.SSLContext, ssl.SSLContext],
) -> None:
    stand_in, trust, own = company
    with tls_proxy(own, stand_in.address) as address:
        assert asked(address, trust=trust) == b'{"n":1}'
        with pytest.raises(httpx.ProxyError, match="CERTIFICATE_VERIFY_FAILED"):
            asked(address, trust=PLAIN)


@pytest.mark.parametrize(
    "before", [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 102 Processing\r\nA: b\r\n\r\n"]
)
@pytest.mark.parametrize("ok", [ESTABLISHED, b"HTTP/1.0 200\r\n\r\n", b"HTTP/1.1 200 OK\n\n"])
def test_forms_of_a_proxy_s_consent(before: bytes, ok: bytes) -> None:
    pieces: list[Union[bytes, float]] = [before, ok] if before else [ok]
    failure = pytest.raises(httpx.ConnectError, match="WRONG_VERSION_NUMBER")
    with Server([pieces, [b"no TLS at all"]]) as server, failure:
        asked(server.url)


@pytest.mark.filterwarnings("error")
def test_a_server_nobody_vouches_for_behind_a_proxy_reached_by_tls(
    company: tuple[StandIn, ssl.SSLContext, ssl.SSLContext], caplog: pytest.LogCaptureFixture
) -> None:
    stand_in, trust, own = company
    failure = pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED")
    with tls_proxy(own, stand_in.address) as address, failure:
        asked(address, "other.example", trust=trust)
    assert caplog.records == []


REFUSALS: dict[str, tuple[str, list[list[Union[bytes, float]]]]] = {
    "not signed in": ("http", [[b"HTTP/1.1 407 Sign in\r\nContent-Length: 2\r\n\r\nno"]]),
    "no HTTP": ("http", [[b"SSH-2.0-OpenSSH\r\n\r\n"]]),
    "a head that is cut": ("http", [[b"HTTP/1.1 200 OK\r\nVia:"]]),
    "a head without end": ("http", [[b"HTTP/1.1 200 OK\r\nVia: " + b"x" * 200_000]]),
    "hangs up": ("http", [[]]),
    "breaks off": ("http", [[RESET]]),
    "no SOCKS": ("socks5", [[b"HTTP/1.1 400 Bad Request\r\n\r\n"]]),
    "SOCKS 4": ("socks5", [[b"\x04\x00"], [b"\x05\x00\x00\x01" + bytes(6)]]),
    "no way to sign in": ("socks5", [[NOTHING_COMMON]]),
    "a password where there is none": ("socks5", [[PASSWORD]]),
    "a server out of reach": ("socks5", [[NO_SIGN_IN], [b"\x05\x04\x00\x01" + bytes(6)]]),
    "an unknown kind of address": ("socks5", [[NO_SIGN_IN], [b"\x05\x00\x00\x00" + bytes(6)]]),
    "an answer that is cut": ("socks5", [[NO_SIGN_IN], [b"\x05\x00\x00\x03\x05abc"]]),
    "hangs up on SOCKS": ("socks5", [[]]),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_proxy_that_does_not_do_its_work(case: str) -> None:
    scheme, answers = REFUSALS[case]
    with Server(answers) as server, pytest.raises(httpx.ProxyError):
        asked(server.url.replace("http:", f"{scheme}:"))


def test_a_wrong_password() -> None:
    with Server([[PASSWORD], [b"\x01\x01"]]) as server:
        address = server.url.replace("http://", f"socks5://me:{CANARY}@")
        with pytest.raises(httpx.ProxyError) as caught:
            asked(address)
        assert server.requests == [b"\x05\x02\x00\x02", b"\x01\x02me\x0bcanary-7f3a"]
    assert CANARY not in repr(caught.value)


def test_a_password_is_kept_back_if_nobody_asks_for_it() -> None:
    with Server([[NO_SIGN_IN], [b"\x05\x05\x00\x01" + bytes(6)]]) as server:
        with pytest.raises(httpx.ProxyError):
            asked(server.url.replace("http://", f"socks5h://me:{CANARY}@"))
        assert CANARY.encode() not in b"".join(server.requests)


@pytest.mark.parametrize(
    ("scheme", "answers"),
    [("http", [[5.0]]), ("socks5", [[NO_SIGN_IN], [5.0]]), ("http", [[ESTABLISHED], [5.0]])],
    ids=["from the start", "half-way", "behind it"],
)
def test_silence_has_a_limit(scheme: str, answers: list[list[Union[bytes, float]]]) -> None:
    with Server(answers) as server, pytest.raises(httpx.ConnectTimeout):
        asked(server.url.replace("http:", f"{scheme}:"), seconds=0.1)


@pytest.mark.parametrize("end", [[], [RESET], [b"no TLS at all"]])
def test_a_server_that_breaks_off_behind_the_proxy(end: list[Union[bytes, float]]) -> None:
    with Server([[ESTABLISHED], end]) as server, pytest.raises(httpx.ConnectError):
        asked(server.url)


def test_a_proxy_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(httpx.ProxyError):
        asked(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("address", ["http://", "socks5://", "socks4://h:1", "ftp://h", "://"])
def test_what_is_no_proxy(address: str) -> None:
    with pytest.raises(ValueError):
        tunnel.parsed(address, PLAIN)
