"""Finds the provider of a host or of a variable, from the descriptions of the providers."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from ..errors import Mistake
from ..pasted import addresses
from ..pasted.addresses import Surroundings
from ..provider import discovery as providers
from ..provider import no_usage
from ..provider.address import host, normalised
from ..provider.contract import Provider


@functools.lru_cache(maxsize=1)
def at_an_address() -> Provider | None:
    """Return the provider whose accounts have an address that the user gives (the relay)."""
    known = providers.everything().values()
    return next((about for about in known if about.has_address), None)


def base(text: str) -> str:
    """Return a text as an account's address, if it is one and its host is of no known vendor; else ""."""
    try:
        address = normalised(text)
    except Mistake:
        return ""
    name = host(address).partition(":")[0]
    return "" if whose(name)[0] or no_usage.is_at(name) else address


def hosts(text: str) -> list[str]:
    """List the hosts of the addresses in a text, which may also be a bare address."""
    named = Surroundings(text).hosts()
    return named or [one.host for one in [addresses.named("url", text)] if one]


def whose(host: str) -> tuple[str, str]:
    """Return provider and region of a host; ("", "") if it is of no provider."""
    return _domains().get(_domain(host), ("", ""))


@functools.lru_cache(maxsize=1)
def _domains() -> Mapping[str, tuple[str, str]]:
    """Return provider and region by domain."""
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


def variable(name: str) -> tuple[str, str] | None:
    """Return provider and region of a variable that contains a key; None if it is of no provider."""
    return variables().get(name)


@functools.lru_cache(maxsize=1)
def variables() -> Mapping[str, tuple[str, str]]:
    """Return provider and region by the name of the variable that contains a key."""
    return {
        name: (about.id, region)
        for about in providers.everything().values()
        for name, region in about.variables.items()
    }
