from __future__ import annotations

import asyncio
import contextlib
from decimal import Decimal
from typing import Any

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
from tests.said import both
from tests.standin import Reply, StandIn
from workflow.errors import CredentialRejected, RateLimited, UnexpectedResponse, UsageError
from workflow.models import Account, Credential, Quota, Role, Usage
from workflow.providers import tavily
from workflow.state import status

USAGE = "GET api.tavily.com/usage"
ACCOUNT = Account(id="t1", provider="tavily", label="Work")
CREDENTIAL = Credential("api_key", "tvly-dev-canary0123456789")


def credits(
    label: str,
    used: int | None,
    limit: int | None,
    left: int | None,
    role: Role = "binding",
) -> Quota:
    spent, ceiling, rest = (None if n is None else Decimal(n) for n in (used, limit, left))
    return Quota(label, "credits", spent, ceiling, rest, role=role)


def paid(used: int | None, limit: int | None, left: int | None) -> Quota:
    return credits("Pay-as-you-go", used, limit, left, "reserve")


def read(sample: str, expect: object) -> Case:
    name = f"tavily/{sample}"
    return Case(sample, {USAGE: name}, expect)  # type: ignore[arg-type]


class TestTavily(ProviderContract):
    provider = "tavily"
    account = ACCOUNT
    credential = CREDENTIAL
    main = USAGE
    cases = (
        read(
            "usage.researcher_key_unlimited.json",
            Usage((credits("Plan", 361, 1000, 639),), plan="Researcher"),
        ),
        read(
            "usage.bootstrap_key_capped.json",
            Usage(
                (credits("Plan", 6150, 15000, 8850), credits("Key", 480, 500, 20)),
                plan="Bootstrap",
            ),
        ),
        read(
            "usage.paygo_active.json",
            Usage(
                (credits("Plan", 4000, 4000, 0), paid(300, 2000, 1700)),
                plan="Project",
            ),
        ),
        read(
            "usage.exhausted.json",
            Usage((credits("Plan", 1000, 1000, 0),), plan="Researcher"),
        ),
        read(
            "usage.unlimited.json",
            Usage((credits("Plan", 120455, None, None),), plan="Enterprise"),
        ),
        read(
            "usage.sparse_no_current_plan.json",
            Usage((credits("Plan", 12, 1000, 988),)),
        ),
        read("usage.key_only.json", Usage((credits("Key", 33, 100, 67),))),
        read(
            "usage.plan_null_key_capped.json",
            Usage(
                (credits("Plan", 9000, None, None), credits("Key", 30, 100, 70)),
                plan="Enterprise",
            ),
        ),
        read("error_401.json", "credential_rejected"),
        read("error_429.json", "rate_limited"),
        read("error_429_http_date.json", "rate_limited"),
        read("error_432_plan_limit.json", "rate_limited"),
        read("error_433_paygo_limit.json", "rate_limited"),
        read("error_500.json", "provider_failed"),
        read("error_502.html", "provider_failed"),
        Case("401 without a body", {USAGE: answer(401, "")}, "credential_rejected"),
        Case("400", {USAGE: answer(400, {"detail": {"error": "bad"}})}, "unexpected_response"),
        Case("nothing in it", {USAGE: answer(200, {})}, "unexpected_response"),
        Case(
            "no number in it",
            {USAGE: answer(200, {"key": {"limit": None}, "account": {"current_plan": "Free"}})},
            "unexpected_response",
        ),
    )


def parse(**account: Any) -> Usage:
    return tavily.parse({"account": {"plan_usage": 10, "plan_limit": 100, **account}})


@pytest.mark.parametrize(
    ("sample", "seconds"), [("error_429.json", 120), ("error_429_http_date.json", 300)]
)
def test_retry_after_in_both_forms(sample: str, seconds: int) -> None:
    with pytest.raises(RateLimited) as caught:
        run("tavily", ACCOUNT, CREDENTIAL, {USAGE: f"tavily/{sample}"})
    assert caught.value.retry_at is not None
    assert (caught.value.retry_at - NOW).total_seconds() == seconds


@pytest.mark.parametrize(
    ("status", "what"), [(432, "limit of this plan or key"), (433, "pay-as-you-go limit")]
)
def test_a_spent_limit_says_which(status: int, what: str) -> None:
    with pytest.raises(RateLimited) as caught:
        run("tavily", ACCOUNT, CREDENTIAL, {USAGE: answer(status, {"detail": {"error": "no"}})})
    assert what in both(caught.value.message)[0]


def test_project_is_sent_when_the_account_has_one() -> None:
    reply = {USAGE: "tavily/usage.key_only.json"}
    scoped = Account("t2", "tavily", "Work", scope={"project": " proj-1 "})
    _, client = run("tavily", scoped, CREDENTIAL, reply)
    assert client.asked[0].headers["X-Project-ID"] == "proj-1"
    _, client = run("tavily", ACCOUNT, CREDENTIAL, reply)
    assert "X-Project-ID" not in client.asked[0].headers


def test_asks_once_with_a_bearer_key() -> None:
    _, client = run("tavily", ACCOUNT, CREDENTIAL, {USAGE: "tavily/usage.key_only.json"})
    assert [asked.url for asked in client.asked] == ["https://api.tavily.com/usage"]
    assert client.asked[0].headers["Authorization"] == f"Bearer {CREDENTIAL.secret}"
    assert tavily.PROVIDER.interval == 300


@pytest.mark.parametrize("odd", [True, False, "NaN", "Infinity", "1e309", -5, [], {}, "many", ""])
def test_an_odd_number_is_unknown_never_zero(odd: object) -> None:
    assert parse(plan_usage=odd).quotas == (credits("Plan", None, 100, None),)
    assert parse(plan_limit=odd).quotas == (credits("Plan", 10, None, None),)


def test_numbers_may_be_quoted() -> None:
    assert parse(plan_usage="10", plan_limit="100").quotas == (credits("Plan", 10, 100, 90),)


def test_use_beyond_the_limit_stays_raw() -> None:
    assert parse(plan_usage=130).quotas == (credits("Plan", 130, 100, 0),)


def test_pay_as_you_go_without_a_limit_is_shown_once_used() -> None:
    plan = credits("Plan", 10, 100, 90)
    assert parse(paygo_usage=0, paygo_limit=None).quotas == (plan,)
    assert parse(paygo_usage=7, paygo_limit=0).quotas == (plan,)
    assert parse(paygo_usage=7, paygo_limit=None).quotas == (
        plan,
        paid(7, None, None),
    )


def headline(**account: Any) -> str | None:
    quota = status.headline(parse(**account).quotas)
    return quota.label if quota else None


def test_pay_as_you_go_is_a_reserve_behind_the_plan() -> None:
    assert headline(plan_usage=5, paygo_usage=50, paygo_limit=50) == "Plan"
    assert headline(plan_usage=100, paygo_usage=20, paygo_limit=50) == "Pay-as-you-go"
    assert headline(plan_usage=100, paygo_usage=50, paygo_limit=50) == "Plan"
    assert headline(plan_usage=100, paygo_usage=3, paygo_limit=None) == "Plan"


def test_a_key_that_is_used_up_is_not_rescued_by_pay_as_you_go() -> None:
    block = {"plan_usage": 10, "plan_limit": 100, "paygo_usage": 3, "paygo_limit": 50}
    usage = tavily.parse({"key": {"usage": 60, "limit": 60}, "account": block})
    assert usage.quotas == (
        credits("Plan", 10, 100, 90),
        credits("Key", 60, 60, 0),
        credits("Pay-as-you-go", 3, 50, 47, "secondary"),
    )
    assert status.headline(usage.quotas) == usage.quotas[1]


# Played over HTTP

ROUTE = "api.tavily.com/usage"


def plays(world: StandIn, told: dict[str, Any], status: int = 200, language: str = "en") -> Played:
    return played(world, "tavily-dev", {ROUTE: Reply(status, told)}, language)


@pytest.mark.parametrize(
    ("plan", "paid", "left"),
    [
        ((200, 4000), (100, 100), 95),  # the plan was changed after it had been used up
        ((500, 15000), (25, 100), 96.67),  # the documented example
        ((1, 4000), (0, 2000), 99.98),
    ],
)
def test_a_reserve_behind_an_open_plan_is_no_alarm(
    plan: tuple[int, int], paid: tuple[int, int], left: float, world: StandIn
) -> None:
    account = {"current_plan": "Project", "plan_usage": plan[0], "plan_limit": plan[1]}
    account.update(paygo_usage=paid[0], paygo_limit=paid[1])
    shown = plays(world, {"key": {"usage": 700, "limit": None}, "account": account})
    told = shown.json
    assert (told["level"], told["reason"], told["blocked"]) == ("plenty", None, None)
    assert [(q["label"], q["role"]) for q in told["quotas"]] == [
        ("Plan", "binding"),
        ("Pay-as-you-go", "reserve"),
    ]
    assert 100 - told["quotas"][0]["used_percent"] == pytest.approx(left, abs=0.01)
    assert "Plan" in shown.line
    assert "used up" not in shown.line
    assert not shown.is_recommended  # a search is no place to work at


def test_the_headline_of_a_reserve_that_pays_says_why(world: StandIn) -> None:
    account = {"plan_usage": 4000, "plan_limit": 4000, "paygo_usage": 20, "paygo_limit": 2000}
    shown = plays(world, {"key": {"usage": 9, "limit": None}, "account": account})
    assert shown.json["quotas"][0]["label"] == "Pay-as-you-go"
    assert (shown.json["level"], shown.json["reason"]) == (
        "low",
        "Plan is used up, now on Pay-as-you-go",
    )
    assert shown.line.count("used up") == 1


def test_a_key_limit_binds_before_its_plan(world: StandIn) -> None:
    account = {"plan_usage": 6150, "plan_limit": 15000, "paygo_usage": 0, "paygo_limit": 900}
    shown = plays(world, {"key": {"usage": 700, "limit": 700}, "account": account})
    assert [q["label"] for q in shown.json["quotas"]] == ["Key", "Plan", "Pay-as-you-go"]
    assert (shown.json["level"], shown.json["reason"]) == ("critical", "Key is used up")
    assert "0% left" in shown.row.title
    assert not shown.is_recommended


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("status", [401, 403])
def test_a_deactivated_account_is_no_wrong_key(status: int, language: str, world: StandIn) -> None:
    said = "The account associated with this API key has been deactivated."
    shown = plays(world, {"detail": {"error": said}}, status, language)
    told = shown.json["failure"]
    assert told["kind"] == "credential_rejected"
    if language == "en":
        assert "account of this key is deactivated; contact Tavily" in told["message"]
        assert "copy it again" not in shown.line
        assert any("deactivated" in fact for fact in shown.details)
    else:
        assert "账号已停用；请联系 Tavily" in told["message"]


REFUSALS = [  # the body, the words in the sentence, the words that are not
    ({"detail": {"error": "Unauthorized: missing or invalid API key."}}, "copy it again", "“"),
    ({"detail": {"error": "This API key has been revoked."}}, "(“This API key has been revoked.”); copy it", "account"),
    ({"detail": "Your account is suspended for abuse."}, "(“Your account is suspended for abuse.”); contact {provider}", "copy it"),
    ({"detail": {"error": "Account Deactivated"}}, "contact {provider}", "“"),
    ({"detail": {"error": "tvly-dev-canary0123456789 is unknown"}}, "(“••• is unknown”)", "canary"),
    ({"detail": 7}, "copy it again", "“"),
    ("", "copy it again", "“"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "said", "unsaid"), REFUSALS)
@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_read_before_it_is_explained(
    status: int, told: object, said: str, unsaid: str
) -> None:
    with pytest.raises(CredentialRejected) as caught:
        run("tavily", ACCOUNT, CREDENTIAL, {USAGE: answer(status, told)})
    assert said in both(caught.value.message)[0]
    assert unsaid not in both(caught.value.message)[0]
    assert not set("{}") & set(
        both(caught.value.message)[1].replace("{provider}", "").replace("{keys}", "")
    )


FIELDS = {  # where a number stands -> the quota that it is part of
    ("key", "usage"): "Key",
    ("key", "limit"): "Key",
    ("account", "plan_usage"): "Plan",
    ("account", "plan_limit"): "Plan",
    ("account", "paygo_usage"): "Pay-as-you-go",
    ("account", "paygo_limit"): "Pay-as-you-go",
    ("account", "current_plan"): "",
    ("account", "search_usage"): "",
}


@settings(database=None, max_examples=scaled(150))
@given(st.sampled_from(sorted(FIELDS)), JUNK, st.booleans())
def test_an_odd_field_costs_itself_only(place: tuple[str, str], junk: object, gone: bool) -> None:
    told = document("tavily/usage.bootstrap_key_capped.json")
    told["account"].update(paygo_usage=25, paygo_limit=100)
    whole = tavily.parse(told)
    block, name = place
    told[block][name] = junk
    if gone:
        del told[block][name]
    kept = {quota.label: quota.used for quota in tavily.parse(told).quotas}
    for quota in whole.quotas:
        assert FIELDS[place] == quota.label or kept[quota.label] == quota.used


def test_a_plan_name_is_data() -> None:
    assert parse(current_plan="Pro\x1b[31m\n\u202eX").plan == "Pro[31m X"
    assert parse(current_plan={"name": "Pro"}).plan is None


@pytest.mark.parametrize("secret", ["tvly-dev-abc123", "tvly-prod-abc123", "tvly-abc123"])
def test_keys_are_recognised(secret: str) -> None:
    shape = shape_of(tavily.PROVIDER, secret)
    assert shape is not None
    assert shape.sure


@settings(database=None, deadline=None, max_examples=scaled(200))
@given(st.data())
def test_whatever_changes_it_reads_or_says_so(data: st.DataObject) -> None:
    names = ["usage.bootstrap_key_capped.json", "usage.paygo_active.json", "usage.key_only.json"]
    told = data.draw(mutated(f"tavily/{data.draw(st.sampled_from(names))}"))
    client = ScriptedClient({USAGE: answer(200, told)})
    with contextlib.suppress(UsageError):
        usage = asyncio.run(tavily.fetch(client, ACCOUNT, CREDENTIAL))
        assert usage.quotas


def test_no_document_at_all() -> None:
    for told in (None, (), "text", 7):
        with pytest.raises(UnexpectedResponse):
            tavily.parse(told)
