"""Keys and modifiers, in Alfred's words and in NSEvent flags."""

from __future__ import annotations

from dataclasses import dataclass

from .failures import NotOnScreen

FLAGS = {
    "shift": 131072,
    "ctrl": 262144,
    "alt": 524288,
    "cmd": 1048576,
    "fn": 8388608,
}

_ALIASES = {
    "opt": "alt",
    "option": "alt",
    "control": "ctrl",
    "command": "cmd",
    "return": "enter",
    "escape": "esc",
}


@dataclass(frozen=True)
class Chord:
    """A key with the modifiers held down."""

    key: str
    modifiers: frozenset[str]

    @property
    def flags(self) -> int:
        """The modifiers as a connection stores them."""
        return flags_of(self.modifiers)


def flags_of(modifiers: frozenset[str]) -> int:
    """Sum the NSEvent flags of *modifiers*."""
    return sum(FLAGS[name] for name in modifiers)


def modifiers_of(text: str) -> frozenset[str]:
    """Read `cmd+alt`, in any order, as a set of modifiers; "" is none."""
    names = [_ALIASES.get(name, name) for name in text.split("+")] if text else []
    unknown = [name for name in names if name not in FLAGS]
    if unknown or len(set(names)) != len(names):
        raise NotOnScreen(f"{text!r} is no set of modifiers")
    return frozenset(names)


def chord(text: str) -> Chord:
    """Read `enter`, `cmd+enter`, `cmd+alt+enter`, `tab`, `cmd+c` …"""
    modifiers, _, key = text.lower().replace(" ", "").rpartition("+")
    return Chord(_ALIASES.get(key, key), modifiers_of(modifiers))
