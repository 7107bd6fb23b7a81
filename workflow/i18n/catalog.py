"""Says a message in a language, and keeps foreign text from breaking a line.

The catalogue of a language is loaded when something is first said in it; English has none.
"""

from __future__ import annotations

import functools
import os
import re
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional

from .message import Message, _

if TYPE_CHECKING:
    from gettext import NullTranslations

DOMAIN = "tankful"
FOLDER = os.path.dirname(os.path.abspath(__file__))
_BREAKS = (*b"\t\n\r", 0x2028, 0x2029)
_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))  # would turn what stands beside them
_CONTROLS = {
    **dict.fromkeys((*range(32), *range(127, 160), *_DIRECTIONS)),
    **dict.fromkeys(_BREAKS, " "),
}
_QUOTED = _(" (“{words}”)")  # behind a sentence of ours


def plain(foreign: str) -> str:
    """Somebody else's text without control characters, which would end a line or be taken for ours."""
    return foreign.translate(_CONTROLS)


def say(message: Optional[Message], language: str, **named: object) -> str:
    """A message in one language; "" for none.

    What it carries itself may be somebody else's, and is made plain.

    Args:
        message: what to say.
        language: one of ``settings.LANGUAGES``.
        named: what fills more places of it, as it is.
    """
    if message is None:
        return ""
    params = dict(message.params)
    sentence = translated(message.id, language, message.several, params.get("count", 1))
    if message.quote:
        quote = say(_QUOTED, language, words=plain(message.quote))
        sentence = re.sub("(?=[;；])|$", "{_quote}", sentence, count=1)
        named = {**named, "_quote": quote}
    if not (params or named):
        return sentence
    return _filled(sentence, {**{n: _said(v, language) for n, v in params.items()}, **named})


def translated(sentence: str, language: str, several: str = "", count: object = 1) -> str:
    """A sentence of ours in a language, with its places as they are; English where it is not known."""
    found = _catalog(language)
    if found is None or not sentence:
        return several if several and count != 1 else sentence
    if several:
        return found.ngettext(sentence, several, count if isinstance(count, int) else 2)
    return found.gettext(sentence)


def locale(language: str) -> str:
    """The name of a language's catalogue, "zh_CN"; "" for English and for one that has none."""
    if language == "en":
        return ""
    found = (name for name in sorted(os.listdir(FOLDER)) if name.split("_")[0] == language)
    return next(found, "")


@functools.lru_cache(maxsize=8)  # one for each language; also read by 3.7, see bootstrap.py
def _catalog(language: str) -> Optional[NullTranslations]:
    name = locale(language)
    if not name:
        return None
    import gettext

    return gettext.translation(DOMAIN, FOLDER, [name], fallback=True)


class _Foreign(str):
    """Text that a message carries: plain where it is said, as it was in quotation marks (``!r``)."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return format(plain(str(self)), spec)


def _said(value: object, language: str) -> object:
    if isinstance(value, Message):
        return say(value, language)
    return _Foreign(value) if isinstance(value, str) else value


def _filled(sentence: str, named: Mapping[str, Any]) -> str:
    """The sentence with its places filled; one that nobody knows stays as it is."""
    known: Dict[str, Any] = dict(named)
    while True:
        try:
            return sentence.format(**known)
        except KeyError as missing:
            name = str(missing.args[0])
            known[name] = f"{{{name}}}"
        except (ValueError, TypeError, LookupError, AttributeError):  # of another version's making
            return sentence
