"""Where can I work now?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Dict, List, Optional

import pytest

from tests.said import Phrase
from workflow.models import Account, Balance, Failure, Quota, Snapshot, Usage, WorkBlocked
from workflow.settings import Settings
from workflow.state import ranking

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)


BLOCKED = WorkBlocked("credits", Phrase("credits are gone", "积分已用完"))


def quota(left: int, hours: Optional[int] = None, alert: bool = False) -> Quota:
    resets = None if hours is None else NOW + timedelta(hours=hours)
    return Quota(
        "Weekly", "%", Decimal(100 - left), Decimal(100), Decimal(left), None, resets, alert=alert
    )


def order(**usages: Usage) -> List[str]:
    accounts = tuple(Account(name, "glm", name) for name in usages)
    snapshots: Dict[str, Snapshot] = {n: Snapshot(n, u, NOW) for n, u in usages.items()}
    return [place.account.id for place in ranking.ranked(accounts, snapshots, Settings(), NOW)]


def of(*quotas: Quota) -> Usage:
    return Usage(quotas)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(of(quota(80, 48)), of(quota(40, 48)), id="more left"),
        pytest.param(of(quota(41, 3)), of(quota(41, 100)), id="lost sooner"),
        pytest.param(of(quota(50, 2)), of(quota(60, 160)), id="soon outweighs a little more"),
        pytest.param(of(quota(90, 160)), of(quota(20, 1)), id="much more outweighs soon"),
        pytest.param(
            of(quota(60)), Usage(balances=(Balance(Decimal(9), "USD"),)), id="a balance keeps"
        ),
        pytest.param(
            Usage(balances=(Balance(Decimal(9), "USD"),)),
            Usage(balances=(Balance(Decimal(9), "USD", low=True),)),
            id="a low balance last",
        ),
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
        pytest.param(Usage(balances=(Balance(Decimal(0), "CNY"),)), id="no money"),
        pytest.param(Usage(plan="Plus"), id="no number"),
    ],
)
def test_what_cannot_be_worked_with_is_left_out(usage: Usage) -> None:
    assert order(bad=usage, good=of(quota(50))) == ["good"]


def test_failing_and_hidden_accounts_are_left_out() -> None:
    why = Failure("credential_rejected", Phrase("no", "否"), NOW)
    accounts = (Account("a", "glm", "a"), Account("b", "glm", "b", hidden=True))
    usage = of(quota(50))
    snapshots = {"a": Snapshot("a", usage, NOW, why), "b": Snapshot("b", usage, NOW)}
    assert ranking.ranked(accounts, snapshots, Settings(), NOW) == ()
