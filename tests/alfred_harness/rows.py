"""The rows of a list, and how a held modifier changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .keyboard import modifiers_of
from .stream import Query, as_query, as_text


@dataclass(frozen=True)
class Icon:
    """An image file; with a type, the icon of a file or of a UTI."""

    path: str
    type: str | None = None


@dataclass(frozen=True)
class Mod:
    """The changes of an item for one combination of modifiers; None inherits the row's value."""

    valid: bool | None = None
    arg: Query | None = None
    subtitle: str | None = None
    icon: Icon | None = None
    variables: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Row:
    """One row on the screen; `source` is the uid of the object that made it."""

    title: str
    subtitle: str = ""
    arg: Query | None = None
    icon: Icon | None = None
    valid: bool = True
    uid: str | None = None
    match: str | None = None
    autocomplete: str | None = None
    type: str = "default"
    mods: Mapping[frozenset[str], Mod] = field(default_factory=dict)
    action: Any = None
    text: Mapping[str, str] = field(default_factory=dict)
    quicklookurl: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def copied(self) -> str:
        """The text that ⌘C copies: text.copy, else the argument."""
        return self.text.get("copy", as_text(self.arg or ""))

    @property
    def enlarged(self) -> str:
        """The text that ⌘L shows: text.largetype, else the argument."""
        return self.text.get("largetype", as_text(self.arg or ""))

    @property
    def previewed(self) -> str:
        """The address that ⌘Y opens: quicklookurl, else the argument."""
        return as_text(self.arg or "") if self.quicklookurl is None else self.quicklookurl

    def mod(self, modifiers: str | frozenset[str]) -> Mod:
        """Return the row's Mod for `cmd` or `cmd+alt`, an empty one if it has none."""
        names = modifiers_of(modifiers) if isinstance(modifiers, str) else modifiers
        return self.mods.get(names, Mod())

    def held(self, modifiers: str | frozenset[str]) -> Row:
        """Return the row as it acts while *modifiers* are held."""
        mod = self.mod(modifiers)
        return replace(
            self,
            valid=self.valid if mod.valid is None else mod.valid,
            arg=self.arg if mod.arg is None else mod.arg,
            subtitle=self.subtitle if mod.subtitle is None else mod.subtitle,
            icon=mod.icon or self.icon,
            variables=self.variables if mod.variables is None else mod.variables,
        )


def read(item: Mapping[str, Any], source: str) -> Row:
    """Read one validated item of a Script Filter's answer."""
    simple = ("title", "subtitle", "valid", "uid", "match", "autocomplete", "type", "action",
              "text", "quicklookurl", "variables")  # fmt: skip
    return Row(
        arg=as_query(item["arg"]) if "arg" in item else None,
        icon=_icon(item),
        mods={modifiers_of(keys): _mod(mod) for keys, mod in item.get("mods", {}).items()},
        source=source,
        **{key: item[key] for key in simple if key in item},
    )


def _icon(item: Mapping[str, Any]) -> Icon | None:
    return Icon(**item["icon"]) if "icon" in item else None


def _mod(mod: Mapping[str, Any]) -> Mod:
    return Mod(
        valid=mod.get("valid"),
        arg=as_query(mod["arg"]) if "arg" in mod else None,
        subtitle=mod.get("subtitle"),
        icon=_icon(mod),
        variables=mod.get("variables"),
    )
