from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Union

import pytest

from tests import stored
from tests.conftest import Shell
from tests.providers.contract import document
from tests.standin import KEYS, StandIn
from tests.standin.message import Reply, Request
from workflow.http.client import Client
from workflow.models import Account, Credential, Usage
from workflow.provider import sources
from workflow.provider.answer import Answer
from workflow.refresh import fetch as fetching
from workflow.refresh.lately import LARGEST, SECONDS, Lately
from workflow.storage import pages

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
SECRET = "canary0123"
URL = "https://api.z.ai/beside/one"
HEADERS = {"Authorization": f"Bearer {SECRET}", "Accept": "application/json"}


def answer(body: bytes = b'{"n": 1}', status: int = 200) -> Answer:
    return Answer(status, {}, body, NOW)


def lately(kept: dict[str, Any], now: datetime = NOW, in_line: bool = True) -> Lately:
    return Lately(kept, ("/beside/", "/alone"), now, in_line)


def kept_of(told: Answer) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    asked = lately(kept)
    asked.keep(asked.name(URL, SECRET, HEADERS, None), told)
    return kept


def body(kept: dict[str, Any], now: datetime = NOW, in_line: bool = True) -> Union[bytes, None]:
    asked = lately(kept, now, in_line)
    told = asked.get(asked.name(URL, SECRET, HEADERS, None))
    return told.body if told else None


def test_an_answer_counts_for_a_while() -> None:
    kept = kept_of(answer())
    last = NOW + timedelta(seconds=SECONDS - 1)
    assert body(kept) == body(kept, last) == b'{"n": 1}'
    assert body(dict(kept), last + timedelta(seconds=1)) is None
    assert body(dict(kept), NOW - timedelta(minutes=2)) is None
    assert list(kept) != []
    lately(kept, last + timedelta(seconds=1))
    assert kept == {}


def test_it_says_when_it_came() -> None:
    asked = lately(kept_of(answer()), NOW + timedelta(minutes=5))
    told = asked.get(asked.name(URL, SECRET, HEADERS, None))
    assert told
    assert (told.status, told.at) == (200, NOW)


def test_who_does_not_stand_in_line_asks() -> None:
    assert body(kept_of(answer()), in_line=False) is None


@pytest.mark.parametrize(
    "told",
    [answer(status=500), answer(status=204), answer(b'"' + b"x" * LARGEST + b'"')],
    ids=["a refusal", "no page", "too large"],
)
def test_what_is_not_kept(told: Answer) -> None:
    assert kept_of(told) == {}


@pytest.mark.parametrize(
    "entry",
    [None, 1, {"at": 1}, {"at": "1", "body": "{}"}, {"at": int(NOW.timestamp()), "body": 1}],
)
def test_what_is_damaged_is_asked_again(entry: object) -> None:
    assert body(dict.fromkeys(kept_of(answer()), entry)) is None


@pytest.mark.parametrize(
    ("url", "is_there"),
    [
        (URL, True),
        ("https://api.z.ai/alone", True),
        ("https://api.z.ai/alone/not", False),
        ("https://api.z.ai/beside", False),
        ("https://api.z.ai/main?at=/beside/", False),
        ("https://api.z.ai", False),
    ],
)
def test_only_pages_that_may_wait_have_a_name(url: str, is_there: bool) -> None:
    assert bool(lately({}).name(url, SECRET, HEADERS, None)) is is_there
    kept: dict[str, Any] = {}
    asked = lately(kept)
    asked.keep(asked.name(url, SECRET, HEADERS, None), answer())
    assert bool(kept) is is_there


def test_a_name_is_of_a_whole_request_but_its_secret() -> None:
    asked = lately({})
    same = asked.name(URL, "another", {**HEADERS, "Authorization": "Bearer another"}, None)
    assert same == asked.name(URL, SECRET, HEADERS, None)
    others = [
        asked.name(f"{URL}/more", SECRET, HEADERS, None),
        asked.name(URL, SECRET, {**HEADERS, "Authorization": SECRET}, None),
        asked.name(URL, SECRET, {**HEADERS, "Workspace": "ours"}, None),
        asked.name(URL, SECRET, HEADERS, {"page": 2}),
    ]
    assert len({same, *others}) == 5


# ---- over HTTP


def asked(account: Account, in_line: bool) -> Usage:
    async def whole() -> Usage:
        async with Client() as client:
            key = Credential(account.kind, KEYS[stored.SIX[account.provider]].value)
            return await fetching.usage(client, account, key, in_line=in_line)

    return asyncio.run(whole())


MAY_WAIT = {
    "chatgpt": {"/backend-api/conversation/init"},
    "glm": {
        "/api/monitor/usage/model-usage",
        "/api/monitor/usage/tool-usage",
        "/api/biz/customer-package-reset/list",
    },
    "kimi": {"/v1/users/me"},
    "openai": {
        "/v1/organization/spend_limit",
        "/v1/organization/usage/completions",
        "/v1/organization/usage/embeddings",
        "/v1/organization/usage/decisions",
    },
}


@pytest.mark.parametrize("provider", MAY_WAIT)
def test_in_line_a_page_is_not_asked_again_and_says_the_same(
    world: StandIn, home: Path, provider: str
) -> None:
    account = stored.account(stored.SIX[provider])
    usages, paths = [], []
    for in_line in (True, True, False):
        begun = len(world.requests)
        usages.append(asked(account, in_line))
        paths.append({request.path for request in world.requests[begun:]})
    assert MAY_WAIT[provider] <= paths[0]
    assert not MAY_WAIT[provider] & paths[1]
    assert MAY_WAIT[provider] <= paths[2]
    assert labels(usages[0]) == labels(usages[1]) == labels(usages[2])
    assert usages[1].plan == usages[2].plan
    assert origins(usages[1]) == origins(usages[2])
    assert usages[1].endpoints == usages[2].endpoints
    kept = pages.read(account.id).decode()
    assert KEYS[stored.SIX[provider]].value not in kept


def labels(usage: Usage) -> list[str]:
    return [quota.label for quota in usage.quotas]


def origins(usage: Usage) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [
        (each.name, each.number, [(field.endpoint, field.pointer) for field in each.fields])
        for each in sources.read(usage).numbers
    ]


def test_a_blocked_account_is_asked_everything(world: StandIn, home: Path) -> None:
    bodies = [document(f"openai/{name}.json") for name in ("spend_limit.enforcing", "spend_limit")]
    world.reply(
        "api.openai.com", "/v1/organization/spend_limit", [Reply(body=body) for body in bodies]
    )
    account = stored.account("openai-admin")
    assert asked(account, True).blocked
    begun = len(world.requests)
    assert asked(account, True).blocked is None
    assert MAY_WAIT["openai"] <= {request.path for request in world.requests[begun:]}


def test_a_bare_key_gets_the_answers_to_a_bare_key(world: StandIn, home: Path) -> None:
    def refuse(request: Request) -> Union[Reply, None]:
        if request.bearer is None:
            return None
        return Reply(body={"code": 401, "msg": "token expired or incorrect", "success": False})

    world.reply("api.z.ai", "*", refuse)
    account = stored.account("glm-intl")
    assert labels(asked(account, True)) == labels(asked(account, True))
    assert "Tokens 24 h" in labels(asked(account, True))


def test_a_refresh_of_several_accounts_lets_pages_wait(shell: Shell, world: StandIn) -> None:
    one = stored.account("kimi-intl")
    shell.tankful("refresh")
    shell.tankful("refresh")
    tiers = [request for request in world.requests if request.path == "/v1/users/me"]
    assert len(tiers) == 2
    stored.account("kimi-intl", "Another")
    shell.tankful("refresh")
    shell.tankful("refresh")
    tiers = [request for request in world.requests if request.path == "/v1/users/me"]
    assert len(tiers) == 3
    assert stored.snapshot(one.id).failure is None
