"""Adding a ChatGPT login: its token is used while it is valid, and its session is never exchanged in vain."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import keyring
import pytest

from scripts.verbs import add
from tests import kills, stored
from tests.conftest import Shell
from tests.said import Phrase, both, chinese, english
from tests.standin import KEYS, Reply, Request, StandIn, faults, pass_on
from tests.standin.people import PEOPLE
from tests.standin.sessions import COOKIE, SESSIONS
from tests.strict import HOST, MAIN, SESSION, Strict, chain
from workflow import settings as preferences
from workflow.actions import add as adding
from workflow.actions import wizard
from workflow.actions.check import CheckFailed
from workflow.chatgpt import session
from workflow.credentials import store as credentials
from workflow.errors import Mistake, StoreLocked
from workflow.models import Credential
from workflow.recognition import recognise
from workflow.records import replace
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.storage import accounts
from workflow.system import dialogs

PLUS = PEOPLE["plus"]


def document(life: int = 8 * 86400, session: str = "", **claims: Any) -> str:
    """The answer of method A, with a session token beside the access token."""
    personal = PLUS.workspaces[0]
    return json.dumps(
        {
            "user": {"id": PLUS.user_id},
            "expires": "2027-02-20T05:00:00.000Z",
            "account": {"id": personal.id, "structure": personal.structure},
            "accessToken": PLUS.access_token(int(time.time()), life, **claims),
            "authProvider": "openai",
            "sessionToken": session or SESSIONS["chatgpt-session"].token(0),
        }
    )


def asked(world: StandIn, path: str) -> list[Request]:
    return [request for request in world.requests if request.path == path]


def in_store() -> dict[str, str]:
    path = Path(os.environ["TANKFUL_TEST_KEYRING"])
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def use(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"tests.keyrings.{backend}")
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)


def enrolled(pasted: str, **how: Any) -> adding.Added:
    return adding.add(adding.NewAccount(recognise.read(pasted, "chatgpt"), **how))


def failed(pasted: str, **how: Any) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        enrolled(pasted, **how)
    return caught.value


# ---- a token that lives

TROUBLE: list[Any] = [
    pytest.param(faults.challenge(), "only a browser", id="challenge"),
    pytest.param(faults.edge_block(), "only a browser", id="edge block"),
    pytest.param(faults.too_many_requests(60), "too often", id="429"),
    pytest.param(faults.server_error(), "no token", id="500"),
    pytest.param(faults.closed(), "answer", id="closed"),
    pytest.param(faults.html(), "no token", id="page"),
    pytest.param(faults.redirect_home(), "no token", id="redirect"),
]


@pytest.mark.parametrize(("answer", "why"), TROUBLE)
def test_a_living_token_carries_the_account(world: StandIn, answer: Reply, why: str) -> None:
    world.reply(HOST, SESSION, answer)
    pasted = document()
    done = enrolled(pasted)
    assert done.snapshot.usage
    assert done.snapshot.usage.plan == "Plus"
    held = credentials.read(done.account)
    assert (held.kind, held.secret) == ("session", json.loads(pasted)["accessToken"])
    assert held.cookie == f"{COOKIE}={SESSIONS['chatgpt-session'].token(0)}"
    (remark,) = done.remarks
    assert (
        "account uses the access token until" in english(remark) and why in english(remark)
    ) or "no" in why
    assert "访问令牌" in chinese(remark)
    assert refresh.refresh([done.account.id]).failed == []
    assert accounts.load().pending_secrets == ()
    assert len(in_store()) == 1


def test_in_a_shell_it_succeeds_with_a_note(world: StandIn, shell: Shell) -> None:
    world.reply(HOST, SESSION, faults.challenge())
    ran = shell.tankful("add", "chatgpt", stdin=document())
    assert (ran.code, ran.out.count("\n"), ran.err.count("\n")) == (0, 1, 1), ran.err
    assert ran.out.startswith("Added ChatGPT")
    assert ran.err.startswith("Note: the account uses the access token")
    later = shell.tankful("refresh", "ChatGPT")
    assert later.code == 0, later.err


def test_a_session_that_has_ended_leaves_its_token(world: StandIn) -> None:
    done = enrolled(document(session=SESSIONS["chatgpt-session-dead"].token(0)))
    held = credentials.read(done.account)
    assert (held.kind, held.cookie, done.account.kind) == ("access_token", "", "access_token")
    assert done.account.expires_at == held.expires_at is not None
    assert "only the access token is saved" in english(done.remarks[0])


def test_a_session_that_can_be_exchanged_leaves_no_remark(world: StandIn) -> None:
    pasted = document()
    done = enrolled(pasted)
    held = credentials.read(done.account)
    assert done.remarks == ()
    assert held.secret != json.loads(pasted)["accessToken"]


@pytest.mark.parametrize("life", [-60, 0])
def test_a_token_that_has_ended_carries_nothing(world: StandIn, life: int) -> None:
    world.reply(HOST, SESSION, faults.challenge())
    error = failed(document(life))
    assert error.error.kind == "blocked"
    assert "method A" in both(error.error.message)[0]
    assert asked(world, MAIN) == []
    assert error.remark is None
    assert accounts.load().accounts == ()
    assert in_store() == {}


def test_a_refused_token_and_a_blocked_exchange(world: StandIn) -> None:
    world.reply(HOST, SESSION, faults.challenge())
    error = failed(document(jti="revoked"))
    assert error.error.kind == "blocked"
    assert accounts.load().accounts == ()
    assert in_store() == {}


def test_a_refused_token_is_exchanged_once_and_tried_again(world: StandIn) -> None:
    world.reply(HOST, MAIN, [dataclasses.replace(faults.token_expired(), delay=0.1), pass_on])
    done = enrolled(document())
    assert done.snapshot.usage
    assert done.remarks == ()
    assert (len(asked(world, SESSION)), len(asked(world, MAIN))) == (2, 2)
    held = credentials.read(done.account)
    assert held.cookie.startswith(f"{COOKIE}={SESSIONS['chatgpt-session'].token(2)}")
    assert len(accounts.load().accounts) == 1
    assert len(in_store()) == 1


def test_refused_again_it_is_told(world: StandIn) -> None:
    world.reply(HOST, MAIN, dataclasses.replace(faults.token_invalidated(), delay=0.1))
    error = failed(document())
    assert error.error.kind == "credential_rejected"
    assert error.kept is not None
    assert (len(asked(world, SESSION)), len(asked(world, MAIN))) == (2, 2)


# ---- a store that does not write


@pytest.mark.parametrize("backend", ["ReadOnlyKeyring", "ShorteningKeyring", "ForgetfulKeyring"])
@pytest.mark.parametrize(
    "pasted",
    [chain("a", 0), document(session="eyJhbGciOiJkaXIifQ..aXY.ag0.dGFn")],
    ids=["cookie", "document"],
)
def test_the_store_is_proved_before_anything_is_exchanged(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, backend: str, pasted: str
) -> None:
    server = Strict()
    world.reply(HOST, SESSION, server)
    with monkeypatch.context() as patch:
        use(patch, backend)
        with pytest.raises((StoreLocked, Mistake)):
            enrolled(pasted)
        assert world.requests == []
        assert accounts.load().accounts == ()
    use(monkeypatch, "FileKeyring")
    done = enrolled(pasted)
    assert credentials.read(done.account).cookie == server.alive("a")


def test_in_a_shell_the_same_cookie_still_works(
    world: StandIn, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    pasted = KEYS["chatgpt-session-chunked"].value
    use(monkeypatch, "ReadOnlyKeyring")
    ran = shell.tankful("add", "chatgpt", stdin=pasted)
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "security unlock-keychain" in ran.err
    assert world.requests == []
    use(monkeypatch, "FileKeyring")
    assert shell.tankful("add", "chatgpt", stdin=pasted).code == 0


# ---- a check that fails after the exchange


CHECKS: list[Any] = [
    pytest.param(faults.server_error(), id="500"),
    pytest.param(faults.challenge(), id="challenge"),
    pytest.param(faults.too_many_requests(60), id="429"),
    pytest.param(faults.closed(), id="closed"),
    pytest.param(faults.html(), id="page"),
    pytest.param(faults.token_invalidated(), id="401"),
    pytest.param(faults.payment_required(), id="402"),
]


@pytest.mark.parametrize("answer", CHECKS)
def test_the_exchanged_session_is_kept(world: StandIn, answer: Reply) -> None:
    server = Strict()
    world.reply(HOST, SESSION, server)
    world.reply(HOST, "/backend-api/*", answer)
    error = failed(chain("a", 0))
    assert error.kept is not None
    assert not error.in_hand
    assert error.remark
    assert error.kept.id in english(error.remark)
    assert error.kept.id in chinese(error.remark)
    assert credentials.read(error.kept).cookie == error.credential.cookie == server.alive("a")
    failure = stored.snapshot(error.kept.id).failure
    assert failure
    assert failure.kind == error.error.kind


@pytest.mark.parametrize("broken", [{"truncate": 12}, {"drip": 0.2}], ids=["cut", "too slow"])
def test_an_answer_that_breaks_off_costs_no_session(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, broken: Mapping[str, Any]
) -> None:
    server = Strict()
    monkeypatch.setattr(fetching, "ACCOUNT_SECONDS", 1.0)
    world.reply(HOST, SESSION, lambda request: dataclasses.replace(server(request), **broken))
    error = failed(chain("a", 0))
    assert error.kept is not None
    assert credentials.read(error.kept).cookie == server.alive("a")


def test_a_shell_says_where_it_is(world: StandIn, shell: Shell) -> None:
    server = Strict()
    world.reply(HOST, SESSION, server)
    world.reply(HOST, MAIN, [dataclasses.replace(faults.server_error(), delay=0.1), pass_on])
    ran = shell.tankful("add", "chatgpt", stdin=chain("a", 0))
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    (account,) = accounts.load().accounts
    assert f"tankful refresh {account.id}" in ran.err
    assert "saved anyway" in ran.err
    assert shell.tankful("refresh", account.id).code == 0


def test_a_replacement_keeps_it_too(world: StandIn) -> None:
    server = Strict()
    world.reply(HOST, SESSION, server)
    account = stored.account("chatgpt-session-dead")
    world.reply(HOST, MAIN, faults.server_error())
    error = failed(chain("a", 0), replaces=account)
    assert error.kept is not None
    assert error.kept.id == account.id
    assert credentials.read(error.kept).cookie == server.alive("a")


def test_a_replacement_that_is_not_exchanged_changes_nothing(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    before = (accounts.load(), in_store())
    world.reply(HOST, SESSION, faults.challenge())
    error = failed(chain("a", 0), replaces=account)
    assert error.kept is None
    assert (accounts.load(), in_store()) == before


def test_nobody_waits_any_more_and_it_is_kept(world: StandIn) -> None:
    server = Strict()
    world.reply(HOST, SESSION, server)
    world.reply(HOST, MAIN, faults.hang())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetching, "ACCOUNT_SECONDS", 0.5)
        error = failed(chain("a", 0))
    assert error.error.kind == "unreachable"
    assert error.kept
    assert credentials.read(error.kept).cookie == server.alive("a")


# ---- a store that breaks after the exchange


class Breaking:
    """Refuses what is laid so many times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self._times, self._write = times, credentials.write
        monkeypatch.setattr(credentials, "write", self)
        monkeypatch.setattr(session, "_PAUSE", 0.0)

    def __call__(self, place: credentials.Reservation, credential: Credential) -> None:
        self._times -= 1
        if self._times >= 0:
            raise StoreLocked
        self._write(place, credential)


def test_it_is_handed_back(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Strict()
    world.reply(HOST, SESSION, server)
    with monkeypatch.context() as patch:
        Breaking(patch, 99)
        error = failed(chain("a", 0))
    assert error.in_hand
    assert error.kept is None
    assert error.credential.cookie == server.alive("a")
    assert error.remark
    assert "save it again" in english(error.remark)
    assert "再次保存" in chinese(error.remark)
    finding = replace(recognise.read(chain("a", 0), "chatgpt"), credential=error.credential)
    done = adding.add(adding.NewAccount(finding, check=False))
    assert credentials.read(done.account).cookie == server.alive("a")


def test_a_terminal_offers_to_store_it_again(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server, questions = Strict(), []
    world.reply(HOST, SESSION, server)
    Breaking(monkeypatch, session.TRIES)
    real, refused = credentials.store, [StoreLocked(), Mistake(Phrase("full", "已满"))]

    def store(*about: Any, **how: Any) -> Any:
        if refused:
            raise refused.pop()
        return real(*about, **how)

    monkeypatch.setattr(credentials, "store", store)

    def agree(question: str, *_: Any, **how: Any) -> str:
        questions.append(question)
        return "y"

    monkeypatch.setattr(click, "prompt", agree)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    add.take(adding.NewAccount(recognise.read(chain("a", 0), "chatgpt")), add.ADDED)
    told = capsys.readouterr()
    assert questions == ["Store it again? [Y/n]"] * 3
    assert "only this window" in told.err
    (account,) = accounts.load().accounts
    assert credentials.read(account).cookie == server.alive("a")
    assert "canary" not in told.out + told.err
    assert chain("a", 1)[-12:] not in told.out + told.err


@pytest.mark.parametrize("choice", ["Try again", "Save without checking"])
def test_a_dialog_offers_to_store_it_again(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    server = Strict()
    prompts: list[str] = []
    world.reply(HOST, SESSION, server)
    Breaking(monkeypatch, session.TRIES)
    _typed(monkeypatch, chain("a", 0), prompts, choice)
    (done,) = wizard.run(wizard.AddForm("chatgpt"), preferences.load())
    assert credentials.read(done.account).cookie == server.alive("a")
    assert len(prompts) == 1
    assert "save it again" in prompts[0]
    assert accounts.load().accounts == (done.account,)


@pytest.mark.parametrize("choice", ["Try again", "Save without checking"])
def test_a_dialog_goes_on_with_the_account_that_was_kept(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    server = Strict()
    prompts: list[str] = []
    world.reply(HOST, SESSION, server)
    world.reply(HOST, MAIN, [dataclasses.replace(faults.server_error(), delay=0.1), pass_on])
    _typed(monkeypatch, chain("a", 0), prompts, choice)
    (done,) = wizard.run(wizard.AddForm("chatgpt", label="Mine"), preferences.load())
    assert "saved anyway" in prompts[0]
    assert accounts.load().accounts == (done.account,)
    assert done.account.label == "Mine"
    assert credentials.read(done.account).cookie == server.alive("a")


def test_a_dialog_that_is_closed_leaves_it_kept(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Strict()
    world.reply(HOST, SESSION, server)
    world.reply(HOST, MAIN, faults.server_error())
    _typed(monkeypatch, chain("a", 0), [], None)
    with pytest.raises(dialogs.Cancelled):
        wizard.run(wizard.AddForm("chatgpt"), preferences.load())
    (account,) = accounts.load().accounts
    assert credentials.read(account).cookie == server.alive("a")


def _typed(
    monkeypatch: pytest.MonkeyPatch, pasted: str, prompts: list[str], choice: str | None
) -> None:
    """A user who types this, and chooses that when it fails."""

    def picked(prompt: str, title: str, choices: list[str], buttons: Any) -> str:
        prompts.append(prompt)
        if choice is None:
            raise dialogs.Cancelled
        return next(each for each in choices if each.startswith(choice))

    monkeypatch.setattr(
        dialogs, "secret", lambda prompt, title, buttons: dialogs.Reply(buttons[-1], pasted)
    )
    monkeypatch.setattr(dialogs, "pick", picked)


# ---- kills


def drive(folder: str) -> None:
    """See ``kills.drive``."""

    def add_it(moment: int) -> None:
        enrolled(chain(f"n{moment}", 0))

    kills.drive(folder, lambda moment: None, add_it)


@pytest.mark.slow
def test_a_kill_while_it_is_added_loses_no_session(
    world: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Strict()
    world.reply(HOST, SESSION, server)
    homes = tmp_path / "homes"
    homes.mkdir()
    moments = kills.moments("tests.chatgpt.test_session_added", str(homes))
    assert moments > 7
    lost = 0
    for number in range(moments):
        kills.enter(monkeypatch, homes / str(number))
        alive = server.alive(f"n{number}")
        if alive == chain(f"n{number}", 0):
            continue  # it was not exchanged: what was pasted is good
        lost += alive not in "".join(in_store().values())
    assert lost == 1  # between the answer and the one write that comes next
