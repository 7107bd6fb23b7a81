"""A provider that changes its answer, as a refresh sees it."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Callable

import pytest

from tests import stored
from tests.providers import contract
from tests.standin import KEYS, StandIn
from workflow.models import Account, Credential, Usage
from workflow.provider import drift, sources
from workflow.records import replace
from workflow.refresh import fetch
from workflow.refresh import run as refresh
from workflow.storage import accounts
from workflow.storage.snapshots import Cache

GLM = ("glm", "GET api.z.ai/api/monitor/usage/quota/limit", "glm/quota_limit.lite_credit.json")
DEEPL = ("deepl", "GET api-free.deepl.com/v2/usage", "deepl/usage_free.json")


def answered(of: tuple[str, str, str], change: Callable[[Any], object]) -> Usage:
    """Change a sample, and return the usage that a refresh stores of it."""
    provider, route, name = of
    told = contract.document(name)
    change(told)
    whole = replace(contract.sample(name), body=json.dumps(told).encode())
    client = contract.ScriptedClient({route: whole})
    secret = "0f0f:fx" if provider == "deepl" else f"{'0' * 32}.{'a' * 16}"
    account = Account("x", provider, "Work")
    return asyncio.run(fetch.answered(client, account, Credential("api_key", secret)))


def limits(told: Any) -> Any:
    return told["data"]["limits"]


def new(usage: Usage) -> list[str]:
    return [field.pointer for field in sources.read(usage).new]


def test_a_sample_as_it_is_changes_nothing() -> None:
    for sample in (GLM, DEEPL):
        assert not answered(sample, lambda told: None).is_changed


def test_a_limit_that_was_renamed_is_seen() -> None:
    def rename(told: Any) -> None:
        for entry in limits(told):
            entry["total"] = entry.pop("usage")

    usage = answered(GLM, rename)
    assert usage.is_changed
    assert new(usage)[0] == "/data/limits/0/total"

    def rename_characters(told: Any) -> None:
        told["character_cap"] = told.pop("character_limit")

    assert new(answered(DEEPL, rename_characters)) == ["/character_cap"]


def test_share_and_counts_that_disagree_are_seen() -> None:
    def contradict(told: Any) -> None:
        limits(told)[0].update(usage=1000, currentValue=100, remaining=900, percentage=55)

    usage = answered(GLM, contradict)
    assert usage.is_changed
    (case,) = sources.read(usage).disagreeing
    assert {(field.pointer.rpartition("/")[2], field.value) for field in case} == {
        ("currentValue", "100"),
        ("usage", "1000"),
        ("percentage", "55"),
    }


def test_what_is_used_and_left_beyond_the_limit_is_seen() -> None:
    def contradict(told: Any) -> None:
        limits(told)[0].update(usage=1000, currentValue=100, remaining=500, percentage=10)

    assert sources.read(answered(GLM, contradict)).disagreeing


def test_a_field_that_holds_none_of_the_numbers_is_no_place_for_a_new_one() -> None:
    assert not answered(GLM, lambda told: told["data"].update(other={"total": 5})).is_changed


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("bonusCredits", 5, True),
        ("bonus", {"a": [{"credits": "7"}]}, True),
        ("bonus", [1, 2], True),
        ("bonus", "words", False),
        ("bonus", True, False),
        ("bonus", None, False),
        ("bonus", {}, False),
        ("teamId", 77, False),
        ("updatedAt", 1791158400, False),
        ("created", 1791158400, False),
        ("expires_in", 300, False),
        ("status", 2, False),
        ("team", {"id": 5, "status": 2}, False),
    ],
)
def test_which_fields_hold_an_amount(name: str, value: object, holds: bool) -> None:
    assert drift.holds_number(name, value) == holds


def test_a_field_is_known_by_the_one_that_holds_it() -> None:
    assert drift.is_known("glm", "limits", "currentValue")
    assert not drift.is_known("glm", "limits", "bonusCredits")
    assert drift.is_known("glm", "a name that somebody chose", "currentValue")
    assert not drift.is_known("glm", "a name that somebody chose", "bonusCredits")
    assert drift.is_known("acme", "", "whatever")  # of one's own file nothing is known


def test_no_answer_of_the_stand_in_is_a_change(world: StandIn) -> None:
    for name in KEYS:
        stored.account(name, name)
    refresh.refresh(force=True)
    with Cache() as cache:
        known = {account.label: cache.get(account.id).usage for account in accounts.load().accounts}
    assert sum(usage is not None for usage in known.values()) > len(KEYS) / 2
    assert {name for name, usage in known.items() if usage and usage.is_changed} == set()
