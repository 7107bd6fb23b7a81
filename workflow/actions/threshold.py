"""Reads a low threshold as a user types it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ..display import numbers
from ..display.threshold import NO_USE
from ..errors import WrongUsage
from ..i18n.message import _
from ..state import fit

_TOO_MUCH = _("{threshold}% is more than all of it; nothing was changed")
_NO_NUMBER = _("“{text}” is not a positive number; nothing was changed")
_IN_PERCENT = _("{account} is measured in percent left, not in {sign}; type a share such as 30%")
_IN_UNIT = _("{account} is measured in {unit}, not in {sign}; type an amount such as 30")
_LARGEST = Decimal(10) ** 9
_SIGNS: Mapping[str, tuple[str, ...]] = {  # the units that each may mean
    **dict.fromkeys("%％", ("%",)),
    **dict.fromkeys("¥￥", ("CNY", "JPY")),
    "$": ("USD",),
    "€": ("EUR",),
    "£": ("GBP",),
}


def read(text: str, name: str, unit: str | None) -> Decimal:
    """Read a threshold such as "10", "10 %" or "¥5". Raises WrongUsage.

    Args:
        text: the text as typed.
        name: the account, for the message.
        unit: the unit that the account is measured in, "" if in none; None if no numbers are known yet.
    """
    number = _number(text)
    if unit == "":
        raise WrongUsage(NO_USE.filled(account=name))
    if number is None:
        raise WrongUsage(_NO_NUMBER.filled(text=text[:20]))
    for sign in text:
        if unit and unit not in _SIGNS.get(sign, (unit,)):
            sentence = _IN_PERCENT if unit == "%" else _IN_UNIT
            raise WrongUsage(sentence.filled(account=name, unit=numbers.unit(unit), sign=sign))
    if number > 100 and (unit or unit_of(text)) == "%":
        raise WrongUsage(_TOO_MUCH.filled(threshold=numbers.digits(number)))
    return number


def unit_of(text: str) -> str:
    """Return the unit that was typed with a threshold as a sign; "" for none, and for ¥, which may be two."""
    units = {unit for sign in text for unit in _SIGNS.get(sign, ())}
    return units.pop() if len(units) == 1 else ""


def _number(text: str) -> Decimal | None:
    """Return a usable number, with or without a sign of a unit; None for anything else."""
    try:
        number = Decimal(fit.with_point(text.strip("".join((*_SIGNS, " ")))))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 < number < _LARGEST else None
