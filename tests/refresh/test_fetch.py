from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from types import ModuleType
from typing import Any, Callable

import pytest

from tests import stored
from tests.said import Phrase, both, chinese, english
from tests.standin import KEYS, Reply, Request, StandIn, faults
from tests.stored import GOOD
from workflow.credentials import store
from workflow.errors import (
    CredentialExpired,
    CredentialRejected,
    Mistake,
    RateLimited,
    UnexpectedResponse,
    Unreachable,
    UsageError,
)
from workflow.http.client import ACCOUNT_SECONDS, Client
from workflow.i18n.message import Message
from workflow.models import Account, Credential, Failure, Snapshot, Usage
from workflow.provider import discovery as providers
from workflow.provider.answer import Answer
from workflow.provider.masking import MASK
from workflow.records import replace
from workflow.refresh import fetch as fetching
from workflow.refresh.lately import Lately
from workflow.storage import accounts, pages

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
GLM = Account("glm-00000001", "glm", "Work", "cn")
KEY = Credential("api_key", "canary")
SESSION = "/api/auth/session"

Fetch = Callable[[Any, Account, Credential], Awaitable[Usage]]


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[[Fetch], Account]:
    """Make a provider from a function."""

    def made(fetch: Fetch) -> Account:
        module = ModuleType("workflow.providers.pretend")
        module.fetch = fetch  # type: ignore[attr-defined]
        module.PROVIDER = providers.about("glm")  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(providers, "names", lambda: ["pretend"])
        return Account("pretend-00000001", "pretend", "Pretend")

    return made


def run(account: Account, credential: Credential = KEY) -> Usage:
    async def whole() -> Usage:
        async with Client() as client:
            return await fetching.usage(client, account, credential)

    return asyncio.run(whole())


def raising(error: Exception) -> Fetch:
    async def fetch(client: Any, account: Account, credential: Credential) -> Usage:
        raise error

    return fetch


def test_an_error_that_repeats_the_credential_is_shown_without_it(
    pretend: Callable[[Fetch], Account],
) -> None:
    error = RateLimited(Message.quoted("canary0123456789 has to wait"), retry_at=NOW)
    with pytest.raises(RateLimited) as caught:
        run(pretend(raising(error)), Credential("api_key", "canary0123456789"))
    assert "canary" not in str(caught.value)
    assert "has to wait" in both(caught.value.message)[0]
    assert caught.value.retry_at == NOW


@pytest.mark.parametrize("key", ["glm-intl", "kimi-intl", "tavily-dev", "minimax-plan-intl"])
def test_an_answer_that_repeats_the_credential_is_shown_and_kept_without_it(
    world: StandIn, key: str
) -> None:
    account, secret = stored.account(key), KEYS[key].value
    usage = run(account, store.read(account))

    def repeating(request: Request) -> Reply:
        reply = world.world.answer(request)
        body = reply.payload()
        assert isinstance(body, bytes)
        return Reply(reply.status, _repeated(json.loads(body), secret))

    world.reply("*", "*", repeating)
    told = run(account, store.read(account))
    assert [quota.label for quota in told.quotas][:1] == [quota.label for quota in usage.quotas][:1]
    assert MASK in repr(told) or MASK.encode() in told.sources
    seen = (repr(told).encode(), told.sources, pages.read(account.id))
    assert not any(secret.encode() in each for each in seen)


def _repeated(value: Any, secret: str) -> Any:
    """Repeat a secret behind every text and as the name of a number."""
    if isinstance(value, dict):
        return {**{n: _repeated(each, secret) for n, each in value.items()}, secret: 7}
    if isinstance(value, list):
        return [_repeated(each, secret) for each in value]
    return f"{value} {secret}" if isinstance(value, str) and value.isalpha() else value


def test_what_is_found_out_of_an_account_does_not_repeat_its_credential(world: StandIn) -> None:
    secret = "cr_canary0123456789"
    world.reply("*", "*", Reply(body={"success": True, "data": {"id": f"id of {secret}"}}))
    account = Account("relay-00000001", "relay", "R", scope={"address": "https://relay.example"})

    async def placed() -> Account:
        async with Client() as client:
            return await fetching.placed(client, account, Credential("api_key", secret))

    assert asyncio.run(placed()).scope["id"] == f"id of {MASK}"


def test_usage_is_passed_on(pretend: Callable[[Fetch], Account]) -> None:
    async def fetch(client: Any, account: Account, credential: Credential) -> Usage:
        assert (account.label, credential) == ("Pretend", KEY)
        return GOOD

    assert run(pretend(fetch)) == GOOD


@pytest.mark.parametrize(
    "error", [RateLimited(), CredentialRejected(), Mistake(Phrase("no", "不"))]
)
def test_what_is_known_is_passed_on(pretend: Callable[[Fetch], Account], error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        run(pretend(raising(error)))
    assert caught.value is error


@pytest.mark.parametrize(
    "defect", [KeyError("canary"), TypeError("canary"), ZeroDivisionError(), RecursionError()]
)
def test_a_defect_is_an_answer_not_understood(
    pretend: Callable[[Fetch], Account], defect: Exception
) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        run(pretend(raising(defect)))
    assert caught.value.__suppress_context__
    assert "canary" not in str(caught.value)


@pytest.mark.timing
def test_an_account_has_a_deadline(
    pretend: Callable[[Fetch], Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetch(client: Any, account: Account, credential: Credential) -> Usage:
        await asyncio.sleep(60)
        return GOOD

    assert ACCOUNT_SECONDS == 10
    monkeypatch.setattr(fetching, "ACCOUNT_SECONDS", 0.05)
    begun = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        run(pretend(fetch))
    assert time.monotonic() - begun < 10
    assert "10 seconds" in both(caught.value.message)[0]
    assert "10 秒" in both(caught.value.message)[1]


def test_a_provider_that_is_not_known() -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        run(Account("future-00000001", "future", "Later"))
    told = fetching.failure(caught.value, Account("x", "future", "Later"), None, NOW)
    assert "future; update Tankful" in english(told.message)
    assert "future；请更新 Tankful" in chinese(told.message)


@pytest.mark.parametrize(
    ("account", "page"),
    [
        (GLM, "https://bigmodel.cn/usercenter/proj-mgmt/apikeys"),
        (Account("g", "glm", "Work", "intl"), "https://z.ai/manage-apikey/apikey-list"),
    ],
)
def test_a_failure_names_the_provider_and_the_page_of_its_region(
    account: Account, page: str
) -> None:
    retry = NOW + timedelta(minutes=5)
    words = Phrase("{provider}: see {keys} {other}", "{provider}：见 {keys} {other}")
    error = CredentialRejected(words, retry_at=retry)
    name = providers.about("glm").name
    message = Phrase(f"{name}: see {page} {{other}}", f"{name}：见 {page} {{other}}")
    assert fetching.failure(error, account, providers.about("glm"), NOW) == Failure(
        "credential_rejected", message, NOW, retry
    )


def test_a_failure_keeps_the_last_good_numbers() -> None:
    before = Snapshot("glm-00000001", GOOD, NOW - timedelta(hours=1))
    why = fetching.failure(UsageError(), GLM, None, NOW)
    assert fetching.failed(before, why) == Snapshot(before.account_id, GOOD, before.fetched_at, why)


def test_a_success_ends_the_failure() -> None:
    other = Usage(plan="New")
    assert fetching.succeeded(GLM, other, NOW) == Snapshot(GLM.id, other, NOW, None)


# Sessions


def sessions(world: StandIn) -> int:
    return sum(request.path == SESSION for request in world.requests)


def renewed(account: Account) -> Usage:
    """Fetch with the accounts and secrets that are stored now."""
    current = accounts.load().get(account.id)
    assert current is not None
    return run(current, store.read(current))


def test_a_session_is_exchanged_once_and_then_its_token_is_used(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    for _ in range(2):
        assert renewed(account).quotas[0].used == Decimal(14)
    assert sessions(world) == 1


def test_a_refused_token_is_exchanged_and_asked_again_once(world: StandIn) -> None:
    account = stored.account("chatgpt-session")
    renewed(account)
    world.reply("chatgpt.com", "/backend-api/wham/usage", faults.token_expired())
    with pytest.raises(CredentialExpired):
        renewed(account)
    assert sessions(world) == 2
    assert sum(r.path == "/backend-api/wham/usage" for r in world.requests) == 3


def test_a_token_alone_is_never_exchanged(world: StandIn) -> None:
    world.reply("chatgpt.com", "*", faults.token_expired())
    with pytest.raises(CredentialExpired):
        run(
            Account("chatgpt-00000001", "chatgpt", "Me"),
            Credential("access_token", KEYS["chatgpt-plus"].value),
        )
    assert sessions(world) == 0


# ---- who sends first

PATH = "/api/monitor/usage/tool-usage"  # of a page that may wait
PAGE = f"https://api.z.ai{PATH}"


class Line:
    """A client that serves one request at a time, and records the order."""

    def __init__(self, log: list[str]) -> None:
        self._log, self._turn = log, asyncio.Semaphore(1)

    async def get(self, url: str, **_: Any) -> Answer:
        async with self._turn:
            self._log.append("send")
            await asyncio.sleep(0)
            return Answer(200, {}, b"{}", datetime.now(timezone.utc))


def in_line(pretend: Callable[[Fetch], Account], *urls: str) -> list[str]:
    """Let one account for each URL ask for it at once, and return the log of events."""
    log: list[str] = []

    async def fetch(client: Any, account: Account, credential: Credential) -> Usage:
        await client.get(account.label, headers={})
        log.append("read")
        return GOOD

    made = pretend(fetch)

    async def whole() -> None:
        line: Any = Line(log)
        several = [replace(made, label=url) for url in urls]
        asked = (fetching.answered(line, each, KEY, {}, in_line=True) for each in several)
        await asyncio.gather(*map(asyncio.ensure_future, asked))

    asyncio.run(whole())
    return log


def test_who_waits_sends_before_an_answer_is_read(pretend: Callable[[Fetch], Account]) -> None:
    asked = in_line(pretend, "https://api.z.ai/1", "https://api.z.ai/2")
    assert asked == ["send", "send", "read", "read"]


def test_what_was_kept_is_read_when_an_answer_is_there(
    pretend: Callable[[Fetch], Account],
) -> None:
    name = Lately({}, (PATH,), datetime.now(timezone.utc), in_line=True)
    kept = {name.name(PAGE, KEY.secret, {}, None): {"at": int(time.time()), "body": "{}"}}
    log: list[str] = []

    async def fetch(client: Any, account: Account, credential: Credential) -> Usage:
        async def page(url: str) -> None:
            await client.get(url, headers={})
            log.append(f"read {url}")

        await asyncio.gather(page("https://api.z.ai/1"), page(PAGE))
        return GOOD

    account = pretend(fetch)

    async def whole() -> None:
        line: Any = Line(log)
        await fetching.answered(line, account, KEY, kept, in_line=True)

    asyncio.run(whole())
    assert log[0] == "send"
    assert sorted(log[1:]) == ["read https://api.z.ai/1", f"read {PAGE}"]
