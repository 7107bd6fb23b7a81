"""The worked cases of ``samples/history/pace_cases.json``, as inputs of a forecast."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import ROOT
from workflow.forecast.balance import Amount
from workflow.history.series import SCALE, Sample
from workflow.models import Quota

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=timezone.utc)
DAY = 86400
INTERVAL = 300

_CASES = json.loads((ROOT / "tests/samples/history/pace_cases.json").read_text())
QUOTAS = [pytest.param(case, id=case["name"]) for case in _CASES["quota"]]
BALANCES = [pytest.param(case, id=case["name"]) for case in _CASES["balance"]]


def quota(case: Mapping[str, Any]) -> Quota:
    """Make the quota of a case, in percent."""
    used, resets = case["used_percent"], case["resets_in_seconds"]
    return Quota(
        "Weekly",
        "%",
        None if used is None else Decimal(str(used)),
        None if case["unlimited"] else Decimal(100),
        None,
        case["window_seconds"],
        None if resets is None else NOW + timedelta(seconds=resets),
        unlimited=case["unlimited"],
    )


def samples(case: Mapping[str, Any]) -> list[Sample]:
    """Make the earlier samples of a case."""
    return [
        sample(told["at"], told["used_percent"], told["resets_in_seconds"])
        for told in case["samples"]
    ]


def sample(at: int, used: float, resets_in: int, total: float | None = None) -> Sample:
    """Make a sample of a quota.

    Args:
        at: seconds from NOW, negative for the past.
        used: percent.
        resets_in: seconds from NOW.
        total: the limit; None for none.
    """
    now = int(NOW.timestamp())
    limit = None if total is None else int(total * SCALE)
    return Sample(now + at, round(used * SCALE), limit, now + resets_in)


def amounts(case: Mapping[str, Any]) -> list[Amount]:
    """Make the points of a balance, one a day, the last one at NOW."""
    last = case["points"][-1]["day"]
    return [
        Amount(int(NOW.timestamp() + (point["day"] - last) * DAY), point["balance"])
        for point in case["points"]
    ]
