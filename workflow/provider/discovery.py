"""Finds a provider by the name of its file in ``workflow/providers/``, or wherever else the path of that
package leads.
"""

from __future__ import annotations

import importlib
import os
from contextlib import suppress
from typing import Dict, List, Set

from ..errors import Mistake
from ..i18n.message import _
from .contract import Module, Provider

_PACKAGE = "workflow.providers"


def names() -> List[str]:
    """List the ids of all providers, in the order of their names."""
    found: Set[str] = set()
    for folder in importlib.import_module(_PACKAGE).__path__:
        with suppress(OSError):
            found.update(name[:-3] for name in os.listdir(folder) if name.endswith(".py"))
    return sorted(name for name in found if not name.startswith("_"))


def load(provider_id: str) -> Module:
    """The module of a provider. Raises Mistake for an unknown one."""
    if provider_id not in names():
        known = ", ".join(names())
        raise Mistake(
            _(
                "there is no provider {provider_id!r}; choose one of {known}",
                provider_id=provider_id,
                known=known,
            )
        )
    module: Module = importlib.import_module(f"{_PACKAGE}.{provider_id}")
    return module


def about(provider_id: str) -> Provider:
    """What a provider says of itself. Raises Mistake for an unknown one."""
    return load(provider_id).PROVIDER


def everything() -> Dict[str, Provider]:
    """All providers by id."""
    return {provider_id: about(provider_id) for provider_id in names()}
