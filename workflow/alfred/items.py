"""Alfred's Script Filter JSON and nothing more (https://www.alfredapp.com/help/workflows/inputs/script-filter/json/)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, Optional, Tuple


@dataclass(frozen=True)
class Modifier:
    """What a row does while a modifier key is held. ``variables`` replaces the item's own."""

    subtitle: str
    variables: Mapping[str, str] = field(default_factory=dict)
    arg: Optional[str] = None
    valid: bool = True


@dataclass(frozen=True)
class Item:
    """One row."""

    title: str
    subtitle: str = ""
    arg: Optional[str] = None
    uid: Optional[str] = None
    icon: Optional[str] = None  # path of an image, relative to the workflow
    valid: bool = True
    match: Optional[str] = None
    autocomplete: Optional[str] = None
    mods: Mapping[str, Modifier] = field(default_factory=dict)  # "cmd", "alt", "cmd+alt" …
    copy: Optional[str] = None
    large: Optional[str] = None
    quicklook: Optional[str] = None
    variables: Mapping[str, str] = field(default_factory=dict)


def answer(
    items: Tuple[Item, ...], variables: Optional[Mapping[str, str]] = None
) -> Dict[str, Any]:
    """The whole answer. Rows keep their order though they have a uid."""
    told: Dict[str, Any] = {"skipknowledge": True}
    if variables:
        told["variables"] = dict(variables)
    return {**told, "items": [row(item) for item in items]}


def row(item: Item) -> Dict[str, Any]:
    """One row; what is not set is left out."""
    told: Dict[str, Any] = {"title": item.title, "subtitle": item.subtitle, "valid": item.valid}
    plain = ("arg", "uid", "match", "autocomplete")
    told.update({name: getattr(item, name) for name in plain if getattr(item, name) is not None})
    if item.icon:
        told["icon"] = {"path": item.icon}
    if item.quicklook:
        told["quicklookurl"] = item.quicklook
    texts = {"copy": item.copy, "largetype": item.large}
    if item.copy or item.large:
        told["text"] = {name: text for name, text in texts.items() if text}
    if item.mods:
        told["mods"] = {keys: _mod(mod) for keys, mod in item.mods.items()}
    if item.variables:
        told["variables"] = dict(item.variables)
    return told


def _mod(mod: Modifier) -> Dict[str, Any]:
    told: Dict[str, Any] = {"subtitle": mod.subtitle, "valid": mod.valid}
    if mod.arg is not None:
        told["arg"] = mod.arg
    if mod.variables:
        told["variables"] = dict(mod.variables)
    return told
