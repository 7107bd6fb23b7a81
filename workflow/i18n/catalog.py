"""Translate messages into the reader's language, and keep foreign text from breaking a line.

A face sets the translation once, ``with speaking(settings.translation):``, and ``say`` uses it inside the
block. The catalogue of a language is loaded when it is first needed; English has none.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from .message import Message, _

if TYPE_CHECKING:
    from .compiled import Compiled

DOMAIN = "tankful"
FOLDER = os.path.dirname(os.path.abspath(__file__))
_BREAKS = (*b"\t\n\r", 0x2028, 0x2029)
_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))  # would reorder the text beside them
_CONTROLS = {
    **dict.fromkeys((*range(32), *range(127, 160), *_DIRECTIONS)),
    **dict.fromkeys(_BREAKS, " "),
}
_QUOTED = _(" (“{text}”)")  # follows our sentence


class Translation(NamedTuple):
    """A reader's language, one of ``settings.LANGUAGES``, and clock."""

    language: str = "en"
    hours24: bool = True

    @property
    def locale(self) -> str:
        """The name of the language's catalogue, "zh_CN"; "" for English and for a language without one."""
        if self.language == "en":
            return ""
        known = (name for name in sorted(os.listdir(FOLDER)) if name.split("_")[0] == self.language)
        return next(known, "")

    def sentence(self, english: str, several: str = "", count: object = 1) -> str:
        """Translate a sentence and leave its placeholders; return the English one if it has no translation."""
        return _sentence(self, english, several, count)

    def say(self, message: Message | None, **places: object) -> str:
        """Translate a message and fill its placeholders; "" for None.

        The message's own parameters may be foreign text, so their control characters are removed. Of the values
        of further placeholders messages are translated, others inserted as they are.
        """
        return self.filled(message, places)

    def filled(self, message: Message | None, places: Mapping[str, object]) -> str:
        """Do what ``say`` does, with the values of further placeholders as a mapping."""
        if message is None:
            return ""
        english, given, several, foreign = message
        if Message in map(type, places.values()):
            places = {n: self.say(v) if isinstance(v, Message) else v for n, v in places.items()}
        if not (given or foreign):  # true of most messages
            sentence = self.sentence(english, several)  # a launcher overrides it
            return _filled(sentence, places) if places else sentence
        params = dict(given)
        sentence = self.sentence(english, several, params.get("count", 1))
        if foreign:
            quote = self.say(_QUOTED, text=plain(foreign))
            sentence = re.sub("(?=[;；])|$", "{_quote}", sentence, count=1)
            places = {**places, "_quote": quote}
        return _filled(sentence, {**{n: self._param(v) for n, v in params.items()}, **places})

    def _param(self, value: object) -> object:
        if isinstance(value, Message):
            return self.say(value)
        return _Foreign(value) if isinstance(value, str) else value


ENGLISH = Translation()
_CURRENT: ContextVar[Translation] = ContextVar("translation", default=ENGLISH)


def current() -> Translation:
    """Return the translation in use; English outside ``speaking``."""
    return _CURRENT.get()


@contextmanager
def speaking(translation: Translation) -> Iterator[None]:
    """Use this translation until the end of the block."""
    before = _CURRENT.set(translation)
    try:
        yield
    finally:
        _CURRENT.reset(before)


def say(message: Message | None, **places: object) -> str:
    """Translate a message with the translation in use, see ``Translation.say``."""
    return _CURRENT.get().filled(message, places)


def plain(foreign: str) -> str:
    """Remove control characters from foreign text, which could break a line or pass for our own text."""
    return foreign if foreign.isprintable() else foreign.translate(_CONTROLS)


@functools.lru_cache(maxsize=8)
def _catalogue(translation: Translation) -> Compiled | None:
    name = translation.locale
    if not name:
        return None
    from .compiled import Compiled

    return Compiled.load(os.path.join(FOLDER, name, "LC_MESSAGES", f"{DOMAIN}.mo"))


@functools.lru_cache(maxsize=2048)
def _sentence(of: Translation, english: str, several: str, count: object) -> str:
    catalogue = _catalogue(of)
    if catalogue is None or not english:
        return several if several and count != 1 else english
    if several:
        return catalogue.ngettext(english, several, count if isinstance(count, int) else 2)
    return catalogue.gettext(english)


class _Foreign(str):
    """Text in a message's parameter: made plain when formatted, escaped as usual with ``!r``."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return format(plain(str(self)), spec)


def _filled(sentence: str, places: Mapping[str, Any]) -> str:
    """Fill the placeholders of a sentence; unknown ones stay as they are."""
    while True:
        try:
            return sentence.format_map(places)
        except KeyError as missing:
            name = str(missing.args[0])
            places = {**places, name: f"{{{name}}}"}
        except (ValueError, TypeError, LookupError, AttributeError):  # kept by another version
            return sentence
