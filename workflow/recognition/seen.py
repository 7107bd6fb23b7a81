"""The providers whose key was seen on this machine, which come first in the list to add from.

Only their ids are kept, in the cache. A launcher does not have the variables of the user's shell, so the ids that
either of them sees count for both, until the next search for keys.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress

from .. import paths
from ..provider import own_files
from ..provider.contract import Provider
from ..storage import files, json_codec
from . import places

NAME = "seen-keys.json"  # in the cache folder
_ENDINGS = ("_KEY", "_TOKEN")  # of variables that contain a key
_OF_CODEX = "CODEX_ACCESS_TOKEN"  # Codex's sign-in belongs to the provider with this variable


def kept() -> tuple[str, ...]:
    """List the stored ids; none if the file is missing or damaged."""
    try:
        ids = json_codec.loads(files.read(files.in_cache(NAME)) or b"[]")
    except (OSError, ValueError):
        return ()
    return tuple(name for name in ids if isinstance(name, str)) if isinstance(ids, list) else ()


def keep(ids: Iterable[str]) -> None:
    """Store these ids in place of the earlier ones; does nothing if the disk cannot be written to."""
    wanted = tuple(sorted(set(ids)))
    if wanted != kept():
        with suppress(OSError, paths.Unplaced):
            files.write(files.in_cache(NAME), json_codec.dumps(list(wanted)), lasting=False)


def update(known: Mapping[str, Provider], environ: Mapping[str, str]) -> frozenset[str]:
    """Return the providers that are on this machine: the stored ones, and those seen without opening a file.

    A provider is seen if one of its variables contains a key of its form, if Codex's sign-in exists and belongs to
    it, or if its program is here. The first two are stored with the others; programs come and go.
    """
    ids = {name for name, about in known.items() if _is_set(about, environ)}
    if os.path.exists(places.codex_path(environ)):
        ids.update(name for name, about in known.items() if _OF_CODEX in about.variables)
    ids.update(kept())
    ids -= {name for name, about in known.items() if about.is_local}
    keep(ids)
    ids.update(name for name, about in known.items() if places.folder(environ, about.folders))
    return frozenset(ids & known.keys())


def signs(environ: Mapping[str, str]) -> tuple[object, ...]:
    """Return a value that changes when ``update`` may return something else; needs no provider.

    It includes the files of the user's own providers.
    """
    names = sorted(name for name in environ if name.endswith(_ENDINGS) and environ[name])
    others = (places.codex_path(environ), places.claude_path(environ))
    programs = [(os.path.exists(path), os.path.isdir(os.path.dirname(path))) for path in others]
    return names, programs, kept(), own_files.marks()


def _is_set(about: Provider, environ: Mapping[str, str]) -> bool:
    keys = (environ.get(name, "").strip(" \"'") for name in about.variables)
    usable = [shape for shape in about.shapes if shape.lacks is None]
    return any(key and any(shape.fits(key) for shape in usable) for key in keys)
