"""Import modules when they are first used: a list that asks no provider should not pay for asyncio."""

from __future__ import annotations

import importlib
import sys
from _thread import allocate_lock
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_TAKING = allocate_lock()


class _LazyModule(ModuleType):
    """Stands for a module until one of its names is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_load(self.__name__), name)


def _is_put_off(module: ModuleType | None) -> bool:
    return isinstance(module, _LazyModule)


def _load(name: str) -> ModuleType:
    with _TAKING:  # several threads may need it at the same time
        if _is_put_off(sys.modules.get(name)):
            del sys.modules[name]
    return importlib.import_module(name)


def put_off(*names: str) -> None:
    """Make ``import name`` load the module only when it is used."""
    for name in names:
        if name not in sys.modules:
            package = name.rpartition(".")[0]
            if package:
                importlib.import_module(package)
            _put(name, _LazyModule(name))


def without(*names: str) -> None:
    """Treat these optional modules as not installed: they cost more to load than they save."""
    for name in names:
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]


@contextmanager
def plain_classes() -> Iterator[None]:
    """Make ``dataclass`` do nothing while a package is imported.

    It is for a package whose dataclasses define ``__init__`` themselves: the other generated methods, which
    compare and print, would be compiled at each start.
    """
    stand_in = ModuleType("dataclasses")
    vars(stand_in)["dataclass"] = lambda **_: lambda cls: cls
    with _replaced(stand_in):
        yield


@contextmanager
def stand_ins(modules: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """Give a package that is imported stand-ins for modules that it imports but hardly ever uses.

    Args:
        modules: by module, the classes and functions that the package takes from it at once. Calling one
            loads the module and calls what it stands for; so does the use of any other name.
    """
    known = {name: sys.modules.get(name) for name in modules}
    missing = [n for n, module in known.items() if module is None or _is_put_off(module)]
    made = [_LazyModule(name) for name in missing]
    for module in made:
        vars(module).update(
            {name: _later(module.__name__, name) for name in modules[module.__name__]}
        )
    with _replaced(*made):
        yield


def _later(module: str, name: str) -> type:
    """Make a class of which a call is a call of the class or function with this name."""

    def new(cls: type, *args: Any, **named: Any) -> Any:
        return getattr(_load(module), name)(*args, **named)

    return type(name, (), {"__new__": new})


@contextmanager
def _replaced(*modules: ModuleType) -> Iterator[None]:
    """Replace modules, and their names in the packages that contain them, for a while."""
    known = [sys.modules.get(module.__name__) for module in modules]
    for module in modules:
        _put(module.__name__, module)
    try:
        yield
    finally:
        for module, before in zip(modules, known):
            if sys.modules.get(module.__name__) is module:  # it was not needed
                _put(module.__name__, before)


def _put(name: str, module: ModuleType | None) -> None:
    """Make ``import name`` find this module, or load it anew if it is None."""
    package, _, last = name.rpartition(".")
    holders: list[tuple[dict[str, Any], str]] = [(sys.modules, name)]
    if package in sys.modules:
        holders.append((vars(sys.modules[package]), last))
    for holder, key in holders:
        holder.pop(key, None)
        if module is not None:
            holder[key] = module


def _cleandoc(text: str) -> str:
    """Do the same as ``inspect.cleandoc``, which click calls for the one-line help of every option."""
    if "\n" not in text:
        return text.expandtabs().lstrip()
    cleaned: str = _load("inspect").cleandoc(text)
    return cleaned


def put_off_rare() -> None:
    """Put off modules of the standard library that our packages import but few of our processes need."""
    put_off("asyncio", "inspect", "ipaddress", "pickle", "pickletools", "shutil", "tempfile")
    # diskcache reads it for the default of an argument that we do not leave out
    vars(sys.modules["pickle"]).setdefault("HIGHEST_PROTOCOL", 5)
    without("bz2", "lzma")  # shutil tries to import them
    vars(sys.modules["inspect"]).setdefault("cleandoc", _cleandoc)
