from __future__ import annotations

import threading
import time

import keyring
import pytest

from scripts.verbs.exchange import command
from tests import stored, strict
from tests.conftest import Ran, Shell
from tests.standin import KEYS, Reply, Request, StandIn, faults
from workflow.actions import add as adding
from workflow.chatgpt import session
from workflow.credentials import store
from workflow.models import Account, Snapshot, utc_now
from workflow.recognition import recognise
from workflow.storage import accounts

HOST, SESSION, MAIN = "chatgpt.com", "/api/auth/session", "/backend-api/wham/usage"


def exchanges(world: StandIn) -> int:
    return sum(request.path == SESSION for request in world.requests)


def failed(ran: Ran, code: int = 1) -> str:
    """The one line of a failure."""
    assert (ran.code, ran.out) == (code, ""), ran
    assert ran.err.startswith("tankful: ") and ran.err.count("\n") == 1, ran.err
    return ran.err


def sessions(*names: str) -> list[Account]:
    return [stored.account(f"chatgpt-session{name}", label=f"Me{name}") for name in names]


@pytest.mark.parametrize("named", ["Me", "me", "id"])
def test_a_session_is_exchanged_though_its_token_is_good(
    world: StandIn, shell: Shell, named: str
) -> None:
    (account,) = sessions("")
    before = session.renew(account)
    ran = shell.tankful("exchange", account.id if named == "id" else named)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("ChatGPT · Me: new token, expires in 8d (")
    assert exchanges(world) == 2
    (account,) = accounts.load().accounts
    assert store.read(account).secret != before.secret


def test_without_a_name_all_sessions_are_exchanged(world: StandIn, shell: Shell) -> None:
    sessions("", "-chunked", "-team")
    stored.account("chatgpt-plus", label="Token")
    stored.account("kimi-intl")
    ran = shell.tankful("exchange")
    assert (ran.code, ran.err) == (0, "")
    told = [line.partition(":")[0] for line in ran.out.splitlines()]
    assert told == ["ChatGPT · Me", "ChatGPT · Me-chunked", "ChatGPT · Me-team"]
    assert exchanges(world) == 3 == len(world.requests)


def test_one_that_fails_does_not_keep_the_others(world: StandIn, shell: Shell) -> None:
    sessions("-dead", "")
    ran = shell.tankful("exchange")
    assert ran.code == 1
    assert ran.out.startswith("ChatGPT · Me:")
    assert ran.out.count("\n") == 1
    assert ran.err.startswith(
        "tankful: ChatGPT · Me-dead: the session has ended; log in at https://chatgpt.com/"
    )


BRIEF = {
    "one": (("",), 0, "ChatGPT · Me: new token, expires in 8d ("),
    "one-dead": (("-dead",), 1, "ChatGPT · Me-dead: the session has ended; log in at https://"),
    "all-fine": (("", "-team"), 0, "2 sessions exchanged, none failed\n"),
    "one-of-two": (
        ("-dead", ""),
        1,
        "1 of 2 sessions failed: ChatGPT · Me-dead: the session has ended; log in at https://",
    ),
    "two-of-three": (
        ("-dead", "", "-stuck"),
        1,
        "2 of 3 sessions failed: ChatGPT · Me-dead, ChatGPT · Me-stuck; why: tankful exchange\n",
    ),
}


@pytest.mark.parametrize(("names", "code", "said"), BRIEF.values(), ids=BRIEF.keys())
def test_briefly_it_is_one_line_that_names_what_failed(
    world: StandIn, shell: Shell, names: tuple[str, ...], code: int, said: str
) -> None:
    sessions(*names)
    ran = shell.tankful("exchange", "--brief")
    assert (ran.code, ran.err, ran.out.count("\n")) == (code, "", 1)
    assert ran.out.startswith(said)


def test_briefly_in_chinese(world: StandIn, shell: Shell) -> None:
    sessions("-dead", "")
    shell.env["LANG"] = "zh_CN.UTF-8"
    said = shell.tankful("exchange", "--brief").out
    assert said.startswith("2 个会话中有 1 个失败：ChatGPT · Me-dead：会话已失效；请在 https://")


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (Reply(body={}), "credential_expired", "the session has ended"),
        (faults.challenge(), "blocked", "is blocked from this network"),
        (faults.server_error(), "provider_failed", "has a server problem"),
        (faults.too_many_requests(60), "rate_limited", "slow down"),
    ],
)
def test_a_failure_is_said_and_shown_with_the_last_numbers(
    world: StandIn, shell: Shell, answer: Reply, kind: str, said: str
) -> None:
    (account,) = sessions("-chunked")
    stored.remember(account)
    world.reply(HOST, SESSION, answer)
    told = failed(shell.tankful("exchange", "Me-chunked"))
    assert told.startswith("tankful: ChatGPT · Me-chunked: ")
    assert said in told
    snapshot = stored.snapshot(account.id)
    assert snapshot.failure
    assert snapshot.failure.kind == kind
    assert snapshot.usage == stored.GOOD
    assert store.read(account).cookie == KEYS["chatgpt-session-chunked"].value


@pytest.mark.parametrize("answer", [Reply(body={}), faults.challenge()])
def test_a_failure_does_not_hold_up_a_token_that_is_good(
    world: StandIn, shell: Shell, answer: Reply
) -> None:
    (account,) = sessions("-chunked")
    assert shell.tankful("refresh", "--all").code == 0
    before = stored.snapshot(account.id)
    world.reply(HOST, SESSION, answer)
    failed(shell.tankful("exchange"))
    assert before.usage
    assert stored.snapshot(account.id) == before


def test_after_a_failure_the_account_is_asked_again(world: StandIn, shell: Shell) -> None:
    (account,) = sessions("-chunked")
    world.reply(HOST, SESSION, [Reply(body={}), lambda request: None])
    failed(shell.tankful("exchange"))
    assert shell.tankful("exchange").code == 0
    snapshot = stored.snapshot(account.id)
    assert snapshot.failure is None
    assert snapshot.usage
    assert snapshot.usage.plan == "Pro"


@pytest.mark.parametrize("is_removed", [True, False])
def test_a_failure_of_a_session_that_is_gone_is_not_shown(
    world: StandIn, shell: Shell, is_removed: bool
) -> None:
    ended, other = strict.store(), strict.store("b", Account("chatgpt-0000000b", "chatgpt", "B"))
    server, changed = strict.Strict(), threading.Event()
    asked: set[str] = set()
    server.latest["a"] = 1

    def answer(request: Request) -> Reply:
        line = (request.session or "").split(".")[3][:1]
        asked.add(line)
        if line == "b":
            assert changed.wait(30)
        return server(request)

    world.reply(HOST, SESSION, answer)
    ran: list[Ran] = []
    running = threading.Thread(target=lambda: ran.append(shell.tankful("exchange")))
    running.start()
    reserved = f"{other.id}:2"  # alone, once the ended one was refused
    while asked != {"a", "b"} or accounts.load().pending_secrets != (reserved,):
        assert running.is_alive()
        time.sleep(0.01)
    if is_removed:
        store.remove(ended)
        expected = Snapshot(ended.id)
    else:
        (finding,) = recognise.read_all(strict.chain("c", 0), "chatgpt", utc_now())
        expected = adding.add(adding.NewAccount(finding, replaces=ended)).snapshot
    changed.set()
    running.join()
    assert ran[0].code == 1
    assert "the session has ended" in ran[0].err
    assert stored.snapshot(ended.id) == expected


def test_a_token_alone_is_pointed_to_method_a(world: StandIn, shell: Shell) -> None:
    account = stored.account("chatgpt-plus", label="Token")
    told = failed(shell.tankful("exchange", "Token"))
    assert "method A" in told
    assert f"tankful replace {account.id}" in told
    shell.env["LANG"] = "zh_CN.UTF-8"
    assert "方法 A" in failed(shell.tankful("exchange", "Token"))
    assert world.requests == []


def test_a_key_is_never_exchanged(world: StandIn, shell: Shell) -> None:
    stored.account("kimi-intl", label="Moon")
    assert "tankful refresh" in failed(shell.tankful("exchange", "Moon"))
    assert world.requests == []


def test_without_any_session_the_message_says_how_to_add_one(shell: Shell) -> None:
    assert "tankful add chatgpt" in failed(shell.tankful("exchange"))


def test_an_unknown_account(shell: Shell) -> None:
    assert "there is no account 'nobody'" in failed(shell.tankful("exchange", "nobody"), 2)


def test_secrets_are_read_one_after_the_other_before_any_is_exchanged(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store may show a dialog for each."""
    known = sessions("", "-chunked", "-team")
    real, read, reading = keyring.get_password, [], threading.Lock()

    def dialog(service: str, name: str) -> str | None:
        if not name.endswith(":1"):
            return real(service, name)
        assert reading.acquire(blocking=False), "two dialogs at once"
        time.sleep(0.02)
        read.append((name, exchanges(world)))
        reading.release()
        return real(service, name)

    monkeypatch.setattr(keyring, "get_password", dialog)
    command.main(["--brief"], standalone_mode=False)
    assert read == [(f"{account.id}:1", 0) for account in known]
    assert exchanges(world) == 3


def test_a_locked_store_is_told(world: StandIn, shell: Shell) -> None:
    sessions("")
    shell.env["PYTHON_KEYRING_BACKEND"] = "tests.keyrings.LockedKeyring"
    assert "ChatGPT · Me: the keychain is locked" in failed(shell.tankful("exchange"))
    assert world.requests == []
