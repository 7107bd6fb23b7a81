from __future__ import annotations

from decimal import Decimal

import pytest

from workflow.provider import derived, formulas
from workflow.provider.counts import percent_used
from workflow.provider.derived import floored
from workflow.provider.provenance import Trace
from workflow.provider.reading import number, remainder


def read(**fields: object) -> list[Decimal]:
    told = Trace("x").document(fields)
    found = [number(told[name]) for name in fields]
    return [each for each in found if each is not None]


A, B, C = read(a=100, b=30, c=5)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (A, "/a"),
        (A - B, "/a − /b"),
        (A - (B - C), "/a − (/b − /c)"),
        (A - B - C, "/a − /b − /c"),
        (A + B + C, "/a + /b + /c"),
        (A + (B - C), "/a + /b − /c"),
        (A - (B + C), "/a − (/b + /c)"),
        ((A + B) * 100 / C, "(/a + /b) × 100 ÷ /c"),
        (A / (B / C), "/a ÷ (/b ÷ /c)"),
        (-A, "−/a"),
        (Decimal(0) + A + Decimal(0), "/a"),
        (A / 1 * 1 - 0, "/a"),
        (remainder(A, remainder(A, B)), "/b"),
        (percent_used(B), "100 − /b"),
        (floored(B - A), "max(0, /b − /a)"),
        (Decimal(7), ""),
        (None, ""),
    ],
)
def test_a_formula_says_what_was_made_of_what(made: Decimal | None, said: str) -> None:
    assert formulas.of(made) == said


def test_many_fields_are_said_by_their_kind() -> None:
    told = Trace("x").document({"days": [{"cost": i} for i in range(1, 3001)], "tax": 1})
    days = [number(day["cost"]) or Decimal(0) for day in told["days"]]
    tax = number(told["tax"]) or Decimal(0)
    total = sum(days, Decimal(0))
    assert formulas.of(total) == "Σ /days/*/cost (3000)"
    assert formulas.of(total + tax) == "Σ /days/*/cost (3000) + Σ /tax (1)"
    assert formulas.of(tax - total) == "/tax − (Σ /days/*/cost (3000))"
    assert formulas.of(round(total, 2) / 100) == "(Σ /days/*/cost (3000)) ÷ 100"
    cents = sum((day / 100 for day in days), Decimal(0))
    assert formulas.of(cents) == "Σ /days/*/cost ÷ 100 (3000)"
    at_once = derived.total(days)
    assert at_once == total
    assert formulas.of(at_once + tax) == "Σ /days/*/cost (3000) + Σ /tax (1)"
    assert derived.leaves(at_once) == derived.leaves(total)


def test_a_sum_names_its_fields_in_their_order() -> None:
    assert formulas.of(derived.total([A, Decimal(0), B])) == "/a + /b"
    assert formulas.of(derived.total([A, B]) * 2) == "(/a + /b) × 2"
    assert formulas.of(derived.total([Decimal(1), Decimal(2)])) == ""
    assert derived.total([]) == 0
