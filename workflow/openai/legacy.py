"""Reads OpenAI's legacy billing pages, which are made for browser sessions; ``total_usage`` is in cents."""

from __future__ import annotations

from datetime import datetime

from ..i18n.message import Message, _
from ..models import Balance, Spend, Usage
from ..provider.counts import allowance
from ..provider.days import month_until, next_month, periods
from ..provider.notices import dated
from ..provider.reading import count, entries, mapping, moment, number, text

EXPIRES: Message = _("credit expires on {day}")


def parse(grants: object, subscription: object, spent: object, at: datetime) -> Usage:
    """Read the legacy billing pages, each of which may be missing.

    Args:
        grants, subscription, spent: the documents of the three pages.
        at: when they were fetched, aware UTC.
    """
    available = number(mapping(grants).get("total_available"))
    given = number(mapping(grants).get("total_granted"))
    cents = count(mapping(spent).get("total_usage"))
    used = None if cents is None else cents / 100
    limit = count(mapping(subscription).get("hard_limit_usd"))
    end, ends = _expiry(grants, at), next_month(at)
    month = month_until(ends)
    monthly = allowance(
        "Monthly", "USD", used=used, limit=limit, window=month, resets_at=ends, estimated=True
    )
    balances: tuple[Balance, ...] = ()
    if available is not None and (available or given):
        balances = (Balance(available, "USD"),)
    return Usage(
        quotas=(monthly,) if monthly and limit else (),
        balances=balances,
        spends=() if used is None else (Spend(used, "USD", periods(at)[0], at, "month"),),
        plan=text(mapping(mapping(subscription).get("plan")).get("title")),
        notice=dated(EXPIRES, end) if end else None,
    )


def _expiry(grants: object, at: datetime) -> datetime | None:
    """Read when the first credit with something left expires."""
    ends = []
    for grant in entries(mapping(mapping(grants).get("grants")).get("data")):
        end, amount, used = (grant.get(n) for n in ("expires_at", "grant_amount", "used_amount"))
        when, granted, spent = moment(end), number(amount), number(used)
        if when and when > at and granted is not None and spent is not None and granted > spent:
            ends.append(when)
    return min(ends, default=None)
