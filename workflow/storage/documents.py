"""A JSON file with a layout version: read, migrated, and replaced as a whole under a lock.

A damaged file is renamed to ``name.damaged-TIME.json``, never overwritten. One with a newer layout is
refused and never written. Before one with an older layout is written in ours, a copy is kept as
``name.layout-N.json``.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Callable, Optional, TypeVar

from ..errors import Mistake
from ..i18n.message import Message, _
from ..models import utc_now
from ..records import dataclass, field
from . import files, json_codec

Fields = dict[str, Any]
Step = Callable[[Fields], Fields]  # converts to the next layout
Parse = Callable[[Optional[Fields]], "_T"]  # gets None if there is no file

_T = TypeVar("_T")
_NEWER: Message = _("{file} was written by a newer Tankful and is left as it is; update Tankful")
_TOO_LARGE: Message = _(
    "{file} is larger than 16 MB and is left as it is; take out what does not belong there"
)
_MISREADINGS = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError)


class Newer(Mistake):
    """A newer Tankful has written the file.

    Args:
        name: the file's name.
        fields: its contents, in a layout that is not ours.
    """

    def __init__(self, name: str, fields: Fields) -> None:
        self.fields = fields
        super().__init__(_NEWER.filled(file=name))


class _Damaged(Exception):
    """The file exists but cannot be understood."""


@dataclass(frozen=True)
class Document:
    """A document: its name, its layout, and the steps from each older layout to the next."""

    name: str  # with its extension
    layout: int
    steps: Mapping[int, Step] = field(default_factory=dict)  # by the layout they convert from

    def path(self) -> str:
        """Return the path of the file."""
        return files.in_data(self.name)

    def load(self, parse: Parse[_T]) -> _T:
        """Read the document; a damaged file is renamed first.

        Args:
            parse: makes the result from the fields in our layout, or from None if there is no file.
                A ValueError, KeyError or TypeError in it means that the file is damaged.

        Raises Newer, and Mistake if the file cannot be used.
        """
        try:
            return self._read(parse)
        except _Damaged:
            with self._locked():
                return self._read_or_set_aside(parse)
        except OSError as error:
            raise self._unusable(error) from error

    def change(
        self, parse: Parse[_T], edit: Callable[[_T], _T], form: Callable[[_T, Fields], Fields]
    ) -> _T:
        """Edit the document under a lock, and write it if anything has changed.

        Args:
            parse: as for ``load``.
            edit: makes the new value from the old one.
            form: makes the fields to write from the new value and the fields in the file. The latter are {}
                if they have another layout, or are nested too deeply to be written again.

        Returns the new value. Raises Newer, and Mistake if the file cannot be used.
        """
        with self._locked():
            before = self._read_or_set_aside(parse)
            after = edit(before)
            if after != before:
                self._write(lambda kept: {**form(after, kept), "layout": self.layout})
            return after

    def set_aside(self) -> str | None:
        """Return the path of the newest damaged file that was kept; None if there is none."""
        folder, beginning = os.path.dirname(self.path()), f"{self.name[:-5]}.damaged-"
        try:
            kept = [name for name in os.listdir(folder) if name.startswith(beginning)]
        except OSError:
            return None
        return os.path.join(folder, max(kept)) if kept else None

    def _read(self, parse: Parse[_T]) -> _T:
        """Read and parse the file. Raises Newer, _Damaged or OSError."""
        files.check(os.path.dirname(self.path()))
        content = files.read(self.path())
        try:
            return parse(None if content is None else self._migrated(json_codec.foreign(content)))
        except _MISREADINGS as error:
            raise _Damaged from error

    def _migrated(self, fields: Fields) -> Fields:
        """Convert the fields to our layout. Raises Newer, or one of _MISREADINGS."""
        layout = _layout(fields)
        if layout > self.layout:
            raise Newer(self.name, fields)
        for older in range(layout, self.layout):
            fields = self.steps[older](fields)
        return fields

    def _read_or_set_aside(self, parse: Parse[_T]) -> _T:
        try:
            return self._read(parse)
        except _Damaged:
            stamp = f"{utc_now():%Y%m%dT%H%M%SZ}-{os.urandom(4).hex()}"
            os.rename(self.path(), f"{self.path()[:-5]}.damaged-{stamp}.json")
            return parse(None)

    def _write(self, form: Callable[[Fields], Fields]) -> None:
        kept: Fields = {}
        content = files.read(self.path())
        if content is not None:
            kept = json_codec.foreign(content)
            if _layout(kept) < self.layout:
                copy = f"{self.path()[:-5]}.layout-{_layout(kept)}.json"
                if not os.path.exists(copy):
                    files.write(copy, content)
                kept = {}
        try:
            written = json_codec.pretty(form(kept))
        except ValueError:  # unknown fields that are nested too deeply
            written = json_codec.pretty(form({}))
        files.write(self.path(), written + b"\n")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with files.lock(f"{self.path()}.lock"):
                yield
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> Mistake:
        is_too_large = error.errno == errno.EFBIG and error.filename == self.path()
        if is_too_large and _size(self.path()) > files.LARGEST:
            return Mistake(_TOO_LARGE.filled(file=self.name))
        return Mistake(files.unusable(error, self.path()))


def _layout(fields: Fields) -> int:
    """Return the layout's number. Raises one of _MISREADINGS if it is not valid."""
    layout = fields["layout"]
    if type(layout) is not int or layout < 1:
        raise ValueError("not a layout")
    return layout


def _size(path: str) -> int:
    """Return the size of a file in bytes; EFBIG may also come from a write that hit the disk's limit."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
