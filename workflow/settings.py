"""What the user chose, in one home: settings.json beside accounts.json.

Alfred's configuration arrives as variables named ``tankful_…``; one that changed since it was last
seen is written through, so every face agrees. ``TANKFUL_…`` variables win for one call only.

A file of a newer layout is read as far as it goes and never written; of an older one, of an unknown one
and of a damaged one a copy is kept before it is written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Callable, Dict, Mapping, Optional, Tuple

from . import feed, paths
from .errors import Mistake
from .i18n.message import Message, _
from .storage import files, json_codec

LAYOUT = 1
STEPS: Dict[int, Callable[[Dict[str, Any]], Dict[str, Any]]] = {}  # layout -> makes the next one
NEWER: Message = _(
    "settings.json was written by a newer Tankful and is left as it is; update Tankful"
)


@dataclass(frozen=True)
class Choice:
    """One setting: its default, how a value is read, and the values there are, for messages."""

    default: str
    read: Callable[[str], Optional[str]]  # the value as kept, or None when it is not one
    values: Tuple[str, ...]  # a range is one

    @property
    def said(self) -> str:
        """The values there are, as one text."""
        return ", ".join(self.values)


LANGUAGES: Dict[str, str] = {"en": "English", "zh": "简体中文"}  # each by its own name


def _one_of(*values: str) -> Callable[[str], Optional[str]]:
    return lambda told: told.lower() if told.lower() in values else None


def _language(told: str) -> Optional[str]:
    name = told.lower().replace("_", "-")
    if name in ("auto", "en"):
        return name
    for code, language in LANGUAGES.items():
        if code != "en" and (name.startswith(code) or name in (language.lower(), "中文")):
            return code
    return None


def _between(low: int, high: int) -> Callable[[str], Optional[str]]:
    def read(told: str) -> Optional[str]:
        digits = told.strip().rstrip("%").strip()
        fits = digits.isascii() and digits.isdigit() and low <= int(digits[:9]) <= high
        return str(int(digits)) if fits else None

    return read


def _switch(told: str) -> Optional[str]:
    name = told.lower()
    if name in ("1", "true", "yes", "on"):
        return "1"
    return "0" if name in ("0", "false", "no", "off", "") else None


CHOICES: Mapping[str, Choice] = {
    "language": Choice("auto", _language, ("auto", *LANGUAGES)),
    "show": Choice("left", _one_of("left", "used"), ("left", "used")),
    "interval": Choice("5", _between(1, 1440), ("1–1440 min",)),
    "low": Choice("20", _between(0, 100), ("0–100 %",)),
    "privacy": Choice("0", _switch, ("0", "1")),
    "clock": Choice("auto", _one_of("auto", "12", "24"), ("auto", "12", "24")),
    "order": Choice("hand", _one_of("hand", "urgency"), ("hand", "urgency")),
    "best": Choice("1", _switch, ("0", "1")),
    "summary": Choice("text", _one_of("text", "markdown"), ("text", "markdown")),
    "edge": Choice("auto", _one_of("auto", "off"), ("auto", "off")),
}


@dataclass(frozen=True)
class Settings:
    """The settings in force for one call."""

    language: str = "en"  # one of LANGUAGES, resolved
    show: str = "left"  # or "used"
    interval: int = 300  # seconds between two refreshes
    low: int = 20  # percent left at which an account is low
    privacy: bool = False
    hours24: bool = True
    order: str = "hand"  # or "urgency"
    best: bool = True  # the first row says where to work now
    summary: str = "text"  # or "markdown"
    edge: str = "auto"  # or "off": chatgpt.com is asked by our own network stack only
    seen: str = ""  # Alfred's configuration as last seen, see ``feed.signature``
    one_call: bool = False  # a TANKFUL_ variable is in force: never write the shared feed


def path() -> str:
    """Where settings.json is."""
    return os.path.join(paths.data(os.environ), "settings.json")


def load(environ: Optional[Mapping[str, str]] = None) -> Settings:
    """The settings in force, after writing through what changed in Alfred's configuration."""
    environ = os.environ if environ is None else environ
    document = _written_through(environ)
    chosen = _chosen(document)
    overrides = {
        name: value
        for name, choice in CHOICES.items()
        for value in [choice.read(environ.get(f"TANKFUL_{name.upper()}", ""))]
        if value is not None and environ.get(f"TANKFUL_{name.upper()}")
    }
    return _resolved({**chosen, **overrides}, environ, document, bool(overrides))


def chosen() -> Dict[str, str]:
    """Every setting as kept on disk."""
    return _chosen(_document())


def choose(name: str, told: str) -> str:
    """Keep a setting and return it as kept. Raises Mistake for one that does not exist."""
    choice = CHOICES.get(name)
    if choice is None:
        known = ", ".join(CHOICES)
        raise Mistake(_("there is no setting {name!r}; there are {known}", name=name, known=known))
    value = choice.read(told)
    if value is None or not told:
        raise Mistake(
            _("{name} takes {said}, not {told!r}", name=name, said=choice.said, told=told)
        )
    _change(lambda document: {**document, "settings": {**_told(document), name: value}})
    return value


def _written_through(environ: Mapping[str, str]) -> Dict[str, Any]:
    document = _document()
    signature = feed.signature(environ)
    if not signature or signature == document.get("seen"):
        return document
    told = {name[8:]: environ[name] for name in environ if name.startswith("tankful_")}

    def through(document: Dict[str, Any]) -> Dict[str, Any]:
        kept, before = _told(document), _parsed(str(document.get("seen", "")))
        for name, choice in CHOICES.items():
            if name in told and " ".join(told[name].split()) != before.get(name):
                kept[name] = choice.read(told[name]) or choice.default
        return {**document, "settings": kept, "seen": signature}

    try:
        return _change(through)
    except (OSError, ValueError, Mistake):
        return through(document)


def _parsed(signature: str) -> Dict[str, str]:
    pairs = (part.partition("=") for part in signature.split(";") if part)
    return {name[8:]: value for name, _, value in pairs}


def is_newer() -> bool:
    """Whether a newer Tankful has written settings.json, so that this one only reads it."""
    return (_layout(_on_disk()) or 0) > LAYOUT


def _change(edit: Callable[[Dict[str, Any]], Dict[str, Any]]) -> Dict[str, Any]:
    with files.lock(f"{path()}.lock"):
        if is_newer():
            raise Mistake(NEWER)
        _keep_copy()
        changed = {**edit(_document()), "layout": LAYOUT}
        files.write(path(), json_codec.pretty(changed) + b"\n")
        return changed


def _keep_copy() -> None:
    """Keep what the file holds, unless it is of our layout and says nothing that we cannot read."""
    document = _on_disk()
    content, layout = files.read(path()), _layout(document)
    whole = layout == LAYOUT and _is_readable(document)
    if content is None or whole or content.strip() in (b"", b"{}"):
        return
    files.keep(path(), content, f"layout-{layout}" if layout not in (None, LAYOUT) else "damaged")


def _is_readable(document: Mapping[str, Any]) -> bool:
    """Whether every setting that we know has a value of ours."""
    told = document.get("settings", {})
    if not isinstance(told, dict) or not isinstance(document.get("seen", ""), str):
        return False
    return all(
        isinstance(told[name], str) and choice.read(told[name]) is not None
        for name, choice in CHOICES.items()
        if name in told
    )


def _document() -> Dict[str, Any]:
    """settings.json in our layout, or an empty one: no setting is worth refusing to work for."""
    document = _on_disk()
    try:
        for layout in range(_layout(document) or LAYOUT, LAYOUT):
            document = STEPS[layout](document)
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}
    return document


def _on_disk() -> Dict[str, Any]:
    try:
        found = json_codec.of_file(files.read(path()) or b"{}")
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _layout(document: Mapping[str, Any]) -> Optional[int]:
    """The number of the layout; None when there is none that any Tankful writes."""
    layout = document.get("layout")
    return layout if type(layout) is int and layout > 0 else None


def _told(document: Mapping[str, Any]) -> Dict[str, Any]:
    """The settings as the file has them, also those that we do not know."""
    told = document.get("settings")
    return dict(told) if isinstance(told, dict) else {}


def _chosen(document: Mapping[str, Any]) -> Dict[str, str]:
    told = _told(document)
    return {
        name: (choice.read(str(told[name])) if name in told else None) or choice.default
        for name, choice in CHOICES.items()
    }


def _resolved(
    chosen: Mapping[str, str],
    environ: Mapping[str, str],
    document: Mapping[str, Any],
    one_call: bool,
) -> Settings:
    language, hours24 = chosen["language"], chosen["clock"] != "12"
    if "auto" in (language, chosen["clock"]):
        from .system import preferences

        if language == "auto":
            language = preferences.language(environ, LANGUAGES)
        if chosen["clock"] == "auto":
            hours24 = preferences.hours24(environ)
    return Settings(
        language=language,
        show=chosen["show"],
        interval=int(chosen["interval"]) * 60,
        low=int(chosen["low"]),
        privacy=chosen["privacy"] == "1",
        hours24=hours24,
        order=chosen["order"],
        best=chosen["best"] == "1",
        summary=chosen["summary"],
        edge=chosen["edge"],
        seen=str(document.get("seen", "")),
        one_call=one_call,
    )


def values(chosen: Mapping[str, str]) -> Tuple[Tuple[str, str, str], ...]:
    """Name, value and possible values of every setting."""
    return tuple((name, chosen[name], choice.said) for name, choice in CHOICES.items())
