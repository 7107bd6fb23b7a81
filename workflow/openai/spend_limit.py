"""Reads OpenAI's spend limit of an organization or a project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..i18n.message import _
from ..models import Quota, Spend, WorkBlocked
from ..provider.counts import allowance
from ..provider.days import month_until, next_month
from ..provider.reading import count, currency, mapping

CURRENCY = "USD"  # OpenAI's billing currency
_REACHED = _("the spend limit is reached, raise it or wait for the reset")
_SHARED_REACHED = _(
    "the organization's spend limit is reached, raise it or wait for the next month"
)


def parse(document: object, spends: Sequence[Spend], at: datetime) -> tuple[Quota, ...]:
    """Read the spend limit, if one is set.

    Args:
        document: the vendor's, with the limit in cents.
        spends: what was spent, of which the month's is compared with a monthly limit.
        at: aware UTC.
    """
    fields = mapping(document)
    cents = count(fields.get("threshold_amount"))
    unit = currency(fields.get("currency")) or CURRENCY
    if cents is None:
        return ()
    limit, used, resets_at = cents / 100, None, None
    if fields.get("interval") == "month":
        months = (spend.amount for spend in spends if (spend.period, spend.unit) == ("month", unit))
        used, resets_at = next(months, None), next_month(at)
    alert = _is_enforcing(fields)
    quota = allowance(
        "Spend limit",
        unit,
        used=used,
        limit=limit,
        window=month_until(resets_at),
        resets_at=resets_at,
        alert=alert,
    )
    return (quota,) if quota else ()


def blocked(limits: Sequence[object], at: datetime) -> WorkBlocked | None:
    """Return why no work is accepted: an enforced limit; None if there is none.

    Args:
        limits: the documents, the account's own one first, then the organization's.
        at: aware UTC.
    """
    for limit, reason in zip(limits, (_REACHED, _SHARED_REACHED)):
        if _is_enforcing(limit):
            monthly = mapping(limit).get("interval") == "month"
            return WorkBlocked("spend_limit", reason, next_month(at) if monthly else None)
    return None


def _is_enforcing(limit: object) -> bool:
    return mapping(mapping(limit).get("enforcement")).get("status") == "enforcing"
