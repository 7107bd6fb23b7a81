from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import NOW, Answers, Case, ScriptedClient, answer
from workflow.errors import UsageError
from workflow.models import Balance, Quota, Usage
from workflow.provider.notices import expiry
from workflow.relay import new_api
from workflow.relay.new_api import EXPIRED, RAW, USED_UP, Units

BASE = "https://relay.example"
STATUS, TOKEN = "GET relay.example/api/status", "GET relay.example/api/usage/token/"
LIMIT = "GET relay.example/v1/dashboard/billing/subscription"
USED = "GET relay.example/v1/dashboard/billing/usage"
SOON = NOW.timestamp() + 1


class Kept(ScriptedClient):
    """A client that remembers pages."""

    def __init__(self, answers: Answers, pages: dict[str, Any]) -> None:
        super().__init__(answers)
        self.pages = pages


def asked(client: ScriptedClient, user: str = "", *, describes_keys: bool = True) -> Usage:
    return asyncio.run(
        new_api.fetch(client, BASE, "sk-canary", user, describes_keys=describes_keys)
    )


def key(used: str | None, limit: str | None, left: str, **more: Any) -> Quota:
    spent, most = (None if each is None else Decimal(each) for each in (used, limit))
    return Quota("Key", "credits", spent, most, Decimal(left), **more)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"quota_per_unit": 5, "quota_display_type": "USD"}, Units("USD", Decimal(5))),
        ({"quota_per_unit": 5, "display_in_currency": True}, Units("USD", Decimal(5))),
        ({"quota_per_unit": 5, "quota_display_type": "CNY", "usd_exchange_rate": 7}, Units("CNY", Decimal(5), Decimal(7))),
        ({"quota_per_unit": 5, "quota_display_type": "CUSTOM", "usd_exchange_rate": 7, "custom_currency_exchange_rate": 3}, Units("USD", Decimal(5))),
        ({"quota_per_unit": 5, "quota_display_type": "EUR", "usd_exchange_rate": 7}, RAW),
        ({"quota_per_unit": 5, "quota_display_type": "USD", "display_in_currency": False}, Units("USD", Decimal(5))),
        ({"quota_per_unit": 5, "quota_display_type": "TOKENS", "usd_exchange_rate": 7}, RAW),
        ({"quota_per_unit": 5, "display_in_currency": False}, RAW),
        ({"quota_per_unit": 5, "quota_display_type": "CNY"}, RAW),
        ({"quota_per_unit": 5}, Units("USD", Decimal(5))),
        ({"quota_per_unit": 0, "quota_display_type": "USD"}, RAW),
        ({"quota_display_type": "USD"}, RAW),
    ],
)  # fmt: skip
def test_units_are_what_the_relay_says(status: dict[str, object], expected: Units) -> None:
    assert new_api.units(status) == expected


def test_units_are_asked_for_once_a_day() -> None:
    pages: dict[str, Any] = {}
    status = {
        "quota_per_unit": 5,
        "quota_display_type": "USD",
        "display_in_currency": True,
        "usd_exchange_rate": 7,
    }
    told = answer(200, {"data": {"total_used": 10, "total_granted": 20}})
    answers = {STATUS: answer(200, {"data": {**status, "name": "Mine"}}), TOKEN: told}
    expected = (Quota("Key", "USD", Decimal(2), Decimal(4), Decimal(2)),)
    for requests in (2, 1):
        client = Kept(answers, pages)
        assert asked(client).quotas == expected
        assert len(client.asked) == requests
    assert pages == {"status": status}
    assert client.asked[0].headers["Authorization"] == "Bearer sk-canary"


@pytest.mark.parametrize(
    ("status", "expected"),
    [(429, "rate_limited"), (502, "provider_failed"), (404, None), (403, None)],
)
def test_without_the_units_there_are_no_numbers_in_others(
    status: int, expected: str | None
) -> None:
    pages: dict[str, Any] = {}
    told = answer(200, {"data": {"total_used": 10, "total_granted": 20}})
    client = Kept({STATUS: answer(status, {"error": "no"}), TOKEN: told}, pages)
    if expected is None:
        assert asked(client).quotas == (key("10", "20", "10"),)
        assert pages == {"status": None}
        return
    with pytest.raises(UsageError) as caught:
        asked(client)
    assert (caught.value.kind, pages) == (expected, {})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"total_used": 3, "total_granted": 5, "total_available": 2}, key("3", "5", "2")),
        ({"total_available": 2}, key(None, None, "2")),
        ({"total_granted": 5, "total_available": 2}, key("3", "5", "2")),
        ({"total_used": 3, "total_granted": 5, "unlimited_quota": 1}, key("3", "5", "2")),
        ({"total_used": 3, "unlimited_quota": True}, Quota("Key", "credits", Decimal(3), None, None, unlimited=True)),
        ({"unlimited_quota": True}, "unexpected_response"),
        ({"total_used": "many"}, "unexpected_response"),
        ({"total_used": 3, "expires_at": NOW.timestamp()}, "credential_expired"),
    ],
)  # fmt: skip
def test_a_key_tells_what_is_left_of_it(data: dict[str, Any], expected: Quota | str) -> None:
    told = answer(200, {"data": data})
    if isinstance(expected, Quota):
        assert new_api.parse_key(told, RAW) == Usage((expected,))
        return
    with pytest.raises(UsageError) as caught:
        new_api.parse_key(told, RAW)
    assert caught.value.kind == expected
    ended = caught.value.message == EXPIRED
    assert ended == (expected == "credential_expired")


def test_a_key_that_ends_says_when() -> None:
    told = answer(200, {"data": {"total_used": 3, "total_granted": 5, "expires_at": SOON}})
    assert new_api.parse_key(told, RAW).notice == expiry(NOW)
    usage = new_api.parse_billing(
        {"hard_limit_usd": 5, "access_until": SOON}, {"total_usage": 300}, "USD", is_sure=True
    )
    assert usage.notice == expiry(NOW)


@pytest.mark.parametrize(
    ("limit", "used", "is_sure", "expected"),
    [
        (99_999_999, 300, True, Quota("Key", "credits", Decimal(3), None, None, unlimited=True)),
        (100_000_000, 300, True, Quota("Key", "credits", Decimal(3), None, None, unlimited=True)),
        (100_000_001, 300, True, key("3", "100000001", "99999998")),
        (99_999_998, 300, True, key("3", "99999998", "99999995")),
        (3, 300, False, key("3", "3", "0", estimated=True)),
        (-1, 300, False, key("3", "3", "0")),
        (-1, 300, True, key("3", "0", "0")),
        (2, 300, False, key("3", "5", "2")),
        (2, 300, True, key("3", "2", "0")),
    ],
)  # fmt: skip
def test_pages_of_billing_tell_a_limit_or_the_rest(
    limit: int, used: int, is_sure: bool, expected: Quota
) -> None:
    usage = new_api.parse_billing(
        {"hard_limit_usd": limit}, {"total_usage": used}, "credits", is_sure=is_sure
    )
    assert usage == Usage((expected,))


def test_more_dollars_than_the_sign_are_unlimited_too() -> None:
    usage = new_api.parse_billing(
        {"hard_limit_usd": 100_000_001}, {"total_usage": 300}, "USD", is_sure=True
    )
    assert usage.quotas == (Quota("Key", "USD", Decimal(3), None, None, unlimited=True),)


@pytest.mark.parametrize(("limit", "used"), [({"hard_limit_usd": 5}, {}), ({}, {"total_usage": 5})])
def test_a_limit_or_a_use_alone_is_no_answer(limit: dict[str, int], used: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        new_api.parse_billing(limit, used, "USD", is_sure=True)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("message", ["exhausted", "令牌额度已用尽", "it is USED UP", "额度已耗尽"])
def test_a_key_that_is_used_up_is_not_a_wrong_one(status: int, message: str) -> None:
    told = {LIMIT: answer(status, {"error": {"message": message}})}
    usage = asked(ScriptedClient(told), describes_keys=False)
    assert usage.blocked is not None
    assert (usage.blocked.kind, usage.blocked.reason) == ("credits", USED_UP)


REFUSED = "credential_rejected"
OK = answer(200, {"hard_limit_usd": 5, "total_usage": 300})
CASES = (
    Case("wrong", {LIMIT: answer(401, {"error": {"message": "wrong"}}), USED: OK}, REFUSED),
    Case("in 200", {LIMIT: OK, USED: answer(200, {"success": False})}, REFUSED),
    Case("error in 200", {LIMIT: answer(200, {"error": {"message": "used up"}}), USED: OK}, REFUSED),
    Case("empty", {LIMIT: OK, USED: answer(200, {})}, "unexpected_response"),
    Case("late", {LIMIT: OK, USED: answer(500, {"error": 1})}, "provider_failed"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_failure_comes_with_any_status(case: Case) -> None:
    with pytest.raises(UsageError) as caught:
        asked(ScriptedClient(case.answers), describes_keys=False)
    assert caught.value.kind == case.expect


def test_a_wallet_is_what_is_left_to_its_owner() -> None:
    told = answer(200, {"data": {"quota": 12, "used_quota": 3, "group": "vip"}})
    client = ScriptedClient({"GET relay.example/api/user/self": told})
    usage = asked(client, "42")
    assert usage == Usage(balances=(Balance(Decimal(12), "credits"),), plan="vip")
    headers = client.asked[1].headers
    assert (headers["New-Api-User"], headers["Authorization"]) == ("42", "Bearer sk-canary")
    with pytest.raises(UsageError):
        new_api.parse_wallet(answer(200, {"data": {"group": "vip"}}), RAW)


@pytest.mark.parametrize(
    "why", ["无权进行此操作，New-Api-User 与登录用户不匹配", "the header new-api-user is malformed"]
)
def test_another_users_id_is_no_wrong_token(why: str) -> None:
    refused = answer(401, {"success": False, "message": why})
    with pytest.raises(UsageError) as caught:
        new_api.parse_wallet(refused, RAW)
    assert caught.value.kind == "wrong_credential"
    assert "user ID" in str(caught.value)


@pytest.mark.parametrize(("group", "plan"), [("default", None), ("vip", "vip"), ("", None)])
def test_the_group_of_everybody_is_no_plan(group: str, plan: str | None) -> None:
    told = answer(200, {"data": {"quota": 5, "group": group}})
    assert new_api.parse_wallet(told, RAW).plan == plan
