"""Renders and compares messages by their text in English and in 简体中文."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable, TypeVar

from workflow.i18n import catalog
from workflow.i18n.catalog import ENGLISH, Translation, speaking
from workflow.i18n.message import Message

_CHINESE: dict[str, str] = {}  # translations of messages that only a test has, by the English
_translated = catalog._sentence
CHINESE = Translation("zh")
_T = TypeVar("_T")


def both(message: Message | None) -> tuple[str, str]:
    """Render a message in English and in Chinese."""
    return english(message), chinese(message)


def english(message: Message | None) -> str:
    """Render a message in English."""
    return ENGLISH.say(message)


def chinese(message: Message | None) -> str:
    """Render a message in Chinese."""
    return CHINESE.say(message)


def in_language(
    language: str, render: Callable[..., _T], *args: Any, hours24: bool = True, **named: Any
) -> _T:
    """Call a function that renders, with this language and a 24- or 12-hour clock."""
    with speaking(Translation(language, hours24)):
        return render(*args, **named)


class Phrase(Message):
    """A message with its Chinese given beside it; equal to every message that reads the same in both languages."""

    en: str
    zh: str

    def __new__(cls, en: str, zh: str) -> Phrase:
        made = super().__new__(cls, en)
        made.en, made.zh = en, zh
        if _translated(CHINESE, en, "", 1) == en:
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


def translated(translation: Translation, english: str, several: str, count: int) -> str:
    """Translate by the catalogue, or by the Chinese that a test gave."""
    if translation.language == "zh" and english in _CHINESE:
        return _CHINESE[english]
    return _translated(translation, english, several, count)


catalog._sentence = translated  # type: ignore[assignment]
