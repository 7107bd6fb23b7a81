"""OpenAI API (Token): costs, usage and spend limit of Admin keys; what ordinary keys are told."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Union
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.played import Played, played
from tests.profiles import scaled
from tests.said import Phrase, both, chinese, english
from tests.standin import KEYS, Reply, Request, StandIn
from tests.standin.clock import Clock
from tests.standin.providers import openai as synthetic
from workflow.errors import (
    CredentialRejected,
    RateLimited,
    UnexpectedResponse,
    UsageError,
    WrongCredential,
)
from workflow.models import (
    Account,
    Balance,
    Credential,
    Quota,
    Snapshot,
    Spend,
    Usage,
    WorkBlocked,
    utc_now,
)
from workflow.openai import counters, legacy, spend_limit
from workflow.openai.attention import Attention
from workflow.provider import calls as providers
from workflow.provider.answer import Answer
from workflow.provider.days import next_month, periods
from workflow.providers import openai
from workflow.records import dataclass, field, replace
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage.accounts import Accounts

from .contract import (
    INDEX,
    JUNK,
    NOW,
    Case,
    ProviderContract,
    ScriptedClient,
    Told,
    answer,
    document,
    fetch,
    mutated,
    sample,
    shape_of,
)

HOME = "GET api.openai.com/v1/organization"
COSTS = f"{HOME}/costs"
LIMIT = f"{HOME}/spend_limit"
MODELS = "GET api.openai.com/v1/models"
BILLING = "GET api.openai.com/v1/dashboard/billing"
KINDS = ("completions", "embeddings")
ASKED = (*KINDS, "decisions")
BILLED = ("images", "audio_speeches", "audio_transcriptions")

ACCOUNT = Account("a1", "openai", "Work")
ADMIN = Credential("api_key", "sk-admin-" + "synthetic0" * 4)
ORDINARY = Credential("api_key", "sk-None-" + "synthetic0" * 4)

MONTH = datetime(2026, 10, 1, tzinfo=timezone.utc)
TODAY = datetime(2026, 10, 5, tzinfo=timezone.utc)
THIRTY = datetime(2026, 9, 6, tzinfo=timezone.utc)
NEXT = datetime(2026, 11, 1, tzinfo=timezone.utc)
DAY = 86400

NO_USE = answer(200, {"object": "page", "data": [], "has_more": False, "next_page": None})
QUIET: Mapping[str, Told] = {f"{HOME}/usage/{name}": NO_USE for name in (*ASKED, *BILLED)}
BUSY: Mapping[str, Told] = {
    **QUIET,
    f"{HOME}/usage/completions": "openai/usage_completions.by_model.json",
    f"{HOME}/usage/embeddings": "openai/usage_embeddings.json",
    f"{HOME}/usage/images": "openai/usage_images.json",
    f"{HOME}/usage/audio_speeches": "openai/usage_audio_speeches.json",
    f"{HOME}/usage/audio_transcriptions": "openai/usage_audio_transcriptions.json",
}
ENFORCED = WorkBlocked(
    "spend_limit",
    Phrase(
        "the spend limit is reached, raise it or wait for the reset",
        "已达花费上限，请提高上限或等待重置",
    ),
    NEXT,
)
IN_PART = Phrase(
    "part of the costs cannot be read, the sums are too low", "部分花费无法读取，合计偏低"
)
NO_COSTS = Phrase("the costs cannot be read", "花费无法读取")


def spends(month: str, today: str, thirty: str, unit: str = "USD") -> tuple[Spend, ...]:
    return (
        Spend(Decimal(month), unit, MONTH, NOW, "month"),
        Spend(Decimal(today), unit, TODAY, NOW, "day"),
        Spend(Decimal(thirty), unit, THIRTY, NOW, "30 days"),
    )


def counted(tokens: int, requests: int, estimated: bool = False) -> tuple[Quota, ...]:
    return (
        Quota("Tokens", "tokens", Decimal(tokens), None, None, estimated=estimated),
        Quota("Requests", "requests", Decimal(requests), None, None, estimated=estimated),
    )


OCTOBER = 31 * 86400  # seconds of the month that ends at NEXT


def limit(used: str, most: str, left: str, alert: bool = False) -> Quota:
    told, top, rest = (Decimal(amount) for amount in (used, most, left))
    return Quota("Spend limit", "USD", told, top, rest, OCTOBER, resets_at=NEXT, alert=alert)


def own(label: str, unit: str, used: int, estimated: bool = False) -> Quota:
    return Quota(label, unit, Decimal(used), None, None, estimated=estimated, role="secondary")


OWN = (
    own("Images", "images", 6),
    own("Speech", "characters", 1830),
    own("Transcription", "seconds", 742),
)
NOTHING = counted(0, 0)
PLAIN = spends("3.1223", "2.31", "3.1223")


def admin(name: str, costs: Told, expect: Union[Usage, str], **more: Told) -> Case:
    """Make a case; by default its usage is zero and its spend limit is not set."""
    table: dict[str, Union[Told, list[Told]]] = {COSTS: costs, **QUIET}
    table[LIMIT] = "openai/spend_limit.not_set.json"
    for path, told in more.items():
        table[f"{HOME}/{path.replace('__', '/')}"] = told
    return Case(name, table, expect)


def ordinary(name: str, expect: Union[Usage, str], models: Told, **legacy: Told) -> Case:
    table: dict[str, Union[Told, list[Told]]] = {MODELS: models}
    for path in ("credit_grants", "subscription", "usage"):
        told = legacy.get(path, "openai/error_403_session_key_required.json")
        table[f"{BILLING}/{path}"] = told
    return Case(name, table, expect, credential=ORDINARY)


LIST = "openai/models_list.json"
CREDIT_ENDS = Phrase("credit expires on 27 Jun 2027", "余额将于 2027 年 6 月 27 日到期")
HARD_LIMIT = Quota(
    "Monthly",
    "USD",
    Decimal("2.31"),
    Decimal(120),
    Decimal("117.69"),
    31 * 86400,
    resets_at=NEXT,
    estimated=True,
)
LEGACY = Usage(
    quotas=(HARD_LIMIT,),
    balances=(Balance(Decimal("18.8"), "USD"),),
    spends=(Spend(Decimal("2.31"), "USD", MONTH, NOW, "month"),),
    plan="Pay-as-you-go",
    notice=CREDIT_ENDS,
)
PAGES = Case(
    "two pages",
    {
        **QUIET,
        COSTS: "openai/costs.page1.json",
        f"{COSTS}?page=page_synthetic_2": "openai/costs.page2.json",
    },
    Usage(NOTHING, spends=spends("2.00", "1.25", "2.00")),
)


def with_lines(*lines: str, amount: str = "0") -> Answer:
    """The plain costs with lines of this amount that name what else was used."""
    told = document("openai/costs.plain_3days.json")
    line = {"object": "organization.costs.result", "amount": {"value": amount, "currency": "usd"}}
    told["data"][-1]["results"] += [{**line, "line_item": item} for item in lines]
    return answer(200, told)


ALL_LINES = with_lines("gpt-image-1, output", "GPT-4o mini TTS", "whisper-1")
EVERYTHING = Case(
    "everything answers",
    {**BUSY, COSTS: ALL_LINES, LIMIT: "openai/spend_limit.json"},
    Usage((limit("3.1223", "120", "116.8777"), *counted(124800, 205), *OWN), spends=PLAIN),
)


class TestOpenai(ProviderContract):
    provider = "openai"
    account = ACCOUNT
    credential = ADMIN
    main = COSTS
    parameters = (
        "start_time=#",
        "limit=31",
        "bucket_width=1d",
        "group_by=line_item",
        "page=page_synthetic_2",
        "start_date=#-#-#",
        "end_date=#-#-#",
    )
    cases = (
        EVERYTHING,
        PAGES,
        admin("three days", "openai/costs.plain_3days.json", Usage(NOTHING, spends=PLAIN)),
        admin(
            "string amounts",
            "openai/costs.string_values.json",
            Usage(NOTHING, spends=spends("13.905", "12.5", "13.905")),
        ),
        admin(
            "by line item",
            "openai/costs.by_line_item.json",
            Usage(NOTHING, spends=spends("6.12", "6.12", "6.12")),
        ),
        admin(
            "nothing spent", "openai/costs.empty.json", Usage(NOTHING, spends=spends("0", "0", "0"))
        ),
        admin(
            "a credit",
            "openai/costs.negative_credit.json",
            Usage(NOTHING, spends=spends("2.50", "2.50", "2.50")),
        ),
        admin(
            "cached tokens are part of the input",
            "openai/costs.plain_3days.json",
            Usage(counted(83800, 62), spends=PLAIN),
            usage__completions="openai/usage_completions.by_model.json",
        ),
        admin(
            "split fields",
            "openai/costs.plain_3days.json",
            Usage(counted(10900, 5), spends=PLAIN),
            usage__completions="openai/usage_completions.new_fields.json",
        ),
        admin(
            "without groups",
            "openai/costs.plain_3days.json",
            Usage(counted(600, 2), spends=PLAIN),
            usage__completions="openai/usage_completions.ungrouped.json",
        ),
        admin(
            "limit enforced",
            "openai/costs.plain_3days.json",
            Usage(
                (limit("3.1223", "50", "46.8777", True), *NOTHING), spends=PLAIN, blocked=ENFORCED
            ),
            spend_limit="openai/spend_limit.enforcing.json",
        ),
        admin(
            "decisions",
            "openai/costs.plain_3days.json",
            Usage(counted(1060, 25), spends=PLAIN),
            usage__decisions="openai/usage_decisions.json",
        ),
        admin(
            "moderations, which are free",
            with_lines("omni-moderation-latest, input"),
            Usage((*NOTHING, own("Moderation", "requests", 20)), spends=PLAIN),
            usage__moderations="openai/usage_moderations.json",
        ),
        admin(
            "tools that were billed",
            with_lines(
                "Web search tool calls", "code interpreter", "file search", "vector storage"
            ),
            Usage(
                (
                    *NOTHING,
                    own("Web search", "calls", 12),
                    own("File search", "calls", 7),
                    own("Code interpreter", "sessions", 3),
                    own("Vector stores", "bytes", 10485760),
                ),
                spends=PLAIN,
            ),
            usage__web_search_calls="openai/usage_web_search_calls.json",
            usage__file_search_calls="openai/usage_file_search_calls.json",
            usage__code_interpreter_sessions="openai/usage_code_interpreter.json",
            usage__vector_stores="openai/usage_vector_stores.json",
        ),
        admin("invalid key", "openai/error_401_invalid_key.json", "credential_rejected"),
        admin("no scope", "openai/error_403_missing_scope_object.json", "wrong_credential"),
        admin("scope, string", "openai/error_403_missing_scope_string.json", "wrong_credential"),
        admin("scope, 401", "openai/error_401_missing_scope.json", "wrong_credential"),
        admin("country", "openai/error_403_region.json", "blocked"),
        admin("too often", "openai/error_429_rate.json", "rate_limited"),
        admin("no credit", "openai/error_429_insufficient_quota.json", "not_available"),
        admin("deactivated", "openai/error_401_deactivated.json", "credential_rejected"),
        admin("address", "openai/error_401_ip.json", "blocked"),
        admin("overloaded", "openai/error_503.json", "provider_failed"),
        admin("a web page", "openai/error_502_html.html", "provider_failed"),
        ordinary("ordinary key", "wrong_credential", LIST),
        ordinary("restricted key", "wrong_credential", "openai/error_403_models_scope.json"),
        ordinary(
            "invalid ordinary key", "credential_rejected", "openai/error_401_invalid_key.json"
        ),
        ordinary("ordinary key abroad", "blocked", "openai/error_403_region.json"),
        ordinary(
            "legacy billing",
            LEGACY,
            LIST,
            credit_grants="openai/legacy_credit_grants.json",
            subscription="openai/legacy_subscription.json",
            usage="openai/legacy_usage.json",
        ),
        ordinary(
            "only credit",
            Usage(balances=LEGACY.balances, notice=CREDIT_ENDS),
            "openai/error_403_models_scope.json",
            credit_grants="openai/legacy_credit_grants.json",
        ),
        ordinary(
            "only use",
            Usage(spends=LEGACY.spends),
            LIST,
            usage="openai/legacy_usage.json",
        ),
        ordinary(
            "a credit summary without numbers",
            "wrong_credential",
            LIST,
            credit_grants=answer(200, {"object": "credit_summary"}),
            subscription=answer(200, {"hard_limit_usd": 0, "plan": {"title": "Free"}}),
        ),
    )
    unread: Mapping[str, str] = {
        "openai/chat_completion_headers.json": "inference only: asking would cost money",
        "openai/project_rate_limits.json": "limits per minute, without what is used of them",
        "openai/spend_alerts.json": "OpenAI sends these by mail; only the limit stops requests",
    }


# -- what is asked --------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "utc_now", lambda: NOW)


def queries(client: ScriptedClient) -> dict[str, dict[str, list[str]]]:
    parts = [urlsplit(asked.url) for asked in client.asked]
    return {part.path: parse_qs(part.query) for part in parts}


@pytest.mark.usefixtures("clock")
def test_admin_asks_each_page_once_for_whole_utc_days() -> None:
    _, client = fetch("openai", ACCOUNT, ADMIN, EVERYTHING.answers)
    asked = queries(client)
    days = {"bucket_width": ["1d"], "limit": ["31"]}
    costs = {"start_time": [str(int(THIRTY.timestamp()))], **days, "group_by": ["line_item"]}
    usage = {"start_time": [str(int(MONTH.timestamp()))], **days}
    home = "/v1/organization"
    assert asked == {
        f"{home}/costs": costs,
        f"{home}/spend_limit": {},
        **{f"{home}/usage/{name}": usage for name in (*ASKED, *BILLED)},
    }
    assert len(client.asked) == 8
    for one in client.asked:
        assert urlsplit(one.url).hostname == "api.openai.com"
        assert one.headers["Authorization"] == f"Bearer {ADMIN.secret}"
        assert "OpenAI-Organization" not in one.headers


@pytest.mark.parametrize(
    ("now", "start"),
    [
        pytest.param("2026-10-31T23:59", "2026-10-01", id="the month is longer"),
        pytest.param("2026-10-30T00:00", "2026-10-01", id="both begin together"),
        pytest.param("2026-03-01T12:00", "2026-01-31", id="30 days are longer"),
    ],
)
def test_costs_cover_the_month_and_thirty_days_in_one_page(
    now: str, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.fromisoformat(f"{now}+00:00")
    monkeypatch.setattr(openai, "utc_now", lambda: at)
    _, client = fetch("openai", ACCOUNT, ADMIN, EVERYTHING.answers)
    began = int(queries(client)["/v1/organization/costs"]["start_time"][0])
    assert began == datetime.fromisoformat(f"{start}T00:00+00:00").timestamp()
    assert (at.timestamp() - began) / DAY < 31


@pytest.mark.usefixtures("clock")
def test_next_page_repeats_the_query() -> None:
    _, client = fetch("openai", ACCOUNT, ADMIN, PAGES.answers)
    first, second = (
        parse_qs(urlsplit(one.url).query) for one in client.asked if "/costs" in one.url
    )
    assert second == {**first, "page": ["page_synthetic_2"]}


def test_scope() -> None:
    account = Account(
        "a1", "openai", "Work", scope={"project": "proj_a/b", "organization": "org-synthetic"}
    )
    spot = f"{HOME}/projects/proj_a%2Fb/spend_limit"
    table = {**EVERYTHING.answers, spot: "openai/spend_limit.enforcing.json"}
    usage, client = fetch("openai", account, ADMIN, table)
    assert usage.quotas[0] == limit("3.1223", "50", "46.8777", True)
    for path, query in queries(client).items():
        assert query.get("project_ids") == (None if "spend_limit" in path else ["proj_a/b"])
    assert usage.blocked == ENFORCED
    assert {one.headers["OpenAI-Organization"] for one in client.asked} == {"org-synthetic"}


@pytest.mark.usefixtures("clock")
def test_ordinary_key_is_asked_about_nothing_but_itself() -> None:
    with pytest.raises(WrongCredential, match="Admin keys") as caught:
        client = ScriptedClient({MODELS: LIST})
        asyncio.run(openai.fetch(client, ACCOUNT, ORDINARY))
    asked = queries(client)
    assert sorted(path.rpartition("/")[2] for path in asked) == [
        "credit_grants",
        "models",
        "subscription",
        "usage",
    ]
    assert asked["/v1/dashboard/billing/usage"] == {
        "start_date": ["2026-10-01"],
        "end_date": ["2026-10-06"],
    }
    assert all("{keys}" in words for words in both(caught.value.message))
    assert "admin-keys" in openai.PROVIDER.keys_page("")


# -- together, and what may fail ------------------------------------------------------------------


@dataclass
class SlowClient:
    """Answers only when ``wanted`` requests are there; never for paths that end in ``hang``."""

    scripted: ScriptedClient
    wanted: int = 0
    hang: str = "nothing"
    arrived: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    _all: asyncio.Event | None = None

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, Any] | None = None
    ) -> Answer:
        self._all = self._all or asyncio.Event()
        self.arrived.append(url)
        if len(self.arrived) >= self.wanted:
            self._all.set()
        try:
            # wait_for of Python 3.9 loses a cancellation that comes as it ends
            await asyncio.wait({asyncio.ensure_future(self._all.wait())}, timeout=2)
            if url.endswith(self.hang):
                await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled.append(url)
            raise
        return await self.scripted.get(url, headers=headers, params=params)

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        raise AssertionError


def test_admin_calls_go_out_together() -> None:
    client = SlowClient(ScriptedClient(EVERYTHING.answers), wanted=4)
    assert asyncio.run(openai.fetch(client, ACCOUNT, ADMIN)) == EVERYTHING.expect


def test_what_the_costs_do_not_name_is_not_asked() -> None:
    table = {**EVERYTHING.answers, COSTS: with_lines("gpt-5.2, input", "gpt-image-1, output")}
    usage, client = fetch("openai", ACCOUNT, ADMIN, table)
    assert [quota.label for quota in usage.quotas if quota.role == "secondary"] == ["Images"]
    assert len(client.asked) == 6


def test_ordinary_calls_go_out_together() -> None:
    case = next(case for case in TestOpenai.cases if case.name == "legacy billing")
    client = SlowClient(ScriptedClient(case.answers), wanted=4)
    assert asyncio.run(openai.fetch(client, ACCOUNT, ORDINARY)) == LEGACY


def without(path: str) -> Usage:
    """Return the usage of EVERYTHING without the numbers of this optional call."""
    assert isinstance(EVERYTHING.expect, Usage)
    cap, *own = limit("3.1223", "120", "116.8777"), *OWN
    tokens, _ = counted(124800, 205)

    def asked(requests: int) -> Quota:
        return counted(0, requests, True)[1]

    reduced = {
        "spend_limit": (*counted(124800, 205), *OWN),
        "usage/completions": (cap, *OWN),
        "usage/embeddings": (cap, *counted(83800, 75, True), *OWN),
        "usage/images": (cap, tokens, asked(199), *own[1:]),
        "usage/audio_speeches": (cap, tokens, asked(201), own[0], own[2]),
        "usage/audio_transcriptions": (cap, tokens, asked(202), *own[:2]),
    }
    return Usage(reduced[path], spends=PLAIN)


OPTIONAL = ("spend_limit", *(f"usage/{name}" for name in (*KINDS, *BILLED)))
ODD: tuple[Any, ...] = (
    answer(500, {"error": "no"}),
    answer(403, {"error": {"message": "Missing scopes: api.management.read"}}),
    answer(429, {"error": "no"}),
    answer(404, {"error": "no"}),
    answer(200, ""),
    answer(200, []),
    answer(200, {}),
    answer(200, {"data": "x"}),
    answer(200, {"data": [7]}),
    answer(200, {"data": [{"start_time": None, "results": []}]}),
    answer(200, {"data": [{"start_time": 1791158400, "results": [{"object": "odd"}]}]}),
    answer(200, {"data": [], "has_more": True, "next_page": None}),
    answer(200, {"threshold_amount": "NaN", "currency": "USD"}),
    answer(200, {"threshold_amount": True, "currency": "USD"}),
    answer(403, "<html>Just a moment...</html>", content_type="text/html"),
)


@pytest.mark.parametrize("path", OPTIONAL)
def test_optional_call_that_fails_or_is_odd_keeps_the_rest(path: str) -> None:
    for odd in ODD:
        usage, _ = fetch("openai", ACCOUNT, ADMIN, {**EVERYTHING.answers, f"{HOME}/{path}": odd})
        assert usage == without(path), odd


@pytest.mark.parametrize("path", OPTIONAL)
def test_optional_call_that_hangs_keeps_the_rest(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "OPTIONAL_SECONDS", 0.05)
    client = SlowClient(ScriptedClient(EVERYTHING.answers), hang=path)
    assert asyncio.run(openai.fetch(client, ACCOUNT, ADMIN)) == without(path)


def test_legacy_pages_that_hang_do_not_hide_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "OPTIONAL_SECONDS", 0.05)
    case = next(case for case in TestOpenai.cases if case.name == "legacy billing")
    client = SlowClient(ScriptedClient(case.answers), hang="/subscription")
    usage = asyncio.run(openai.fetch(client, ACCOUNT, ORDINARY))
    assert (usage.balances, usage.spends, usage.quotas) == (LEGACY.balances, LEGACY.spends, ())


def test_a_refused_key_ends_the_other_calls_at_once() -> None:
    table = {**EVERYTHING.answers, COSTS: "openai/error_401_invalid_key.json"}
    client = SlowClient(ScriptedClient(table), wanted=4, hang="usage/completions")
    with pytest.raises(CredentialRejected):
        asyncio.run(asyncio.wait_for(openai.fetch(client, ACCOUNT, ADMIN), 2))
    assert any("usage/completions" in url for url in client.cancelled)


# -- pages ----------------------------------------------------------------------------------------


def page(*days: tuple[datetime, Any], **more: Any) -> dict[str, Any]:
    """A page of costs: (day, amount) each; more amounts of one day are more buckets."""
    data = [
        {
            "start_time": int(day.timestamp()),
            "results": [{"amount": {"value": value, "currency": "usd"}}],
        }
        for day, value in days
    ]
    return {"object": "page", "data": data, "has_more": False, "next_page": None, **more}


def costs(*pages: Any) -> Union[tuple[Spend, ...], str]:
    """Fetch an account with these pages of costs in turn, and return its spends or its failure."""
    table: dict[str, Union[Told, list[Told]]] = {**QUIET}
    table[COSTS] = [answer(200, one) for one in pages]
    client = ScriptedClient(table)
    try:
        return asyncio.run(openai.fetch(client, ACCOUNT, ADMIN)).spends
    except UsageError as error:
        return error.kind
    finally:
        assert sum("/costs" in one.url for one in client.asked) <= 20


def test_a_day_may_continue_on_the_next_page() -> None:
    assert costs(
        page((MONTH, 1), (TODAY, "0.5"), has_more=True, next_page="two"),
        page((TODAY, 0.25), (TODAY, -0.05)),
    ) == spends("1.7", "0.7", "1.7")


def test_pages_that_lead_nowhere() -> None:
    yesterday = datetime(2026, 10, 4, tzinfo=timezone.utc)
    more = {"has_more": True}
    assert costs(page((yesterday, 1), **more)) == ()
    assert costs(page((yesterday, 1), next_page=7, **more)) == ()
    assert costs(page((yesterday, 1), next_page="same", **more)) == ()
    assert costs(page(**more)) == ()
    endless = [page((TODAY, 1), next_page=str(n), **more) for n in range(30)]
    assert costs(*endless) == ()


def test_no_cursor_is_no_harm_when_today_was_reached() -> None:
    odd: tuple[Any, ...] = (None, 7, "", [])
    for cursor in odd:
        told = page((MONTH, 1), (TODAY, 2), has_more=True, next_page=cursor)
        assert costs(told) == spends("3", "2", "3")


def test_a_failing_second_page_fails_the_costs() -> None:
    table = {**PAGES.answers, f"{COSTS}?page=page_synthetic_2": answer(500, {})}
    with pytest.raises(UsageError) as caught:
        fetch("openai", ACCOUNT, ADMIN, table)
    assert caught.value.kind == "provider_failed"


# -- numbers --------------------------------------------------------------------------------------


def test_periods_hold_their_days_only() -> None:
    days = [
        (datetime(2026, 9, 5, tzinfo=timezone.utc), 1000),
        (THIRTY, 100),
        (datetime(2026, 9, 30, tzinfo=timezone.utc), 10),
        (MONTH, 1),
        (TODAY, "0.1"),
        (datetime(2026, 10, 6, tzinfo=timezone.utc), 5000),
    ]
    assert costs(page(*days)) == spends("1.1", "0.1", "111.1")


def test_currencies_stay_apart() -> None:
    told = page((TODAY, 1), (THIRTY, 2), (TODAY, 3))
    told["data"][1]["results"][0]["amount"]["currency"] = "EUR"
    assert costs(told) == spends("4", "4", "4") + spends("0", "0", "2", "EUR")


@pytest.mark.parametrize("value", ["0E-6176", "1.5e-3", 0, -2, "-2.50", 1e-07, "1E+1", " 3 "])
def test_amounts(value: Any) -> None:
    said = str(Decimal(str(value).strip()) if value != "0E-6176" else 0)
    assert costs(page((TODAY, value))) == spends(said, said, said)


@pytest.mark.parametrize(
    "value", [None, True, "", "two", "NaN", "1e309", "1e12", [], {}, "1_0", "0x1", "9" * 99]
)
def test_malformed_amount_is_never_zero(value: Any) -> None:
    usage = with_costs(page((TODAY, value)))
    assert (usage.spends, usage.notice, usage.quotas) == ((), NO_COSTS, NOTHING)
    usage = with_costs(page((MONTH, "1.5"), (TODAY, value)))
    month, _, thirty = spends("1.5", "0", "1.5")
    assert (usage.spends, usage.notice) == ((month, thirty), IN_PART)
    usage = with_costs(page((THIRTY, value), (MONTH, 2), (TODAY, "0.5")))
    assert (usage.spends, usage.notice) == (spends("2.5", "0.5", "2.5"), IN_PART)


@pytest.mark.parametrize("currency", [None, "", "dollar", 840, "$", [], {}])
def test_a_currency_that_is_not_told_is_the_one_openai_bills_in(currency: Any) -> None:
    told = page((MONTH, "1.25"), (TODAY, 0.5))
    told["data"][0]["results"][0]["amount"] = {"value": "1.25"}
    told["data"][1]["results"][0]["amount"]["currency"] = currency
    assert costs(told) == spends("1.75", "0.5", "1.75")
    cap = {"threshold_amount": 1000, "currency": currency, "interval": "month"}
    assert spend_limit.parse(cap, spends("4", "1", "4"), NOW) == (limit("4", "10", "6"),)


@pytest.mark.parametrize("results", [[{"amount": 1}], [{}], [None], None, "x", [7, []]])
def test_results_that_cannot_be_read_cost_their_day(results: Any) -> None:
    told = page((MONTH, 1), (TODAY, 1))
    told["data"][0]["results"] = results
    usage = with_costs(told)
    assert (usage.spends, usage.notice) == (spends("1", "1", "1"), IN_PART)


def test_a_day_is_known_by_its_end_too() -> None:
    told = page((MONTH, 1), (TODAY, 2))
    told["data"][1].update(start_time="soon", end_time=int(TODAY.timestamp()) + DAY)
    assert costs(told) == spends("3", "2", "3")


def test_a_day_that_cannot_be_placed_is_in_no_period() -> None:
    told = page((MONTH, 1), (TODAY, 2))
    told["data"][1]["start_time"] = None
    usage = with_costs(told)
    month, _, thirty = spends("1", "0", "1")
    assert (usage.spends, usage.notice) == ((month, thirty), IN_PART)


def test_a_limit_beside_costs_that_are_too_low_is_an_estimate() -> None:
    told = page((MONTH, 1), (TODAY, "?"))
    cap = answer(200, {"threshold_amount": 1000, "interval": "month"})
    usage = with_costs(told, {LIMIT: cap})
    assert usage.quotas[0] == replace(limit("1", "10", "9"), estimated=True)


def test_not_a_page() -> None:
    other: tuple[Any, ...] = (
        {"data": []},
        {"data": None, "has_more": False},
        {"error": {"message": "odd"}},
        document("openai/project_rate_limits.json"),
        document("openai/chat_completion_headers.json"),
    )
    for one in other:
        assert costs(one) in ((), "unexpected_response")
        with pytest.raises(UnexpectedResponse):
            fetch("openai", ACCOUNT, ADMIN, {COSTS: answer(200, one)})


def test_an_error_inside_200_is_quoted() -> None:
    told = answer(200, {"error": {"code": "project_archived", "message": "It is archived."}})
    assert "code project_archived (“It is archived.”)" in both(failure(told).message)[0]


def with_costs(told: Any, more: Mapping[str, Told] = QUIET) -> Usage:
    """Fetch an account with these costs, and no other numbers unless ``more`` has some."""
    table: dict[str, Union[Told, list[Told]]] = {**QUIET, **more, COSTS: answer(200, told)}
    return fetch("openai", ACCOUNT, ADMIN, table)[0]


def test_an_organization_without_any_day_has_spent_nothing() -> None:
    assert costs(page()) == spends("0", "0", "0")


@pytest.mark.parametrize("value", [None, True, "NaN", -1, "x", [1]])
def test_malformed_count_costs_itself_and_is_never_zero(value: Any) -> None:
    for name in ("input_tokens", "output_tokens", "num_model_requests"):
        told = document("openai/usage_completions.by_model.json")
        (whole,) = [counters.parse({"completions": [told]}, NOW)]
        (result, *_) = [r for day in told["data"] for r in day["results"] if r[name]]
        lost, result[name] = result[name], value
        found = counters.parse({"completions": [told]}, NOW)
        changed = 1 if name == "num_model_requests" else 0
        expected = list(whole)
        old = whole[changed]
        assert old.used is not None
        expected[changed] = replace(old, used=old.used - lost, estimated=True)
        assert found == tuple(expected)


def test_counts_of_which_none_can_be_read_are_not_told() -> None:
    told = document("openai/usage_completions.ungrouped.json")
    for result in (result for day in told["data"] for result in day["results"]):
        result.update(input_tokens="?", output_tokens=None)
    (requests,) = counters.parse({"completions": [told]}, NOW)
    assert requests == counted(0, 2)[1]


def test_use_before_this_month_is_left_out() -> None:
    told = document("openai/usage_completions.ungrouped.json")
    told["data"][0]["start_time"] = int(MONTH.timestamp()) - 1
    assert counters.parse({"completions": [told]}, NOW) == counted(0, 0)


def test_a_page_that_an_organization_does_not_have_yet_is_a_zero() -> None:
    gone = answer(404, {"error": {"message": "Invalid URL", "code": None}})
    table = {**EVERYTHING.answers, f"{HOME}/usage/decisions": gone}
    assert fetch("openai", ACCOUNT, ADMIN, table)[0] == EVERYTHING.expect
    table[f"{HOME}/usage/decisions"] = answer(429, {})
    usage, _ = fetch("openai", ACCOUNT, ADMIN, table)
    assert [quota.estimated for quota in usage.quotas[1:3]] == [True, True]
    assert usage.spends == PLAIN


def test_requests_of_a_web_search_are_not_counted_twice() -> None:
    table = admin("", with_lines("web search tool calls"), Usage()).answers
    usage, _ = fetch(
        "openai",
        ACCOUNT,
        ADMIN,
        {
            **table,
            f"{HOME}/usage/completions": "openai/usage_completions.by_model.json",
            f"{HOME}/usage/web_search_calls": "openai/usage_web_search_calls.json",
        },
    )
    assert usage.quotas == (*counted(83800, 62), own("Web search", "calls", 12))


def test_spend_limit_that_is_not_monthly_or_in_another_currency() -> None:
    told = {"threshold_amount": "2500", "currency": "usd", "interval": "week"}
    bare = Quota("Spend limit", "USD", None, Decimal(25), None)
    assert spend_limit.parse(told, PLAIN, NOW) == (bare,)
    told["interval"] = "month"
    assert spend_limit.parse(told, PLAIN, NOW) == (limit("3.1223", "25", "21.8777"),)
    euro = {"threshold_amount": 2500, "currency": "EUR", "interval": "month", "enforcement": None}
    expected = Quota("Spend limit", "EUR", None, Decimal(25), None, OCTOBER, NEXT)
    assert spend_limit.parse(euro, PLAIN, NOW) == (expected,)
    assert spend_limit.parse(document("openai/spend_alerts.json"), PLAIN, NOW) == ()


def test_spend_limit_overrun() -> None:
    told = {"threshold_amount": 200, "currency": "USD", "interval": "month"}
    assert spend_limit.parse(told, PLAIN, NOW) == (limit("3.1223", "2", "0"),)


def test_legacy_numbers() -> None:
    grants = {"total_available": "-1.5", "total_granted": 5}
    usage = legacy.parse(grants, {"hard_limit_usd": True}, {"total_usage": "NaN"}, NOW)
    assert usage == Usage(balances=(Balance(Decimal("-1.5"), "USD"),))
    spent = legacy.parse({"total_available": 0, "total_granted": 5}, None, None, NOW)
    assert spent == Usage(balances=(Balance(Decimal(0), "USD"),))
    none = legacy.parse({"total_available": 0, "total_granted": 0}, None, None, NOW)
    assert none == Usage()
    alone = legacy.parse(None, {"hard_limit_usd": "120"}, None, NOW)
    assert alone.quotas == (
        Quota("Monthly", "USD", None, Decimal(120), None, OCTOBER, NEXT, estimated=True),
    )


def test_credit_that_is_gone_or_past_does_not_expire() -> None:
    told = document("openai/legacy_credit_grants.json")
    whole = told["grants"]["data"][0]
    past = {**whole, "expires_at": int(NOW.timestamp()) - DAY}
    gone = {**whole, "used_amount": 50.0, "expires_at": int(NOW.timestamp()) + DAY}
    told["grants"]["data"] = [past, gone]
    assert legacy.parse(told, None, None, NOW).notice is None
    told["grants"]["data"] = [past, gone, whole, 7]
    assert legacy.parse(told, None, None, NOW).notice == CREDIT_ENDS


# -- errors ---------------------------------------------------------------------------------------


def failure(told: Answer) -> UsageError:
    with pytest.raises(UsageError) as caught:
        openai.read(told)
    return caught.value


def test_nothing_of_an_error_is_repeated() -> None:
    for name in (case.answers[COSTS] for case in TestOpenai.cases if COSTS in case.answers):
        if not isinstance(name, str) or "error" not in name:
            continue
        error = failure(sample(name))
        for words in both(error.message):
            line = words.format(provider="OpenAI", keys="https://keys")
            assert "\n" not in line
            assert line.startswith("OpenAI")
            assert "abcd" not in line


def test_specific_words() -> None:
    said = {
        "openai/error_401_deactivated.json": "deactivated",
        "openai/error_401_ip.json": "IP address",
        "openai/error_403_missing_scope_string.json": "Admin key",
        "openai/error_429_insufficient_quota.json": "credit",
    }
    for name, word in said.items():
        assert word in both(failure(sample(name)).message)[0]


@pytest.mark.parametrize(
    ("sign", "kind", "said"),
    [
        ("insufficient_quota", "not_available", "no credit is left"),
        ("credit_balance_exhausted", "not_available", "no credit is left"),
        ("spend_limit_exceeded", "not_available", "no credit is left"),
        ("usage_limit_exceeded", "not_available", "no credit is left"),
        ("billing_not_active", "not_available", "no credit is left"),
        ("account_deactivated", "credential_rejected", "is deactivated"),
        ("ip_not_authorized", "blocked", "this IP address"),
        ("You must be a member of an organization", "credential_rejected", "no organization any more"),
        ("mismatched_organization", "wrong_credential", "another organization"),
        ("invalid_organization", "wrong_credential", "another organization"),
        ("Missing scopes: api.usage.read", "wrong_credential", "no permission to read costs"),
        ("You have insufficient permissions", "wrong_credential", "no permission to read costs"),
    ],
)  # fmt: skip
def test_state_of_the_account_by_message_or_code(sign: str, kind: str, said: str) -> None:
    for status in (200, 400, 401, 403, 429, 499):
        for place in ("code", "type", "message", ""):
            error = failure(answer(status, {"error": {place: sign} if place else sign}))
            assert error.kind == kind
            assert said in both(error.message)[0]
    assert failure(answer(500, {"error": {"code": sign}})).kind == "provider_failed"


def test_rate_limit_tells_when_to_come_back() -> None:
    error = failure(sample("openai/error_429_rate.json"))
    assert isinstance(error, RateLimited)
    assert error.retry_at is not None
    assert (error.retry_at - NOW).total_seconds() == 20


def test_error_inside_200() -> None:
    told = answer(200, {"error": {"code": "insufficient_quota"}})
    assert failure(told).kind == "not_available"


def test_models_that_are_no_list() -> None:
    odd: Any
    for odd in ({}, {"data": 7}, []):
        with pytest.raises(UnexpectedResponse):
            fetch("openai", ACCOUNT, ORDINARY, {MODELS: answer(200, odd)})


# -- keys -----------------------------------------------------------------------------------------

OLD = "sk-" + "a" * 20 + "T3BlbkFJ" + "b" * 20


@pytest.mark.parametrize("secret", ["sk-proj-" + "a1" * 24, "sk-svcacct-" + "x_Y-9" * 8])
def test_with_the_key_of_a_project_nothing_is_sent(secret: str) -> None:
    assert shape_of(openai.PROVIDER, secret) is None
    client = ScriptedClient({})
    with pytest.raises(WrongCredential) as caught:  # of an account of an earlier version
        asyncio.run(openai.fetch(client, ACCOUNT, Credential("api_key", secret)))
    assert client.asked == []
    assert all("admin key" in words.casefold() for words in both(caught.value.message))


@pytest.mark.parametrize(
    ("secret", "sure"),
    [
        (ADMIN.secret, True),
        (ORDINARY.secret, True),
        (OLD, True),
        ("sk-" + "a1B2" * 12, False),
    ],
)
def test_shapes(secret: str, sure: bool) -> None:
    found = shape_of(openai.PROVIDER, secret)
    assert found is not None
    assert found.sure is sure


@pytest.mark.parametrize(
    "prefix",
    [
        "sess-",
        "sk-ant-api03-",
        "sk-or-v1-",
        "sk-kimi-",
        "sk-cp-",
        "sk-api-",
        "sk_",
        "tvly-",
        "gsk_",
    ],
)
def test_keys_of_others_are_not_taken(prefix: str) -> None:
    assert shape_of(openai.PROVIDER, prefix + "a1B2" * 12) is None


# -- played over HTTP -----------------------------------------------------------------------------


def days(*amounts: tuple[int, Any]) -> dict[str, Any]:
    """A page of costs: for each the days before today, and the amount as told."""
    today = periods(utc_now())[1]
    data = [
        {
            "object": "bucket",
            "start_time": int((today - timedelta(days=back)).timestamp()),
            "results": [{"object": "organization.costs.result", "amount": amount}],
        }
        for back, amount in amounts
    ]
    return {"object": "page", "data": data, "has_more": False, "next_page": None}


def plays(world: StandIn, told: Mapping[str, Any], language: str = "en") -> Played:
    """Make the table of answers; ``told`` has them by the end of the path."""
    routes = {f"api.openai.com/v1/organization/{path}": body for path, body in told.items()}
    return played(world, "openai-admin", routes, language)


def test_costs_without_a_currency(world: StandIn) -> None:
    amounts = days((1, {"value": "2.25"}), (0, {"value": 0.75}))
    tokens = {"input_tokens": 1200, "output_tokens": 300, "num_model_requests": 4}
    shown = plays(
        world,
        {
            "costs": Reply(body=amounts),
            "usage/completions": Reply(body={**amounts, "data": [dict(amounts["data"][1], results=[tokens])]}),
            "usage/embeddings": Reply(body={**amounts, "data": []}),
        },
    )  # fmt: skip
    told = {spend["period"]: (spend["amount"], spend["unit"]) for spend in shown.json["spends"]}
    month = 0.75 if utc_now().day == 1 else 3
    assert told == {"day": (0.75, "USD"), "month": (month, "USD"), "30 days": (3, "USD")}
    assert shown.json["failure"] is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_odd_amount_is_said(language: str, world: StandIn) -> None:
    told = {"costs": Reply(body=days((1, {"value": "x"}), (0, {"value": 0.75})))}
    shown = plays(world, told, language)
    assert shown.json["notice"] == (chinese(IN_PART) if language == "zh" else english(IN_PART))
    assert {"day": 0.75}.items() <= {s["period"]: s["amount"] for s in shown.json["spends"]}.items()


CAP = {"object": "organization.spend_limit", "threshold_amount": 900_000, "currency": "USD"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_limit_that_is_enforced_blocks(language: str, world: StandIn) -> None:
    cap = {**CAP, "interval": "month", "enforcement": {"status": "enforcing"}}
    shown = plays(world, {"spend_limit": Reply(body=cap)}, language)
    blocked = shown.json["blocked"]
    assert ENFORCED.reason in (
        Phrase(blocked["reason"], chinese(ENFORCED.reason)),
        Phrase(english(ENFORCED.reason), blocked["reason"]),
    )
    assert blocked["kind"] == "spend_limit"
    assert blocked["until"] == f"{next_month(shown.now):%Y-%m-%dT00:00:00Z}"
    assert (shown.json["level"], shown.json["failure"]) == ("critical", None)
    assert shown.line.count(blocked["reason"]) == 1
    assert not shown.is_recommended


def test_a_limit_that_sleeps_does_not_block(world: StandIn) -> None:
    cap = {**CAP, "interval": "month", "enforcement": {"status": "inactive"}}
    shown = plays(world, {"spend_limit": Reply(body=cap)})
    assert (shown.json["blocked"], shown.json["level"]) == (None, "plenty")


def test_the_limit_of_the_organization_stops_its_projects_too() -> None:
    account = Account("a1", "openai", "Work", scope={"project": "proj_a"})
    table = {
        **EVERYTHING.answers,
        f"{HOME}/projects/proj_a/spend_limit": "openai/spend_limit.json",
        LIMIT: "openai/spend_limit.enforcing.json",
    }
    usage, _ = fetch("openai", account, ADMIN, table)
    assert usage.quotas[0] == limit("3.1223", "120", "116.8777")
    assert usage.blocked is not None
    assert "organization's spend limit" in english(usage.blocked.reason)


@pytest.mark.parametrize(("language", "today"), [("en", "today"), ("zh", "今日")])
@pytest.mark.parametrize("day", ["2026-10-01T00:00:05", "2026-10-01T23:59", "2026-03-01T12:00"])
def test_on_the_first_day_of_a_month_today_is_said_once(
    day: str, language: str, today: str
) -> None:
    at = datetime.fromisoformat(f"{day}+00:00")
    month, now, _ = periods(at)
    assert month == now
    found, _ = openai.parse_costs([page((now, 2), (now - timedelta(days=1), 3))], at)
    assert [spend.period for spend in found] == ["month", "day", "30 days"]
    state = State(
        Accounts((ACCOUNT,)),
        {ACCOUNT.id: Snapshot(ACCOUNT.id, Usage(spends=found), at)},
        {"openai": openai.PROVIDER},
        Settings(language=language),
    )
    shown = Played(ACCOUNT, state, at)
    assert shown.line.count(today) == 1
    assert sum(today in fact for fact in shown.details) == 1


# -- what OpenAI publishes ------------------------------------------------------------------------

FACTS = Path(__file__).parent.parent / "facts" / "openai.schema.json"
SCHEMAS: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
RESULTS = {
    schema["properties"]["object"]["enum"][0]: schema
    for schema in SCHEMAS["$defs"].values()
    if str(schema.get("properties", {}).get("object", {}).get("enum", [""])[0]).endswith(".result")
}
PUBLISHED = {  # path -> the schema of its answer
    "costs": "UsageResponse",
    **{f"usage/{kind}": "UsageResponse" for kind in synthetic.USAGE},
    "spend_limit": "OrganizationSpendLimitResource",
    f"projects/{synthetic.PROJECTS[0]}/spend_limit": "ProjectSpendLimitResource",
    "spend_alerts": "OrganizationSpendAlertListResource",
}


def stand_in(path: str, query: str = "", key: str = "openai-admin") -> Reply:
    api = synthetic.OpenAI(Clock(lambda: NOW.timestamp()))
    headers = {"authorization": f"Bearer {KEYS[key].value}"}
    return api.answer(Request("GET", "api.openai.com", f"/v1/{path}", query, headers))


def check(told: Any, schema: str) -> None:
    """Raise if an answer does not have the form that OpenAI publishes."""
    _published(schema).validate(told)


@functools.cache
def _published(schema: str) -> jsonschema.Draft202012Validator:
    rule = {"$ref": f"#/$defs/{schema}", "$defs": SCHEMAS["$defs"]}
    return jsonschema.Draft202012Validator(rule)


def test_the_schemas_name_their_source() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS)
    assert "github.com/openai/openai-openapi" in SCHEMAS["$comment"]
    assert len(RESULTS) == len(synthetic.USAGE) + 1


@pytest.mark.parametrize("path", sorted(PUBLISHED))
@pytest.mark.parametrize("key", ["openai-admin", "openai-admin-paged"])
def test_the_stand_in_answers_as_openai_publishes(path: str, key: str) -> None:
    since = int((NOW - timedelta(days=20)).timestamp())
    groups = "".join(f"&group_by={name}" for name in ("project_id", "model", "line_item"))
    for query in (f"start_time={since}&limit=31", f"start_time={since}&limit=5{groups}"):
        reply = stand_in(f"organization/{path}", query, key)
        told = json.loads(json.dumps(reply.body))
        for result in _results_of(told):
            extra = set(result) - set(RESULTS[result["object"]]["properties"])
            assert extra <= {"organization_id"}, "seen live, not published"
            if isinstance(result.get("amount", {}).get("value"), str):
                result["amount"]["value"] = float(result["amount"]["value"])  # so it answers live
        check(told, PUBLISHED[path])


def _results_of(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    days = [day for day in told.get("data", []) if day.get("object") == "bucket"]
    return [result for day in days for result in day["results"]]


def test_models_and_errors_are_as_openai_publishes() -> None:
    check(stand_in("models", key="openai-project").body, "ListModelsResponse")
    for reply in (
        stand_in("organization/costs", key="openai-project"),
        stand_in("organization/costs", "start_time=x"),
        stand_in("nothing"),
        synthetic.wrong_key(),
        synthetic.missing_key(),
    ):
        assert reply.status >= 400
        check(reply.body, "ErrorResponse")


def test_samples_of_usage_are_as_openai_publishes() -> None:
    names = [name for name in INDEX if name.startswith(("openai/usage_", "openai/costs."))]
    assert len(names) > 15
    for name in names:
        told = document(name)
        for result in _results_of(told):
            if isinstance(result.get("amount", {}).get("value"), str):
                result["amount"]["value"] = float(result["amount"]["value"])
        check(told, "UsageResponse")


# -- whatever comes -------------------------------------------------------------------------------

NAMES = sorted(
    name
    for name in (
        *TestOpenai.unread,
        *(
            told
            for case in TestOpenai.cases
            for told in case.answers.values()
            if isinstance(told, str) and told.endswith(".json")
        ),
    )
)
_UNUSUAL = JUNK | st.sampled_from(["0E-6176", "9" * 120, "usd", 10**30, 1791158400])
IN_JSON = _UNUSUAL | st.floats(allow_nan=False, allow_infinity=False)  # has no NaN, no Infinity
UNUSUAL = _UNUSUAL | st.floats()


PARTS = {  # path -> what of the usage it tells
    "costs": "spends",
    "spend_limit": "caps",
    "usage/completions": "counted",
    "usage/embeddings": "counted",
}


@settings(max_examples=scaled(150), deadline=None)
@given(st.sampled_from(sorted(PARTS)), st.data())
def test_an_odd_field_costs_its_own_part_only(path: str, data: st.DataObject) -> None:
    changed = data.draw(mutated(str(QUIETLY[f"{HOME}/{path}"]), IN_JSON, most=1))
    table = {**QUIETLY, f"{HOME}/{path}": answer(200, changed)}
    found, whole = (fetch("openai", ACCOUNT, ADMIN, each)[0] for each in (table, QUIETLY))
    if path != "costs":
        assert found.spends == whole.spends
        assert found.notice is None
    if path != "spend_limit":
        assert (found.blocked, found.quotas[0].limit) == (whole.blocked, whole.quotas[0].limit)
    if PARTS[path] != "counted":
        assert found.quotas[-2:] == whole.quotas[-2:]


QUIETLY: Mapping[str, Told] = {
    **QUIET,
    COSTS: "openai/costs.plain_3days.json",
    LIMIT: "openai/spend_limit.json",
    f"{HOME}/usage/completions": "openai/usage_completions.by_model.json",
    f"{HOME}/usage/embeddings": "openai/usage_embeddings.json",
}


@settings(max_examples=scaled(300), deadline=None)
@given(st.data())
def test_mutated_samples_give_usage_or_a_usage_error(data: st.DataObject) -> None:
    told = data.draw(mutated(data.draw(st.sampled_from(NAMES)), UNUSUAL))
    try:
        usage = openai.parse([told], {each.name: [told] for each in counters.COUNTERS}, [told], NOW)
    except UsageError:
        usage = legacy.parse(told, told, told, NOW)
    assert isinstance(usage, Usage)
    assert isinstance(counters.parse({"completions": [told]}, NOW), tuple)
    assert isinstance(spend_limit.parse(told, PLAIN, NOW), tuple)
    assert isinstance(legacy.parse(told, told, told, NOW), Usage)


def test_a_level_is_that_of_the_last_day_that_has_one() -> None:
    at = datetime(2026, 10, 20, 12, tzinfo=timezone.utc)

    def day(back: int, *results: Any, name: str = "results") -> dict[str, Any]:
        start = at.replace(hour=0) - timedelta(days=back)
        return {"start_time": int(start.timestamp()), name: list(results)}

    pages = [{"data": [day(9, {"usage_bytes": 7}), day(2, {"usage_bytes": 5}, name="result")]}]
    (stores,) = counters.parse({"vector_stores": pages}, at)
    assert (stores.label, stores.used, stores.estimated) == ("Vector stores", Decimal(5), False)
    found = counters.results(pages)
    assert counters.total(found, at, "usage_bytes") == counters.Sum(Decimal(12))
    (recent,) = counters.within(found, at - timedelta(days=3), at)
    assert recent.fields == {"usage_bytes": 5}
    (odd,) = counters.results([{"data": [day(0, "junk")]}])
    assert odd.fields is None
    assert counters.within([odd], at + timedelta(days=3), at) == []


# ---- what the rounds before have told


@dataclass
class Remembers(ScriptedClient):
    """Keeps pages, as the client of a refresh does."""

    pages: dict[str, Any] = field(default_factory=dict)


def endpoints(client: ScriptedClient) -> list[str]:
    """The endpoints of usage that were asked."""
    paths = (one.url.partition("/usage/")[2].partition("?")[0] for one in client.asked)
    return [path for path in paths if path]


def test_what_nothing_new_was_billed_for_is_not_asked_again() -> None:
    kept: dict[str, Any] = {}
    asked = []
    for _ in range(3):
        client = Remembers(EVERYTHING.answers, pages=kept)
        assert asyncio.run(openai.fetch(client, ACCOUNT, ADMIN)) == EVERYTHING.expect
        asked.append(set(endpoints(client)))
    assert asked[0] - asked[1] == {*BILLED, "decisions"}
    assert asked[1] == asked[2]


def billed(amount: str) -> dict[str, Any]:
    """Everything, with so much for images."""
    return {**EVERYTHING.answers, COSTS: with_lines("gpt-image-1, output", amount=amount)}


def test_what_is_billed_anew_is_asked_and_then_does_not_wait_for_the_costs() -> None:
    kept: dict[str, Any] = {}
    asked, beside = [], []
    for amount in ("1.00", "1.00", "1.50", "1.75", "1.75", "1.75"):
        client = Remembers(billed(amount), pages=kept)
        beside.append("images" in [each.name for each in Attention(client, "").first()])
        asyncio.run(openai.fetch(client, ACCOUNT, ADMIN))
        asked.append("images" in endpoints(client))
    assert asked == [True, False, True, True, True, False]
    assert beside == [False, False, False, True, True, False]


def test_a_kept_page_that_is_damaged_is_asked_again() -> None:
    kept: dict[str, Any] = {}
    damages: list[Any] = [None, [], {"billed": "1.00"}, {"billed": 1, "pages": []}]
    for damage in damages:
        kept["page images "] = damage
        client = Remembers(billed("1.00"), pages=kept)
        asyncio.run(openai.fetch(client, ACCOUNT, ADMIN))
        assert "images" in endpoints(client)


def test_what_another_project_told_is_its_own() -> None:
    client = Remembers({}, pages={"named proj_a": ["images"], "embeddings proj_a": None})
    embeddings = counters.COUNTERS[1]
    assert [Attention(client, each).is_idle(embeddings) for each in ("proj_a", "")] == [True, False]
    assert len(Attention(client, "proj_a").first()) == len(Attention(client, "").first()) + 1


def test_an_endpoint_that_told_nothing_is_left_alone_for_a_while() -> None:
    kept: dict[str, Any] = {}
    asked = []
    for _ in range(2):
        client = Remembers(EVERYTHING.answers, pages=kept)
        assert asyncio.run(openai.fetch(client, ACCOUNT, ADMIN)) == EVERYTHING.expect
        asked.append(set(endpoints(client)))
    assert "decisions" in asked[0] - asked[1]


def test_completions_are_asked_always() -> None:
    kept: dict[str, Any] = {}
    for _ in range(2):
        client = Remembers({**EVERYTHING.answers, **QUIET}, pages=kept)
        usage = asyncio.run(openai.fetch(client, ACCOUNT, ADMIN))
        assert any("usage/completions" in one.url for one in client.asked)
        assert usage.quotas[-2:] == counted(0, 0)


def test_an_endpoint_that_fails_is_asked_again() -> None:
    failing = {**EVERYTHING.answers, f"{HOME}/usage/embeddings": answer(500, {})}
    kept: dict[str, Any] = {}
    for _ in range(2):
        client = Remembers(failing, pages=kept)
        asyncio.run(openai.fetch(client, ACCOUNT, ADMIN))
        assert any("usage/embeddings" in one.url for one in client.asked)
