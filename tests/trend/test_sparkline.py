"""Twenty-four characters that draw the course of a series."""

from __future__ import annotations

from tests.trend.given import DAY, MONEY, NOW, SAMPLES, SPENT, WORK, sample, state
from workflow.history.series import SCALE, Sample
from workflow.trend.sparkline import ASCII, CELLS, SIGNS, sparkline
from workflow.trend.trend import trends


def test_a_line_shows_levels_gaps_and_resets() -> None:
    week, money, spend = trends(state().of(WORK), SAMPLES, NOW, days=4)
    assert len(sparkline(week)) == CELLS
    assert {"│", "·"} < set(sparkline(week))
    assert "│" not in sparkline(money)
    assert len(sparkline(spend)) == CELLS


def test_without_blocks_the_same_is_said_in_ascii() -> None:
    for trend in trends(state().of(WORK), SAMPLES, NOW):
        plain, drawn = sparkline(trend, ascii_only=True), sparkline(trend)
        assert plain.isascii()
        pairs = dict(zip("".join(SIGNS), "".join(ASCII)))
        assert plain == "".join(pairs[sign] for sign in drawn)


def test_a_debt_is_as_low_as_nothing() -> None:
    owed = {MONEY: [sample(hours, -hours) for hours in (20, 10, 1)]}
    (money,) = trends(state().of(WORK), owed, NOW, days=4)
    assert set(sparkline(money)) == {"▁", "·"}


def test_the_day_that_cost_most_is_drawn() -> None:
    began = int(NOW.replace(day=1, hour=0).timestamp())
    for costly in range(1, 28):
        grown = [
            Sample(began + n * DAY, (n + 90 * (n >= costly)) * SCALE, None, began)
            for n in range(28)
        ]
        (spend,) = trends(state().of(WORK), {SPENT: grown}, NOW)
        assert "█" in sparkline(spend)
