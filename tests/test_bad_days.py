"""Every fault of every provider, over real HTTP: the right kind of failure, one clear line, nothing lost."""

from __future__ import annotations

import dataclasses
import functools
import gc
import gzip
import os
import shutil
import socket
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable

import keyring
import pytest

from tests import stored
from tests.conftest import Shell
from tests.said import both, chinese, english
from tests.standin import KEYS, Reply, Request, StandIn, World, faults
from tests.standin.proxy import ConnectProxy, SocksProxy
from tests.stored import GOOD, MAIN, SIX, remember, six
from workflow.alfred import publish
from workflow.credentials import store
from workflow.models import Account, Snapshot, utc_now
from workflow.provider import calls
from workflow.provider import discovery as providers
from workflow.records import replace
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.storage.snapshots import Cache

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
LONG_AGO = datetime(2026, 1, 1, tzinfo=timezone.utc)


def asked(*told: Account, **how: Any) -> dict[str, Snapshot]:
    """Refresh these accounts and tell what is known by provider."""
    refresh.refresh([account.id for account in told], force=True, **how, publish=publish.publish)
    with Cache() as cache:
        return {account.provider: cache.get(account.id) for account in told}


def kinds(known: Mapping[str, Snapshot]) -> dict[str, str]:
    return {name: s.failure.kind if s.failure else "fine" for name, s in known.items()}


def all_six(kind: str, **others: str) -> dict[str, str]:
    return {**dict.fromkeys(SIX, kind), **others}


def check(known: Mapping[str, Snapshot], since: datetime = LONG_AGO) -> None:
    """The line is clear in both languages, and the last good numbers stay with their age."""
    for name, snapshot in known.items():
        failure, about = snapshot.failure, providers.about(name)
        assert failure is not None
        assert since <= failure.at <= utc_now()
        for words, pause in zip(both(failure.message), ("; ", "；")):
            assert about.name in words
            assert pause in words, words
            assert words.isprintable()
            assert len(words) < 300
            assert "{" not in words
        assert english(failure.message) != chinese(failure.message)
        assert snapshot.usage == GOOD


def bad_day(world: StandIn, fault: Any) -> dict[str, Snapshot]:
    """All hosts and all pages answer like this; every account had good numbers before."""
    accounts = six()
    fetched = remember(*accounts.values())
    world.reply("*", "*", fault)
    since = utc_now()
    known = asked(*accounts.values())
    check(known, since)
    assert {snapshot.fetched_at for snapshot in known.values()} == {fetched}
    return known


@functools.cache  # made when it is sent: packing it takes longer than collecting the tests of this file
def bomb() -> Reply:
    """A small body that would unpack to 50 MB."""
    return Reply(body=gzip.compress(b" " * 50_000_000), headers={"Content-Encoding": "gzip"})


DAYS: Mapping[str, Any] = {
    "401": (Reply(401, {"detail": "no"}), all_six("credential_rejected")),
    "401 empty": (Reply(401), all_six("credential_rejected")),
    "402": (faults.payment_required(), all_six("not_available")),
    "403": (faults.forbidden(), all_six("credential_rejected", chatgpt="not_available")),
    "404": (faults.not_found(), all_six("unexpected_response")),
    "418": (Reply(418, {"detail": "teapot"}), all_six("unexpected_response")),
    "429": (faults.too_many_requests(), all_six("rate_limited")),
    "429 nonsense": (faults.too_many_requests("soon"), all_six("rate_limited")),
    "500": (faults.server_error(), all_six("provider_failed")),
    "502 page": (faults.bad_gateway(), all_six("provider_failed")),
    "503 empty": (Reply(503), all_six("provider_failed")),
    "529": (Reply(529, {"detail": "overloaded"}), all_six("provider_failed")),
    "html": (faults.html(), all_six("unexpected_response")),
    "challenge": (faults.challenge(), all_six("blocked")),
    "challenge 401": (faults.challenge(401), all_six("blocked")),
    "challenge 503": (faults.challenge(503), all_six("blocked")),
    "challenge 200": (faults.challenge(200), all_six("blocked")),
    "edge block": (faults.edge_block(), all_six("blocked")),
    "country": (faults.country_block(), all_six("blocked")),
    "empty": (faults.empty(), all_six("unexpected_response")),
    "null": (Reply(body=b"null"), all_six("unexpected_response")),
    "list": (Reply(body=[]), all_six("unexpected_response")),
    "text": (Reply(body=b'"fine"'), all_six("unexpected_response")),
    "no text": (Reply(body=b"\xff\xfe\x00"), all_six("unexpected_response")),
    "cut json": (faults.cut_json(), all_six("unexpected_response")),
    "cut connection": (faults.cut_connection(), all_six("unexpected_response")),
    "closed": (faults.closed(), all_six("unreachable")),
    "deep": (faults.deep(), all_six("unexpected_response")),
    "deep objects": (
        Reply(body=b'{"data":' * 5000 + b"1" + b"}" * 5000),
        all_six("unexpected_response"),
    ),
    "huge": (faults.huge(), all_six("unexpected_response")),
    "huge announced": (faults.huge(announced=True), all_six("unexpected_response")),
    "bomb": (lambda _: bomb(), all_six("unexpected_response")),
    "other coding": (
        Reply(body=b"{}", headers={"Content-Encoding": "br"}),
        all_six("unexpected_response"),
    ),
    "not a number": (faults.not_a_number(), all_six("unexpected_response")),
    "redirect home": (faults.redirect_home(), all_six("unexpected_response")),
}


@pytest.mark.parametrize(("fault", "told"), DAYS.values(), ids=DAYS.keys())
def test_a_bad_day(world: StandIn, fault: Any, told: Mapping[str, str]) -> None:
    assert kinds(bad_day(world, fault)) == told


def numbers(known: Snapshot) -> list[Any]:
    """Return every main number in the cache."""
    usage = known.usage
    assert usage is not None
    counted = [
        n for q in usage.quotas if q.role == "binding" for n in (q.used, q.limit, q.remaining)
    ]
    paid = [*(b.available for b in usage.balances), *(s.amount for s in usage.spends)]
    return [number for number in (*counted, *paid) if number is not None]


def test_booleans_are_no_numbers(world: StandIn) -> None:
    accounts = six()
    remember(*accounts.values())
    world.reply("*", "*", faults.booleans())
    known = asked(*accounts.values())
    assert kinds(known) == all_six("unexpected_response", chatgpt="fine")
    assert numbers(known["chatgpt"]) == []  # its plan has a name all the same
    assert all(known[name].usage == GOOD for name in SIX if name != "chatgpt")


@pytest.mark.parametrize("provider", SIX)
def test_an_edge_is_never_called_a_bad_key(world: StandIn, provider: str) -> None:
    account = stored.account(SIX[provider])
    for fault in (faults.challenge(), faults.edge_block(), faults.country_block()):
        world.reply("*", "*", fault)
        failure = asked(account)[provider].failure
        assert failure is not None
        assert failure.kind == "blocked"
        assert "network" in english(failure.message)
        assert "网络" in chinese(failure.message)
        for word in ("invalid", "does not accept", "expired"):
            assert word not in english(failure.message)


# Keys


@pytest.mark.parametrize("provider", SIX)
def test_a_wrong_key_in_the_provider_s_own_words(world: StandIn, provider: str) -> None:
    account = stored.account(SIX[provider])
    remember(account)
    world.reply("*", "*", faults.wrong_key(provider))
    known = asked(account)
    check(known)
    assert kinds(known) == {provider: "credential_rejected"}


REGIONS = {
    "minimax-plan-intl": "cn",
    "minimax-plan-cn": "intl",
    "minimax-payg-intl": "cn",
    "glm-intl": "cn",
    "glm-cn": "intl",
    "kimi-intl": "cn",
    "kimi-cn": "intl",
}


@pytest.mark.parametrize(("key", "region"), REGIONS.items())
def test_a_key_in_the_wrong_region(world: StandIn, key: str, region: str) -> None:
    account = stored.account(key)
    credential = store.read(account)
    account = store.store(replace(account, region=region), credential)
    failure = asked(account)[account.provider].failure
    assert failure is not None
    assert failure.kind == "credential_rejected"
    assert "region" in english(failure.message)
    assert "站点" in chinese(failure.message)


REFUSED = {
    "glm-no-plan-intl": "not_available",
    "minimax-points-intl": "fine",
    "kimi-code-no-plan": "not_available",
    "openai-project": "wrong_credential",
    "openai-service": "wrong_credential",
    "openai-restricted": "wrong_credential",
    "openai-user": "wrong_credential",
    "openai-relay": "fine",
    "chatgpt-expired": "credential_expired",
    "chatgpt-revoked": "credential_rejected",
    "chatgpt-session-dead": "credential_expired",
    "chatgpt-session-banner": "credential_expired",
    "chatgpt-session-stuck": "credential_expired",
}


@pytest.mark.parametrize(("key", "kind"), REFUSED.items())
def test_what_is_behind_a_key(world: StandIn, key: str, kind: str) -> None:
    account = stored.account(key)
    remember(account)
    known = asked(account)
    assert list(kinds(known).values()) == [kind]
    if kind != "fine":
        check(known)


@pytest.mark.parametrize("fault", [faults.token_expired, faults.token_invalidated])
def test_a_token_that_ended_at_the_server(world: StandIn, fault: Callable[[], Reply]) -> None:
    account = stored.account("chatgpt-plus")
    world.reply("chatgpt.com", "*", fault())
    kind = {"token_expired": "credential_expired"}.get(fault.__name__, "credential_rejected")
    assert kinds(asked(account)) == {"chatgpt": kind}


def test_a_key_with_odd_characters_is_not_sent(world: StandIn) -> None:
    accounts = [stored.account(key, secret="sk-\u043a\u043b\u044e\u0447\n") for key in SIX.values()]
    remember(*accounts)
    known = asked(*accounts)
    check(known)
    assert kinds(known) == all_six("credential_rejected", chatgpt="wrong_credential")
    assert world.requests == []


def test_without_a_stored_credential_nobody_is_asked(world: StandIn) -> None:
    accounts = six()
    remember(*accounts.values())
    Path(os.environ["TANKFUL_TEST_KEYRING"]).write_text("{}", encoding="utf-8")
    known = asked(*accounts.values())
    check(known)
    assert kinds(known) == all_six("no_credential")
    assert world.requests == []


def test_a_locked_store(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = six()
    remember(*accounts.values())
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings.LockedKeyring")
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    known = asked(*accounts.values())
    check(known)
    assert kinds(known) == all_six("store_locked")
    assert world.requests == []


# Retry-After


@pytest.mark.parametrize("provider", SIX)
def test_retry_after_is_remembered(world: StandIn, provider: str) -> None:
    account = stored.account(SIX[provider])
    when = utc_now().replace(microsecond=0) + timedelta(minutes=30)
    for after in (1800, when):
        world.reply("*", "*", faults.too_many_requests(after))
        failure = asked(account)[provider].failure
        assert failure is not None
        assert failure.kind == "rate_limited"
        assert failure.retry_at is not None
        assert abs(failure.retry_at - when) < timedelta(seconds=30)


# Redirects and connections


def test_no_credential_follows_a_redirect_to_another_host(world: StandIn) -> None:
    with StandIn() as elsewhere:
        known = bad_day(world, faults.redirect(f"{elsewhere.url}/collect", 307))
        assert (elsewhere.connections, elsewhere.requests) == (0, [])
    assert kinds(known) == all_six("unexpected_response")
    assert all("redirected" in str(s.failure) for s in known.values())


@needs_openssl
def test_a_bad_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    with StandIn(tls=True) as stranger:
        monkeypatch.setenv("TANKFUL_LOOPBACK", stranger.url)
        assert kinds(bad_day(stranger, Reply(200, {}))) == all_six("unreachable")
        assert stranger.requests == []
    gc.collect()


def unresolvable(*_: Any, **__: Any) -> list[Any]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def without_network(accounts: Mapping[str, Account]) -> dict[str, Snapshot]:
    remember(*accounts.values())
    known = asked(*accounts.values())
    check(known)
    return known


def test_names_are_not_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", unresolvable)
    assert kinds(without_network(six())) == all_six("unreachable")


@pytest.mark.parametrize("kind", [ConnectProxy, SocksProxy])
def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    with kind() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        known = without_network(six())
        assert {ask.host for ask in proxy.asked} >= {host for host, _ in MAIN.values()}
    gc.collect()
    assert kinds(known) == all_six("unreachable")
    assert all("HTTPS_PROXY" in str(s.failure) for s in known.values())


@pytest.mark.parametrize("setting", ["nonsense://canary@x", "http://[::1", "socks5://x:port"])
def test_a_malformed_proxy(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", unresolvable)
    monkeypatch.setenv("ALL_PROXY", setting)
    known = without_network(six())
    assert kinds(known) == all_six("unreachable")
    assert all("proxy" in str(s.failure) and setting not in str(s) for s in known.values())


# Time


@pytest.mark.timing
@pytest.mark.parametrize("fault", [faults.hang(), faults.drip(0.02)], ids=["hang", "drip"])
def test_a_server_that_never_ends(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, fault: Reply
) -> None:
    monkeypatch.setattr(fetching, "ACCOUNT_SECONDS", 0.4)
    begun = time.monotonic()
    known = bad_day(world, fault)
    assert time.monotonic() - begun < 8
    assert kinds(known) == all_six("unreachable")
    assert all("10 seconds" in english(s.failure.message) for s in known.values() if s.failure)


@pytest.mark.parametrize("stuck", SIX)
def test_a_stuck_provider_never_delays_the_others(world: StandIn, stuck: str) -> None:
    accounts = six()
    heard: list[str] = []
    all_others_heard = threading.Event()

    def told(account: Account, _: Snapshot) -> None:
        heard.append(account.provider)
        if len(heard) == len(SIX) - 1:
            all_others_heard.set()

    def slow(request: Request) -> Reply | None:
        assert all_others_heard.wait(9)
        return None

    world.reply(*MAIN[stuck], slow)
    assert kinds(asked(*accounts.values(), on_answer=told)) == all_six("fine")
    assert heard[-1] == stuck


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the time that optional calls get."""
    monkeypatch.setattr(calls, "OPTIONAL_SECONDS", 0.2)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "fault",
    [
        faults.hang(),
        faults.server_error(),
        faults.challenge(),
        faults.html(),
        faults.deep(),
        faults.too_many_requests(60),
        faults.not_a_number(),
    ],
    ids=["hang", "500", "challenge", "html", "deep", "429", "NaN"],
)
@pytest.mark.parametrize("provider", [p for p in SIX if p not in ("tavily", "minimax")])
def test_an_optional_call_never_hides_the_main_numbers(
    world: StandIn, provider: str, fault: Any
) -> None:
    account = stored.account(SIX[provider])
    world.reply("*", "*", fault)
    world.reply(*MAIN[provider], lambda request: World().answer(request))
    known = asked(account)[provider]
    assert known.failure is None
    assert numbers(known)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("down", ["/account/query_balance", "/v1/token_plan/remains"])
def test_of_balance_and_plan_either_is_enough(world: StandIn, down: str) -> None:
    account = stored.account("minimax-payg-plan-intl")
    for fault in (faults.hang(), faults.server_error(), faults.challenge()):
        world.reply("*", down, fault)
        assert kinds(asked(account)) == {"minimax": "fine"}


# Secrets


def echoing(request: Request) -> Reply:
    """A provider that repeats the credential wherever it can."""
    told = request.credential or ""
    error = {"code": told, "message": f"bad key {told}", "type": told, "param": told}
    return Reply(400, {"error": error, "detail": told, "msg": told}, {"X-Echo": told})


SAYING: Mapping[str, Any] = {
    "echo": echoing,
    "echo 401": lambda request: dataclasses.replace(echoing(request), status=401),
    "echo 500": lambda request: dataclasses.replace(echoing(request), status=500),
    "echo page": lambda request: Reply(200, f"<html>{request.credential}</html>"),
    "echo text": lambda request: Reply(200, (request.credential or "").encode()),
    "closed": faults.closed(),
    "wrong": Reply(401, {"detail": "no"}),
}


def written(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize("fault", SAYING.values(), ids=SAYING.keys())
def test_no_secret_is_written_or_printed(
    world: StandIn, shell: Shell, home: Path, fault: Any
) -> None:
    accounts = six()
    world.reply("*", "*", fault)
    ran = [shell.tankful("refresh", "--force"), shell.tankful("list", "--json")]
    assert ran[0].code == 1
    said = "".join(each.out + each.err for each in ran).encode() + written(home)
    for account in accounts.values():
        assert account.id.encode() in said
        secret = KEYS[SIX[account.provider]].value
        assert secret.encode() not in said
        assert secret[-24:].encode() not in said


def test_the_password_of_a_proxy_is_never_printed(shell: Shell, home: Path) -> None:
    six()
    with ConnectProxy() as proxy:
        shell.env["HTTPS_PROXY"] = proxy.url.replace("//", "//name:canary-of-proxy@")
        ran = [shell.tankful("refresh"), shell.tankful("list", "--json")]
        assert proxy.asked[0].user == "name:canary-of-proxy"
    assert ran[0].code == 1
    said = "".join(each.out + each.err for each in ran)
    assert said.count("HTTPS_PROXY") >= 12
    assert "canary" not in said
    assert b"canary" not in written(home)


def test_another_machine_is_refused_as_loopback(shell: Shell) -> None:
    six()
    shell.env["TANKFUL_LOOPBACK"] = "http://192.0.2.1:80"
    ran = shell.tankful("refresh")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "TANKFUL_LOOPBACK takes only an address of this machine" in ran.err


# In real time


@pytest.mark.timing
def test_nothing_hangs_past_ten_seconds(world: StandIn, shell: Shell) -> None:
    accounts = six()
    remember(*accounts.values())
    for provider, fault in (("tavily", faults.hang()), ("glm", faults.drip(1.0))):
        world.reply(MAIN[provider][0], "*", fault)
    begun = time.monotonic()
    ran = shell.tankful("refresh", seconds=30)
    assert 10 <= time.monotonic() - begun < 20
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert [line[0] for line in lines] == ["✓"] * 4 + ["✗"] * 2
    assert all("10 seconds" in line for line in lines[4:])
    assert all("72% left" in line for line in lines[4:])
