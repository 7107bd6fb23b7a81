"""Caches the descriptions of all providers in one file, so that none is imported to be listed.

The file is derived: if it does not belong to the current sources, the providers are imported and it is
written anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Callable

from .. import paths
from ..i18n.message import Message
from ..records import MISSING, fields
from ..storage import files, json_codec
from ..storage.snapshot_json import pack_message, unpack_message
from ..system import builds
from .contract import Form, Lookalike, Provider, RateLimit, Shape
from .reading import Fields

NAME = "providers.json"  # in the cache folder
_HERE = os.path.dirname(os.path.abspath(__file__))
_SOURCES = ("contract.py", "index.py")  # besides the providers: they decide what is kept, and how


def read(folders: Iterable[str]) -> dict[str, Provider] | None:
    """Load all providers by id; None if the file is missing, damaged or of other sources.

    Args:
        folders: the folders with the modules of the providers.
    """
    try:
        index = json_codec.loads(files.read(files.in_cache(NAME)) or b"{}")
        if index.get("of") != mark(folders):
            return None
        return {name: unpack(entry) for name, entry in index["providers"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def write(known: Mapping[str, Provider], folders: Iterable[str]) -> None:
    """Write the descriptions; does nothing if the disk cannot be written to."""
    packed = {name: pack(about) for name, about in known.items()}
    with suppress(OSError, paths.Unplaced):
        content = json_codec.dumps({"of": mark(folders), "providers": packed})
        files.write(files.in_cache(NAME), content, lasting=False)


def mark(folders: Iterable[str]) -> list[Any]:
    """Identify the sources of an index: the build, and name, size and time of each file."""
    sources: list[Any] = [builds.current()]
    for folder, names in ((_HERE, _SOURCES), *((folder, None) for folder in folders)):
        with suppress(OSError):
            for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
                if entry.name.endswith(".py") and (names is None or entry.name in names):
                    stat = entry.stat()
                    sources.append([entry.name, stat.st_size, stat.st_mtime_ns])
    return sources


def pack(about: Provider) -> dict[str, Any]:
    """Convert a description to JSON values, without the defaults."""
    return {
        field.name: _plain(getattr(about, field.name))
        for field in fields(about)
        if field.default is MISSING or getattr(about, field.name) != field.default
    }


def unpack(values: Fields) -> Provider:
    """Convert the values of ``pack`` back. Raises ValueError, KeyError, TypeError or AttributeError for others."""
    return Provider(
        **{name: _READ.get(name, _plain_value)(value) for name, value in values.items()}
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return pack_message(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (Form, Lookalike, RateLimit, Shape)):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value


def _plain_value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _optional(value: Any) -> Message | None:
    return None if value is None else unpack_message(value)


def _messages(value: Fields) -> dict[str, Message]:
    return {name: unpack_message(each) for name, each in value.items()}


def _shape(values: dict[str, Any]) -> Shape:
    return Shape(
        **{**values, "what": unpack_message(values["what"]), "lacks": _optional(values["lacks"])}
    )


_READ: Mapping[str, Callable[[Any], Any]] = {
    "needs": unpack_message,
    "shows": unpack_message,
    "called": _optional,
    "scopes": _messages,
    "shapes": lambda values: tuple(map(_shape, values)),
    "forms": lambda forms: {
        name: Form(unpack_message(each["what"]), each["form"], each["example"])
        for name, each in forms.items()
    },
    "rate_limit": lambda values: RateLimit(**values),
    "steps": lambda values: tuple(map(unpack_message, values)),
    "lookalikes": lambda values: tuple(Lookalike(**each) for each in values),
}
