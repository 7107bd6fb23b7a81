"""An account with every kind of series and a month of samples, for tests of trends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from workflow.history.series import SCALE, History, Sample, Series
from workflow.models import Account, Balance, Quota, Snapshot, Spend, Usage
from workflow.provider import discovery
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage.accounts import Accounts

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=timezone.utc)  # a Saturday
END, HOUR, DAY = int(NOW.timestamp()), 3600, 86400
WORK = Account("glm-0000000a", "glm", "Work & <b>Play</b>", "cn")
WEEKLY = Series(WORK.id, "quota", "Weekly", "%")
MONEY = Series(WORK.id, "balance", "binding", "CNY")
SPENT = Series(WORK.id, "spend", "month", "USD")
USAGE = Usage(
    (
        Quota(
            "Weekly",
            "%",
            Decimal(70),
            Decimal(100),
            Decimal(30),
            7 * DAY,
            NOW + timedelta(days=4),
        ),
    ),
    (Balance(Decimal(40), "CNY"),),
    (Spend(Decimal(12), "USD", NOW.replace(day=1, hour=0), NOW, "month"),),
)


def sample(hours: float, value: float, resets: float | None = None) -> Sample:
    """Make a sample this many hours before NOW; the reset is in days from NOW."""
    resets_at = None if resets is None else int(END + resets * DAY)
    return Sample(int(END - hours * HOUR), int(value * SCALE), None, resets_at)


def weekly() -> tuple[Sample, ...]:
    """Make samples of a window that ended three days ago, and of the current one, with a gap in it."""
    ended = [sample(24 * 3 + h, 90 - h, -3) for h in range(10, 0, -1)]
    return (*ended, *(sample(h, 70 - h, 4) for h in (40, 39, 38, 3, 2, 1)))


def money() -> tuple[Sample, ...]:
    """Make samples of a balance that falls by 4 a day, with a top-up of 100 ten days ago."""
    return tuple(sample(24 * d, 40 + 4 * d - (100 if d > 10 else 0)) for d in range(20, 0, -1))


def spent() -> tuple[Sample, ...]:
    """Make samples of a spend that grows by 1.5 a day since the month began."""
    began = int(NOW.replace(day=1, hour=0).timestamp())
    return tuple(
        Sample(END - d * DAY, int((12 - 1.5 * d) * SCALE), None, began) for d in range(7, -1, -1)
    )


SAMPLES: Mapping[Series, tuple[Sample, ...]] = {WEEKLY: weekly(), MONEY: money(), SPENT: spent()}


def state(usage: Usage = USAGE, **chosen: Any) -> State:
    """Make the state of the account at NOW; ``chosen`` are settings."""
    settings = Settings(**chosen)
    known = {WORK.id: Snapshot(WORK.id, usage, NOW)}
    providers = {"glm": discovery.about("glm")}
    return State(Accounts((WORK,)), known, providers, settings, History(SAMPLES), NOW)
