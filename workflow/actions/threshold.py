"""Reads a low threshold as a user types it, and sets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from ..display import numbers
from ..display.threshold import NO_USE
from ..errors import WrongUsage
from ..i18n.catalog import say
from ..i18n.message import _
from ..models import Account, Usage
from ..state import fit
from ..state.status import measure
from . import edit

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
_SPELLINGS: Mapping[str, str] = {  # the units that have these names beside their own
    **dict.fromkeys(("percent", "per cent", "percent left"), "%"),
    **dict.fromkeys(("元", "块", "人民币", "yuan", "rmb"), "CNY"),
    **dict.fromkeys(("dollar", "dollars", "美元", "美金"), "USD"),
    **dict.fromkeys(("euro", "euros", "欧元"), "EUR"),
    **dict.fromkeys(("pound", "pounds", "英镑"), "GBP"),
    **dict.fromkeys(("yen", "日元"), "JPY"),
}
_COUNTRIES = {"US$": "$", "CN¥": "¥", "CN￥": "¥"}  # signs with a country before them


def change(account: Account, text: str | None, usage: Usage | None, name: str) -> Account:
    """Set an account's threshold as it was typed; None removes it. Raises WrongUsage, Mistake.

    ``usage`` has the account's numbers, and messages call it ``name``.
    """
    typed = unit_of(text or "", usage)
    unit = measure(usage, typed or account.threshold_unit) if usage else None
    number = None if text is None else read(text, name, unit)
    return edit.set_threshold(account.id, number, unit or typed)


def read(text: str, name: str, unit: str | None) -> Decimal:
    """Read a threshold such as "10", "10 %", "¥5", "5 yuan" or "30 credits". Raises WrongUsage.

    ``unit`` is what the account with this name is measured in, "" if in none; None if no numbers are known yet.
    """
    number = _number(text, unit or "")
    if unit == "":
        raise WrongUsage(NO_USE.filled(account=name))
    if number is None:
        raise WrongUsage(_NO_NUMBER.filled(text=text[:20]))
    for sign, meant in _typed(text, unit or ""):
        if unit and unit not in meant:
            sentence = _IN_PERCENT if unit == "%" else _IN_UNIT
            raise WrongUsage(sentence.filled(account=name, unit=numbers.unit(unit), sign=sign))
    if number > 100 and (unit or unit_of(text)) == "%":
        raise WrongUsage(_TOO_MUCH.filled(threshold=numbers.digits(number)))
    return number


def unit_of(text: str, usage: Usage | None = None) -> str:
    """Return the unit that was typed with a threshold; "" for none, and for ¥ unless a balance says which."""
    units = {unit for _sign, meant in _typed(text, "") for unit in meant}
    if len(units) > 1 and usage is not None:
        units &= {balance.unit for balance in usage.balances}
    return units.pop() if len(units) == 1 else ""


def _typed(text: str, unit: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the signs and the word in a text, each with the units that it may mean."""
    text = _plain(text)
    yield from ((sign, _SIGNS[sign]) for sign in text if sign in _SIGNS)
    word = _word(text)
    if word:
        yield word, _units(word, unit)


def _word(text: str) -> str:
    """Return the word before or behind a number, "CNY" of "10 CNY"; "" if there is none."""
    text = text.strip("".join((*_SIGNS, " ")))
    word = text.strip("0123456789., ")
    is_word = word.replace(" ", "").isalpha()
    return word if is_word and word in (text[: len(word)], text[-len(word) :]) else ""


def _units(word: str, unit: str) -> tuple[str, ...]:
    """Return the units with this name: of an account's own ``unit``, of our counts, or a currency."""
    name, code = " ".join(word.casefold().split()), word.upper()
    known = tuple(each for each in {unit: "", **numbers.UNITS} if each and name in _names(each))
    if known or name not in _SPELLINGS:
        return known or ((code,) if numbers.is_currency(code) else ())
    return (_SPELLINGS[name],)


def _names(unit: str) -> set[str]:
    """Return what a unit is called, in lower case: one and several, in English and the reader's language."""
    message = numbers.UNITS.get(unit)
    if message is None:  # a provider's own, or a currency
        return {unit.casefold(), unit.casefold().removesuffix("s")}
    texts = [say(message.counting(count), number="") for count in (1, 2)]
    english = [text.replace("{number}", "") for text in (message.id, message.several)]
    return {text.casefold().strip() for text in (unit, *texts, *english)}


def _plain(text: str) -> str:
    """Write a text without full-width characters and without the country of a sign."""
    text = fit.narrow(text)
    for sign, short in _COUNTRIES.items():
        text = text.replace(sign, short)
    return text


def _number(text: str, unit: str) -> Decimal | None:
    """Return a usable number, with or without a known unit; None for anything else."""
    text = _plain(text)
    word = _word(text)
    if word and not _units(word, unit):
        return None
    try:
        number = Decimal(fit.with_point(text.replace(word, "").strip("".join((*_SIGNS, " ")))))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 < number < _LARGEST else None
