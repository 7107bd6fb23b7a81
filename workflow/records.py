"""A ``dataclass`` like the standard library's, but without generating and compiling code for every class.

That took a fifth of the time of an answer to a keystroke. These classes share a few functions instead: a class
is made in a tenth of the time, and its instances as fast. For readers and type checkers it is the standard
library's: the same names with the same meaning, as far as we use them.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Set
    from dataclasses import MISSING, dataclass, field, fields, replace
    from typing import Any, Callable

    __all__ = ("MISSING", "dataclass", "field", "fields", "replace")

_FIELDS = "__record_fields__"  # attribute of a class: its fields by name, in their order


class _Missing:
    """The default of a field that has none."""


_MISSING = _Missing()


class _Field:
    """One field of a record."""

    __slots__ = ("compare", "default", "default_factory", "init", "name", "repr")

    def __init__(
        self,
        *,
        default: Any = _MISSING,
        default_factory: Any = _MISSING,
        init: bool = True,
        repr: bool = True,  # noqa: A002  (the standard library's name)
        compare: bool = True,
    ) -> None:
        self.name = ""
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.compare = compare


def _dataclass(cls: Any = None, *, frozen: bool = False) -> Any:
    """Turn a class into a record of its annotations; a ``frozen`` one is hashable and immutable."""
    if cls is None:
        return lambda cls: _dataclass(cls, frozen=frozen)
    own = {name: _field(cls, name) for name in vars(cls).get("__annotations__", ())}
    known = {**getattr(cls, _FIELDS, {}), **own}
    setattr(cls, _FIELDS, known)
    compared = attrgetter(*(each.name for each in known.values() if each.compare))
    made: dict[str, Any] = {
        "__init__": _init(known),
        "__repr__": _repr(known),
        "__eq__": _eq(compared),
    }
    made["__hash__"] = (lambda self: hash(compared(self))) if frozen else None
    if frozen:
        made.update(__setattr__=_refuse, __delattr__=_refuse)
    for name, function in made.items():
        if vars(cls).get(name) is None:  # a class with an __eq__ of its own has None as __hash__
            setattr(cls, name, function)
    return cls


def _field(cls: Any, name: str) -> _Field:
    """Read one field of a class, and leave its default as a plain attribute of the class."""
    value = vars(cls).get(name, _MISSING)
    known = value if isinstance(value, _Field) else _Field(default=value)
    known.name = name
    if known.default is not _MISSING:
        setattr(cls, name, known.default)
    elif value is known:
        delattr(cls, name)
    return known


def _init(known: dict[str, _Field]) -> Callable[..., None]:
    names = [each.name for each in known.values() if each.init]
    start = {each.name: each.default for each in known.values()}  # in the order of the fields
    makers = {
        each.name: each.default_factory
        for each in known.values()
        if each.default_factory is not _MISSING
    }
    every = frozenset(names)
    needed = frozenset(n for n in names if start[n] is _MISSING and n not in makers)

    def __init__(self: Any, *args: Any, **given: Any) -> None:
        if args:
            given = _placed(self, names, args, given)
        if not needed <= given.keys() <= every:
            raise TypeError(_wrong(self, given, every, needed))
        values = self.__dict__
        values.update(start)
        values.update(given)
        for name in makers:
            if name not in given:
                values[name] = makers[name]()

    return __init__


def _placed(
    self: Any, names: list[str], args: tuple[Any, ...], given: dict[str, Any]
) -> dict[str, Any]:
    """Turn positional arguments into keyword arguments. Raises TypeError."""
    placed = dict(zip(names, args))
    if len(args) > len(names) or not placed.keys().isdisjoint(given):
        raise TypeError(f"{type(self).__name__}: too many values")
    return {**placed, **given}


def _wrong(self: Any, given: Iterable[str], every: Set[str], needed: Set[str]) -> str:
    unknown, missing = sorted(set(given) - every), sorted(needed - set(given))
    why = f"no such field: {unknown}" if unknown else f"missing: {missing}"
    return f"{type(self).__name__}: {why}"


def _repr(known: dict[str, _Field]) -> Callable[[Any], str]:
    shown = ", ".join(f"{each.name}=%({each.name})r" for each in known.values() if each.repr)

    def __repr__(self: Any) -> str:
        return f"{type(self).__qualname__}({shown % self.__dict__})"

    return __repr__


def _eq(compared: Callable[[Any], Any]) -> Callable[[Any, Any], bool]:
    def __eq__(self: Any, other: Any) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)  # type: ignore[no-any-return]

    return __eq__


def _refuse(self: Any, name: str, value: Any = None) -> None:
    raise AttributeError(f"{type(self).__name__} is frozen: {name!r} stays as it is")


def _fields(record: Any) -> tuple[_Field, ...]:
    """List the fields of a record, or of its class."""
    return tuple(getattr(record, _FIELDS).values())


def _replace(record: Any, /, **changes: Any) -> Any:
    """Copy a record with other values. Raises TypeError for an unknown field."""
    values = vars(record)
    same = {each.name: values[each.name] for each in _fields(record) if each.init}
    return type(record)(**{**same, **changes})


if not TYPE_CHECKING:
    MISSING, dataclass, field, fields, replace = _MISSING, _dataclass, _Field, _fields, _replace
