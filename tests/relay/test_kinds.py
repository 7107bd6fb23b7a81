from __future__ import annotations

import asyncio

import pytest

from tests.providers.contract import Answers, ScriptedClient, answer
from workflow.errors import UnexpectedResponse, UsageError
from workflow.relay import kinds

BASE = "https://relay.example"
STATUS = "GET relay.example/api/status"
USAGE, KEY = "GET relay.example/v1/usage", "GET relay.example/key/info"


def detected(answers: Answers, secret: str = "sk-canary") -> tuple[str, list[str]]:
    client = ScriptedClient(answers)
    kind = asyncio.run(kinds.detect(client, BASE, secret))
    json, key = {"Accept": "application/json"}, {"Authorization": f"Bearer {secret}"}
    headers = [json, {**json, **key}, {**json, **key}]  # the first address needs no key
    assert [asked.headers for asked in client.asked] == headers[: len(client.asked)]
    return kind, [asked.url.rpartition(".example")[2] for asked in client.asked]


def error(kind: str) -> dict[str, object]:
    return {"error": {"type": kind}}


@pytest.mark.parametrize(
    "code",
    [
        *("INVALID_API_KEY", "API_KEY_DISABLED", "USER_NOT_FOUND", "USER_INACTIVE"),
        *("ACCESS_DENIED", "GROUP_DELETED", "GROUP_DISABLED", "GROUP_NOT_ALLOWED"),
    ],
)
def test_sub2api_is_known_by_each_of_its_refusals(code: str) -> None:
    assert detected({USAGE: answer(401, {"code": code})})[0] == "sub2api"


@pytest.mark.parametrize(
    ("route", "document", "kind"),
    [
        (STATUS, {"data": {"quota_per_unit": 1, "quota_display_type": "USD"}}, "new-api"),
        (STATUS, {"data": {"quota_per_unit": 1}}, "one-api"),
        (USAGE, {"isValid": False}, "sub2api"),
        (USAGE, error("authentication_error"), "sub2api"),
        (USAGE, error("subscription_error"), "sub2api"),
        (USAGE, {"code": "INVALID_API_KEY", "message": "Invalid API key"}, "sub2api"),
        (KEY, {"info": {}}, "litellm"),
        (KEY, error("token_not_found_in_db"), "litellm"),
        (KEY, error("auth_error"), "litellm"),
        (KEY, error("expired_key"), "litellm"),
        (KEY, error("budget_exceeded"), "litellm"),
    ],
)
def test_the_kind_is_known_by_what_it_answers(route: str, document: object, kind: str) -> None:
    asked = ["/api/status", "/v1/usage", "/key/info"]
    places = [STATUS, USAGE, KEY]
    assert detected({route: answer(200, document)}) == (kind, asked[: places.index(route) + 1])


@pytest.mark.parametrize(
    ("route", "document"),
    [(STATUS, {"quota_per_unit": 1}), (USAGE, error("auth_error")), (USAGE, {"code": 404}), (KEY, error("other")), (KEY, [])],
)  # fmt: skip
def test_any_other_answer_is_of_no_relay(route: str, document: object) -> None:
    with pytest.raises(UnexpectedResponse):
        detected({route: answer(200, document)})


def test_a_key_says_itself_whose_it_is_and_without_one_less_is_asked() -> None:
    assert detected({}, "cr_canary") == ("claude-relay", [])
    with pytest.raises(UnexpectedResponse):
        detected({KEY: answer(200, {"info": {}})}, "")


def test_a_kind_that_is_kept_has_a_known_name() -> None:
    assert [kinds.read(kind) for kind in kinds.KINDS] == list(kinds.KINDS)
    assert kinds.read("new api") is None


@pytest.mark.parametrize("route", [STATUS, USAGE, KEY])
@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, "rate_limited"), (502, "provider_failed"), (404, "unexpected_response")],
)
def test_a_relay_that_fails_now_is_not_unknown(route: str, status: int, kind: str) -> None:
    with pytest.raises(UsageError) as caught:
        detected({route: answer(status, "no", retry_after="60")})
    assert caught.value.kind == kind
    assert (caught.value.retry_at is not None) == (status != 404)
