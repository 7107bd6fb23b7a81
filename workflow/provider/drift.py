"""Notices that a provider has changed its answer, by new fields beside the numbers that we read.

``fields.json`` lists the known fields of each provider by their parent field; it is made of the samples
(``python -m scripts.tools.fields``). Fields that are read are known as well. A new field counts only if it
contains a number that is not an id, a time or a code, since only such a number may be missing in ours.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..storage import files, json_codec
from .provenance import Array, Leaf, Object, plain
from .reading import number, snake

_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fields.json")
_MAX_BYTES = 256 * 1024
_DEPTH = 4  # levels below a new field that are searched for a number
_NO_AMOUNT = re.compile(  # names of ids, times and codes
    r"(^|_)(ids?|uuid|at|on|time|times|timestamp|ts|date|day|month|year|ttl|version|code|status"
    r"|type|index|page|order|rank|priority)$|^(is|has|created|updated|expires?|start|end)(_|$)"
)


def holds_number(name: str, value: object, depth: int = _DEPTH) -> bool:
    """Tell whether a field contains an amount, directly or nested."""
    if is_no_amount(plain_name(name)):
        return False
    if isinstance(value, dict):
        inner: Iterable[tuple[str, Any]] = dict.items(value)
    elif isinstance(value, list):
        inner = ((name, each) for each in list.__iter__(value))
    else:
        return number(plain(value)) is not None  # ``plain``: this look does not count as reading
    return depth > 0 and any(holds_number(key, each, depth - 1) for key, each in inner)


@functools.lru_cache(maxsize=4096)
def is_no_amount(name: str) -> bool:
    """Tell whether a name in snake_case is that of an id, a time or a code."""
    return _NO_AMOUNT.search(name) is not None


@functools.lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Return a field's name in snake_case, however the vendor writes it."""
    return str(next(iter(snake({name: None}))))


@functools.cache
def _all_known() -> dict[str, dict[str, list[str]]]:
    content = files.read(_PATH, _MAX_BYTES)
    known: dict[str, dict[str, list[str]]] = {} if content is None else json_codec.loads(content)
    return known


@functools.lru_cache(maxsize=4096)
def is_known(provider: str, parent: str, name: str) -> bool:
    """Tell whether a provider is known to send a field.

    Args:
        provider: its id. If ``fields.json`` does not list it, all its fields count as known.
        parent: the name of the field that contains it, "" for the whole answer.
        name: its name.
    """
    fields = _all_known().get(provider)
    if fields is None:
        return True
    beside = fields.get(plain_name(parent))
    if beside is None:  # the parent's name is a user's choice: a model, a team
        return is_field(provider, name)
    return plain_name(name) in beside


def is_field(provider: str, name: str) -> bool:
    """Tell whether a provider is known to have a field of this name anywhere."""
    fields = _all_known().get(provider, {})
    return any(plain_name(name) in names for names in (fields, *fields.values()))


def new_fields(provider: str, used: Iterable[Leaf]) -> Iterator[Leaf]:
    """Yield the first number of each new field that is beside one of these fields."""
    boxes = {id(leaf.box): leaf.box for leaf in used if isinstance(leaf.box, Object)}
    alike: set[tuple[str, ...]] = set()  # objects without new fields: parent and field names
    for box in boxes.values():
        beside = parent(box)
        names = (beside, *dict.keys(box))
        if names in alike:
            continue
        if all(is_known(provider, beside, name) for name in dict.keys(box)):
            alike.add(names)
            continue
        for name, value in list(dict.items(box)):
            if not is_known(provider, beside, name) and holds_number(name, value):
                yield from _unread(box[name])


def _unread(value: object) -> Iterator[Leaf]:
    """Yield the first number in a field, unless one of its numbers was read."""
    numbers = list(_numbers(value))
    if numbers and not any(leaf.was_read for leaf in numbers):
        yield numbers[0]


def _numbers(value: object, depth: int = _DEPTH) -> Iterator[Leaf]:
    if isinstance(value, Leaf):
        yield value
    elif isinstance(value, (Object, Array)) and depth:
        for each in value.values() if isinstance(value, Object) else value:
            yield from _numbers(each, depth - 1)


def parent(box: Object | Array) -> str:
    """Return the name of the field that contains an object, also within arrays; "" for the whole answer."""
    while box.box is not None:
        if isinstance(box.box, Object):
            return str(box.key)
        box = box.box
    return ""
