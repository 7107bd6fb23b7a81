from __future__ import annotations

import asyncio
import contextlib
from decimal import Decimal
from typing import Any, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.contract import (
    NOW,
    Case,
    ProviderContract,
    ScriptedClient,
    answer,
    mutated,
    shape_of,
)
from tests.providers.contract import fetch as run
from workflow import standing
from workflow.errors import RateLimited, UnexpectedResponse, UsageError
from workflow.models import Account, Credential, Quota, Role, Usage
from workflow.providers import tavily

USAGE = "GET api.tavily.com/usage"
ACCOUNT = Account(id="t1", provider="tavily", label="Work")
CREDENTIAL = Credential("api_key", "tvly-dev-canary0123456789")


def credits(
    label: str,
    used: Optional[int],
    limit: Optional[int],
    left: Optional[int],
    role: Role = "binding",
) -> Quota:
    spent, ceiling, rest = (None if n is None else Decimal(n) for n in (used, limit, left))
    return Quota(label, "credits", spent, ceiling, rest, role=role)


def paid(used: Optional[int], limit: Optional[int], left: Optional[int]) -> Quota:
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
    assert what in caught.value.words[0]


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


def headline(**account: Any) -> Optional[str]:
    quota = standing.headline(parse(**account).quotas)
    return quota.label if quota else None


def test_pay_as_you_go_is_a_reserve_behind_the_plan() -> None:
    assert headline(plan_usage=5, paygo_usage=50, paygo_limit=50) == "Plan"
    assert headline(plan_usage=100, paygo_usage=20, paygo_limit=50) == "Pay-as-you-go"
    assert headline(plan_usage=100, paygo_usage=50, paygo_limit=50) == "Plan"
    assert headline(plan_usage=100, paygo_usage=3, paygo_limit=None) == "Plan"


def test_a_plan_name_is_data() -> None:
    assert parse(current_plan="Pro\x1b[31m\n\u202eX").plan == "Pro[31m X"
    assert parse(current_plan={"name": "Pro"}).plan is None


@pytest.mark.parametrize("secret", ["tvly-dev-abc123", "tvly-prod-abc123", "tvly-abc123"])
def test_keys_are_recognised(secret: str) -> None:
    shape = shape_of(tavily.PROVIDER, secret)
    assert shape is not None
    assert shape.sure


@settings(database=None, deadline=None, max_examples=200)
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
