from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal as D
from typing import Any, Callable, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import live_in
from tests.played import played
from tests.providers.contract import (
    JUNK,
    NOW,
    Answers,
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
from tests.said import Phrase, both, english, in_language
from tests.standin import KEYS, Reply, Request, StandIn
from workflow.display import numbers
from workflow.errors import (
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    RateLimited,
    UnexpectedResponse,
    Unreachable,
    UsageError,
)
from workflow.glm import limits, plan
from workflow.http.client import Client
from workflow.models import Account, Balance, Credential, Quota, Usage, WorkBlocked
from workflow.provider import calls as providers
from workflow.provider.answer import Answer
from workflow.providers import glm
from workflow.records import dataclass, field, replace
from workflow.refresh import fetch as fetching

KEY = "0123456789abcdef0123456789abcdef.SyntheticSecret1"
INTL = Account("a1", "glm", "Work", region="intl")
CN = Account("a2", "glm", "工作", region="cn")
TEAM = replace(CN, scope={"organization": "org-synthetic", "project": "proj_synthetic"})
CREDENTIAL = Credential("api_key", KEY)

LIMIT = "GET api.z.ai/api/monitor/usage/quota/limit"
FALLBACK = "GET api.z.ai/api/monitor/usage"
PLANS = "GET api.z.ai/api/biz/subscription/list"
MODELS = "GET api.z.ai/api/monitor/usage/model-usage"
TOOLS = "GET api.z.ai/api/monitor/usage/tool-usage"
CN_LIMIT = "GET open.bigmodel.cn/api/monitor/usage/quota/limit"
CN_MODELS = "GET open.bigmodel.cn/api/monitor/usage/model-usage"
CN_REPORT = "GET www.bigmodel.cn/api/biz/account/query-customer-account-report"
HOUR, DAY, WEEK = 3600, 86400, 604800


def at(hours: float = 0, millis: int = 0) -> datetime:
    return NOW + timedelta(hours=hours, milliseconds=millis)


def share(label: str, used: int, window: int | None, resets_at: datetime | None = None) -> Quota:
    return Quota(label, "%", D(used), D(100), D(100 - used), window, resets_at)


MONTH = 30 * 86400  # seconds, from 26 September to 26 October


def tools(
    used: int, limit: int, resets_at: datetime | None = None, estimated: bool = False
) -> Quota:
    left = D(limit - used)
    return Quota(
        "MCP tools",
        "requests",
        D(used),
        D(limit),
        left,
        MONTH if estimated else None,
        resets_at,
        role="secondary",
        estimated=estimated,
    )


def recent(label: str, used: int, unit: str = "requests") -> Quota:
    return Quota(label, unit, D(used), None, None, DAY, role="secondary")


FIVE, WEEKLY = share("5 hours", 36, 18000, at(2, 179)), share("Weekly", 21, WEEK, at(96, 997))
PRO = Usage(quotas=(FIVE, WEEKLY, tools(88, 1000, at(528, 976))), plan="Pro")
CREDITS = Quota("5 hours", "credits", D(893), D(2000), D(1107), 18000, at(1))
LITE = Usage(
    quotas=(CREDITS, Quota("Weekly", "credits", D(6351), D(10000), D(3649), WEEK, at(48))),
    plan="Lite",
)
IDLE = Usage(
    quotas=(
        Quota("5 hours", "credits", D(0), D(2000), D(2000), 18000),
        Quota("Weekly", "credits", D(1214), D(10000), D(8786), WEEK, at(120)),
    ),
    plan="Lite",
)
MAX_FIVE = Quota("5 hours", "tokens", D(91250000), D(800000000), D(708750000), 18000, at(3))
MAX = Usage(quotas=(MAX_FIVE, tools(1492, 4000)), plan="GLM Coding Max")
WEEK_FIRST = Usage(
    quotas=(
        share("5 hours", 4, 18000, at(4.5)),
        share("Weekly", 55, WEEK, at(2 / 3)),
        tools(0, 100, at(216)),
    ),
    plan="Lite",
)
OVER = Usage(
    quotas=(
        Quota("5 hours", "tokens", D(40210330), D(40000000), D(0), 18000, at(25 / 60)),
        share("Weekly", 74, WEEK, at(72)),
    ),
    plan="Pro",
)
TEAM_USAGE = Usage(
    quotas=(
        share("5 hours", 19, 18000, at(2)),
        share("Weekly", 33, WEEK, at(120)),
        tools(103, 2000, at(480)),
    ),
    plan="Team",
)
FUTURE = Usage(
    quotas=(share("5 hours", 7, 18000, at(4)), share("Limit", 28, None, at(6))), plan="Pro"
)
MONTHLY = Usage(
    quotas=(share("5 hours", 2, 18000, at(4)), share("30 days", 17, 30 * DAY, at(432))),
    plan="Enterprise",
)
ROOT_LIMITS = Usage(quotas=(share("Weekly", 29, WEEK, at(72)),))
AGAIN = Usage(
    quotas=(Quota("5 hours", "credits", D(1031), D(2000), D(969), 18000, at(1.5)),), plan="Lite"
)
RENEWS = Phrase("renews on 27 Oct 2026", "2026 年 10 月 27 日自动续订")
ENDS = Phrase("will not renew, ends on 27 Dec 2026", "不会自动续订，2026 年 12 月 27 日到期")
ALONE = Phrase(
    "no coding plan, only the balance (that of a team needs its organization and project)",
    "没有编程套餐，仅有余额（团队套餐需填写组织和项目）",
)


def money(amount: str) -> tuple[Balance, ...]:
    return (Balance(D(amount), "CNY"),)


def plus(base: Usage, *quotas: Quota) -> Usage:
    return replace(base, quotas=base.quotas + quotas)


def case(
    name: str,
    expect: Union[Usage, str],
    account: Account = INTL,
    main: str = LIMIT,
    more: Mapping[str, Union[Told, list[Told]]] | None = None,
) -> Case:
    return Case(name, {main: f"glm/{name}", **(more or {})}, expect, account)


BASE = "glm/quota_limit.pro_percent_only.json"
TOKENS_DAY = (recent("Tokens 24 h", 222500, "tokens"), recent("Calls 24 h", 17))


class TestGlm(ProviderContract):
    provider = "glm"
    account = INTL
    credential = CREDENTIAL
    main = LIMIT
    sends = ("Authorization: Bearer {key}", "Authorization: {key}")
    parameters = (
        "startTime=#-#-# #:00:00",
        "endTime=#-#-# #:59:59",
        "targetType=PERSONAL",
        "targetType=TEAM",
        "type=2",
        "type=3",
    )
    cases = (
        case("quota_limit.pro_percent_only.json", PRO),
        case("quota_limit.lite_credit.json", LITE),
        case("quota_limit.lite_credit_idle_no_reset.json", IDLE),
        case("quota_limit.max_counts_old.json", MAX),
        case("quota_limit.weekly_resets_first.json", WEEK_FIRST, CN, CN_LIMIT),
        case("quota_limit.over_limit.json", OVER),
        case("quota_limit.team.json", TEAM_USAGE, TEAM, f"{CN_LIMIT}?type=2"),
        case("quota_limit.future_unknown_entry.json", FUTURE),
        case("quota_limit.monthly_30d.json", MONTHLY, CN, CN_LIMIT),
        case("quota_limit.root_limits.json", ROOT_LIMITS),
        case("quota_limit.empty.json", "not_available: no coding plan"),
        case("error_401_token.json", AGAIN, more={FALLBACK: "glm/usage_fallback.json"}),
        case("error_401_token.json", "credential_rejected"),
        case("error_1001_no_header.json", "credential_rejected"),
        case("error_no_plan_zh.json", "not_available", CN, CN_LIMIT),
        case(
            "error_no_plan_zh.json",
            Usage(balances=money("56.7"), notice=ALONE),
            CN,
            CN_LIMIT,
            {CN_REPORT: "glm/balance_cn.ok.json"},
        ),
        case("error_no_plan_en.json", "not_available"),
        case("error_500_internal.json", "provider_failed"),
        case("error_http401_envelope.json", "credential_rejected", CN, CN_LIMIT),
        case("error_http429.json", "rate_limited", CN, CN_LIMIT),
        case("error_1113_arrears.json", "not_available"),
        case("error_1308_limit_reached.json", "rate_limited"),
        case("http_502.html", "provider_failed", CN, CN_LIMIT),
        Case(
            "statistics",
            {LIMIT: BASE, MODELS: "glm/model_usage.day.json", TOOLS: "glm/tool_usage.day.json"},
            plus(PRO, *TOKENS_DAY, recent("Web search 24 h", 4), recent("Web reader 24 h", 3)),
        ),
        Case(
            "no use is a real zero",
            {LIMIT: BASE, MODELS: "glm/model_usage.empty.json", TOOLS: "glm/tool_usage.empty.json"},
            plus(PRO, recent("Tokens 24 h", 0, "tokens"), recent("Calls 24 h", 0)),
        ),
        Case(
            "older statistics",
            {
                LIMIT: BASE,
                MODELS: "glm/model_usage.old_no_model_list.json",
                TOOLS: "glm/tool_usage.error.json",
            },
            plus(PRO, recent("Tokens 24 h", 103000, "tokens"), recent("Calls 24 h", 7)),
        ),
        Case(
            "a plan that renews dates the tools",
            {
                LIMIT: "glm/quota_limit.max_counts_old.json",
                PLANS: "glm/subscription_list.pro_monthly.json",
            },
            Usage(
                quotas=(MAX_FIVE, tools(1492, 4000, at(511), estimated=True)),
                plan="GLM Coding Pro",
                notice=RENEWS,
            ),
        ),
        Case(
            "a plan that ends, and its tools come back monthly",
            {
                LIMIT: "glm/quota_limit.max_counts_old.json",
                PLANS: "glm/subscription_list.expired_and_valid.json",
            },
            Usage(
                quotas=(MAX_FIVE, tools(1492, 4000, at(511), estimated=True)),
                plan="GLM Coding Max",
                notice=ENDS,
            ),
        ),
        Case("no subscription", {LIMIT: BASE, PLANS: "glm/subscription_list.none.json"}, PRO),
        Case(
            "balance beside the plan",
            {
                CN_LIMIT: "glm/quota_limit.monthly_30d.json",
                CN_REPORT: "glm/balance_cn.null_available.json",
            },
            replace(MONTHLY, balances=money("0.83")),
            CN,
        ),
        Case(
            "arrears beside the plan",
            {
                CN_LIMIT: "glm/quota_limit.monthly_30d.json",
                CN_REPORT: "glm/balance_cn.arrears.json",
            },
            replace(MONTHLY, balances=money("-3.4"), notice=Phrase("¥3.40 is owed", "欠费 ¥3.40")),
            CN,
        ),
    )


def windows(*entries: Mapping[str, Any]) -> tuple[Quota, ...]:
    return limits.parse_limits({"data": {"limits": list(entries)}}, NOW)


def tokens(**fields: Any) -> dict[str, Any]:
    return {"type": "TOKENS_LIMIT", "unit": 3, "number": 5, **fields}


@pytest.mark.parametrize(
    ("unit", "number", "label", "seconds"),
    [
        (3, 5, "5 hours", 18000),
        (3, 1, "1 hour", HOUR),
        (3, 24, "Daily", DAY),
        (1, 1, "Daily", DAY),
        (4, 3, "3 days", 3 * DAY),
        (1, 7, "Weekly", WEEK),
        (6, 1, "Weekly", WEEK),
        (6, 7, "Weekly", WEEK),
        (6, 2, "14 days", 2 * WEEK),
        ("6", "1", "Weekly", WEEK),
        (5, 300, "5 hours", 18000),
        (5, 90, "90 minutes", 5400),
        (5, 60, "1 hour", HOUR),
        ("5", "720", "12 hours", 12 * HOUR),
        (5, 10080, "Weekly", WEEK),
        (5, 43200, "30 days", 30 * DAY),
        (3, 168, "Weekly", WEEK),
        (5, 10**9, "Limit", None),
        (7, 1, "Monthly", None),
        (7, 3, "3 months", None),
        (7, 12, "12 months", None),
        (7, 13, "Limit", None),
        (6, 300, "Limit", None),
        (9, 2, "Limit", None),
        (3, 0, "Limit", None),
        (3, None, "Limit", None),
        (True, 5, "Limit", None),
        (None, None, "Limit", None),
    ],
)
def test_a_window_is_named_by_unit_and_number(
    unit: Any, number: Any, label: str, seconds: int | None
) -> None:
    (quota,) = windows({"type": "tokens_limit", "unit": unit, "number": number, "percentage": 1})
    assert (quota.label, quota.window) == (label, seconds)


@pytest.mark.parametrize(("hours", "label"), [(32 * 24 + 13, "Monthly"), (32 * 24 + 14, "Limit")])
def test_a_month_ends_after_31_days_or_little_more(hours: int, label: str) -> None:
    reset = at(hours).timestamp()
    (quota,) = windows(tokens(unit=7, number=1, percentage=1, nextResetTime=reset))
    assert quota.label == label


def test_windows_without_a_name_come_in_the_order_of_their_numbers() -> None:
    places = [(9, 2), (9, 1), (None, 3), (8, None), (8, 7)]
    told = [tokens(unit=u, number=n, percentage=at) for at, (u, n) in enumerate(places)]
    expected = [("Limit", 2), ("Limit 2", 3), ("Limit 3", 4), ("Limit 4", 1), ("Limit 5", 0)]
    assert [(quota.label, int(quota.used or 0)) for quota in windows(*told)] == expected


def test_the_percentage_wins_over_counts_that_disagree() -> None:
    told = tokens(usage=1000, currentValue=900, remaining=100, percentage=10)
    assert windows(told) == (share("5 hours", 10, 18000),)


def test_counts_that_do_not_add_up_are_not_used() -> None:
    told = tokens(usage=1000, currentValue=300, remaining=300, percentage=30)
    assert windows(told) == (share("5 hours", 30, 18000),)


@pytest.mark.parametrize(
    "fields", [{"usage": 1000, "currentValue": 250}, {"usage": "1000", "remaining": 750.0}]
)
def test_counts_do_without_a_percentage(fields: dict[str, Any]) -> None:
    assert windows(tokens(usage=9, remaining=9))[0].used == 0
    (quota,) = windows(tokens(**fields))
    assert (quota.used, quota.limit, quota.remaining) == (D(250), D(1000), D(750))
    assert quota.unit == "tokens"


def test_more_used_than_there_is() -> None:
    (quota,) = windows(tokens(usage=100, currentValue=150, remaining=0, percentage=100))
    assert (quota.used, quota.limit, quota.remaining) == (D(150), D(100), D(0))
    (quota,) = windows(tokens(percentage=130))
    assert (quota.used, quota.limit, quota.remaining) == (D(130), D(100), D(0))


@pytest.mark.parametrize("odd", [True, False, None, "", "NaN", "1e309", [], {}, "50%"])
def test_an_odd_number_is_unknown_and_never_zero(odd: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        windows(tokens(percentage=odd))
    unknown, known = windows(tokens(percentage=odd), tokens(unit=6, number=1, percentage=3))
    assert (unknown.used, unknown.remaining, unknown.unit) == (None, None, "%")
    assert known.used == 3


@pytest.mark.parametrize("never", [0, -1, None, "soon", True])
def test_no_reset(never: Any) -> None:
    assert windows(tokens(percentage=5, nextResetTime=never))[0].resets_at is None


def test_tools_need_total_and_used_or_a_percentage() -> None:
    week = tokens(unit=6, number=1, percentage=3)
    tool = {"type": "TIME_LIMIT", "unit": 5, "number": 1}
    assert len(windows(week, {**tool, "usage": 100, "remaining": 40})) == 1
    assert len(windows(week, {**tool, "usage": 0, "currentValue": 0, "percentage": 0})) == 1
    assert windows(week, {**tool, "percentage": 8})[1].used == 8


def test_only_types_that_are_not_known_is_no_answer() -> None:
    with pytest.raises(UnexpectedResponse):
        windows({"type": "SEAT_LIMIT", "unit": 8, "number": 1, "percentage": 50})


def test_a_plan_without_windows_still_says_its_plan() -> None:
    usage, _ = fetch(
        "glm",
        INTL,
        CREDENTIAL,
        {LIMIT: "glm/quota_limit.empty.json", PLANS: "glm/subscription_list.pro_monthly.json"},
    )
    assert usage == Usage(plan="GLM Coding Pro", notice=RENEWS)


def test_neither_windows_nor_a_plan_leave_the_balance() -> None:
    answers = {CN_LIMIT: "glm/quota_limit.empty.json", CN_REPORT: "glm/balance_cn.ok.json"}
    usage, _ = fetch("glm", CN, CREDENTIAL, answers)
    assert usage == Usage(balances=money("56.7"), notice=ALONE)


def test_a_window_without_numbers_is_a_percentage_that_is_not_known() -> None:
    known = {"type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": 12}
    told = {"data": {"limits": [known, {"type": "TOKENS_LIMIT", "unit": 6, "number": 1}]}}
    _, unknown = limits.parse_limits(told, NOW)
    assert unknown == Quota("Weekly", "%", None, D(100), None, 604800)


@pytest.mark.parametrize(
    "name", ["planName", "plan", "planType", "plan_type", "packageName", "level"]
)
@pytest.mark.parametrize("inside", [False, True])
def test_a_plan_has_its_name_in_one_of_several_fields(name: str, inside: bool) -> None:
    data: dict[str, Any] = {"limits": [tokens(percentage=1)], **({name: "max"} if inside else {})}
    told: dict[str, Any] = {"data": data} if inside else {"data": data, name: "max"}
    assert glm.parse(answer(200, told), {}).plan == "Max"


def test_the_plan_is_the_one_that_is_valid_now() -> None:
    plans = [
        {"status": "EXPIRED", "inCurrentPeriod": True},
        {"status": "VALID", "inCurrentPeriod": False},
        {"status": "valid", "inCurrentPeriod": True, "productName": "GLM Coding Lite"},
    ]
    assert plan.current({"data": plans}) == plans[2]
    assert plan.current({"data": plans[:2]}) == {}


def test_of_the_tools_only_those_that_were_used_are_told() -> None:
    total = {"totalZreadMcpCount": 7, "totalNetworkSearchCount": 0}
    told = glm.parse_last_day({"tools": {"data": {"totalUsage": total}}})
    assert told == (Quota("Zread 24 h", "requests", D(7), None, None, DAY, role="secondary"),)


def test_the_day_of_a_renewal_may_have_a_time() -> None:
    day = plan.renewal_day({"nextRenewTime": "2026-10-27 10:30:00"})
    assert day == datetime(2026, 10, 26, 16, tzinfo=timezone.utc)


def test_no_plan_with_a_balance() -> None:
    owed = WorkBlocked("payment", Phrase("money is owed: top up", "已欠费，请充值"))
    for told, amount, notice, blocked in (
        ("balance_cn.ok.json", "56.7", ALONE, None),
        ("balance_cn.null_available.json", "0.83", ALONE, None),
        ("balance_cn.arrears.json", "-3.4", None, owed),
    ):
        answers: Mapping[str, Told] = {
            CN_LIMIT: "glm/error_no_plan_zh.json",
            CN_REPORT: f"glm/{told}",
        }
        usage, _ = fetch("glm", CN, CREDENTIAL, answers)
        assert usage == Usage(balances=money(amount), notice=notice, blocked=blocked)


@pytest.mark.parametrize(
    ("code", "amount", "kind", "reason"),
    [
        (1113, "12.5", "payment", "no balance and no package is left: top up or subscribe"),
        (1309, "0.5", None, None),
        (1311, "0", None, None),
        (1113, "-8", "payment", "no balance and no package is left: top up or subscribe"),
        (1309, "0", "payment", "the plan has expired: renew it"),
        (1309, "-0.01", "payment", "the plan has expired: renew it"),
        (1309, "20", None, None),
        (1311, "20", None, None),
        (1112, "9", "suspended", "the account is locked: contact its support"),
        (1121, "0", "suspended", "the account is locked: contact its support"),
    ],
)
def test_what_refuses_work_beside_a_balance_is_a_block(
    code: int, amount: str, kind: str | None, reason: str | None
) -> None:
    refused = answer(200, {"code": code, "msg": "no", "success": False})
    report = answer(200, {"code": 200, "data": {"availableBalance": amount}})
    usage, _ = fetch("glm", CN, CREDENTIAL, {CN_LIMIT: refused, CN_REPORT: report})
    assert usage.balances == money(amount)
    assert (usage.blocked and usage.blocked.kind) == kind
    assert (usage.blocked and english(usage.blocked.reason)) == reason
    told = {1309: "the plan has expired, only the balance is left"}.get(code, ALONE.en)
    assert usage.notice is None if kind else english(usage.notice) == told
    with pytest.raises(NotAvailable):
        fetch("glm", CN, CREDENTIAL, {CN_LIMIT: refused})


@pytest.mark.parametrize("name", ["msg", "message"])
def test_a_missing_plan_is_known_by_its_message(name: str) -> None:
    refused = answer(200, {"code": 500, name: "You have no Coding Plan"})
    assert both(getattr(glm.refusal(refused), "message", None))[0].startswith(
        "{provider}: the key is valid but has no coding plan"
    )
    other = glm.refusal(answer(200, {"code": 501, name: "You have no Coding Plan"}))
    assert isinstance(other, ProviderFailed)


def test_a_zero_balance_beside_a_plan_is_none_and_alone_it_is_told() -> None:
    zero = answer(200, {"code": 200, "data": {"availableBalance": 0}})
    beside, _ = fetch("glm", CN, CREDENTIAL, {CN_LIMIT: BASE, CN_REPORT: zero})
    assert beside.balances == ()
    alone, _ = fetch(
        "glm", CN, CREDENTIAL, {CN_LIMIT: "glm/error_no_plan_zh.json", CN_REPORT: zero}
    )
    assert alone.balances == money("0")


@pytest.mark.parametrize(
    ("account", "hosts"),
    [
        (INTL, {"api.z.ai"}),
        (CN, {"open.bigmodel.cn", "www.bigmodel.cn"}),
        (replace(INTL, scope=TEAM.scope), {"api.z.ai"}),
    ],
)
@pytest.mark.parametrize("told", [BASE, "glm/error_401_token.json", "glm/error_no_plan_en.json"])
def test_a_key_goes_to_the_hosts_of_its_region_only(
    account: Account, hosts: set[str], told: str
) -> None:
    client = ScriptedClient({LIMIT: told, CN_LIMIT: told})
    with contextlib.suppress(UsageError):
        asyncio.run(glm.fetch(client, account, CREDENTIAL))
    asked = {one.url.split("/")[2] for one in client.asked}
    assert asked <= hosts
    if told == BASE:
        assert asked == hosts
        assert all(one.headers["Authorization"] == f"Bearer {KEY}" for one in client.asked)
        assert all(one.headers["Accept-Language"] == "en-US,en" for one in client.asked)
        assert all("Bigmodel-Project" not in one.headers for one in client.asked)
        assert not any("type=" in one.url for one in client.asked)


def test_a_team_is_named_in_headers_and_types() -> None:
    client = ScriptedClient({CN_LIMIT: "glm/quota_limit.team.json"})
    asyncio.run(glm.fetch(client, TEAM, CREDENTIAL))
    paths = {one.url.split("?")[0].rsplit("/", 1)[-1]: one for one in client.asked}
    assert paths["limit"].url.endswith("?type=2")
    assert "type=3" in paths["model-usage"].url
    assert "tool-usage" not in paths
    for one in client.asked:
        assert one.headers["Bigmodel-Organization"] == "org-synthetic"
        assert one.headers["Bigmodel-Project"] == "proj_synthetic"


def test_a_project_alone_is_a_team_too() -> None:
    client = ScriptedClient({CN_LIMIT: "glm/quota_limit.team.json"})
    asyncio.run(glm.fetch(client, replace(CN, scope={"project": "proj_x"}), CREDENTIAL))
    assert all("Bigmodel-Organization" not in one.headers for one in client.asked)
    assert "GET" in {one.method for one in client.asked if one.url.endswith("type=2")}


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("2026-10-05T20:30:05", "2026-10-05 05:00:00", "2026-10-06 04:59:59"),
        ("2026-12-31T15:59:59", "2026-12-31 00:00:00", "2026-12-31 23:59:59"),
        ("2027-01-01T00:00:00", "2026-12-31 09:00:00", "2027-01-01 08:59:59"),
    ],
)
def test_the_last_day_is_24_clock_hours_of_utc_8(now: str, start: str, end: str) -> None:
    told = glm.last_day(datetime.fromisoformat(now).replace(tzinfo=timezone.utc))
    assert told == {"startTime": start, "endTime": end}


def rounds(told: Told, again: Told | None = None) -> tuple[str | None, int, int]:
    """The kind of failure, if any, how often the other address was asked, and the other form."""
    client = ScriptedClient({LIMIT: told, **({FALLBACK: again} if again else {})})
    kind = None
    try:
        asyncio.run(glm.fetch(client, INTL, CREDENTIAL))
    except UsageError as error:
        kind = error.kind
    bare = sum(one.headers["Authorization"] == KEY for one in client.asked)
    return kind, sum(one.url.endswith("/monitor/usage") for one in client.asked), bare


def test_the_other_ways_are_tried_once_and_only_after_a_401() -> None:
    good, refused = "glm/usage_fallback.json", "credential_rejected"
    assert rounds("glm/error_401_token.json", good) == (None, 1, 1)
    assert rounds("glm/error_http401_envelope.json", good) == (None, 1, 1)
    assert rounds(answer(401, "nothing"), good) == (None, 1, 1)
    assert rounds("glm/error_401_token.json", "glm/error_401_token.json") == (refused, 1, 1)
    assert rounds("glm/error_401_token.json", "glm/error_no_plan_en.json") == (
        "not_available",
        1,
        1,
    )
    assert rounds("glm/error_401_token.json", "glm/http_502.html") == (refused, 1, 1)
    assert rounds(answer(200, {"code": 1002}), good) == (refused, 0, 0)
    assert rounds("glm/error_no_plan_en.json", good) == ("not_available", 0, 0)
    assert rounds("glm/error_500_internal.json", good) == ("provider_failed", 0, 0)
    assert rounds("glm/http_502.html", good) == ("provider_failed", 0, 0)
    assert rounds(answer(403, {}), good) == (refused, 0, 0)
    edge = answer(403, "<html>Just a moment", content_type="text/html")
    assert rounds("glm/error_401_token.json", edge) == (refused, 1, 1)


def test_a_team_is_asked_about_in_every_way() -> None:
    client = ScriptedClient({CN_LIMIT: answer(401, {})})
    with pytest.raises(CredentialRejected):
        asyncio.run(glm.fetch(client, TEAM, CREDENTIAL))
    asked = [one.url.partition("/usage")[2] for one in client.asked if "type=2" in one.url]
    assert asked == ["/quota/limit?type=2", "/quota/limit?type=2", "?type=2"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, CredentialRejected),
        *((code, CredentialRejected) for code in range(1000, 1005)),
        (429, RateLimited),
        (500, ProviderFailed),
        (599, ProviderFailed),
        (600, UnexpectedResponse),
        (1111, CredentialRejected),
        ("1302", RateLimited),
        (1303, RateLimited),
        (1304, RateLimited),
        (1305, RateLimited),
        (1308, RateLimited),
        (1310, RateLimited),
        ("1113", NotAvailable),
        (1309, NotAvailable),
        (1311, NotAvailable),
        (1112, NotAvailable),
        (1121, NotAvailable),
        (404, UnexpectedResponse),
    ],
)
def test_codes(code: Any, kind: type[UsageError]) -> None:
    for told in (
        answer(200, {"code": code, "msg": "no", "success": False}),
        answer(200, {"error": {"code": code, "message": "no"}}),
    ):
        error = glm.refusal(told)
        assert type(error) is kind
        assert both(error.message)[0] != both(error.message)[1]


def test_a_rejected_key_may_belong_to_the_other_site() -> None:
    for told in (sample("glm/error_401_token.json"), answer(401, "")):
        error = glm.refusal(told)
        assert error is not None
        assert all("z.ai" in words and "bigmodel.cn" in words for words in both(error.message))


@pytest.mark.parametrize("code", [1234, "1699", "PackagePaused", 404])
def test_an_unknown_code_is_said_in_the_words_of_the_vendor(code: Any) -> None:
    for told in (
        answer(200, {"code": code, "msg": "该功能\u0007 暂未开放", "success": False}),
        answer(400, {"error": {"code": code, "message": "该功能\u0007 暂未开放"}}),
    ):
        error = glm.refusal(told)
        assert isinstance(error, UnexpectedResponse)
        assert all(str(code) in words for words in both(error.message))
        assert all("“该功能 暂未开放”" in words for words in both(error.message))


def test_success_without_code_or_with_code_zero() -> None:
    for head in ({}, {"code": 0, "success": True}, {"code": "200"}):
        told = answer(200, {**head, "data": {"limits": [tokens(percentage=9)]}})
        usage, _ = fetch("glm", INTL, CREDENTIAL, {LIMIT: told})
        assert usage.quotas == (share("5 hours", 9, 18000),)
    told = answer(200, {"success": False, "data": {"limits": [tokens(percentage=9)]}})
    with pytest.raises(UnexpectedResponse):
        fetch("glm", INTL, CREDENTIAL, {LIMIT: told})


class Meeting(ScriptedClient):
    """Answers no request until all have arrived."""

    expected = 0

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, Any] | None = None
    ) -> Answer:
        found = await super().get(url, headers=headers, params=params)
        while len(self.asked) < self.expected:
            await asyncio.sleep(0)
        return found


@pytest.mark.parametrize(("account", "calls"), [(INTL, 5), (CN, 6), (TEAM, 5)])
def test_calls_go_out_together(account: Account, calls: int) -> None:
    client = Meeting({LIMIT: BASE, CN_LIMIT: BASE})
    client.expected = calls

    async def run() -> Usage:
        return await asyncio.wait_for(glm.fetch(client, account, CREDENTIAL), 5)

    assert asyncio.run(run()) == PRO
    assert len(client.asked) == calls


class Troubled(ScriptedClient):
    """One path hangs or finds no connection."""

    path = ""
    hangs = False

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, Any] | None = None
    ) -> Answer:
        await asyncio.sleep(0)
        if url.endswith(self.path):
            if self.hangs:
                await asyncio.sleep(60)
            raise Unreachable
        return await super().get(url, headers=headers, params=params)


EXTRAS = (
    "subscription/list",
    "model-usage",
    "tool-usage",
    "query-customer-account-report",
    "customer-package-reset/list",
)


@pytest.mark.parametrize("hangs", [False, True])
@pytest.mark.parametrize("path", EXTRAS)
def test_an_extra_that_fails_or_hangs_keeps_the_windows(
    path: str, hangs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "OPTIONAL_SECONDS", 0.01)
    client = Troubled({CN_LIMIT: BASE})
    client.path, client.hangs = path, hangs
    assert asyncio.run(glm.fetch(client, CN, CREDENTIAL)) == PRO


@pytest.mark.parametrize(
    "odd",
    [
        answer(200, {"code": 200, "data": None}),
        answer(200, {"code": 200, "data": [None, 7, {"status": 5}]}),
        answer(200, {"data": {"totalUsage": {"totalTokensUsage": True}, "balance": "NaN"}}),
        answer(200, {"data": [{"status": "VALID", "inCurrentPeriod": True, "autoRenew": "x"}]}),
        answer(200, '{"data": {"totalUsage": {"totalTokensUsage": -5}, "availableBalance": []}}'),
        answer(200, "[]"),
        answer(200, ""),
        answer(403, "<html>Just a moment", content_type="text/html"),
        answer(500, {}),
        answer(429, {}),
    ],
)
def test_an_odd_extra_keeps_the_windows(odd: Answer) -> None:
    answers: dict[str, Told] = {CN_LIMIT: BASE, CN_REPORT: odd, CN_MODELS: odd}
    answers["GET open.bigmodel.cn/api/monitor/usage/tool-usage"] = odd
    answers["GET open.bigmodel.cn/api/biz/subscription/list"] = odd
    answers["GET open.bigmodel.cn/api/biz/customer-package-reset/list"] = odd
    usage, _ = fetch("glm", CN, CREDENTIAL, answers)
    assert usage == PRO


def test_a_failing_account_does_not_wait_for_its_extras() -> None:
    client = Troubled({LIMIT: "glm/http_502.html"})
    client.path, client.hangs = "model-usage", True

    async def run() -> None:
        with pytest.raises(UsageError):
            await asyncio.wait_for(glm.fetch(client, INTL, CREDENTIAL), 1)
        for _ in range(5):  # a cancelled call ends when the loop comes round to it
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


@pytest.mark.parametrize("told", ["0001-01-01", "9999-12-31", "2026-02-30", "soon", 20261027, None])
def test_an_odd_renewal_day(told: Any) -> None:
    plan = {"status": "VALID", "inCurrentPeriod": True, "nextRenewTime": told, "autoRenew": 1}
    answers = {LIMIT: answer(200, document(BASE)), PLANS: answer(200, {"data": [plan]})}
    usage, _ = fetch("glm", INTL, CREDENTIAL, answers)
    assert usage.quotas == PRO.quotas


@pytest.mark.parametrize(
    ("day", "resets_at"),
    [("2026-10-05", None), ("2026-10-04", None), ("2026-10-06", at(7)), ("2026-12-06", at(7))],
)
def test_the_tools_do_not_reset_in_the_past(day: str, resets_at: datetime | None) -> None:
    plan = {"status": "VALID", "inCurrentPeriod": True, "nextRenewTime": day}
    answers: Answers = {
        LIMIT: "glm/quota_limit.max_counts_old.json",
        PLANS: answer(200, {"data": [plan]}),
    }
    usage, _ = fetch("glm", INTL, CREDENTIAL, answers)
    assert usage.quotas == (MAX_FIVE, tools(1492, 4000, resets_at, bool(resets_at)))


def test_the_day_of_the_renewal_is_that_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(monkeypatch, "America/Los_Angeles")
    answers = {LIMIT: BASE, PLANS: "glm/subscription_list.pro_monthly.json"}
    assert fetch("glm", INTL, CREDENTIAL, answers)[0].notice == RENEWS


def test_shape() -> None:
    found = shape_of(glm.PROVIDER, KEY)
    assert found is not None
    assert found.sure
    for other in ("sk-kimi-abcdefghijklmnop", "eyJhbGciOi.eyJ", KEY.replace(".", "")):
        assert shape_of(glm.PROVIDER, other) is None


SAMPLES = (
    "glm/quota_limit.pro_percent_only.json",
    "glm/quota_limit.lite_credit.json",
    "glm/quota_limit.max_counts_old.json",
    "glm/quota_limit.root_limits.json",
    "glm/error_401_token.json",
    "glm/error_http401_envelope.json",
)
MORE = (
    ("plans", "glm/subscription_list.expired_and_valid.json"),
    ("models", "glm/model_usage.day.json"),
    ("tools", "glm/tool_usage.day.json"),
    ("report", "glm/balance_cn.ok.json"),
)


@given(st.data())
def test_whatever_is_told_gives_a_usage_or_a_usage_error(data: st.DataObject) -> None:
    told = data.draw(mutated(data.draw(st.sampled_from(SAMPLES))))
    extras = {name: data.draw(mutated(file)) for name, file in MORE}
    body = json.dumps(told, allow_nan=False)
    try:
        usage = glm.parse(answer(200, body), extras)
    except UsageError:
        return
    assert isinstance(usage, Usage)
    for quota in usage.quotas:
        if None not in (quota.used, quota.limit):
            assert quota.used is not None
            assert quota.limit is not None
            assert quota.used >= 0
            assert quota.remaining == max(D(0), quota.limit - quota.used)
    labels = [quota.label for quota in usage.quotas]
    assert len(labels) == len(set(labels))


# ---- lengths, shares and meters


@pytest.mark.parametrize(
    ("entry", "hours", "label"),
    [
        ({"unit": 3, "number": 5}, 5, "5 hours"),
        ({"unit": 3, "number": 5}, 5.2, "5 hours"),
        ({"unit": 3, "number": 5}, 9, "Limit"),
        ({"unit": 3, "number": 5}, 100, "Limit"),
        ({"unit": 5, "number": 1}, 400, "Limit"),
        ({"unit": 5, "number": 300}, 2.5, "5 hours"),
        ({"unit": 1, "number": 1}, 30, "Limit"),
        ({"unit": 1, "number": 30}, 31 * 24, "30 days"),
        ({"unit": 6, "number": 1}, 168, "Weekly"),
        ({"unit": 6, "number": 1}, 240, "Limit"),
        ({"unit": 7, "number": 1}, 31 * 24, "Monthly"),
        ({"unit": 7, "number": 1}, 60 * 24, "Limit"),
        ({"unit": 6, "number": 1}, -3, "Weekly"),
    ],
)
def test_a_window_that_contradicts_its_reset_has_no_name(
    entry: dict[str, Any], hours: float, label: str
) -> None:
    ends = (NOW + timedelta(hours=hours)).timestamp() * 1000
    told = tokens(**entry, percentage=41, nextResetTime=int(ends))
    (quota,) = windows(told)
    assert quota.label == label
    assert label != "Limit" or quota.window is None
    assert (quota.used, quota.resets_at) == (D(41), at(hours))


def test_a_slow_clock_of_ours_is_no_contradiction() -> None:
    told = {"data": {"limits": [tokens(percentage=4, nextResetTime=int(at(9).timestamp() * 1000))]}}
    for date, label in (
        ("Mon, 05 Oct 2026 13:00:00 GMT", "5 hours"),
        ("Mon, 05 Oct 2026 09:00:00 GMT", "Limit"),
        ("yesterday", "Limit"),
    ):
        usage, _ = fetch("glm", INTL, CREDENTIAL, {LIMIT: answer(200, told, date=date)})
        assert usage.quotas[0].label == label


@given(st.permutations([(9, 2, 28), (9, 7, 3), (12, 1, 64), (3, 5, 11)]))
def test_windows_without_a_name_are_told_apart_whatever_their_order(
    order: list[tuple[int, int, int]],
) -> None:
    told = [tokens(unit=unit, number=number, percentage=used) for unit, number, used in order]
    assert [(quota.label, quota.used) for quota in windows(*told)] == [
        ("5 hours", D(11)),
        ("Limit", D(28)),
        ("Limit 2", D(3)),
        ("Limit 3", D(64)),
    ]


def test_two_windows_that_contradict_their_resets_are_told_apart() -> None:
    late = int(at(300).timestamp() * 1000)
    first, second = windows(
        tokens(percentage=12, nextResetTime=late),
        tokens(unit=6, number=1, percentage=70, nextResetTime=late),
    )
    assert [(q.label, q.used) for q in (first, second)] == [("Limit", D(12)), ("Limit 2", D(70))]
    assert in_language("zh", numbers.label, "Limit 2") == "限额 2"


def credits(**fields: Any) -> dict[str, Any]:
    return {**tokens(**fields), "type": "CREDIT_LIMIT"}


def test_a_window_told_alike_in_tokens_and_credits_is_one() -> None:
    counted = credits(usage=2000, currentValue=620, remaining=1380, percentage=31)
    for told in (
        (tokens(percentage=31), counted),
        (counted, tokens(percentage=30)),
        (tokens(percentage=31, nextResetTime=int(at(2).timestamp() * 1000)), counted),
        (counted, tokens(percentage="?")),
    ):
        (quota,) = windows(*told)
        assert (quota.label, quota.unit, quota.used) == ("5 hours", "credits", D(620))


def test_two_meters_of_one_window_say_what_they_count() -> None:
    found = windows(
        tokens(percentage=80), credits(percentage=12), tokens(unit=6, number=1, percentage=5)
    )
    assert [(quota.label, quota.used, quota.window) for quota in found] == [
        ("Credits · 5 hours", D(12), 18000),
        ("Tokens · 5 hours", D(80), 18000),
        ("Weekly", D(5), WEEK),
    ]
    assert {quota.role for quota in found} == {"binding"}
    assert in_language("en", numbers.short_label, "Tokens · 5 hours") == "Tokens 5h"
    assert in_language("zh", numbers.short_label, "Credits · 5 hours") == "积分 5 小时"


def test_two_meters_of_one_kind_are_numbered() -> None:
    found = windows(tokens(percentage=80), tokens(percentage=12))
    assert [quota.label for quota in found] == ["5 hours", "5 hours 2"]
    assert in_language("zh", numbers.label, "5 hours 2") == "5 小时 2"


@pytest.mark.parametrize("below", [-1, "-0.5", -0.001])
def test_a_share_below_zero_is_none_used(below: Any) -> None:
    assert windows(tokens(percentage=below)) == (share("5 hours", 0, 18000),)
    tool = {"type": "TIME_LIMIT", "unit": 5, "number": 1, "percentage": below}
    assert windows(tokens(percentage=1), tool)[1].used == 0


# ---- reset cards

CARDS = "GET api.z.ai/api/biz/customer-package-reset/list"


def card(expires: Any, available: Any = True) -> dict[str, Any]:
    return {"recordId": 1, "grantType": "DIRECT", "expireTime": expires, "available": available}


def with_cards(data: Any, account: Account = INTL) -> tuple[Usage, ScriptedClient]:
    told = answer(200, {"code": 200, "data": data, "success": True})
    host = "api.z.ai" if account is INTL else "open.bigmodel.cn"
    limit = LIMIT if account is INTL else CN_LIMIT
    path = "/api/biz/customer-package-reset/list"
    return fetch("glm", account, CREDENTIAL, {limit: BASE, f"GET {host}{path}": told})


def free(many: int) -> Quota:
    return Quota("Free resets", "resets", None, None, D(many), role="secondary")


def test_reset_cards_are_counted_with_the_day_the_first_one_lapses() -> None:
    usage, client = with_cards(
        {
            "fiveHourResets": [card("2026-12-20 23:59:59"), card("2026-11-02 23:59:59")],
            "weekResets": [card("2026-10-12 23:59:59"), card("2026-10-08 00:00:00", False)],
            "lastWeekResetTime": None,
        }
    )
    assert usage.quotas == (*PRO.quotas, free(3))
    assert usage.notice == Phrase(
        "free resets: 2 for 5 hours, 1 for the week; the first expires on 12 Oct 2026",
        "免费重置：5 小时额度 2 次、每周额度 1 次；最早一次将于 2026 年 10 月 12 日失效",
    )
    assert [one.url for one in client.asked if "reset" in one.url] == [
        "https://api.z.ai/api/biz/customer-package-reset/list?targetType=PERSONAL"
    ]
    assert {one.method for one in client.asked} == {"GET"}


def test_a_team_asks_for_the_cards_of_the_team() -> None:
    usage, client = with_cards({"weekResets": [card(None)]}, TEAM)
    assert free(1) in usage.quotas
    assert usage.notice == Phrase("free resets: 1 for the week", "免费重置：每周额度 1 次")
    assert any(one.url.endswith("reset/list?targetType=TEAM") for one in client.asked)


@pytest.mark.parametrize("used", [False, 0, "0", "false"])
def test_a_card_that_was_used_is_none(used: object) -> None:
    usage, _ = with_cards({"weekResets": [card(None, used), card(None, "1")]})
    assert free(1) in usage.quotas


@pytest.mark.parametrize(
    ("expires", "left"),
    [
        ("2026-10-05 16:59:59", 0),  # an hour ago at the site
        ("2026-10-05 17:30:00", 1),
        ("2026-10-05T10:00:00Z", 1),
        ("2026-10-05T08:00:00Z", 0),
        (1791194400000, 1),
        ("soon", 1),
        ("0001-01-01 00:00:00", 1),
        ("9999-12-31 23:59:59", 1),
    ],
)
def test_a_card_ends_on_the_clock_of_the_site(expires: Any, left: int) -> None:
    usage, _ = with_cards({"fiveHourResets": [card(expires)], "weekResets": "none"})
    assert usage.quotas[len(PRO.quotas) :] == ((free(left),) if left else ())


@given(st.recursive(JUNK, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["data", "fiveHourResets", "weekResets", "monthResets", "expireTime", "available"]), inner), max_leaves=12))  # fmt: skip
def test_odd_cards_cost_the_cards_only(told: Any) -> None:
    usage = glm.parse(answer(200, document(BASE)), {"cards": {"data": told}})
    assert usage.quotas[: len(PRO.quotas)] == PRO.quotas
    assert len(usage.quotas) <= len(PRO.quotas) + 1


# ---- over HTTP


def over_http(account: Account, key: str) -> Usage:
    async def whole() -> Usage:
        async with Client() as client:
            return await fetching.usage(client, account, Credential("api_key", KEYS[key].value))

    return asyncio.run(whole())


@pytest.mark.parametrize(("account", "key"), [(INTL, "glm-intl"), (CN, "glm-cn")])
def test_the_last_24_hours_are_asked_in_utc_8(world: StandIn, account: Account, key: str) -> None:
    told = {quota.label: quota.used for quota in over_http(account, key).quotas}
    assert (told["Tokens 24 h"], told["Calls 24 h"]) == (D(222500), D(17))


def refuses(form: str) -> Callable[[Request], Reply | None]:
    """Refuse a key in one form of the header: "Bearer" or "bare"."""

    def answered(request: Request) -> Reply | None:
        bare = request.bearer is None
        refused = Reply(body={"code": 401, "msg": "token expired or incorrect", "success": False})
        return refused if bare == (form == "bare") else None

    return answered


@pytest.mark.parametrize(
    ("account", "key", "host"),
    [(CN, "glm-cn", "open.bigmodel.cn"), (INTL, "glm-intl", "api.z.ai")],
)
@pytest.mark.parametrize("where", ["*", "/api/monitor/*"])
def test_a_key_that_is_taken_bare_only(
    world: StandIn, account: Account, key: str, host: str, where: str
) -> None:
    plain = over_http(account, key)
    world.reply(host, where, refuses("Bearer"))
    assert over_http(account, key) == plain
    assert plain.plan
    begun = len(world.requests)
    world.reply(host, where, refuses("bare"))
    with pytest.raises(CredentialRejected):
        over_http(account, key)
    forms = [one.bearer is None for one in world.requests[begun:] if "quota/limit" in one.path]
    assert sorted(forms) == [False, True]


def test_a_key_that_is_taken_as_bearer_only_is_asked_once(world: StandIn) -> None:
    world.reply("api.z.ai", "*", refuses("bare"))
    assert over_http(INTL, "glm-intl").plan == "GLM Coding Pro"
    assert all(one.bearer for one in world.requests)
    assert all(one.method == "GET" and not one.path.endswith("/use") for one in world.requests)


LIMIT_PATH = "api.z.ai/api/monitor/usage/quota/limit"
CARDS_PATH = "api.z.ai/api/biz/customer-package-reset/list"


def test_free_resets_are_shown_when_a_window_is_used_up(world: StandIn) -> None:
    now = world.world.clock.now()
    spent = [
        tokens(percentage=100, nextResetTime=(now + HOUR) * 1000),
        tokens(unit=6, number=1, percentage=30, nextResetTime=(now + DAY) * 1000),
    ]
    ends = datetime.fromtimestamp(now + 3 * DAY, timezone(timedelta(hours=8)))
    cards = {"fiveHourResets": [card(f"{ends:%Y-%m-%d %H:%M:%S}")], "weekResets": [card("soon")]}
    shown = played(
        world,
        "glm-intl",
        {
            LIMIT_PATH: Reply(body={"code": 200, "data": {"limits": spent}}),
            CARDS_PATH: Reply(body={"code": 200, "data": cards}),
        },
    )
    told = {quota["label"]: quota["remaining"] for quota in shown.json["quotas"]}
    assert (told["5 hours"], told["Weekly"], told["Free resets"]) == (0, 70, 2)
    assert shown.json["level"] == "critical"
    day = f"{ends.astimezone():%d %b %Y}".lstrip("0")
    assert shown.json["notice"].startswith(
        f"free resets: 1 for 5 hours, 1 for the week; the first expires on {day}"
    )


@pytest.mark.parametrize("status", [429, 500, 404])
def test_optional_pages_that_fail_cost_nothing(world: StandIn, status: int) -> None:
    for path in ("/api/biz/*", "/api/monitor/usage/*-usage"):
        world.reply("api.z.ai", path, Reply(status, {"code": status}))
    shown = played(world, "glm-intl", {})
    assert shown.failure == ""
    assert [q["label"] for q in shown.json["quotas"]] == ["5 hours", "Weekly", "MCP tools"]


def test_an_account_in_debt_is_blocked_and_never_recommended(world: StandIn) -> None:
    report = Reply(body={"code": 200, "data": {"availableBalance": -7.5}})
    path = "www.bigmodel.cn/api/biz/account/query-customer-account-report"
    shown = played(world, "glm-no-plan-cn", {path: report})
    assert shown.json["blocked"] == {
        "kind": "payment",
        "reason": "money is owed: top up",
        "until": None,
    }
    assert shown.json["balances"][0]["available"] == -7.5
    assert shown.line.count("owed") == 1
    assert not shown.is_recommended


@dataclass
class Remembers(ScriptedClient):
    """Keeps pages, as the client of a refresh does."""

    pages: dict[str, Any] = field(default_factory=dict)


WITH_PLAN = {LIMIT: BASE, PLANS: "glm/subscription_list.pro_monthly.json"}


def asks_for_the_plan(kept: dict[str, Any], answers: Mapping[str, Any]) -> tuple[bool, Usage]:
    client = Remembers(answers, pages=kept)
    usage = asyncio.run(glm.fetch(client, INTL, CREDENTIAL))
    return any("subscription/list" in one.url for one in client.asked), usage


def test_the_plan_is_asked_once_and_told_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glm, "utc_now", lambda: NOW)
    kept: dict[str, Any] = {}
    first, usage = asks_for_the_plan(kept, WITH_PLAN)
    assert (first, asks_for_the_plan(kept, WITH_PLAN)) == (True, (False, usage))


def test_another_plan_is_asked_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glm, "utc_now", lambda: NOW)
    kept: dict[str, Any] = {}
    asks_for_the_plan(kept, WITH_PLAN)
    assert kept["plan "] == "pro"
    kept["plan "] = "another"
    assert asks_for_the_plan(kept, WITH_PLAN)[0]
    assert not asks_for_the_plan(kept, WITH_PLAN)[0]


def test_the_day_of_the_renewal_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}
    asks_for_the_plan(kept, WITH_PLAN)
    (told,) = [page for name, page in kept.items() if name.startswith("plans")]
    day = plan.renewal_day(plan.current(told))
    assert day is not None
    for now, is_asked in ((day - timedelta(seconds=1), False), (day, True)):
        monkeypatch.setattr(glm, "utc_now", lambda now=now: now)
        assert asks_for_the_plan(kept, WITH_PLAN)[0] is is_asked


def test_a_plan_that_did_not_come_is_asked_for_again() -> None:
    kept: dict[str, Any] = {}
    for _ in range(2):
        assert asks_for_the_plan(kept, {LIMIT: BASE})[0]
