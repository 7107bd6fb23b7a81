"""The ranking: which account is the best to work with now."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from tests.said import Phrase
from workflow.forecast.outlook import outlook
from workflow.history.series import History
from workflow.models import Account, Balance, Failure, Quota, Snapshot, Usage, WorkBlocked
from workflow.provider import discovery
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import ranking
from workflow.state.state import AccountState, worked_out

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)


BLOCKED = WorkBlocked("credits", Phrase("credits are gone", "积分已用完"))


def quota(left: int, hours: int | None = None, alert: bool = False) -> Quota:
    resets = None if hours is None else NOW + timedelta(hours=hours)
    return Quota(
        "Weekly", "%", Decimal(100 - left), Decimal(100), Decimal(left), None, resets, alert=alert
    )


def of_account(account: Account, snapshot: Snapshot) -> AccountState:
    return worked_out(account, None, snapshot, Settings())


def order(**usages: Usage) -> list[str]:
    known = [of_account(Account(n, "glm", n), Snapshot(n, u, NOW)) for n, u in usages.items()]
    places = ranking.ranked(known, NOW)
    headlines = {each.account.id: each.status.headline for each in known}
    assert [place.quota for place in places] == [headlines[place.account.id] for place in places]
    return [place.account.id for place in places]


def foreseen(left: int, hours: int, window: int = 168) -> Quota:
    """An allowance with a window, hence with a forecast."""
    return replace(quota(left, hours), window=window * 3600)


def with_outlook(name: str, quota: Quota, provider: str = "glm") -> AccountState:
    account, snapshot = Account(name, provider, name), Snapshot(name, of(quota), NOW)
    known = outlook(snapshot, History(), NOW, 300)
    return worked_out(account, discovery.about(provider), snapshot, Settings(), known)


@pytest.mark.parametrize(
    ("first", "second", "spare"),
    [
        pytest.param(foreseen(60, 24), foreseen(90, 100), 53, id="lost soonest"),
        pytest.param(foreseen(60, 84), foreseen(70, 110), 20, id="left over though less is left"),
        pytest.param(foreseen(40, 24), foreseen(80, 150), 30, id="used up before the reset"),
    ],
)
def test_what_is_lost_unless_it_is_used_comes_first(
    first: Quota, second: Quota, spare: int
) -> None:
    known = [with_outlook("b", second), with_outlook("a", first)]
    places = ranking.ranked(known, NOW)
    assert [place.account.id for place in places] == ["a", "b"]
    assert places[0].quota == first
    assert places[0].pace
    assert places[0].pace.spare == pytest.approx(spare, abs=0.5)


def test_only_coding_plans_are_ranked() -> None:
    known = [with_outlook(name, foreseen(60, 24), name) for name in ("tavily", "openai", "glm")]
    assert [place.account.id for place in ranking.ranked(known, NOW)] == ["glm"]


def of(*quotas: Quota) -> Usage:
    return Usage(quotas)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(of(quota(80, 48)), of(quota(40, 48)), id="more left"),
        pytest.param(of(quota(41, 3)), of(quota(41, 100)), id="lost sooner"),
        pytest.param(of(quota(50, 2)), of(quota(60, 160)), id="soon outweighs a little more"),
        pytest.param(of(quota(90, 160)), of(quota(10, 1)), id="much more outweighs soon"),
        pytest.param(
            of(quota(21, 100)),
            of(quota(0), replace(quota(99), role="reserve")),
            id="a reserve costs money",
        ),
        pytest.param(
            of(Quota("Weekly", "%", None, None, None, unlimited=True)),
            of(quota(95, 200)),
            id="no cap",
        ),
    ],
)
def test_the_better_place_comes_first(first: Usage, second: Usage) -> None:
    assert order(b=second, a=first) == ["a", "b"]


@pytest.mark.parametrize(
    "usage",
    [
        pytest.param(of(quota(3, 1)), id="nearly used up"),
        pytest.param(of(quota(50, 1, alert=True)), id="used up as told"),
        pytest.param(replace(of(quota(99, 1)), blocked=BLOCKED), id="blocked"),
        pytest.param(Usage(balances=(Balance(Decimal(9), "CNY"),)), id="money"),
        pytest.param(Usage(plan="Plus"), id="no number"),
    ],
)
def test_what_cannot_be_worked_with_is_left_out(usage: Usage) -> None:
    assert order(bad=usage, good=of(quota(50))) == ["good"]


def test_failing_and_hidden_accounts_are_left_out() -> None:
    why = Failure("credential_rejected", Phrase("no", "否"), NOW)
    usage = of(quota(50))
    known = (
        of_account(Account("a", "glm", "a"), Snapshot("a", usage, NOW, why)),
        of_account(Account("b", "glm", "b", hidden=True), Snapshot("b", usage, NOW)),
    )
    assert ranking.ranked(known, NOW) == ()


def place(usage: Usage) -> ranking.Place:
    known = worked_out(Account("a", "glm", "a"), None, Snapshot("a", usage, NOW), Settings())
    (found,) = ranking.ranked([known], NOW)
    return found


@pytest.mark.parametrize(
    ("usage", "weight"),
    [
        pytest.param(of(quota(40)), "5", id="without a reset, as after a week"),
        pytest.param(of(quota(41, 0)), "41", id="comes back now"),
        pytest.param(of(quota(41, -5)), "41", id="has come back"),
        pytest.param(of(quota(40, 24)), "20", id="half after a day"),
        pytest.param(of(quota(30, 72)), "7.5", id="a quarter after three"),
        pytest.param(of(Quota("Key", "%", None, None, None, unlimited=True)), "200", id="no cap"),
        pytest.param(of(quota(0), replace(quota(99), role="reserve")), "-1", id="a reserve"),
    ],
)
def test_the_weight_of_a_place(usage: Usage, weight: str) -> None:
    assert place(usage).weight == Decimal(weight)
