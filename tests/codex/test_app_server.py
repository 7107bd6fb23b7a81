from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.said import both
from tests.standin.codex import GOOD, Codex
from workflow import __version__
from workflow.codex import app_server
from workflow.errors import UsageError


def ask(codex: Codex) -> app_server.Answers:
    return asyncio.run(app_server.ask([str(codex.path)], {"HOME": "/nowhere"}))


def failing(codex: Codex) -> UsageError:
    with pytest.raises(UsageError) as caught:
        ask(codex)
    for words in both(caught.value.message):
        assert "Codex" in words
    assert both(caught.value.message)[0] != both(caught.value.message)[1]
    return caught.value


def is_there(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        if not os.path.isdir("/proc/self"):
            pytest.skip("no /proc")
        return False


def test_it_says_who_it_is_then_asks_and_ends(tmp_path: Path) -> None:
    codex = Codex(tmp_path, first=["WARNING: something of the wrapper's"])
    told = ask(codex)
    assert told.account == GOOD["account/read"]["result"]
    assert told.limits == GOOD["account/rateLimits/read"]["result"]
    hello, ready, *requests = codex.asked
    assert hello["method"] == "initialize"
    client = {"name": "tankful", "title": "Tankful", "version": __version__}
    assert hello["params"]["clientInfo"] == client
    assert ready == {"method": "initialized"}
    assert [each["method"] for each in requests] == ["account/read", "account/rateLimits/read"]
    assert len({each["id"] for each in (hello, *requests)}) == 3
    assert requests[0]["params"] == {"refreshToken": False}  # its sign-in is Codex's own business
    ((arguments, environment, process),) = codex.started
    assert arguments == ["-s", "read-only", "-a", "never", "app-server"]
    assert environment.keys() - {"LC_CTYPE"} == {"HOME"}
    assert not is_there(process)


def test_a_refusal_is_kept_with_its_own_words_for_nobody_to_see(tmp_path: Path) -> None:
    said = {"error": {"code": -32603, "message": "Failed for someone@example.com"}}
    told = ask(Codex(tmp_path, {**GOOD, "account/rateLimits/read": said}))
    assert isinstance(told.limits, app_server.Refusal)
    assert (told.limits.text, told.limits.is_unknown) == ("failed for someone@example.com", False)
    assert "someone" not in f"{told.limits}{told.limits!r}"


def test_a_refused_account_is_asked_no_further(tmp_path: Path) -> None:
    refused = {"error": {"code": -32603, "message": "not signed in"}}
    codex = Codex(tmp_path, {**GOOD, "account/read": refused})
    told = ask(codex)
    assert isinstance(told.account, app_server.Refusal)
    assert told.limits is told.account
    assert told.limits.text == "not signed in"
    assert codex.asked[-1]["method"] == "account/read"


def test_one_that_cannot_name_the_account_is_still_asked_for_limits(tmp_path: Path) -> None:
    unknown = {"error": {"code": -32601, "message": "method not found"}}
    told = ask(Codex(tmp_path, {**GOOD, "account/read": unknown}))
    assert isinstance(told.account, app_server.Refusal)
    assert told.limits == GOOD["account/rateLimits/read"]["result"]


def test_what_it_writes_beside_its_answers_is_not_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    codex = Codex(tmp_path)
    begin, _, rest = codex.path.read_text().partition("\n")
    codex.path.write_text(f"{begin}\nimport sys; sys.stderr.write('canary')\n{rest}")
    assert ask(codex).limits == GOOD["account/rateLimits/read"]["result"]
    assert "canary" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("code", [-32601, -32600])
def test_a_method_that_it_does_not_have_is_told_apart(tmp_path: Path, code: int) -> None:
    said = {"error": {"code": code, "message": "unknown variant `account/rateLimits/read`"}}
    told = ask(Codex(tmp_path, {**GOOD, "account/rateLimits/read": said}))
    assert isinstance(told.limits, app_server.Refusal)
    assert told.limits.is_unknown


@pytest.mark.parametrize(
    ("more", "kind", "word"),
    [
        ({"exit": 2}, "not_available", "too old"),
        ({"exit": 1}, "unreachable", "exited without an answer"),
        ({"exit": 127}, "unreachable", "exited without an answer"),
        ({"exit": 0, "first": ["Welcome!"]}, "unexpected_response", "does not understand"),
        ({"first": ["{}"] * 300}, "unexpected_response", "does not understand"),
        ({"first": ["x" * 2_000_000]}, "unexpected_response", "does not understand"),
        ({"first": ["[" * 100_000], "exit": 0}, "unexpected_response", "does not understand"),
    ],
    ids=["old", "breaks", "no-interpreter", "garbage", "endless", "long", "nested"],
)
def test_whatever_else_it_does_has_a_sentence(
    tmp_path: Path, more: dict[str, Any], kind: str, word: str
) -> None:
    error = failing(Codex(tmp_path, **more))
    assert error.kind == kind
    assert word in both(error.message)[0]


def test_an_old_one_that_refuses_to_be_greeted(tmp_path: Path) -> None:
    refused = {"error": {"code": -32600, "message": "unknown variant `initialize`"}}
    error = failing(Codex(tmp_path, {"initialize": refused}))
    assert (error.kind, "too old" in both(error.message)[0]) == ("not_available", True)


@pytest.mark.parametrize("words", [[], ["Press Enter to log in"]], ids=["silent", "talking"])
def test_one_that_hangs_is_ended_with_what_it_has_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(app_server, "SECONDS", 0.6)
    monkeypatch.setattr(app_server, "_GRACE", 0.1)
    codex = Codex(tmp_path, hangs=True, first=words)
    begun = time.monotonic()
    assert failing(codex).kind == ("unexpected_response" if words else "unreachable")
    assert time.monotonic() - begun < 5
    ((_, _, process),) = codex.started
    child = int((tmp_path / "child").read_text())
    assert not is_there(process)
    while is_there(child) and time.monotonic() - begun < 5:
        time.sleep(0.01)  # the system ends it when it is next scheduled
    assert not is_there(child)


def test_what_is_no_program_cannot_be_started(tmp_path: Path) -> None:
    codex = Codex(tmp_path)
    codex.path.write_text("#!/nowhere/node\n")
    assert failing(codex).kind == "unreachable"


def test_several_at_once_do_not_meet(tmp_path: Path) -> None:
    async def both_at_once() -> list[app_server.Answers]:
        command, environ = [str(Codex(tmp_path).path)], {"HOME": "/nowhere"}
        return await asyncio.gather(*(app_server.ask(command, environ) for _ in range(4)))

    assert len({repr(told) for told in asyncio.run(both_at_once())}) == 1
