"""Sessions are exchanged and re-exchanged over real HTTP, and never lost."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.terminal import output
from tests import kills, stored
from tests.conftest import ROOT, Shell
from tests.said import both, english
from tests.standin import KEYS, Reply, Request, StandIn, faults, pass_on
from tests.standin.people import PEOPLE
from workflow import settings as preferences
from workflow.actions import add as adding
from workflow.actions.check import CheckFailed
from workflow.chatgpt import cookies, lock, session
from workflow.credentials import keychain, store
from workflow.errors import (
    Blocked,
    CredentialExpired,
    NoCredential,
    ProviderFailed,
    RateLimited,
    StoreLocked,
    UnexpectedResponse,
    UsageError,
)
from workflow.http.client import Client
from workflow.models import Account, Credential, CredentialKind, Usage
from workflow.provider import discovery as providers
from workflow.provider.answer import Answer
from workflow.recognition import recognise
from workflow.records import replace
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.storage import accounts, files

HOST, SESSION, MAIN = "chatgpt.com", "/api/auth/session", "/backend-api/wham/usage"
PLAIN, OTHER = cookies.session_cookie_names()
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
OLD = f"{PLAIN}=eyJhbGciOiJkaXIifQ..aXY.b2xk.dGFn"
ALIVE = ("session", "session-chunked", "session-growing", "session-shrinking", "session-team")


def token(life: int, **claims: Any) -> str:
    """An access token of the stand-in with so many seconds left."""
    return PEOPLE["plus"].access_token(int(time.time()), life, **claims)


def asked(world: StandIn, path: str = SESSION) -> list[Request]:
    return [request for request in world.requests if request.path == path]


def current(account: Account) -> Account:
    found = accounts.load().get(account.id)
    assert found is not None
    return found


def held(account: Account) -> Credential:
    return store.read(current(account))


def session_of(cookie: str) -> dict[str, str]:
    """The session's own cookies."""
    jar = Request("GET", "", "", headers={"cookie": cookie}).cookies
    return {name: value for name, value in jar.items() if ".session-token" in name}


def in_store() -> dict[str, str]:
    path = Path(os.environ["TANKFUL_TEST_KEYRING"])
    return dict(json.loads(path.read_text(encoding="utf-8")))


def give(account: Account, credential: Credential) -> Account:
    """Let an account hold this credential."""
    return store.store(account, credential)


def leave(account: Account, generation: int, key: str) -> None:
    """Leave a session noted in the store, as a crash does."""
    stored_as = store.name(account.id, generation)
    accounts.change(lambda book: book.with_pending(stored_as))
    packed = json.dumps({"kind": "session", "secret": "", "cookie": KEYS[key].value})
    keyring.set_password(keychain.SERVICE, stored_as, packed)


def usage(account: Account) -> Usage:
    async def whole() -> Usage:
        async with Client() as client:
            return await fetching.usage(client, current(account), held(account))

    return asyncio.run(whole())


class Watch:
    """Passes requests on, and counts how many are in progress at once."""

    def __init__(self, pause: float) -> None:
        self.most = self._busy = 0
        self._pause, self._lock = pause, threading.Lock()

    def __call__(self, request: Request) -> Reply | None:
        with self._lock:
            self._busy += 1
            self.most = max(self.most, self._busy)
        time.sleep(self._pause)
        with self._lock:
            self._busy -= 1
        return None


# ---- rotation


@pytest.mark.parametrize("name", [f"chatgpt-{name}" for name in ALIVE])
def test_the_rotated_cookie_replaces_the_stored_one_in_every_form(
    world: StandIn, name: str
) -> None:
    account = stored.account(name)
    for turn in range(4):
        renewed = session.renew(current(account))
        assert session_of(held(account).cookie) == session_of(world.world.chatgpt.cookies(name))
        assert renewed == held(account)
        assert renewed.secret.startswith("eyJ")
        assert len(in_store()) == 1
        assert accounts.load().pending_secrets == ()
        assert len(asked(world)) == turn + 1


def test_the_forms_change_in_both_directions(world: StandIn) -> None:
    """The test above relies on this: one cookie becomes chunks, and chunks become one cookie."""
    forms = {}
    for name in ("chatgpt-session-growing", "chatgpt-session-shrinking"):
        account = stored.account(name)
        forms[name] = [len(session_of(session.renew(current(account)).cookie)) for _ in range(3)]
    assert list(forms.values()) == [[2, 3, 1], [2, 1, 3]]


def test_what_the_answer_tells_is_kept(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    renewed = session.renew(account)
    assert renewed.kind == "session"
    assert renewed.expires_at
    assert renewed.session_expires_at
    assert renewed.session_expires_at > renewed.expires_at > datetime.now(timezone.utc)
    assert current(account).expires_at == renewed.session_expires_at
    assert current(account).kind == "session"


def test_the_request_is_a_browsers(world: StandIn) -> None:
    session.renew(stored.account("chatgpt-session"))
    (request,) = asked(world)
    assert (request.method, request.host, request.query) == ("GET", HOST, "")
    assert request.header("referer") == "https://chatgpt.com/"
    assert "Mozilla/5.0" in str(request.header("user-agent"))
    assert request.header("authorization") is None


# ---- what an answer may set


def line(value: str, name: str = PLAIN, more: str = "; Path=/; Secure; HttpOnly") -> str:
    return f"{name}={value}{more}"


NEW = "eyJhbGciOiJkaXIifQ..aXY.bmV3.dGFn"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], OLD, id="nothing"),
        pytest.param([line(NEW)], f"{PLAIN}={NEW}", id="plain"),
        pytest.param([line(f'"{NEW}"')], f"{PLAIN}={NEW}", id="in quotes"),
        pytest.param([line("", more="; Max-Age=0"), line(NEW)], f"{PLAIN}={NEW}", id="gone, set"),
        pytest.param([line(NEW), line("", more="; Max-Age=0")], OLD, id="set, gone"),
        pytest.param([line("", more="; Max-Age=0")], OLD, id="only deleted"),
        pytest.param([line(NEW, more="; Max-Age=-1")], OLD, id="negative age"),
        pytest.param([line(NEW, more="; max-age=60; expires=Thu, 01 Jan 1970 00:00:00 GMT")], f"{PLAIN}={NEW}", id="age wins"),
        pytest.param([line(NEW, more="; Expires=Thu, 01 Jan 1970 00:00:00 GMT")], OLD, id="past"),
        pytest.param([line(NEW, more="; Expires=Thu, 01 Jan 1970 00:00:00 -0000")], OLD, id="past, no zone"),
        pytest.param([line(NEW, more="; Expires=2026-11-22T14:59:59Z")], OLD, id="past, ISO"),
        pytest.param([line(NEW, more="; Expires=tomorrow; Max-Age=²")], f"{PLAIN}={NEW}", id="odd attributes"),
        pytest.param([line(NEW, more=f"; Max-Age={'9' * 5000}")], f"{PLAIN}={NEW}", id="huge age"),
        pytest.param([line(NEW, OTHER)], f"{OTHER}={NEW}", id="other name"),
        pytest.param([line("eyJhbGciOiJkaXIifQ..aXY.bm", f"{PLAIN}.0"), line("V3.dGFn", f"{PLAIN}.1")], f"{PLAIN}.0=eyJhbGciOiJkaXIifQ..aXY.bm; {PLAIN}.1=V3.dGFn", id="chunks"),
        pytest.param([line("V3.dGFn", f"{PLAIN}.1"), line("eyJhbGciOiJkaXIifQ..aXY.bm", f"{PLAIN}.0")], f"{PLAIN}.0=eyJhbGciOiJkaXIifQ..aXY.bm; {PLAIN}.1=V3.dGFn", id="chunks, reversed"),
        pytest.param([line("eyJhbGciOiJkaXIifQ..aXY", f"{PLAIN}.0")], OLD, id="first chunk only"),
        pytest.param([line("V3.dGFn", f"{PLAIN}.1")], OLD, id="second chunk only"),
        pytest.param([line("x" * 20000)], OLD, id="huge"),
        pytest.param([line("short")], OLD, id="too short"),
        pytest.param([line("naïve-session-value")], OLD, id="foreign letters"),
        pytest.param([line("with space in it")], OLD, id="spaces"),
        pytest.param([line("new\r\nEvil: 1")], OLD, id="line break"),
        pytest.param(["", ";", "=", "=x", "evil=1", line(NEW, "x" + PLAIN), line(NEW, f"{PLAIN}.x")], OLD, id="junk"),
        pytest.param([line("a1", "__cf_bm")], OLD, id="edge cookie"),
        pytest.param([line("device-1", "oai-did")], f"{OLD}; oai-did=device-1", id="device"),
        pytest.param([line(NEW, more="; Domain=chatgpt.com; Path=/api")], f"{PLAIN}={NEW}", id="our domain"),
        pytest.param([line(NEW, more="; Domain=.ChatGPT.com; Path=/api/auth/")], f"{PLAIN}={NEW}", id="our domain, dot"),
        pytest.param([line(NEW, more="; Path=/api/auth/session")], f"{PLAIN}={NEW}", id="the endpoint itself"),
        pytest.param([line(NEW, more="; Path=elsewhere; Domain=")], f"{PLAIN}={NEW}", id="no path, no domain"),
        pytest.param([line(NEW, more="; Domain=evil.example")], OLD, id="another domain"),
        pytest.param([line(NEW, more="; Domain=com")], OLD, id="everybody's domain"),
        pytest.param([line(NEW, more="; Domain=notchatgpt.com")], OLD, id="a domain like ours"),
        pytest.param([line(NEW, more="; Domain=auth.chatgpt.com")], OLD, id="a domain below ours"),
        pytest.param([line(NEW, more="; Path=/elsewhere")], OLD, id="another path"),
        pytest.param([line(NEW, more="; Path=/api/au")], OLD, id="half a path"),
        pytest.param([line(NEW, more="; Path=/api/auth/session/more")], OLD, id="a path below"),
        pytest.param([line("", more="; Max-Age=0; Domain=evil.example"), line(NEW)], f"{PLAIN}={NEW}", id="deleted elsewhere"),
        pytest.param([line("y" * 20000, "cf_clearance")], OLD, id="huge edge cookie"),
    ],
)  # fmt: skip
def test_set_cookie(lines: list[str], expected: str) -> None:
    assert cookies.rotated(OLD, lines, NOW) == expected


def test_an_edge_cookie_that_is_deleted_goes() -> None:
    before = f"{OLD}; cf_clearance=c1; _account=workspace-1"
    after = cookies.rotated(before, ["cf_clearance=; Max-Age=0"], NOW)
    assert after == f"{OLD}; _account=workspace-1"


def test_what_the_edge_gave_a_browser_is_not_kept() -> None:
    before = f"{OLD}; cf_clearance=c1; __cf_bm=b1; oai-did=device-1"
    assert cookies.rotated(before, ["__cf_bm=b2; Path=/"], NOW) == f"{OLD}; oai-did=device-1"


@given(
    st.lists(
        st.one_of(
            st.text(max_size=60),
            st.builds(
                "{}={}; {}={}".format,
                st.sampled_from([PLAIN, f"{PLAIN}.0", f"{PLAIN}.1", OTHER, "_account", "a"]),
                st.text(max_size=60),
                st.sampled_from(["Max-Age", "Expires", "Path"]),
                st.text(max_size=40),
            ),
        ),
        max_size=8,
    )
)
def test_whatever_is_set_a_usable_session_stays(lines: list[str]) -> None:
    after = cookies.rotated(OLD, lines, NOW)
    assert cookies.session(cookies.pairs(after)) is not None
    assert after.isascii()
    assert after.isprintable()
    assert len(after) <= cookies.MAX_COOKIE_HEADER
    assert set(session_of(after)) <= {PLAIN, f"{PLAIN}.0", f"{PLAIN}.1", OTHER}


def test_junk_over_http_does_no_harm(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    junk = [("Set-Cookie", told) for told in ("evil=1", f"{PLAIN}=ü", ";;", line("z" * 18000))]
    body = {"accessToken": token(3600), "expires": "soon"}
    world.reply(HOST, SESSION, Reply(body=body, headers=junk))
    assert session.renew(account).session_expires_at is None
    assert session_of(held(account).cookie) == session_of(KEYS["chatgpt-session"].value)


# ---- answers without a token

HUGE = Reply(body={"accessToken": "e" * 20000})
ENDED: list[Any] = [
    pytest.param(Reply(body={}), CredentialExpired, id="empty object"),
    pytest.param(Reply(body={"WARNING_BANNER": "!!!"}), CredentialExpired, id="banner only"),
    pytest.param(
        Reply(body={"error": "RefreshAccessTokenError", "accessToken": token(-60)}),
        CredentialExpired,
        id="relogin",
    ),
    pytest.param(
        Reply(body={"error": "RefreshAccessTokenError", "accessToken": token(3600)}),
        CredentialExpired,
        id="relogin, token still good",
    ),
    pytest.param(Reply(body={"accessToken": token(-60)}), CredentialExpired, id="old token"),
    pytest.param(Reply(body={"accessToken": ""}), CredentialExpired, id="empty token"),
    pytest.param(Reply(body={"accessToken": 7}), CredentialExpired, id="number for a token"),
]
FAILED: list[Any] = [
    pytest.param(Reply(body={"accessToken": "a b"}), UnexpectedResponse, id="space in the token"),
    pytest.param(Reply(body={"accessToken": "a\r\nb: c"}), UnexpectedResponse, id="line break"),
    pytest.param(Reply(body={"accessToken": "té"}), UnexpectedResponse, id="not ASCII"),
    pytest.param(HUGE, UnexpectedResponse, id="huge token"),
    pytest.param(Reply(body=[]), UnexpectedResponse, id="list"),
    pytest.param(Reply(body="null"), UnexpectedResponse, id="null"),
    pytest.param(faults.empty(), UnexpectedResponse, id="empty"),
    pytest.param(faults.cut_json(), UnexpectedResponse, id="cut JSON"),
    pytest.param(faults.cut_connection(), UnexpectedResponse, id="cut connection"),
    pytest.param(faults.redirect_home(), UnexpectedResponse, id="redirect"),
    pytest.param(faults.challenge(), Blocked, id="challenge"),
    pytest.param(faults.challenge(200), Blocked, id="challenge, 200"),
    pytest.param(faults.edge_block(), Blocked, id="edge block"),
    pytest.param(faults.country_block(), Blocked, id="country"),
    pytest.param(faults.too_many_requests(60), RateLimited, id="429"),
    pytest.param(faults.server_error(), ProviderFailed, id="500"),
    pytest.param(faults.bad_gateway(), ProviderFailed, id="502"),
    pytest.param(faults.closed(), UsageError, id="closed"),
]


@pytest.mark.parametrize(("answer", "error"), ENDED + FAILED)
def test_an_answer_without_a_token_never_destroys_the_session(
    world: StandIn, answer: Reply, error: type[UsageError]
) -> None:
    account = stored.account("chatgpt-session-chunked")
    deleted = [("Set-Cookie", f"{PLAIN}.{n}=; Max-Age=0") for n in range(2)]
    world.reply(HOST, SESSION, dataclasses.replace(answer, headers=[*answer.pairs, *deleted]))
    book, kept = accounts.load(), in_store()
    with pytest.raises(error):
        session.renew(account)
    assert (accounts.load(), in_store()) == (book, kept)
    world.reset()
    assert usage(account).plan == "Pro"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@given(
    st.fixed_dictionaries(
        {}, optional={"accessToken": JSON, "expires": JSON, "error": JSON, "account": JSON}
    )
    | JSON,
    st.lists(st.text(max_size=40), max_size=3),
)
def test_no_answer_is_a_crash(document: object, lines: list[str]) -> None:
    body = json.dumps(document, ensure_ascii=True).encode()
    told = session.parse(Answer(200, {}, body, NOW, tuple(lines)), Credential("session", "", OLD))
    assert told.credential.cookie == OLD
    secret = told.credential.secret
    assert (told.error is None) == bool(secret)
    assert secret.isascii()


@pytest.mark.parametrize("name", ["dead", "banner", "stuck"])
def test_a_session_that_has_ended_is_told_with_its_remedy(world: StandIn, name: str) -> None:
    account = stored.account(f"chatgpt-session-{name}")
    stored.remember(account)
    kept = in_store()
    assert refresh.refresh([account.id]).failed == [account]
    snapshot = stored.snapshot(account.id)
    assert snapshot.failure
    assert snapshot.failure.kind == "credential_expired"
    for words in both(snapshot.failure.message):
        assert "https://chatgpt.com/" in words
        assert "cookie" in words.lower()
        assert "ChatGPT" in words
    assert "kept" in english(snapshot.failure.message)
    assert snapshot.usage == stored.GOOD
    assert in_store() == kept


def test_an_edge_block_is_no_end_of_the_session(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    world.reply(HOST, SESSION, faults.challenge())
    refresh.refresh([account.id])
    failure = stored.snapshot(account.id).failure
    assert failure
    assert failure.kind == "blocked"
    assert "may be fine" in english(failure.message)


# ---- when a token is exchanged


@pytest.mark.parametrize(
    ("life", "exchanges"),
    [(-60, 1), (60, 1), (290, 1), (330, 0), (86400, 0)],
)
def test_a_token_is_exchanged_before_it_ends(world: StandIn, life: int, exchanges: int) -> None:
    account = stored.account("chatgpt-session")
    secret = token(life)
    ends = datetime.now(timezone.utc) + timedelta(seconds=life)
    give(account, Credential("session", secret, KEYS["chatgpt-session"].value, ends))
    assert usage(account).plan == "Plus"
    assert len(asked(world)) == exchanges
    (request,) = asked(world, MAIN)
    assert (request.bearer == secret) == (exchanges == 0)


@pytest.mark.parametrize("answer", [faults.challenge(), faults.server_error(), faults.closed()])
def test_a_token_serves_in_its_last_minutes_when_no_new_one_comes(
    world: StandIn, answer: Reply
) -> None:
    account = stored.account("chatgpt-session")
    ends = datetime.now(timezone.utc) + timedelta(seconds=200)
    give(account, Credential("session", token(200), KEYS["chatgpt-session"].value, ends))
    world.reply(HOST, SESSION, answer)
    assert usage(account).plan == "Plus"
    assert len(asked(world)) == 1


def test_a_refused_token_is_exchanged_once_and_asked_again_once(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    first = session.renew(account).secret
    world.world.chatgpt.revoked.add(first)
    world.delay = 0.1
    assert usage(account).plan == "Plus"
    assert (len(asked(world)), len(asked(world, MAIN))) == (2, 2)
    assert held(account).secret != first


@pytest.mark.parametrize("fault", [faults.token_expired(), faults.token_invalidated()])
def test_a_token_that_is_refused_again_is_told(world: StandIn, fault: Reply) -> None:
    account = stored.account("chatgpt-session")
    session.renew(account)
    world.reply(HOST, MAIN, dataclasses.replace(fault, delay=0.1))
    outcome = refresh.refresh([account.id])
    assert [each.id for each in outcome.failed] == [account.id]
    assert (len(asked(world)), len(asked(world, MAIN))) == (2, 2)


def test_a_good_token_is_not_exchanged_again(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    for _ in range(3):
        usage(account)
    assert len(asked(world)) == 1


def test_the_store_is_read_once_for_an_account(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    session.renew(account)
    log = Path(f"{os.environ['TANKFUL_TEST_KEYRING']}.log")
    log.unlink()
    refresh.refresh([account.id])
    assert log.read_text().splitlines() == [f"get {account.id}:2"]


# ---- names of a bare token


def only_under(name: str) -> Callable[[Request], Reply | None]:
    """Let the session endpoint accept only this cookie name."""
    return lambda request: None if name in request.cookies else Reply(body={})


def test_a_bare_token_is_tried_under_both_names(world: StandIn) -> None:
    value = KEYS["chatgpt-session"].value.partition("=")[2]
    finding = recognise.read(value, "chatgpt")
    world.reply(HOST, SESSION, only_under(OTHER))
    done = adding.add(adding.NewAccount(finding))
    assert [list(request.cookies) for request in asked(world)] == [[PLAIN], [OTHER]]
    assert done.snapshot.usage
    assert done.snapshot.usage.plan == "Plus"


def test_the_first_name_is_enough_where_it_works(world: StandIn) -> None:
    session.renew(stored.account("chatgpt-session"))
    assert len(asked(world)) == 1


@pytest.mark.parametrize(
    ("cookie", "secret"),
    [
        pytest.param(f"{OLD}; oai-did=d", "", id="more cookies"),
        pytest.param(f"{PLAIN}.0=eyJ..a.b; {PLAIN}.1=cccccccc", "", id="chunks"),
        pytest.param(OLD.replace(PLAIN, OTHER), "", id="other name"),
        pytest.param(OLD, "exchanged-before", id="worked before"),
    ],
)
def test_a_name_that_is_certain_is_tried_alone(world: StandIn, cookie: str, secret: str) -> None:
    account = give(stored.account("chatgpt-session"), Credential("session", secret, cookie))
    with pytest.raises(CredentialExpired):
        session.renew(account)
    assert len(asked(world)) == 1


# ---- leftovers of a crash


def test_a_leftover_is_tried_before_it_goes(world: StandIn) -> None:
    account = stored.account("chatgpt-session-dead")
    leave(account, 2, "chatgpt-session-growing")
    assert usage(account).plan == "Plus"
    book = accounts.load()
    assert book.pending_secrets == ()
    assert list(in_store()) == [f"{keychain.SERVICE}/{account.id}:3"]
    name = "chatgpt-session-growing"
    assert session_of(held(account).cookie) == session_of(world.world.chatgpt.cookies(name))


def test_the_latest_leftover_is_tried_first(world: StandIn) -> None:
    account = stored.account("chatgpt-session-dead")
    leave(account, 3, "chatgpt-session-banner")
    leave(account, 10, "chatgpt-session")
    session.renew(account)
    tried = [str(request.session) for request in asked(world)]
    assert list(dict.fromkeys(tried)) == [
        KEYS[f"chatgpt-session{which}"].credential for which in ("-dead", "")
    ]


def test_leftovers_that_are_dead_too_are_kept(world: StandIn) -> None:
    account = stored.account("chatgpt-session-dead")
    leave(account, 2, "chatgpt-session-banner")
    kept = in_store()
    with pytest.raises(CredentialExpired):
        session.renew(account)
    assert in_store() == kept
    assert len(accounts.load().pending_secrets) == 1
    assert len(asked(world)) == 2 + 1  # the dead one may have been a bare token


def test_a_leftover_that_cannot_be_tried_now_is_kept(world: StandIn) -> None:
    account = stored.account("chatgpt-session-chunked")
    leave(account, 2, "chatgpt-session-growing")
    world.reply(HOST, SESSION, [Reply(body={}), faults.challenge()])
    kept = in_store()
    with pytest.raises(Blocked):
        session.renew(account)
    assert in_store() == kept


def test_a_name_without_a_secret_is_no_obstacle(world: StandIn) -> None:
    account = stored.account("chatgpt-session-banner")
    accounts.change(lambda book: book.with_pending(f"{account.id}:9", "chatgpt-ffffffff:2"))
    leave(account, 2, "chatgpt-session")
    assert session.renew(account).secret


# ---- others at the same time


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 10])
def test_processes_never_exchange_a_session_at_once(
    world: StandIn, shell: Shell, count: int
) -> None:
    account = stored.account("chatgpt-session-growing")
    watch = Watch(0.05)
    world.reply(HOST, SESSION, watch)
    verbs = (("exchange", account.id), ("refresh", account.id))
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "scripts.tankful", *verbs[number % 5 == 4]],
            env=shell.environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(count)
    ]
    ended = [(process.communicate(timeout=90), process.returncode) for process in running]
    assert [code for _, code in ended] == [0] * count, ended
    assert watch.most == 1
    assert len(asked(world)) >= count - count // 5
    now = world.world.chatgpt.cookies("chatgpt-session-growing")
    assert session_of(held(account).cookie) == session_of(now)
    assert len(in_store()) == 1
    assert accounts.load().pending_secrets == ()


def test_a_new_session_of_another_process_is_used_as_it_is(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    before = store.read(account)
    newer = session.renew(account)

    async def late() -> Credential:
        async with Client() as client:
            return await session.fresh(client, account, before)

    assert asyncio.run(late()) == newer
    assert len(asked(world)) == 1


def test_whoever_waits_too_long_for_another_is_told_for_whom(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = stored.account("chatgpt-session")
    monkeypatch.setattr(files, "WAIT", 0.3)
    monkeypatch.setattr(session, "DEADLINE_SECONDS", 0.1)  # it is not the provider who is slow
    with lock.turn(account.id), pytest.raises(StoreLocked) as told:
        session.renew(account)
    english, chinese = both(told.value.message)
    assert english.startswith(f"process {os.getpid()} has been exchanging this session for ")
    assert chinese.startswith(f"进程 {os.getpid()} 已占用此会话 ")
    assert asked(world) == []


@pytest.mark.timing
def test_a_suspended_exchange_is_named_and_not_waited_for(world: StandIn, shell: Shell) -> None:
    account = stored.account("chatgpt-session")
    world.reply(HOST, SESSION, Reply(200, delay=20.0))
    command = [sys.executable, "-m", "scripts.tankful", "exchange", account.id]
    with subprocess.Popen(
        command, env=shell.environment(), cwd=ROOT, stdout=subprocess.DEVNULL
    ) as other:
        try:
            while not asked(world):
                time.sleep(0.01)
            os.kill(other.pid, signal.SIGSTOP)
            begun = time.monotonic()
            for verb in ("exchange", "refresh", "replace"):
                ran = shell.tankful(verb, account.id, stdin=KEYS["chatgpt-session"].value)
                assert ran.code == 1, ran
                assert f"process {other.pid} has been " in ran.out + ran.err, ran
                assert f"is suspended; resume it (fg) or stop it (kill -9 {other.pid})" in (
                    ran.out + ran.err
                )
            assert time.monotonic() - begun < 20
            failure = stored.snapshot(account.id).failure
            assert failure
            assert failure.kind == "store_locked"
            assert len(asked(world)) == 1
        finally:
            other.kill()
    world.reset()
    session.renew(account)


def test_whoever_waits_for_another_opens_nothing_more(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = stored.account("chatgpt-session")
    monkeypatch.setattr(lock, "_POLL", 0.005)
    waiting = threading.Thread(target=session.renew, args=(account,))
    with lock.turn(account.id):
        waiting.start()
        counts = []
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            time.sleep(0.01)
            counts.append(len(os.listdir("/dev/fd")))
    waiting.join()
    assert len(asked(world)) == 1
    assert max(counts) < counts[0] + 10


def test_an_account_that_is_removed_meanwhile_does_not_come_back(world: StandIn) -> None:
    account = stored.account("chatgpt-session")

    def removed(request: Request) -> None:
        store.remove(account)

    world.reply(HOST, SESSION, removed)
    with pytest.raises(NoCredential):
        session.renew(account)
    assert accounts.load().accounts == ()
    assert in_store() == {}


def test_a_replacement_waits_for_a_running_exchange(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    begun, go_on = threading.Event(), threading.Event()

    def slowly(request: Request) -> None:
        if request.session == KEYS["chatgpt-session"].credential:
            begun.set()
            assert go_on.wait(10)

    world.reply(HOST, SESSION, slowly)
    exchanging = threading.Thread(target=session.renew, args=(account,))
    exchanging.start()
    assert begun.wait(10)
    finding = recognise.read(KEYS["chatgpt-session-chunked"].value, "chatgpt")
    wish = adding.NewAccount(finding, replaces=account)
    replacing = threading.Thread(target=adding.add, args=(wish,))
    replacing.start()
    replacing.join(0.2)
    assert replacing.is_alive()
    go_on.set()
    exchanging.join(10)
    replacing.join(10)
    now = world.world.chatgpt.cookies("chatgpt-session-chunked")
    assert session_of(held(account).cookie) == session_of(now)


def test_sessions_are_exchanged_side_by_side(world: StandIn) -> None:
    kept = [stored.account(f"chatgpt-{name}") for name in ALIVE]
    watch = Watch(1.0)  # also where the machine is busy
    world.reply(HOST, SESSION, watch)
    outcome = refresh.refresh()
    assert (len(outcome.asked), outcome.failed) == (len(kept), [])
    assert watch.most == len(kept)
    for account, name in zip(kept, ALIVE):
        now = world.world.chatgpt.cookies(f"chatgpt-{name}")
        assert session_of(held(account).cookie) == session_of(now)


# ---- SIGKILL


class Strict:
    """A session endpoint that accepts only the latest session of each line."""

    def __init__(self, lenient: bool = False) -> None:
        self.latest: dict[str, int] = {}
        self._lenient = lenient

    def __call__(self, request: Request) -> Reply:
        line, _, generation = (request.session or "").split(".")[3].partition("g")
        latest = self.latest.get(line, 0)
        if int(generation) != latest and not self._lenient:
            return Reply(body={})
        self.latest[line] = latest + 1
        new = ("Set-Cookie", f"{chain(line, latest + 1)}; Path=/; Max-Age=7776000")
        body = {"accessToken": token(3600, jti=f"{line}.{latest}")}
        return Reply(body=body, headers=[new])


def chain(line: str, generation: int) -> str:
    return f"{PLAIN}=eyJhbGciOiJkaXIifQ..aXY.{line}g{generation}.dGFn"


MINE = Account("chatgpt-00000001", "chatgpt", "Me", kind="session")


def drive(folder: str) -> None:
    """See ``kills.drive``."""

    def prepare(moment: int) -> None:
        store.store(MINE, Credential("session", "", chain(f"n{moment}", 0)))

    kills.drive(folder, prepare, lambda moment: session.renew(current(MINE)))


@pytest.mark.slow
@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_a_kill_at_any_moment_loses_no_session(
    world: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lenient: bool
) -> None:
    provider = Strict(lenient)
    world.reply(HOST, SESSION, provider)
    homes = tmp_path / "homes"
    homes.mkdir()
    moments = kills.moments("tests.chatgpt.test_session", str(homes))
    assert moments > 6
    saved = Counter(after_kill(homes, n, provider, monkeypatch) for n in range(moments + 1))
    assert saved["lost"] == 0
    # between the answer and the one write that comes next, the new session is nowhere but in memory
    assert saved["never stored"] == (0 if lenient else 1)


def after_kill(homes: Path, number: int, provider: Strict, monkeypatch: pytest.MonkeyPatch) -> str:
    """Exchange the session in the home that a kill at this moment left, and return what it finds."""
    kills.enter(monkeypatch, homes / str(number))
    account, kept = current(MINE), in_store()
    name = f"n{number}"
    assert set(kept) <= {
        f"{keychain.SERVICE}/{stored}"
        for stored in (*accounts.load().pending_secrets, store.name(MINE.id, account.generation))
    }
    latest = provider.latest.get(name, 0)  # no exchange before the moment: the first one
    is_stored = chain(name, latest) in "".join(kept.values())
    try:
        session.renew(account)
    except CredentialExpired:
        assert in_store() == kept
        assert chain(name, 0) in "".join(kept.values())
        return "lost" if is_stored else "never stored"
    assert held(MINE).cookie == chain(name, provider.latest[name])
    assert len(in_store()) == 1
    assert accounts.load().pending_secrets == ()
    return "renewed"


# ---- workspaces


@pytest.mark.parametrize("way", ["cookie", "scope"])
def test_the_chosen_workspace_is_asked_for_and_stays_chosen(world: StandIn, way: str) -> None:
    key, personal = KEYS["chatgpt-session-team"], PEOPLE["team"].workspaces[1]
    pasted = f"{key.value}; _account={personal.id}" if way == "cookie" else key.value
    scope = {"workspace": personal.id} if way == "scope" else {}
    done = adding.add(adding.NewAccount(recognise.read(pasted, "chatgpt"), scope=scope))
    assert done.account.scope == {"workspace": personal.id}
    for _ in range(2):
        session.renew(current(done.account))
        assert usage(done.account).plan == "Free"
    for request in asked(world, MAIN):
        assert request.header("chatgpt-account-id") == personal.id
    if way == "cookie":
        assert {r.cookies.get("_account") for r in asked(world)} == {personal.id}


def test_without_a_choice_it_is_the_sessions_own(world: StandIn) -> None:
    finding = recognise.read(KEYS["chatgpt-session-team"].value, "chatgpt")
    done = adding.add(adding.NewAccount(finding))
    assert done.account.scope == {}
    assert done.snapshot.usage
    assert done.snapshot.usage.plan == "Team"


# ---- what is added, and what is shown


def test_a_check_that_fails_after_the_exchange_keeps_the_rotated_session(world: StandIn) -> None:
    finding = recognise.read(KEYS["chatgpt-session"].value, "chatgpt")
    world.reply(HOST, MAIN, [dataclasses.replace(faults.server_error(), delay=0.1), pass_on])
    with pytest.raises(CheckFailed) as failed:
        adding.add(adding.NewAccount(finding))
    kept = failed.value.kept
    assert kept is not None
    assert accounts.load().accounts == (kept,)
    assert held(kept) == failed.value.credential
    failure = stored.snapshot(kept.id).failure
    assert failure
    assert failure.kind == "provider_failed"
    again = replace(finding, credential=failed.value.credential)
    done = adding.add(adding.NewAccount(again, replaces=kept))
    assert done.account.id == kept.id
    assert done.snapshot.usage
    assert done.snapshot.usage.plan == "Plus"
    now = world.world.chatgpt.cookies("chatgpt-session")
    assert session_of(held(done.account).cookie) == session_of(now)


@pytest.mark.parametrize(
    ("left", "kind", "said"),
    [
        (timedelta(days=3), "session", "session expires in 3d"),
        (timedelta(hours=23), "session", "⚠ session expires in 23h"),
        (timedelta(hours=-1), "session", "⚠ session has expired"),
        (timedelta(days=3), "access_token", "token expires in 3d"),
        (timedelta(hours=23), "access_token", "⚠ token expires in 23h"),
    ],
)
def test_a_row_says_when_it_ends_and_warns_a_day_before(
    left: timedelta, kind: CredentialKind, said: str
) -> None:
    account = replace(MINE, kind=kind, expires_at=NOW + left)
    told = output.line(account, stored.snapshot(account.id), preferences.load(), NOW)
    assert said in told
    assert ("⚠" in told) == ("⚠" in said)


def test_the_list_tells_kind_and_end(world: StandIn, shell: Shell) -> None:
    with_session = stored.account("chatgpt-session")
    session.renew(with_session)
    ends = held(with_session).session_expires_at
    assert ends is not None
    listed = json.loads(shell.tankful("list", "--json").out)["accounts"]
    assert [entry["credential"] for entry in listed] == [
        {"kind": "session", "expires_at": f"{ends:%Y-%m-%dT%H:%M:%SZ}"}
    ]


def test_nothing_of_it_shows_a_secret(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    credential = session.renew(account)
    error = CheckFailed(CredentialExpired(), account, credential)
    shown = repr((account, credential, error, current(account), providers.about("chatgpt")))
    for secret in (credential.secret, *session_of(credential.cookie).values()):
        assert secret not in shown
        assert secret[:40] not in shown
