from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.providers.contract import ScriptedClient
from workflow.provider.plan_pages import PlanPages

NAMES = ("subscription", "seats")


@dataclass
class Remembers(ScriptedClient):
    pages: dict[str, Any] = field(default_factory=dict)


def test_pages_count_until_the_plan_is_another_one() -> None:
    client = Remembers({})
    PlanPages(client, NAMES).keep("pro", {"subscription": {"ends": 1}, "weather": "fine"})
    kept = PlanPages(client, NAMES)
    assert kept.pages == {"subscription": {"ends": 1}}
    assert [kept.is_outdated(plan) for plan in ("pro", "max", None)] == [False, True, True]


def test_without_a_page_nothing_is_outdated() -> None:
    assert not PlanPages(Remembers({}), NAMES).is_outdated("pro")


def test_a_place_has_pages_of_its_own() -> None:
    client = Remembers({})
    PlanPages(client, NAMES, "ours").keep("pro", {"seats": 4})
    assert PlanPages(client, NAMES, "theirs").pages == {}
    assert PlanPages(client, NAMES, "ours").pages == {"seats": 4}


def test_a_client_that_keeps_nothing_has_nothing() -> None:
    client = ScriptedClient({})
    PlanPages(client, NAMES).keep("pro", {"seats": 4})
    assert PlanPages(client, NAMES).pages == {}
