"""Numbers and times that know the fields they were made of.

``reading`` passes the place of a value (provenance.py) on to the Decimal or the time that it makes of it. The
results of arithmetic with such Decimals know their operands.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any, NamedTuple, Union

from .provenance import Leaf

MAX = "max"  # the sign of a step max(0, number)

Operand = Union["Number", Decimal, int]
Source = Union[Leaf, "Step", "Sum"]


class Step(NamedTuple):
    """An operation on two numbers, whose result is a Number."""

    sign: str
    left: Operand
    right: Operand


class Sum(NamedTuple):
    """A sum of many numbers, whose result is a Number."""

    terms: tuple[Operand, ...]


class Number(Decimal):
    """A Decimal that knows the field it was read from, or the operation it results from."""

    source: Source | None = None

    @classmethod
    def of(cls, value: Decimal, source: Source) -> Number:
        """Make a number with this source."""
        made = cls(value)
        made.source = source
        return made

    def __add__(self, other: Any) -> Any:
        return _made(Decimal.__add__(self, other), "+", self, other)

    def __radd__(self, other: Any) -> Any:
        return _made(Decimal.__radd__(self, other), "+", other, self)

    def __sub__(self, other: Any) -> Any:
        return _made(Decimal.__sub__(self, other), "−", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _made(Decimal.__rsub__(self, other), "−", other, self)

    def __mul__(self, other: Any) -> Any:
        return _made(Decimal.__mul__(self, other), "×", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _made(Decimal.__rmul__(self, other), "×", other, self)

    def __truediv__(self, other: Any) -> Any:
        return _made(Decimal.__truediv__(self, other), "÷", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _made(Decimal.__rtruediv__(self, other), "÷", other, self)

    def __neg__(self) -> Any:
        return _made(Decimal.__neg__(self), "−", 0, self)

    def __abs__(self) -> Any:
        return self if self >= 0 else -self

    def __round__(self, digits: Any = None) -> Any:
        rounded = Decimal.__round__(self, digits)
        return Number.of(rounded, self.source) if self.source and digits is not None else rounded


def _made(value: Any, sign: str, left: Operand, right: Operand) -> Any:
    return value if value is NotImplemented else Number.of(value, Step(sign, left, right))


class Moment(datetime):
    """A time that knows the field it was read from."""

    source: Leaf | None = None


def number(made: Decimal, value: object) -> Decimal:
    """Return a number that was made of a value, with the place of the value if it has one."""
    if not isinstance(value, Leaf):
        return made
    value.was_read = True
    return Number.of(made, value)


def moment(made: datetime, value: object) -> datetime:
    """Return a time that was made of a value, with the place of the value if it has one."""
    if not isinstance(value, Leaf):
        return made
    value.was_read = True
    dated = Moment.combine(made.date(), made.timetz())
    dated.source = value
    return dated


def floored(value: Decimal) -> Decimal:
    """Return a number, or zero if it is negative."""
    if value >= 0:
        return value
    zero = Decimal(0)
    return Number.of(zero, Step(MAX, 0, value)) if isinstance(value, Number) else zero


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Add up numbers; there may be thousands."""
    terms = tuple(numbers)
    value = reduce(Decimal.__add__, terms, Decimal(0))
    made = any(isinstance(each, Number) for each in terms)
    return Number.of(value, Sum(terms)) if made else value


def leaves(value: object) -> list[Leaf]:
    """List the fields that a number or a time was made of, in order, each once."""
    fields: dict[int, Leaf] = {}
    waiting: list[object] = [value]
    while waiting:
        source = getattr(waiting.pop(), "source", None)
        if isinstance(source, Leaf):
            fields.setdefault(id(source), source)
        elif isinstance(source, Step):
            waiting += (source.right, source.left)
        elif isinstance(source, Sum):
            waiting += reversed(source.terms)
    return list(fields.values())


def disagree(*numbers: Decimal | None) -> None:
    """Note that the fields of these numbers contradict each other."""
    fields = [leaf for number in numbers for leaf in leaves(number)]
    if fields:
        fields[0].trace.disagreements.append(tuple(fields))
