"""The sources of an account's numbers: fields, formulas, unused and new fields.

They are worked out when the answers are read, stored with the numbers as bytes, and decoded only to explain
the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from ..models import Usage
from ..records import dataclass, fields, replace
from ..storage import json_codec
from . import drift, formulas
from .derived import leaves
from .provenance import Leaf, Trace, may_be_number, plain, step
from .reading import number, text

MAX_IGNORED = 24  # unused fields that are listed
_MAX_VISITED = 20_000  # objects and arrays of one answer that are searched
_MAX_FIELDS = 12  # of one number
_MAX_FORMULA, _MAX_TIME, _MAX_NUMBER = 600, 40, 18  # characters
_NUMBERS = {
    "quota": ("used", "limit", "remaining", "resets_at"),
    "balance": ("available", "granted"),
    "spend": ("amount",),
}
_STAR = "*"  # stands for each place in an array
_T = TypeVar("_T")


class Field(NamedTuple):
    """A field of an answer, and its value."""

    endpoint: str  # host and path
    pointer: str  # JSON Pointer; if it stands for several fields, a star replaces each array index
    value: str


class Source(NamedTuple):
    """The source of one number."""

    kind: str  # "quota", "balance" or "spend"
    name: str  # the label of a quota, the unit of a balance, the period of a spend
    number: str  # "used", "limit", "remaining", "resets_at", "available", "granted", "amount"
    unit: str
    formula: str  # of pointers; "" if the number was not read from a field
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Sources:
    """The sources of all numbers of an account, and its unused, new and contradicting fields."""

    numbers: tuple[Source, ...] = ()
    ignored: tuple[Field, ...] = ()
    new: tuple[Field, ...] = ()
    disagreeing: tuple[tuple[Field, ...], ...] = ()


def explained(usage: Usage, provider: str, traces: Sequence[Trace]) -> Usage:
    """Return the usage with plain numbers, and their sources in ``usage.sources``.

    Args:
        usage: as the provider read it, from documents of the traces.
        provider: its id.
        traces: those of all answers except refusals.
    """
    rows = [
        (kind, each, name, leaves(getattr(each, name)))
        for kind, several in _several(usage)
        for each in several
        for name in _NUMBERS[kind]
    ]
    used = [leaf for *_, own in rows for leaf in own]
    numbers = [
        [kind, _name(kind, each), name, each.unit, *_origin(value, own)]
        for kind, each, name, own in rows
        for value in [getattr(each, name)]
        if value is not None and (own or name == _NUMBERS[kind][0])
    ]
    new = list({id(leaf): leaf for leaf in drift.new_fields(provider, used)}.values())
    used_in = {id(leaf.trace) for leaf in used}
    disagreeing = [case for trace in traces for case in trace.disagreements if id(trace) in used_in]
    ignored = (field for trace in traces if id(trace) in used_in for field in _ignored(trace, new))
    kept = {
        "numbers": numbers,
        "ignored": [list(field) for field in islice(ignored, MAX_IGNORED)],
        "new": [list(_field(leaf)) for leaf in new[:MAX_IGNORED]],
        "disagreeing": [
            [list(field) for field in _fields(case)] for case in disagreeing[:MAX_IGNORED]
        ],
    }
    return replace(
        _plain(usage),
        quotas=tuple(map(_plain, usage.quotas)),
        balances=tuple(map(_plain, usage.balances)),
        spends=tuple(map(_plain, usage.spends)),
        blocked=usage.blocked and _plain(usage.blocked),
        is_changed=bool(new or disagreeing),
        sources=json_codec.dumps(kept),
    )


def read(usage: Usage) -> Sources:
    """Decode the sources of a usage; empty if there are none or another version wrote them."""
    if not usage.sources:
        return Sources()
    try:
        kept = json_codec.loads(usage.sources)
        return Sources(
            tuple(
                Source(kind, name, number, unit, formula, tuple(Field(*each) for each in fields))
                for kind, name, number, unit, formula, fields in kept.get("numbers", ())
            ),
            tuple(Field(*field) for field in kept.get("ignored", ())),
            tuple(Field(*field) for field in kept.get("new", ())),
            tuple(tuple(Field(*field) for field in case) for case in kept.get("disagreeing", ())),
        )
    except (TypeError, ValueError, IndexError, AttributeError):
        return Sources()


def _several(usage: Usage) -> tuple[tuple[str, Sequence[Any]], ...]:
    return (("quota", usage.quotas), ("balance", usage.balances), ("spend", usage.spends))


def _name(kind: str, each: Any) -> str:
    if kind == "spend":
        return str(each.period or each.unit)
    return str(each.label if kind == "quota" else each.unit)


def _origin(value: object, own: Sequence[Leaf]) -> tuple[str, list[list[str]]]:
    """Return the formula of a number, and its fields."""
    return text(formulas.of(value, own), _MAX_FORMULA) or "", [list(each) for each in _fields(own)]


def _fields(fields: Sequence[Leaf]) -> list[Field]:
    """Describe fields, each once; many fields of an array become one pointer with stars."""
    if len(fields) <= formulas.MAX_FIELDS:
        return list(dict.fromkeys(map(_field, fields)))
    places = {(leaf.trace.endpoint, leaf.pointer(_STAR)) for leaf in fields}
    return [_at(endpoint, pointer) for endpoint, pointer in sorted(places)][:_MAX_FIELDS]


def _field(leaf: Leaf) -> Field:
    return _at(leaf.trace.endpoint, leaf.pointer(), leaf)


def _at(endpoint: str, pointer: str, value: object = "") -> Field:
    """Make a Field that is safe to show, as pointer and value are the provider's text."""
    limit = _MAX_TIME if number(plain(value)) is None else _MAX_NUMBER
    return Field(endpoint, text(pointer) or "", text(str(value), limit) or "")


def _ignored(trace: Trace, new: Sequence[Leaf]) -> Iterator[Field]:
    """Yield the numbers of an answer that were not read; those at one pointer with stars count once.

    Accesses the raw values, so that an array of thousands is not wrapped.
    """
    taken = {leaf.pointer(_STAR) for leaf in new if leaf.trace.endpoint == trace.endpoint}
    kinds, visited = [_Kind("", "", [trace.root])], 0
    while kinds and visited < _MAX_VISITED:
        deeper: dict[str, _Kind] = {}
        for kind in kinds:
            visited += len(kind.boxes)
            for pointer, value in _unread(kind, deeper):
                if pointer not in taken:
                    yield _at(trace.endpoint, pointer, value)
        kinds = list(deeper.values())


class _Kind(NamedTuple):
    """The objects or arrays at one pointer, which has a star for each array index."""

    pointer: str
    name: str  # of the field that contains them
    boxes: list[Any]


def _unread(kind: _Kind, deeper: dict[str, _Kind]) -> Iterator[tuple[str, object]]:
    """Yield the first unread number of each name, and collect nested objects and arrays in ``deeper``."""
    done: set[str] = set()
    below: dict[str, list[Any]] = {}
    for box in kind.boxes:
        is_object = isinstance(box, dict)
        for name, value in (
            dict.items(box) if is_object else ((_STAR, v) for v in _raw_entries(box))
        ):
            if isinstance(value, (dict, list)):
                if name not in below:
                    pointer, named = step(kind.pointer, name), name if is_object else kind.name
                    below[name] = deeper.setdefault(pointer, _Kind(pointer, named, [])).boxes
                below[name].append(value)
            elif name in done or value is None or _was_read(value) or _is_text(value):
                continue
            elif drift.is_no_amount(drift.plain_name(name if is_object else kind.name)):
                done.add(name)
            elif number(plain(value)) is not None:
                done.add(name)
                yield step(kind.pointer, name), value


def _was_read(value: object) -> bool:
    return isinstance(value, Leaf) and value.was_read


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not may_be_number(value)


def _raw_entries(array: object) -> Iterable[Any]:
    return list.__iter__(array) if isinstance(array, list) else ()


def _plain(each: _T) -> _T:
    """Return a quota, balance or spend with plain numbers and times."""
    values: dict[str, Any] = {}
    for name in [field.name for field in fields(each)]:  # type: ignore[arg-type]
        value = getattr(each, name)
        if isinstance(value, Decimal) and type(value) is not Decimal:
            values[name] = Decimal(value)
        elif isinstance(value, datetime) and type(value) is not datetime:
            values[name] = datetime.combine(value.date(), value.timetz())
    return replace(each, **values) if values else each  # type: ignore[type-var]
