"""An exchanged session is kept, even if the disk, the clock, the store or the process fails."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Callable

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import keyrings, stored, strict
from tests.conftest import ROOT, Shell
from tests.forks import Forks, exit_code
from tests.said import chinese, english
from tests.standin import Reply, Request, StandIn, faults
from tests.strict import HOST, MINE, SESSION, Strict, chain, token
from workflow.chatgpt import cookies, edge, session
from workflow.credentials import keychain, store
from workflow.errors import CredentialExpired, Mistake, NoCredential, StoreLocked, UsageError
from workflow.http.client import MAX_BODY, Client
from workflow.models import Account, Credential
from workflow.provider.answer import Answer
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.storage import accounts, files

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)


def current(account: Account = MINE) -> Account:
    found = accounts.load().get(account.id)
    assert found is not None
    return found


def in_store() -> dict[str, str]:
    path = Path(os.environ["TANKFUL_TEST_KEYRING"])
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def asked(world: StandIn, path: str = SESSION) -> list[Request]:
    return [request for request in world.requests if request.path == path]


@pytest.fixture
def server(world: StandIn) -> Strict:
    """A strict session endpoint."""
    provider = Strict()
    world.reply(HOST, SESSION, provider)
    return provider


def is_kept(server: Strict, line: str = "a") -> bool:
    """Tell whether the living session is in the store, and the next exchange finds it."""
    if server.alive(line) not in "".join(in_store().values()):
        return False
    session.renew(current())
    book = accounts.load()
    return store.read(current()).cookie == server.alive(line) and book.pending_secrets == ()


class FullDisk:
    """A disk on which accounts.json can be written only this many times more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self._room, self._write = room, files.write
        monkeypatch.setattr(files, "write", self)

    def __call__(self, path: str, content: bytes, **how: Any) -> None:
        if path.endswith("accounts.json"):
            if not self._room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
            self._room -= 1
        self._write(path, content, **how)


# ---- a full disk


@pytest.mark.parametrize("room", range(5))
def test_a_disk_that_fills_up_costs_no_session(
    server: Strict, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    strict.store()
    with monkeypatch.context() as patch:
        FullDisk(patch, room)
        try:
            session.renew(current())
        except (Mistake, UsageError):
            assert server.latest == {}, "nothing is exchanged that cannot be kept"
    assert is_kept(server)


def test_a_session_that_cannot_be_pointed_at_serves_all_the_same(
    world: StandIn, server: Strict, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = strict.store()
    with monkeypatch.context() as patch:
        FullDisk(patch, 1)
        assert refresh.refresh([account.id]).failed == []
        assert accounts.load().pending_secrets == (f"{account.id}:2",)
        assert refresh.refresh([account.id]).failed == [], "its token is found without an exchange"
    assert len(asked(world)) == 1
    assert is_kept(server)


@pytest.mark.parametrize("size", [0, 200, 400, 700, 1000, 1500, 2500, 4500, 5000, 9000, 10**6])
@pytest.mark.parametrize("verb", ["exchange", "refresh"])
def test_files_that_cannot_grow_cost_no_session(
    server: Strict, shell: Shell, forks: Forks, size: int, verb: str
) -> None:
    account = strict.store()
    for _ in range(2):
        command, environ = [verb, account.id], shell.environment()
        with open(os.devnull, "r+b") as null:
            streams = [null.fileno()] * 3
            with forks.start(command, streams, environ, 60, file_size=size) as started:
                exit_code(started, command, 60)
    assert is_kept(server)


def test_the_reason_is_said(server: Strict, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    account = strict.store()
    FullDisk(monkeypatch, 0)
    refresh.refresh([account.id])
    failure = stored.snapshot(account.id).failure
    assert failure
    assert failure.kind == "store_locked"
    assert "disk" in english(failure.message)
    assert server.latest == {}


# ---- a store that does not write


class Fragile(keyrings.FileKeyring):
    """Accepts this many secrets, then refuses; or keeps only the beginning of each."""

    takes = 0
    keeps: int | None = None

    def set_password(self, service: str, username: str, password: str) -> None:
        if type(self).takes == 0:
            raise keyring.errors.PasswordSetError("-25308")
        type(self).takes -= 1
        super().set_password(service, username, password[: self.keeps])


def use(monkeypatch: pytest.MonkeyPatch, backend: Callable[[], Any]) -> None:
    """Make this the secret store."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend())


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make the secret store a fragile one."""

    def made(takes: int, keeps: int | None = None) -> None:
        monkeypatch.setattr(Fragile, "takes", takes)
        monkeypatch.setattr(Fragile, "keeps", keeps)
        use(monkeypatch, Fragile)

    return made


@pytest.mark.parametrize(("takes", "keeps"), [(0, None), (-1, 40), (-1, 0), (-1, 2500)])
def test_nothing_is_exchanged_for_a_store_that_reads_but_does_not_write(
    world: StandIn,
    server: Strict,
    fragile: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    takes: int,
    keeps: int | None,
) -> None:
    account = strict.store()
    fragile(takes, keeps)
    with pytest.raises((StoreLocked, Mistake)):
        session.renew(account)
    assert asked(world) == []
    use(monkeypatch, keyrings.FileKeyring)
    assert is_kept(server)


def test_a_store_that_stumbles_once_is_asked_again(
    server: Strict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_PAUSE", 0.01)
    account, real = strict.store(), store.write
    refused: list[store.Reservation] = []

    def stumbling(place: store.Reservation, credential: Credential) -> None:
        if len(refused) < 2:
            refused.append(place)
            raise StoreLocked
        real(place, credential)

    monkeypatch.setattr(store, "write", stumbling)
    session.renew(account)
    assert len(refused) == 2
    assert is_kept(server)


@pytest.mark.parametrize("verb", ["exchange", "refresh"])
def test_a_store_without_a_lock_of_its_own_loses_nothing(
    server: Strict, shell: Shell, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    shell.env["PYTHON_KEYRING_BACKEND"] = "tests.keyrings.CarelessKeyring"
    use(monkeypatch, keyrings.CarelessKeyring)
    lines = "abcdef"
    for line in lines:
        strict.store(line, Account(f"chatgpt-0000000{line}", "chatgpt", line, kind="session"))
    assert len(accounts.load().accounts) == len(lines)
    ran = [shell.tankful(verb) for _ in range(2)]
    assert [each.code for each in ran] == [0, 0], ran
    for line, account in zip(lines, accounts.load().accounts):
        assert store.read(account).cookie == server.alive(line)
    assert len(in_store()) == len(lines)


# ---- a wrong clock


@pytest.mark.parametrize("ahead", [timedelta(days=d) for d in (-400, 1, 30, 120, 3650)])
@pytest.mark.parametrize("is_dated", [True, False])
def test_a_wrong_clock_costs_no_session(
    world: StandIn,
    server: Strict,
    monkeypatch: pytest.MonkeyPatch,
    ahead: timedelta,
    is_dated: bool,
) -> None:
    if not is_dated:
        server.headers.append(("Date", "some day"))
    account = strict.store()
    with monkeypatch.context() as patch:
        shifted = _shifted(patch, ahead)
        patch.setattr(session, "utc_now", shifted)
        for _ in range(2):
            assert refresh.refresh([account.id], force=True, now=shifted).failed == []
    assert stored.snapshot(account.id).usage
    assert is_kept(server)


def _shifted(patch: pytest.MonkeyPatch, ahead: timedelta) -> Callable[[], datetime]:
    def now() -> datetime:
        return datetime.now(timezone.utc) + ahead

    patch.setattr("workflow.chatgpt.pages.utc_now", now)
    patch.setattr("workflow.http.client.utc_now", now)
    return now


@pytest.mark.parametrize(
    ("date", "life", "ended"),
    [
        pytest.param(NOW, 60, False, id="lives"),
        pytest.param(NOW, -60, True, id="ended by the server's clock"),
        pytest.param(NOW - timedelta(days=40), -60, False, id="our clock is ahead"),
        pytest.param(NOW + timedelta(days=40), 60, True, id="our clock is behind"),
        pytest.param(None, -60, False, id="only the token says when it was made"),
    ],
)
def test_a_token_is_judged_by_the_clock_of_who_made_it(
    date: datetime | None, life: int, ended: bool
) -> None:
    from tests.standin.people import PEOPLE

    made = PEOPLE["plus"].access_token(int(NOW.timestamp()), life)
    headers = {"date": format_datetime(date, usegmt=True)} if date else {}
    body = json.dumps({"accessToken": made}).encode()
    answer = Answer(200, headers, body, NOW, (f"{chain('a', 1)}; Path=/",))
    told = session.parse(answer, Credential("session", "", chain("a", 0)))
    assert told.has_ended == ended
    assert told.credential.cookie == chain("a", 1)


# ---- renewed beside an error


BESIDE: list[Any] = [
    pytest.param({"error": "RefreshAccessTokenError"}, id="relogin"),
    pytest.param({}, id="no token"),
    pytest.param({"WARNING_BANNER": "!"}, id="banner"),
    pytest.param({"accessToken": "a b"}, id="odd token"),
    pytest.param([], id="list"),
]


@pytest.mark.parametrize("document", BESIDE)
def test_a_session_that_is_renewed_beside_an_error_is_kept(server: Strict, document: Any) -> None:
    account = strict.store()
    server.document = document
    for _ in range(3):
        with pytest.raises(UsageError):
            session.renew(current(account))
    server.document = None
    assert is_kept(server)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502])
def test_whatever_the_status(world: StandIn, server: Strict, status: int) -> None:
    account = strict.store()

    def failing(request: Request) -> Reply:
        return replace(server(request), status=status)

    world.reply(HOST, SESSION, failing)
    with pytest.raises(UsageError):
        session.renew(current(account))
    world.reply(HOST, SESSION, server)
    assert is_kept(server)


UNREADABLE: list[Any] = [
    pytest.param({"truncate": 12}, id="cut"),
    pytest.param({"drip": 0.2}, id="too slow"),
    pytest.param({"body": b" " * (MAX_BODY + 1)}, id="too large"),
    pytest.param({"status": 302}, id="redirect"),
]


@pytest.mark.parametrize("unreadable", UNREADABLE)
@pytest.mark.parametrize("verb", ["exchange", "refresh"])
def test_a_session_whose_answer_cannot_be_read_is_kept(
    world: StandIn,
    server: Strict,
    monkeypatch: pytest.MonkeyPatch,
    unreadable: Mapping[str, Any],
    verb: str,
) -> None:
    """Set-Cookie comes before the body."""
    account = strict.store()
    monkeypatch.setattr(session, "DEADLINE_SECONDS", 1.0)
    monkeypatch.setattr(fetching, "ACCOUNT_SECONDS", 1.0)

    def broken(request: Request) -> Reply:
        return replace(server(request), **unreadable)

    world.reply(HOST, SESSION, broken)
    if verb == "refresh":
        assert refresh.refresh([account.id]).failed == [account]
    else:
        with pytest.raises(UsageError):
            session.renew(account)
    assert server.latest == {"a": 1}
    world.reply(HOST, SESSION, server)
    assert is_kept(server)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.parametrize("way", [edge.OWN, edge.SYSTEM])
def test_a_session_is_kept_if_the_answer_to_the_systems_way_breaks_off(
    world: StandIn, server: Strict, way: str
) -> None:
    """One way is challenged and the other one's answer breaks off, or the old session is tried again."""
    account = strict.store()
    files.write(files.in_cache("ways.json"), json.dumps({HOST: way}).encode())

    def broken(request: Request) -> Reply:
        if request.header("connection") != "keep-alive":  # curl
            return replace(server(request), truncate=12)
        return faults.challenge() if way == edge.OWN else server(request)

    world.reply(HOST, SESSION, broken)
    with suppress(UsageError):
        session.renew(account)
    assert server.latest == {"a": 1 if way == edge.OWN else 2}
    world.reply(HOST, SESSION, server)
    assert is_kept(server)


def test_a_session_for_another_domain_is_not_taken(server: Strict) -> None:
    account = strict.store()
    foreign = f"{strict.PLAIN}=eyJhbGciOiJkaXIifQ..aXY.evil.dGFn"
    server.headers.append(("Set-Cookie", f"{foreign}; Domain=evil.example; Path=/"))
    server.headers.append(("Set-Cookie", f"{foreign}; Path=/elsewhere"))
    session.renew(current(account))
    assert is_kept(server)


@given(
    st.lists(
        st.builds(
            "{}={}; Domain={}; Path={}".format,
            st.sampled_from([strict.PLAIN, f"{strict.PLAIN}.0", "__cf_bm"]),
            st.just("eyJhbGciOiJkaXIifQ..aXY.ZXZpbA.dGFn"),
            st.from_regex(r"[a-z.]{1,20}", fullmatch=True).filter(
                lambda domain: domain.lstrip(".") != "chatgpt.com"
            ),
            st.sampled_from(["/", "", "/api"]),
        ),
        max_size=4,
    )
)
def test_no_other_domain_changes_the_session(lines: list[str]) -> None:
    lines = [line for line in lines if not line.split("Domain=")[1].startswith(".;")]
    assert cookies.rotated(chain("a", 0), lines, NOW) == chain("a", 0)


# ---- a good token


class Untouchable:
    """A data folder in which no lock can be made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, why: int = errno.EROFS) -> None:
        self._why, self._lock = why, files.lock
        monkeypatch.setattr(files, "lock", self)

    def __call__(self, path: str, *how: Any, **more: Any) -> Any:
        if "exchange-" in path or path.endswith("accounts.json.lock"):
            raise OSError(self._why, os.strerror(self._why), path)
        return self._lock(path, *how, **more)


def test_a_good_token_needs_no_lock(
    world: StandIn, server: Strict, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = strict.store()
    session.renew(account)
    Untouchable(monkeypatch)
    assert refresh.refresh([account.id]).failed == []
    assert len(asked(world)) == 1


@pytest.mark.parametrize("why", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_folder_without_locks_is_the_accounts_failure(
    server: Strict, monkeypatch: pytest.MonkeyPatch, why: int
) -> None:
    account, other = strict.store(), stored.account("chatgpt-plus")
    Untouchable(monkeypatch, why)
    outcome = refresh.refresh([account.id, other.id])
    assert [each.id for each in outcome.failed] == [account.id]
    failure = stored.snapshot(account.id).failure
    assert failure
    assert failure.kind == "store_locked"
    assert os.strerror(why) in english(failure.message)
    assert "磁盘" in chinese(failure.message)
    assert server.latest == {}


def test_a_token_that_lives_serves_when_nothing_can_be_written(
    world: StandIn, server: Strict, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = strict.store()
    ends = datetime.now(timezone.utc) + timedelta(seconds=200)
    account = store.store(account, Credential("session", token(200), chain("a", 0), ends))
    FullDisk(monkeypatch, 0)
    assert refresh.refresh([account.id]).failed == []
    assert server.latest == {}


# ---- nothing stored


def test_a_pending_secret_counts_where_the_current_one_is_gone(world: StandIn) -> None:
    account = stored.account("tavily-dev")
    pending = store.name(account.id, 7)
    accounts.change(lambda book: book.with_pending(f"{account.id}:9", f"{account.id}:x", pending))
    packed = json.dumps({"kind": "api_key", "secret": "tvly-dev-pending"})
    keyring.set_password(keychain.SERVICE, pending, packed)
    keyring.set_password(keychain.SERVICE, f"{account.id}:9", "-" * 99)  # a place, still blank
    assert store.read(account).secret != "tvly-dev-pending"
    keyring.delete_password(keychain.SERVICE, store.name(account.id, 1))
    assert store.read(account).secret == "tvly-dev-pending"


def test_without_any_there_is_none(world: StandIn) -> None:
    account = stored.account("tavily-dev")
    accounts.change(lambda book: book.with_pending(f"{account.id}:9"))
    keyring.delete_password(keychain.SERVICE, store.name(account.id, 1))
    with pytest.raises(NoCredential):
        store.read(account)


# ---- nobody waits any more


def test_an_answer_that_nobody_waits_for_is_kept_once_it_came(
    server: Strict, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, real, began = strict.store(), store.write, threading.Event()

    def slowly(place: store.Reservation, credential: Credential) -> None:
        began.set()
        time.sleep(0.3)
        real(place, credential)

    async def impatient() -> None:
        async with Client() as client:
            task = asyncio.ensure_future(session.fresh(client, account, force=True))
            while not began.is_set():
                await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", slowly)
        asyncio.run(impatient())
    assert is_kept(server)


def test_what_is_cancelled_before_an_answer_leaves_nothing(world: StandIn) -> None:
    account = strict.store()
    world.reply(HOST, SESSION, faults.hang())

    async def impatient() -> None:
        async with Client() as client:
            await asyncio.wait_for(session.fresh(client, account, force=True), 0.5)

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(impatient())
    assert accounts.load().pending_secrets == ()
    assert len(in_store()) == 1


def test_leftovers_do_not_pile_up(server: Strict) -> None:
    account = strict.store()
    for _ in range(3):
        server.latest.clear()
        server.latest["a"] = 99  # dead for good
        with pytest.raises(CredentialExpired):
            session.renew(current(account))
    assert accounts.load().pending_secrets == ()
    assert len(in_store()) == 1


# ---- a process that is suspended

HURRIED = """
from workflow.storage import accounts; from workflow.chatgpt import session as exchange

exchange.DEADLINE_SECONDS = 1.0
exchange.renew(accounts.load().accounts[0])
"""


def test_what_came_while_the_process_was_suspended_is_read(
    world: StandIn, server: Strict, shell: Shell
) -> None:
    strict.store()
    rotated = threading.Event()

    def slowly(request: Request) -> Reply:
        reply = server(request)
        rotated.set()
        return replace(reply, delay=0.5)

    world.reply(HOST, SESSION, slowly)
    command = [sys.executable, "-c", HURRIED]
    with subprocess.Popen(command, env=shell.environment(), cwd=ROOT) as process:
        assert rotated.wait(20)
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(3)
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait(20) == 0
    world.reply(HOST, SESSION, server)
    assert is_kept(server)


# ---- a process that is asked to end


@pytest.mark.parametrize("is_answered", [True, False])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("verb", "at_terminal"),
    [
        ("exchange", False),
        ("refresh", False),
        ("refresh", True),
        ("refresh --background", False),
        (f"replace {MINE.id}", False),
    ],
)
def test_a_process_that_is_asked_to_end_stores_the_session_first(
    world: StandIn,
    server: Strict,
    shell: Shell,
    verb: str,
    at_terminal: bool,
    number: int,
    is_answered: bool,
) -> None:
    """The server has renewed the session already; its answer, or the store, is slow."""
    strict.store()
    held, rotated = Path(keyrings.hold()), threading.Event()
    shell.env["PYTHON_KEYRING_BACKEND"] = "tests.keyrings.HeldKeyring"

    def answer(request: Request) -> Reply:
        reply = server(request)
        if is_answered:
            held.touch()
        rotated.set()
        return reply if is_answered else replace(reply, delay=1)

    world.reply(HOST, SESSION, answer)
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "scripts.tankful", *verb.split()],
        env={**shell.environment(), "TERM": "xterm-256color"},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=theirs if at_terminal else subprocess.DEVNULL,
        stderr=theirs if at_terminal else subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        assert process.stdin
        process.stdin.write(chain("b", 0).encode())
        process.stdin.close()
        assert rotated.wait(20)
        while held.exists() and "wait " not in Path(f"{held.with_suffix('')}.log").read_text():
            time.sleep(0.01)
        for _press in range(3):  # people press ⌃C again
            process.send_signal(number)
            time.sleep(0.1)
        assert process.poll() is None
        if is_answered:
            held.unlink()
        code = process.wait(20)
    assert code == (128 + number if at_terminal or number == signal.SIGINT else -number)
    os.close(ours)
    os.close(theirs)
    world.reply(HOST, SESSION, server)
    assert is_kept(server, "b" if "replace" in verb else "a")
