"""ChatGPT's pages: what is sent for them, what refuses them, and which of them are kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.providers.contract import NOW, Answers, ScriptedClient, answer, body, sample
from tests.said import english
from workflow.chatgpt import allowances, pages
from workflow.errors import Blocked, UnexpectedResponse, UsageError
from workflow.models import Credential

EXPIRED = body("chatgpt/jwt.access_token_expired.txt").decode().strip()
HEADERS = {"Authorization": "Bearer synthetic"}
TEAM = "00000000-aaaa-4bbb-8ccc-000000000002"
RESETS = "GET chatgpt.com/backend-api/wham/rate-limit-reset-credits"
ACCOUNTS = "GET chatgpt.com/backend-api/accounts/check/v4-2023-04-27"
INIT = "POST chatgpt.com/backend-api/conversation/init"
SUBSCRIPTION = "GET chatgpt.com/backend-api/subscriptions"


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("error_401_could_not_parse.json", "credential_rejected", "part of it may be missing"),
        ("error_401_expired.json", "credential_expired", "the access token has expired"),
        ("error_401_invalidated.json", "credential_rejected", "logged out or its password changed"),
        ("error_401_revoked.json", "credential_rejected", "logged out or its password changed"),
        ("error_401_deactivated.json", "credential_rejected", "OpenAI has deactivated"),
        ("error_402_workspace.json", "not_available", "no longer paid"),
    ],
)
def test_each_refusal_has_its_own_sentence(name: str, kind: str, words: str) -> None:
    error = pages.refusal(sample(f"chatgpt/{name}"))
    assert (error.kind, words in english(error.message)) == (kind, True)


CUT = {"detail": "Could not parse your authentication token."}


@pytest.mark.parametrize(
    ("status", "content", "words"),
    [
        (401, {}, "does not accept this access token"),
        (401, {"detail": "another sentence"}, "does not accept this access token"),
        (401, {**CUT, "code": "token_revoked"}, "logged out"),
        (403, CUT, "shows no usage"),
        (403, {}, "shows no usage"),
    ],
    ids=["bare", "unknown", "a code says more", "only of 401", "closed"],
)
def test_what_no_code_explains_is_read_by_its_status(
    status: int, content: dict[str, Any], words: str
) -> None:
    assert words in english(pages.refusal(answer(status, content)).message)


def test_an_answer_that_is_no_refusal_is_unexpected() -> None:
    assert pages.refusal(answer(200, {})).kind == "unexpected_response"


def test_a_challenge_is_no_closed_page() -> None:
    client = ScriptedClient(
        {"GET chatgpt.com/backend-api/wham/usage": "chatgpt/error_403_plain_html.html"}
    )
    with pytest.raises(Blocked):
        main(client)


@pytest.mark.parametrize(
    ("credential", "kind", "words"),
    [
        (Credential("access_token", "sk-proj-synthetic"), "wrong_credential", "this is an API key"),
        (Credential("access_token", EXPIRED), "credential_expired", "access token has expired"),
    ],
)
def test_what_cannot_be_a_valid_token_is_not_sent(
    credential: Credential, kind: str, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        pages.check(credential)
    assert (caught.value.kind, words in english(caught.value.message)) == (kind, True)


def test_the_token_of_a_session_was_checked_with_it() -> None:
    pages.check(Credential("session", EXPIRED))


@pytest.fixture(params=["UTC", "Asia/Kolkata", "America/St_Johns"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


OFFSETS = {"UTC": 0, "Asia/Kolkata": -330, "America/St_Johns": 150}


def test_the_other_pages_are_asked_as_a_browser_asks_them(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "utc_now", lambda: datetime(2026, 7, 1, 12, tzinfo=timezone.utc))
    client = ScriptedClient({ACCOUNTS: answer(200, {}), INIT: answer(200, {})})
    calls = pages.extra_calls(client, HEADERS, TEAM)
    for name in ("accounts", "init"):
        asyncio.run(call(calls[name]))
    accounts, init = client.asked
    assert accounts.url.endswith(f"?timezone_offset_min={OFFSETS[zone]}")
    assert init.headers == {**HEADERS, "Origin": "https://chatgpt.com"}
    assert init.json == {
        "gizmo_id": None,
        "requested_default_model": None,
        "conversation_id": None,
        "timezone_offset_min": OFFSETS[zone],
    }


async def call(ask: Any) -> Any:
    return await ask()


def test_the_subscription_is_that_of_the_workspace() -> None:
    client = ScriptedClient({SUBSCRIPTION: answer(200, {})})
    asyncio.run(call(pages.extra_calls(client, HEADERS, TEAM)["subscription"]))
    assert client.asked[0].url.endswith(f"/subscriptions?account_id={TEAM}")
    assert "subscription" not in pages.extra_calls(client, HEADERS, None)


class Keeping(ScriptedClient):
    """A client that keeps pages."""

    def __init__(self, table: Any, kept: dict[str, Any]) -> None:
        super().__init__(table)
        self.pages = kept


def main(client: ScriptedClient, workspace: str | None = None) -> Any:
    resets = pages.FreeResets(client, workspace)
    return asyncio.run(pages.ask_main(client, HEADERS, HEADERS, workspace, resets))


def counting(number: int | None) -> dict[str, Any]:
    return {"rate_limit": {}, "rate_limit_reset_credits": {"available_count": number}}


def test_the_free_resets_are_asked_for_as_a_beta() -> None:
    table: Answers = {
        "GET chatgpt.com/backend-api/wham/usage": answer(200, counting(2)),
        RESETS: "chatgpt/reset_credits.two.json",
    }
    client = ScriptedClient(table)
    _answer, usage, further = main(client)
    assert usage == counting(2)
    assert further["resets"]["available_count"] == 2
    assert client.asked[1].headers == {**HEADERS, "OpenAI-Beta": "codex-1"}


PAGE = {"available_count": 2, "credits": [{"id": "synthetic"}]}


def test_free_resets_are_kept_until_others_are_counted() -> None:
    kept: dict[str, Any] = {}
    client = Keeping({}, kept)
    first = pages.FreeResets(client, TEAM)
    assert not first.is_known(counting(2))
    assert first.page(counting(2), PAGE) == PAGE
    assert kept == {f"resets {TEAM}": {"count": 2, "page": {"credits": PAGE["credits"]}}}
    again = pages.FreeResets(client, TEAM)
    assert again.is_known(counting(2))
    assert again.page(counting(2), {}) == {"credits": PAGE["credits"]}
    assert again.page(counting(2), PAGE) == PAGE
    assert not again.is_known(counting(3))
    assert not pages.FreeResets(client, None).is_known(counting(2))


def test_no_free_resets_leave_nothing() -> None:
    kept: dict[str, Any] = {"resets None": {"count": 2, "page": {}}}
    resets = pages.FreeResets(Keeping({}, kept), None)
    assert resets.is_known(counting(0))
    assert resets.page(counting(0), {}) == {}
    assert kept == {}


@pytest.mark.parametrize("fetched", [{}, {"available_count": 3}], ids=["missing", "another count"])
def test_a_page_that_does_not_go_with_the_count_is_expected_again(fetched: dict[str, Any]) -> None:
    kept: dict[str, Any] = {"resets None": {"count": 1, "page": {"credits": []}}}
    client = Keeping({}, kept)
    assert pages.FreeResets(client, None).page(counting(2), fetched) == fetched
    assert kept == {"resets None": {}}
    assert pages.FreeResets(client, None).is_expected()


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (f" {TEAM} ", TEAM),
        ("user-synthetic", None),
        ("", None),
        (None, None),
        ("../other", None),
        ("a" * 64, "a" * 64),
        ("a" * 65, None),
    ],
)
def test_a_workspace_has_an_id_that_can_be_part_of_a_path(value: object, known: str | None) -> None:
    assert pages.workspace_id(value) == known


def test_the_balance_is_that_of_the_account_in_the_answer() -> None:
    own = f"GET chatgpt.com/backend-api/accounts/{TEAM}/remaining_balance"
    usage = {"credits": {"has_credits": True, "unlimited": False}, "account_id": TEAM}
    table: Answers = {
        "GET chatgpt.com/backend-api/wham/usage": answer(200, usage),
        own: "chatgpt/remaining_balance.json",
    }
    _answer, _usage, further = main(ScriptedClient(table))
    assert further["balance"]


OWN_READERS = [
    *(("usage", name) for name in ("rate_limit", "additional_rate_limits", "credits")),
    *(("usage", name) for name in ("spend_control", "individual_limit", "model_usage", "promo")),
    ("usage", "rate_limit_reset_credits"),
    *(("init", name) for name in ("banner_info", "blocked_features", "model_limits")),
    ("init", "limits_progress"),
    *(("node", name) for name in ("account", "entitlement", "last_active_subscription")),
    *(("node", name) for name in ("features", "eligible_promo_campaigns", "eligible_offers")),
]


@pytest.mark.parametrize(("page", "name"), OWN_READERS)
def test_what_has_a_reader_of_its_own_is_no_other_allowance(page: str, name: str) -> None:
    counts = {"exports": {"used": 3, "limit": 10}}
    known = pages.KNOWN_BLOCKS[page]
    assert list(allowances.allowances({name: counts}, known, NOW)) == []
    assert len(list(allowances.allowances({f"{name}_2": counts}, known, NOW))) == 1


@pytest.mark.parametrize("name", [name for page, name in OWN_READERS if page == "usage"])
def test_one_block_of_the_main_page_is_enough_to_know_it(name: str) -> None:
    client = ScriptedClient({"GET chatgpt.com/backend-api/wham/usage": answer(200, {name: {}})})
    assert main(client)[1] == {name: {}}


def test_a_page_without_any_known_block_is_another_page() -> None:
    client = ScriptedClient({"GET chatgpt.com/backend-api/wham/usage": answer(200, {"x": {}})})
    with pytest.raises(UnexpectedResponse):
        main(client)


def test_a_clock_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "utc_now", lambda: NOW - timedelta(days=3650))
    pages.check(Credential("access_token", EXPIRED))  # not expired ten years ago
