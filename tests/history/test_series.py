"""A top-up has one definition: for alerts, for the change since a visit, and for a forecast."""

from __future__ import annotations

import pytest

from workflow.forecast.balance import Amount, use
from workflow.history.series import SCALE, rise


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (5.0, 5.01, 0.0),
        (5.0, 5.02, 0.02),
        (1000.0, 1002.0, 0.0),
        (1000.0, 1002.003, 0.0),  # a 500th of what there is now
        (1000.0, 1002.01, 2.01),
        (0.0, 0.005, 0.0),
        (-10.0, -9.5, 0.5),  # of a debt
        (7.0, 3.0, 0.0),
    ],
)
def test_a_smaller_rise_is_rounding(before: float, after: float, expected: float) -> None:
    assert rise(round(before * SCALE), round(after * SCALE)) == round(expected * SCALE)
    top_ups = use([Amount(0, before), Amount(60, after)]).top_ups
    assert [change.amount for change in top_ups] == pytest.approx([expected] if expected else [])


def test_an_unknown_amount_has_not_risen() -> None:
    assert rise(None, SCALE) == rise(SCALE, None) == 0
