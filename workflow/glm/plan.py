"""Reads the subscription of a GLM account: which one is valid, when it renews, its reset cards.

Times without a zone are those of UTC+8 at both sites: the statistics' hours, the day of the renewal,
the end of a reset card (``customer-package-reset/list``; its neighbour ``/use`` spends one).
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Dict, Mapping, Optional, Tuple

from ..i18n.message import Message
from ..provider import free_resets
from ..provider.days import local
from ..provider.free_resets import FreeReset
from ..provider.notices import renewal
from ..provider.reading import entries, integer, mapping, text

CLOCK = timezone(timedelta(hours=8))  # of both sites, wherever the account is
_CARDS = {"fiveHourResets": "5 hours", "weekResets": "week"}


def current(plans: object) -> Dict[str, Any]:
    """Find the subscription that is valid now; an empty one when there is none."""
    for entry in entries(mapping(plans).get("data")):
        valid = (text(entry.get("status")) or "").upper() == "VALID"
        if valid and entry.get("inCurrentPeriod") is True:
            return entry
    return {}


def renewal_day(plan: Mapping[str, Any]) -> Optional[datetime]:
    """Tell when the day of the renewal begins at the site."""
    return local(f"{(text(plan.get('nextRenewTime')) or '')[:10]} 00:00:00", CLOCK)


def resets(told: object, now: datetime) -> Tuple[FreeReset, ...]:
    """Read the reset cards that can still be used, the one that lapses first at the front."""
    data = mapping(mapping(told).get("data"))
    cards = [
        FreeReset(_CARDS.get(name, ""), local(entry.get("expireTime"), CLOCK))
        for name in data
        if name.lower().endswith("resets")
        for entry in entries(data[name])
        if entry.get("available") not in (False, 0, "0", "false")
    ]
    return free_resets.in_order(cards, now)


def renews(plan: Mapping[str, Any], day: Optional[datetime]) -> Optional[Message]:
    """Say on which day the plan renews or ends; None where that is not told."""
    again = integer(plan.get("autoRenew"))
    if day is None or again not in (0, 1):
        return None
    return renewal(day.date(), renews=bool(again))
