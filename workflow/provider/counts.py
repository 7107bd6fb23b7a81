"""Makes quotas whose used, limit, remaining and percentage agree."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..models import Quota
from .derived import disagree, floored
from .reading import remainder

FULL = Decimal(100)  # percent
_POINT = Decimal(1)  # percentage point by which a rounded percentage may differ from the counts


def allowance(
    label: str,
    unit: str,
    *,
    used: Decimal | None = None,
    limit: Decimal | None = None,
    remaining: Decimal | None = None,
    used_percent: Decimal | None = None,
    **more: Any,
) -> Quota | None:
    """Make a quota of the numbers that a provider gives; None if it gives none.

    A missing ``used`` becomes limit - remaining. A ``remaining`` above the limit is ignored. If counts and
    percentage differ by more than a point, the percentage wins.

    Args:
        label: the name of the quota.
        unit: of the counts; a quota made of a percentage has "%".
        used, limit, remaining: in ``unit``.
        used_percent: the used share, 0 to 100.
        more: the other fields of the quota.
    """
    if remaining is not None and limit is not None:
        used = limit - remaining if used is None and remaining <= limit else used
        remaining = None
    if used_percent is not None and not fits(used, limit, used_percent):
        unit, used, limit, remaining = "%", used_percent, FULL, None
    if used is None and limit is None and remaining is None:
        return None
    remaining = remainder(limit, used) if remaining is None else remaining
    return Quota(label, unit, used, limit, remaining, **more)


def percent_used(percent_left: Decimal | None) -> Decimal | None:
    """Return the used percentage for a vendor that gives the percentage left; at least zero."""
    return None if percent_left is None else floored(FULL - percent_left)


def fits(used: Decimal | None, limit: Decimal | None, used_percent: Decimal) -> bool:
    """Tell whether counts agree with a rounded percentage, and note a contradiction.

    A limit of 0 agrees with every percentage.
    """
    if used is None or limit is None:
        return False
    if not limit or _gap(used, limit, used_percent) <= _POINT:
        return True
    disagree(used, limit, used_percent)
    return False


def adds_up(used: Decimal, limit: Decimal, remaining: Decimal) -> bool:
    """Tell whether used + remaining is the limit, except for rounding, and note a contradiction."""
    if abs(min(used, limit) + remaining - limit) <= max(_POINT, limit / 100):
        return True
    disagree(used, limit, remaining)
    return False


def likeliest(
    readings: Sequence[Decimal], limit: Decimal | None, used_percent: Decimal
) -> Decimal | None:
    """Return the candidate for ``used`` that best fits the percentage; None if none fits or two tie.

    Args:
        readings: the candidates, for a vendor's number that may be either used or remaining.
        limit: in the same unit.
        used_percent: the used share, 0 to 100.
    """
    if not limit:
        return None
    gaps = {used: _gap(used, limit, used_percent) for used in readings}
    gaps = {used: gap for used, gap in gaps.items() if gap <= _POINT}
    if len(readings) == 1 and not gaps:  # with two candidates, a misfit is no contradiction
        disagree(*readings, limit, used_percent)
    best = [used for used, gap in gaps.items() if gap == min(gaps.values())]
    return best[0] if len(best) == 1 else None


def _gap(used: Decimal, limit: Decimal, used_percent: Decimal) -> Decimal:
    """Return the percentage points between counts and a percentage, both capped at 100."""
    return abs(min(used * 100 / limit, FULL) - min(used_percent, FULL))
