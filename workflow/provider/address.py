"""The address of a gateway, as the user gives it: normalisation, and the rules for plain HTTP.

It is the scope ``address`` of an account. A key belongs to one address for ever: another address is another
account.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import Mistake, WrongUsage
from ..i18n.message import Message, _

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

SCOPE = "address"
_LONGEST = 300  # characters
_PRIVATE = (  # RFC 1918, 3927, 4193, 4291
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    *("fc00::/7", "fe80::/10"),
)
_QUOTES = " \t\r\n\"'`“”‘’<>"
_PASTED = (  # paths that people copy along with the address
    *("/v1/chat/completions", "/chat/completions", "/v1/messages", "/v1/responses", "/v1beta"),
    *("/anthropic", "/v1", "/api/status", "/api", "/console", "/login"),
)
_SCHEME_OR_DOMAIN = r"(?ai)://|\A[^/]*[.:]|\Alocalhost\b"
_ELSEWHERE = "ßς"  # letters that Python's IDNA 2003 replaces: browsers go to another domain
_HOST = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\]"
_PATH = r"(?a)(?:/[\w.~-]{1,60}){0,6}"
_FORM: Message = _(
    "an address looks like https://relay.example or https://relay.example:8443/prefix, without name, password, ? and #"
)
_PLAIN: Message = _(
    "{address} is not encrypted, so the key could be read on the way; use https:// (http:// only for this machine and a private network)"
)


def normalised(text: str) -> str:
    """Return an address in the form that is stored: scheme, host, port, prefix. Raises Mistake.

    ``http`` is allowed for this machine and private networks only; see ``wants_asking`` for the latter.
    """
    from urllib.parse import urlsplit  # not needed to show an account

    typed = text.strip(_QUOTES)
    is_key = not re.search(_SCHEME_OR_DOMAIN, typed)  # most likely
    if is_key or re.match(r"\w+:/(?!/)", typed):  # or half a scheme
        raise WrongUsage(_FORM)
    typed = typed if "://" in typed else f"https://{typed}"
    try:
        parts = urlsplit(typed)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode().lower()
    except (ValueError, UnicodeError):
        raise WrongUsage(_FORM) from None
    host = f"[{host}]" if ":" in host else host
    path = _cut(parts.path)
    odd = parts.username is not None or parts.query or parts.fragment or len(typed) > _LONGEST
    if (
        odd
        or any(letter in parts.netloc.lower() for letter in _ELSEWHERE)
        or parts.scheme not in ("http", "https")
        or not (re.fullmatch(_HOST, host) and re.fullmatch(_PATH, path))
    ):
        raise WrongUsage(_FORM)
    standard = {"http": 80, "https": 443}[parts.scheme]
    address = f"{parts.scheme}://{host}{f':{port}' if port not in (None, standard) else ''}{path}"
    if parts.scheme == "http" and not may_be_plain(host):
        raise Mistake(_PLAIN.filled(address=address))
    return address


def _cut(path: str) -> str:
    """Remove the paths of requests from the end of a path."""
    path = path.rstrip("/")
    while True:
        end = next((end for end in _PASTED if path.endswith(end)), None)
        if end is None:
            return path
        path = path[: -len(end)].rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    ip = _ip(host)
    return host == "localhost" or (ip is not None and ip.is_loopback)


def may_be_plain(host: str) -> bool:
    """Tell whether plain HTTP is allowed for a host: this machine, a private network, ``.local``."""
    return is_loopback(host) or host.endswith(".local") or _is_private(host)


def wants_asking(address: str) -> bool:
    """Tell whether the user must confirm an address, because it is plain HTTP in a private network."""
    from urllib.parse import urlsplit

    return address.startswith("http://") and not is_loopback(urlsplit(address).hostname or "")


def host(address: str) -> str:
    """Return host and port of an address, as a row shows them; "" for an empty address."""
    return address.partition("://")[2].partition("/")[0]


def _is_private(host: str) -> bool:
    """Tell whether an IP address is in a private network; ``ipaddress.is_private`` has public ones too."""
    import ipaddress

    ip = _ip(host)
    return ip is not None and any(ip in ipaddress.ip_network(each) for each in _PRIVATE)


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that a host is; one of IPv4 also if it is written in IPv6."""
    import ipaddress

    try:
        ip = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
