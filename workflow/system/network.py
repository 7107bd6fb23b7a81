"""What the environment says of the way to the providers: proxy, authorities, a stand-in. Pure."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import List, Mapping, Optional, Tuple, Union
from urllib.parse import urlsplit

from ..errors import Mistake
from ..i18n.message import Message, _

HTTPS = 443
AUTHORITIES = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
)  # the first that is set counts
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
_Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]


def proxy(found: Mapping[str, str]) -> str:
    """The address of the proxy for HTTPS; "" for none.

    Args:
        found: the proxies of variables or system by scheme, as ``urllib.request.getproxies`` tells them.

    ``socks://`` is what GNOME and Clash write for SOCKS5. The SOCKS proxy of macOS's settings comes
    under its own name, with a scheme that is none.
    """
    told = (found.get("https") or found.get("all") or "").strip()
    scheme, mark, place = told.rpartition("://")
    if not told and found.get("socks"):
        scheme, mark, place = "socks", "://", found["socks"].strip().rpartition("://")[2]
    if scheme.lower() == "socks":
        scheme = "socks5"
    return f"{scheme}{mark}{place}" if mark or not place else f"http://{place}"


def is_spared(host: str, listed: str, port: int = HTTPS) -> bool:
    """Whether a host is asked without the proxy.

    Args:
        host: a name or an address, without brackets.
        port: where it is asked.
        listed: ``NO_PROXY``: names, which stand for what lies below them too, addresses, networks
            and ``*``. What is none of these concerns nobody.
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


def _network(told: str) -> Optional[_Network]:
    """An address or a network, ``[…]`` around it or not; None for what is neither."""
    bare = told[1:].replace("]", "", 1) if told.startswith("[") else told
    try:
        return ipaddress.ip_network(bare, strict=False)
    except ValueError:
        return None


def authorities(environ: Mapping[str, str]) -> Optional[Tuple[str, str]]:
    """The variable that says whose certificates are trusted, and what it names; None for none."""
    for name in AUTHORITIES:
        if environ.get(name):
            return name, environ[name]
    return None


def has_files(folders: str) -> bool:
    """Whether there is anything in one of these folders, which are told like a search path."""
    return any(_entries(folder) for folder in folders.split(os.pathsep) if folder)


def _entries(folder: str) -> List[str]:
    try:
        return os.listdir(folder)
    except (OSError, ValueError):  # a name with a null byte is no name
        return []


def loopback(environ: Mapping[str, str]) -> str:
    """The address of the stand-in that ``TANKFUL_LOOPBACK`` names, without a path; "" for none.

    Raises Mistake when it is no address of this machine, and where there is no home of its own: what
    a stand-in makes up would mix with the user's numbers, and real keys would go to it in clear.
    """
    told = environ.get(LOOPBACK, "")
    if not told:
        return ""
    try:
        parts = urlsplit(told)
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
    """What to say while every request goes to a stand-in."""
    return _(
        "everything goes to {address} ({loopback}), not to the providers",
        address=address,
        loopback=LOOPBACK,
    )


def _is_loopback(host: str) -> bool:
    parts = host.split(".")
    four = len(parts) == 4 and parts[0] == "127" and host.isascii()
    return host in _LOOPBACK_HOSTS or (four and all(p.isdigit() and int(p) < 256 for p in parts))
