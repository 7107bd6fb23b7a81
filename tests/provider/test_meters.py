from __future__ import annotations

from decimal import Decimal
from itertools import permutations

from tests.providers.contract import NOW
from workflow.models import Quota
from workflow.provider.meters import Meter, distinct
from workflow.records import replace

WEEK = Quota("Weekly", "%", Decimal(40), Decimal(100), Decimal(60), 604800, NOW)
COUNTED = replace(WEEK, unit="tokens", used=Decimal(80), limit=Decimal(200), remaining=Decimal(120))
OTHER = replace(WEEK, used=Decimal(70), remaining=Decimal(30))


def test_one_window_told_twice_alike_is_one_with_its_counts() -> None:
    told = [Meter(WEEK, "Credits", (6, 1)), Meter(COUNTED, "Tokens", (6, 1))]
    for order in permutations(told):
        assert list(distinct(order)) == [COUNTED]


def test_one_window_told_differently_says_what_is_counted() -> None:
    told = [Meter(WEEK, "Credits", (6, 1)), Meter(OTHER, "Tokens", (6, 1))]
    for order in permutations(told):
        assert [quota.label for quota in distinct(order)] == ["Credits · Weekly", "Tokens · Weekly"]
