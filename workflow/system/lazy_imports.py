"""Import modules when they are first used: a list that asks no provider should not pay for asyncio."""

from __future__ import annotations

import importlib
import sys
from _thread import allocate_lock
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

_TAKING = allocate_lock()


class _LazyModule(ModuleType):
    """Stands for a module until one of its names is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_load(self.__name__), name)


def _load(name: str) -> ModuleType:
    with _TAKING:  # several threads may need it at the same time
        if isinstance(sys.modules.get(name), _LazyModule):
            del sys.modules[name]
    return importlib.import_module(name)


def put_off(*names: str) -> None:
    """Make ``import name`` load the module only when it is used."""
    for name in names:
        if name not in sys.modules:
            sys.modules[name] = _LazyModule(name)


def without(*names: str) -> None:
    """Treat these optional modules as not installed: they cost more to load than they save."""
    for name in names:
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]


def remember_missing(name: str) -> None:
    """Search for a missing module only once; Python itself does not remember a failed import."""
    if name not in sys.modules and PathFinder.find_spec(name) is None:
        without(name)


@contextmanager
def plain_classes() -> Iterator[None]:
    """Make ``dataclass`` do nothing while a package is imported.

    It is for a package whose dataclasses define ``__init__`` themselves: the other generated methods, which
    compare and print, would be compiled at each start.
    """
    known = sys.modules.get("dataclasses")
    stand_in = ModuleType("dataclasses")
    vars(stand_in)["dataclass"] = lambda **_: lambda cls: cls
    sys.modules["dataclasses"] = stand_in
    try:
        yield
    finally:
        del sys.modules["dataclasses"]
        if known is not None:
            sys.modules["dataclasses"] = known


def _cleandoc(text: str) -> str:
    """Do the same as ``inspect.cleandoc``, which click calls for the one-line help of every option."""
    if "\n" not in text:
        return text.expandtabs().lstrip()
    cleaned: str = _load("inspect").cleandoc(text)
    return cleaned


def put_off_rare() -> None:
    """Put off modules of the standard library that our packages import but few of our processes need."""
    put_off("asyncio", "pickletools", "shutil", "tempfile")
    without("bz2", "lzma")  # shutil tries to import them
    if sys.version_info < (3, 13):  # click and dataclasses import it, but need it only from 3.13 on
        put_off("inspect")
        vars(sys.modules["inspect"]).setdefault("cleandoc", _cleandoc)
