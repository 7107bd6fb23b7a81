from __future__ import annotations

from decimal import Decimal

from workflow.provider import derived
from workflow.provider.derived import leaves
from workflow.provider.provenance import Trace
from workflow.provider.reading import number


def places(value: object) -> list[str]:
    return [leaf.pointer() for leaf in leaves(value)]


def test_sums_and_quotients_know_their_fields() -> None:
    entry = Trace("x").document({"total": 100, "left": "40.5"})
    total, left = number(entry["total"]), number(entry["left"])
    assert total is not None
    assert left is not None
    for made in (total - left, total + left, total * left, total / left, sum([total, left])):
        assert places(made) == ["/total", "/left"]
    for made in (100 - total, -total, abs(-total), Decimal(5) / total, round(total / 3, 2)):
        assert places(made) == ["/total"]
    assert total - left == Decimal("59.5")
    assert places(max(total, left)) == ["/total"]


def test_numbers_of_no_answer_remember_nothing() -> None:
    made = number("12.5")
    assert type(made) is Decimal
    assert leaves(made) == leaves(None) == []
    derived.disagree(made, None)  # of which nobody can say where it stood
