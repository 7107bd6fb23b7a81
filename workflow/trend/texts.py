"""The texts of a trend: its title, its finding in one sentence, and its values."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import ROUND_HALF_DOWN, Decimal
from typing import TYPE_CHECKING

from ..display import forecasts, numbers, quotas
from ..display.part import BETWEEN
from ..display.summary import spoken
from ..display.times import day_and_time
from ..i18n.catalog import say
from ..i18n.message import _
from ..models import Balance, Quota

if TYPE_CHECKING:
    from ..settings import Settings
    from ..state.state import AccountState
    from .trend import Event, Trend

NEEDS_TWO = _("a spend by day needs at least two readings")


def nothing(known: AccountState) -> str:
    """Say why there is nothing to draw."""
    usage = known.snapshot.usage
    return say(NEEDS_TWO if usage and usage.spends else _("no history yet"))


def title(trend: Trend) -> str:
    """Name the series: "Weekly, used", "Balance (CNY)", "Spend by day (USD)"."""
    if isinstance(trend.of, Quota):
        return say(_("{allowance}, used"), allowance=numbers.label(trend.of.label))
    if isinstance(trend.of, Balance):
        return say(_("Balance ({unit})"), unit=numbers.unit(trend.of.unit))
    return say(_("Spend by day ({unit})"), unit=numbers.unit(trend.of.unit))


def sentence(known: AccountState, trend: Trend, settings: Settings, now: datetime) -> str:
    """Say the finding: the current value and the forecast; ``now`` is aware UTC."""
    outlook = known.outlook
    if isinstance(trend.of, Quota):
        pace = outlook.pace(trend.of)
        parts = [quotas.share(trend.of, settings)[0]]
        parts += [forecasts.explained(trend.of, pace, now)] if pace else []
    elif isinstance(trend.of, Balance):
        runway = outlook.runway(trend.of)
        parts = [quotas.amount(trend.of.available, trend.of.unit, settings)]
        parts += [forecasts.runway_explained(trend.of, runway, settings)] if runway else []
    else:
        parts = [quotas.spend(trend.of, settings)]
        spending = outlook.spending.get(trend.of.unit)
        parts += [forecasts.spent(spending, trend.of.unit, settings)] if spending else []
    return spoken(BETWEEN.join(part for part in parts if part), now)


def value(trend: Trend, number: float, settings: Settings) -> str:
    """Format a value of a trend: "41%", "¥42.18"; privacy hides money."""
    if isinstance(trend.of, Quota):
        used = Decimal(repr(number))
        return f"{used:.0f}%" if used > 100 else numbers.share(used, ROUND_HALF_DOWN)
    return quotas.amount(Decimal(repr(number)), trend.of.unit, settings)


def top_up(trend: Trend, event: Event, settings: Settings) -> str:
    """Format what was paid in: "▲ ¥50.00"."""
    return f"▲ {value(trend, event.amount or 0, settings)}"


def moment(at: float, now: datetime) -> str:
    """Format a time in the user's zone."""
    return day_and_time(at, now.timestamp())


def as_of(at: datetime) -> str:
    """Say from when the numbers are, and in which zone the times are."""
    local = at.astimezone()
    time = day_and_time(at.timestamp(), datetime(1970, 1, 1, tzinfo=timezone.utc).timestamp())
    return say(_("as of {time}, times in {zone}"), time=time, zone=local.strftime("%Z") or "UTC")
