from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Awaitable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, TypeVar

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.profiles import scaled
from tests.said import both
from tests.standin import Reply, StandIn, faults
from tests.standin.certificate import self_signed
from tests.standin.proxy import ConnectProxy, SocksProxy
from workflow import __version__
from workflow.errors import CredentialRejected, Mistake, UnexpectedResponse, Unreachable, UsageError
from workflow.http import client as clients
from workflow.http.client import MAX_BODY, PER_HOST, USER_AGENT, Client, Redirected, loopback
from workflow.provider.answer import Answer
from workflow.system.network import AUTHORITIES

T = TypeVar("T")
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
URL = "https://api.z.ai/ask"
CANARY = "canary0123456789"
HEADERS = {"Authorization": f"Bearer {CANARY}"}
JSON = {"Content-Type": "application/json"}
LOCAL = ["127.0.0.1", "127.255.255.255", "localhost", "::1"]


@pytest.fixture(autouse=True)
def public_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the variables that name other trusted certificates."""
    for name in (*AUTHORITIES, "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)


def run(work: Callable[[Client], Awaitable[T]]) -> T:
    async def whole() -> T:
        async with Client(lambda: NOW) as client:
            return await work(client)

    return asyncio.run(whole())


def get(url: str = URL, **params: Any) -> Answer:
    return run(lambda client: client.get(url, headers=HEADERS, params=params or None))


def refused(url: str = URL) -> UsageError:
    with pytest.raises(UsageError) as caught:
        get(url)
    assert CANARY not in f"{caught.value!r} {both(caught.value.message)}"
    assert caught.value.__cause__ is None
    caught.value.__context__ = None  # it would keep what httpx has left behind
    return caught.value.with_traceback(None)


def serve(world: StandIn, *replies: Reply) -> None:
    world.reply("api.z.ai", "/ask", replies)


def test_an_answer_arrives_whole(world: StandIn) -> None:
    pairs = [("X-Name", "Value"), ("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2")]
    serve(world, Reply(201, {"n": 1}, pairs))
    told = get()
    assert (told.status, told.json(), told.at) == (201, {"n": 1}, NOW)
    assert told.headers["x-name"] == "Value"
    assert told.cookies == ("a=1; Path=/", "b=2")


def test_a_request_is_what_the_provider_would_see(world: StandIn) -> None:
    get("https://api.z.ai/a%20b/c?x=1", y="2 3")
    (seen,) = world.requests
    assert (seen.method, seen.host, seen.path) == ("GET", "api.z.ai", "/a%20b/c")
    assert (seen.values("x"), seen.values("y")) in (([], ["2 3"]), (["1"], ["2 3"]))
    assert seen.bearer == CANARY
    assert seen.header("user-agent") == USER_AGENT
    assert seen.header("accept-encoding") == "gzip"
    assert seen.header("cookie") is None


def test_we_say_who_we_are() -> None:
    assert f"Tankful/{__version__}" == USER_AGENT


def test_a_body_can_be_posted(world: StandIn) -> None:
    run(lambda client: client.post(URL, headers=HEADERS, json={"n": None}))
    (seen,) = world.requests
    assert (seen.method, seen.json()) == ("POST", {"n": None})


def test_no_cookie_of_one_account_travels_with_another(world: StandIn) -> None:
    serve(world, Reply(200, {}, [("Set-Cookie", f"session={CANARY}; Path=/")]), Reply(200, {}))

    async def twice(client: Client) -> None:
        await client.get(URL, headers={"Authorization": "Bearer one"})
        await client.get(URL, headers={"Authorization": "Bearer two"})

    run(twice)
    assert [seen.header("cookie") for seen in world.requests] == [None, None]


def test_connections_are_kept(world: StandIn) -> None:
    async def thrice(client: Client) -> None:
        for _ in range(3):
            await client.get(URL, headers=HEADERS)

    run(thrice)
    assert world.connections == 1


def test_no_request_that_is_to_be_encrypted_goes_by_a_connection_that_is_not() -> None:
    """The same machine may be named with ``http://`` by one account and with ``https://`` by another."""
    with StandIn() as own:
        own.reply("*", "/ask", Reply(200, {}))

        async def both_ways(client: Client) -> None:
            await client.get(f"{own.url}/ask", headers={"Authorization": "Bearer plain"})
            with pytest.raises(Unreachable):
                secret = f"https{own.url[len('http') :]}/ask"
                await client.get(secret, headers=HEADERS)

        run(both_ways)
        assert [seen.bearer for seen in own.requests] == ["plain"]


def test_a_host_sees_eight_requests_at_once_and_others_are_not_held_up(world: StandIn) -> None:
    world.delay = 0.05

    async def crowd(client: Client) -> None:
        hosts = ["api.z.ai"] * 30 + ["api.tavily.com"] * 12
        await asyncio.gather(*(client.get(f"https://{host}/x", headers=HEADERS) for host in hosts))

    run(crowd)
    assert world.peak("api.z.ai") == world.peak("api.tavily.com") == PER_HOST == 8
    assert world.peak() > PER_HOST


@pytest.mark.parametrize("url", ["http://api.z.ai/ask", "ftp://api.z.ai/ask", "//api.z.ai/ask"])
def test_nothing_but_https_is_asked(world: StandIn, url: str) -> None:
    assert isinstance(refused(url), UnexpectedResponse)
    assert world.requests == []


@pytest.mark.parametrize(
    "odd", ["ключ", "a\nb", "a\r\nX: 1", "a\x00b", "a\tb", "密钥", "é", "\x7f"]
)
def test_a_key_with_odd_characters_is_told_and_not_sent(world: StandIn, odd: str) -> None:
    headers = {**JSON, "Authorization": f"Bearer {CANARY}{odd}"}
    with pytest.raises(CredentialRejected) as caught:
        run(lambda client: client.get(URL, headers=headers))
    assert "characters" in both(caught.value.message)[0]
    assert CANARY not in str(caught.value)
    assert world.requests == []


def test_any_header_value_is_sent_as_it_is_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANKFUL_LOOPBACK", "http://127.0.0.1:9")
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        client = loop.run_until_complete(Client().__aenter__())  # one for all: each loads roots

        @settings(database=None, deadline=None, max_examples=scaled(60))
        @given(st.text(max_size=20))
        def check(value: str) -> None:
            with pytest.raises(UsageError) as caught:
                asked = client.get("https://127.0.0.1:9/", headers={"X-Key": value})
                loop.run_until_complete(asked)
            plain = value.isascii() and value.isprintable()
            assert caught.value.kind in (
                ("unreachable", "credential_rejected") if plain else ("credential_rejected",)
            )

        check()
        loop.run_until_complete(client.__aexit__(None, None, None))


# Loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "LOCALHOST", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("port", ["", ":8080"])
def test_an_address_of_this_machine_is_taken(scheme: str, host: str, port: str) -> None:
    url = loopback({"TANKFUL_LOOPBACK": f"{scheme}://{host}{port}/", "TANKFUL_HOME": "/h"})
    assert url is not None
    assert (url.scheme, url.host) == (scheme, host.strip("[]").lower())
    assert url.port == (8080 if port else None)


@pytest.mark.parametrize(
    "told",
    [
        "http://example.com", "http://10.0.0.1:80", "http://127.0.0.1.example.com",
        "http://example.com/127.0.0.1", "http://localhost@example.com", "http://127.0.0.256",
        "http://127.0.0.²", "http://127.0.0.١", "http://0.0.0.0:80", "http://[::]:80",
        "http://[::1", "http://127.0.0.1:port", "http://127.0.0.1:99999", "ftp://127.0.0.1",
        "file:///etc/passwd", "127.0.0.1:8080", "http://", " ", "http://127.0.0.1/elsewhere",
        "http://2130706433", "http://localhost.example.com", "http://[::ffff:8.8.8.8]",
    ],
)  # fmt: skip
def test_any_other_address_is_an_error(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("TANKFUL_LOOPBACK", told)
    with pytest.raises(Mistake) as caught:
        get()
    assert all("TANKFUL_LOOPBACK" in words for words in both(caught.value.message))


@settings(database=None, deadline=None, max_examples=scaled(300))
@given(
    st.text(max_size=30)
    | st.builds("http://{}{}".format, st.text(max_size=20), st.sampled_from(["", ":80", "/"]))
    | st.from_regex(r"https?://[0-9a-z.:\[\]@]{1,20}", fullmatch=True)
)
def test_whatever_it_names_is_this_machine_or_refused(told: str) -> None:
    try:
        url = loopback({"TANKFUL_LOOPBACK": told, "TANKFUL_HOME": "/h"})
    except Mistake:
        return
    assert url is None or url.host in LOCAL or url.host.startswith("127.")


def test_unset_it_names_nothing() -> None:
    assert loopback({}) is None
    assert loopback({"TANKFUL_LOOPBACK": ""}) is None


# Bodies


def test_gzip_is_read(world: StandIn) -> None:
    body = json.dumps({"text": "套餐" * 50_000}).encode()
    serve(world, Reply(200, gzip.compress(body), {"Content-Encoding": "GZIP"}))
    assert get().body == body


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(200, b"{}", {"Content-Encoding": "gzip"}), id="not gzip"),
        pytest.param(Reply(200, b"{}", {"Content-Encoding": "br"}), id="another coding"),
        pytest.param(Reply(200, b"{}", {"Content-Encoding": "gzip, gzip"}), id="twice"),
    ],
)
def test_an_encoding_we_did_not_ask_for_is_not_understood(world: StandIn, reply: Reply) -> None:
    serve(world, reply)
    assert isinstance(refused(), UnexpectedResponse)


def test_the_largest_answer_is_read(world: StandIn) -> None:
    serve(world, Reply(200, b" " * MAX_BODY))
    assert len(get().body) == MAX_BODY


PACKED = {"Content-Encoding": "gzip"}
LARGE = [
    pytest.param(lambda: Reply(200, b" " * (MAX_BODY + 1)), id="one byte more"),
    pytest.param(faults.huge, id="50 MB in chunks"),
    pytest.param(lambda: faults.huge(announced=True), id="50 MB announced"),
    pytest.param(lambda: Reply(200, gzip.compress(b" " * 50_000_000), PACKED), id="bomb"),
    pytest.param(
        lambda: Reply(200, gzip.compress(os.urandom(MAX_BODY * 3 // 4).hex().encode(), 1), PACKED),
        id="packed a little",
    ),
    pytest.param(
        lambda: Reply(200, gzip.compress(b"{}") + b"\0" * 50_000_000, PACKED), id="after the end"
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("reply", LARGE)
def test_a_larger_one_is_dropped(world: StandIn, reply: Callable[[], Reply]) -> None:
    serve(world, reply())
    error = refused()
    assert isinstance(error, UnexpectedResponse)
    assert "too large" in both(error.message)[0]
    assert "过大" in both(error.message)[1]


@pytest.mark.slow
def test_a_bomb_within_a_bomb_costs_no_memory(world: StandIn) -> None:
    twice = gzip.compress(gzip.compress(b"\0" * 100_000_000, 9), 9)
    serve(world, Reply(200, twice, PACKED))
    assert len(get().body) < MAX_BODY


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(world: StandIn, status: int) -> None:
    with StandIn() as elsewhere:
        serve(world, faults.redirect(f"{elsewhere.url}/collect", status))
        error = refused()
        assert elsewhere.connections == 0
    assert isinstance(error, UnexpectedResponse)
    assert "redirected" in both(error.message)[0]
    assert len(world.requests) == 1


@pytest.mark.parametrize(
    "to", ["/login", "https://api.z.ai/login", "", "http://[bad", "//x.example"]
)
def test_not_even_at_home(world: StandIn, to: str) -> None:
    serve(world, faults.redirect(to))
    assert isinstance(refused(), UnexpectedResponse)
    assert len(world.requests) == 1


def test_where_it_leads_is_known(world: StandIn) -> None:
    serve(world, faults.redirect("/login"))
    error = refused()
    assert isinstance(error, Redirected)
    assert error.to == "/login"


def test_a_redirect_to_nowhere_is_one(world: StandIn) -> None:
    serve(world, Reply(302))
    assert isinstance(refused(), Redirected)


def test_what_has_not_changed_since_we_never_asked_is_no_redirect(world: StandIn) -> None:
    serve(world, Reply(304))
    with pytest.raises(UnexpectedResponse, match="304"):
        get().json()


def test_a_document_may_begin_with_a_byte_order_mark(world: StandIn) -> None:
    serve(world, Reply(200, b'\xef\xbb\xbf{"a": 1}'))
    assert get().json() == {"a": 1}
    serve(world, Reply(418, b'\xef\xbb\xbf{"error": "teapot"}'))
    with pytest.raises(UnexpectedResponse, match="teapot"):
        get().json()


# Connections


def test_an_answer_that_breaks_off(world: StandIn) -> None:
    serve(world, faults.cut_connection())
    error = refused()
    assert isinstance(error, UnexpectedResponse)
    assert "broke off" in both(error.message)[0]


def test_a_connection_that_ends_without_an_answer(world: StandIn) -> None:
    serve(world, faults.closed())
    assert isinstance(refused(), Unreachable)


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with StandIn() as gone:
        monkeypatch.setenv("TANKFUL_LOOPBACK", gone.url)
    assert isinstance(refused(), Unreachable)


@contextlib.contextmanager
def listener(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that handles each connection with a given function."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=attend, args=(connection,), daemon=True).start()

        def attend(connection: socket.socket) -> None:
            try:
                with connection:
                    connection.recv(65536)
                    answer(connection)
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def dripping_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def endless_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X-More: yes\r\n" * 100_000)


def garbage(connection: socket.socket) -> None:
    connection.sendall(b"\x15\x03\x01 this is no HTTP\r\n\r\n")


@pytest.mark.parametrize("odd", [endless_headers, garbage])
def test_what_is_no_http_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, odd: Callable[[socket.socket], None]
) -> None:
    with listener(odd) as url:
        monkeypatch.setenv("TANKFUL_LOOPBACK", url)
        assert isinstance(refused(), (Unreachable, UnexpectedResponse))


@pytest.mark.timing
@pytest.mark.parametrize("slow", [dripping_headers, lambda connection: time.sleep(20)])
def test_a_slow_server_is_left_when_the_time_is_up(
    monkeypatch: pytest.MonkeyPatch, slow: Callable[[socket.socket], None]
) -> None:
    async def impatient(client: Client) -> None:
        await asyncio.wait_for(client.get(URL, headers=HEADERS), 0.2)

    begun = time.monotonic()
    with listener(slow) as url, pytest.raises(asyncio.TimeoutError):
        monkeypatch.setenv("TANKFUL_LOOPBACK", url)
        run(impatient)
    assert time.monotonic() - begun < 10


def test_a_single_silence_has_a_limit_too(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_TIMEOUT", httpx.Timeout(0.1).as_dict())
    serve(world, faults.hang())
    error = refused()
    assert isinstance(error, Unreachable)
    assert "within 10 seconds" in both(error.message)[0]
    assert "10 秒内" in both(error.message)[1]


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@needs_openssl
def test_a_bad_certificate_ends_it_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with StandIn(tls=True) as stranger:
        monkeypatch.setenv("TANKFUL_LOOPBACK", stranger.url)
        error = refused()
        assert stranger.requests == []
    assert isinstance(error, Unreachable)
    gc.collect()
    assert "certificate" in both(error.message)[0]
    assert "证书" in both(error.message)[1]


def test_a_server_without_encryption_is_not_blamed_for_its_certificate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with StandIn() as stranger:
        monkeypatch.setenv("TANKFUL_LOOPBACK", stranger.url.replace("http:", "https:"))
        error = refused()
        assert stranger.requests == []
    assert isinstance(error, Unreachable)
    assert "may need http://" in both(error.message)[0]
    assert "证书" not in both(error.message)[1]


UNREADABLE: dict[str, Callable[[Path], Path]] = {
    "missing": lambda folder: folder / "gone.pem",
    "empty": lambda folder: _written(folder / "certificates.pem", ""),
    "nonsense": lambda folder: _written(folder / "certificates.pem", "this is no certificate"),
    "cut": lambda folder: _written(
        folder / "certificates.pem", "-----BEGIN CERTIFICATE-----\nMIIB"
    ),
    "nothing in it": lambda folder: folder,
    "braces": lambda folder: folder / "{provider}{0}.pem",
}


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("variable", AUTHORITIES)
def test_certificates_that_cannot_be_read_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, kind: str
) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    place = UNREADABLE[kind](folder)
    monkeypatch.setenv(variable, str(place))
    error = refused()
    assert isinstance(error, Unreachable)
    assert both(error.message)[0].startswith(variable)
    assert both(error.message)[1].startswith(variable)
    assert "{provider}" in both(error.message)[0]
    assert str(place) not in "".join(both(error.message))


def test_our_own_list_of_authorities_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(**_: object) -> None:
        raise FileNotFoundError("cacert.pem")

    monkeypatch.setattr("httpx.create_ssl_context", gone)
    assert isinstance(refused(), Unreachable)


def company(folder: Path) -> tuple[StandIn, Path]:
    """A stand-in for api.z.ai with a company's certificate, and the path of that certificate."""
    certificate = folder / "company.pem"
    return StandIn(tls=self_signed("api.z.ai", keep=certificate)), certificate


def _hashed(certificate: Path) -> Path:
    """A folder with this certificate under the name by which OpenSSL finds it."""
    command = ["openssl", "x509", "-subject_hash", "-noout", "-in", str(certificate)]
    name = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    folder = certificate.parent / "hashed"
    folder.mkdir()
    (folder / f"{name}.0").symlink_to(certificate)
    return folder


@needs_openssl
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR"])
def test_a_certificate_of_a_company_is_trusted_when_it_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    stand_in, certificate = company(tmp_path)
    with stand_in, ConnectProxy(stand_in.address) as proxy:
        serve(stand_in, Reply(200, {"n": 1}))
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        place = certificate if variable != "SSL_CERT_DIR" else _hashed(certificate)
        monkeypatch.setenv(variable, str(place))
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "gone" / "keys.log"))
        assert get().json() == {"n": 1}
        assert [(ask.host, ask.port) for ask in proxy.asked] == [("api.z.ai", 443)]


@pytest.mark.slow
@needs_openssl
def test_what_reads_our_traffic_is_not_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    with StandIn(tls=True) as stranger, ConnectProxy(stranger.address) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        refused()
    gc.collect()
    assert not (tmp_path / "keys.log").exists()


# Names


def _unresolvable(*_: Any, **__: Any) -> list[Any]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_a_name_that_is_not_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _unresolvable)
    error = refused()
    assert isinstance(error, Unreachable)
    assert "cannot be reached" in both(error.message)[0]


@pytest.mark.timing
def test_a_resolver_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    until = threading.Event()

    def hanging(*_: Any, **__: Any) -> list[Any]:
        until.wait(20)
        return _unresolvable()

    async def impatient(client: Client) -> None:
        await asyncio.wait_for(client.get(URL, headers=HEADERS), 0.2)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    begun = time.monotonic()
    with pytest.raises(asyncio.TimeoutError):
        run(impatient)
    until.set()
    assert time.monotonic() - begun < 10


# Proxies


VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@needs_openssl
@pytest.mark.parametrize(
    ("kind", "variable"),
    [*((ConnectProxy, name) for name in VARIABLES), (SocksProxy, "ALL_PROXY")],
)
def test_a_proxy_leads_to_the_provider_and_certificates_are_checked_behind_it(
    monkeypatch: pytest.MonkeyPatch, kind: Any, variable: str
) -> None:
    with StandIn(tls=True) as stranger, kind(stranger.address) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        error = refused()
        assert stranger.requests == []
    gc.collect()
    assert [(ask.host, ask.port, ask.user) for ask in proxy.asked] == [("api.z.ai", 443, None)]
    assert "certificate" in both(error.message)[0]


@pytest.mark.parametrize("kind", [ConnectProxy, SocksProxy])
def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    with kind() as proxy:
        scheme, _, place = proxy.url.partition("://")
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://name:{CANARY}@{place}")
        error = refused()
        assert [ask.user for ask in proxy.asked] == [f"name:{CANARY}"]
    gc.collect()
    assert isinstance(error, Unreachable)
    assert "proxy settings" in both(error.message)[0]
    assert "代理" in both(error.message)[1]


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with StandIn() as gone:
        monkeypatch.setenv("HTTPS_PROXY", gone.url.replace("//", f"//name:{CANARY}@"))
    error = refused()
    assert isinstance(error, Unreachable)
    assert "proxy settings" in both(error.message)[0]


@pytest.mark.parametrize(
    "setting",
    [
        f"nonsense://name:{CANARY}@127.0.0.1:1",
        f"http://name:{CANARY}@[::1",
        f"http://name:{CANARY}@127.0.0.1:99999",
        f"http://name:{CANARY}@127.0.0.1:port",
        f"socks4://name:{CANARY}@127.0.0.1:1",
        f"http://na\x7fme:{CANARY}@127.0.0.1:1",
        "://",
        "http://",
        "http:///",
        "socks5://",
    ],
)
def test_a_malformed_proxy_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _unresolvable)
    monkeypatch.setenv("ALL_PROXY", setting)
    error = refused()
    assert isinstance(error, Unreachable)
    assert "proxy settings" in both(error.message)[0]
    assert "代理" in both(error.message)[1]


SPARED = [
    "localhost,127.0.0.1,::1,[::1]",
    "fd07:b51a:cc66:f0::/64",
    "fe80::/10",
    "::1/128",
    "[2001:db8::1]:443, 2001:db8::/32",
    "[fe80::1%en0],[",
    "http://[",
    "a..b",
    "\x7f,é,例え.jp",
]


@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("listed", SPARED)
def test_no_entry_of_no_proxy_stops_a_request_where_there_is_no_proxy(
    monkeypatch: pytest.MonkeyPatch, listed: str, variable: str
) -> None:
    asked: list[Any] = []

    def unresolvable(host: Any, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return _unresolvable()

    monkeypatch.setattr(socket, "getaddrinfo", unresolvable)
    monkeypatch.setenv(variable, listed)
    error = refused()
    assert isinstance(error, Unreachable)
    assert "cannot be reached" in both(error.message)[0]
    assert set(asked) <= {"api.z.ai", b"api.z.ai"}
    assert asked


@needs_openssl
@pytest.mark.parametrize("kind", [ConnectProxy, SocksProxy])
@pytest.mark.parametrize("listed", SPARED)
def test_nor_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, listed: str, kind: Any
) -> None:
    stand_in, certificate = company(tmp_path)
    with stand_in, kind(stand_in.address) as proxy:
        serve(stand_in, Reply(200, {"n": 1}))
        monkeypatch.setenv("ALL_PROXY", proxy.url.replace("socks5:", "socks:"))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        monkeypatch.setenv("NO_PROXY", listed)
        assert get().json() == {"n": 1}
        assert [ask.host for ask in proxy.asked] == ["api.z.ai"]


@pytest.mark.parametrize("listed", ["*", "z.ai", "[::1],.z.ai", "fe80::/10;api.z.ai"])
def test_a_host_that_no_proxy_names_is_asked_straight(
    monkeypatch: pytest.MonkeyPatch, listed: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _unresolvable)
    with ConnectProxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", listed)
        error = refused()
        assert proxy.asked == []
    assert "cannot be reached" in both(error.message)[0]


@needs_openssl
def test_a_proxy_that_is_reached_by_https_is_checked_by_the_same_authorities(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in, certificate = company(tmp_path)
    with stand_in:
        monkeypatch.setenv("HTTPS_PROXY", stand_in.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        error = refused()
    assert both(error.message)[0].startswith(
        "the proxy"
    )  # it came as far as its answer, which is a refusal


def test_what_is_not_encrypted_goes_past_every_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with StandIn() as own, ConnectProxy() as proxy:
        own.reply("*", "/ask", Reply(200, {"n": 1}))
        for variable in VARIABLES:
            monkeypatch.setenv(variable, proxy.url)
        assert get(f"{own.url}/ask").json() == {"n": 1}
        assert proxy.asked == []


def test_loopback_bypasses_every_proxy(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (*VARIABLES, "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(variable, "nonsense://[")
    assert get().status == 404
    assert len(world.requests) == 1


def test_nothing_is_written_or_printed(
    world: StandIn, home: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    serve(world, Reply(200, {}), faults.closed())
    get()
    refused()
    assert capfd.readouterr() == ("", "")
    assert os.listdir(home) == []
