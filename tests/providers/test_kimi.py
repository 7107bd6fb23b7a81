from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.played import Played, played
from tests.providers.contract import (
    JUNK,
    NOW,
    Case,
    ProviderContract,
    ScriptedClient,
    Told,
    answer,
    fetch,
    mutated,
    sample,
    shape_of,
)
from tests.said import Phrase, both, english
from tests.standin import Reply, StandIn
from tests.standin.clock import iso
from tests.standin.providers import kimi as kimi_world
from workflow.errors import (
    Blocked,
    CredentialRejected,
    NotAvailable,
    RateLimited,
    UnexpectedResponse,
    Unreachable,
    UsageError,
)
from workflow.models import Account, Balance, Credential, Quota, Role, Usage, WorkBlocked
from workflow.provider import calls as providers
from workflow.provider.answer import Answer
from workflow.providers import kimi
from workflow.records import replace

INTL = Account("k1", "kimi", "Main", region="intl")
CN = Account("k2", "kimi", "主账号", region="cn")
KEY = Credential("api_key", "sk-" + "Synthetic0" * 4 + "Abcdefgh")
CODE_KEY = Credential("api_key", "sk-kimi-SyntheticSyntheticSynthetic0001")

BALANCE = "GET api.moonshot.ai/v1/users/me/balance"
ME = "GET api.moonshot.ai/v1/users/me"
CN_BALANCE = "GET api.moonshot.cn/v1/users/me/balance"
USAGES = "GET api.kimi.com/coding/v1/usages"
WEEK = 604800


def at(hours: float = 0, micros: int = 0) -> datetime:
    return NOW + timedelta(hours=hours, microseconds=micros)


def share(
    label: str,
    used: str,
    window: int | None,
    resets_at: datetime | None = None,
    role: Role = "binding",
) -> Quota:
    return Quota(label, "%", D(used), D(100), 100 - D(used), window, resets_at, role=role)


def part(label: str, used: str, of: str, resets_at: datetime | None = None) -> Quota:
    return Quota(label, "%", D(used), None, None, resets_at=resets_at, role="part", part_of=of)


def requests(
    label: str, used: int, limit: int, window: int, resets_at: datetime | None = None
) -> Quota:
    return Quota(label, "requests", D(used), D(limit), D(limit - used), window, resets_at)


def balance(available: str, unit: str, voucher: str, notice: Phrase | None = None) -> Usage:
    return Usage(balances=(Balance(D(available), unit, D(voucher)),), notice=notice)


def case(
    name: str, expect: Union[Usage, str], main: str = BALANCE, account: Account = INTL
) -> Case:
    credential = CODE_KEY if main == USAGES else KEY
    return Case(name, {main: f"kimi/{name}"}, expect, account, credential)


REFUSED = Phrase("calls are refused until you top up", "需充值后才能继续调用")
DEBT = Phrase("¥2.37 is owed", "欠费 ¥2.37")
NO_MONEY = WorkBlocked("payment", REFUSED)
FULL = Usage(
    quotas=(
        share("5 hours", "12", 18000, at(2, 415263)),
        share("Weekly", "31", WEEK, at(96, 415263)),
    ),
    plan="Allegretto",
)
FRESH = Usage(
    quotas=(share("5 hours", "0", 18000, at(5)), share("Weekly", "0", WEEK, at(144))),
    plan="Basic",
)
COUNTS = Usage(
    quotas=(
        requests("5 hours", 150, 200, 18000, at(1, 374187)),
        requests("Weekly", 1792, 7168, WEEK, at(72, 373329)),
    )
)
NUMERIC = Usage(
    quotas=(
        share("5 hours", "64", 18000, at(1.5)),
        requests("Weekly", 180, 1000, WEEK, at(120)),
    )
)
SPENT = Usage(
    quotas=(share("5 hours", "40", 18000, at(3)), share("Weekly", "100", WEEK, at(24))),
    plan="Allegro",
)
BOOSTED = Usage(
    quotas=(
        share("5 hours", "0", 18000, at(2)),
        share("Weekly", "100", WEEK, at(48)),
        Quota("Extra usage", "USD", D(50), D(200), D(150), role="secondary"),
    ),
    balances=(Balance(D(125), "USD", role="reserve"),),
)
NO_USAGE = Usage(quotas=(share("5 hours", "5", 18000), share("Weekly", "22", WEEK)))

CASES = (
    case("balance.cn_ok.json", balance("63.90218", "CNY", "15"), CN_BALANCE, CN),
    case("balance.intl_ok.json", balance("12.4", "USD", "0")),
    case("balance.negative_cash.json", balance("9.1", "CNY", "9.1", DEBT), CN_BALANCE, CN),
    case("balance.zero.json", replace(balance("0", "USD", "0"), blocked=NO_MONEY)),
    case("balance.minimal_keys.json", balance("3.5", "USD", "3.5")),
    case("balance.error_code_in_200.json", "credential_rejected"),
    Case(
        "the tier beside the balance",
        {BALANCE: "kimi/balance.intl_ok.json", ME: "kimi/users_me.json"},
        replace(balance("12.4", "USD", "0"), plan="Tier 1"),
        INTL,
        KEY,
    ),
    case("error_401_invalid_auth.json", "credential_rejected"),
    case("error_401_incorrect_key.json", "credential_rejected"),
    case("error_403_permission.json", "credential_rejected"),
    case("error_404_url.json", "unexpected_response", CN_BALANCE, CN),
    case("error_429_rate.json", "rate_limited"),
    case("error_429_quota.json", "not_available"),
    case("error_429_engine.json", "provider_failed"),
    case("error_502_html.html", "provider_failed", CN_BALANCE, CN),
    case("code_usages.full.json", FULL, USAGES),
    case("code_usages.fresh_no_used.json", FRESH, USAGES, CN),
    case("code_usages.counts_nanoseconds.json", COUNTS, USAGES),
    case("code_usages.numeric_reset_at.json", NUMERIC, USAGES),
    case("code_usages.exhausted_weekly.json", SPENT, USAGES),
    case("code_usages.no_usage_block.json", NO_USAGE, USAGES),
    case("code_usages.booster.json", BOOSTED, USAGES),
    case("code_usages.no_plan.json", "not_available", USAGES),
    case("code_usages.limits_empty.json", "not_available", USAGES),
    case("code_error_401.json", "credential_rejected", USAGES),
    case("code_error_403.json", "not_available", USAGES),
    case("code_error_404.json", "not_available", USAGES),
    case("code_error_429.json", "rate_limited", USAGES),
)
UNREAD = {"kimi/web_subscription_stats.json": "only a web cookie can ask for it"}

NO_PLAN = {**ProviderContract.kinds, 403: "not_available", 404: "not_available"}


class TestKimi(ProviderContract):
    provider = "kimi"
    account = INTL
    credential = KEY
    main = BALANCE
    cases = CASES
    unread = UNREAD


class TestKimiCode(ProviderContract):
    provider = "kimi"
    account = INTL
    credential = CODE_KEY
    main = USAGES
    cases = CASES
    unread = UNREAD
    kinds = NO_PLAN


@pytest.mark.parametrize(
    ("account", "credential", "hosts"),
    [
        (INTL, KEY, {"api.moonshot.ai"}),
        (CN, KEY, {"api.moonshot.cn"}),
        (INTL, CODE_KEY, {"api.kimi.com"}),
        (CN, CODE_KEY, {"api.kimi.com"}),
    ],
)
@pytest.mark.parametrize("told", ["kimi/balance.cn_ok.json", "kimi/error_401_invalid_auth.json"])
def test_a_key_goes_to_the_host_of_its_region_only(
    account: Account, credential: Credential, hosts: set[str], told: str
) -> None:
    client = ScriptedClient({BALANCE: told, CN_BALANCE: told, USAGES: told})
    try:
        asyncio.run(kimi.fetch(client, account, credential))
    except UsageError as error:
        assert credential is CODE_KEY or isinstance(error, CredentialRejected)
    assert {one.url.split("/")[2] for one in client.asked} == hosts
    for one in client.asked:
        assert one.headers["Authorization"] == f"Bearer {credential.secret}"


def test_a_rejected_key_may_belong_to_the_other_site() -> None:
    error = kimi.refusal(sample("kimi/error_401_invalid_auth.json"), kimi._OPEN)
    assert isinstance(error, CredentialRejected)
    assert all("moonshot.ai" in words and "moonshot.cn" in words for words in both(error.message))
    error = kimi.refusal(sample("kimi/code_error_401.json"), kimi._CODING)
    assert isinstance(error, CredentialRejected)
    assert all("Kimi Code" in words for words in both(error.message))


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"code": 401, "data": {"available_balance": 0}}, "credential_rejected"),
        ({"code": "unauthorized"}, "credential_rejected"),
        ({"code": 16, "error": "Unauthorized", "status": False}, "credential_rejected"),
        ({"scode": "UNAUTHORIZED"}, "credential_rejected"),
        ({"message": "Unauthorized request"}, "credential_rejected"),
        ({"code": 400}, "unexpected_response: HTTP 400"),
        ({"code": 399}, "unexpected_response: code 399"),
        ({"code": 599}, "provider_failed"),
        ({"code": 600}, "unexpected_response: code 600"),
        ({"code": 429}, "rate_limited"),
        ({"code": 500, "data": {"available_balance": 0}}, "provider_failed"),
        ({"code": 5, "data": {"available_balance": 0}}, "unexpected_response"),
        ({"code": "x", "data": {"available_balance": 0}}, "unexpected_response"),
        ({"code": 0, "status": False, "data": {"available_balance": 0}}, "unexpected_response"),
        ({"error": {"type": "exceeded_current_quota_error"}}, "not_available"),
        ({"code": 0, "data": {}}, "unexpected_response"),
        ({"code": 0, "data": None}, "unexpected_response"),
    ],
)
def test_an_error_inside_200_is_no_balance_of_zero(told: dict[str, Any], kind: str) -> None:
    with pytest.raises(UsageError) as caught:
        kimi.parse_balance(answer(200, told), "USD")
    kind, _, sign = kind.partition(": ")
    assert caught.value.kind == kind
    assert sign in english(caught.value.message)


def parsed(**data: Any) -> Usage:
    return kimi.parse_balance(answer(200, {"code": 0, "data": data}), "USD")


@pytest.mark.parametrize("odd", [None, True, False, "NaN", "1e309", "", [], {}])
def test_an_odd_balance_is_no_balance(odd: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        parsed(available_balance=odd, voucher_balance=1)
    usage = parsed(available_balance="5.5", voucher_balance=odd, cash_balance=odd)
    assert usage == Usage(balances=(Balance(D("5.5"), "USD"),))


def test_what_is_available_follows_from_cash_and_voucher() -> None:
    assert parsed(voucher_balance=3, cash_balance=4).balances[0].available == 7
    in_debt = parsed(voucher_balance=3, cash_balance=-4)
    assert in_debt.balances[0].available == 3
    assert in_debt.notice is not None
    assert english(in_debt.notice) == "$4.00 is owed"


@pytest.mark.parametrize(("left", "is_said"), [("0", True), ("0.5", True), ("-0.01", False)])
def test_a_debt_is_said_unless_the_balance_shows_it(left: str, is_said: bool) -> None:
    notice = parsed(available_balance=left, cash_balance=-4).notice
    assert english(notice) == ("$4.00 is owed" if is_said else "")


@pytest.mark.parametrize("left", ["0", "-31.15", "0.01"])
def test_nothing_left_blocks_the_work(left: str) -> None:
    usage = parsed(available_balance=left, voucher_balance=0, cash_balance=left)
    assert usage == Usage(
        balances=(Balance(D(left), "USD", D(0)),), blocked=NO_MONEY if D(left) <= 0 else None
    )


@pytest.mark.parametrize(
    ("group", "plan"),
    [
        ("tier-1", "Tier 1"),
        ("enterprise-tier-1", "Enterprise Tier 1"),
        ("Tier5", "Tier 5"),
        ("free", None),
        ("group-0123", None),
        ("", None),
        (7, None),
        (None, None),
    ],
)
def test_tier(group: Any, plan: str | None) -> None:
    assert kimi.parse_tier({"data": {"user_group_id": group}}) == plan


class Meeting(ScriptedClient):
    """Answers no request until both have arrived."""

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, Any] | None = None
    ) -> Answer:
        found = await super().get(url, headers=headers, params=params)
        while len(self.asked) < 2:
            await asyncio.sleep(0)
        return found


def test_both_calls_go_out_together() -> None:
    client = Meeting({BALANCE: "kimi/balance.intl_ok.json", ME: "kimi/users_me.json"})

    async def run() -> Usage:
        return await asyncio.wait_for(kimi.fetch(client, INTL, KEY), 5)

    assert asyncio.run(run()).plan == "Tier 1"


class Troubled(ScriptedClient):
    """The call for the tier hangs or finds no connection."""

    hangs = False

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, Any] | None = None
    ) -> Answer:
        await asyncio.sleep(0)
        if url.endswith("/me"):
            if self.hangs:
                await asyncio.sleep(60)
            raise Unreachable
        return await super().get(url, headers=headers, params=params)


@pytest.mark.parametrize("hangs", [False, True])
def test_a_tier_that_fails_or_hangs_keeps_the_balance(
    hangs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "OPTIONAL_SECONDS", 0.01)
    client = Troubled({BALANCE: "kimi/balance.intl_ok.json"})
    client.hangs = hangs
    assert asyncio.run(kimi.fetch(client, INTL, KEY)) == balance("12.4", "USD", "0")


@pytest.mark.parametrize(
    "odd",
    [
        "kimi/error_401_invalid_auth.json",
        "kimi/error_429_rate.json",
        "kimi/error_502_html.html",
        "kimi/balance.error_code_in_200.json",
        answer(200, ""),
        answer(200, "[]"),
        answer(200, {"code": 0, "data": []}),
        answer(200, {"code": 0, "data": {"user_group_id": {"a": 1}}}),
        answer(403, "<html>Just a moment", content_type="text/html"),
        answer(200, "<html>", content_type="text/html", cf_mitigated="challenge"),
    ],
)
def test_an_odd_tier_keeps_the_balance(odd: Told) -> None:
    usage, _ = fetch("kimi", INTL, KEY, {BALANCE: "kimi/balance.intl_ok.json", ME: odd})
    assert usage == balance("12.4", "USD", "0")


def test_a_failing_account_does_not_wait_for_its_tier() -> None:
    client = Troubled({BALANCE: "kimi/error_502_html.html"})
    client.hangs = True

    async def run() -> None:
        with pytest.raises(UsageError):
            await asyncio.wait_for(kimi.fetch(client, INTL, KEY), 1)
        for _ in range(5):  # a cancelled call ends when the loop comes round to it
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


def windows(**told: Any) -> tuple[Quota, ...]:
    return kimi.parse_code(answer(200, told)).quotas


def limit(duration: Any, unit: Any, **detail: Any) -> dict[str, Any]:
    return {"window": {"duration": duration, "timeUnit": unit}, "detail": detail}


@pytest.mark.parametrize(
    ("duration", "unit", "label", "seconds"),
    [
        (300, "TIME_UNIT_MINUTE", "5 hours", 18000),
        (1, "TIME_UNIT_HOUR", "1 hour", 3600),
        ("86400", "TIME_UNIT_SECOND", "Daily", 86400),
        (168, "TIME_UNIT_HOUR", "Weekly", WEEK),
        (30, "TIME_UNIT_DAY", "30 days", 30 * 86400),
        (90, "TIME_UNIT_MINUTE", "90 minutes", 5400),
        (300, "TIME_UNIT_MILLISECOND", "Limit", None),
        (300, "MINUTE", "5 hours", 18000),
        (300, "minutes", "5 hours", 18000),
        (300, "TIME_UNIT_MINUTES", "5 hours", 18000),
        ("24", "hrs", "Daily", 86400),
        (5, "hs", "5 hours", 18000),
        (1, "SECOND", "1 second", 1),
        (366, "DAY", "366 days", 366 * 86400),
        (367, "DAY", "Limit", None),
        (1, "MON", "Monthly", None),
        (12, "MONTH", "12 months", None),
        (13, "MONTH", "Limit", None),
        (0, "MONTH", "Limit", None),
        (7, "Day", "Weekly", WEEK),
        (1, "TIME_UNIT_WEEK", "Weekly", WEEK),
        (1, "TIME_UNIT_MONTH", "Monthly", None),
        (3, "months", "3 months", None),
        (18000, "s", "5 hours", 18000),
        (300, "fortnight", "Limit", None),
        (300, "", "Limit", None),
        (4000, "TIME_UNIT_DAY", "Limit", None),
        (0, "TIME_UNIT_MINUTE", "Limit", None),
        (-5, "TIME_UNIT_HOUR", "Limit", None),
        (True, "TIME_UNIT_HOUR", "Limit", None),
        (None, None, "Limit", None),
    ],
)
def test_a_window_is_named_by_its_length(
    duration: Any, unit: Any, label: str, seconds: int | None
) -> None:
    named = {"window": {"duration": duration, "unit": unit}, "detail": {"limit": 100, "used": 1}}
    for entry in (limit(duration, unit, limit="100", used="1"), named):
        (quota,) = windows(limits=[entry])
        assert (quota.label, quota.window) == (label, seconds)


@pytest.mark.parametrize(
    ("detail", "used"),
    [
        ({"used": "31", "remaining": "69"}, 31),
        ({"used": "31", "remaining": "50"}, 31),
        ({"used": 31.0}, 31),
        ({"remaining": "69"}, 31),
        ({"used": "-3", "remaining": "69"}, 31),
        ({"used": "NaN", "remaining": 69}, 31),
        ({"used": True, "remaining": 69}, 31),
        ({"used": "130"}, 130),
    ],
)
def test_used_is_told_or_follows_from_what_remains(detail: dict[str, Any], used: int) -> None:
    (quota,) = windows(usage={"limit": "100", **detail})
    assert (quota.used, quota.remaining) == (D(used), D(max(0, 100 - used)))


def test_neither_used_nor_remaining_is_unknown_and_never_zero() -> None:
    with pytest.raises(UnexpectedResponse):
        windows(usage={"limit": "100"}, limits=[])
    known = limit(300, "TIME_UNIT_MINUTE", limit="100", used="7")
    five, week = windows(usage={"limit": "100", "remaining": "200"}, limits=[known])
    assert five.used == 7
    assert (week.used, week.limit, week.remaining) == (None, D(100), None)


@pytest.mark.parametrize(
    "told",
    [
        {"ok": True},
        {"message": "no"},
        {"usage": "31"},
        {"limits": 7},
        {"usage": {"limit": "many"}},
        {"limits": [{"detail": {"limit": True, "used": "1"}}]},
        {"usages": {"limit_5h": {"used_ratio": "x"}}},
        {"code": 0},
    ],
)
def test_what_cannot_be_read_is_unexpected(told: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedResponse):
        windows(**told)


@pytest.mark.parametrize(
    "told", [{"usage": {}}, {"usage": None, "limits": []}, {"usage": {"limit": 0}}, {"usages": {}}]
)
def test_no_window_at_all_is_no_plan(told: dict[str, Any]) -> None:
    with pytest.raises(NotAvailable, match="no Kimi Code plan"):
        windows(**told)


def test_a_limit_without_detail() -> None:
    entry = {"duration": 5, "timeUnit": "TIME_UNIT_HOUR", "limit": "200", "used": "50"}
    assert windows(limits=[entry]) == (requests("5 hours", 50, 200, 18000),)


def test_a_week_that_repeats_a_window_is_left_out() -> None:
    detail = {"limit": "100", "used": "7", "resetTime": "2026-10-05T11:00:00Z"}
    five = limit(300, "TIME_UNIT_MINUTE", **detail)
    assert windows(usage=detail, limits=[five]) == (share("5 hours", "7", 18000, at(2)),)
    week = limit(7, "TIME_UNIT_DAY", limit="100", used="9")
    assert [q.label for q in windows(usage=detail, limits=[week])] == ["Weekly"]


def test_pools_fill_what_the_windows_leave_open() -> None:
    usages = {
        "limit_5h": {"used_ratio": 0, "reset_time": "2026-10-05T11:00:00Z"},
        "limit_7d": {"used_ratio": 0.2, "reset_time": "2026-10-09T09:00:00Z"},
        "limit_month_total": {"used_ratio": 0.7877, "reset_time": "2026-10-17T00:00:00Z"},
        "limit_month_code": {"used_ratio": "0.5"},
        "broken": {"used_ratio": None},
        "limit_new_thing": {"used_ratio": 0.01},
        "junk": 7,
    }
    five = limit(300, "TIME_UNIT_MINUTE", limit="100", used="44")
    assert windows(limits=[five], usages=usages) == (
        share("5 hours", "44", 18000),
        share("Weekly", "20", WEEK, at(96)),
        share("Monthly", "78.77", None, datetime(2026, 10, 17, tzinfo=NOW.tzinfo)),
        share("New thing", "1", None, role="secondary"),
        part("Kimi Code", "50", "Monthly"),
    )
    empty = limit(300, "TIME_UNIT_MINUTE", limit="0", used="0", remaining="0")
    assert windows(limits=[empty], usages={"limit_5h": {"used_ratio": 0}}) == (
        share("5 hours", "0", 18000),
    )


@pytest.mark.parametrize(
    ("level", "plan"),
    [
        ("LEVEL_INTERMEDIATE", "Allegretto"),
        ("LEVEL_ADVANCED", "Allegro"),
        ("LEVEL_BASIC", "Basic"),
        ("LEVEL_PREMIUM", "Premium"),
        ("LEVEL_VERY_HIGH", "Very High"),
        ("LEVEL_UNSPECIFIED", None),
        ("LEVEL_", None),
        ("", None),
        (3, None),
    ],
)
def test_plan(level: Any, plan: str | None) -> None:
    told = {"user": {"membership": {"level": level}}, "usage": {"limit": "100", "used": "1"}}
    assert kimi.parse_code(answer(200, told)).plan == plan


@pytest.mark.parametrize(
    ("secret", "sure"),
    [
        (CODE_KEY.secret, True),
        (KEY.secret, False),
        ("sk-proj-abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl", None),
        ("sk-" + "a" * 20 + "T3BlbkFJ" + "a" * 20, None),
        ("sk-" + "0123456789abcdef" * 2, None),
        ("tvly-abcdef", None),
    ],
)
def test_shapes(secret: str, sure: bool | None) -> None:
    found = shape_of(kimi.PROVIDER, secret)
    assert (found.sure if found else None) is sure


READ = (
    "kimi/balance.cn_ok.json",
    "kimi/balance.negative_cash.json",
    "kimi/users_me.json",
    "kimi/error_404_url.json",
    "kimi/code_usages.full.json",
    "kimi/code_usages.counts_nanoseconds.json",
    "kimi/code_usages.no_usage_block.json",
    "kimi/code_error_404.json",
)


@given(st.data())
def test_whatever_is_told_gives_a_usage_or_a_usage_error(data: st.DataObject) -> None:
    told = data.draw(mutated(data.draw(st.sampled_from(READ))))
    kimi.parse_tier(told)
    if data.draw(st.booleans()):
        told["usages"] = data.draw(st.dictionaries(st.text(max_size=12), JUNK, max_size=3))
    for status in (200, data.draw(st.sampled_from([200, 401, 403, 404, 429, 500]))):
        got = answer(status, json.dumps(told, allow_nan=False))
        for usage in (_read(kimi.parse_code, got), _read(kimi.parse_balance, got, "CNY")):
            for quota in usage.quotas:
                if None not in (quota.used, quota.limit):
                    assert quota.used is not None
                    assert quota.limit is not None
                    assert quota.used >= 0
                    assert quota.remaining == max(D(0), quota.limit - quota.used)


def _read(parse: Any, *arguments: Any) -> Usage:
    try:
        usage = parse(*arguments)
    except UsageError:
        return Usage()
    assert isinstance(usage, Usage)
    return usage


# ---- shares, names and resets


@pytest.mark.parametrize(
    ("total", "code", "left"), [(0.85, 0.25, "15"), ("0.4", "0.4", "60"), (0.7877, 0.7877, "21.23")]
)
def test_what_code_took_of_the_month_is_a_part_of_it(total: Any, code: Any, left: str) -> None:
    ends = "2026-10-16T09:00:00Z"
    usages = {
        "limit_month_code": {"used_ratio": code, "reset_time": ends},
        "limit_month_total": {"used_ratio": total, "reset_time": ends},
    }
    month, of_it = windows(usages=usages)
    assert (month.label, month.remaining, month.role) == ("Monthly", D(left), "binding")
    assert of_it == part("Kimi Code", str(D(str(code)) * 100), "Monthly", at(264))


def test_any_use_of_a_window_is_a_part_of_it() -> None:
    usages = {
        "limit_7d_total": {"used_ratio": 0.5},
        "limit_7d_code": {"used_ratio": 0.3},
        "limit_month_office_suite": {"used_ratio": 0.1},
    }
    assert windows(usages=usages) == (
        share("Weekly", "50", WEEK),
        part("Kimi Code", "30", "Weekly"),
        part("Office suite", "10", "Monthly"),
    )


@pytest.mark.parametrize("below", [-0.1, "-3", -1e-9])
def test_a_share_below_zero_is_none_used(below: Any) -> None:
    assert windows(usages={"limit_5h": {"used_ratio": below}}) == (share("5 hours", "0", 18000),)
    assert windows(usage={"limit": "100", "used": below}) == (share("Weekly", "0", WEEK),)


@pytest.mark.parametrize(
    ("told", "label", "seconds"),
    [
        ({"name": "5h limit"}, "5 hours", 18000),
        ({"title": "Weekly limit"}, "Weekly", WEEK),
        ({"scope": "7-day"}, "Weekly", WEEK),
        ({"name": "Monthly quota"}, "Monthly", None),
        ({"name": "hourly"}, "1 hour", 3600),
        ({"name": "Hour limit"}, "1 hour", 3600),
        ({"name": "daily"}, "Daily", 86400),
        ({"name": "day"}, "Daily", 86400),
        ({"name": "week"}, "Weekly", WEEK),
        ({"name": "LIMIT_NEW_THING"}, "New thing", None),
        ({"window": "5h"}, "5 hours", 18000),
        ({"name": "Deep search"}, "Deep search", None),
        ({"scope": "FEATURE_CODING"}, "Feature coding", None),
        ({"name": 7, "title": ""}, "Limit", None),
        ({"name": "Anything", "duration": 5, "timeUnit": "HOUR"}, "5 hours", 18000),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_a_window_may_have_a_name_instead_of_a_length(
    told: dict[str, Any], label: str, seconds: int | None, inside: bool
) -> None:
    counts = {"limit": "100", "used": "4"}
    entry = (
        {"detail": {**counts, **told}}
        if inside and "window" not in told
        else {"detail": counts, **told}
    )
    (quota,) = windows(limits=[entry])
    assert (quota.label, quota.window, quota.used) == (label, seconds, D(4))


def test_windows_of_one_length_are_told_apart() -> None:
    def five(used: str, **more: Any) -> dict[str, Any]:
        return {**limit(300, "MINUTE", limit="100", used=used), **more}

    def told(*entries: dict[str, Any]) -> Any:
        return [(quota.label, quota.used) for quota in windows(limits=list(entries))]

    assert told(five("7", name="K2"), five("9", name="K3")) == [
        ("K2 · 5 hours", D(7)),
        ("K3 · 5 hours", D(9)),
    ]
    assert told(five("7"), five("9")) == [("5 hours", D(7)), ("5 hours 2", D(9))]
    lengths = five("7", name="5h"), five("9", name="5 hours")
    assert told(*lengths) == [("5 hours", D(7)), ("5 hours 2", D(9))]
    assert told(five("7"), five("7")) == [("5 hours", D(7))]
    loose = [{"detail": {"limit": "100", "used": used}} for used in ("3", "4")]
    assert told(*loose) == [("Limit", D(3)), ("Limit 2", D(4))]


@pytest.mark.parametrize(
    ("told", "hours"),
    [
        ({"resetIn": 9000}, 2.5),
        ({"reset_in": "9000"}, 2.5),
        ({"ttl": "9000s"}, 2.5),
        ({"ttl": 9000.0, "resetTime": "2026-10-05T11:00:00Z"}, 2),
        ({"period_end": "2026-10-05T12:00:00Z"}, 3),
        ({"period_end": 1791205200}, 4),
        ({"resetTime": "soon", "resetIn": 60}, 1 / 60),
        ({"resetIn": 1}, 1 / 3600),
        ({"resetIn": 366 * 86400 + 1}, None),
        ({"resetIn": 0}, None),
        ({"resetIn": -5}, None),
        ({"ttl": 10**12}, None),
        ({"ttl": "soon"}, None),
        ({"reset_in": True}, None),
    ],
)
def test_a_reset_may_be_told_as_the_seconds_until_then(
    told: dict[str, Any], hours: float | None
) -> None:
    (quota,) = windows(limits=[limit(300, "MINUTE", limit="100", used="1", **told)])
    assert quota.resets_at == (None if hours is None else at(hours))
    assert quota.label == "5 hours"


def test_a_pool_may_come_back_after_a_year_of_waiting() -> None:
    soon, late = ({"used_ratio": 0.5, "reset_in": wait} for wait in (60, 366 * 86400))
    month, five = windows(usages={"limit_5h_all": soon, "limit_month_all": late})[::-1]
    assert (five.label, five.resets_at) == ("5 hours", at(1 / 60))
    assert (month.label, month.resets_at) == ("Monthly", at(366 * 24))


def test_the_first_twenty_pools_are_read() -> None:
    told = windows(usages={f"limit_{chr(97 + n)}x": {"used_ratio": n / 100} for n in range(21)})
    assert [quota.used for quota in told] == [D(n) for n in range(20)]


@pytest.mark.parametrize(
    ("name", "label", "seconds"),
    [("Monthly quota", "Monthly", None), ("daily", "Daily", 86400), ("Anything", "Weekly", WEEK)],
)
def test_the_window_of_usage_is_a_week_unless_it_says_so(
    name: str, label: str, seconds: int | None
) -> None:
    (quota,) = windows(usage={"limit": 100, "used": 3, "name": name})
    assert (quota.label, quota.window) == (label, seconds)


def test_a_window_that_contradicts_its_reset_has_no_name() -> None:
    far = "2026-10-25T09:00:00Z"
    odd = limit(300, "MINUTE", limit="100", used="3", resetTime=far)
    usage = {"limit": "100", "used": "8", "resetTime": far}
    told = windows(
        limits=[odd], usage=usage, usages={"limit_7d": {"used_ratio": 0.2, "reset_time": far}}
    )
    assert [(quota.label, quota.used, quota.window) for quota in told] == [
        ("Limit", D(3), None),
        ("Limit 2", D(8), None),
        ("Limit 3", D(20), None),
    ]


# ---- the wallet


def wallet(
    status: str = "STATUS_ENABLED", left: Any = "12500000000", **more: Any
) -> dict[str, Any]:
    return {
        "status": status,
        "balance": {"type": "BOOSTER", "amount": "20000000000", "amountLeft": left},
        "monthlyChargeLimitEnabled": True,
        "monthlyChargeLimit": {"currency": "USD", "priceInCents": "20000"},
        "monthlyUsed": {"currency": "USD", "priceInCents": "5000"},
        **more,
    }


def with_wallet(told: Any, key: str = "boosterWallet", region: str = "") -> Usage:
    usage = {"limit": "100", "used": "100", "resetTime": "2026-10-07T09:00:00Z"}
    user = {"user": {"region": region}} if region else {}
    return kimi.parse_code(answer(200, {"usage": usage, key: told, **user}))


def extra(used: str, cap: str | None, unit: str = "USD") -> Quota:
    limit = None if cap is None else D(cap)
    left = None if limit is None else limit - D(used)
    return Quota("Extra usage", unit, D(used), limit, left, role="secondary")


def test_the_wallet_is_a_reserve_behind_the_windows() -> None:
    usage = with_wallet(wallet())
    assert usage.balances == (Balance(D(125), "USD", role="reserve"),)
    assert usage.quotas == (share("Weekly", "100", WEEK, at(48)), extra("50", "200"))
    assert (usage.notice, usage.blocked) == (None, None)
    assert with_wallet(wallet(), "booster_wallet") == usage


@pytest.mark.parametrize("status", ["", "STATUS_UNSPECIFIED", "STATUS_ENABLED", "ACTIVE"])
def test_a_wallet_pays_unless_its_state_says_no(status: str) -> None:
    assert with_wallet(wallet(status)) == with_wallet(wallet())


def test_a_wallet_without_a_plan_is_all_there_is() -> None:
    usage = kimi.parse_code(answer(200, {"limits": [], "boosterWallet": wallet()}))
    assert usage == replace(with_wallet(wallet()), quotas=(extra("50", "200"),))
    with pytest.raises(UnexpectedResponse):
        kimi.parse_code(answer(200, {"usage": {"limit": 100}, "boosterWallet": wallet()}))


@pytest.mark.parametrize(
    ("told", "left", "unit"),
    [
        (wallet(left=4_200_000_000), "42", "USD"),
        (wallet(left="1"), "0.00000001", "USD"),
        (wallet(monthlyChargeLimit=None, monthlyUsed={"currency": "cny", "priceInCents": 1}), "125", "CNY"),
        ({"balance": {"amountLeft": "100000000"}}, "1", "USD"),
        ({"status": "enabled", "balance": {"amount_left": "250000000", "currency": "EUR"}}, "2.5", "EUR"),
    ],
)  # fmt: skip
def test_amounts_of_the_wallet(told: dict[str, Any], left: str, unit: str) -> None:
    assert with_wallet(told).balances == (Balance(D(left), unit, role="reserve"),)


def test_a_currency_that_is_not_told_is_that_of_the_region() -> None:
    told = {"status": "STATUS_ENABLED", "balance": {"amountLeft": "3000000000"}}
    for region, unit in (("REGION_CN", "CNY"), ("REGION_OVERSEA", "USD"), ("", "USD")):
        (found,) = with_wallet(told, region=region).balances
        assert (found.available, found.unit) == (D(30), unit)


@pytest.mark.parametrize(
    ("told", "en", "zh"),
    [
        (wallet("STATUS_DISABLED"), "it is switched off", "已关闭"),
        (wallet("STATUS_FROZEN"), "it is frozen", "已冻结"),
        (wallet("STATUS_UNAVAILABLE"), "it is not available", "目前不可用"),
        (wallet("STATUS_SOMETHING_NEW"), "it is not available", "目前不可用"),
        (
            wallet(monthlyUsed={"currency": "USD", "priceInCents": "20000"}),
            "its monthly limit is reached",
            "已达每月上限",
        ),
    ],
)
def test_a_wallet_that_does_not_pay_is_said_and_is_no_reserve(
    told: dict[str, Any], en: str, zh: str
) -> None:
    usage = with_wallet(told)
    assert usage.balances == ()
    assert [quota.label for quota in usage.quotas] == ["Weekly", "Extra usage"]
    assert usage.notice == Phrase(
        f"extra usage of $125.00 is not in effect: {en}", f"额外用量 $125.00 未生效：{zh}"
    )


@pytest.mark.parametrize("left", [0, "0", None, "-5", "many", True, [], {}])
def test_nothing_in_the_wallet_is_no_balance(left: Any) -> None:
    for status in ("STATUS_ENABLED", "STATUS_FROZEN"):
        usage = with_wallet(wallet(status, left))
        assert (usage.balances, usage.notice) == ((), None)
        assert [quota.used for quota in usage.quotas] == [100, 50]


def test_what_the_wallet_paid_without_a_limit() -> None:
    assert with_wallet(wallet(monthlyChargeLimitEnabled="true")) == with_wallet(wallet())
    off = wallet(monthlyChargeLimitEnabled=False)
    assert with_wallet(off).quotas[1:] == (extra("50", None),)
    unspent = wallet(monthlyUsed={"currency": "USD"})
    assert with_wallet(unspent).quotas[1:] == (extra("0", "200"),)
    assert with_wallet({**off, "monthlyUsed": {"currency": "USD"}}).quotas[1:] == ()


@given(
    st.recursive(
        JUNK,
        lambda inner: st.dictionaries(
            st.sampled_from(
                ["status", "balance", "amount", "amountLeft", "monthlyUsed", "priceInCents", "currency",
                 "monthlyChargeLimit", "monthlyChargeLimitEnabled"]
            ),
            inner,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_an_odd_wallet_costs_the_wallet_only(told: Any) -> None:
    usage = with_wallet(told)
    assert usage.quotas[0] == share("Weekly", "100", WEEK, at(48))
    assert all(balance.available > 0 for balance in usage.balances)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                ["window", "duration", "timeUnit", "name", "title", "scope", "limit", "used",
                 "remaining", "resetTime", "resetIn", "ttl", "detail"]
            ),
            st.one_of(JUNK, st.dictionaries(st.sampled_from(["duration", "timeUnit", "limit"]), JUNK)),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_an_odd_window_costs_that_window_only(odd: Any) -> None:
    known = limit(300, "TIME_UNIT_MINUTE", limit="100", used="7")
    told = windows(limits=[*odd, known])
    assert any(quota.used == 7 and quota.limit == 100 for quota in told)
    assert len({quota.label for quota in told}) == len(told)


# ---- refusals


@pytest.mark.parametrize(
    ("said", "kind", "sign"),
    [
        ("Your current membership does not support this feature.", "not_available", "no Kimi Code plan"),
        ("当前会员不支持此功能", "not_available", "no Kimi Code plan"),
        ("", "not_available", "no Kimi Code plan"),
        ("Your membership expired on 1 Nov, please renew", "not_available", "plan has expired; renew it"),
        ("会员已过期", "not_available", "plan has expired; renew it"),
        ("套餐已到期", "not_available", "plan has expired; renew it"),
        ("请续费订阅", "not_available", "plan has expired; renew it"),
        ("no active coding plan", "not_available", "no Kimi Code plan"),
        ("已欠费", "not_available", "the balance is empty"),
        ("账户余额不足", "not_available", "the balance is empty"),
        ("该地区不可用", "blocked", "does not serve this country"),
        ("账号已封禁", "not_available", "suspended this account"),
        ("账号已冻结", "not_available", "suspended this account"),
        ("You've reached your usage limit for this billing cycle.", "rate_limited", "a limit of the plan is reached"),
        ("本周额度已用完", "rate_limited", "a limit of the plan is reached"),
        ("Kimi For Coding is only available for Coding Agents.", "not_available", "“Kimi For Coding is only available for Coding Agents.”"),
        ("Not served in your country", "blocked", "does not serve this country"),
        ("This account has been suspended", "not_available", "suspended this account"),
        ("insufficient balance", "not_available", "the balance is empty"),
        ("something\u0007 {new}", "not_available", "“something (new)”"),
    ],
)  # fmt: skip
def test_a_403_is_read_before_it_is_explained(said: str, kind: str, sign: str) -> None:
    body = {"error": {"message": said, "type": "access_terminated_error"}} if said else {}
    with pytest.raises(UsageError) as caught:
        fetch("kimi", INTL, CODE_KEY, {USAGES: answer(403, body)})
    assert caught.value.kind == kind
    assert sign in both(caught.value.message)[0]
    assert all(word.isprintable() for word in both(caught.value.message))


def test_a_403_may_say_its_type() -> None:
    body = {"error": {"message": "no way", "type": "exceeded_current_quota_error"}}
    error = kimi.refusal(answer(403, body), kimi._OPEN)
    assert isinstance(error, NotAvailable)
    assert "calls are refused (“no way”); top up" in english(error.message)
    edge = answer(403, "<html>Just a moment", content_type="text/html")
    assert isinstance(kimi.refusal(edge, kimi._OPEN), Blocked)


def test_a_403_for_a_limit_says_when_to_ask_again() -> None:
    refused = answer(403, {"error": {"message": "quota exceeded"}}, retry_after="90")
    with pytest.raises(RateLimited) as caught:
        kimi.parse_code(refused)
    assert caught.value.retry_at == NOW + timedelta(seconds=90)


def test_a_pool_fills_a_window_that_has_a_name_of_its_own() -> None:
    ends = "2026-10-05T11:00:00Z"
    named = {**limit(300, "TIME_UNIT_MINUTE", limit="100", used="44"), "name": "Vision"}
    other = {**limit(300, "TIME_UNIT_MINUTE", limit="100", used="9"), "name": "Text"}
    quotas = windows(
        limits=[named, other], usages={"limit_5h": {"used_ratio": 0, "reset_time": ends}}
    )
    assert [quota.label for quota in quotas] == ["Vision · 5 hours", "Text · 5 hours"]


@pytest.mark.parametrize(
    ("said", "kind", "sign"),
    [
        ("The API you are accessing is not open", "credential_rejected", "has no permission to read the balance (“The API"),
        ("Your account has been suspended, please check your balance", "not_available", "the balance is empty"),
        ("region is not supported", "blocked", "country or region"),
        ("account is banned", "not_available", "suspended this account"),
        ("", "credential_rejected", "has no permission to read the balance;"),
    ],
)  # fmt: skip
def test_a_403_of_the_platform_is_read_too(said: str, kind: str, sign: str) -> None:
    with pytest.raises(UsageError) as caught:
        fetch("kimi", CN, KEY, {CN_BALANCE: answer(403, {"error": {"message": said}})})
    assert caught.value.kind == kind
    assert sign in both(caught.value.message)[0]


@pytest.mark.parametrize(
    ("body", "sign"),
    [
        ({"error": {"message": "Account suspended: contact us"}}, "account of this key"),
        ({"error": {"message": "IP is not on the list"}}, "(“IP is not on the list”)"),
        ({"error": {"message": "Invalid Authentication", "type": "x"}}, ""),
        ({"error": {"message": "IP is off", "type": "invalid_authentication_error"}}, ""),
        ({"error": {"message": "IP is off", "type": "incorrect_api_key_error"}}, ""),
        ({}, ""),
    ],
)
@pytest.mark.parametrize(
    ("key", "page", "sentence"),
    [
        (KEY, BALANCE, "does not accept this key; keys of"),
        (CODE_KEY, USAGES, "Kimi Code key; make"),
    ],
)
def test_a_401_is_read_too(body: Any, sign: str, key: Credential, page: str, sentence: str) -> None:
    with pytest.raises(CredentialRejected) as caught:
        fetch("kimi", INTL, key, {page: answer(401, body)})
    assert (sign or sentence) in both(caught.value.message)[0]


@pytest.mark.parametrize("code", [5, "x", 777])
def test_an_unknown_code_is_said_in_the_words_of_the_vendor(code: Any) -> None:
    told = answer(200, {"code": code, "message": "没找到对象", "status": False})
    for parse in (kimi.parse_code, lambda found: kimi.parse_balance(found, "CNY")):
        with pytest.raises(UnexpectedResponse) as caught:
            parse(told)
        assert all(
            f"{code}" in words and "没找到对象" in words for words in both(caught.value.message)
        )


# ---- over HTTP


def code_usages(world: StandIn, *changes: Mapping[str, Any], key: str = "kimi-code") -> Played:
    base = kimi_world.CODE["kimi-code"](world.world.clock)
    for change in changes:
        base = {name: value for name, value in {**base, **change}.items() if value is not None}
    return played(world, key, {"api.kimi.com/coding/v1/usages": Reply(body=base)})


def test_a_part_is_no_lane_of_its_own(world: StandIn) -> None:
    ends = iso(world.world.clock.now() + 900_000)
    pools = {
        "limit_month_total": {"used_ratio": 0.64, "reset_time": ends},
        "limit_month_code": {"used_ratio": 0.6, "reset_time": ends},
    }
    shown = code_usages(world, {"usage": None, "usages": pools})
    assert [
        (q["label"], q["role"], q["remaining"], q["part_of"]) for q in shown.json["quotas"]
    ] == [
        ("Monthly", "binding", 36, None),
        ("5 hours", "binding", 88, None),
        ("Kimi Code", "part", None, "Monthly"),
    ]
    assert "36% left" in shown.line
    assert "Kimi Code 60% of Month" in shown.line
    assert "Kimi Code: 60% of Month" in shown.details
    assert "40%" not in " ".join([shown.line, *shown.details])


@pytest.mark.parametrize(
    ("told", "level", "left", "said"),
    [
        (wallet(left="777000000"), "low", 7.77, "$7.77"),
        (wallet("STATUS_FROZEN"), "critical", None, "used up · Week 0%"),
        (None, "critical", None, "used up · Week 0%"),
    ],
)
def test_a_week_that_is_used_up_and_what_pays_behind_it(
    world: StandIn, told: Any, level: str, left: float | None, said: str
) -> None:
    ends = iso(world.world.clock.now() + 200_000)
    week = {"limit": "100", "used": "100", "resetTime": ends}
    shown = code_usages(world, {"usage": week, "boosterWallet": told})
    assert (shown.json["level"], shown.json["blocked"]) == (level, None)
    assert [balance["available"] for balance in shown.json["balances"]] == [left][
        : left is not None
    ]
    assert {balance["role"] for balance in shown.json["balances"]} <= {"reserve"}
    assert "blocked" not in shown.line
    assert shown.snapshot.usage is not None
    assert not shown.snapshot.usage.is_changed
    assert shown.line.count("used up") == 1
    assert said in shown.line


def test_an_account_without_money_is_never_recommended(world: StandIn) -> None:
    shown = played(world, "kimi-zero-intl", {})
    assert shown.json["blocked"]["kind"] == "payment"
    assert shown.line.count("calls are refused until you top up") == 1
    assert not shown.is_recommended
