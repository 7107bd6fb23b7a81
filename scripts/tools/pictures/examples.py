"""The accounts of the pictures at one moment, and the history of one of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from workflow.errors import CredentialRejected
from workflow.history import series
from workflow.history.series import SCALE, Sample, Series
from workflow.models import Account, Balance, Quota, Snapshot, Usage
from workflow.provider import discovery
from workflow.records import replace
from workflow.refresh import fetch as fetching
from workflow.settings import Settings
from workflow.state.state import State
from workflow.storage.accounts import Accounts

NOW = datetime(2026, 11, 18, 14, 40, tzinfo=timezone.utc)  # a Wednesday
SETTINGS = Settings()


def quota(label: str, left: int, resets: timedelta | None = None, window: int = 0) -> Quota:
    """Make a quota with so many percent left."""
    at = NOW + resets if resets else None
    left_, whole = Decimal(left), Decimal(100)
    return Quota(label, "%", whole - left_, whole, left_, window or None, at)


def known(name: str, label: str, minutes: int = 2, **usage: Any) -> tuple[Account, Snapshot]:
    """Make an account with an answer of so many minutes ago."""
    account = Account(f"{name}-{label}", name, label)
    return account, Snapshot(account.id, Usage(**usage), NOW - timedelta(minutes=minutes))


def refused(name: str, label: str, minutes: int) -> tuple[Account, Snapshot]:
    """Make an account that answered so many minutes ago and whose credential is refused now."""
    account, snapshot = known(name, label, minutes)
    failure = fetching.failure(CredentialRejected(), account, discovery.about(name), NOW)
    return account, replace(snapshot, failure=failure)


WATCHED = "Work"  # the account with a trend
HOURS = (2.2, 2.1, 1.7, 1.2, 0.7, 0, 0)  # percent of its week used in a working hour, Monday first
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
H5, WEEK = 5 * 3600, 7 * 86400  # seconds
EXAMPLES = (
    known(
        "chatgpt",
        "Personal",
        0,
        quotas=(quota("5 hours", 92, 2 * HOUR, H5), quota("Weekly", 78, 4 * DAY + 2 * HOUR, WEEK)),
        plan="Plus",
    ),
    known(
        "glm",
        "Work",
        quotas=(quota("5 hours", 72, 3 * HOUR, H5), quota("Weekly", 41, 2 * DAY + 4 * HOUR, WEEK)),
        plan="Pro",
    ),
    known("minimax", "Coding", quotas=(quota("5 hours", 17, 1.2 * HOUR, H5),), plan="Max"),
    known(
        "tavily",
        "Research",
        quotas=(
            replace(
                Quota("Plan", "credits", Decimal(970), Decimal(1000), Decimal(30)),
                resets_at=datetime(2026, 12, 1, tzinfo=timezone.utc),
                estimated=True,
            ),
        ),
    ),
    known("kimi", "主账号", balances=(Balance(Decimal("42.18"), "CNY", Decimal(12)),)),
    refused("openai", "Team", 180),
    (Account("glm-side", "glm", "Side project"), Snapshot("glm-side")),
)


def state() -> State:
    """Return the state with all accounts."""
    return State(
        Accounts(tuple(account for account, _ in EXAMPLES)),
        {snapshot.account_id: snapshot for _, snapshot in EXAMPLES},
        discovery.everything(),
        SETTINGS,
        at=NOW,
    )


def seen() -> dict[Series, tuple[Sample, ...]]:
    """Make the samples of the weekly quota of ``WATCHED``, which is used in working hours."""
    account, snapshot = next(each for each in EXAMPLES if each[0].label == WATCHED)
    weekly = next(each for each in (snapshot.usage or Usage()).quotas if each.label == "Weekly")
    week, reset = timedelta(days=7), weekly.resets_at or NOW
    samples = []
    at, used, began = NOW - timedelta(days=24), 0.0, reset - 5 * week
    while at <= NOW:
        while at >= began + week:
            began, used = began + week, 0.0
        samples.append(
            Sample(int(at.timestamp()), int(used * SCALE), None, int((began + week).timestamp()))
        )
        is_working = 8 <= at.hour < 18
        used, at = used + (HOURS[at.weekday()] if is_working else 0.0), at + HOUR
    last = int(float(weekly.used_percent or 0) * SCALE)
    samples.append(Sample(int(NOW.timestamp()), last, None, int(reset.timestamp())))
    return {series.of_quota(account.id, weekly): tuple(samples)}
