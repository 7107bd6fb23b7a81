"""ChatGPT (Subscription) against its recorded answers."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.profiles import scaled
from tests.providers.contract import (
    JUNK,
    NOW,
    Case,
    ProviderContract,
    ScriptedClient,
    Told,
    answer,
    body,
    document,
    fetch,
    mutated,
    route,
    sample,
    shape_of,
)
from tests.said import Phrase, both, chinese, english
from workflow.chatgpt import allowances, browser, pages, plan
from workflow.errors import CredentialRejected, UsageError
from workflow.i18n.message import Message
from workflow.models import Account, Balance, Credential, Quota, Role, Usage, WorkBlocked
from workflow.provider import calls as providers
from workflow.provider.answer import Answer
from workflow.providers import chatgpt
from workflow.records import dataclass, field, replace

HOST = "chatgpt.com/backend-api"
USAGE = f"GET {HOST}/wham/usage"
ACCOUNTS = f"GET {HOST}/accounts/check/v4-2023-04-27"
INIT = f"POST {HOST}/conversation/init"
RESETS = f"GET {HOST}/wham/rate-limit-reset-credits"
BALANCE = f"GET {HOST}/accounts/00000000-aaaa-4bbb-8ccc-000000000002/remaining_balance"
SUBSCRIPTION = f"GET {HOST}/subscriptions"

PERSONAL = "00000000-aaaa-4bbb-8ccc-000000000001"
TEAM = "00000000-aaaa-4bbb-8ccc-000000000002"
TOKEN = body("chatgpt/jwt.access_token_plus.txt").decode().strip()
EXPIRED = body("chatgpt/jwt.access_token_expired.txt").decode().strip()
OPAQUE = "synthetic-token-without-claims"

ACCOUNT = Account("c1", "chatgpt", "Main")
IN_TEAM = replace(ACCOUNT, scope={"workspace": TEAM})
CREDENTIAL = Credential("access_token", TOKEN)
UNKNOWN = Credential("access_token", OPAQUE)
NO_NUMBER = Phrase("ChatGPT reports no number for this plan", "ChatGPT 未提供此套餐的额度数字")
RENEWS = Phrase("renews on 25 Oct 2026", "2026 年 10 月 25 日自动续订")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "utc_now", lambda: NOW)


def at(
    day: int, hour: int, minute: int = 0, second: int = 0, micro: int = 0, month: int = 10
) -> datetime:
    return datetime(2026, month, day, hour, minute, second, micro, tzinfo=timezone.utc)


def window(
    label: str,
    used: int,
    seconds: int,
    resets: datetime,
    role: Role = "binding",
    alert: bool = False,
) -> Quota:
    hundred = Decimal(100)
    left = hundred - used
    return Quota(label, "%", Decimal(used), hundred, left, seconds, resets, role=role, alert=alert)


def feature(
    label: str, left: int, resets: datetime | None, alert: bool = False, unit: str = "uses"
) -> Quota:
    return Quota(
        label, unit, None, None, Decimal(left), resets_at=resets, role="secondary", alert=alert
    )


PLUS = (
    window("5 hours", 14, 18000, at(5, 11, 32)),
    window("Weekly", 61, 604800, at(8, 21)),
)
TEAM_LIMITS = (
    window("Monthly", 12, 2628000, at(15, 19)),
    Quota(
        "Credit limit",
        "credits",
        Decimal("815.25"),
        Decimal(2000),
        Decimal("1184.75"),
        resets_at=at(19, 6, 20),
    ),
)
UNCOUNTED = Phrase(
    "credits are available, their amount is not reported", "有可用积分，但未提供数额"
)
ONE_RESET = feature("Free resets", 1, None, unit="resets")
MAIN: dict[str, Told] = {USAGE: "chatgpt/wham_usage.plus.json"}


def plus(
    plan: str = "Plus",
    notice: Message | None = None,
    *side: Quota,
    resets: Quota | None = ONE_RESET,
    blocked: WorkBlocked | None = None,
) -> Usage:
    quotas = (*PLUS, *side, *([resets] if resets else []))
    return Usage(quotas, plan=plan, notice=notice, blocked=blocked)


def only(name: str) -> dict[str, Told]:
    return {USAGE: f"chatgpt/wham_usage.{name}.json"}


def with_plus(route: str, name: str) -> dict[str, Told]:
    return {**MAIN, route: f"chatgpt/{name}.json"}


class TestChatGPT(ProviderContract):
    provider = "chatgpt"
    account = ACCOUNT
    credential = CREDENTIAL
    main = USAGE
    sends = ()  # the credential is a session, of which each page gets its part
    parameters = ("timezone_offset_min=#", "account_id=00000000-aaaa-4bbb-8ccc-#")
    kinds: Mapping[int, str] = {
        **ProviderContract.kinds,
        401: "credential_rejected",
        403: "not_available",
    }
    cases = (
        Case("plus", MAIN, plus()),
        Case(
            "every call answers",
            {
                **MAIN,
                ACCOUNTS: "chatgpt/accounts_check.plus.json",
                INIT: "chatgpt/conversation_init.plus.json",
                RESETS: "chatgpt/reset_credits.two.json",
                SUBSCRIPTION: "chatgpt/subscriptions.plus.json",
            },
            plus(
                "Plus",
                Phrase(
                    f"{english(RENEWS)}; the first free reset expires on 15 Oct 2026",
                    f"{chinese(RENEWS)}；最早一次免费重置将于 2026 年 10 月 15 日失效",
                ),
                feature("Deep research", 22, at(24, 9, 0, 0, 104512)),
                feature("Agent", 38, at(24, 9, 0, 0, 104551)),
                feature("Images", 180, at(6, 9, 0, 0, 104560)),
                feature("File uploads", 80, at(5, 12, 0, 0, 104570)),
                resets=feature("Free resets", 2, None, unit="resets"),
            ),
        ),
        Case(
            "pro with Spark, code review and credits",
            only("pro_spark_codereview"),
            Usage(
                quotas=(
                    window("5 hours", 3, 18000, at(5, 13, 43, 20)),
                    window("Weekly", 9, 604800, at(11, 3, 53, 20)),
                    window("Code review", 25, 604800, at(6, 12, 46, 40), role="secondary"),
                    window(
                        "GPT-5.3-Codex-Spark · 5 hours", 40, 18000, at(5, 9, 50), role="secondary"
                    ),
                    window("GPT-5.3-Codex-Spark · Weekly", 72, 604800, at(6, 10), role="secondary"),
                ),
                balances=(Balance(Decimal("250.5"), "credits", role="reserve"),),
                plan="Pro",
            ),
        ),
        Case(
            "the week stands first",
            only("weekly_only_prolite"),
            Usage((window("Weekly", 48, 604800, at(7, 16, 33, 20)),), plan="Pro Lite"),
        ),
        Case(
            "free",
            only("free_30d"),
            Usage((window("30 days", 90, 2592000, at(16, 22, 46, 40)),), plan="Free"),
        ),
        Case(
            "limit reached",
            only("limit_reached"),
            Usage(
                (
                    window("5 hours", 100, 18000, at(5, 9, 25), alert=True),
                    window("Weekly", 88, 604800, at(10, 0, 6, 40)),
                ),
                plan="Plus",
            ),
        ),
        Case(
            "limit reached, credits left",
            only("limit_reached_but_credits"),
            Usage(
                (window("Weekly", 100, 604800, at(6, 9)),),
                balances=(Balance(Decimal(1200), "credits", role="reserve"),),
                plan="Pro",
            ),
        ),
        Case(
            "team with a credit limit",
            only("team_spend_control"),
            Usage(
                TEAM_LIMITS,
                plan="Team",
                notice=UNCOUNTED,
            ),
            account=IN_TEAM,
        ),
        Case(
            "team with credits that another page counts",
            {**only("team_spend_control"), BALANCE: "chatgpt/remaining_balance.json"},
            Usage(
                TEAM_LIMITS,
                balances=(Balance(Decimal(900), "credits", role="reserve"),),
                plan="Team",
                notice=Phrase(
                    "credits expire from 1 Aug 2027 on", "积分自 2027 年 8 月 1 日起陆续到期"
                ),
            ),
            account=IN_TEAM,
        ),
        Case(
            "enterprise, unlimited",
            only("enterprise_unlimited"),
            Usage(
                (Quota("Credits", "credits", None, None, None, unlimited=True),),
                plan="Enterprise",
            ),
        ),
        Case(
            "workspace without credits",
            only("workspace_depleted"),
            Usage(
                balances=(Balance(Decimal(0), "credits"),),
                plan="Business",
                blocked=WorkBlocked(
                    "credits",
                    Phrase(
                        "workspace credits are used up, ask the owner to add some",
                        "工作区积分已用完，请联系工作区所有者充值",
                    ),
                ),
            ),
        ),
        Case(
            "no percentage is no number",
            only("missing_percent"),
            Usage(plan="Plus", notice=NO_NUMBER),
        ),
        Case(
            "a model that is not available",
            only("with_model_usage"),
            Usage(
                (
                    window("5 hours", 100, 18000, at(5, 9, 33, 20), alert=True),
                    window("Weekly", 40, 604800, at(8, 20, 20)),
                    feature("gpt-5.3-codex", 0, at(5, 9, 33, 20), alert=True),
                ),
                plan="Plus",
            ),
        ),
        Case(
            "no free reset",
            with_plus(RESETS, "reset_credits.none"),
            plus(resets=None),
        ),
        Case("null: as wham/usage says", with_plus(RESETS, "reset_credits.null_count"), plus()),
        Case("renews", with_plus(ACCOUNTS, "accounts_check.plus"), plus("Plus", RENEWS)),
        Case(
            "ends",
            with_plus(ACCOUNTS, "accounts_check.plus_cancelled"),
            plus(
                "Plus",
                Phrase(
                    "will not renew, ends on 25 Oct 2026", "不会自动续订，2026 年 10 月 25 日到期"
                ),
            ),
        ),
        Case(
            "free beside a team: no warning",
            with_plus(ACCOUNTS, "accounts_check.free_plus_team"),
            plus("Free"),
        ),
        Case(
            "the team beside it",
            {**only("team_spend_control"), ACCOUNTS: "chatgpt/accounts_check.free_plus_team.json"},
            Usage(
                TEAM_LIMITS,
                plan="Team",
                notice=Phrase(
                    f"{english(UNCOUNTED)}; renews on 25 Oct 2026; workspace Example Team",
                    f"{chinese(UNCOUNTED)}；2026 年 10 月 25 日自动续订；工作区 Example Team",
                ),
            ),
            account=IN_TEAM,
        ),
        Case(
            "payment overdue",
            with_plus(ACCOUNTS, "accounts_check.deactivated_and_delinquent"),
            plus(
                "Plus",
                Phrase(
                    "payment overdue, grace until 10 Oct 2026; renews on 25 Oct 2026",
                    "付款逾期，宽限期至 2026 年 10 月 10 日；2026 年 10 月 25 日自动续订",
                ),
            ),
        ),
        Case(
            "a deactivated workspace",
            with_plus(ACCOUNTS, "accounts_check.deactivated_and_delinquent"),
            plus(
                "Team",
                Phrase(
                    "renews on 25 Oct 2026; workspace Old Team",
                    "2026 年 10 月 25 日自动续订；工作区 Old Team",
                ),
                blocked=WorkBlocked(
                    "suspended",
                    Phrase(
                        "this workspace is deactivated, ask its owner or choose another one",
                        "此工作区已停用，请联系其所有者或改选其他工作区",
                    ),
                ),
            ),
            account=IN_TEAM,
        ),
        Case(
            "a downgrade is planned",
            with_plus(ACCOUNTS, "accounts_check.scheduled_downgrade"),
            plus("Pro", Phrase("becomes Plus on 11 Oct 2026", "2026 年 10 月 11 日起变更为 Plus")),
        ),
        Case(
            "a free month",
            with_plus(ACCOUNTS, "accounts_check.promo_free_month"),
            plus(
                "Plus",
                Phrase(
                    "free until 25 Oct 2026; renews on 25 Oct 2026",
                    "免费至 2026 年 10 月 25 日；2026 年 10 月 25 日自动续订",
                ),
            ),
        ),
        Case("paid", with_plus(SUBSCRIPTION, "subscriptions.plus"), plus("Plus", RENEWS)),
        Case(
            "seats",
            with_plus(SUBSCRIPTION, "subscriptions.team_seats"),
            plus(
                "Team",
                Phrase(
                    "renews on 23 Apr 2027; 7 of 10 seats in use",
                    "2027 年 4 月 23 日自动续订；已用席位 7/10",
                ),
            ),
        ),
        Case("not paid: no warning", with_plus(SUBSCRIPTION, "subscriptions.free"), plus("Free")),
        Case(
            "a capped model",
            with_plus(INIT, "conversation_init.capped_model"),
            plus(
                "Plus",
                Phrase(
                    "answers come from gpt-5-mini; not available: Images",
                    "当前由 gpt-5-mini 回答；不可用：图像生成",
                ),
                feature("gpt-5-6-thinking", 0, at(5, 11), alert=True),
                feature("Images", 0, at(5, 20), alert=True),
            ),
        ),
        Case(
            "blocked features in three forms",
            with_plus(INIT, "conversation_init.free"),
            plus(
                "Plus",
                Phrase("not available: Sora, Deep research", "不可用：Sora、深度研究"),
                feature("Deep research", 5, at(1, 9, month=11), alert=True),
                feature("File uploads", 3, at(6, 9)),
            ),
        ),
        Case(
            "a banner",
            with_plus(INIT, "conversation_init.banner"),
            plus("Plus", Phrase.quoted("Suspicious activity detected")),
        ),
        Case("nothing to show", with_plus(INIT, "conversation_init.sparse"), plus()),
        Case("init refused", with_plus(INIT, "conversation_init.error_400_get"), plus()),
        Case("accounts throttled", with_plus(ACCOUNTS, "error_429"), plus()),
        Case("cut token", {USAGE: "chatgpt/error_401_could_not_parse.json"}, "credential_rejected"),
        Case("expired", {USAGE: "chatgpt/error_401_expired.json"}, "credential_expired"),
        Case("logged out", {USAGE: "chatgpt/error_401_invalidated.json"}, "credential_rejected"),
        Case("revoked", {USAGE: "chatgpt/error_401_revoked.json"}, "credential_rejected"),
        Case("banned", {USAGE: "chatgpt/error_401_deactivated.json"}, "credential_rejected"),
        Case("unpaid workspace", {USAGE: "chatgpt/error_402_workspace.json"}, "not_available"),
        Case("country", {USAGE: "chatgpt/error_403_country.json"}, "blocked"),
        Case("challenge", {USAGE: "chatgpt/error_403_cloudflare.html"}, "blocked"),
        Case("firewall", {USAGE: "chatgpt/error_403_plain_html.html"}, "blocked"),
        Case("throttled", {USAGE: "chatgpt/error_429.json"}, "rate_limited"),
        Case("bad gateway", {USAGE: "chatgpt/error_502.html"}, "provider_failed"),
        Case(
            "an expired token is not sent",
            MAIN,
            "credential_expired",
            credential=Credential("access_token", EXPIRED),
        ),
        Case(
            "an API key is not sent",
            MAIN,
            "wrong_credential",
            credential=Credential("access_token", "sk-proj-synthetic"),
        ),
    )
    unread: Mapping[str, str] = {
        **{
            f"chatgpt/session.{name}": "the answer to the exchange of a session"
            for name in (
                "plus.json",
                "team_workspace.json",
                "dead_empty.json",
                "dead_banner_only.json",
                "refresh_error.json",
                "cloudflare_challenge.html",
            )
        },
        "chatgpt/credential.cookie_header.txt": "a credential; cookies are the exchange's",
        "chatgpt/credential.bare_session_token.txt": "a credential; cookies are the exchange's",
        "chatgpt/jwt.access_token_plus.txt": "the credential of these tests",
        "chatgpt/jwt.access_token_expired.txt": "the expired credential of these tests",
        "chatgpt/jwt.payload_decoded.json": "read by tests/chatgpt/test_token.py",
        "chatgpt/chat_requirements.free.json": "never asked: tells no quota",
        "chatgpt/chat_requirements.paid.json": "never asked: tells no quota",
        "chatgpt/chat_requirements.noauth.json": "never asked: tells no quota",
        "chatgpt/me.personal.json": "never asked: identity only",
        "chatgpt/me.minimal.json": "never asked: identity only",
        "chatgpt/me.noauth.json": "never asked: identity only",
        "chatgpt/accounts_list.json": "never asked: accounts/check has the names",
        "chatgpt/codex_profile_me.json": "never asked: token totals, no allowance",
        "chatgpt/monthly_usage.capped.json": "never asked: wham/usage has the credit limit",
        "chatgpt/monthly_usage.no_cap.json": "never asked: wham/usage has the credit limit",
        "chatgpt/daily_breakdown.credits.json": "never asked: a history, no allowance",
        "chatgpt/daily_breakdown.percent.json": "never asked: a history, no allowance",
    }


def read(usage: object, told: Mapping[str, Told] | None = None, **more: Any) -> Usage:
    """Read a wham/usage document, with other answers beside it."""
    credential, account = more.get("credential", CREDENTIAL), more.get("account", ACCOUNT)
    return fetch("chatgpt", account, credential, {USAGE: answer(200, usage), **(told or {})})[0]


def rate(**fields: Any) -> dict[str, Any]:
    window = {"used_percent": 50, "limit_window_seconds": 18000, "reset_at": 1791199920}
    return {"plan_type": "plus", "rate_limit": {"primary_window": {**window, **fields}}}


def asked(told: Mapping[str, Told], account: Account = ACCOUNT) -> ScriptedClient:
    return fetch("chatgpt", account, CREDENTIAL, told)[1]


def token(claims: Mapping[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(p).encode()) for p in ({"alg": "none"}, claims))
    return ".".join(part.rstrip(b"=").decode() for part in parts) + ".sig"


# Asking


def test_five_calls_that_say_who_asks() -> None:
    sent = asked(MAIN).asked
    assert sorted(f"{one.method} {one.url.partition('?')[0]}" for one in sent) == sorted(
        route.replace(" ", " https://") for route in (USAGE, ACCOUNTS, INIT, RESETS, SUBSCRIPTION)
    )
    as_browser = {*browser.page_headers(), "oai-language", "oai-device-id"}
    for one in sent:
        honest = "/wham/" in one.url
        assert one.headers["Authorization"] == f"Bearer {TOKEN}"
        assert one.headers["ChatGPT-Account-Id"] == PERSONAL
        assert ("Origin" in one.headers) == (one.method == "POST")
        if honest:  # the client names us in its User-Agent
            assert one.headers["originator"] == "tankful"
            assert not as_browser - {"Accept"} & set(one.headers)
        else:
            assert as_browser <= set(one.headers)
            assert one.headers["User-Agent"] == browser.USER_AGENT
            assert one.headers["Referer"] == "https://chatgpt.com/"
            assert one.headers["oai-language"] == "en-US"
    subscription = next(one for one in sent if "/subscriptions" in one.url)
    assert subscription.url.endswith(f"?account_id={PERSONAL}")
    (init,) = (one.json for one in sent if one.method == "POST")
    assert isinstance(init, dict)
    assert isinstance(init.pop("timezone_offset_min"), int)
    assert set(init.values()) == {None}


def devices(account: Account, credential: Credential = CREDENTIAL) -> set[str]:
    sent = fetch("chatgpt", account, credential, MAIN)[1].asked
    return {one.headers["oai-device-id"] for one in sent if "/wham/" not in one.url}


def test_the_device_is_the_account() -> None:
    assert len(devices(ACCOUNT)) == 1
    assert devices(ACCOUNT) == devices(replace(ACCOUNT, label="Renamed"))
    assert devices(ACCOUNT) != devices(replace(ACCOUNT, id="c2"))


def test_the_device_is_that_of_the_cookie() -> None:
    held = replace(CREDENTIAL, kind="session", cookie="a=b; oai-did=0a1b2c3d-0000; c=d")
    assert devices(ACCOUNT, held) == {"0a1b2c3d-0000"}


@dataclass
class Remembers(ScriptedClient):
    """Keeps pages, as the client of a refresh does."""

    pages: dict[str, Any] = field(default_factory=dict)


def routes(client: ScriptedClient) -> list[str]:
    return [f"{one.method} {one.url.partition('?')[0][8:]}" for one in client.asked]


def in_turns(*tables: Mapping[str, Any]) -> list[Remembers]:
    """Fetch once with each table of answers, each time with the pages that the earlier rounds kept."""
    kept: dict[str, Any] = {}
    clients = []
    for table in tables:
        client = Remembers(table, pages=kept)
        asyncio.run(chatgpt.fetch(client, ACCOUNT, CREDENTIAL))
        clients.append(client)
    return clients


def test_the_pages_of_the_plan_are_asked_once() -> None:
    first, second = in_turns(MAIN, MAIN)
    assert {ACCOUNTS, SUBSCRIPTION} <= set(routes(first))
    assert not {ACCOUNTS, SUBSCRIPTION} & set(routes(second))
    assert {USAGE, INIT} <= set(routes(second))


def test_what_was_kept_reads_as_if_it_were_asked() -> None:
    kept: dict[str, Any] = {}
    for _ in range(2):
        assert (
            asyncio.run(chatgpt.fetch(Remembers(MAIN, pages=kept), ACCOUNT, CREDENTIAL)) == plus()
        )


def test_another_plan_asks_for_its_pages_again() -> None:
    other = {**MAIN, USAGE: answer(200, {"plan_type": "pro"})}
    _, changed, after = in_turns(MAIN, other, other)
    assert [routes(changed).count(page) for page in (ACCOUNTS, SUBSCRIPTION)] == [1, 1]
    assert not {ACCOUNTS, SUBSCRIPTION} & set(routes(after))


def test_another_workspace_has_pages_of_its_own() -> None:
    kept: dict[str, Any] = {}
    for scope in ({}, {"workspace": TEAM}):
        client = Remembers(MAIN, pages=kept)
        asyncio.run(chatgpt.fetch(client, replace(ACCOUNT, scope=scope), CREDENTIAL))
        assert ACCOUNTS in routes(client)


@dataclass
class WaitsForResets(Remembers):
    """Answers the main page only once the free resets are requested, too."""

    asked_resets: asyncio.Event | None = None

    async def get(self, url: str, **how: Any) -> Answer:
        self.asked_resets = self.asked_resets or asyncio.Event()
        if url.endswith("rate-limit-reset-credits"):
            self.asked_resets.set()
        if url.endswith("wham/usage"):
            await asyncio.wait({asyncio.ensure_future(self.asked_resets.wait())}, timeout=2)
            assert self.asked_resets.is_set()
        return await super().get(url, **how)


def counting(resets: int | None, told: Mapping[str, Any] = MAIN) -> dict[str, Any]:
    """Make answers of which the main page counts so many free resets, or does not mention them."""
    main = document("chatgpt/wham_usage.plus.json")
    main["rate_limit_reset_credits"] = resets if resets is None else {"available_count": resets}
    return {**told, USAGE: answer(200, main)}


def test_free_resets_are_asked_beside_a_main_page_that_does_not_count_them() -> None:
    told = counting(None, {**MAIN, RESETS: "chatgpt/reset_credits.two.json"})
    two = feature("Free resets", 2, None, unit="resets")
    kept: dict[str, Any] = {}
    for client in (Remembers(told, pages=kept), WaitsForResets(told, pages=kept)):
        usage = asyncio.run(chatgpt.fetch(client, ACCOUNT, CREDENTIAL))
        assert two in usage.quotas
        assert routes(client).count(RESETS) == 1


def test_free_resets_are_asked_again_once_the_main_page_counts_others() -> None:
    two = {**MAIN, RESETS: "chatgpt/reset_credits.two.json"}
    kept: dict[str, Any] = {}
    usages, requests = [], []
    for resets in (2, 2, 2, 3, 3, 1):  # the page itself always has two
        client = Remembers(counting(resets, two), pages=kept)
        usages.append(asyncio.run(chatgpt.fetch(client, ACCOUNT, CREDENTIAL)))
        requests.append(routes(client).count(RESETS))
    assert requests == [1, 0, 0, 1, 1, 1]
    assert usages[0].notice is not None  # when the first one lapses
    assert len({repr(usage) for usage in usages}) == 1


def test_free_resets_are_asked_again_if_the_page_did_not_come() -> None:
    closed = counting(2, {**MAIN, RESETS: answer(503, {})})
    two = {**MAIN, RESETS: "chatgpt/reset_credits.two.json"}
    tables = (closed, closed, counting(2, two), counting(2, closed))
    first, second, third, fourth = in_turns(*tables)
    assert [routes(each).count(RESETS) for each in (first, second, third, fourth)] == [1, 1, 1, 0]


def test_free_resets_that_the_main_page_denies_are_not_told() -> None:
    told = document("chatgpt/wham_usage.plus.json")
    told["rate_limit_reset_credits"] = {"available_count": 0}
    two = {RESETS: "chatgpt/reset_credits.two.json"}
    kept: dict[str, Any] = {}
    none = {**MAIN, **two, USAGE: answer(200, told)}
    clients = [Remembers(table, pages=kept) for table in ({**MAIN, **two}, none, none)]
    usages = [asyncio.run(chatgpt.fetch(each, ACCOUNT, CREDENTIAL)) for each in clients]
    assert [routes(each).count(RESETS) for each in clients] == [1, 1, 0]
    assert usages[1] == usages[2]


def test_a_page_that_does_not_come_is_left_alone_for_a_while() -> None:
    closed = {
        **MAIN,
        ACCOUNTS: answer(403, "<html>Just a moment...</html>", content_type="text/html"),
    }
    first, second = in_turns(closed, closed)
    assert ACCOUNTS in routes(first)
    assert ACCOUNTS not in routes(second)


@pytest.mark.parametrize(
    ("scope", "sent"),
    [
        ({"workspace": TEAM}, TEAM),
        ({"workspace": f" {TEAM} "}, TEAM),
        ({"workspace": ""}, PERSONAL),
        ({"workspace": "user-Synthetic"}, PERSONAL),
        ({"workspace": "a\nb"}, PERSONAL),
        ({}, PERSONAL),
    ],
)
def test_workspace(scope: dict[str, str], sent: str) -> None:
    for one in asked(MAIN, replace(ACCOUNT, scope=scope)).asked:
        assert one.headers["ChatGPT-Account-Id"] == sent


@pytest.mark.parametrize("told", ["user-Synthetic0000000000000001", "", None, 7])
def test_an_id_of_no_workspace_is_not_sent(told: object) -> None:
    secret = token({"https://api.openai.com/auth": {"chatgpt_account_id": told}})
    _, client = fetch("chatgpt", ACCOUNT, Credential("access_token", secret), MAIN)
    assert len(client.asked) == 4
    assert not any("ChatGPT-Account-Id" in one.headers for one in client.asked)


@pytest.mark.parametrize("secret", [EXPIRED, token({"exp": NOW.timestamp()}), "sk-admin-synthetic"])
def test_nothing_is_sent_in_vain(secret: str) -> None:
    client = ScriptedClient(MAIN)
    with pytest.raises(UsageError):
        asyncio.run(chatgpt.fetch(client, ACCOUNT, Credential("access_token", secret)))
    assert client.asked == []


@dataclass
class Together(ScriptedClient):
    """Answers no request before all have arrived."""

    waiting: list[asyncio.Future[None]] = field(default_factory=list)

    async def _all(self) -> None:
        here = asyncio.get_running_loop().create_future()
        self.waiting.append(here)
        if len(self.waiting) == 4:
            for waiting in self.waiting:
                waiting.set_result(None)
        if len(self.waiting) <= 4:
            await asyncio.wait_for(here, 2)

    async def get(self, url: str, **how: Any) -> Answer:
        await self._all()
        return await super().get(url, **how)

    async def post(self, url: str, **how: Any) -> Answer:
        await self._all()
        return await super().post(url, **how)


def test_calls_go_out_together() -> None:
    assert asyncio.run(chatgpt.fetch(Together(MAIN), ACCOUNT, CREDENTIAL)) == plus()


class Hanging(ScriptedClient):
    """Never answers the optional calls."""

    async def get(self, url: str, **how: Any) -> Answer:
        if not url.endswith("/wham/usage"):
            await asyncio.sleep(60)
        return await super().get(url, **how)

    async def post(self, url: str, **how: Any) -> Answer:
        await asyncio.sleep(60)
        raise AssertionError


def test_hanging_extras_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "OPTIONAL_SECONDS", 0.05)
    assert asyncio.run(chatgpt.fetch(Hanging(MAIN), ACCOUNT, CREDENTIAL)) == plus()


def test_a_refusal_does_not_wait_for_extras() -> None:
    client = Hanging({USAGE: "chatgpt/error_401_expired.json"})
    with pytest.raises(UsageError) as caught:
        asyncio.run(asyncio.wait_for(chatgpt.fetch(client, ACCOUNT, CREDENTIAL), 2))
    assert caught.value.kind == "credential_expired"


ODD = (
    answer(500, {"error": "no"}),
    answer(401, {"detail": "no"}),
    answer(429, {"detail": "Too many requests"}, retry_after="3600"),
    answer(403, "<html>Just a moment...</html>", content_type="text/html"),
    answer(200, ""),
    answer(200, "[]"),
    answer(200, "null"),
    answer(200, '{"a": NaN}'),
    answer(200, "<html></html>", content_type="text/html"),
    answer(
        200,
        {
            "accounts": {
                PERSONAL: {"account": 7, "entitlement": [], "last_active_subscription": 1}
            },
            "account_ordering": [[], {}, 7],
            "limits_progress": [7, None, {"feature_name": 7}, {"remaining": "NaN"}],
            "model_limits": [{"model_slug": None}, {}, "x"],
            "blocked_features": [None, 7, {}, [], {"name": {}}],
            "banner_info": "text",
            "default_model_slug": 7,
            "intended_default_model_slug": {},
            "credits": [{"status": "available", "expires_at": "soon"}, 7],
            "available_count": True,
            "plan_type": 7,
            "seats_entitled": "ten",
        },
    ),
)


@pytest.mark.parametrize("route", [ACCOUNTS, INIT, RESETS, SUBSCRIPTION])
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_extra_keeps_the_main_numbers(route: str, odd: Answer) -> None:
    assert read(document("chatgpt/wham_usage.plus.json"), {route: odd}) == plus()


# Windows


@pytest.mark.parametrize(
    ("seconds", "label"),
    [
        (18000, "5 hours"),
        ("18000", "5 hours"),
        (86400, "Daily"),
        (604800, "Weekly"),
        (2592000, "30 days"),
        (2628000, "Monthly"),
        (10800, "3 hours"),
        (3600, "1 hour"),
        (1209600, "14 days"),
        (5400, "90 minutes"),
        (61, "61 seconds"),
    ],
)
def test_windows_by_their_length(seconds: object, label: str) -> None:
    (quota,) = read(rate(limit_window_seconds=seconds)).quotas
    assert (quota.label, quota.window) == (label, int(str(seconds)))


@pytest.mark.parametrize("seconds", [None, 0, -1, True, "long", 1.5, 10**17])
def test_windows_by_their_place_when_no_length_is_told(seconds: object) -> None:
    told = rate(limit_window_seconds=seconds)
    told["rate_limit"]["secondary_window"] = told["rate_limit"]["primary_window"]
    assert [(q.label, q.window) for q in read(told).quotas] == [("5 hours", None), ("Weekly", None)]


def test_the_shortest_window_comes_first() -> None:
    told = rate(limit_window_seconds=604800)
    told["rate_limit"]["secondary_window"] = rate()["rate_limit"]["primary_window"]
    assert [quota.label for quota in read(told).quotas] == ["5 hours", "Weekly"]


@pytest.mark.parametrize("odd", [None, True, "bad", [], {}, "1e309"])
def test_an_unknown_percentage_drops_its_window_only(odd: object) -> None:
    told = rate(used_percent=odd)
    told["rate_limit"]["secondary_window"] = {"used_percent": 7, "limit_window_seconds": 604800}
    (quota,) = read(told).quotas
    assert (quota.label, quota.used) == ("Weekly", Decimal(7))
    assert read(rate(used_percent=odd)) == Usage(plan="Plus", notice=NO_NUMBER)


@pytest.mark.parametrize(
    ("used", "left"),
    [(0, 0), ("14", 14), (99.5, 99.5), (100, 100), (130, 130), (-1, 0), ("-0.5", 0)],
)
def test_percentages_stay_raw(used: object, left: float) -> None:
    (quota,) = read(rate(used_percent=used)).quotas
    assert quota.used == Decimal(str(left))
    assert quota.remaining == max(Decimal(0), 100 - Decimal(str(left)))
    assert not quota.alert


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ({"reset_at": 1791199920}, at(5, 11, 32)),
        ({"reset_at": None, "reset_after_seconds": 1500}, at(5, 9, 25)),
        ({"reset_at": 0, "reset_after_seconds": "1500"}, at(5, 9, 25)),
        ({"reset_at": "soon", "reset_after_seconds": 1500}, at(5, 9, 25)),
        ({"reset_at": None, "reset_after_seconds": -5}, None),
        ({"reset_at": None, "reset_after_seconds": True}, None),
        ({"reset_at": -1}, None),
    ],
)
def test_resets(fields: dict[str, Any], when: datetime | None) -> None:
    assert read(rate(**fields)).quotas[0].resets_at == when


def test_a_reset_may_be_told_by_the_seconds_until_then_wherever_it_stands() -> None:
    limited = {"used": 1, "limit": 5, "reset_after": 60}
    told = {
        **rate(reset_at=60),
        "individual_limit": limited,
        "code_review_rate_limit": rate(reset_at=60)["rate_limit"],
        "message_usage": limited,
        "spend_control": {"reached": True, "reached_limit_type": "individual"},
    }
    usage = read(told, {INIT: answer(200, {"limits_progress": {"voice": limited}})})
    labels = ["5 hours", "Credit limit", "Code review", "Voice", "Message usage"]
    assert [quota.label for quota in usage.quotas] == labels
    assert {quota.resets_at for quota in usage.quotas} == {at(5, 9, 1)}
    assert usage.blocked is not None
    assert usage.blocked.until == at(5, 9, 1)


def test_full_and_allowed_is_not_blocked() -> None:
    told = rate(used_percent=100)
    told["rate_limit"].update(allowed=True, limit_reached=False)
    assert (read(told).notice, read(told).blocked) == (None, None)


def test_other_lanes() -> None:
    lane = {"primary_window": {"used_percent": 5}, "secondary_window": {"used_percent": 6}}
    usage = read(
        {
            **rate(),
            "browser_agent_rate_limit": lane,
            "additional_rate_limits": [
                7,
                None,
                {},
                {"limit_name": "Nothing", "rate_limit": None},
                {"metered_feature": "codex_new", "rate_limit": lane},
                {"rate_limit": {"limit_reached": True, "primary_window": {"used_percent": 100}}},
            ],
        }
    )
    assert [(quota.label, quota.alert) for quota in usage.quotas if quota.role == "secondary"] == [
        ("Browser agent · 5 hours", False),
        ("Browser agent · Weekly", False),
        ("Codex new · 5 hours", False),
        ("Codex new · Weekly", False),
        ("Other · 5 hours", True),
    ]


def test_every_window_counts_whatever_its_name() -> None:
    told = rate(used_percent=20)
    told["rate_limit"].update(
        burst_window={"used_percent": 91, "limit_window_seconds": 18000},
        tertiary_window={"used_percent": "35", "limit_window_seconds": 2628000},
        nightly_window={"remaining_percent": 45},
        fourth_window="junk",
    )
    told["additional_rate_limits"] = [{"limit_name": "Spark", "rate_limit": told["rate_limit"]}] * 2
    found: list[Any] = [(q.label, q.used, q.role) for q in read(told).quotas]
    assert found[:5] == [
        ("5 hours", 20, "binding"),
        ("Burst · 5 hours", 91, "binding"),
        ("Monthly", 35, "binding"),
        ("Nightly", 55, "binding"),
        ("Spark · 5 hours", 20, "secondary"),
    ]
    assert {label for label, *_ in found[5:]} >= {"Spark · Burst · 5 hours", "Spark 2 · Monthly"}


def test_a_lane_that_lets_nothing_through_is_named() -> None:
    closed = {"allowed": False, "primary_window": {"used_percent": 12}}
    usage = read({**rate(), "code_review_rate_limit": closed})
    assert usage.notice == Phrase("not available: Code review", "不可用：代码审查")
    assert usage.blocked is None
    full = {**closed, "primary_window": {"used_percent": 100}}
    assert read({**rate(), "code_review_rate_limit": full}).notice is None


# Credits

ODD_BALANCES: tuple[object, ...] = ("0", 0, None, True, "many", [], {}, "1e309", "NaN")


@pytest.mark.parametrize("place", ["spend_control", "rate_limit", "root"])
def test_the_credit_limit_in_three_places(place: str) -> None:
    limit = {"limit": "100", "used": 25, "remaining_percent": 75, "resets_at": 1791199920}
    told: dict[str, Any] = rate()
    if place == "root":
        told["individual_limit"] = limit
    else:
        told.setdefault(place, {})["individual_limit"] = limit
    assert read(told).quotas[1] == Quota(
        "Credit limit",
        "credits",
        Decimal(25),
        Decimal(100),
        Decimal(75),
        resets_at=at(5, 11, 32),
    )


@pytest.mark.parametrize(
    ("limit", "unit", "used", "cap", "left"),
    [
        ({"limit": 100, "remaining": 40}, "credits", 60, 100, 40),
        ({"limit": 100, "used": 130}, "credits", 130, 100, 0),
        ({"limit": 100, "used": 130, "remaining": 0}, "credits", 130, 100, 0),
        ({"limit": 0, "used": 0, "used_percent": 0}, "credits", 0, 0, 0),
        ({"limit": 100, "used": 10, "used_percent": 55}, "%", 55, 100, 45),
        ({"remaining_percent": 30, "limit": True}, "%", 70, 100, 30),
        ({"used": "12.5"}, "credits", "12.5", None, None),
        ({"limit": 100, "used": "-3"}, "credits", 0, 100, 100),
        ({"limit": 100, "remaining": -20}, "credits", 120, 100, 0),
        ({"used_percent": -4}, "%", 0, 100, 100),
    ],
)
def test_credit_limits(limit: object, unit: str, used: Any, cap: Any, left: Any) -> None:
    quota = read({**rate(), "individual_limit": limit}).quotas[1]
    numbers = [None if n is None else Decimal(n) for n in (used, cap, left)]
    assert [quota.unit, quota.used, quota.limit, quota.remaining] == [unit, *numbers]


@pytest.mark.parametrize("limit", [{}, {"limit": "100"}, {"used": "NaN"}, 7, None, [{}]])
def test_no_credit_limit(limit: object) -> None:
    assert len(read({**rate(), "individual_limit": limit}).quotas) == 1


@pytest.mark.parametrize(
    ("balance", "found"),
    [
        ("250.5", "250.5"),
        (12, "12"),
        ("-3", "-3"),
        *((nothing, None) for nothing in ODD_BALANCES),
    ],
)
def test_balances(balance: object, found: str | None) -> None:
    told = {**rate(), "credits": {"has_credits": True, "unlimited": False, "balance": balance}}
    assert [str(b.available) for b in read(told).balances] == ([found] if found else [])


# Features and allowances


def test_keyed_features_and_rare_totals() -> None:
    progress = {
        "deep_research": {"remaining_count": 7, "total": 10},
        "new_feature": {"used": 3, "limit": "4"},
        "image_gen": {"remaining": 12, "limit": 5},
        "odyssey": {"remaining": None},
        "junk": 7,
    }
    usage = read(rate(), {INIT: answer(200, {"limits_progress": progress})})
    found: list[Any] = [
        (q.label, q.used, q.limit, q.remaining) for q in usage.quotas if q.role == "secondary"
    ]
    assert found == [
        ("Deep research", 3, 10, 7),
        ("New feature", 3, 4, 1),
        ("Images", None, None, 12),
    ]


def test_a_blocked_feature_with_a_reset_is_a_quota() -> None:
    told = {"blocked_features": [{"name": "image_gen", "resets_after": "2026-10-05T20:00:00Z"}]}
    usage = read(rate(), {INIT: answer(200, told)})
    assert usage.quotas[1:] == (feature("Images", 0, at(5, 20), alert=True),)
    assert usage.notice == Phrase("not available: Images", "不可用：图像生成")


def test_models_with_some_left() -> None:
    told = {"model_limits": [{"model_slug": "gpt-5", "remaining": 4, "resets_after": 600}]}
    usage = read(rate(), {INIT: answer(200, told)})
    assert usage.quotas[1:] == (feature("gpt-5", 4, at(5, 9, 10)),)


@pytest.mark.parametrize("where", [USAGE, INIT, ACCOUNTS])
def test_allowances_wherever_they_lie(where: str) -> None:
    told: dict[str, Any] = {
        "message_usage": {"used": 12, "limit": 80, "reset_at": 1791199920},
        "tokens": {"gpt-5": {"remaining": 0, "max": 1000}, "note": "x"},
        "allowances": [{"name": "voice", "remaining_count": 3, "total": 5, "unit": "minutes"}, 7],
        "messages": {"remaining": 5},
        "broken": {"used": "NaN", "limit": 5},
    }
    extra: dict[str, Told] = {}
    if where == INIT:
        extra = {INIT: answer(200, told)}
    elif where == ACCOUNTS:
        extra = {ACCOUNTS: answer(200, {"accounts": {PERSONAL: told}})}
    usage = read({**rate(), **(told if where == USAGE else {})}, extra)
    side = [q for q in usage.quotas if q.role == "secondary"]
    found: list[Any] = [(q.label, q.unit, q.used, q.limit, q.remaining, q.alert) for q in side]
    assert found == [
        ("Message usage", "messages", 12, 80, 68, False),
        ("Tokens · gpt-5", "tokens", 1000, 1000, 0, True),
        ("Allowances · Voice", "uses", 2, 5, 3, False),
    ]
    assert side[0].resets_at == at(5, 11, 32)


def test_provider_text_is_cleaned_and_bounded() -> None:
    told = {
        "banner_info": {"title": "a\x00\n\u202eb" + "c" * 500},
        "limits_progress": [{"feature_name": "x\x1b" * 300, "remaining": 1}],
        "blocked_features": [f"feature_{number}" for number in range(5000)],
        "model_limits": [{"model_slug": f"m{number}"} for number in range(5000)],
    }
    usage = read(rate(), {INIT: answer(200, told)})
    assert len(usage.quotas) < 100
    assert usage.notice is not None
    for text in (*both(usage.notice), *(quota.label for quota in usage.quotas)):
        assert text.isprintable()
        assert len(text) <= 200


def test_a_lapsing_reset_is_said() -> None:
    credits = [
        {"status": "available", "expires_at": "2026-10-04T09:00:00Z"},
        {"status": "available", "expires_at": "2026-10-07T09:00:00Z"},
        {"status": "redeemed", "expires_at": "2026-10-06T09:00:00Z"},
    ]
    usage = read(rate(), {RESETS: answer(200, {"credits": credits})})
    assert usage.quotas[1:] == (feature("Free resets", 1, None, unit="resets"),)
    assert usage.notice == Phrase(
        "a free reset expires on 7 Oct 2026", "一次免费重置将于 2026 年 10 月 7 日失效"
    )


def test_the_day_of_the_first_reset_that_lapses() -> None:
    days = ("2026-12-01T09:00:00Z", "2026-11-03T09:00:00Z", None, "soon")
    credits = [{"status": "available", "expires_at": day} for day in days]
    usage = read(rate(), {RESETS: answer(200, {"credits": credits, "available_count": 4})})
    assert usage.notice == Phrase(
        "the first free reset expires on 3 Nov 2026", "最早一次免费重置将于 2026 年 11 月 3 日失效"
    )


# Plan


def node(**fields: Any) -> dict[str, Any]:
    account = {"account_id": fields.pop("id", PERSONAL), "plan_type": fields.pop("plan", "plus")}
    account.update(fields.pop("account", {}))
    return {"account": account, "entitlement": {"has_active_subscription": True}, **fields}


def check(*nodes: dict[str, Any], order: Any = (), **named: dict[str, Any]) -> dict[str, Told]:
    accounts = {**{one["account"]["account_id"]: one for one in nodes}, **named}
    return {ACCOUNTS: answer(200, {"accounts": accounts, "account_ordering": list(order)})}


def test_another_workspaces_plan_says_nothing() -> None:
    usage = read({"plan_type": "pro"}, check(node(id=TEAM, plan="team")))
    assert usage.plan == "Pro"


def test_pick_without_a_known_workspace() -> None:
    off = node(id="w1", plan="team", account={"is_deactivated": True})
    free = node(id="w2", plan="free", entitlement={"has_active_subscription": False})
    paid, other = node(id="w3", plan="pro"), node(id="w4", plan="go")
    told: dict[str, Any] = {"plan_type": "plus"}

    def plan(accounts: dict[str, Told], **more: Any) -> str | None:
        return read({**told, **more}, accounts, credential=UNKNOWN).plan

    assert plan(check(off, free, paid, other, order=["w1", "w2", "w3"])) == "Pro"
    assert plan(check(off, free, paid, other, order=["w4"])) == "Go"
    assert plan(check(paid, default=node(id="w2", plan="free"))) == "Free"
    assert plan(check(off, free)) == "Free"
    assert plan(check(off, node(id="w5", plan="pro"))) == "Pro"
    assert plan(check(paid, other), account_id="w4") == "Go"
    assert plan(check(paid, other), account_id="") == "Pro"
    assert plan(check(paid, other), account_id="user-1") == "Pro"
    assert plan(check(paid), account_id="gone") == "Plus"


@pytest.mark.parametrize(
    ("told", "plan"),
    [
        (
            {"account": {"plan_type": "go"}, "entitlement": {"subscription_plan": "chatgptpro"}},
            "Go",
        ),
        (
            {
                "account": {"plan_type": "unknown"},
                "entitlement": {"subscription_plan": "chatgptproplan"},
            },
            "Pro",
        ),
        ({"account": {"plan_type": ""}, "entitlement": {"subscription_plan": None}}, "Business"),
    ],
)
def test_plan_precedence(told: dict[str, Any], plan: str) -> None:
    told["account"]["account_id"] = PERSONAL
    usage = {**rate(), "plan_type": "self_serve_business_usage_based"}
    assert read(usage, check(told)).plan == plan


def test_the_tokens_plan_is_the_last_resort() -> None:
    unknown = {**rate(), "plan_type": "unknown"}
    assert read(unknown).plan == "Plus"
    assert read(unknown, account=IN_TEAM).plan is None


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        ("plus", "Plus"),
        ("prolite", "Pro Lite"),
        ("team", "Team"),
        ("edu", "Edu"),
        ("education", "Edu"),
        ("enterprise_cbp_usage_based", "Enterprise"),
        ("super_duper", "Super Duper"),
        ("{0.__class__}{}", "{0.  Class  }{}"),
        (True, "Plus"),
    ],
)
def test_plan_names(plan: object, name: str) -> None:
    assert read({**rate(), "plan_type": plan}).plan == name


def test_braces_in_a_plan_are_just_text() -> None:
    change = {"changes_at": "2026-10-11T09:00:00Z", "plan_type": "{0.x}"}
    entitlement = {"has_active_subscription": True, "scheduled_plan_change": change}
    notice = read(rate(), check(node(entitlement=entitlement))).notice
    assert notice is not None
    assert english(notice) == "becomes {0.X} on 11 Oct 2026"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"expires_at": "2026-10-25T09:00:00+00:00"}, "paid until 25 Oct 2026"),
        ({"renews_at": "2026-10-25T03:00:00+00:00"}, "renews on 25 Oct 2026"),
        ({"cancels_at": "2026-10-25T03:00:00+00:00"}, "will not renew, ends on 25 Oct 2026"),
        ({"cancels_at": "2026-10-01T03:00:00+00:00"}, "ended on 1 Oct 2026"),
        ({"is_delinquent": True}, None),  # a block
        ({"renews_at": "soon"}, None),
        ({"renews_at": "2026-10-01T03:00:00+00:00"}, None),
        ({"has_active_subscription": False, "expires_at": "2026-10-25T03:00:00Z"}, None),
    ],
)
def test_renewals(fields: dict[str, Any], says: str | None) -> None:
    notice = read(rate(), check(node(entitlement=fields))).notice
    assert (notice and english(notice)) == says


# No number


def test_a_closed_page_leaves_the_plan() -> None:
    for status in (403, 404):
        closed = {USAGE: answer(status, {"detail": "Forbidden"})}
        plan = {ACCOUNTS: "chatgpt/accounts_check.plus.json"}
        usage, _ = fetch("chatgpt", ACCOUNT, CREDENTIAL, {**closed, **plan})
        assert usage == Usage(
            plan="Plus",
            notice=Phrase(
                f"{english(NO_NUMBER)}; {english(RENEWS)}",
                f"{chinese(NO_NUMBER)}；{chinese(RENEWS)}",
            ),
        )
        subscription = {SUBSCRIPTION: "chatgpt/subscriptions.free.json"}
        usage, _ = fetch("chatgpt", ACCOUNT, CREDENTIAL, {**closed, **subscription})
        assert usage == Usage(plan="Free", notice=NO_NUMBER)


def test_features_are_numbers_too() -> None:
    told = {INIT: sample("chatgpt/conversation_init.plus.json")}
    usage = read({"plan_type": "plus", "rate_limit": None, "credits": None}, told)
    assert usage.notice is None
    assert {quota.label for quota in usage.quotas} >= {"Deep research", "Agent"}


@pytest.mark.parametrize("told", [{}, {"detail": "x"}, {"error": {"message": "x"}}, {"user_id": 1}])
def test_an_answer_of_nothing_known(told: object) -> None:
    with pytest.raises(UsageError) as caught:
        read(told)
    assert caught.value.kind == "unexpected_response"


def test_an_error_inside_a_success() -> None:
    with pytest.raises(UsageError) as caught:
        read({"plan_type": None, "error": {"code": "token_expired"}})
    assert caught.value.kind == "credential_expired"


def test_words_say_what_next_and_never_quote() -> None:
    told = {"error": {"code": "token_revoked", "message": f"token {TOKEN} of ada@example.com"}}
    with pytest.raises(UsageError) as caught:
        fetch("chatgpt", ACCOUNT, CREDENTIAL, {USAGE: answer(401, told)})
    en, zh = both(caught.value.message)
    assert "method A" in en
    assert "方法 A" in zh
    assert "ada@" not in en + zh
    assert TOKEN not in en + zh


# Shapes


@pytest.mark.parametrize(
    ("name", "kind", "sure"),
    [
        ("jwt.access_token_plus.txt", "access_token", False),
        ("session.plus.json", "access_token", True),
        ("credential.cookie_header.txt", "session", True),
        ("credential.bare_session_token.txt", "session", True),
    ],
)
def test_shapes(name: str, kind: str, sure: bool) -> None:
    shape = shape_of(chatgpt.PROVIDER, body(f"chatgpt/{name}").decode().strip())
    assert shape is not None
    assert (shape.kind, shape.sure) == (kind, sure)


def test_shapes_of_others() -> None:
    for other in ("sk-proj-synthetic", "tvly-synthetic", "a.b", "{}", ""):
        assert shape_of(chatgpt.PROVIDER, other) is None


# Whatever comes

SAMPLES = (
    "wham_usage.plus",
    "wham_usage.pro_spark_codereview",
    "wham_usage.team_spend_control",
    "wham_usage.with_model_usage",
    "wham_usage.workspace_depleted",
    "accounts_check.plus",
    "accounts_check.scheduled_downgrade",
    "accounts_check.deactivated_and_delinquent",
    "conversation_init.capped_model",
    "conversation_init.free",
    "reset_credits.two",
    "remaining_balance",
    "subscriptions.team_seats",
)


UNUSUAL = JUNK | st.floats()


@settings(max_examples=scaled(150), deadline=None)
@given(st.data())
def test_any_document_reads(data: st.DataObject) -> None:
    def part(prefix: str) -> Any:
        name = data.draw(st.sampled_from([one for one in SAMPLES if one.startswith(prefix)]))
        return data.draw(mutated(f"chatgpt/{name}.json", UNUSUAL, most=6))

    usage = chatgpt.parse(
        pages.Documents(
            at=NOW + timedelta(seconds=data.draw(st.integers(0, 10**8))),
            usage=part("wham"),
            workspace=data.draw(st.sampled_from([PERSONAL, TEAM, None])),
            accounts=part("accounts"),
            init=part("conversation"),
            resets=part("reset"),
            balance=part("remaining"),
            subscription=part("subscriptions"),
        )
    )
    for quota in usage.quotas:
        if quota.used is not None and quota.limit is not None:
            assert quota.remaining == max(Decimal(0), quota.limit - quota.used)
    assert usage.notice is None or (english(usage.notice) and chinese(usage.notice))
    assert usage.blocked is None or english(usage.blocked.reason).isprintable()


# ---- access tokens made for Codex, which tell no account themselves

MADE = Credential("access_token", "at-Synthetic" + "0123456789abcdefghijABCDEFGHIJ" * 2)
WHOAMI = "GET auth.openai.com/api/accounts/v1/user-auth-credential/whoami"


def personal(told: Answer, scope: dict[str, str] | None = None) -> ScriptedClient:
    """Fetch with a Codex access token and this answer about its owner, and return the client."""
    client = ScriptedClient({**MAIN, WHOAMI: told})
    account = replace(ACCOUNT, scope=scope or {})
    asyncio.run(chatgpt.fetch(client, account, MADE))
    return client


def workspaces(client: ScriptedClient) -> set[str | None]:
    return {
        each.headers.get("ChatGPT-Account-Id") for each in client.asked if "whoami" not in each.url
    }


def test_the_account_of_a_codex_access_token_is_asked_for() -> None:
    told = {"chatgpt_account_id": PERSONAL, "chatgpt_plan_type": "business", "email": "a@b.example"}
    client = personal(answer(200, told))
    (asked,) = [each for each in client.asked if "whoami" in each.url]
    assert asked.headers["Authorization"] == f"Bearer {MADE.secret}"
    assert workspaces(client) == {PERSONAL}
    known = personal(answer(200, told), {"workspace": "another-1"})
    assert not [each for each in known.asked if "whoami" in each.url]
    assert workspaces(known) == {"another-1"}


@pytest.mark.parametrize(
    "told",
    [answer(403, "<html>Just a moment", content_type="text/html"), answer(404), answer(500), answer(200, []), answer(200, "no"), answer(200, {"chatgpt_account_id": "user-1"})],
)  # fmt: skip
def test_without_that_page_the_usage_is_asked_all_the_same(told: Answer) -> None:
    assert workspaces(personal(told)) == {None}


def test_a_codex_access_token_that_is_refused_is_made_anew() -> None:
    for table in ({WHOAMI: answer(401)}, {USAGE: answer(401, {"detail": "no"})}):
        client = ScriptedClient({**MAIN, **table})
        with pytest.raises(CredentialRejected, match="admin/access-tokens"):
            asyncio.run(chatgpt.fetch(client, replace(ACCOUNT, scope={}), MADE))


def test_any_other_token_that_is_refused_is_no_codex_access_token() -> None:
    with pytest.raises(CredentialRejected) as caught:
        fetch("chatgpt", ACCOUNT, CREDENTIAL, {**MAIN, USAGE: answer(401, {"detail": "no"})})
    assert caught.value.message == pages.REJECTED
    gone = answer(401, {"detail": {"code": "account_deactivated"}})
    with pytest.raises(CredentialRejected, match="deactivated this account"):
        fetch("chatgpt", IN_TEAM, MADE, {**MAIN, USAGE: gone})


def test_a_page_of_credits_is_that_of_the_workspace() -> None:
    told = {**rate(), "credits": {"has_credits": True}}
    client = fetch("chatgpt", IN_TEAM, CREDENTIAL, {USAGE: answer(200, told)})[1]
    assert BALANCE in [route(asked) for asked in client.asked]


def test_only_codex_access_tokens_are_asked_about() -> None:
    client = ScriptedClient({})
    assert asyncio.run(chatgpt.scope_of(client, Account("c1", "chatgpt", ""), CREDENTIAL)) == {}
    assert client.asked == []


def test_a_plan_that_will_not_renew_ends_with_what_is_paid() -> None:
    documents = pages.Documents(
        NOW, {}, subscription={"active_until": "2026-12-24T12:00:00Z", "will_renew": True}
    )
    node = {"last_active_subscription": {"will_renew": False}}
    said = [(about, english(notice)) for about, notice in plan.plan_notices(node, documents)]
    assert said == [("change", "will not renew, ends on 24 Dec 2026")]
    banner = {"banner_info": {"title": "Busy"}}
    (first,) = plan.feature_notices(pages.Documents(NOW, {}, init=banner))
    assert (first[0], english(first[1])) == ("banner", "Busy")


def test_the_name_of_a_model_is_bounded() -> None:
    usage = {"model_usage": {"x" * 60: {"available": False}}}
    (quota,) = allowances.models(pages.Documents(NOW, usage))
    assert len(quota.label) == 40
    assert quota.remaining == 0
