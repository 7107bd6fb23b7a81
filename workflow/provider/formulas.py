"""Formulas: how a number was made of the fields of an answer, as one line of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from .derived import MAX, Number, Operand, Step, Sum, leaves
from .provenance import Leaf

MAX_FIELDS = 6  # terms that a sum lists one by one; more are grouped by pointer
_STRONG = ("×", "÷")
_STAR = "*"


def of(value: object, fields: Sequence[Leaf] | None = None) -> str:
    """Write the formula of a number or a time; "" if it was made of no field.

    For example ``/total − /left``, or for many fields ``Σ /data/*/cost (31)``.

    Args:
        value: the number or the time.
        fields: its fields, if the caller knows them already.
    """
    fields = leaves(value) if fields is None else fields
    return _formula(value)[0] if fields else ""


def _formula(value: object, place: str = "") -> tuple[str, str]:
    """Return the formula of a value and its outermost operator; "" if it has none.

    Args:
        value: a number, with or without a source.
        place: the text that replaces each array index in a pointer; "" to keep the indexes.
    """
    source = getattr(value, "source", None)
    if isinstance(source, Leaf):
        return source.pointer(place), ""
    if isinstance(source, Sum):
        return _sum(value, place)
    if not isinstance(source, Step):
        return (f"{value:f}" if isinstance(value, Decimal) else str(value)), ""
    if source.sign == MAX:
        return f"max(0, {_formula(source.right, place)[0]})", ""
    if _is_neutral(source):
        return _formula(source.left if isinstance(source.left, Number) else source.right, place)
    return _sum(value, place) if source.sign == "+" else _step(source, place)


def _step(source: Step, place: str) -> tuple[str, str]:
    sign = source.sign
    again = source.right.source if isinstance(source.right, Number) else None
    if isinstance(again, Step) and sign == again.sign == "−" and again.left is source.left:
        return _formula(again.right, place)  # a − (a − b) is b
    right = _grouped(source.right, sign, place, is_right=True)
    if sign == "−" and not isinstance(source.left, Number) and not source.left:
        return f"−{right}", sign
    return f"{_grouped(source.left, sign, place)} {sign} {right}", sign


def _sum(value: object, place: str) -> tuple[str, str]:
    """Write a sum; many terms are grouped by their pointer with stars."""
    terms = _terms(value)
    if len(terms) <= MAX_FIELDS:
        return " + ".join(_grouped(each, "+", place) for each in terms), "+"
    kinds = Counter(_grouped(each, "×", _STAR) for each in terms)
    return " + ".join(f"Σ {kind} ({count})" for kind, count in kinds.items()), "+"


def _terms(value: object) -> list[Operand]:
    """List the terms of a sum, perhaps thousands, without plain zeros."""
    terms: list[Operand] = []
    waiting: list[object] = [value]
    while waiting:
        each = waiting.pop()
        source = getattr(each, "source", None)
        if isinstance(source, Step) and source.sign == "+":
            waiting += (source.right, source.left)
        elif isinstance(source, Sum):
            waiting += reversed(source.terms)
        elif isinstance(each, (Number, Decimal, int)) and (isinstance(each, Number) or each):
            terms.append(each)
    return terms


def _grouped(value: Operand, outer: str, place: str, *, is_right: bool = False) -> str:
    """Write an operand, in brackets where precedence needs them."""
    source = getattr(value, "source", None)
    if isinstance(source, Leaf):  # the usual case
        return source.pointer(place)
    formula, inner = _formula(value, place)
    weaker = inner != "" and inner not in _STRONG and outer in _STRONG
    turned = is_right and inner != "" and outer in ("−", "÷")
    return f"({formula})" if weaker or turned else formula


def _is_neutral(step: Step) -> bool:
    """Tell whether a step changes nothing, such as adding a plain 0."""
    plain = [each for each in (step.left, step.right) if not isinstance(each, Number)]
    if not plain:
        return False
    if step.sign == "+" or (step.sign == "−" and plain[0] is step.right):
        return plain[0] == 0
    return plain[0] == 1 and (step.sign == "×" or (step.sign == "÷" and plain[0] is step.right))
