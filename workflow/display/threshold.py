"""The threshold below which an account counts as low: percent left, or its balance."""

from __future__ import annotations

from decimal import Decimal

from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..models import Account, Usage
from ..settings import Settings
from ..state.status import low_percent, measure
from . import numbers, quotas

_AS_SET = _("{account} counts as low at {percent}% left or less, as in the settings")
_NO_BALANCE = _("{account} has no low threshold for its balance")
_AT_SHARE = _("{account} counts as low at {threshold}% left or less")
_AT_BALANCE = _("{account} counts as low at a balance of {amount} or less")
_AT_EITHER = _("{account} counts as low at {threshold} or less (percent left, or balance)")
_IN_VAIN = _(
    "{account} counts as low at {percent}% left or less anyway, as in the settings; "
    "a threshold of {threshold}% changes nothing"
)
_OTHER_UNIT = _(
    "{account} is measured in {unit} now, so its low threshold of {threshold} does not apply; "
    "set a new one"
)
NO_USE = _("{account} reports neither a share nor an amount that is left, so no threshold applies")


def line(account: Account, name: str, usage: Usage | None, settings: Settings) -> Message:
    """Say below which threshold the account with this name counts as low."""
    unit, own = measure(usage, account.threshold_unit), account.threshold
    if usage is not None and not unit:
        return NO_USE.filled(account=name)
    if own is not None and is_in_vain(account, unit):
        kept = _in_unit(own, account.threshold_unit, settings)
        measured = _("percent left") if unit == "%" else numbers.unit(unit)
        return _OTHER_UNIT.filled(account=name, unit=measured, threshold=kept)
    unit = unit or account.threshold_unit
    if own is None:
        if unit not in ("", "%"):
            return _NO_BALANCE.filled(account=name)
        return _AS_SET.filled(account=name, percent=low_percent(settings))
    if unit == "%":
        low = low_percent(settings)
        sentence = _AT_SHARE if own > low else _IN_VAIN
        return sentence.filled(account=name, threshold=numbers.digits(own), percent=low)
    if unit:
        return _AT_BALANCE.filled(account=name, amount=quotas.amount(own, unit, settings))
    return _AT_EITHER.filled(account=name, threshold=numbers.digits(own))


def value(account: Account, unit: str, settings: Settings) -> str:
    """Say briefly what the threshold is: "30%", "¥30.00", "not set".

    ``unit`` is what the account is measured in, see ``measure``.
    """
    own = account.threshold
    if own is None:
        if unit not in ("", "%"):
            return say(_("not set"))
        return say(_("as in the settings ({percent}%)"), percent=low_percent(settings))
    shown = _in_unit(own, account.threshold_unit or unit, settings)
    if is_in_vain(account, unit):
        return say(_("{threshold} (does not apply)"), threshold=shown)
    return shown


def is_in_vain(account: Account, unit: str) -> bool:
    """Tell whether an account's own threshold is in another unit than the account by now."""
    return bool(unit) and account.threshold is not None and account.threshold_in(unit) is None


def _in_unit(own: Decimal, unit: str, settings: Settings) -> str:
    if unit in ("", "%"):
        return f"{numbers.digits(own)}{unit}"
    return quotas.amount(own, unit, settings)
