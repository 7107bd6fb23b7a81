"""The user's settings, in settings.json beside accounts.json.

Alfred passes its configuration in variables named ``tankful_…``; one that has changed since it was last
seen is written to settings.json, so all interfaces agree. ``TANKFUL_…`` variables win for one call only.

A file of a newer layout is read as far as possible and never written. A setting with an invalid value
counts as its default; the value stays in the file until the user chooses another one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Callable
from unicodedata import normalize

from . import feed
from .errors import Mistake, WrongUsage, nearest
from .i18n.catalog import Translation
from .i18n.message import Message, _, enumerated
from .records import dataclass, replace
from .storage import files
from .storage.documents import Document, Fields, Newer

DOCUMENT = Document("settings.json", layout=1)
_TIME = r"([01]?\d|2[0-3]):([0-5]\d)"
_HOURS = rf"{_TIME}\s*[-–—~]\s*{_TIME}\Z"


@dataclass(frozen=True)
class Choice:
    """One setting: its default, a parser, and its possible values for messages."""

    default: str
    parse: Callable[[str], str | None]  # returns the value as stored, or None if it is invalid
    values: tuple[str, ...]  # empty for a range
    span: Message | None = None  # the text of a range

    def read(self, text: str) -> str | None:
        """Return a value as stored, typed also in the full-width forms of a Chinese keyboard; None if invalid."""
        return self.parse(normalize("NFKC", text).strip().lower())

    @property
    def options(self) -> Message:
        """The possible values as one text."""
        return self.span or enumerated(self.values)

    @property
    def allowed(self) -> Message:
        """The possible values, as part of a sentence."""
        if self.span:
            return self.span
        *first, last = self.values
        return _("{first} or {last}", first=enumerated(first), last=last)


LANGUAGES: dict[str, str] = {"en": "English", "zh": "简体中文"}  # each by its own name


def _one_of(*values: str) -> Callable[[str], str | None]:
    return lambda text: text if text in values else None


def _language(text: str) -> str | None:
    name = text.replace("_", "-")
    if name in ("auto", "en"):
        return name
    for code, language in LANGUAGES.items():
        if code != "en" and (name.startswith(code) or name in (language.lower(), "中文")):
            return code
    return None


def _between(low: int, high: int, sign: str = "") -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        digits = text.rstrip(sign + " ")
        if not (digits.isascii() and digits.isdigit()):
            return None
        number = int(digits.lstrip("0")[:9] or "0")  # no number of thousands of digits
        return str(number) if low <= number <= high else None

    return read


def _switch(text: str) -> str | None:
    if text in ("1", "true", "yes", "on", "开", "是"):
        return "1"
    return "0" if text in ("0", "false", "no", "off", "关", "否", "") else None


def _hours(text: str) -> str | None:
    """Parse hours of the day, "22:00-08:00", or "off"; None if it is neither."""
    if _switch(text) == "0":
        return "off"
    match = re.match(_HOURS, text)
    if match is None:
        return None
    hour, minute, *end = map(int, match.groups())
    first, last = f"{hour:02}:{minute:02}", f"{end[0]:02}:{end[1]:02}"
    return f"{first}-{last}" if first != last else None


CHOICES: Mapping[str, Choice] = {
    "language": Choice("auto", _language, ("auto", *LANGUAGES)),
    "show": Choice("left", _one_of("left", "used"), ("left", "used")),
    "interval": Choice("5", _between(1, 1440), (), _("1–1440 min")),
    "low": Choice("20", _between(0, 100, "%"), (), Message.quoted("0–100%")),
    "privacy": Choice("0", _switch, ("0", "1")),
    "clock": Choice("auto", _one_of("auto", "12", "24"), ("auto", "12", "24")),
    "order": Choice("hand", _one_of("hand", "urgency"), ("hand", "urgency")),
    "best": Choice("1", _switch, ("0", "1")),
    "summary": Choice("text", _one_of("text", "markdown"), ("text", "markdown")),
    "pace_mark": Choice("1", _switch, ("0", "1")),
    "edge": Choice("auto", _one_of("auto", "off"), ("auto", "off")),
    "history": Choice("730", _between(0, 3650), (), _("0–3650 days, 0: off")),
    "alert_limits": Choice("0", _switch, ("0", "1")),
    "alert_money": Choice("0", _switch, ("0", "1")),
    "alert_resets": Choice("0", _switch, ("0", "1")),
    "quiet": Choice("off", _hours, (), _("off, or hours like 22:00-08:00")),
}


@dataclass(frozen=True)
class Settings:
    """The settings for one call."""

    language: str = "en"  # one of LANGUAGES, resolved
    show: str = "left"  # or "used"
    interval: int = 300  # seconds between two refreshes
    low: int = 20  # percent left; an account with less is low
    privacy: bool = False
    hours24: bool = True
    order: str = "hand"  # or "urgency"
    best: bool = True  # the first row recommends the account to work with now
    summary: str = "text"  # or "markdown"
    pace_mark: bool = True  # bars mark where even use would be now
    edge: str = "auto"  # or "off": chatgpt.com is asked by httpx only
    history: int = 730  # days that history is kept; 0: off
    alert_limits: bool = False  # notify if a quota is low, used up, or will run out
    alert_money: bool = False  # notify if a balance is low
    alert_resets: bool = False  # notify if a quota that was low has reset
    quiet: str = "off"  # or the hours without notifications, "22:00-08:00"
    seen: str = ""  # Alfred's configuration as last seen, see ``feed.signature``
    one_call: bool = False  # a TANKFUL_ variable overrides a setting: never write the shared feed

    def __hash__(self) -> int:  # enough to tell a few settings apart
        return hash((self.language, self.show, self.privacy))

    def but(self, **choices: object) -> Settings:
        """Return these settings with some values changed."""
        is_same = all(getattr(self, name) == value for name, value in choices.items())
        return self if is_same else replace(self, **choices)  # type: ignore[arg-type]

    @property
    def translation(self) -> Translation:
        """Language and clock for messages; an interface passes it to ``i18n.catalog.speaking``."""
        return Translation(self.language, self.hours24)


def path() -> str:
    """Return the path of settings.json."""
    return DOCUMENT.path()


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings for this call, after storing what has changed in Alfred's configuration."""
    environ = os.environ if environ is None else environ
    document = _written_through(environ)
    overrides = {name: value for name, value in _overrides(environ) if value is not None}
    return _resolved({**_chosen(document), **overrides}, environ, document, bool(overrides))


def _overrides(environ: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """Yield the settings that variables set for this call; None for a value that is none."""
    for name, choice in CHOICES.items():
        text = environ.get(_variable(name))
        if text:
            yield name, choice.read(text)


def _variable(name: str) -> str:
    return f"TANKFUL_{name.upper()}"


def remarks(environ: Mapping[str, str], only: str | None = None) -> Iterator[Message]:
    """Yield a message about each variable that sets a setting, or this setting, for this call, or would."""
    for name, value in _overrides(environ):
        if only not in (None, name):
            continue
        if value is None:
            yield _(
                "{variable} is ignored: {name} must be {values}",
                variable=_variable(name),
                name=name,
                values=CHOICES[name].allowed,
            )
        else:
            sentence = _("{variable} sets {name} to {value} for this call")
            yield sentence.filled(variable=_variable(name), name=name, value=value)


def chosen() -> dict[str, str]:
    """Return every setting as stored on disk, by name."""
    return _chosen(_document())


def choose(name: str, text: str) -> str:
    """Store a setting and return its value as stored. Raises WrongUsage if name or value is invalid."""
    choice = CHOICES.get(name)
    if choice is None:
        raise WrongUsage(unknown(name))
    value = choice.read(text)
    if value is None or not text:
        raise WrongUsage(
            _(
                "{name} must be {values}, not {value!r}",
                name=name,
                values=choice.allowed,
                value=text,
            )
        )
    _change(lambda document: {**document, "settings": {**_kept(document), name: value}})
    return value


def unknown(name: str) -> Message:
    """Return the message about an unknown setting, with the one that was meant or all there are."""
    near = nearest(name, CHOICES)
    if near:
        return _("there is no setting {name!r}; did you mean {near}?", name=name, near=near)
    known = enumerated(CHOICES)
    return _("there is no setting {name!r}; choose one of {known}", name=name, known=known)


def _written_through(environ: Mapping[str, str]) -> Fields:
    document = _document()
    signature = feed.signature(environ)
    if not signature or signature == document.get("seen"):
        return document
    configured = {name[8:]: environ[name] for name in environ if name.startswith("tankful_")}

    def through(document: Fields) -> Fields:
        kept, before = _kept(document), _parsed(str(document.get("seen", "")))
        for name, choice in CHOICES.items():
            if name in configured and " ".join(configured[name].split()) != before.get(name):
                value = choice.read(configured[name]) or choice.default
                if before or name != "privacy" or kept.get(name) != "1":  # nobody chose to end it
                    kept[name] = value
        return {**document, "settings": kept, "seen": signature}

    try:
        return _change(through)
    except (OSError, ValueError, Mistake):
        return through(document)


def _parsed(signature: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in signature.split(";") if part)
    return {name[8:]: value for name, _, value in pairs}


def is_newer() -> bool:
    """Tell whether a newer Tankful has written settings.json, so that this one only reads it."""
    try:
        DOCUMENT.load(_parse)
    except Newer:
        return True
    except Mistake:
        pass
    return False


def complaint() -> Message | None:
    """Return a message if settings.json is from a newer Tankful, cannot be read or was damaged, else None."""
    try:
        DOCUMENT.load(_parse)
    except Mistake as mistake:
        return mistake.message
    kept = DOCUMENT.set_aside()
    if kept is None:
        return None
    sentence = _BUT_PRIVACY if chosen()["privacy"] == "1" else _DAMAGED
    return sentence.filled(file=os.path.basename(kept))


_DAMAGED = _(
    "settings.json was damaged, so what it sets does not apply; it is kept as {file}: repair it "
    "and rename it to settings.json, or delete it"
)
_BUT_PRIVACY = _(
    "settings.json was damaged, so what it sets does not apply, except for privacy; it is kept as "
    "{file}: repair it and rename it to settings.json, or delete it"
)
_SIGN = re.compile(rb"\"privacy\"\s*:\s*\"?(?:1|true|yes|on)\b|(?:\xe2\x80\xa2){3}", re.IGNORECASE)


def _stays_private(*places: str | None) -> Fields:
    """Return the settings where the file is lost: privacy if one of these files, or the feed, shows it; else none.

    A name that is shown in spite of it cannot be hidden again.
    """
    for place in (*places, feed.path(os.environ)):
        with suppress(OSError):
            if place and _SIGN.search(files.read(place, feed.MAX_BYTES) or b""):
                return {"settings": {"privacy": "1"}}
    return {}


def _change(edit: Callable[[Fields], Fields]) -> Fields:
    return DOCUMENT.change(_parse, edit, lambda changed, kept: changed)


def _document() -> Fields:
    """Load settings.json; empty if it cannot be read, as no setting is worth refusing to work."""
    try:
        return _saved(DOCUMENT.load(_parse))
    except Newer as newer:
        return {**_stays_private(), **newer.fields}
    except Mistake:
        return _stays_private()


def _saved(fields: Fields) -> Fields:
    """Save what remains of a damaged file, which holds on when that file is deleted; return it."""
    if fields and "layout" not in fields:
        with suppress(OSError, Mistake):
            return _change(lambda document: {**document, "seen": document.get("seen", "")})
    return fields


def _parse(fields: Fields | None) -> Fields:
    if fields is None:
        kept = DOCUMENT.set_aside()
        return _stays_private(kept) if kept else {}
    if not isinstance(fields.get("settings", {}), dict):
        raise TypeError("no settings")
    if not isinstance(fields.get("seen", ""), str):
        raise TypeError("no signature")
    return fields


def _kept(document: Fields) -> Fields:
    """Return the settings as they are in the file, including unknown ones."""
    kept = document.get("settings")
    return dict(kept) if isinstance(kept, dict) else {}


def _chosen(document: Fields) -> dict[str, str]:
    kept = _kept(document)
    return {
        name: (choice.read(str(kept[name])) if name in kept else None) or choice.default
        for name, choice in CHOICES.items()
    }


def _resolved(
    chosen: Mapping[str, str], environ: Mapping[str, str], document: Fields, one_call: bool
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
        pace_mark=chosen["pace_mark"] == "1",
        edge=chosen["edge"],
        history=int(chosen["history"]),
        alert_limits=chosen["alert_limits"] == "1",
        alert_money=chosen["alert_money"] == "1",
        alert_resets=chosen["alert_resets"] == "1",
        quiet=chosen["quiet"],
        seen=str(document.get("seen", "")),
        one_call=one_call,
    )


def values(chosen: Mapping[str, str]) -> tuple[tuple[str, str, Message], ...]:
    """Return name, value and possible values of every setting."""
    return tuple((name, chosen[name], choice.options) for name, choice in CHOICES.items())
