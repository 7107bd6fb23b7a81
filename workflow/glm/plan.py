"""Reads the subscription of a GLM account: the valid one, its renewal, its reset cards.

Times without a zone are UTC+8 at both sites: the hours of the statistics, the day of the renewal, the end of a
reset card (from ``customer-package-reset/list``; never call ``…/use`` beside it, which spends a card).
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ..i18n.message import Message
from ..provider import free_resets
from ..provider.days import local
from ..provider.free_resets import FreeReset
from ..provider.notices import renewal
from ..provider.reading import Fields, entries, integer, mapping, text

CLOCK = timezone(timedelta(hours=8))  # of both sites
_CARDS = {"fiveHourResets": "5 hours", "weekResets": "week"}


def current(plans: object) -> Fields:
    """Return the subscription that is valid now; {} if there is none."""
    for entry in entries(mapping(plans).get("data")):
        valid = (text(entry.get("status")) or "").upper() == "VALID"
        if valid and entry.get("inCurrentPeriod") is True:
            return entry
    return {}


def renewal_day(plan: Fields) -> datetime | None:
    """Read the start of the renewal day on the site's clock (UTC+8); None if it is missing."""
    return local(f"{(text(plan.get('nextRenewTime')) or '')[:10]} 00:00:00", CLOCK)


def resets(document: object, now: datetime) -> tuple[FreeReset, ...]:
    """Read the reset cards that can still be used, the next one to lapse first.

    Args:
        document: the answer of ``customer-package-reset/list``.
        now: aware UTC.
    """
    data = mapping(mapping(document).get("data"))
    cards = [
        FreeReset(_CARDS.get(name, ""), local(entry.get("expireTime"), CLOCK))
        for name in data
        if name.lower().endswith("resets")
        for entry in entries(data[name])
        if entry.get("available") not in (False, 0, "0", "false")
    ]
    return free_resets.in_order(cards, now)


def renews(plan: Fields, day: datetime | None) -> Message | None:
    """Make the notice of the day on which the plan renews or ends; None if unknown."""
    again = integer(plan.get("autoRenew"))
    if day is None or again not in (0, 1):
        return None
    return renewal(day.date(), renews=bool(again))
