"""Codex on this machine: asked through its program, with a stand-in of that name."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.providers.contract import NOW, ScriptedClient
from tests.said import both
from tests.standin.codex import GOOD, Codex
from workflow.codex.app_server import Answers, Refusal
from workflow.credentials import store
from workflow.errors import UsageError
from workflow.models import Account, Balance, Usage
from workflow.providers import codex as codex_provider
from workflow.refresh import fetch as fetching

ACCOUNT = Account("codex-1", "codex", "Codex", kind="none")


@pytest.fixture
def codex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Codex:
    """A Codex that is found first."""
    program = Codex(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{program.folder}:/usr/bin:/bin")
    return program


def usage() -> Usage:
    client = ScriptedClient({})
    told = asyncio.run(fetching.answered(client, ACCOUNT, store.read(ACCOUNT)))
    assert client.asked == []
    return told


def failing() -> UsageError:
    with pytest.raises(UsageError) as caught:
        usage()
    english, chinese = both(caught.value.message.filled(keys="https://keys.example"))
    assert english != chinese
    assert "Codex" in english
    assert "someone@example.com" not in english + chinese
    return caught.value


def test_it_tells_windows_credits_and_plan(codex: Codex) -> None:
    told = usage()
    assert [(q.label, q.used, q.window) for q in told.quotas] == [
        ("5 hours", Decimal(25), 18000),
        ("Weekly", Decimal(41), 604800),
    ]
    assert told.balances == (Balance(Decimal("12.5"), "credits", role="reserve"),)
    assert told.plan == "Plus"
    assert told.as_of is None  # asked just now


LOGGED_OUT = {"result": {"account": None, "requiresOpenaiAuth": True}}
WITH_A_KEY = {"result": {"account": {"type": "apiKey"}, "requiresOpenaiAuth": True}}


def refusing(message: str, code: int = -32603) -> dict[str, Any]:
    said = {"code": code, "message": f"{message} for someone@example.com"}
    return {"account/rateLimits/read": {"error": said}}


@pytest.mark.parametrize(
    ("answers", "kind", "next_step"),
    [
        ({"account/read": LOGGED_OUT}, "no_credential", "codex login"),
        ({"account/read": WITH_A_KEY}, "wrong_credential", "choose ChatGPT"),
        (refusing("chatgpt authentication required", -32600), "no_credential", "codex login"),
        (refusing("unexpected status 401 Unauthorized"), "credential_expired", "codex login"),
        (refusing("the refresh token was revoked"), "credential_expired", "codex login"),
        (refusing("unknown variant `account/rateLimits/read`", -32600), "not_available", "update"),
        (refusing("failed to fetch codex rate limits: 502"), "provider_failed", ""),
        ({"account/rateLimits/read": {"result": {}}}, "unexpected_response", ""),
    ],
)
def test_whatever_is_wrong_has_its_sentence(
    codex: Codex, answers: dict[str, Any], kind: str, next_step: str
) -> None:
    codex.tell({**GOOD, **answers})
    if not next_step:
        with pytest.raises(UsageError) as caught:
            usage()
        assert caught.value.kind == kind
        return
    error = failing()
    assert error.kind == kind
    assert next_step in both(error.message)[0]


def refused(message: object, code: int = -32603) -> Refusal:
    return Refusal({"message": message, "code": code})


@pytest.mark.parametrize(
    ("account", "told", "kind"),
    [
        ({"account": {"type": "apiKey"}}, {}, "wrong_credential"),
        ({"account": {"type": "api_key"}}, {}, "wrong_credential"),
        ({"account": {"type": "apikey"}}, {}, "wrong_credential"),
        ({"account": None}, {}, "no_credential"),
        ({}, {}, "unexpected_response"),
        (refused("", -32601), {}, "unexpected_response"),
        (None, refused("Authentication required"), "no_credential"),
        ({}, refused("not logged in"), "no_credential"),
        ({}, refused("status 401"), "credential_expired"),
        ({}, refused("Unauthorized"), "credential_expired"),
        ({}, refused("it has expired"), "credential_expired"),
        ({}, refused("it was revoked"), "credential_expired"),
        ({}, refused("no refresh token"), "credential_expired"),
        ({}, refused("unknown variant of expired"), "not_available"),
        ({}, refused("", -32601), "not_available"),
        (refused("", -32601), refused(None), "provider_failed"),
    ],
)
def test_every_refusal_has_its_kind(account: Any, told: Any, kind: str) -> None:
    with pytest.raises(UsageError) as caught:
        codex_provider.parse(Answers(account, told))
    assert caught.value.kind == kind


def test_the_account_says_the_plan_that_its_limits_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codex_provider, "utc_now", lambda: NOW)
    limit = {"rateLimits": {"primary": {"usedPercent": 1, "resetsAt": 3600}}}
    told = codex_provider.parse(Answers({"account": {"type": "chatgpt", "planType": "pro"}}, limit))
    assert (told.plan, told.quotas[0].resets_at) == ("Pro", NOW + timedelta(hours=1))


def test_an_older_one_that_does_not_tell_the_account_is_read_all_the_same(codex: Codex) -> None:
    unknown = {"error": {"code": -32601, "message": "method not found"}}
    codex.tell({**GOOD, "account/read": unknown})
    assert usage().plan == "Plus"


def test_where_there_is_none_its_page_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    error = failing()
    assert error.kind == "not_available"
    assert "not installed" in both(error.message)[0]
