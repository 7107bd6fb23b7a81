"""Reads the legacy billing pages of OpenAI, made for browser sessions; ``total_usage`` is in cents."""

from __future__ import annotations

from datetime import datetime
from typing import Optional

from ..i18n.message import _
from ..models import Balance, Spend, Usage
from ..provider.counts import allowance
from ..provider.days import next_month, periods
from ..provider.notices import dated
from ..provider.reading import count, entries, mapping, moment, number, text


def parse(grants: object, subscription: object, spent: object, at: datetime) -> Usage:
    """Read what the legacy billing pages tell, if anything; each of them may be missing."""
    left, given = (number(mapping(grants).get(n)) for n in ("total_available", "total_granted"))
    cents = count(mapping(spent).get("total_usage"))
    used = None if cents is None else cents / 100
    limit = count(mapping(subscription).get("hard_limit_usd"))
    end, ends = _expiry(grants, at), next_month(at)
    monthly = allowance("Monthly", "USD", used=used, limit=limit, resets_at=ends, estimated=True)
    return Usage(
        quotas=(monthly,) if monthly and limit else (),
        balances=(Balance(left, "USD"),) if left is not None and (left or given) else (),
        spends=() if used is None else (Spend(used, "USD", periods(at)[0], at, "month"),),
        plan=text(mapping(mapping(subscription).get("plan")).get("title")),
        notice=dated(_("credit expires on {day}"), end) if end else None,
    )


def _expiry(grants: object, at: datetime) -> Optional[datetime]:
    """Tell when the first credit with something left expires."""
    ends = []
    for grant in entries(mapping(mapping(grants).get("grants")).get("data")):
        end, given, used = (grant.get(n) for n in ("expires_at", "grant_amount", "used_amount"))
        when, size, gone = moment(end), number(given), number(used)
        if when and when > at and size is not None and gone is not None and size > gone:
            ends.append(when)
    return min(ends, default=None)
