"""Alfred's Script Filter JSON (https://www.alfredapp.com/help/workflows/inputs/script-filter/json/)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, TypeVar

from ..display.moving import quoted
from ..storage import json_codec

if TYPE_CHECKING:
    from ..state.state import State

_NONE: Mapping[str, Any] = MappingProxyType({})
_MARKS = re.compile(r"[\W_]+")
Quoted = Callable[[str], str]  # writes a text as JSON
Repeated = Callable[[str], str]  # marks written JSON that may be repeated
_T = TypeVar("_T")


class Modifier(NamedTuple):
    """The action of a row while a modifier key is held. ``variables`` replaces the item's own."""

    subtitle: str
    variables: Mapping[str, str] = _NONE
    arg: str | None = None
    valid: bool = True


class Item(NamedTuple):
    """One row."""

    title: str
    subtitle: str = ""
    arg: str | None = None
    uid: str | None = None
    icon: str | None = None  # path of an image, relative to the workflow
    valid: bool = True
    match: str | None = None
    autocomplete: str | None = None
    mods: Mapping[str, Modifier] = _NONE  # "cmd", "alt", "cmd+alt" …
    copy: str | None = None
    large: str | None = None
    quicklook: str | None = None
    variables: Mapping[str, str] = _NONE


def searchable(text: str) -> str:
    """Return a text and its parts between marks, as Alfred compares words from their beginning."""
    known = {"", *text.lower().split()}
    parts = dict.fromkeys(_MARKS.split(text.lower()))
    return " ".join([text, *(part for part in parts if part not in known)])


def answer(
    items: Iterable[Item], quoted: Quoted = json_codec.text, repeated: Repeated = str
) -> str:
    """Write the whole answer. Rows keep their order even though they have a uid."""
    return whole(map(Writer(quoted, repeated).row, items))


def whole(rows: Iterable[str]) -> str:
    """Write the whole answer from written rows."""
    return f'{{"skipknowledge":true,"items":[{",".join(rows)}]}}'


def row(item: Item, quoted: Quoted = json_codec.text) -> str:
    """Write one row; unset fields are left out."""
    return Writer(quoted).row(item)


def writer_of(state: State) -> Writer:
    """Return the writer for the lists of all accounts."""
    return state.once(Writer, lambda: Writer(quoted))


class Writer:
    """Writes rows as JSON; objects that rows share are written once."""

    def __init__(self, quoted: Quoted, repeated: Repeated = str) -> None:
        self._quoted, self._repeated = quoted, repeated
        self._shared: dict[int, tuple[object, str]] = {}  # by id; holds the objects alive

    def row(self, item: Item) -> str:
        """Write one row; unset fields are left out."""
        title, subtitle, arg, uid, icon, valid, match, completed, mods, copy, large, page, of = item
        quoted = self._quoted
        shown = f'{{"title":{quoted(title)},{self._head(subtitle, of, arg, valid)}'
        if uid is not None:
            shown += f',"uid":{quoted(uid)}'
        if match is not None:
            shown += f',"match":{quoted(match)}'
        if completed is not None:
            shown += f',"autocomplete":{quoted(completed)}'
        if page:
            shown += f',"quicklookurl":{quoted(page)}'
        if icon:
            shown += f',"icon":{{"path":{quoted(icon)}}}'
        if copy or large:
            texts = [f'"copy":{quoted(copy)}'] if copy else []
            texts += [f'"largetype":{quoted(large)}'] if large else []
            shown += f',"text":{{{",".join(texts)}}}'
        if mods:
            shown += f',"mods":{self._once(mods, self._mods)}'
        return f"{shown}}}"

    def _once(self, shared: _T, write: Callable[[_T], str]) -> str:
        """Write an object that rows may share, or return what was written before."""
        known = self._shared.get(id(shared))
        if known is None:
            known = self._shared[id(shared)] = shared, write(shared)
        return known[1]

    def _mods(self, mods: Mapping[str, Modifier]) -> str:
        each = (f"{self._quoted(keys)}:{self._once(mod, self._mod)}" for keys, mod in mods.items())
        return self._repeated(f"{{{','.join(each)}}}")

    def _mod(self, mod: Modifier) -> str:
        return f"{{{self._head(*mod)}}}"

    def _head(
        self, subtitle: str, variables: Mapping[str, str], arg: str | None, valid: bool
    ) -> str:
        """Write the fields that a row and a modifier have in common."""
        quoted = self._quoted
        shown = f'"subtitle":{quoted(subtitle)},"valid":{"true" if valid else "false"}'
        if arg is not None:
            shown += f',"arg":{quoted(arg)}'
        if variables:
            shown += f',"variables":{self._once(variables, self._variables)}'
        return shown

    def _variables(self, variables: Mapping[str, str]) -> str:
        quoted = self._quoted
        pairs = [f"{quoted(name)}:{quoted(text)}" for name, text in variables.items()]
        return f"{{{','.join(pairs)}}}"
