"""OpenAI API (Token): costs, usage and spend limit of Admin keys; what ordinary keys are told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow import provider as providers
from workflow.errors import (
    CredentialRejected,
    RateLimited,
    UnexpectedResponse,
    UsageError,
    WrongCredential,
)
from workflow.models import Account, Balance, Credential, Phrase, Quota, Spend, Usage
from workflow.payload import Answer
from workflow.providers import openai

from .contract import (
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
BILLED = ("images", "audio_speeches", "audio_transcriptions")

ACCOUNT = Account("a1", "openai", "Work")
ADMIN = Credential("api_key", "sk-admin-" + "synthetic0" * 4)
ORDINARY = Credential("api_key", "sk-proj-" + "synthetic0" * 4)

MONTH = datetime(2026, 10, 1, tzinfo=timezone.utc)
TODAY = datetime(2026, 10, 5, tzinfo=timezone.utc)
THIRTY = datetime(2026, 9, 6, tzinfo=timezone.utc)
NEXT = datetime(2026, 11, 1, tzinfo=timezone.utc)
DAY = 86400

NO_USE = answer(200, {"object": "page", "data": [], "has_more": False, "next_page": None})
QUIET: Mapping[str, Told] = {f"{HOME}/usage/{name}": NO_USE for name in (*KINDS, *BILLED)}
BUSY: Mapping[str, Told] = {
    f"{HOME}/usage/completions": "openai/usage_completions.by_model.json",
    f"{HOME}/usage/embeddings": "openai/usage_embeddings.json",
    f"{HOME}/usage/images": "openai/usage_images.json",
    f"{HOME}/usage/audio_speeches": "openai/usage_audio_speeches.json",
    f"{HOME}/usage/audio_transcriptions": "openai/usage_audio_transcriptions.json",
}
ENFORCED = Phrase(
    "spend limit reached: OpenAI refuses requests until it is raised or the month ends (1 Nov 2026)",
    "已达花费上限：提高上限或本月结束（2026年11月1日）之前，OpenAI 会拒绝请求",
)


def spends(month: str, today: str, thirty: str, unit: str = "USD") -> Tuple[Spend, ...]:
    return (
        Spend(Decimal(month), unit, MONTH, NOW, "month"),
        Spend(Decimal(today), unit, TODAY, NOW, "day"),
        Spend(Decimal(thirty), unit, THIRTY, NOW, "30 days"),
    )


def counted(tokens: int, requests: int, estimated: bool = False) -> Tuple[Quota, ...]:
    return (
        Quota("Tokens", "tokens", Decimal(tokens), None, None, estimated=estimated),
        Quota("Requests", "requests", Decimal(requests), None, None, estimated=estimated),
    )


def limit(used: str, most: str, left: str, alert: bool = False) -> Quota:
    told, top, rest = (Decimal(amount) for amount in (used, most, left))
    return Quota("Spend limit", "USD", told, top, rest, resets_at=NEXT, alert=alert)


OWN = tuple(
    Quota(label, unit, Decimal(used), None, None, role="secondary")
    for label, unit, used in (
        ("Images", "images", 6),
        ("Speech", "characters", 1830),
        ("Transcription", "seconds", 742),
    )
)
NOTHING = counted(0, 0)
PLAIN = spends("3.1223", "2.31", "3.1223")


def admin(name: str, costs: Told, expect: Union[Usage, str], **more: Told) -> Case:
    """A case whose usage is zero and whose spend limit is not set, unless told otherwise."""
    table: Dict[str, Union[Told, List[Told]]] = {COSTS: costs, **QUIET}
    table[LIMIT] = "openai/spend_limit.not_set.json"
    for path, told in more.items():
        table[f"{HOME}/{path.replace('__', '/')}"] = told
    return Case(name, table, expect)


def ordinary(name: str, expect: Union[Usage, str], models: Told, **legacy: Told) -> Case:
    table: Dict[str, Union[Told, List[Told]]] = {MODELS: models}
    for path in ("credit_grants", "subscription", "usage"):
        told = legacy.get(path, "openai/error_403_session_key_required.json")
        table[f"{BILLING}/{path}"] = told
    return Case(name, table, expect, credential=ORDINARY)


LIST = "openai/models_list.json"
CREDIT_ENDS = Phrase("credit expires on 27 Jun 2027", "额度将于2027年6月27日到期")
HARD_LIMIT = Quota(
    "Monthly",
    "USD",
    Decimal("2.31"),
    Decimal(120),
    Decimal("117.69"),
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


def with_lines(*lines: str) -> Answer:
    """The plain costs with free lines that name what else was used."""
    told = document("openai/costs.plain_3days.json")
    free = {"object": "organization.costs.result", "amount": {"value": 0, "currency": "usd"}}
    told["data"][-1]["results"] += [{**free, "line_item": line} for line in lines]
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
            Usage((limit("3.1223", "50", "46.8777", True), *NOTHING), (), PLAIN, None, ENFORCED),
            spend_limit="openai/spend_limit.enforcing.json",
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
        "openai/usage_moderations.json": "free of charge; see test_other_pages_of_usage",
        "openai/usage_vector_stores.json": "bytes stored: neither tokens nor requests",
        "openai/usage_code_interpreter.json": "sessions; see test_other_pages_of_usage",
        "openai/usage_web_search_calls.json": "their requests are counted in completions already",
    }


# -- what is asked --------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "utc_now", lambda: NOW)


def queries(client: ScriptedClient) -> Dict[str, Dict[str, List[str]]]:
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
        **{f"{home}/usage/{name}": usage for name in (*KINDS, *BILLED)},
    }
    assert len(client.asked) == 7
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
    assert "/v1/organization/spend_limit" not in queries(client)
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
    assert all("{keys}" in words for words in caught.value.words)
    assert "admin-keys" in openai.PROVIDER.keys_page("")


# -- together, and what may fail ------------------------------------------------------------------


@dataclass
class SlowClient:
    """Answers only when ``wanted`` requests are there; never for paths that end in ``hang``."""

    scripted: ScriptedClient
    wanted: int = 0
    hang: str = "nothing"
    arrived: List[str] = field(default_factory=list)
    cancelled: List[str] = field(default_factory=list)
    _all: Optional[asyncio.Event] = None

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Optional[Mapping[str, Any]] = None
    ) -> Answer:
        self._all = self._all or asyncio.Event()
        self.arrived.append(url)
        if len(self.arrived) >= self.wanted:
            self._all.set()
        try:
            await asyncio.wait_for(self._all.wait(), 2)
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
    assert len(client.asked) == 5


def test_ordinary_calls_go_out_together() -> None:
    case = next(case for case in TestOpenai.cases if case.name == "legacy billing")
    client = SlowClient(ScriptedClient(case.answers), wanted=4)
    assert asyncio.run(openai.fetch(client, ACCOUNT, ORDINARY)) == LEGACY


def without(path: str) -> Usage:
    """What is left of everything when this optional call tells nothing."""
    assert isinstance(EVERYTHING.expect, Usage)
    cap, *own = limit("3.1223", "120", "116.8777"), *OWN
    reduced = {
        "spend_limit": (*counted(124800, 205), *OWN),
        "usage/completions": (cap, *OWN),
        "usage/embeddings": (cap, *counted(83800, 75, True), *OWN),
        "usage/images": (cap, *counted(124800, 199, True), *own[1:]),
        "usage/audio_speeches": (cap, *counted(124800, 201, True), own[0], own[2]),
        "usage/audio_transcriptions": (cap, *counted(124800, 202, True), *own[:2]),
    }
    return Usage(reduced[path], spends=PLAIN)


OPTIONAL = ("spend_limit", *(f"usage/{name}" for name in (*KINDS, *BILLED)))
ODD: Tuple[Any, ...] = (
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
    answer(200, {"threshold_amount": 100, "currency": 7}),
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


def page(*days: Tuple[datetime, Any], **more: Any) -> Dict[str, Any]:
    """A page of costs: (day, amount) each; more amounts of one day are more buckets."""
    data = [
        {
            "start_time": int(day.timestamp()),
            "results": [{"amount": {"value": value, "currency": "usd"}}],
        }
        for day, value in days
    ]
    return {"object": "page", "data": data, "has_more": False, "next_page": None, **more}


def costs(*pages: Any) -> Union[Tuple[Spend, ...], str]:
    """What an account with these pages of costs, asked for one after the other, is told."""
    table: Dict[str, Union[Told, List[Told]]] = {**QUIET}
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
    assert costs(page((yesterday, 1), **more)) == "unexpected_response"
    assert costs(page((yesterday, 1), next_page=7, **more)) == "unexpected_response"
    assert costs(page((yesterday, 1), next_page="same", **more)) == "unexpected_response"
    assert costs(page(**more)) == "unexpected_response"
    endless = [page((TODAY, 1), next_page=str(n), **more) for n in range(30)]
    assert costs(*endless) == "unexpected_response"


def test_no_cursor_is_no_harm_when_today_was_reached() -> None:
    told = page((MONTH, 1), (TODAY, 2), has_more=True)
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


@pytest.mark.parametrize("value", ["0E-6176", "1.5e-3", 0, -2, "-2.50", 1e-07, "1E+1"])
def test_amounts(value: Any) -> None:
    said = str(Decimal(str(value)) if value != "0E-6176" else 0)
    assert costs(page((TODAY, value))) == spends(said, said, said)


@pytest.mark.parametrize(
    "value", [None, True, "", "two", "NaN", "1e309", "1e12", [], {}, "1_0", "0x1", "9" * 99]
)
def test_malformed_amount_is_never_zero(value: Any) -> None:
    assert costs(page((TODAY, value))) == "unexpected_response"


@pytest.mark.parametrize(
    "results",
    [
        [{"amount": {"value": 1}}],
        [{"amount": {"value": 1, "currency": "dollar"}}],
        [{"amount": {"value": 1, "currency": 840}}],
        [{"amount": 1}],
        [{}],
        [None],
        None,
    ],
)
def test_missing_fields_are_unexpected(results: Any) -> None:
    told = page((TODAY, 1))
    told["data"][0]["results"] = results
    assert costs(told) == "unexpected_response"


def test_not_a_page() -> None:
    other: Tuple[Any, ...] = (
        {"data": []},
        {"data": None, "has_more": False},
        {"error": {"message": "odd"}},
        document("openai/project_rate_limits.json"),
        document("openai/chat_completion_headers.json"),
    )
    assert [costs(one) for one in other] == ["unexpected_response"] * len(other)


def test_an_organization_without_any_day_has_spent_nothing() -> None:
    assert costs(page()) == spends("0", "0", "0")


@pytest.mark.parametrize("value", [None, True, "NaN", -1, "x", [1]])
def test_malformed_count_is_never_zero(value: Any) -> None:
    for name in ("input_tokens", "output_tokens", "num_model_requests"):
        told = document("openai/usage_completions.ungrouped.json")
        told["data"][0]["results"][0][name] = value
        assert openai.parse_usage({"completions": [told]}, NOW) == ()


def test_use_before_this_month_is_left_out() -> None:
    told = document("openai/usage_completions.ungrouped.json")
    told["data"][0]["start_time"] = int(MONTH.timestamp()) - 1
    assert openai.parse_usage({"completions": [told]}, NOW) == counted(0, 0)


def test_other_pages_of_usage() -> None:
    sessions = document("openai/usage_code_interpreter.json")
    searches = document("openai/usage_web_search_calls.json")
    stored = document("openai/usage_vector_stores.json")
    moderations = document("openai/usage_moderations.json")
    assert openai.total([moderations], NOW, "num_model_requests") == 20
    assert openai.total([sessions], NOW, "num_sessions") == 3
    assert openai.total([searches], NOW, "num_requests") == 12
    assert openai.total([stored], NOW, "usage_bytes") == 10485760


def test_spend_limit_that_is_not_monthly_or_in_another_currency() -> None:
    told = {"threshold_amount": "2500", "currency": "usd", "interval": "week"}
    bare = Quota("Spend limit", "USD", None, Decimal(25), None)
    assert openai.parse_limit(told, PLAIN, NOW) == (bare,)
    euro = {"threshold_amount": 2500, "currency": "EUR", "interval": "month", "enforcement": None}
    expected = Quota("Spend limit", "EUR", None, Decimal(25), None, resets_at=NEXT)
    assert openai.parse_limit(euro, PLAIN, NOW) == (expected,)
    assert openai.parse_limit(document("openai/spend_alerts.json"), PLAIN, NOW) == ()


def test_spend_limit_overrun() -> None:
    told = {"threshold_amount": 200, "currency": "USD", "interval": "month"}
    assert openai.parse_limit(told, PLAIN, NOW) == (limit("3.1223", "2", "0"),)


def test_legacy_numbers() -> None:
    grants = {"total_available": "-1.5", "total_granted": 5}
    usage = openai.parse_legacy(grants, {"hard_limit_usd": True}, {"total_usage": "NaN"}, NOW)
    assert usage == Usage(balances=(Balance(Decimal("-1.5"), "USD"),))
    spent = openai.parse_legacy({"total_available": 0, "total_granted": 5}, None, None, NOW)
    assert spent == Usage(balances=(Balance(Decimal(0), "USD"),))
    none = openai.parse_legacy({"total_available": 0, "total_granted": 0}, None, None, NOW)
    assert none == Usage()
    alone = openai.parse_legacy(None, {"hard_limit_usd": "120"}, None, NOW)
    assert alone.quotas == (
        Quota("Monthly", "USD", None, Decimal(120), None, resets_at=NEXT, estimated=True),
    )


def test_credit_that_is_gone_or_past_does_not_expire() -> None:
    told = document("openai/legacy_credit_grants.json")
    whole = told["grants"]["data"][0]
    past = {**whole, "expires_at": int(NOW.timestamp()) - DAY}
    gone = {**whole, "used_amount": 50.0, "expires_at": int(NOW.timestamp()) + DAY}
    told["grants"]["data"] = [past, gone]
    assert openai.parse_legacy(told, None, None, NOW).notice is None
    told["grants"]["data"] = [past, gone, whole, 7]
    assert openai.parse_legacy(told, None, None, NOW).notice == CREDIT_ENDS


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
        for words in error.words:
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
        assert word in failure(sample(name)).words[0]


def test_state_of_the_account_by_message_or_code() -> None:
    member = "You must be a member of an organization to use the API."
    assert failure(answer(401, {"error": {"message": member}})).kind == "credential_rejected"
    for code in ("mismatched_organization", "invalid_organization"):
        assert failure(answer(401, {"error": {"code": code}})).kind == "wrong_credential"


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


@pytest.mark.parametrize(
    ("secret", "sure"),
    [
        (ADMIN.secret, True),
        (ORDINARY.secret, True),
        ("sk-svcacct-" + "x_Y-9" * 8, True),
        ("sk-None-" + "x" * 40, True),
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
UNUSUAL = st.floats() | st.sampled_from(["0E-6176", "9" * 120, "usd", 10**30, 1791158400])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutated_samples_give_usage_or_a_usage_error(data: st.DataObject) -> None:
    told = data.draw(mutated(data.draw(st.sampled_from(NAMES)), JUNK | UNUSUAL))
    try:
        usage = openai.parse([told], {name: [told] for name in (*KINDS, *BILLED)}, told, NOW)
    except UsageError:
        usage = openai.parse_legacy(told, told, told, NOW)
    assert isinstance(usage, Usage)
    assert isinstance(openai.parse_usage({"completions": [told]}, NOW), tuple)
    assert isinstance(openai.parse_limit(told, PLAIN, NOW), tuple)
    assert isinstance(openai.parse_legacy(told, told, told, NOW), Usage)
