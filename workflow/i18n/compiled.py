"""A compiled catalogue that decodes only the sentences it is asked for; gettext decodes all of them at once.

The format: https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html, little-endian, UTF-8, with
sorted sentences, as scripts/tools/messages.py writes it.
"""

from __future__ import annotations

import functools
import gettext
from struct import error, unpack_from
from typing import IO, Callable

_MAGIC = 0x950412DE
ENTRY = 8  # bytes of a table's entry: the length and the offset of a text


class Compiled(gettext.NullTranslations):
    """The sentences of one language; a missing one stays English."""

    @classmethod
    def load(cls, path: str) -> Compiled | None:
        """Read a .mo file; None if it is missing or damaged."""
        try:
            with open(path, "rb") as file:
                return cls(file)
        except (OSError, error, ValueError):
            return None

    def _parse(self, file: IO[bytes]) -> None:  # type: ignore[override]
        content = file.read()
        magic, _version, count, originals, translations = unpack_from("<5I", content)
        if magic != _MAGIC:
            raise ValueError(file)
        if len(content) < max(originals, translations) + ENTRY * count:
            raise ValueError(file)
        self._content, self._count = content, count
        self._originals, self._translations = originals, translations

    def _translated(self, sentence: bytes) -> bytes | None:
        """Find a sentence by binary search, since reading the whole table takes longer than a few look-ups."""
        first, end = 0, self._count
        while first < end:
            middle = (first + end) // 2
            original = self._text(self._originals, middle)
            if original == sentence:
                return self._text(self._translations, middle)
            first, end = (middle + 1, end) if original < sentence else (first, middle)
        return None

    def _text(self, table: int, number: int) -> bytes:
        length, place = unpack_from("<2I", self._content, table + ENTRY * number)
        return self._content[place : place + length]

    def gettext(self, message: str) -> str:
        """Translate a sentence."""
        translation = self._translated(message.encode(errors="replace"))
        return message if translation is None else translation.decode()

    def ngettext(self, one: str, several: str, n: int) -> str:
        """Translate a sentence that depends on a number."""
        translation = self._translated(f"{one}\0{several}".encode(errors="replace"))
        if translation is None:
            return super().ngettext(one, several, n)
        return translation.decode().split("\0")[self._form(n)]

    @functools.cached_property
    def _form(self) -> Callable[[int], int]:
        """The function from a number to the index of its plural form."""
        header = self.gettext("")
        plural = header.partition("plural=")[2].partition(";")[0]
        form: Callable[[int], int] = gettext.c2py(plural or "n != 1")
        return form
