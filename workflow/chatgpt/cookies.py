"""Extracts the session from cookies of chatgpt.com, and keeps it up to date.

A session is one cookie or, if it is long, several chunks (``….0``, ``….1``) whose joined values are the
token. They are sent unchanged, in numeric order. Other cookies are kept only if they decide whether, or for
which workspace, chatgpt.com answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from ..errors import Mistake
from ..i18n.message import _
from ..provider.answer import http_date
from ..provider.reading import moment
from ..records import dataclass, field

PROVIDER = "chatgpt"  # the id of the provider
MAX_COOKIE_HEADER = 16 * 1024  # characters of a Cookie header
_NAMES = ("__Secure-next-auth.session-token", "__Secure-authjs.session-token")
_ACCOUNT = "_account"
_LASTING = ("oai-did", _ACCOUNT, "__Host-next-auth.csrf-token")
_PASTED_OF_THE_EDGE = ("cf_clearance", "__cf_bm")  # belong to the browser; sent only once
_KEPT = (*_PASTED_OF_THE_EDGE, *_LASTING)
_OF_THE_EDGE = (*_PASTED_OF_THE_EDGE, "__cflb", "_cfuvid")
ORIGIN = "https://chatgpt.com/"
_HOST, _ENDPOINT = "chatgpt.com", "/api/auth/session"  # the host and the path that set cookies
HINTS = (".session-token", *_KEPT)  # a text without any of these contains no cookie of ours
_HOSTS = ("chatgpt.com", "openai.com")
_SESSION = r"__Secure-(?:next-auth|authjs)\.session-token"
NAME = re.compile(rf"{_SESSION}(?:\.\d{{1,2}})?|" + "|".join(map(re.escape, _KEPT)), re.ASCII)
_PAIR = re.compile(  # name=value, name: "value", name TAB value, "name": "…", "value": "…"
    rf"(?<![\w.-])({NAME.pattern})[\"']?"
    r"(?:\s{0,4}[=:,]\s{0,40}(?:[\"']?value[\"']?\s{0,4}:\s{0,4})?|[ \t]{1,8}(?=\S{16}))"
    r"[\"']?([^\s;\"',，。；、）》」”’]+)",
    re.ASCII,
)
_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]+")  # the characters that RFC 6265 allows in a value
_COMPLETE = re.compile(r"[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_WORKSPACE = re.compile(r"(?!user-)(?=[\w-]*\d)[\w-]{8,64}", re.ASCII)
_MIN_SESSION = 8  # characters of a session
_IV, _TAG = 16, 22  # characters of the third and the fifth part of a session token (A256GCM)


@dataclass(frozen=True)
class Session:
    """The cookies of one signed-in browser. Its repr never shows them."""

    cookie: str = field(repr=False)  # Cookie header
    chunks: int  # number of cookies that the token is split into
    workspace: str = field(default="", repr=False)
    token: str = field(default="", repr=False)  # joined from the chunks


def session_cookie_names() -> tuple[str, ...]:
    """Return the names that a session cookie may have, the more likely one first."""
    return _NAMES


def named(token: str) -> str:
    """Make the Cookie header of a bare session token, with the more likely name."""
    return f"{_NAMES[0]}={token}"


def renamed(cookie: str) -> str:
    """Return the Cookie header with the other name of the session; "" if the name is certain.

    The name is uncertain only if the header is a single cookie, which may have been pasted as a bare value.
    """
    name, _, value = cookie.partition("=")
    if name != _NAMES[0] or ";" in value or not value:
        return ""
    return f"{_NAMES[1]}={value}"


def is_complete(token: str) -> bool:
    """Tell whether a text is a whole session token: five parts, of which the second is usually empty."""
    return _COMPLETE.fullmatch(token) is not None


def is_cut(token: str) -> bool:
    """Tell whether the end of a session token is missing; only A256GCM tokens have a known length."""
    if not is_complete(token):
        return True
    _, _, vector, _, tag = token.split(".")
    return len(vector) == _IV and len(tag) != _TAG


def is_ours(host: str) -> bool:
    """Tell whether a host belongs to ChatGPT or OpenAI."""
    return any(host == ours or host.endswith(f".{ours}") for ours in _HOSTS)


def is_workspace(value: object) -> bool:
    """Tell whether a value is the id of a workspace, not of a user."""
    return isinstance(value, str) and _WORKSPACE.fullmatch(value) is not None


def pairs(text: str) -> dict[str, str]:
    """Read the cookies of a Cookie header; the last one of each name wins."""
    return {match[1]: match[2] for match in matches(text)}


def matches(text: str) -> Iterator[re.Match[str]]:
    """Yield a match (1: name, 2: value) for each of our cookies in a text, in order.

    Names are searched for alone: with what may surround them it takes three times as long.
    """
    name = NAME.search(text)
    while name is not None:
        match = _PAIR.match(text, name.start())
        if match is not None:
            yield match
        name = NAME.search(text, match.end() if match else name.start() + 1)


def session(values: Mapping[str, str]) -> Session | None:
    """Find the session among cookies; None if there is none. Raises Mistake if it is incomplete."""
    chosen = next((chunks for chunks in (_chosen(values, name) for name in _NAMES) if chunks), None)
    if chosen is None:
        return None
    token = "".join(value for _, value in chosen)
    _checked(token)
    workspace = values.get(_ACCOUNT, "")
    workspace = workspace if is_workspace(workspace) else ""
    return Session(_header(chosen, values), len(chosen), workspace, token)


def rotated(cookie: str, set_cookies: Iterable[str], now: datetime) -> str:
    """Update a Cookie header with an answer's Set-Cookie lines.

    A new session, in one cookie or in chunks, replaces the old one, even if the answer does not delete the
    old cookies. The old session stays if the new one is damaged, incomplete, or for another domain or path,
    and if the answer only deletes cookies. Cookies of the edge are not kept.
    """
    changes = dict.fromkeys(_PASTED_OF_THE_EDGE, "")
    for name, value in _lines(set_cookies, now):
        if NAME.fullmatch(name) and name not in _OF_THE_EDGE:
            changes[name] = value if _VALUE.fullmatch(value) else ""
    old, new = pairs(cookie), {name: value for name, value in changes.items() if value}
    others = {n: v for n, v in {**old, **changes}.items() if v and not is_session(n)}
    for jar in (new, old):
        with suppress(Mistake):
            renewed = session({**others, **{n: v for n, v in jar.items() if is_session(n)}})
            if renewed is not None:
                return renewed.cookie
    return cookie


def of_the_edge(set_cookies: Iterable[str], now: datetime) -> dict[str, str]:
    """Read the cookies by which an edge recognises a client; "" for a deleted one."""
    values = {name: value for name, value in _lines(set_cookies, now) if name in _OF_THE_EDGE}
    return {name: value for name, value in values.items() if not value or _VALUE.fullmatch(value)}


def joined(cookie: str, more: Mapping[str, str]) -> str:
    """Add cookies to a Cookie header; they replace those of the same names."""
    parts = [part.strip() for part in cookie.split(";") if part.strip()]
    kept = [part for part in parts if part.partition("=")[0] not in more]
    return "; ".join([*kept, *(f"{name}={value}" for name, value in more.items() if value)])


def session_pairs(cookie: str) -> dict[str, str]:
    """Read only the cookies of the session from a Cookie header."""
    return {name: value for name, value in pairs(cookie).items() if is_session(name)}


def _lines(set_cookies: Iterable[str], now: datetime) -> Iterator[tuple[str, str]]:
    """Yield name and value of each Set-Cookie line that applies to us; "" for a deleted cookie."""
    for line in set_cookies:
        first, *attributes = line.split(";")
        halves = (attribute.partition("=") for attribute in attributes)
        attributes_by_name = {key.strip().lower(): value.strip() for key, _, value in halves}
        if _is_for_us(attributes_by_name):
            yield _set(first, attributes_by_name, now)


def _is_for_us(attributes: Mapping[str, str]) -> bool:
    """Tell whether a cookie with these attributes would be sent to the session endpoint."""
    domain = attributes.get("domain", "").lower()
    domain, path = domain[1:] if domain[:1] == "." else domain, attributes.get("path", "")
    if domain and domain != _HOST:
        return False
    return path[:1] != "/" or f"{_ENDPOINT}/".startswith(path if path[-1] == "/" else f"{path}/")


def _set(first: str, attributes: Mapping[str, str], now: datetime) -> tuple[str, str]:
    """Read name and value of a Set-Cookie line; "" for a deleted cookie."""
    name, _, value = first.partition("=")
    gone = _is_past(attributes.get("expires", ""), now)
    if re.fullmatch(r"-?\d{1,18}", attributes.get("max-age", ""), re.ASCII):
        gone = int(attributes["max-age"]) <= 0
    return name.strip(), "" if gone else value.strip().strip('"')


def _is_past(value: str, now: datetime) -> bool:
    when = http_date(value) or moment(value)
    return when is not None and when <= now


def is_session(name: str) -> bool:
    """Tell whether a cookie of this name is a session or a chunk of one."""
    return ".session-token" in name


def _chosen(values: Mapping[str, str], name: str) -> list[tuple[str, str]]:
    """List the cookies of the session of this name, in sending order. Raises Mistake if one is missing."""
    plain = values.get(name, "")
    chunks = {int(key[len(name) + 1 :]): key for key in values if key.startswith(f"{name}.")}
    if plain and (not chunks or is_complete(plain)):
        return [(name, plain)]
    for number in range(max(chunks, default=-1) + 1):
        if number not in chunks:
            raise _missing(name, number)
    ordered = [(chunks[number], values[chunks[number]]) for number in sorted(chunks)]
    if len(ordered) == 1 and not is_complete(ordered[0][1]):
        raise _missing(name, 1)
    return ordered


def _header(chosen: list[tuple[str, str]], values: Mapping[str, str]) -> str:
    cookie = "; ".join(f"{name}={value}" for name, value in chosen)
    for name in _KEPT:
        more = f"; {name}={values.get(name, '')}"
        if _VALUE.fullmatch(values.get(name, "")) and len(cookie) + len(more) <= MAX_COOKIE_HEADER:
            cookie += more
    return cookie


def _checked(token: str) -> None:
    if len(token) > MAX_COOKIE_HEADER - 1024:
        raise Mistake(
            _("the session cookie is longer than any of ChatGPT; copy it again from chatgpt.com")
        )
    if len(token) < _MIN_SESSION or not _VALUE.fullmatch(token):
        raise Mistake(
            _(
                "the session cookie is incomplete or damaged; copy its whole value again from chatgpt.com"
            )
        )


def _missing(name: str, number: int) -> Mistake:
    return Mistake(
        _(
            "the session is incomplete: it is spread over several cookies and {name}.{number} is missing; copy all of them (.0, .1, …)",
            name=name,
            number=number,
        )
    )
