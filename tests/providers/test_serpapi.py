from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer, document
from tests.said import english
from workflow.models import Account, Credential, Quota, Usage
from workflow.providers import serpapi

SEARCHES = "GET serpapi.com/account.json"


def read(sample: str, expect: Usage | str) -> Case:
    return Case(sample, {SEARCHES: f"serpapi/{sample}"}, expect)


def searches(used: int, limit: int, left: int, renews: datetime | None) -> Quota:
    return Quota("Plan", "searches", Decimal(used), Decimal(limit), Decimal(left), resets_at=renews)


class TestSerpApi(ProviderContract):
    provider = "serpapi"
    account = Account("s1", "serpapi", "Work")
    credential = Credential(
        "api_key", "5e7e00000000000000000000000000000000000000000000000000000000ab01"
    )
    main = SEARCHES
    sends = ()
    in_query = "api_key"
    cases = (
        read(
            "account.json",
            Usage(
                (searches(24042, 30000, 5958, datetime(2026, 11, 17, tzinfo=timezone.utc)),),
                plan="Big Data Plan",
            ),
        ),
        read(
            "account_free.json",
            Usage(
                (
                    searches(60, 250, 190, None),
                    Quota("Extra searches", "searches", None, None, Decimal(3), role="reserve"),
                ),
                plan="Free Plan",
            ),
        ),
        read("error_401.json", "credential_rejected"),
        Case(
            "no searches",
            {SEARCHES: answer(200, {"account_status": "Active"})},
            "unexpected_response",
        ),
    )


def test_what_the_answer_repeats_is_not_kept() -> None:
    told = {**document("serpapi/account.json"), "api_key": TestSerpApi.credential.secret}
    usage = serpapi.parse(told)
    assert TestSerpApi.credential.secret not in repr(usage)
    assert "demo@example.com" not in repr(usage)


def test_an_account_that_is_not_active_is_said() -> None:
    usage = serpapi.parse({"plan_searches_left": 1, "account_status": "Suspended"})
    assert "Suspended" in english(usage.notice)


def test_it_is_the_only_one_with_a_key_in_the_address() -> None:
    contracts = {each.provider: each.in_query for each in ProviderContract.__subclasses__()}
    assert {name for name, parameter in contracts.items() if parameter} == {"serpapi"}
