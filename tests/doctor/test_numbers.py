"""The sources of the numbers in a report, without anything that identifies the user."""

from __future__ import annotations

from tests.display.test_explanation import CASH, WORK, deepseek, glm
from tests.examples import FETCHED, install
from workflow.doctor import numbers
from workflow.models import Account, Snapshot, Usage
from workflow.records import replace
from workflow.storage import json_codec

UUID = "3f2a8f1e-0000-4b6c-9d1e-000000000001"


def report(*known: tuple[Account, Usage]) -> list[tuple[str, str]]:
    install([(account, Snapshot(account.id, usage, FETCHED)) for account, usage in known])
    return list(numbers.report())


def told_of(pointer: str, endpoint: str, value: str = "5", unit: str = "%") -> bytes:
    field = [endpoint, pointer, value]
    number = ["quota", "5 hours", "used", unit, f"100 − {pointer}", [field]]
    told = {
        "numbers": [number],
        "ignored": [field],
        "new": [field],
        "disagreeing": [[field, field]],
    }
    return json_codec.dumps(told)


def test_each_number_of_a_plan() -> None:
    lines = report((WORK, glm(bonusTokens=12)))
    endpoint = "api.z.ai/api/monitor/usage/quota/limit"
    assert lines[:2] == [
        ("glm, 5 hours used", f"/data/limits/0/percentage (44) · {endpoint}"),
        ("glm, 5 hours remaining", f"100 − /data/limits/0/percentage (44) · {endpoint}"),
    ]
    assert ("glm, new", "/data/limits/0/bonusTokens = 12") in lines
    assert lines[-1] == ("glm, not used", "/data/limits/*/usageDetails")


def test_no_amount_of_money() -> None:
    said = " ".join(" ".join(line) for line in report((CASH, deepseek())))
    assert "/balance_infos/0/total_balance · api.deepseek.com/user/balance" in said
    assert not any(amount in said for amount in ("41.20", "1.20", "40.00"))


def test_no_id_and_no_address_of_ones_own() -> None:
    places = (f"/teams/{UUID}/used", "/me@example.com/used", "/org-AbC123/used", "/lucky-team/used")
    scoped = replace(WORK, scope={"project": "lucky-team"})
    for place in places:
        usage = replace(glm(), sources=told_of(place, f"api.z.ai/v1{place}"))
        said = " ".join(" ".join(line) for line in report((scoped, usage)))
        assert "/•••/used" in said
        assert not any(word in said for word in (UUID, "example.com", "AbC123", "lucky"))
    relay = Account("relay-0000000a", "relay", "Mine", scope={"address": "https://my.example"})
    usage = replace(glm(), sources=told_of("/used", "my.example/v1/usage"))
    said = " ".join(" ".join(line) for line in report((relay, usage)))
    assert "•••/v1/usage" in said
    assert "my.example" not in said


def test_one_account_of_a_provider_and_first_one_that_has_changed() -> None:
    other = Account("glm-0000000b", "glm", "Home", "intl")
    lines = report((WORK, glm()), (other, glm(bonusTokens=12)))
    assert [name for name, _ in lines].count("glm, 5 hours used") == 1
    assert ("glm, new", "/data/limits/0/bonusTokens = 12") in lines


def test_accounts_of_an_older_version_tell_nothing_yet() -> None:
    assert report((WORK, replace(glm(), sources=b""))) == []
