"""Makes a usage of the numbers that could be read in an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from ..errors import UnexpectedResponse
from ..models import Balance, Quota, Spend, Usage

_T = TypeVar("_T")


def usage_of(
    quotas: Iterable[Quota | None] = (),
    balances: Iterable[Balance | None] = (),
    spends: Iterable[Spend | None] = (),
    **more: Any,
) -> Usage:
    """Make the usage of an account. Raises UnexpectedResponse if no number could be read.

    Args:
        quotas, balances, spends: the most important first; None for one that could not be read.
        more: the other fields of the usage.
    """
    usage = Usage(_read(quotas), _read(balances), _read(spends), **more)
    if not (usage.quotas or usage.balances or usage.spends):
        raise UnexpectedResponse
    return usage


def _read(several: Iterable[_T | None]) -> tuple[_T, ...]:
    return tuple(each for each in several if each is not None)
