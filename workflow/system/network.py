"""Read proxy, certificate authorities and the test server from the environment."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import Mistake
from ..i18n.message import Message, _

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

HTTP, HTTPS = 80, 443
NEXT_ADDRESS = 0.25  # seconds until a server's next address is tried in parallel
# the first that is set counts
AUTHORITIES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
LOOPBACK = "TANKFUL_LOOPBACK"
_LOOPBACK_HOSTS = ("localhost", "::1")
_NOT_HERE: Message = _(
    "{loopback} takes only an address of this machine, like http://127.0.0.1:8080; unset it for real use",
    loopback=LOOPBACK,
)
_NO_HOME: Message = _(
    "{loopback} is for tests, away from your own accounts: set TANKFUL_HOME to a folder for them too, or unset {loopback}",
    loopback=LOOPBACK,
)
_SEPARATORS = re.compile(r"[,;\s]+")


def proxies() -> dict[str, str]:
    """Return the environment's proxies by scheme, else the system's; under "no" the hosts that need none.

    ``urllib.request.getproxies`` loads three modules with a megabyte of code, so it is asked only if there is
    something to read. It does not return the exceptions of macOS's settings.
    """
    if os.name == "nt" or any(name[-6:].lower() == "_proxy" for name in os.environ):
        from urllib.request import getproxies

        return getproxies()
    if sys.platform == "darwin":
        from _scproxy import _get_proxies, _get_proxy_settings

        system: dict[str, str] = _get_proxies()
        spared = ",".join(filter(None, _get_proxy_settings().get("exceptions") or ()))
        return {**system, "no": spared} if spared else system
    return {}


def proxy(proxies: Mapping[str, str]) -> str:
    """Return the address of the proxy for HTTPS, from what ``proxies`` returns; "" for none.

    GNOME and Clash write ``socks://`` for SOCKS5. The SOCKS proxy of macOS's settings comes under the
    name ``socks``, and the scheme in its address is meaningless.
    """
    address = (proxies.get("https") or proxies.get("all") or "").strip()
    scheme, mark, place = address.rpartition("://")
    if not address and proxies.get("socks"):
        scheme, mark, place = "socks", "://", proxies["socks"].strip().rpartition("://")[2]
    if scheme.lower() == "socks":
        scheme = "socks5"
    return f"{scheme}{mark}{place}" if mark or not place else f"http://{place}"


def is_spared(host: str, listed: str, port: int = HTTPS) -> bool:
    """Tell whether a host is to be reached without the proxy.

    Args:
        host: a name or an address, without brackets.
        listed: ``NO_PROXY``: names, which include their subdomains, addresses, networks and ``*``.
            Anything else is ignored.
        port: the port of the request.
    """
    host = host.lower()
    entries = _SEPARATORS.split(listed.lower())
    return any(_names(entry, host, str(port)) for entry in entries if entry)


def _names(entry: str, host: str, port: str) -> bool:
    if entry == "*":
        return True
    place = entry.rpartition("://")[2]
    network, address = _network(place), _network(host)
    if network is not None:
        return address is not None and address.network_address in network  # never of two versions
    name, _, only = place.partition(":")
    name = name.lstrip("*.")
    below = address is None and bool(name) and host.endswith(f".{name}")
    return only in ("", port) and (host == name or below)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    """Parse an address or a network, with or without ``[…]`` or its last zeros; None for anything else."""
    bare = text[1:].replace("]", "", 1) if text.startswith("[") else text
    number, slash, size = bare.partition("/")
    if slash and ":" not in number:  # macOS writes 169.254/16
        number += ".0" * (3 - number.count("."))
    try:
        return ipaddress.ip_network(f"{number}{slash}{size}", strict=False)
    except ValueError:
        return None


def authorities(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the first variable that names trusted certificates, and its path; None if none is set."""
    for name in AUTHORITIES:
        if environ.get(name):
            return name, environ[name]
    return None


def has_files(folders: str) -> bool:
    """Tell whether any of these folders, separated as in a search path, has entries."""
    return any(_entries(folder) for folder in folders.split(os.pathsep) if folder)


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (OSError, ValueError):  # ValueError: a null byte in the name
        return []


def loopback(environ: Mapping[str, str]) -> str:
    """Return the address of the test server in ``TANKFUL_LOOPBACK``, without a path; "" if it is not set.

    Raises Mistake if it is not an address of this machine, or if ``TANKFUL_HOME`` is not set: invented
    numbers would mix with the user's own, and real keys would be sent in clear.
    """
    address = environ.get(LOOPBACK, "")
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        scheme, host, port, rest = parts.scheme, parts.hostname or "", parts.port, parts.path
    except ValueError:
        raise Mistake(_NOT_HERE) from None
    if scheme not in ("http", "https") or rest.strip("/") or not _is_loopback(host):
        raise Mistake(_NOT_HERE)
    if not environ.get("TANKFUL_HOME"):
        raise Mistake(_NO_HOME)
    place = f"[{host}]" if ":" in host else host
    return f"{scheme}://{place}" + ("" if port is None else f":{port}")


def detour(address: str) -> Message:
    """Return a warning that every request goes to the test server."""
    return _(
        "everything goes to {address} ({loopback}), not to the providers",
        address=address,
        loopback=LOOPBACK,
    )


def _is_loopback(host: str) -> bool:
    parts = host.split(".")
    four = len(parts) == 4 and parts[0] == "127" and host.isascii()
    return host in _LOOPBACK_HOSTS or (four and all(p.isdigit() and int(p) < 256 for p in parts))
