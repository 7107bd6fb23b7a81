"""Messages as tests speak of them: by what they say in English and in 简体中文."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Optional, Tuple

from workflow.i18n import catalog
from workflow.i18n.message import Message

_CHINESE: Dict[str, str] = {}  # of the messages that are a test's own
_translated = catalog.translated


def both(message: Optional[Message]) -> Tuple[str, str]:
    """What a message says in English and in Chinese."""
    return english(message), chinese(message)


def english(message: Optional[Message]) -> str:
    """What a message says in English."""
    return catalog.say(message, "en")


def chinese(message: Optional[Message]) -> str:
    """What a message says in Chinese."""
    return catalog.say(message, "zh")


class Phrase(Message):
    """A message of a test's own, whose Chinese stands here; equal to every message that says the same."""

    en: str
    zh: str

    def __new__(cls, en: str, zh: str) -> Phrase:
        made = super().__new__(cls, en)
        made.en, made.zh = en, zh
        if _translated(en, "zh") == en:
            _CHINESE[en] = zh
        return made

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Phrase:  # type: ignore[override]
        return Message(*iterable)  # type: ignore[return-value]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.en, self.zh) == (
            (other.en, other.zh) if isinstance(other, Phrase) else both(other)
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = Message.__hash__


def translated(sentence: str, language: str, several: str = "", count: object = 1) -> str:
    """What the catalogue says, or a test's own Chinese."""
    if language == "zh" and sentence in _CHINESE:
        return _CHINESE[sentence]
    return _translated(sentence, language, several, count)


catalog.translated = translated
