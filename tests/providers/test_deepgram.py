from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from tests.providers.contract import (
    Answers,
    Case,
    ProviderContract,
    ScriptedClient,
    Told,
    answer,
    fetch,
    route,
    sample,
)
from tests.said import both, english
from workflow.errors import UnexpectedResponse, UsageError
from workflow.models import Account, Balance, Credential, Usage
from workflow.providers import deepgram
from workflow.records import replace

PROJECTS = "GET api.deepgram.com/v1/projects"
LEFT = f"{PROJECTS}/00000000-0000-0000-0000-000000000000/balances"


def of_one(balances: str) -> Answers:
    return {PROJECTS: "deepgram/projects.json", LEFT: f"deepgram/{balances}"}


def of_two(first: Told, status: int = 403) -> Answers:
    """Make the answers about two projects; the balances of the second are refused."""
    names = ("00000000-0000-0000-0000-000000000000", "other")
    return {
        PROJECTS: answer(200, {"projects": [{"project_id": name} for name in names]}),
        LEFT: f"deepgram/{first}" if isinstance(first, str) else first,
        f"{PROJECTS}/other/balances": replace(sample("deepgram/error_403.json"), status=status),
    }


class TestDeepgram(ProviderContract):
    provider = "deepgram"
    account = Account("d1", "deepgram", "Work")
    credential = Credential("api_key", "5e7e00000000000000000000000000000000ab02")
    main = PROJECTS
    sends = ("Authorization: Token {key}",)
    cases = (
        Case("money", of_one("balances.json"), Usage(balances=(Balance(Decimal("183.4"), "USD"),))),
        Case("a key of a member", of_one("error_403.json"), "wrong_credential"),
        Case(
            "a member of another project",
            of_two("balances.json"),
            Usage(balances=(Balance(Decimal("183.4"), "USD"),), notice=deepgram.IN_PART),
        ),
        Case("a member of both", of_two("error_403.json"), "wrong_credential"),
        Case(
            "a member of another project, and nothing prepaid",
            of_two(answer(200, {"balances": []})),
            "wrong_credential",
        ),
        Case("another project fails", of_two("balances.json", 500), "provider_failed"),
        Case("no project", {PROJECTS: answer(200, {"projects": []})}, "not_available: no project"),
        Case("no list of projects", {PROJECTS: answer(200, {"a": 1})}, "unexpected_response"),
        Case("a wrong key", {PROJECTS: answer(401, {"err_code": "x"})}, "credential_rejected"),
        Case(
            "have no prepaid balance",
            {PROJECTS: "deepgram/projects.json", LEFT: answer(200, {"balances": []})},
            "not_available: no prepaid balance",
        ),
        Case(
            "no list of balances",
            {PROJECTS: "deepgram/projects.json", LEFT: answer(200, {"amount": 3})},
            "unexpected_response",
        ),
    )


def told(*balances: tuple[object, object]) -> dict[str, object]:
    return {"balances": [{"amount": amount, "units": units} for amount, units in balances]}


def test_balances_of_a_unit_are_added_up_and_units_stay_apart() -> None:
    usage = deepgram.parse(
        [told((3, "usd"), (2.5, "usd"), (12, "hour")), told((1, "usd"), (1, "hours"))]
    )
    assert usage.balances == (Balance(Decimal(13), "hours"), Balance(Decimal("6.5"), "USD"))


def test_a_key_of_many_projects_is_asked_for_five() -> None:
    names = [{"project_id": f"of/{number}"} for number in range(6)]
    client = ScriptedClient({PROJECTS: answer(200, {"projects": names})})
    with pytest.raises(UsageError):
        asyncio.run(deepgram.fetch(client, TestDeepgram.account, TestDeepgram.credential))
    assert [route(asked) for asked in client.asked[1:]] == [
        f"{PROJECTS}/of%2F{number}/balances" for number in range(5)
    ]


def test_projects_that_are_not_fetched_are_counted() -> None:
    names = [{"project_id": str(number)} for number in range(12)]
    answers: dict[str, Told] = {PROJECTS: answer(200, {"projects": names})}
    for each in range(5):
        answers[f"{PROJECTS}/{each}/balances"] = answer(200, told((1, "usd")))
    usage, _ = fetch("deepgram", TestDeepgram.account, TestDeepgram.credential, answers)
    assert usage.balances == (Balance(Decimal(5), "USD"),)
    assert both(usage.notice) == (
        "only 5 of 12 projects are added up",
        "只合计了 12 个项目中的 5 个",
    )
    answers[f"{PROJECTS}/4/balances"] = answer(403, {})
    usage, _ = fetch("deepgram", TestDeepgram.account, TestDeepgram.credential, answers)
    assert english(usage.notice).startswith(english(deepgram.IN_PART))
    assert "only 5 of 12 projects" in english(usage.notice)


@pytest.mark.parametrize("entry", [(None, "usd"), (3, None), (3, "parsec")])
def test_a_balance_that_cannot_be_read_is_not_left_out(entry: tuple[object, object]) -> None:
    with pytest.raises(UnexpectedResponse):
        deepgram.parse([told((3, "usd"), entry)])
