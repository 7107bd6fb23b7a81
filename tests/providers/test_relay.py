"""Relays at an address of the user's own: each kind, what its answers mean, where its key goes."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Union

import pytest

from tests.providers.contract import (
    Case,
    ProviderContract,
    ScriptedClient,
    Told,
    answer,
    fetch,
    route,
    sample,
)
from workflow.errors import UsageError
from workflow.models import Account, Balance, Credential, Quota, Usage, WorkBlocked
from workflow.provider.answer import Answer
from workflow.provider.notices import dated, expiry
from workflow.providers import relay
from workflow.records import replace
from workflow.relay import litellm, new_api, sub2api
from workflow.relay.kinds import Kind

BASE = "https://relay.example"
SECRET = "sk-5e7e0000canary0000000000000000000000000000000000ab"
CREDENTIAL = Credential("api_key", SECRET)
STATUS, TOKEN = "GET relay.example/api/status", "GET relay.example/api/usage/token/"
LIMIT = "GET relay.example/v1/dashboard/billing/subscription"
USED = "GET relay.example/v1/dashboard/billing/usage"
WALLET, SUB = "GET relay.example/api/user/self", "GET relay.example/v1/usage"
KEY, TEAM = "GET relay.example/key/info", "GET relay.example/team/info"
PERSON = "GET relay.example/user/info"
KEY_ID = "POST relay.example/apiStats/api/get-key-id"
STATS = "POST relay.example/apiStats/api/user-stats"


def at(kind: Kind, **scope: str) -> Account:
    return Account("r1", "relay", "Mine", scope={"address": BASE, "kind": kind, **scope})


def key(used: str, limit: str, unit: str = "USD", **more: Any) -> Usage:
    left = max(Decimal(0), Decimal(limit) - Decimal(used))
    return Usage((Quota("Key", unit, Decimal(used), Decimal(limit), left, **more),))


def endless(used: str, unit: str = "USD", **more: Any) -> Usage:
    return Usage((Quota("Key", unit, Decimal(used), None, None, unlimited=True),), **more)


def usd(label: str, used: str, limit: str, **more: Any) -> Quota:
    return Quota(
        label, "USD", Decimal(used), Decimal(limit), Decimal(limit) - Decimal(used), **more
    )


def read(
    name: str, kind: Kind, answers: dict[str, Told], expect: Union[Usage, str], **scope: str
) -> Case:
    told = {
        route: f"relay/{each}" if isinstance(each, str) else each for route, each in answers.items()
    }
    return Case(name, told, expect, at(kind, **scope))


WINDOWS = (
    usd(
        "5 hours",
        "1.2",
        "5",
        window=18000,
        resets_at=datetime(2026, 10, 5, 11, 30, tzinfo=timezone.utc),
    ),
    usd(
        "Weekly", "6.1", "30", window=604800, resets_at=datetime(2026, 10, 10, tzinfo=timezone.utc)
    ),
    usd("Key", "7.5", "20"),
)
OF_KEY = usd(
    "Key",
    "3.2100000000000004",
    "10.0",
    window=2592000,
    resets_at=datetime(2026, 10, 20, tzinfo=timezone.utc),
)
OF_TEAM = usd("Team", "412.5", "500.0", resets_at=datetime(2026, 11, 1, tzinfo=timezone.utc))
OF_TIER = usd(
    "Key",
    "3.5",
    "20",
    window=604800,
    resets_at=datetime(2026, 10, 12, tzinfo=timezone.utc),
)
OF_DAY = usd("Daily", "5", "5", window=86400, resets_at=datetime(2026, 10, 6, tzinfo=timezone.utc))
OF_MONTH = usd("Monthly", "12.25", "50", resets_at=datetime(2026, 11, 1, tzinfo=timezone.utc))
OF_MEMBER = usd(
    "Member", "9.5", "10", window=2592000, resets_at=datetime(2026, 10, 20, tzinfo=timezone.utc)
)
OPUS = usd("Opus weekly", "12.0", "40", window=604800, role="secondary")
OF_CLAUDE = Usage(
    (
        Quota(
            "5 hours",
            "requests",
            Decimal(41),
            Decimal(200),
            Decimal(159),
            18000,
            datetime(2026, 10, 5, 13, 0, tzinfo=timezone.utc),
        ),
        usd("Daily", "4.2", "10", window=86400),
        OPUS,
    ),
    notice=expiry(datetime(2026, 12, 1, tzinfo=timezone.utc)),
)
PLAN = Usage(
    (usd("Daily", "10", "10"), usd("Weekly", "35", "50"), usd("Monthly", "80", "150")),
    plan="Claude Max Pool",
    notice=dated(sub2api._PLAN_ENDS, datetime(2026, 10, 31, tzinfo=timezone.utc)),
)
ENDS = expiry(datetime(2026, 11, 4, 5, 0, tzinfo=timezone.utc))
EXPIRES = "2026-11-04T05:00:00Z"
BUDGET = {"spend": 1, "max_budget": 2}


def of(**key: Any) -> Answer:
    """Make LiteLLM's answer about a key."""
    return answer(200, {"info": {"spend": 3, **key}})


class TestRelay(ProviderContract):
    provider = "relay"
    account = at("new-api")
    credential = CREDENTIAL
    main = TOKEN
    sends = ("Authorization: Bearer {key}", "apiKey: {key}")
    parameters = ("team_id=t-1", "user_id=u-1")
    keyless = (STATUS, STATS)
    own_labels = frozenset({"Opus weekly"})
    cases = (
        read(
            "a key",
            "new-api",
            {STATUS: "newapi.status.json", TOKEN: "newapi.token_usage.json"},
            key("0.02469", "2"),
        ),
        read(
            "in yuan",
            "new-api",
            {STATUS: "newapi.status_cny.json", TOKEN: "newapi.token_usage.json"},
            key("0.0876495", "7.1", "CNY"),
        ),
        read(
            "no status",
            "new-api",
            {TOKEN: "newapi.token_usage.json"},
            key("12345", "1000000", "credits"),
        ),
        read(
            "unlimited",
            "new-api",
            {STATUS: "newapi.status.json", TOKEN: "newapi.token_usage_unlimited.json"},
            endless("2.5", notice=ENDS),
        ),
        read(
            "unknown key",
            "new-api",
            {STATUS: "newapi.status.json", TOKEN: "newapi.error_token_401.json"},
            "credential_rejected",
        ),
        read(
            "unknown key, older",
            "new-api",
            {TOKEN: "newapi.error_token_200.json"},
            "credential_rejected",
        ),
        read("too often", "new-api", {TOKEN: "newapi.error_429_empty.txt"}, "rate_limited"),
        read(
            "wallet",
            "new-api",
            {STATUS: "newapi.status.json", WALLET: "newapi.user_self.json"},
            Usage(balances=(Balance(Decimal("24.69"), "USD"),)),
            user="42",
        ),
        read(
            "no header",
            "new-api",
            {WALLET: "newapi.error_user_header.json"},
            "wrong_credential: user ID",
            user="42",
        ),
        read(
            "wrong token, older",
            "new-api",
            {WALLET: "newapi.error_user_token_200.json"},
            "credential_rejected",
            user="42",
        ),
        read(
            "wrong token",
            "new-api",
            {WALLET: "newapi.error_user_token_401.json"},
            "credential_rejected",
            user="42",
        ),
        read(
            "older build",
            "new-api",
            {
                STATUS: "newapi.status.json",
                LIMIT: "newapi.billing_subscription.json",
                USED: "newapi.billing_usage.json",
            },
            key("0.02469", "2"),
        ),
        read(
            "older build, unlimited",
            "new-api",
            {
                STATUS: "newapi.status.json",
                LIMIT: "newapi.billing_subscription_unlimited.json",
                USED: "newapi.billing_usage.json",
            },
            endless("0.02469"),
        ),
        read(
            "error in 200",
            "one-api",
            {LIMIT: "newapi.billing_subscription.json", USED: "newapi.billing_error_200.json"},
            "credential_rejected",
        ),
        read(
            "used up",
            "one-api",
            {LIMIT: "newapi.billing_error_401_exhausted.json"},
            Usage(blocked=WorkBlocked("credits", new_api.USED_UP)),
        ),
        read(
            "one api",
            "one-api",
            {
                STATUS: "oneapi.status.json",
                LIMIT: "newapi.billing_subscription.json",
                USED: "newapi.billing_usage.json",
            },
            key("0.02469", "2", estimated=True),
        ),
        read(
            "the rest in the place of the limit",
            "one-api",
            {
                STATUS: "oneapi.status.json",
                LIMIT: replace(
                    sample("relay/oneapi.billing_user_mode.json"), body=b'{"hard_limit_usd": 0.5}'
                ),
                USED: "oneapi.billing_user_usage.json",
            },
            key("0.8", "1.3"),
        ),
        read(
            "it may be the rest",
            "one-api",
            {
                STATUS: "oneapi.status.json",
                LIMIT: "oneapi.billing_user_mode.json",
                USED: "oneapi.billing_user_usage.json",
            },
            key("0.8", "4.2", estimated=True),
        ),
        read("one hub", "one-api", {LIMIT: "onehub.error_200.json"}, "credential_rejected"),
        read(
            "sub2api, older",
            "sub2api",
            {SUB: "sub2api.usage_old.json"},
            Usage(balances=(Balance(Decimal("12.4"), "USD"),), plan="钱包余额"),
        ),
        read(
            "sub2api, key",
            "sub2api",
            {SUB: "sub2api.usage_quota.json"},
            Usage(WINDOWS, plan="Codex"),
        ),
        read("sub2api, plan", "sub2api", {SUB: "sub2api.usage_subscription.json"}, PLAN),
        read(
            "sub2api, wallet",
            "sub2api",
            {SUB: "sub2api.usage_wallet.json"},
            Usage(balances=(Balance(Decimal("42.18"), "USD"),), plan="钱包余额"),
        ),
        read(
            "sub2api, statistics beside the wallet",
            "sub2api",
            {SUB: "sub2api.usage_wallet_full.json"},
            Usage(balances=(Balance(Decimal("42.18"), "USD"),), plan="钱包余额"),
        ),
        read("sub2api, no plan", "sub2api", {SUB: "sub2api.error_403.json"}, "not_available"),
        read("sub2api, wrong", "sub2api", {SUB: "sub2api.error_401.json"}, "credential_rejected"),
        Case(
            "sub2api, another network",
            {SUB: answer(403, {"code": "ACCESS_DENIED", "message": "Access denied"})},
            "blocked: IP address",
            at("sub2api"),
        ),
        Case(
            "sub2api, invalid",
            {SUB: answer(200, {"isValid": False})},
            "credential_rejected",
            at("sub2api"),
        ),
        read(
            "litellm, team",
            "litellm",
            {KEY: "litellm.key_info.json", TEAM: "litellm.team_info.json"},
            Usage((OF_KEY, OF_TEAM), plan="Research"),
        ),
        read(
            "litellm, limits that are no budgets",
            "litellm",
            {KEY: "litellm.key_info_full.json", TEAM: "litellm.team_info_full.json"},
            Usage((usd("Key", "3.5", "20.0"), OF_TEAM), plan="Research"),
        ),
        read(
            "litellm, several budgets",
            "litellm",
            {KEY: "litellm.key_info_windows.json", TEAM: "litellm.team_info_member.json"},
            Usage((OF_TIER, OF_DAY, OF_MONTH, OF_TEAM, OF_MEMBER), plan="Research"),
        ),
        read(
            "litellm, another team",
            "litellm",
            {
                KEY: "litellm.key_info.json",
                TEAM: answer(200, {"team_id": "t-2", "team_info": {"spend": 1, "max_budget": 2}}),
            },
            Usage((OF_KEY,)),
        ),
        read(
            "litellm, no budget",
            "litellm",
            {KEY: "litellm.key_info_no_budget.json"},
            endless("0.0"),
        ),
        read(
            "litellm, models only", "litellm", {KEY: "litellm.error_403.json"}, "wrong_credential"
        ),
        read(
            "litellm, a team that the key may not read",
            "litellm",
            {KEY: "litellm.key_info.json", TEAM: "litellm.error_403.json"},
            Usage((OF_KEY,), notice=litellm._HIDDEN),
        ),
        read(
            "litellm, a failure of the team that passes",
            "litellm",
            {KEY: "litellm.key_info.json", TEAM: answer(503, {})},
            "provider_failed",  # the team's budget may be the lower one
        ),
        read("litellm, wrong", "litellm", {KEY: "litellm.error_401.json"}, "credential_rejected"),
        read(
            "claude relay",
            "claude-relay",
            {KEY_ID: "crs.get_key_id.json", STATS: "crs.user_stats.json"},
            OF_CLAUDE,
        ),
        read(
            "claude relay, by id",
            "claude-relay",
            {STATS: "crs.user_stats.json"},
            OF_CLAUDE,
            id="3c0c1f2e-0000-4000-8000-000000000000",
        ),
        read(
            "claude relay, over",
            "claude-relay",
            {STATS: "crs.error_403.json"},
            "credential_expired",
            id="3c0c1f2e",
        ),
        read("claude relay, gone", "claude-relay", {}, "credential_rejected: does not know", id="3c0c1f2e"),
        read("claude relay, none at the address", "claude-relay", {}, "unexpected_response: check the address"),
        read("claude relay, none that takes a POST", "claude-relay", {KEY_ID: answer(405, "<html>")}, "unexpected_response: check the address"),
        read("claude relay, no id", "claude-relay", {KEY_ID: answer(200, {"data": {}})}, "unexpected_response"),
        read(
            "claude relay, over at once",
            "claude-relay",
            {KEY_ID: "crs.error_403.json"},
            "credential_expired: has expired",
        ),
        Case(
            "litellm, over its budget",
            {KEY: answer(400, {"error": {"type": "budget_exceeded", "code": "400"}})},
            Usage(blocked=WorkBlocked("credits", new_api.USED_UP)),
            at("litellm"),
        ),
        read("litellm, over", "litellm", {KEY: answer(401, {"error": {"message": "Key expired"}})}, "credential_expired: has expired"),
        read(
            "litellm, person",
            "litellm",
            {KEY: of(user_id="u-1", expires=EXPIRES), PERSON: answer(200, {"user_info": {"user_id": "u-1", **BUDGET}})},
            Usage((usd("User", "1", "2"),), notice=ENDS),
        ),
        read(
            "litellm, person named beside",
            "litellm",
            {KEY: of(user_id="u-1"), PERSON: answer(200, {"user_id": "u-1", "user_info": BUDGET})},
            Usage((usd("User", "1", "2"),)),
        ),
        read(
            "litellm, person that may not be read",
            "litellm",
            {KEY: of(user_id="u-1", team_id=""), PERSON: answer(403, {"user_id": "u-1", "user_info": BUDGET})},
            endless("3"),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({STATUS: "relay/newapi.status.json"}, "new-api"),
        ({STATUS: "relay/oneapi.status.json"}, "one-api"),
        ({SUB: "relay/sub2api.usage_wallet.json"}, "sub2api"),
        ({SUB: "relay/sub2api.error_403.json"}, "sub2api"),
        ({KEY: "relay/litellm.key_info.json"}, "litellm"),
        ({KEY: "relay/litellm.error_403.json"}, "litellm"),
        ({KEY: "relay/litellm.error_401.json"}, "litellm"),
    ],
)
def test_the_kind_is_found_out_once(answers: dict[str, Told], kind: str) -> None:
    client = ScriptedClient(answers)
    place = Account("r1", "relay", "", scope={"address": BASE})
    assert asyncio.run(relay.scope_of(client, place, CREDENTIAL)) == {"kind": kind}
    status = client.asked[0]
    assert "Authorization" not in status.headers  # it tells itself without a key
    known = replace(place, scope={"address": BASE, "kind": kind})
    client = ScriptedClient(answers)
    assert asyncio.run(relay.scope_of(client, known, CREDENTIAL)) == {"kind": kind}
    assert client.asked == []


def test_no_relay_is_said() -> None:
    place = Account("r1", "relay", "", scope={"address": BASE})
    with pytest.raises(UsageError, match="there is no relay that Tankful knows") as caught:
        asyncio.run(relay.scope_of(ScriptedClient({}), place, CREDENTIAL))
    assert caught.value.kind == "unexpected_response"
    with pytest.raises(UsageError, match="its address is missing"):
        fetch("relay", Account("r1", "relay", ""), CREDENTIAL, {})


def test_a_key_of_claude_relay_service_travels_once() -> None:
    secret = f"cr_{'5e7e' * 16}"
    place = Account("r1", "relay", "", scope={"address": BASE})
    client = ScriptedClient({KEY_ID: "relay/crs.get_key_id.json"})
    scope = asyncio.run(relay.scope_of(client, place, Credential("api_key", secret)))
    assert scope == {"kind": "claude-relay", "id": "3c0c1f2e-0000-4000-8000-000000000000"}
    assert [asked.json for asked in client.asked] == [{"apiKey": secret}]
    assert [(asked.method, asked.url) for asked in client.asked] == [
        ("POST", f"{BASE}/apiStats/api/get-key-id")
    ]
    placed = replace(place, scope={**place.scope, **scope})
    asked = ScriptedClient({})
    noted = asyncio.run(relay.scope_of(asked, placed, Credential("api_key", secret)))
    assert (noted, asked.asked) == ({"kind": "claude-relay"}, [])
    _usage, client = fetch(
        "relay", placed, Credential("api_key", secret), {STATS: "relay/crs.user_stats.json"}
    )
    assert [asked.json for asked in client.asked] == [{"apiId": scope["id"]}]
    assert secret not in str(client.asked)


class Remembers(ScriptedClient):
    """A client that keeps pages."""

    def __init__(self, answers: dict[str, Told], pages: dict[str, Any]) -> None:
        super().__init__(answers)
        self.pages = pages


def test_what_an_older_account_has_not_noted_is_found_out_once_a_day() -> None:
    place, secret = Account("r1", "relay", "", scope={"address": BASE}), "cr_canary"
    told: dict[str, Told] = {
        KEY_ID: "relay/crs.get_key_id.json",
        STATS: "relay/crs.user_stats.json",
    }
    pages: dict[str, Any] = {}
    for routes in ([KEY_ID, STATS], [STATS]):
        client = Remembers(told, pages)
        usage = asyncio.run(relay.fetch(client, place, Credential("api_key", secret)))
        assert usage == OF_CLAUDE
        assert [route(asked) for asked in client.asked] == routes
        assert secret not in str(client.asked[1:])
    id = client.asked[-1].json
    assert pages == {"kind": "claude-relay", "key-id": "3c0c1f2e-0000-4000-8000-000000000000"}
    assert id == {"apiId": pages["key-id"]}
    client = Remembers({SUB: "relay/sub2api.usage_wallet.json"}, {"kind": "sub2api"})
    asyncio.run(relay.fetch(client, place, CREDENTIAL))
    assert [route(asked) for asked in client.asked] == [SUB]
    client = Remembers({SUB: "relay/sub2api.usage_wallet.json"}, pages := {})
    asyncio.run(relay.fetch(client, place, CREDENTIAL))
    assert pages == {"kind": "sub2api"}


def test_every_request_goes_to_the_address_below_its_prefix() -> None:
    place = replace(
        at("new-api"), scope={"address": "https://relay.example:8443/one", "kind": "new-api"}
    )
    client = ScriptedClient({})
    with pytest.raises(UsageError):
        asyncio.run(relay.fetch(client, place, CREDENTIAL))
    assert client.asked
    assert all(asked.url.startswith("https://relay.example:8443/one/") for asked in client.asked)
