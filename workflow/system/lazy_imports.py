"""Modules that load when they are first used: lists that ask nobody should not pay for asyncio."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module until one of its names is wanted."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def put_off(*names: str) -> None:
    """From now on ``import name`` loads the module only when it is used."""
    for name in names:
        if name not in sys.modules:
            sys.modules[name] = _Later(name)


def without(*names: str) -> None:
    """From now on these optional modules count as not installed: their start costs more than they save."""
    for name in names:
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]
