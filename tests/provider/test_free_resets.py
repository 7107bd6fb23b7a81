from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from tests.said import chinese, english
from workflow.provider.free_resets import FreeReset, in_order, notice, quotas

NOW = datetime(2026, 10, 5, 9, tzinfo=timezone.utc)
SOON, LATER = NOW + timedelta(days=2), NOW + timedelta(days=9)


def test_the_first_to_lapse_comes_first_and_what_lapsed_is_gone() -> None:
    told = [
        FreeReset("week", None),
        FreeReset("week", LATER),
        FreeReset("5 hours", NOW),
        FreeReset("5 hours", SOON),
    ]
    assert [one.lapses_at for one in in_order(told, NOW)] == [SOON, LATER, None]


def test_they_are_counted_and_said() -> None:
    (quota,) = quotas(Decimal(3))
    assert quota.remaining == 3
    assert quota.role == "secondary"
    assert quotas(Decimal(0)) == quotas(None) == ()
    said = notice([FreeReset("week", LATER), FreeReset("week", None), FreeReset("", None)])
    assert said is not None
    assert (
        english(said)
        == "free resets: 2 for the week, 1 for another window; the first expires on 14 "
        "Oct 2026"
    )
    assert chinese(said).startswith("免费重置：每周额度 2 次、其他周期额度 1 次；")
    alone = notice([FreeReset("5 hours", None)])
    assert alone is not None
    assert english(alone) == "free resets: 1 for 5 hours"
    assert notice([]) is None
