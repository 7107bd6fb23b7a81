"""Says a sentence in one of the languages, and keeps foreign text from breaking a line."""

from __future__ import annotations

from typing import Optional

from ..models import Phrase

_BREAKS = (*b"\t\n\r", 0x2028, 0x2029)
_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))  # would turn what stands beside them
_CONTROLS = {
    **dict.fromkeys((*range(32), *range(127, 160), *_DIRECTIONS)),
    **dict.fromkeys(_BREAKS, " "),
}


def plain(foreign: str) -> str:
    """Somebody else's text without control characters, which would end a line or be taken for ours."""
    return foreign.translate(_CONTROLS)


def say(phrase: Optional[Phrase], language: str) -> str:
    """A phrase in one language; "" for none."""
    if phrase is None:
        return ""
    return plain(phrase.zh if language == "zh" else phrase.en)
