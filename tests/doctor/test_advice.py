"""The advice at the top of the report: what can be fixed, most helpful first."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Callable

import keyring
import pytest

from tests.alfred_harness.recorders import Recorders
from tests.conftest import Shell
from tests.examples import CHATGPT, GLM, SIX, TAVILY, Known, install
from workflow import paths
from workflow.chatgpt.edge import CHALLENGED, TOKEN_CHALLENGED
from workflow.doctor import advice
from workflow.errors import UsageError
from workflow.i18n.catalog import ENGLISH
from workflow.i18n.message import Message
from workflow.models import Failure, utc_now
from workflow.records import replace
from workflow.refresh import background
from workflow.schedule import schedule
from workflow.storage import accounts, files, last_refresh
from workflow.system import system_stack


def advised(environ: Mapping[str, str] = os.environ, own: str = "/x/usage.py") -> list[str]:
    return [ENGLISH.say(message) for message in advice.advice(utc_now(), environ, own)]


def failing(known: Known, kind: type[UsageError]) -> Known:
    account, snapshot = known
    said = ENGLISH  # what a vendor said is not repeated
    message = kind.default.filled(provider="canary-words", keys="canary-page")
    assert said.say(message)
    return account, replace(snapshot, failure=Failure(kind.kind, message, utc_now()))


def test_without_an_account_it_says_how_to_add_one() -> None:
    assert advised() == ["there is no account yet; tankful add adds the first"]


def test_a_missing_secret_store_comes_before_the_first_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    store, *rest = advised()
    assert store.startswith("this system has no secret store; install gnome-keyring or KeePassXC,")
    assert "keyrings.alt, from pip or pipx inject tankful keyrings.alt" in store
    assert rest == ["there is no account yet; tankful add adds the first"]
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "nowhere.Keyring")
    assert "names a secret store that cannot be loaded" in advised()[0]


def test_accounts_without_a_secret_need_no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    install([(replace(GLM[0], kind="none"), GLM[1])])
    assert advised() == []
    install([GLM])
    assert "no secret store" in advised()[0]


def test_where_all_is_well_there_is_nothing_to_do() -> None:
    install(SIX)
    assert advised() == []


@pytest.mark.parametrize("place", [paths.data, paths.cache])
def test_a_folder_that_takes_nothing_is_named_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, place: Callable[[Mapping[str, str]], str]
) -> None:
    install(SIX)
    folder, temporary = place(os.environ), tempfile.TemporaryFile

    def refused(**how: str) -> Any:
        if how["dir"].startswith(folder):
            raise OSError(errno.EROFS, "Read-only file system", how["dir"])
        return temporary(dir=how["dir"])

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    why = "(Read-only file system); check its permissions and its disk"
    assert advised() == [f"nothing can be kept in {folder} {why}"]


@pytest.mark.parametrize("kind", UsageError.__subclasses__(), ids=lambda kind: kind.kind)
def test_a_failure_is_said_by_provider_with_what_helps(kind: type[UsageError]) -> None:
    other = replace(GLM[0], id="glm-00000099", label="canary-label")
    install([failing(GLM, kind), (other, failing(GLM, kind)[1]), TAVILY])
    (line,) = advised()
    assert "GLM (智谱AI / Z.ai)" in line
    assert "canary" not in line
    assert "{" not in line


def test_a_new_key_of_a_relay_is_made_at_the_relay() -> None:
    scope = {"address": "https://my.example"}
    relay = replace(GLM[0], id="relay-0000000a", provider="relay", region="", scope=scope)
    kind = next(k for k in UsageError.__subclasses__() if k.kind == "credential_rejected")
    install([(relay, replace(failing(GLM, kind)[1], account_id=relay.id))])
    (line,) = advised()
    assert line.endswith("make a new one at your relay's own page")


def test_one_of_several_accounts_is_named_by_its_id() -> None:
    kind = next(k for k in UsageError.__subclasses__() if k.kind == "credential_rejected")
    other = replace(GLM[0], id="glm-00000099", label="canary-label")
    install([failing(GLM, kind), (other, replace(GLM[1], account_id=other.id))])
    (line,) = advised()
    assert line.startswith(f"GLM (智谱AI / Z.ai) · {GLM[0].id} does not accept this credential; ")
    assert "canary" not in line


@pytest.mark.parametrize(("unit", "is_said"), [("CNY", True), ("%", False), ("", False)])
def test_a_threshold_without_a_meaning_is_said(unit: str, is_said: bool) -> None:
    install([(replace(GLM[0], threshold=Decimal(30), threshold_unit=unit), GLM[1])])
    said = (
        "GLM (智谱AI / Z.ai): a low threshold is not in the unit of the numbers, so it does not "
        "apply; tankful threshold glm-0000000a says more"
    )
    assert advised() == [said] * is_said


def test_no_connection_is_said_once() -> None:
    unreachable = next(k for k in UsageError.__subclasses__() if k.kind == "unreachable")
    install([failing(GLM, unreachable), failing(TAVILY, unreachable)])
    (line,) = advised()
    assert line.startswith("no provider could be reached; check the connection")


def test_no_connection_is_said_once_beside_a_program_on_this_machine() -> None:
    unreachable = next(k for k in UsageError.__subclasses__() if k.kind == "unreachable")
    account, snapshot = CHATGPT
    local = replace(account, id="claude-0000000a", provider="claude", label="C", kind="none")
    here = (local, replace(snapshot, account_id=local.id))
    install([failing(GLM, unreachable), failing(TAVILY, unreachable), here])
    (line,) = advised()
    assert line.startswith("no provider could be reached; check the connection")


def test_a_key_that_is_missing_is_said_beside_no_connection() -> None:
    kinds = {kind.kind: kind for kind in UsageError.__subclasses__()}
    lost = [failing(known, kinds["unreachable"]) for known in (GLM, TAVILY)]
    install([*lost, failing(CHATGPT, kinds["no_credential"])])
    offline, missing = advised()
    assert offline.startswith("no provider could be reached; check the connection")
    assert "no credential is stored" in missing


def test_a_damaged_list_of_accounts_is_its_own_advice(home: Path) -> None:
    path = Path(accounts.path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir()
    (line,) = advised()
    assert "accounts.json" in line


@pytest.mark.parametrize("is_readable", [True, False])
def test_the_loss_of_the_accounts_comes_before_everything_else(
    monkeypatch: pytest.MonkeyPatch, is_readable: bool
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("TANKFUL_LOOPBACK", "http://127.0.0.1:1")
    path = Path(accounts.path())
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_readable:
        path.write_text("{")
    else:
        path.mkdir()
    first, *rest = advised()
    assert first.startswith("accounts.json was damaged and is kept as" if is_readable else "")
    assert "accounts.json" in first
    assert (
        len(rest) == 1 + is_readable
    )  # the stand-in, and the secret store if accounts can be added
    assert not any("accounts.json" in line or "no account yet" in line for line in rest)


def test_a_stand_in_left_in_the_shell() -> None:
    install(SIX)
    (line,) = advised({**os.environ, "TANKFUL_LOOPBACK": "http://127.0.0.1:1"})
    assert line.startswith("TANKFUL_LOOPBACK is set")


def test_a_background_that_the_system_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(SIX)
    manager = Recorders(tmp_path / "manager", ("systemctl",))
    monkeypatch.setenv("PATH", f"{manager.bin}{os.pathsep}{os.environ['PATH']}")
    schedule.on(os.environ)
    assert advised() == []
    manager.default("systemctl", rc=1)
    (line,) = advised()
    assert line.startswith("Background refresh is set up, but systemd does not run it")


def test_a_clock_that_is_behind() -> None:
    install(SIX)
    ahead = int((utc_now() + timedelta(hours=2)).timestamp())
    last_refresh.write(last_refresh.Journal(last_refresh.Refresh(ahead, 0.5)))
    assert advised() == [
        (
            "the last refresh is later than this machine's clock; set the clock, "
            "or if it is right by now, run tankful refresh"
        )
    ]


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (7200, ["at the last refresh this machine's clock was 2h fast; set it, since"]),
        (-600, ["at the last refresh this machine's clock was 10m slow; set it, since"]),
        (advice.WRONG, []),
        (None, []),
    ],
)
def test_a_clock_that_differs_from_the_providers(ahead: int | None, said: list[str]) -> None:
    install(SIX)
    at = int(utc_now().timestamp())
    last_refresh.write(last_refresh.Journal(last_refresh.Refresh(at, 0.5, clock_ahead=ahead)))
    told = advised()
    assert len(told) == len(said)
    assert all(line.startswith(begin) for line, begin in zip(told, said))


@pytest.mark.parametrize(
    ("setting", "program", "said"),
    [
        ("auto", "curl", []),
        ("off", "curl", ["the setting edge is off; tankful config edge auto lets"]),
        ("auto", "", ["chatgpt.com may let curl in where it challenges Tankful"]),
    ],
)
@pytest.mark.parametrize("message", [CHALLENGED, TOKEN_CHALLENGED])
def test_a_challenge_is_told_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    program: str,
    said: list[str],
    message: Message,
) -> None:
    monkeypatch.setenv("TANKFUL_EDGE", setting)
    monkeypatch.setattr(system_stack, "program", lambda: program)
    account, snapshot = CHATGPT
    failure = Failure("blocked", message.filled(provider="canary"), utc_now())
    install([(account, replace(snapshot, failure=failure))])
    first, *rest = advised()
    assert first.startswith("ChatGPT (Subscription) is blocked from this network, where")
    assert ("guide, method A" in first) == (message is CHALLENGED)
    assert [line.startswith(begin) for line, begin in zip(rest, said)] == [True] * len(said)
    assert len(rest) == len(said)


def test_a_refresh_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    install(SIX)
    with files.lock(background.lock_path(os.environ), 0):
        later = int(time.monotonic()) + background.LONGEST + 60
        monkeypatch.setattr(time, "monotonic", lambda: later)
        assert f"a refresh is stuck; stop it: kill {os.getpid()}" in advised()


def test_another_program_of_the_name_comes_first(tmp_path: Path) -> None:
    install(SIX)
    own, other = tmp_path / "own" / "tankful", tmp_path / "other" / "tankful"
    for program in (own, other):
        program.parent.mkdir()
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    first = {**os.environ, "PATH": f"{other.parent}:{own.parent}"}
    (line,) = advised(first, str(own))
    assert line.startswith(f"{other} comes first on PATH")
    assert str(own.parent) in line
    assert advised({**os.environ, "PATH": f"{own.parent}:{other.parent}"}, str(own)) == []
    (tmp_path / "linked").symlink_to(own.parent)
    assert advised({**os.environ, "PATH": str(tmp_path / "linked")}, str(own)) == []


def test_the_command_says_it_before_the_report(shell: Shell) -> None:
    ran = shell.tankful("doctor")
    first, second, empty, heading, *_ = ran.out.splitlines()
    assert (ran.code, ran.err, first, empty) == (0, "", "What to do first:", "")
    assert second == "1. there is no account yet; tankful add adds the first"
    assert heading == "## Tankful"
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    assert shell.tankful("doctor").out.startswith("请先处理：\n1. 还没有账号；")
