"""Makes a quota of what is told of an allowance, so that used, limit, rest and percentage agree."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Optional, Sequence

from ..models import Quota
from .reading import rest

FULL = Decimal(100)  # percent
_POINT = Decimal(1)  # by which a rounded percentage may miss the counts


def allowance(
    label: str,
    unit: str,
    *,
    used: Optional[Decimal] = None,
    limit: Optional[Decimal] = None,
    left: Optional[Decimal] = None,
    percent: Optional[Decimal] = None,
    **more: Any,
) -> Optional[Quota]:
    """Make a quota of what is told; None when nothing is.

    What is used is limit - rest where it is not told itself. A rest is not believed beyond its limit.
    Where counts and percentage differ by more than a point, the percentage holds.

    Args:
        unit: of the counts; a quota by percentage has "%".
        percent: the share that is used, of 100.
        more: the other fields of the quota.
    """
    if left is not None and limit is not None:
        used = limit - left if used is None and left <= limit else used
        left = None
    if percent is not None and not fits(used, limit, percent):
        unit, used, limit, left = "%", percent, FULL, None
    if used is None and limit is None and left is None:
        return None
    return Quota(label, unit, used, limit, rest(limit, used) if left is None else left, **more)


def fits(used: Optional[Decimal], limit: Optional[Decimal], percent: Decimal) -> bool:
    """Tell whether counts say what a rounded percentage says; a limit of 0 contradicts none."""
    if used is None or limit is None:
        return False
    return not limit or _gap(used, limit, percent) <= _POINT


def likeliest(
    readings: Sequence[Decimal], limit: Optional[Decimal], percent: Decimal
) -> Optional[Decimal]:
    """Choose the reading of a count that the percentage proves; None when none or two fit best.

    Args:
        readings: what may be used, where a vendor's number is either used or left.
        percent: the share that is used, of 100.
    """
    if not limit:
        return None
    gaps = {used: _gap(used, limit, percent) for used in readings if fits(used, limit, percent)}
    best = [used for used, gap in gaps.items() if gap == min(gaps.values())]
    return best[0] if len(best) == 1 else None


def _gap(used: Decimal, limit: Decimal, percent: Decimal) -> Decimal:
    """Measure by how many points counts miss a percentage; beyond the limit both are full."""
    return abs(min(used * 100 / limit, FULL) - min(percent, FULL))
