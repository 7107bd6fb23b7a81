"""Values of an answer that remember their place in it.

A document that is read through a ``Trace`` looks like any other: objects are dictionaries, arrays are
lists. Its numbers (also those in text) know their place, and so do the numbers made of them (derived.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Callable, Union

from ..records import dataclass, field

_DIGITS = tuple("0123456789.+-$¥€£")  # what a number in a text may begin with
_MAX_TEXT = 100  # characters of a text that may be a number

Box = Union["Object", "Array"]


@dataclass
class Trace:
    """The trace of one answer."""

    endpoint: str  # host and path
    root: Any = None
    disagreements: list[tuple[Leaf, ...]] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def document(self, document: Any) -> Any:
        """Wrap the document so that its numbers remember their places; only the first one is kept."""
        if self.root is None:
            self.root = _wrapped(document, None, "", self)
        return self.root

    def drop(self) -> None:
        """Release the document: each value refers to its container, which keeps all of it in memory."""
        for box in self.boxes:
            box.clear()
        self.boxes.clear()
        self.disagreements.clear()
        self.root = None


class Leaf:
    """A number, or a text that may be one, with its place in a document."""

    box: Box | None  # the object or array that contains it; None for the whole document
    key: str | int  # in its box
    trace: Trace
    was_read: bool = False

    def pointer(self, place: str = "") -> str:
        """Write its place as a JSON Pointer (RFC 6901).

        Args:
            place: the text that replaces each array index; "" to keep the indexes.
        """
        return _pointer(self, place)


def _pointer(at: Leaf | Box, place: str) -> str:
    """Return the pointer of a value; each box caches its own for the many values in it."""
    box = at.box
    if box is None:
        return ""
    known = box.pointers.get(place)
    if known is None:
        known = box.pointers[place] = _pointer(box, place)
    return step(known, place if place and isinstance(box, Array) else str(at.key))


@lru_cache(maxsize=4096)
def step(pointer: str, key: str) -> str:
    """Append a key or an array index to a pointer."""
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"


class _Int(Leaf, int):
    pass


class _Float(Leaf, float):
    pass


class _Text(Leaf, str):
    pass


_BARE: dict[type, Callable[[Any], Any]] = {_Int: int, _Float: float, _Text: str}


class Object(dict[str, Any]):
    """An object whose values remember their places."""

    __slots__ = ("__weakref__", "box", "key", "pointers", "trace")
    box: Box | None
    key: str | int
    trace: Trace
    pointers: dict[str, str]  # its own pointer, by the text that replaces array indexes

    def __getitem__(self, key: str) -> Any:
        value = dict.__getitem__(self, key)
        if type(value) in _KINDS:
            value = _wrapped(value, self, key, self.trace)
            dict.__setitem__(self, key, value)
        return value

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self else default  # noqa: SIM401

    def __iter__(self) -> Iterator[str]:  # makes ``{**each}`` use __getitem__
        return dict.__iter__(self)

    def items(self) -> Any:
        return [(key, self[key]) for key in self]

    def values(self) -> Any:
        return [self[key] for key in self]


class Array(list[Any]):
    """An array whose entries remember their places."""

    __slots__ = ("__weakref__", "box", "key", "pointers", "trace")
    box: Box | None
    key: str | int
    trace: Trace
    pointers: dict[str, str]

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        value = list.__getitem__(self, place)
        if type(value) in _KINDS:
            value = _wrapped(value, self, place % len(self), self.trace)
            list.__setitem__(self, place, value)
        return value

    def __iter__(self) -> Iterator[Any]:
        for place in range(len(self)):
            value = list.__getitem__(self, place)
            yield self[place] if type(value) in _KINDS else value


_KINDS: dict[type, Callable[[Any], Any]] = {
    dict: Object,
    list: Array,
    int: _Int,
    float: _Float,
    str: _Text,
}


def _wrapped(value: Any, box: Box | None, key: str | int, trace: Trace) -> Any:
    kind = type(value)
    if kind not in _KINDS:
        return value
    if kind is str and not may_be_number(value):
        return value
    wrapped = _KINDS[kind](value)
    wrapped.box, wrapped.key, wrapped.trace = box, key, trace
    if kind is dict or kind is list:
        wrapped.pointers = {}
        trace.boxes.append(wrapped)
    return wrapped


def may_be_number(text: str) -> bool:
    """Tell whether a text may be a number, by its length and its beginning."""
    return len(text) <= _MAX_TEXT and text.lstrip().startswith(_DIGITS)


def plain(value: Any) -> Any:
    """Return a value, or a part of a document, as plain Python values without their places."""
    bare = _BARE.get(type(value))
    if bare is not None:
        return bare(value)
    if isinstance(value, dict):
        return {key: plain(dict.__getitem__(value, key)) for key in dict.__iter__(value)}
    if isinstance(value, list):
        return [plain(each) for each in list.__iter__(value)]
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return value


def read(value: object) -> None:
    """Note that a value was read."""
    if isinstance(value, Leaf):
        value.was_read = True


def moved(text: str, value: object) -> str:
    """Give a text that was cut out of a value the place of that value."""
    if not isinstance(value, Leaf):
        return text
    cut = _Text(text)
    cut.box, cut.key, cut.trace = value.box, value.key, value.trace
    value.was_read = True
    return cut
