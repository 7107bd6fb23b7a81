"""The edge of chatgpt.com: if it challenges our network stack, the system's is used."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests import osascript, stored
from tests.conftest import Shell
from tests.said import Phrase, both, english
from tests.standin import KEYS, Reply, Request, StandIn, faults
from workflow import paths, settings
from workflow.chatgpt import browser, edge, session
from workflow.errors import Blocked, FailureKind, UnexpectedResponse, Unreachable
from workflow.http.client import Client, heads
from workflow.models import Account, Failure, Snapshot
from workflow.provider.answer import Answer
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.state import status
from workflow.system import system_stack

HOST, SESSION, MAIN = "chatgpt.com", "/api/auth/session", "/backend-api/wham/usage"
URL = f"https://{HOST}{SESSION}"
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
CANARY = "canary-of-a-session"
curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")


def is_python(request: Request) -> bool:
    """Tell whether a request comes from our own network stack, which keeps connections alive."""
    return request.header("connection") == "keep-alive"


def challenging_python(request: Request) -> Reply | None:
    """An edge that challenges Python, and no other program."""
    return faults.challenge() if is_python(request) else None


def clients(world: StandIn, path: str = "*") -> list[str]:
    return [
        "python" if is_python(request) else "system"
        for request in world.requests
        if path in ("*", request.path)
    ]


def get(url: str = URL, turns: int = 1, headers: Mapping[str, str] | None = None) -> list[Answer]:
    async def whole() -> list[Answer]:
        async with Client(lambda: NOW, edge.Edge(lambda: NOW)) as client:
            return [await client.get(url, headers=headers or {}) for _ in range(turns)]

    return asyncio.run(whole())


@pytest.fixture(params=["curl", "osascript"])
def system(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way that a system has."""
    if request.param == "osascript":
        osascript.install(tmp_path / "bin", monkeypatch)
    elif shutil.which("curl") is None:
        pytest.skip("there is no curl")
    return str(request.param)


# ---- the way


def test_what_python_is_refused_the_system_gets(world: StandIn, system: str) -> None:
    world.reply(HOST, "*", challenging_python)
    account = stored.account("chatgpt-session-chunked")
    outcome = refresh.refresh([account.id])
    assert (len(outcome.asked), outcome.failed) == (1, [])
    snapshot = stored.snapshot(account.id)
    assert snapshot.usage
    assert snapshot.usage.plan == "Pro"
    assert {"python", "system"} == set(clients(world))


def test_the_same_request_is_sent(world: StandIn, system: str) -> None:
    world.reply(HOST, "*", challenging_python)
    world.reply(HOST, "/*", lambda r: None if is_python(r) else Reply(body={"ok": 1}))
    headers = {**browser.page_headers(), "Cookie": 'a=b; c="d\\e"', "X-Odd": "tab\\t # ; ' {"}
    (answer,) = get(f"{URL}?x=1&y=%20z", headers=headers)
    assert answer.json() == {"ok": 1}
    assert answer.at == NOW
    first, second = world.requests
    assert (second.method, second.host, second.path) == ("GET", HOST, SESSION)
    assert second.query == first.query == "x=1&y=%20z"
    for name, value in headers.items():
        assert second.header(name) == first.header(name) == value


def test_a_body_is_sent_too(world: StandIn, system: str) -> None:
    world.reply(HOST, "*", lambda r: challenging_python(r) or Reply(body={"got": r.json()}))
    told = {"a": 'quote " backslash \\ line \n', "zh": "方法", "n": None}

    async def whole() -> Answer:
        async with Client(lambda: NOW, edge.Edge()) as client:
            return await client.post(URL, headers={}, json=told)

    assert asyncio.run(whole()).json() == {"got": told}
    assert [r.header("content-type") for r in world.requests] == ["application/json"] * 2


def test_every_set_cookie_arrives(world: StandIn, system: str) -> None:
    lines = ["a=1; Path=/; Expires=Thu, 01 Jan 2037 00:00:00 GMT", "b=2; Max-Age=0"]
    told = Reply(body={}, headers=[("Set-Cookie", line) for line in lines])
    world.reply(HOST, "*", lambda r: challenging_python(r) or told)
    assert list(get()[0].cookies) == lines


def test_a_refusal_of_the_provider_itself_is_an_answer(world: StandIn, system: str) -> None:
    told = Reply(401, {"detail": "no"}, {"Retry-After": "7"})
    world.reply(HOST, "*", lambda r: challenging_python(r) or told)
    (answer,) = get()
    assert (answer.status, answer.headers["retry-after"]) == (401, "7")


def test_no_redirect_is_followed(world: StandIn, system: str) -> None:
    world.reply(HOST, "*", lambda r: challenging_python(r) or faults.redirect_home())
    with pytest.raises(UnexpectedResponse):
        get()
    assert len(world.requests) == 2


def test_other_hosts_have_no_second_way(world: StandIn, system: str) -> None:
    world.reply("api.tavily.com", "*", challenging_python)
    (answer,) = get("https://api.tavily.com/usage")
    assert answer.status == 403
    assert clients(world) == ["python"]


def test_what_is_no_challenge_is_not_asked_twice(world: StandIn, system: str) -> None:
    world.reply(HOST, "*", faults.server_error())
    assert get()[0].status == 500
    world.reply(HOST, "*", faults.closed())
    with pytest.raises((UnexpectedResponse, Unreachable)):
        get()
    assert clients(world) == ["python"] * 2


# ---- which way first


@curl
def test_nothing_stands_between_an_answer_and_who_keeps_it(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow disk does not hold up an answer, which may bring a session that is nowhere else."""
    world.reply(HOST, "*", challenging_python)
    written: list[Mapping[str, str]] = []

    def slowly(known: Mapping[str, str]) -> None:
        time.sleep(1.0)
        written.append(known)

    async def whole() -> int:
        async with Client(lambda: NOW, edge.Edge(lambda: NOW)) as client:
            await client.get(URL, headers={})
            return len(written)

    monkeypatch.setattr(edge, "_keep", slowly)
    assert asyncio.run(whole()) == 0
    assert written == [{HOST: edge.SYSTEM}], "it is finished all the same"


def test_the_way_that_worked_is_remembered(world: StandIn, system: str) -> None:
    world.reply(HOST, "*", challenging_python)
    world.reply(HOST, "*", lambda r: challenging_python(r) or Reply(body={}))
    get(turns=3)
    get()
    assert clients(world) == ["python", *["system"] * 4]
    ways = Path(paths.cache(os.environ)) / "ways.json"
    assert json.loads(ways.read_text()) == {HOST: "system"}
    assert ways.stat().st_mode & 0o077 == 0


def test_the_other_way_is_tried_when_that_one_is_challenged(world: StandIn, system: str) -> None:
    world.reply(HOST, "*", lambda r: challenging_python(r) or Reply(body={}))
    get()
    world.reply(HOST, "*", lambda r: Reply(body={}) if is_python(r) else faults.challenge())
    get(turns=2)
    get()
    assert clients(world) == ["python", "system", "system", "python", "python", "python"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"chatgpt.com": 7}', b'{"evil": "system"}']
)
def test_a_damaged_memory_is_none(world: StandIn, system: str, content: bytes) -> None:
    folder = Path(paths.cache(os.environ))
    folder.mkdir(parents=True)
    (folder / "ways.json").write_bytes(content)
    world.reply(HOST, "*", Reply(body={}))
    get()
    assert clients(world) == ["python"]


def test_switched_off_there_is_our_own_way_only(world: StandIn, system: str) -> None:
    settings.choose("edge", "off")
    world.reply(HOST, "*", challenging_python)
    account = stored.account("chatgpt-plus")
    refresh.refresh([account.id])
    failure = stored.snapshot(account.id).failure
    assert failure
    assert failure.kind == "blocked"
    sentence = english(failure.message)
    assert "lets only browsers in" in sentence
    assert "method A" not in sentence  # which is for who has no access token
    assert set(clients(world)) == {"python"}


def test_the_switch_is_a_setting(shell: Shell) -> None:
    assert shell.tankful("config", "edge").out == "auto\n"
    assert shell.tankful("config", "edge", "off").out == "edge: auto → off\n"
    assert settings.load().edge == "off"
    assert shell.tankful("config", "edge", "curl").code == 2


# ---- when no way leads through


def test_a_challenge_on_every_way_names_its_remedy(world: StandIn, system: str) -> None:
    world.reply(HOST, "*", faults.challenge())
    with pytest.raises(Blocked) as caught:
        get()
    english, chinese = both(caught.value.message)
    assert "method A" in english
    assert "access token" in english
    assert "login may be fine" in english
    assert "方法 A" in chinese
    assert "访问令牌" in chinese
    assert caught.value.retry_at == NOW + timedelta(minutes=30)
    assert clients(world) == ["python", "system"]


@pytest.mark.parametrize("name", ["chatgpt-plus", "chatgpt-session"])
def test_where_a_token_is_challenged_none_is_asked_for(name: str, world: StandIn) -> None:
    world.reply(HOST, MAIN, faults.challenge())
    account = stored.account(name)
    refresh.refresh([account.id])
    failure = stored.snapshot(account.id).failure
    assert failure is not None
    assert failure.kind == "blocked"
    english, chinese = both(failure.message)
    assert english.endswith("(the login may be fine); try another network or proxy")
    assert chinese.endswith("（登录可能没有问题）；请更换网络或代理")


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ('{"error": "bridge"}\n', 0),
        ('{"error": "network"}\n', 0),
        ("", 0),
        ("execution error", 1),
        ("null\n", 0),
        ("{}\n", 0),
        ('{"status": 200, "headers": {}, "set_cookie": [], "body": "%%%"}\n', 0),
        ('{"status": 7, "headers": {}, "set_cookie": [], "body": ""}\n', 0),
        ('{"status": "x", "headers": [], "set_cookie": 1, "body": ""}\n', 0),
        ("[" * 5000, 0),
        ("x" * 6_000_000, 0),
    ],
)
def test_a_system_way_that_breaks_leaves_the_challenge(
    world: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, code: int
) -> None:
    osascript.install(tmp_path / "bin", monkeypatch, says, code)
    world.reply(HOST, "*", faults.challenge())
    with pytest.raises(Blocked):
        get()
    assert clients(world) == ["python"]


def test_the_head_of_an_answer_that_breaks_off_is_heard(
    world: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {
        "status": 200,
        "headers": {"A": "1"},
        "set_cookie": ["b=2"],
        "body": "",
        "error": "late",
    }
    osascript.install(tmp_path / "bin", monkeypatch, json.dumps(told))
    world.reply(HOST, "*", faults.challenge())
    with heads() as came, pytest.raises(Blocked):
        get()
    assert came[-1] == Answer(200, {"a": "1"}, b"", NOW, ("b=2",))


def test_a_machine_without_such_programs(
    world: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not system_stack.is_there()
    world.reply(HOST, "*", faults.challenge())
    with pytest.raises(Blocked):
        get()
    assert asyncio.run(system_stack.send(system_stack.Request("GET", URL, {}))) is None


@pytest.mark.parametrize("script", ["", "#!/bin/sh\nsleep 9"], ids=["no program", "never ends"])
def test_a_program_that_cannot_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    (tmp_path / "curl").write_text(script or "\0")
    (tmp_path / "curl").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(system_stack, "_GRACE", 0.1)
    request = system_stack.Request("GET", URL, {}, seconds=0.2)
    begun = time.monotonic()
    assert asyncio.run(system_stack.send(request)) is None
    assert time.monotonic() - begun < 5  # nor is what the program has started waited for


@pytest.mark.timing
@curl
@pytest.mark.parametrize("fault", [faults.hang(), faults.closed(), faults.cut_connection()])
def test_a_silence_of_the_system_way_has_an_end(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, fault: Reply
) -> None:
    monkeypatch.setattr(edge, "SECONDS", 0.5)
    world.reply(HOST, "*", lambda r: challenging_python(r) or fault)
    begun = time.monotonic()
    with pytest.raises(Blocked):
        get()
    assert time.monotonic() - begun < 8


@curl
@pytest.mark.parametrize("announced", [True, False])
def test_a_large_answer_is_dropped(world: StandIn, announced: bool) -> None:
    world.reply(HOST, "*", lambda r: challenging_python(r) or faults.huge(announced=announced))
    with pytest.raises(Blocked):
        get()


@curl
def test_early_hints_are_not_the_answer() -> None:
    told = b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/2 200 \r\nset-cookie: a=1\r\nX: y \r\n\r\nbody\r\n\r\n"
    found = system_stack.parse_curl(told, system_stack.Request("GET", URL, {}))
    assert found == system_stack.Response(
        200, {"set-cookie": "a=1", "x": "y"}, ("a=1",), b"body\r\n\r\n"
    )


# ---- what a program gets to see


def test_a_secret_reaches_standard_input_only(
    world: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary-of-the-environment")
    program = osascript.install(tmp_path / "bin", monkeypatch)
    world.reply(HOST, "*", lambda r: challenging_python(r) or Reply(body={}))
    get(headers={"Cookie": CANARY, "Authorization": f"Bearer {CANARY}"})
    ((arguments, environ, told),) = program.calls
    assert arguments == ["-l", "JavaScript", system_stack.SCRIPT]
    assert CANARY in told
    assert CANARY not in json.dumps([arguments, environ])
    assert "canary" not in json.dumps(environ)
    assert set(environ) <= {"PATH", "HOME", "TMPDIR", "LANG", "LC_CTYPE", "__CF_USER_TEXT_ENCODING"}


@curl
def test_curl_gets_it_on_standard_input_only(
    world: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, log = shutil.which("curl"), tmp_path / "seen"
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "curl"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>{log}\nenv >>{log}\nexec {real} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    (Path(os.environ["HOME"]) / ".curlrc").write_text("fail\nheader = X-Rc: 1\n")
    world.reply(HOST, "*", lambda r: challenging_python(r) or Reply(body={}))
    get(headers={"Cookie": CANARY})
    assert CANARY not in log.read_text()
    assert world.requests[-1].header("cookie") == CANARY
    assert world.requests[-1].header("x-rc") is None  # the user's own settings are not ours


@curl
def test_the_way_to_the_network_is_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def config() -> list[str]:
        return system_stack.curl_config(system_stack.Request("GET", URL, {})).decode().split("\n")

    monkeypatch.setattr("workflow.system.network.proxies", lambda: {"all": "socks://p:1"})
    assert 'proxy = "socks5://p:1"' in config()
    assert 'proto = "=https"' in config()
    monkeypatch.setattr("workflow.system.network.proxies", lambda: {"https": "p:1", "no": HOST})
    assert 'noproxy = "*"' in config()
    monkeypatch.setenv("SSL_CERT_FILE", "/a/company.pem")
    assert 'cacert = "/a/company.pem"' in config()


def test_nothing_of_it_shows_a_secret() -> None:
    request = system_stack.Request("GET", URL, {"Cookie": CANARY}, CANARY.encode())
    response = system_stack.Response(200, {"a": CANARY}, (CANARY,), CANARY.encode())
    assert CANARY not in repr((request, response))


# ---- after a challenge


def failure(at: datetime, retry_at: datetime | None, kind: FailureKind = "blocked") -> Failure:
    return Failure(kind, Phrase("x", "x"), at, retry_at)


def test_after_every_challenge_the_wait_doubles() -> None:
    snapshot, at, waits = Snapshot("chatgpt-00000001"), NOW, []
    for _ in range(8):
        snapshot = fetching.failed(snapshot, failure(at, at + timedelta(minutes=30)))
        assert snapshot.failure
        assert snapshot.failure.retry_at
        waits.append((snapshot.failure.retry_at - at).total_seconds() / 60)
        at = snapshot.failure.retry_at
    assert waits == [30, 60, 120, 240, 480, 960, 1440, 1440]


def test_asking_sooner_does_not_double_it() -> None:
    first = fetching.failed(Snapshot("a"), failure(NOW, NOW + timedelta(minutes=30)))
    soon = NOW + timedelta(minutes=10)
    again = fetching.failed(first, failure(soon, soon + timedelta(minutes=30)))
    assert again.failure
    assert again.failure.retry_at == soon + timedelta(minutes=30)


@pytest.mark.parametrize("kind", ["rate_limited", "unreachable"])
def test_other_failures_wait_as_they_are_told(kind: FailureKind) -> None:
    before = fetching.failed(Snapshot("a"), failure(NOW, NOW + timedelta(minutes=30)))
    told = failure(NOW + timedelta(hours=1), NOW + timedelta(hours=2), kind)
    assert fetching.failed(before, told).failure == told
    country = failure(NOW + timedelta(hours=1), None)
    assert fetching.failed(before, country).failure == country


def test_a_success_begins_anew() -> None:
    account = Account("chatgpt-00000001", "chatgpt", "Me")
    fetching.failed(Snapshot(account.id), failure(NOW, NOW + timedelta(minutes=30)))
    after = fetching.succeeded(account, stored.GOOD, NOW)
    told = fetching.failed(after, failure(NOW, NOW + timedelta(minutes=30))).failure
    assert told
    assert told.retry_at == NOW + timedelta(minutes=30)


def test_a_challenged_account_is_left_alone_meanwhile(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    world.reply(HOST, SESSION, faults.challenge())
    refresh.refresh([account.id])
    snapshot = stored.snapshot(account.id)
    assert snapshot.failure
    assert snapshot.failure.retry_at
    wait = snapshot.failure.retry_at - snapshot.failure.at
    assert timedelta(minutes=29) < wait <= timedelta(minutes=30)
    assert status.status(account, snapshot, settings.load()).due_at == snapshot.failure.retry_at
    asked = len(world.requests)
    assert [held for held, _ in refresh.refresh([account.id]).rate_limited] == [account]
    assert len(world.requests) == asked


# ---- cookies of the edge


def test_cookies_of_the_edge_live_for_one_round(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    edges = [("Set-Cookie", "__cf_bm=b1; Path=/; Domain=.chatgpt.com"), ("Set-Cookie", "x=y")]
    paged = [("Set-Cookie", "_cfuvid=u1; Path=/")]

    def told(request: Request) -> Reply | None:
        if request.path == MAIN:
            return Reply(body={"plan_type": "plus"}, headers=edges)
        if request.path == SESSION:
            reply = world.world.answer(request)
            return Reply(reply.status, reply.body, [*reply.pairs, *paged])
        return None

    world.reply(HOST, "*", told)
    for to_resets in ({"__cf_bm": "b1"}, {}):  # first after the main page, then beside it
        world._requests.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(session, "MARGIN", timedelta(days=4000))  # a session every time
            refresh.refresh([account.id])
        sent = {request.path: request.cookies for request in world.requests}
        assert not {"__cf_bm", "_cfuvid", "x"} & set(sent[SESSION])  # the round begins with it
        assert sent["/backend-api/conversation/init"] == {"__cf_bm": "synthetic", "_cfuvid": "u1"}
        assert sent[MAIN] == {}  # we name ourselves there: another client to the edge
        assert sent["/backend-api/wham/rate-limit-reset-credits"] == to_resets


def test_accounts_share_no_cookie_of_the_edge(world: StandIn) -> None:
    told = Reply(body={"plan_type": "plus"}, headers=[("Set-Cookie", "__cf_bm=b1; Path=/")])
    world.reply(HOST, MAIN, told, credential=KEYS["chatgpt-plus"].value)
    plus, pro = stored.account("chatgpt-plus"), stored.account("chatgpt-pro")
    refresh.refresh([plus.id, pro.id])
    for request in world.requests:
        if request.bearer == KEYS["chatgpt-pro"].value:
            assert request.cookies == {}
