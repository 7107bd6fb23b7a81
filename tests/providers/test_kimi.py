from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any, Dict, Mapping, Optional, Tuple, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from workflow import provider as providers
from workflow.errors import (
    CredentialRejected,
    NotAvailable,
    UnexpectedResponse,
    Unreachable,
    UsageError,
)
from workflow.models import Account, Balance, Credential, Phrase, Quota, Role, Usage
from workflow.payload import Answer
from workflow.providers import kimi

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
    window: Optional[int],
    resets_at: Optional[datetime] = None,
    role: Role = "binding",
) -> Quota:
    return Quota(label, "%", D(used), D(100), 100 - D(used), window, resets_at, role=role)


def requests(
    label: str, used: int, limit: int, window: int, resets_at: Optional[datetime] = None
) -> Quota:
    return Quota(label, "requests", D(used), D(limit), D(limit - used), window, resets_at)


def balance(available: str, unit: str, voucher: str, notice: Optional[Phrase] = None) -> Usage:
    return Usage(balances=(Balance(D(available), unit, D(voucher)),), notice=notice)


def case(
    name: str, expect: Union[Usage, str], main: str = BALANCE, account: Account = INTL
) -> Case:
    credential = CODE_KEY if main == USAGES else KEY
    return Case(name, {main: f"kimi/{name}"}, expect, account, credential)


REFUSED = Phrase("calls are refused until you top up", "充值之前调用会被拒绝")
DEBT = Phrase("cash is in debt by ¥2.37", "现金欠费 ¥2.37")
BLOCKED = Phrase(
    "weekly quota is used up: blocked until 6 Oct 2026", "每周额度已用完：2026年10月6日前无法使用"
)
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
    notice=BLOCKED,
)
NO_USAGE = Usage(quotas=(share("5 hours", "5", 18000), share("Weekly", "22", WEEK)))

CASES = (
    case("balance.cn_ok.json", balance("63.90218", "CNY", "15"), CN_BALANCE, CN),
    case("balance.intl_ok.json", balance("12.4", "USD", "0")),
    case("balance.negative_cash.json", balance("9.1", "CNY", "9.1", DEBT), CN_BALANCE, CN),
    case("balance.zero.json", balance("0", "USD", "0", REFUSED)),
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
    assert all("moonshot.ai" in words and "moonshot.cn" in words for words in error.words)
    error = kimi.refusal(sample("kimi/code_error_401.json"), kimi._CODING)
    assert isinstance(error, CredentialRejected)
    assert all("Kimi Code" in words for words in error.words)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"code": 401, "data": {"available_balance": 0}}, "credential_rejected"),
        ({"code": "unauthorized"}, "credential_rejected"),
        ({"code": 16, "error": "Unauthorized", "status": False}, "credential_rejected"),
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
def test_an_error_inside_200_is_no_balance_of_zero(told: Dict[str, Any], kind: str) -> None:
    with pytest.raises(UsageError) as caught:
        kimi.parse_balance(answer(200, told), "USD")
    assert caught.value.kind == kind


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
    assert in_debt.notice.en == "cash is in debt by $4.00"


def test_debt_without_a_voucher_says_both() -> None:
    usage = parsed(available_balance=-31.15, voucher_balance=0, cash_balance=-31.15)
    assert usage.balances == (Balance(D("-31.15"), "USD", D(0)),)
    assert usage.notice == Phrase(
        f"cash is in debt by $31.15; {REFUSED.en}", f"现金欠费 $31.15；{REFUSED.zh}"
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
def test_tier(group: Any, plan: Optional[str]) -> None:
    assert kimi.parse_tier({"data": {"user_group_id": group}}) == plan


class Meeting(ScriptedClient):
    """Answers nobody until both calls are out."""

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Optional[Mapping[str, Any]] = None
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
        self, url: str, *, headers: Mapping[str, str], params: Optional[Mapping[str, Any]] = None
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


def windows(**told: Any) -> Tuple[Quota, ...]:
    return kimi.parse_code(answer(200, told)).quotas


def limit(duration: Any, unit: Any, **detail: Any) -> Dict[str, Any]:
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
        (300, "MINUTE", "Limit", None),
        (0, "TIME_UNIT_MINUTE", "Limit", None),
        (-5, "TIME_UNIT_HOUR", "Limit", None),
        (True, "TIME_UNIT_HOUR", "Limit", None),
        (None, None, "Limit", None),
    ],
)
def test_a_window_is_named_by_its_length(
    duration: Any, unit: Any, label: str, seconds: Optional[int]
) -> None:
    (quota,) = windows(limits=[limit(duration, unit, limit="100", used="1")])
    assert (quota.label, quota.window) == (label, seconds)


@pytest.mark.parametrize(
    ("detail", "used"),
    [
        ({"used": "31", "remaining": "69"}, 31),
        ({"used": 31.0}, 31),
        ({"remaining": "69"}, 31),
        ({"used": "-3", "remaining": "69"}, 31),
        ({"used": "NaN", "remaining": 69}, 31),
        ({"used": True, "remaining": 69}, 31),
        ({"used": "130"}, 130),
    ],
)
def test_used_is_told_or_follows_from_what_remains(detail: Dict[str, Any], used: int) -> None:
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
def test_what_cannot_be_read_is_unexpected(told: Dict[str, Any]) -> None:
    with pytest.raises(UnexpectedResponse):
        windows(**told)


@pytest.mark.parametrize(
    "told", [{"usage": {}}, {"usage": None, "limits": []}, {"usage": {"limit": 0}}, {"usages": {}}]
)
def test_no_window_at_all_is_no_plan(told: Dict[str, Any]) -> None:
    with pytest.raises(NotAvailable):
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
        "limit_new_thing": {"used_ratio": 0.01},
        "broken": {"used_ratio": None},
        "junk": 7,
    }
    five = limit(300, "TIME_UNIT_MINUTE", limit="100", used="44")
    assert windows(limits=[five], usages=usages) == (
        share("5 hours", "44", 18000),
        share("Weekly", "20", WEEK, at(96)),
        share("Monthly", "78.77", None, datetime(2026, 10, 17, tzinfo=NOW.tzinfo)),
        share("Monthly code", "50", None, role="secondary"),
        share("New thing", "1", None, role="secondary"),
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
        ("LEVEL_UNSPECIFIED", None),
        ("LEVEL_", None),
        ("", None),
        (3, None),
    ],
)
def test_plan(level: Any, plan: Optional[str]) -> None:
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
def test_shapes(secret: str, sure: Optional[bool]) -> None:
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
                    assert quota.used is not None and quota.limit is not None
                    assert quota.used >= 0
                    assert quota.remaining == max(D(0), quota.limit - quota.used)


def _read(parse: Any, *arguments: Any) -> Usage:
    try:
        usage = parse(*arguments)
    except UsageError:
        return Usage()
    assert isinstance(usage, Usage)
    return usage
