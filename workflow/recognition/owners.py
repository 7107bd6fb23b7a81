"""Whose a host or a variable is, by what the providers say of themselves."""

from __future__ import annotations

import functools
from typing import List, Mapping, Optional, Tuple

from ..pasted import addresses
from ..pasted.addresses import Surroundings
from ..provider import discovery as providers


def hosts(text: str) -> List[str]:
    """The hosts of the addresses in a text; of a bare address its own."""
    found = Surroundings(text).hosts()
    return found or [one.host for one in [addresses.named("url", text)] if one]


def whose(host: str) -> Tuple[str, str]:
    """Provider and region of a host; ("", "") for one that is not ours."""
    return _domains().get(_domain(host), ("", ""))


@functools.lru_cache(maxsize=1)
def _domains() -> Mapping[str, Tuple[str, str]]:
    """The domains of our providers."""
    known = {
        _domain(page.split("/")[2]): (about.id, region if region in about.regions else "")
        for about in providers.everything().values()
        for pages in (about.dashboard, about.keys)
        for region, page in pages.items()
    }
    for about in providers.everything().values():
        known.update({domain: (about.id, region) for domain, region in about.hosts.items()})
    return known


def _domain(host: str) -> str:
    return ".".join(host.lower().split(":")[0].rsplit(".", 2)[-2:])


def variable(name: str) -> Optional[Tuple[str, str]]:
    """Provider and region by the name of a variable that holds a key."""
    return variables().get(name)


@functools.lru_cache(maxsize=1)
def variables() -> Mapping[str, Tuple[str, str]]:
    """The variables that hold a key of a provider: provider and region by name."""
    return {
        name: (about.id, region)
        for about in providers.everything().values()
        for name, region in about.variables.items()
    }
