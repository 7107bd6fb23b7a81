from __future__ import annotations

from decimal import Decimal

import pytest

from tests.examples import NOW
from workflow.alerts import rules
from workflow.history.series import Sample, Series
from workflow.models import Account, Balance, Snapshot, Usage
from workflow.settings import Settings
from workflow.state.state import worked_out

WEEK, DAY = Series("g1", "quota", "Week", "%"), Series("g1", "quota", "Day", "%")
ACCOUNT = Account("g1", "glm", "Work")


def verdict(
    *crossed: str, burning: bool = False, credential: tuple[tuple[str, int], ...] = ()
) -> rules.Verdict:
    judged = rules.Judged(WEEK, Sample(0, 0), None, crossed, burning)
    return rules.Verdict(ACCOUNT, 0, (judged,), credential)


@pytest.mark.parametrize(
    ("rule", "now", "left"),
    [
        ("full", verdict("full", "low5"), "full"),
        ("full", verdict("low5"), "low5"),
        ("full", verdict(), ""),
        ("pace", verdict(burning=True), "pace"),
        ("pace", verdict("low5"), ""),
        ("reset", verdict(), "reset"),
        ("asked", verdict(), "asked"),
        ("drift", verdict(), "drift"),
        ("key_ends", verdict(credential=(("key_ends", 1),)), "key_ends"),
        ("key_ends", verdict(), ""),
        ("key_refused", verdict(), ""),
    ],
)
def test_a_rule_that_waited_is_what_still_holds_of_it(
    rule: str, now: rules.Verdict, left: str
) -> None:
    assert rules.left_of(rule, WEEK, now) == left


def test_a_quota_that_is_gone_is_no_longer_low() -> None:
    assert rules.left_of("low5", DAY, verdict("low5")) == ""


def test_a_balance_without_a_forecast_is_judged_by_its_amount() -> None:
    usage = Usage(balances=(Balance(Decimal(5), "USD"),))
    snapshot = Snapshot(ACCOUNT.id, usage=usage, fetched_at=NOW)
    known = worked_out(ACCOUNT, None, snapshot, Settings())
    (judged,) = rules.judge(known, Settings(), NOW).judged
    assert (judged.crossed, judged.has_recovered) == ((), False)


@pytest.mark.parametrize("rule", ["full", "pace", "key_refused"])
def test_an_account_that_could_not_be_asked_keeps_what_it_had(rule: str) -> None:
    unknown = rules.Verdict(ACCOUNT, 0, is_good=False)
    assert rules.left_of(rule, WEEK, unknown) == rule
