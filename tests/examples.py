"""Example accounts with their snapshots, one of each kind, for tests and benchmarks of what is displayed."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from workflow import settings
from workflow.guide import guide, pages
from workflow.models import Account, Balance, Quota, Snapshot, Spend, Usage
from workflow.provider import discovery as providers
from workflow.records import replace
from workflow.storage import accounts, files
from workflow.storage.snapshots import Cache
from workflow.system import builds

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=timezone.utc)  # a Wednesday
FETCHED = NOW - timedelta(minutes=2)

Known = tuple[Account, Snapshot]


def share(
    label: str, left: str, resets: timedelta | None = None, window: int | None = None
) -> Quota:
    """Make a quota in percent.

    Args:
        label: its name.
        left: percent left.
        resets: how long after NOW it resets.
        window: its length in seconds.
    """
    used = 100 - Decimal(left)
    at = None if resets is None else NOW + resets
    return Quota(label, "%", used, Decimal(100), Decimal(left), window, at)


def known(provider: str, label: str, usage: Usage | None, region: str = "") -> Known:
    """Make an account and its snapshot, which is two minutes old."""
    account = Account(f"{provider}-0000000a", provider, label, region)
    return account, Snapshot(account.id, usage, FETCHED if usage else None)


GLM = known(
    "glm",
    "Work",
    Usage(
        (
            share("5 hours", "72", timedelta(hours=3), 18000),
            share("Weekly", "41", timedelta(days=2, hours=4), 604800),
        ),
        plan="Pro",
    ),
    "cn",
)
MINIMAX = known(
    "minimax",
    "MiniMax",
    Usage(
        (
            share("5 hours", "88", timedelta(hours=1, minutes=20), 18000),
            share("Weekly", "64.5", timedelta(days=3), 604800),
            replace(share("Video", "100"), role="secondary"),
        ),
        plan="Max",
    ),
    "intl",
)
TAVILY = known(
    "tavily",
    "Dev",
    Usage(
        (
            Quota(
                "Plan",
                "credits",
                Decimal(361),
                Decimal(1000),
                Decimal(639),
                None,
                NOW + timedelta(days=12, hours=9),
                estimated=True,
            ),
            Quota("Key", "credits", Decimal(214), None, None, unlimited=True),
        ),
        plan="Researcher",
    ),
)
OPENAI = known(
    "openai",
    "Team",
    Usage(
        (Quota("Tokens", "tokens", Decimal(91254000), None, None),),
        spends=(
            Spend(Decimal("12.345"), "USD", NOW.replace(day=1, hour=0), NOW, "month"),
            Spend(Decimal("1.31"), "USD", NOW.replace(hour=0), NOW, "day"),
            Spend(Decimal("30.5"), "USD", NOW - timedelta(days=29), NOW, "30 days"),
        ),
    ),
)
KIMI = known(
    "kimi",
    "主账号",
    Usage(balances=(Balance(Decimal("42.18"), "CNY", Decimal(12)),)),
    "cn",
)
CHATGPT_ACCOUNT, CHATGPT_SNAPSHOT = known(
    "chatgpt",
    "Me",
    Usage(
        (
            share("5 hours", "95", timedelta(minutes=42), 18000),
            share("Weekly", "12", timedelta(days=5, hours=1), 604800),
            replace(
                Quota(
                    "Deep research", "uses", None, None, Decimal(8), None, NOW + timedelta(days=9)
                ),
                role="secondary",
            ),
        ),
        plan="Plus",
    ),
)
CHATGPT: Known = (
    replace(CHATGPT_ACCOUNT, kind="access_token", expires_at=NOW + timedelta(days=8)),
    CHATGPT_SNAPSHOT,
)
SIX: tuple[Known, ...] = (GLM, MINIMAX, TAVILY, OPENAI, KIMI, CHATGPT)


def six(now: datetime) -> list[Known]:
    """Return one account of each kind, just refreshed."""
    return [_another(known, known[0], 0, now) for known in SIX]


def many(count: int, now: datetime = NOW) -> list[Known]:
    """Return this many accounts of all kinds, just refreshed, each with its own numbers and resets."""
    found = []
    for i in range(count):
        known = SIX[i % len(SIX)]
        account, label = known[0], f"{known[0].label} {i + 1}"
        account = replace(account, id=f"{account.provider}-{i:08x}", label=label)
        found.append(_another(known, account, i, now))
    return found


def _another(known: Known, account: Account, number: int, now: datetime) -> Known:
    """Give the usage of a known account to another, with its numbers and resets moved on a little."""
    usage, passed = known[1].usage or Usage(), now - FETCHED
    quotas = tuple(_moved(quota, number, passed) for quota in usage.quotas)
    return account, Snapshot(account.id, replace(usage, quotas=quotas), now)


def _moved(quota: Quota, number: int, passed: timedelta) -> Quota:
    if quota.resets_at is None:
        return quota
    resets_at = quota.resets_at + passed + timedelta(minutes=number)
    if quota.used is None or quota.limit is None:
        return replace(quota, resets_at=resets_at)
    used = quota.used + (quota.limit - quota.used) * (number % 50) / 100
    return replace(quota, used=used, remaining=quota.limit - used, resets_at=resets_at)


def install(told: Iterable[Known]) -> None:
    """Write accounts.json and the cache as if these accounts had been added and refreshed."""
    pairs = list(told)
    accounts.change(
        lambda book: accounts.Accounts((*book.accounts, *(account for account, _ in pairs)))
    )
    with Cache() as cache:
        for _, snapshot in pairs:
            cache.put(snapshot)


def without_best() -> None:
    """Turn off the row that names the best account, so that the list begins with the first account."""
    settings.choose("best", "0")


def look_at_the_guide() -> None:
    """Leave all pages of the guide in this home, as this build writes them for who looks at them."""
    for name in ("", *providers.names()):
        files.write(pages.path(name), _page(name) + builds.mark(), lasting=False)
        assert pages.there(name)


@functools.cache  # rendering all pages takes half a second
def _page(name: str) -> bytes:
    return guide.page(name).encode()
