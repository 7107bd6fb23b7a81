"""Finds providers by their file names in ``workflow/providers/``, or elsewhere on the path of that package.

Their descriptions come from an index that is derived from these files (index.py). A module is imported only
when its provider is asked.
"""

from __future__ import annotations

import functools
import importlib
import os
import re
from collections.abc import Container
from contextlib import suppress

from ..errors import Mistake, WrongUsage, nearest
from ..i18n.message import Message, _, enumerated
from . import index, own_files
from .contract import Module, Provider

_PACKAGE = "workflow.providers"


def names() -> list[str]:
    """List the ids of all providers, sorted."""
    ids = _built_in(_folders())
    return sorted({*ids, *_own(ids)})


@functools.lru_cache(maxsize=1)
def _built_in(folders: tuple[str, ...]) -> frozenset[str]:
    ids: set[str] = set()
    for folder in folders:
        with suppress(OSError):
            ids.update(name[:-3] for name in os.listdir(folder) if name.endswith(".py"))
    return frozenset(name for name in ids if not name.startswith("_"))


def is_built_in(name: str) -> bool:
    """Tell whether a provider of this id comes with Tankful, so that no file of the user's can have it."""
    return name in _built_in(_folders())


def load(provider_id: str) -> Module:
    """Import the module of a provider. Raises Mistake for an unknown one."""
    if provider_id in _own(_built_in(_folders())):
        return _own_module(provider_id)
    if provider_id not in names():
        raise WrongUsage(_unknown(provider_id))
    module: Module = importlib.import_module(f"{_PACKAGE}.{provider_id}")
    return module


def _unknown(name: str) -> Message:
    near = nearest(name, names())
    if near:
        return _("there is no provider {name!r}; did you mean {near}?", name=name, near=near)
    known = enumerated(names())
    return _("there is no provider {name!r}; choose one of {known}", name=name, known=known)


def about(provider_id: str) -> Provider:
    """Return the description of a provider. Raises Mistake for an unknown one."""
    known = _kept(_folders()) or {}
    return known.get(provider_id) or load(provider_id).PROVIDER


def named(text: str) -> str:
    """Find the id of the provider that has this name, in whole or in part, or as an alias.

    Returns the text itself if no provider has it, or several.
    """
    wanted = text.strip().casefold()
    if wanted in names():
        return wanted
    meant = [each.id for each in everything().values() if wanted in _called(each)]
    return meant[0] if len(meant) == 1 else text


def _called(about: Provider) -> set[str]:
    """Return the names of a provider, in small letters."""
    parts = re.split(r"[()（）/]", about.name)
    called = (about.name, about.short, *parts, *about.aliases)
    return {each.strip().casefold() for each in called} - {""}


def everything() -> dict[str, Provider]:
    """Return all providers by id."""
    known = dict(_everything(_folders()))
    for name in _own(known):
        with suppress(Mistake):  # the doctor reports it
            known[name] = _own_module(name).PROVIDER
    return known


def faults() -> list[tuple[str, Message]]:
    """List the files of the user's own providers that cannot be used, and why."""
    from . import own

    return list(own.faults(_everything(_folders())))


def _own_module(name: str) -> Module:
    """Read the file of a user's own provider. Raises Mistake, which names the file, if it is wrong."""
    from . import own  # most users have none

    try:
        return own.load(name)
    except Mistake as error:
        raise Mistake(
            _("{file}: {why}", file=f"{name}{own_files.ENDING}", why=error.message)
        ) from None


def _own(built_in: Container[str]) -> list[str]:
    """List the ids of the user's own files, without names that are taken."""
    return [name for name in own_files.names() if name not in built_in]


def _folders() -> tuple[str, ...]:
    return tuple(importlib.import_module(_PACKAGE).__path__)


@functools.lru_cache(maxsize=1)
def _everything(folders: tuple[str, ...]) -> dict[str, Provider]:
    known = _kept(folders)
    if known is None:
        known = {name: load(name).PROVIDER for name in sorted(_built_in(folders))}
        index.write(known, folders)
    return known


@functools.lru_cache(maxsize=1)
def _kept(folders: tuple[str, ...]) -> dict[str, Provider] | None:
    return index.read(folders)
