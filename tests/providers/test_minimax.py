from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.played import Played, played
from tests.profiles import scaled
from tests.providers.contract import (
    JUNK,
    NOW,
    Case,
    ProviderContract,
    ScriptedClient,
    answer,
    document,
    mutated,
    shape_of,
)
from tests.providers.contract import fetch as run
from tests.said import Phrase, both, english
from tests.standin import Reply, StandIn
from workflow.display.row import row_of
from workflow.errors import (
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    RateLimited,
    UnexpectedResponse,
    Unreachable,
    UsageError,
)
from workflow.models import Account, Balance, Credential, Quota, Usage, WorkBlocked
from workflow.provider import calls
from workflow.provider.answer import Answer
from workflow.providers import minimax

PLAN = "GET api.minimax.io/v1/token_plan/remains"
OLDER = "GET api.minimax.io/v1/api/openplatform/coding_plan/remains"
MONEY = "GET api.minimax.io/account/query_balance"
CN_PLAN = "GET api.minimaxi.com/v1/token_plan/remains"
CN_MONEY = "GET api.minimaxi.com/account/query_balance"

INTL = Account("m1", "minimax", "Work", region="intl")
CN = Account("m2", "minimax", "Work", region="cn")
PLAN_KEY = Credential("api_key", "sk-cp-canary0123456789")
MONEY_KEY = Credential("api_key", "sk-api-canary0123456789")

D = Decimal
FIVE_HOURS, DAY, WEEK = 18000, 86400, 604800
SOON, TONIGHT, MONDAY = (NOW + timedelta(hours=h) for h in (3, 15, 96))
UNREAD = {"minimax/combo_metadata_cookie_only.json": "needs a console cookie; no API key gets it"}
NO_PLAN = Phrase("no active Token Plan", "没有生效的 Token Plan")


def percent(
    label: str, used: int, window: int | None, resets_at: datetime | None, **more: Any
) -> Quota:
    whole = Decimal(100)
    return Quota(label, "%", Decimal(used), whole, whole - used, window, resets_at, **more)


def requests(
    label: str,
    used: int,
    limit: int,
    window: int | None,
    resets_at: datetime | None,
    **more: Any,
) -> Quota:
    told = Decimal(used), Decimal(limit), Decimal(limit - used)
    return Quota(label, "requests", *told, window, resets_at, **more)


def five_hours(used: int, **more: Any) -> Quota:
    return percent("5 hours", used, FIVE_HOURS, SOON, **more)


def weekly(used: int) -> Quota:
    return percent("Weekly", used, WEEK, MONDAY)


def money(available: str, unit: str = "USD", granted: str = "0", **more: Any) -> Balance:
    return Balance(Decimal(available), unit, Decimal(granted), **more)


POINTS = Balance(Decimal(2500), "credits")
RESERVE = Balance(Decimal(2500), "credits", role="reserve")
OWED = WorkBlocked("payment", Phrase("money is owed, pay it to continue", "已欠费，付清后恢复"))


def plan(sample: str, expect: object, account: Account = INTL) -> Case:
    route = PLAN if account is INTL else CN_PLAN
    return Case(sample, {route: f"minimax/{sample}"}, expect, account)  # type: ignore[arg-type]


def older(sample: str, expect: object) -> Case:
    answers: dict[str, Any] = {PLAN: "minimax/http_404.json", OLDER: f"minimax/{sample}"}
    return Case(sample, answers, expect)  # type: ignore[arg-type]


def balance(sample: str, expect: object, account: Account = INTL) -> Case:
    intl = account is INTL
    answers: dict[str, Any] = {
        MONEY if intl else CN_MONEY: f"minimax/{sample}",
        PLAN if intl else CN_PLAN: "minimax/token_plan.no_plan_2062.json",
    }
    return Case(sample, answers, expect, account, MONEY_KEY)  # type: ignore[arg-type]


class TestMiniMax(ProviderContract):
    provider = "minimax"
    account = INTL
    credential = PLAN_KEY
    main = PLAN
    unread = UNREAD
    cases = (
        plan("token_plan.percent_plus.json", Usage((five_hours(27), weekly(42))), CN),
        plan(
            "token_plan.percent_max_with_video.json",
            Usage(
                (
                    five_hours(9),
                    weekly(36),
                    requests("Video", 3, 5, DAY, TONIGHT, role="secondary"),
                    requests("Video weekly", 3, 25, WEEK, MONDAY, role="secondary"),
                )
            ),
            CN,
        ),
        plan(
            "token_plan.exhausted_status2.json",
            Usage((five_hours(100, alert=True), weekly(83))),
        ),
        plan(
            "token_plan.boosted_weekly_unlimited.json",
            Usage(
                (
                    five_hours(18),
                    Quota("Weekly", "%", None, None, None, WEEK, unlimited=True),
                ),
                notice=Phrase("quota boosted: 5 hours ×2", "额度加成：5 小时 ×2"),
            ),
        ),
        plan(
            "token_plan.boosted_other_name.json",
            Usage(
                (five_hours(18), weekly(30)),
                notice=Phrase(
                    "quota boosted: 5 hours ×2, weekly ×1.5", "额度加成：5 小时 ×2，每周 ×1.5"
                ),
            ),
        ),
        plan(
            "token_plan.only_remains_time.json",
            Usage(
                (
                    percent("5 hours", 34, None, NOW + timedelta(minutes=90)),
                    percent("Weekly", 59, WEEK, NOW + timedelta(days=3)),
                )
            ),
        ),
        plan(
            "token_plan.counts_without_percent.json",
            Usage(
                (
                    requests("5 hours", 3888, 4500, FIVE_HOURS, SOON, estimated=True),
                    requests("Weekly", 39880, 45000, WEEK, MONDAY, estimated=True),
                    requests("Speech", 9000, 9000, DAY, TONIGHT, estimated=True, role="secondary"),
                    requests(
                        "Speech weekly",
                        63000,
                        63000,
                        WEEK,
                        MONDAY,
                        estimated=True,
                        role="secondary",
                    ),
                    requests("Image", 100, 100, DAY, TONIGHT, estimated=True, role="secondary"),
                    requests(
                        "Image weekly", 700, 700, WEEK, MONDAY, estimated=True, role="secondary"
                    ),
                ),
                plan="Plus",
            ),
        ),
        plan(
            "token_plan.percent_with_used_counts.json",
            Usage(
                (
                    requests("5 hours", 400, 2000, FIVE_HOURS, SOON),
                    requests("Weekly", 2000, 20000, WEEK, MONDAY),
                )
            ),
        ),
        plan(
            "token_plan.percent_with_remaining_counts.json",
            Usage(
                (
                    requests("5 hours", 400, 2000, FIVE_HOURS, SOON),
                    requests("Weekly", 2000, 20000, WEEK, MONDAY),
                )
            ),
        ),
        plan(
            "token_plan.percent_contradicts_counts.json",
            Usage((five_hours(60), weekly(10))),
        ),
        plan("token_plan.no_plan_2062.json", "not_available"),
        plan(
            "token_plan.no_plan_2062_points.json",
            Usage(balances=(POINTS,), notice=NO_PLAN),
        ),
        older(
            "coding_plan.counts_remaining_semantics.json",
            Usage((requests("5 hours", 240, 1500, FIVE_HOURS, SOON),), plan="Starter"),
        ),
        older(
            "coding_plan.weekly_counts.json",
            Usage(
                (
                    requests("5 hours", 1350, 4500, FIVE_HOURS, SOON),
                    requests("Weekly", 6750, 45000, WEEK, MONDAY),
                    requests("Speech", 0, 9000, DAY, TONIGHT, role="secondary"),
                    requests("Speech weekly", 0, 63000, WEEK, MONDAY, role="secondary"),
                ),
                plan="Plus",
            ),
        ),
        older(
            "coding_plan.data_wrapper_strings.json",
            Usage(
                (requests("5 hours", 3000, 15000, FIVE_HOURS, SOON),),
                balances=(RESERVE,),
                plan="Max",
            ),
        ),
        older(
            "coding_plan.camel_case.json",
            Usage((requests("5 hours", 75, 300, None, NOW + timedelta(hours=2)),)),
        ),
        older(
            "coding_plan.epoch_seconds.json",
            Usage((requests("5 hours", 450, 4500, FIVE_HOURS, SOON),), plan="Plus"),
        ),
        balance(
            "query_balance.payg_global.json",
            Usage(balances=(money("23.71", granted="5"),)),
        ),
        balance(
            "query_balance.payg_cn_low.json",
            Usage(balances=(money("3.20", "CNY", low=True),)),
            CN,
        ),
        balance(
            "query_balance.owed.json",
            Usage(balances=(money("-1.35"),), blocked=OWED),
        ),
        balance("query_balance.zero.json", Usage(balances=(money("0"),))),
        balance("query_balance.data_wrapper.json", Usage(balances=(money("8.5"),))),
        Case(
            "query_balance.error_1004.json",
            {
                MONEY: "minimax/query_balance.error_1004.json",
                PLAN: "minimax/error_2049_invalid_key.json",
            },
            "credential_rejected",
            credential=MONEY_KEY,
        ),
        Case(
            "no money, but a plan",
            {
                MONEY: "minimax/query_balance.zero.json",
                PLAN: "minimax/token_plan.percent_plus.json",
            },
            Usage((five_hours(27), weekly(42)), balances=(money("0", role="reserve"),)),
            credential=MONEY_KEY,
        ),
        Case(
            "money and points",
            {
                MONEY: "minimax/query_balance.payg_global.json",
                PLAN: "minimax/token_plan.no_plan_2062_points.json",
            },
            Usage(balances=(money("23.71", granted="5"), RESERVE)),
            credential=MONEY_KEY,
        ),
        plan("empty_model_remains.json", "not_available"),
        plan("error_2049_invalid_key.json", "credential_rejected"),
        older("error_1004_not_authorized.json", "credential_rejected"),
        plan("error_1004_cookie_missing.json", "credential_rejected"),
        plan("error_flat_1004.json", "credential_rejected"),
        plan("error_1002_rate_limit.json", "rate_limited"),
        plan("error_1008_insufficient_balance.json", "not_available"),
        plan("error_2056_usage_limit.json", "rate_limited"),
        plan("error_1000_unknown.json", "provider_failed"),
        plan("http_401.json", "credential_rejected"),
        plan("http_403_cloudflare.html", "blocked"),
    )


def row(**fields: Any) -> dict[str, Any]:
    return {"model_name": "general", "current_interval_remaining_percent": 70, **fields}


def read(*rows: Mapping[str, Any], region: str = "intl", **fields: Any) -> Usage:
    return minimax.parse_plan({"model_remains": list(rows), **fields}, NOW, region)


def test_a_row_may_name_its_model_otherwise_or_not_at_all() -> None:
    general = {"model": "General", "current_interval_remaining_percent": 60}
    video = {"model": "video", "current_interval_remaining_percent": 90}
    odd = {"model_name": "\u0007", "current_interval_remaining_percent": 50}
    labels = [quota.label for quota in read(video, general).quotas]
    assert labels == ["5 hours", "Video"]
    assert [quota.used for quota in read(row(), odd).quotas] == [30, 50]
    assert [quota.label for quota in read(row(), odd).quotas] == ["5 hours", "Other"]


def test_an_unlimited_row_with_a_total_is_in_the_plan() -> None:
    lanes = {"current_interval_status": 3, "current_weekly_status": 3}
    (interval, weekly) = read(row(**lanes, current_interval_total_count=1500)).quotas
    assert interval.unlimited
    assert weekly.unlimited


def test_what_is_left_of_a_week_may_have_a_short_name() -> None:
    week = row(current_weekly_total_count=100, weekly_remains_count=40)
    assert read(week).quotas[1].used == 60


def test_a_boost_of_the_week_alone_is_said() -> None:
    usage = read(row(weekly_boost_permille=1500))
    assert english(usage.notice) == "quota boosted: weekly ×1.5"


@pytest.mark.parametrize(
    ("permille", "said"),
    [(1000, None), (1001, "×1.001"), (100_000, "×100"), (100_001, None), (1500, "×1.5")],
)
def test_a_boost_is_told_within_reason(permille: int, said: str | None) -> None:
    notice = read(row(interval_boost_permille=permille)).notice
    assert english(notice) == (f"quota boosted: 5 hours {said}" if said else "")
    whole = read(row(interval_boost_permille=permille, weekly_boost_permill=2000)).notice
    assert english(whole).startswith("quota boosted: ")
    assert english(whole).endswith("weekly ×2")


@pytest.mark.parametrize(
    ("region", "total", "name"),
    [
        ("intl", 1500, "Starter"), ("intl", 4500, "Plus"), ("intl", 15000, "Max"), ("intl", 30000, "Ultra-HS"),
        ("cn", 600, "Starter"), ("cn", 1500, "Plus"), ("cn", 4500, "Max"), ("cn", 4501, None),
    ],
)  # fmt: skip
def test_a_plan_without_a_name_is_known_by_its_size(
    region: str, total: int, name: str | None
) -> None:
    assert read(row(current_interval_total_count=total), region=region).plan == name
    other = {"model_name": "video", "current_interval_total_count": total}
    assert read({**row(), **other}, region=region).plan is None


@pytest.mark.parametrize(
    ("fields", "plan"),
    [
        ({"current_subscribe_title": "MiniMax Coding Plan Plus", "plan": "no"}, "Plus"),
        ({"plan_name": "Token Plan: Token Plan", "plan": "no"}, "Token Plan"),
        ({"plan": "Max coding plan", "combo_title": "no"}, "Max coding plan"),
        ({"combo_title": "Max", "current_plan_title": "no"}, "Max"),
        ({"current_plan_title": "minimax", "current_combo_card": {"title": "no"}}, "minimax"),
        ({"current_combo_card": {"title": "MiniMax · Max"}}, "Max"),
    ],
)
def test_a_plan_has_its_name_without_the_vendor(fields: dict[str, Any], plan: str) -> None:
    assert read(row(current_interval_total_count=1500), **fields).plan == plan


def test_points_may_be_called_credit() -> None:
    assert read(row(), credit_balance=5).balances == (Balance(D(5), "credits", role="reserve"),)
    assert read(credit_balance=5).balances == (Balance(D(5), "credits"),)
    with pytest.raises(NotAvailable, match="no quota data"):
        read(credit_balance=0)


@pytest.mark.parametrize(
    ("fields", "balance", "said"),
    [
        ({"available_amount": "0.5", "owed_amount": 3}, Balance(D("0.5"), "USD"), "$3.00 is owed"),
        ({"available_amount": 0, "owed_amount": 3}, Balance(D(-3), "USD"), ""),
        ({"available_amount": -4, "owed_amount": 3}, Balance(D(-4), "USD"), ""),
        ({"available_amount": 0, "owed_amount": 0}, Balance(D(0), "USD"), ""),
        ({"available_amount": 5, "owed_amount": 3, "credit_balance": 2}, Balance(D(5), "USD"), "$3.00 is owed; credit balance 2"),
        ({"available_amount": 5, "balance_alert_threshold": 5, "balance_alert_switch": True}, Balance(D(5), "USD"), ""),
        ({"available_amount": 4, "balance_alert_threshold": 5, "balance_alert_switch": False}, Balance(D(4), "USD"), ""),
        *(({"available_amount": 4, "balance_alert_threshold": 5, "balance_alert_switch": on}, Balance(D(4), "USD", low=True), "") for on in (True, "true", "1")),
    ],
)  # fmt: skip
def test_money_is_what_is_left_and_what_is_owed(
    fields: dict[str, Any], balance: Balance, said: str
) -> None:
    usage = minimax.parse_balance(fields, "intl")
    assert usage.balances == (balance,)
    assert english(usage.notice) == said
    assert (usage.blocked is not None) == (balance.available < 0)


def test_an_answer_without_rows_is_not_understood() -> None:
    with pytest.raises(UnexpectedResponse):
        minimax.parse_plan({"plan": "Max"}, NOW, "intl")


def refusal(code: object, said: str = "no") -> Answer:
    return answer(200, {"base_resp": {"status_code": code, "status_msg": said}})


def hosts(client: ScriptedClient) -> list[str | None]:
    return [urlsplit(asked.url).hostname for asked in client.asked]


def paths(client: ScriptedClient) -> list[str]:
    return [urlsplit(asked.url).path for asked in client.asked]


# Where the key goes


@pytest.mark.parametrize("credential", [PLAN_KEY, MONEY_KEY])
@pytest.mark.parametrize(
    ("region", "host"),
    [("intl", "api.minimax.io"), ("cn", "api.minimaxi.com"), ("", "api.minimax.io")],
)
@pytest.mark.parametrize("told", ["good", "refused"])
def test_a_key_goes_only_to_the_host_of_its_region(
    told: str, region: str, host: str, credential: Credential
) -> None:
    good = answer(200, {"model_remains": [row()], "available_amount": "1"})
    reply = good if told == "good" else refusal(1004)
    table = {f"GET {host}{path}": reply for path in ("/v1/token_plan/remains",)}
    account = Account("m3", "minimax", "Work", region=region)
    client = ScriptedClient({**table, f"GET {host}/account/query_balance": reply})
    with contextlib.suppress(UsageError):
        asyncio.run(minimax.fetch(client, account, credential))
    assert client.asked
    assert set(hosts(client)) == {host}
    assert all(
        asked.headers["Authorization"] == f"Bearer {credential.secret}" for asked in client.asked
    )


@pytest.mark.parametrize("secret", ["sk-cp-a1b2c3", "sk-" + "a1" * 24, "eyJh.eyJi.c2ln"])
def test_any_key_but_a_pay_as_you_go_one_asks_for_the_plan(secret: str) -> None:
    credential = Credential("api_key", secret)
    _, client = run("minimax", INTL, credential, {PLAN: "minimax/token_plan.percent_plus.json"})
    assert paths(client) == ["/v1/token_plan/remains"]


@pytest.mark.parametrize(
    ("secret", "sure"),
    [
        ("sk-cp-a1b2c3", True),
        ("sk-api-a1b2c3", True),
        ("eyJh.eyJi.c2ln", False),
        ("sk-" + "a1" * 24, False),
        ("sk-proj-" + "a1" * 24, None),
        ("sk-kimi-" + "a1" * 24, None),
        ("tvly-dev-a1b2c3", None),
    ],
)
def test_keys_are_recognised(secret: str, sure: bool | None) -> None:
    shape = shape_of(minimax.PROVIDER, secret)
    assert (shape.sure if shape else None) is sure


# The older path


@pytest.mark.parametrize(
    "reply",
    [
        answer(404, {"error": "404 page not found"}),
        answer(405, ""),
        refusal(1004),
        refusal("1004"),
        answer(401, {"status_code": 1004}),
        answer(200, "not json"),
        answer(200, {}),
        answer(200, {"model_remains": [], "base_resp": {"status_code": 0}}),
        answer(200, {"model_remains": [{"model_name": "general"}]}),
    ],
)
def test_the_older_path_is_asked_when_the_new_one_knows_nothing(reply: Answer) -> None:
    older_reply = "minimax/coding_plan.epoch_seconds.json"
    usage, client = run("minimax", INTL, PLAN_KEY, {PLAN: reply, OLDER: older_reply})
    assert usage.quotas == (requests("5 hours", 450, 4500, FIVE_HOURS, SOON),)
    assert len(client.asked) == 2


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal(2049), CredentialRejected),
        (refusal(1007), CredentialRejected),
        (refusal(1002), RateLimited),
        (refusal(2056), RateLimited),
        (refusal(2062), NotAvailable),
        (refusal(1008), NotAvailable),
        (refusal(2057), NotAvailable),
        (refusal(2061), NotAvailable),
        *((refusal(code), ProviderFailed) for code in (1000, 1001, 1013, 1024, 1033)),
        (refusal(1039), RateLimited),
        (refusal(4711), UnexpectedResponse),
        (answer(401, ""), CredentialRejected),
        (answer(403, {"error": "no"}), CredentialRejected),
        (answer(400, {"error": "no"}), UnexpectedResponse),
        (answer(500, ""), ProviderFailed),
    ],
)
def test_the_older_path_is_asked_only_then(reply: Answer, kind: type) -> None:
    client = ScriptedClient({PLAN: reply, OLDER: "minimax/coding_plan.epoch_seconds.json"})
    with pytest.raises(kind):
        asyncio.run(minimax.fetch(client, INTL, PLAN_KEY))
    assert len(client.asked) == 1


@pytest.mark.parametrize(
    ("new", "old", "kind"),
    [
        (refusal(1004), refusal(1004), CredentialRejected),
        (refusal(1004), answer(404, ""), CredentialRejected),
        (refusal(1004), refusal(2062), NotAvailable),
        (refusal(1004), answer(500, ""), ProviderFailed),
        (answer(404, ""), refusal(2049), CredentialRejected),
        (answer(404, ""), answer(404, ""), UnexpectedResponse),
        (answer(200, {"model_remains": []}), refusal(1004), NotAvailable),
    ],
)
def test_of_two_failures_the_one_that_knows_more_is_told(
    new: Answer, old: Answer, kind: type
) -> None:
    with pytest.raises(kind):
        run("minimax", INTL, PLAN_KEY, {PLAN: new, OLDER: old})


def test_what_remains_is_counted_from_the_answer_that_came() -> None:
    told = answer(200, {"model_remains": [row(remains_time=60_000)]})
    usage, _ = run("minimax", INTL, PLAN_KEY, {PLAN: answer(404, ""), OLDER: told})
    assert usage.quotas[0].resets_at == NOW + timedelta(minutes=1)


# Errors


@pytest.mark.parametrize("place", ["root", "base_resp", "baseResp", "data", "data.base_resp"])
def test_a_code_is_found_wherever_it_stands(place: str) -> None:
    code = {"status_code": "2049", "status_msg": "invalid api key"}
    if place == "baseResp":
        code = {"statusCode": "2049", "statusMsg": "invalid api key"}
    told: dict[str, Any] = {"model_remains": [row()], **(code if place == "root" else {})}
    if place == "data.base_resp":
        told["data"] = {"base_resp": code}
    elif place != "root":
        told[place] = code
    with pytest.raises(CredentialRejected):
        run("minimax", INTL, PLAN_KEY, {PLAN: answer(200, told)})


def test_1001_is_read_by_its_words() -> None:
    with pytest.raises(CredentialRejected):
        run("minimax", INTL, PLAN_KEY, {PLAN: refusal(1001, "Invalid API key")})
    with pytest.raises(ProviderFailed):
        run("minimax", INTL, PLAN_KEY, {PLAN: refusal(1001, "request timeout")})


def test_a_refused_key_may_belong_to_the_other_region() -> None:
    for reply in (refusal(2049), answer(401, "")):
        with pytest.raises(CredentialRejected) as caught:
            run("minimax", INTL, PLAN_KEY, {PLAN: reply})
        assert "other region" in both(caught.value.message)[0]
        assert "另一站点" in both(caught.value.message)[1]


def test_a_spent_plan_says_so() -> None:
    for code in (1028, 1030, 2056):
        with pytest.raises(RateLimited) as caught:
            run("minimax", INTL, PLAN_KEY, {PLAN: refusal(code)})
        assert "limit of this plan" in both(caught.value.message)[0]


def test_retry_after_beside_a_code_is_remembered() -> None:
    reply = answer(429, {"base_resp": {"status_code": 1002}}, retry_after="60")
    with pytest.raises(RateLimited) as caught:
        run("minimax", INTL, PLAN_KEY, {PLAN: reply})
    assert caught.value.retry_at == NOW + timedelta(seconds=60)


UNKNOWN = [
    (refusal(4711, "quota service is moving"), "code 4711 (“quota service is moving”)"),
    (refusal("3902", "套餐接口已下线"), "code 3902 (“套餐接口已下线”)"),
    (refusal(4711, f"bad {PLAN_KEY.secret}"), "code 4711 (“bad •••”)"),
    (answer(200, {"status_code": 77, "status_msg": "flat"}), "code 77 (“flat”)"),
    (answer(200, {"baseResp": {"statusCode": 77, "statusMsg": "humps"}}), "code 77 (“humps”)"),
    (answer(400, {"base_resp": {"status_code": 77}}), "code 77,"),
    (answer(418, {"message": "teapot"}), "HTTP 418 (“teapot”)"),
]


@pytest.mark.parametrize(("told", "said"), UNKNOWN)
def test_an_unknown_code_is_quoted_without_the_key(told: Answer, said: str) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        run("minimax", INTL, PLAN_KEY, {PLAN: told, OLDER: told})
    assert said in both(caught.value.message)[0]
    assert PLAN_KEY.secret not in "".join(both(caught.value.message))


@pytest.mark.parametrize(
    ("status", "kind"), [(401, CredentialRejected), (429, RateLimited), (503, ProviderFailed)]
)
def test_an_unknown_code_beside_a_status_is_what_that_means(
    status: int, kind: type[UsageError]
) -> None:
    told = answer(status, {"base_resp": {"status_code": 4711, "status_msg": "token is paused"}})
    with pytest.raises(kind) as caught:
        run("minimax", INTL, PLAN_KEY, {PLAN: told})
    if status == 401:
        assert (
            "(“token is paused”); it may belong to the other region"
            in both(caught.value.message)[0]
        )


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("invalid api key", "does not accept this key; it may belong"),
        ("your account has been banned", "deactivated (“your account has been banned”); contact"),
        ("该账号已停用", "the account of this key is deactivated; contact"),
        ("账户已被封禁", "deactivated (“账户已被封禁”); contact"),
        ("", "does not accept this key; it may belong"),
    ],
)
def test_a_refusal_is_read_before_it_is_explained(status: int, said: str, words: str) -> None:
    told = {"type": "error", "error": {"type": "authentication_error", "message": said}}
    with pytest.raises(CredentialRejected) as caught:
        run("minimax", INTL, PLAN_KEY, {PLAN: answer(status, told)})
    assert words in both(caught.value.message)[0]


# Played over HTTP


def plays(world: StandIn, key: str, language: str = "en", **told: Any) -> Played:
    """Make the answers; ``plan`` and ``money`` are the bodies of the two pages."""
    pages = {"plan": PLAN, "money": MONEY}
    routes = {pages[name].partition(" ")[2]: Reply(200, body) for name, body in told.items()}
    return played(world, key, routes, language)


SAID_2057 = ["not coding plan token", "not token plan token", "该 Key 不是套餐 Key"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("said", SAID_2057)
def test_a_key_that_is_no_plan_key(said: str, language: str, world: StandIn) -> None:
    body = {"base_resp": {"status_code": 2057, "status_msg": said}}
    failure = plays(world, "minimax-plan-intl", language, plan=body).json["failure"]
    assert failure["kind"] == "not_available"
    wanted = {
        "en": (
            "valid but is not a plan key",
            "Subscription Key (sk-cp-…)",
            "pay-as-you-go key (sk-api-",
        ),
        "zh": ("Key 有效，但不是套餐 Key", "Token Plan Key（sk-cp-…）", "按量付费 Key（sk-api-…）"),
    }
    assert all(words in failure["message"] for words in wanted[language])
    assert "update" not in failure["message"]


def test_a_key_without_a_plan_still_shows_its_money(world: StandIn) -> None:
    body = {"base_resp": {"status_code": 2057, "status_msg": "not coding plan token"}}
    told = plays(world, "minimax-payg-intl", plan=body).json
    assert (told["failure"], told["level"]) == (None, "plenty")
    (balance,) = told["balances"]
    told_of_it = {"available": 23.71, "unit": "USD", "granted": 5, "role": "binding"}
    assert told_of_it.items() <= balance.items()


def wallet(available: str, owed: str = "0.00") -> dict[str, Any]:
    return {
        "available_amount": available,
        "voucher_balance": "0.00",
        "owed_amount": owed,
        "base_resp": {"status_code": 0, "status_msg": "success"},
    }


@pytest.mark.parametrize(("available", "owed"), [("0.00", "0.00"), ("-0.40", "0.40")])
def test_no_money_beside_a_plan_with_room_is_no_alarm(
    available: str, owed: str, world: StandIn
) -> None:
    shown = plays(world, "minimax-payg-plan-intl", money=wallet(available, owed))
    told = shown.json
    assert (told["level"], told["reason"], told["blocked"]) == ("plenty", None, None)
    assert [balance["role"] for balance in told["balances"]] == ["reserve"]
    assert told["notice"] == ("$0.40 is owed" if owed == "0.40" else None)
    assert shown.is_recommended


def test_money_behind_a_plan_that_is_used_up(world: StandIn) -> None:
    spent = {
        "model_remains": [row(current_interval_status=2, current_interval_remaining_percent=0)],
        "points_balance": "900",
    }
    shown = plays(world, "minimax-payg-plan-intl", plan=spent, money=wallet("7.20"))
    assert (shown.json["level"], shown.json["blocked"]) == ("low", None)
    assert shown.json["reason"] == "5h is used up, now on the balance"
    assert [b["role"] for b in shown.json["balances"]] == ["reserve", "reserve"]
    broke = plays(world, "minimax-plan-intl", plan=dict(spent, points_balance="0"))
    assert row_of(broke.state, broke.account).level == "critical"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_money_that_is_owed_refuses_work(language: str, world: StandIn) -> None:
    owing = plays(world, "minimax-payg-intl", language, money=wallet("0", "12.5"))
    told = owing.json
    reason = {"en": "money is owed, pay it to continue", "zh": "已欠费，付清后恢复"}[language]
    assert told["blocked"] == {"kind": "payment", "reason": reason, "until": None}
    assert (told["level"], told["failure"], told["notice"]) == ("critical", None, None)
    assert told["balances"][0]["available"] == -12.5
    assert owing.line.count(reason) == 1


# Pay-as-you-go and a plan together


class Waiting(ScriptedClient):
    """Answers only when both requests have arrived."""

    async def get(self, url: str, **more: Any) -> Answer:
        found = await super().get(url, **more)
        while len(self.asked) < 2:
            await asyncio.sleep(0)
        return found


class Hanging(ScriptedClient):
    """Never answers at one path."""

    path = ""

    async def get(self, url: str, **more: Any) -> Answer:
        found = await super().get(url, **more)
        if urlsplit(url).path == self.path:
            await asyncio.sleep(3600)
        return found


BOTH = {
    MONEY: "minimax/query_balance.payg_global.json",
    PLAN: "minimax/token_plan.percent_plus.json",
}
DOLLARS = (money("23.71", granted="5"),)
BEHIND = (money("23.71", granted="5", role="reserve"),)
ODD = [
    refusal(1004),
    refusal(2062),
    answer(404, ""),
    answer(500, ""),
    answer(429, ""),
    answer(200, "<html>"),
    answer(200, []),
    answer(200, {}),
    answer(200, {"available_amount": True, "model_remains": "none"}),
    answer(200, {"available_amount": "", "model_remains": [7, {"model_name": []}]}),
]


def test_both_are_asked_at_once() -> None:
    client = Waiting(BOTH)
    usage = asyncio.run(asyncio.wait_for(minimax.fetch(client, INTL, MONEY_KEY), 5))
    assert usage == Usage((five_hours(27), weekly(42)), BEHIND)


@pytest.mark.parametrize("odd", ODD)
def test_one_of_both_is_enough(odd: Answer) -> None:
    usage, _ = run("minimax", INTL, MONEY_KEY, {**BOTH, PLAN: odd})
    assert usage == Usage(balances=DOLLARS)
    usage, _ = run("minimax", INTL, MONEY_KEY, {**BOTH, MONEY: odd})
    assert usage == Usage((five_hours(27), weekly(42)))


def test_what_both_say_is_said() -> None:
    told = answer(200, {"available_amount": 5, "credit_balance": 2})
    boosted = answer(200, {"model_remains": [row(interval_boost_permille=1500)]})
    usage, _ = run("minimax", INTL, MONEY_KEY, {MONEY: told, PLAN: boosted})
    assert english(usage.notice) == "credit balance 2; quota boosted: 5 hours ×1.5"


@pytest.mark.parametrize(
    ("path", "expect"),
    [
        ("/v1/token_plan/remains", Usage(balances=DOLLARS)),
        ("/account/query_balance", Usage((five_hours(27), weekly(42)))),
    ],
)
def test_one_that_hangs_is_not_waited_for(
    path: str, expect: Usage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "OPTIONAL_SECONDS", 0.01)
    client = Hanging(BOTH)
    client.path = path
    assert asyncio.run(asyncio.wait_for(minimax.fetch(client, INTL, MONEY_KEY), 5)) == expect


def test_the_slower_one_is_waited_for_when_the_other_failed() -> None:
    class Late(ScriptedClient):
        async def get(self, url: str, **more: Any) -> Answer:
            if "query_balance" in url:
                raise Unreachable
            await asyncio.sleep(0.02)
            return await super().get(url, **more)

    usage = asyncio.run(minimax.fetch(Late(BOTH), INTL, MONEY_KEY))
    assert usage == Usage((five_hours(27), weekly(42)))


@pytest.mark.parametrize(
    ("cash", "plans", "kind"),
    [
        (refusal(1004), refusal(1004), CredentialRejected),
        (refusal(1004), refusal(2062), NotAvailable),
        (refusal(1004), answer(404, ""), CredentialRejected),
        (answer(404, ""), refusal(2049), CredentialRejected),
        (answer(500, ""), refusal(2062), ProviderFailed),
        (answer(429, ""), refusal(2049), RateLimited),
        (refusal(1008), refusal(2062), NotAvailable),
    ],
)
def test_when_both_fail(cash: Answer, plans: Answer, kind: type) -> None:
    with pytest.raises(kind):
        run("minimax", INTL, MONEY_KEY, {MONEY: cash, PLAN: plans})


@pytest.mark.parametrize("code", [2057, 2062])
def test_a_pay_as_you_go_key_is_not_told_to_use_one(code: int) -> None:
    with pytest.raises(NotAvailable, match="no quota data") as caught:
        run("minimax", INTL, MONEY_KEY, {MONEY: refusal(1004), PLAN: refusal(code)})
    assert not any("sk-api" in words for words in both(caught.value.message))


@pytest.mark.parametrize("odd", [None, True, "", "NaN", "1e309", [], {}])
def test_an_amount_that_is_none_is_never_zero(odd: object) -> None:
    with pytest.raises(UnexpectedResponse):
        minimax.parse_balance({"available_amount": odd, "cash_balance": "1"}, "intl")


def test_a_threshold_warns_only_while_it_is_on() -> None:
    told = {"available_amount": "3", "balance_alert_threshold": "10"}
    for switch, low in ((True, True), ("true", True), (1, True), (False, False), (None, False)):
        usage = minimax.parse_balance({**told, "balance_alert_switch": switch}, "cn")
        assert usage.balances == (Balance(Decimal(3), "CNY", low=low),)
    told["balance_alert_threshold"] = ""
    usage = minimax.parse_balance({**told, "balance_alert_switch": True}, "cn")
    assert not usage.balances[0].low


def test_notices_of_money_and_of_the_plan_stand_together() -> None:
    table = {
        MONEY: "minimax/query_balance.owed.json",
        PLAN: "minimax/token_plan.boosted_weekly_unlimited.json",
    }
    usage, _ = run("minimax", INTL, MONEY_KEY, table)
    assert usage.notice == Phrase(
        "$1.35 is owed; quota boosted: 5 hours ×2",
        "欠费 $1.35；额度加成：5 小时 ×2",
    )


def test_a_credit_balance_is_told_as_it_stands() -> None:
    usage = minimax.parse_balance({"available_amount": "2", "credit_balance": "7.50"}, "intl")
    assert usage.notice == Phrase("credit balance 7.50", "信用余额 7.50")


# Rows


@pytest.mark.parametrize("odd", [True, "NaN", "Infinity", "1e309", "most", [], {}])
def test_an_odd_percentage_is_unknown_never_zero(odd: object) -> None:
    usage = read(row(current_interval_remaining_percent=odd, current_weekly_remaining_percent=40))
    assert usage.quotas == (
        Quota("5 hours", "%", None, Decimal(100), None),
        percent("Weekly", 60, WEEK, None),
    )
    with pytest.raises(UnexpectedResponse):
        read(row(current_interval_remaining_percent=odd))


@pytest.mark.parametrize("odd", [True, "NaN", -1, 5000, None, []])
def test_an_odd_count_is_unknown_never_zero(odd: object) -> None:
    lane = {"current_interval_total_count": 1000, "current_interval_usage_count": odd}
    usage = read({"model": "MiniMax-M2", **lane, "current_weekly_remaining_percent": 40})
    assert usage.quotas[0] == Quota("5 hours", "requests", None, Decimal(1000), None)


def test_percentages_are_what_remains_and_are_not_scaled() -> None:
    for left, used in ((1, "99"), ("1", "99"), (0.5, "99.5"), (0, "100"), (100, "0")):
        quota = read(row(current_interval_remaining_percent=left)).quotas[0]
        assert quota.used == Decimal(used)
        assert quota.remaining == 100 - Decimal(used)


def test_percentages_out_of_range_agree_with_themselves() -> None:
    below = read(row(current_interval_remaining_percent=-5)).quotas[0]
    assert [below.used, below.remaining] == [100, 0]
    above = read(row(current_interval_remaining_percent=120)).quotas[0]
    assert [above.used, above.remaining] == [0, 100]


def test_a_count_that_fits_both_readings_equally_is_left_out() -> None:
    told = row(
        current_interval_remaining_percent=50,
        current_interval_total_count=1000,
        current_interval_usage_count=501,
    )
    assert read(told).quotas[0] == percent("5 hours", 50, None, None)
    told["current_interval_usage_count"] = 500
    assert read(told).quotas[0] == requests("5 hours", 500, 1000, None, None)


@pytest.mark.parametrize(
    ("fields", "used"),
    [
        ({"current_interval_used_count": 30}, 30),
        ({"current_interval_remaining_count": 30}, 70),
        ({"current_interval_remains_count": 30}, 70),
        ({"remains_count": 30}, 70),
        ({"current_interval_used_count": 30, "current_interval_usage_count": 99}, 30),
    ],
)
def test_a_count_that_says_what_it_is_is_no_guess(fields: dict[str, int], used: int) -> None:
    told = {"model_name": "MiniMax-M2", "current_interval_total_count": 100, **fields}
    assert read(told).quotas == (requests("5 hours", used, 100, None, None),)


@pytest.mark.parametrize(
    ("hours", "label"),
    [
        (5, "5 hours"),
        (4, "5 hours"),
        (24, "Daily"),
        (168, "Weekly"),
        (12, "12 hours"),
        (1, "1 hour"),
        (24 * 10, "10 days"),
        (720, "30 days"),
    ],
)
def test_a_window_is_named_by_its_length(hours: int, label: str) -> None:
    begin = int(NOW.timestamp())
    quota = read(row(start_time=begin, end_time=begin + hours * 3600)).quotas[0]
    assert (quota.label, quota.window) == (label, hours * 3600)
    assert quota.resets_at == datetime.fromtimestamp(begin + hours * 3600, timezone.utc)


@pytest.mark.parametrize("odd", [0, -1, True, "soon", 10**17, None])
def test_an_odd_time_is_no_reset(odd: object) -> None:
    quota = read(row(remains_time=odd)).quotas[0]
    assert quota == percent("5 hours", 30, None, None)


def test_the_end_that_is_told_wins_over_the_time_that_remains() -> None:
    end = int(SOON.timestamp() * 1000)
    quota = read(row(end_time=end, start_time=end + 5, remains_time=1)).quotas[0]
    assert (quota.resets_at, quota.window) == (SOON, None)


def test_exhausted_is_a_hundred_percent_whatever_else_is_told() -> None:
    for more in ({}, {"current_interval_total_count": 10, "current_interval_usage_count": 4}):
        told = row(current_interval_status="2", **more)
        assert read(told).quotas == (percent("5 hours", 100, None, None, alert=True),)
    told = {"model_name": "general", "current_interval_status": 2}
    assert read(told).quotas == (percent("5 hours", 100, None, None, alert=True),)


def test_the_headline_is_a_text_row_never_a_fuller_other_one() -> None:
    video = {"model_name": "video-01", "current_interval_remaining_percent": 100}
    music = {"model_name": "MiniMax-Music-2", "current_interval_remaining_percent": 100}
    usage = read(video, music, row(model_name="MiniMax-M2.5"))
    assert [(q.label, q.role == "secondary") for q in usage.quotas] == [
        ("5 hours", False),
        ("video-01", True),
        ("MiniMax-Music-2", True),
    ]


def test_without_a_text_row_there_is_no_headline() -> None:
    usage = read({"model_name": "video", "current_interval_remaining_percent": 100})
    assert [(q.label, q.role == "secondary") for q in usage.quotas] == [("Video", True)]


def test_text_rows_with_numbers_of_their_own_are_side_lanes() -> None:
    other = row(model_name="MiniMax-M3", current_interval_remaining_percent=20)
    usage = read(row(), row(model_name="MiniMax-M2"), other, dict(other, model_name="MiniMax-M4"))
    assert usage.quotas == (
        percent("5 hours", 30, None, None),
        percent("MiniMax-M3", 80, None, None, role="secondary"),
    )


def test_rows_outside_the_plan_are_hidden() -> None:
    away = {"current_interval_status": 3, "current_weekly_status": 3}
    usage = read(row(), {"model_name": "video", "current_interval_remaining_percent": 100, **away})
    assert len(usage.quotas) == 1
    with pytest.raises(NotAvailable):
        read(row(**away))


def test_a_week_without_a_total_is_hidden() -> None:
    usage = read(row(current_weekly_total_count=0, current_weekly_usage_count=0))
    assert [quota.label for quota in usage.quotas] == ["5 hours"]


def test_boosts_are_mentioned_and_change_no_share() -> None:
    usage = read(
        row(
            current_weekly_remaining_percent=40,
            interval_boost_permill="1500",
            weekly_boost_permille=2000,
        )
    )
    assert [quota.used for quota in usage.quotas] == [30, 60]
    assert usage.notice == Phrase(
        "quota boosted: 5 hours ×1.5, weekly ×2", "额度加成：5 小时 ×1.5，每周 ×2"
    )
    for nothing in (1000, 0, None, True, "x"):
        assert read(row(interval_boost_permille=nothing)).notice is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"current_subscribe_title": "MiniMax Coding Plan Max"}, "Max"),
        ({"current_plan_title": "Token Plan · Plus"}, "Plus"),
        ({"plan": {"id": 1}, "combo_title": "TokenPlanPlus-Monthly"}, "Plus-Monthly"),
        ({"current_combo_card": {"title": "Ultra"}}, "Ultra"),
        ({"plan_name": "Token Plan"}, "Token Plan"),
        ({"plan_name": "\x00"}, None),
    ],
)
def test_plan_names_are_told_short(fields: dict[str, Any], name: str | None) -> None:
    assert read(row(), **fields).plan == name


@pytest.mark.parametrize(
    ("region", "total", "name"),
    [("intl", 1500, "Starter"), ("cn", 1500, "Plus"), ("cn", 600, "Starter"), ("cn", 30000, None)],
)
def test_an_untold_plan_is_known_by_its_total(region: str, total: int, name: str | None) -> None:
    lane = {"current_interval_total_count": total, "current_interval_usage_count": 1}
    assert read({"model_name": "MiniMax-M2", **lane}, region=region).plan == name


def test_points_stand_beside_a_plan_and_none_is_no_balance() -> None:
    assert read(row(), points_balance="2500").balances == (RESERVE,)
    assert read(row(), points_balance="0").balances == ()


# Anything


@settings(database=None, max_examples=scaled(150))
@given(st.data(), JUNK)
def test_an_odd_field_costs_its_own_window_only(data: st.DataObject, junk: object) -> None:
    told = document("minimax/token_plan.percent_max_with_video.json")
    whole = minimax.parse_plan(told, NOW, "cn").quotas
    at = data.draw(st.integers(0, len(told["model_remains"]) - 1))
    changed = told["model_remains"][at]
    field = data.draw(st.sampled_from(sorted(set(changed) - {"model_name"})))
    changed[field] = junk
    kept = minimax.parse_plan(told, NOW, "cn").quotas
    lost = [quota for quota in whole if quota not in kept]
    assert len(lost) <= 1
    assert all(("eekly" in quota.label) == ("weekly" in field) for quota in lost)


@settings(database=None, max_examples=scaled(100))
@given(
    st.sampled_from(["cash_balance", "voucher_balance", "owed_amount", "balance_alert_switch", "balance_alert_threshold"]),
    JUNK,
)  # fmt: skip
def test_an_odd_field_of_the_wallet_costs_itself_only(field: str, junk: object) -> None:
    told = document("minimax/query_balance.payg_global.json")
    usage = minimax.parse_balance({**told, field: junk}, "intl")
    assert (usage.balances[0].available, usage.blocked) == (Decimal("23.71"), None)


SAMPLES = (
    "token_plan.percent_max_with_video.json",
    "token_plan.boosted_weekly_unlimited.json",
    "token_plan.counts_without_percent.json",
    "token_plan.no_plan_2062_points.json",
    "coding_plan.data_wrapper_strings.json",
    "coding_plan.camel_case.json",
    "query_balance.owed.json",
)
UNUSUAL = JUNK | st.sampled_from(
    ["general", "video", "2062", "100", {"status_code": 0}, [[], 7, {}]]
)


@settings(database=None, deadline=None, max_examples=scaled(300))
@given(st.data())
def test_whatever_changes_it_reads_or_says_so(data: st.DataObject) -> None:
    name = f"minimax/{data.draw(st.sampled_from(SAMPLES))}"
    reply = answer(200, data.draw(mutated(name, UNUSUAL, most=5)))
    client = ScriptedClient({PLAN: reply, OLDER: reply, MONEY: reply})
    for credential in (PLAN_KEY, MONEY_KEY):
        with contextlib.suppress(UsageError):
            usage = asyncio.run(minimax.fetch(client, INTL, credential))
            assert usage.quotas or usage.balances
            for quota in usage.quotas:
                assert quota.used is None or quota.used >= 0
