"""The session cookies of chatgpt.com: which ones make a session, and what an answer makes of them.

A session is one cookie or, when it is long, several (``….0``, ``….1``) whose joined values are the
token; they are sent as they are, in numeric order. Of the other cookies only those are kept that
decide whether and for which workspace chatgpt.com answers.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Tuple

from ..errors import Mistake
from ..i18n.message import _
from ..provider.reading import moment

PROVIDER = "chatgpt"  # whose logins these are
LONGEST = 16 * 1024  # characters of a Cookie header
_NAMES = ("__Secure-next-auth.session-token", "__Secure-authjs.session-token")
_ACCOUNT = "_account"
_LASTING = ("oai-did", _ACCOUNT, "__Host-next-auth.csrf-token")
_PASTED_OF_THE_EDGE = ("cf_clearance", "__cf_bm")  # belong to the browser; sent once, as pasted
_KEPT = (*_PASTED_OF_THE_EDGE, *_LASTING)
_OF_THE_EDGE = (*_PASTED_OF_THE_EDGE, "__cflb", "_cfuvid")
ORIGIN = "https://chatgpt.com/"
_HOST, _ENDPOINT = "chatgpt.com", "/api/auth/session"  # who sets cookies, and where
HINTS = (".session-token", *_KEPT)  # spares most texts the pattern
_HOSTS = ("chatgpt.com", "openai.com")
_SESSION = r"__Secure-(?:next-auth|authjs)\.session-token"
NAME = re.compile(rf"{_SESSION}(?:\.\d{{1,2}})?|" + "|".join(map(re.escape, _KEPT)), re.ASCII)
PAIR = re.compile(  # name=value, name: "value", name TAB value, "name": "…", "value": "…"
    rf"(?<![\w.-])({NAME.pattern})[\"']?"
    r"(?:\s{0,4}[=:,]\s{0,40}(?:[\"']?value[\"']?\s{0,4}:\s{0,4})?|[ \t]{1,8}(?=\S{16}))"
    r"[\"']?([^\s;\"',，。；、）》」”’]+)",
    re.ASCII,
)
_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]+")  # what RFC 6265 lets a cookie hold
_COMPLETE = re.compile(r"[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_WORKSPACE = re.compile(r"(?!user-)(?=[\w-]*\d)[\w-]{8,64}", re.ASCII)
_SHORTEST = 8  # characters of a session
_IV, _TAG = 16, 22  # characters of the third and the fifth part of a session token (A256GCM)


@dataclass(frozen=True)
class Session:
    """The cookies of one signed-in browser. Its repr never shows them."""

    cookie: str = field(repr=False)  # Cookie header
    chunks: int  # cookies that the token is spread over
    workspace: str = field(default="", repr=False)
    token: str = field(default="", repr=False)  # joined


def session_cookie_names() -> Tuple[str, ...]:
    """The names that a session may have, the likelier first."""
    return _NAMES


def named(token: str) -> str:
    """The Cookie header of a bare session token, under the likelier name."""
    return f"{_NAMES[0]}={token}"


def renamed(cookie: str) -> str:
    """The same session under the other name, to be tried once; "" when the name is certain.

    Only a session of a single cookie can have been pasted as a bare value.
    """
    name, _, value = cookie.partition("=")
    if name != _NAMES[0] or ";" in value or not value:
        return ""
    return f"{_NAMES[1]}={value}"


def is_complete(token: str) -> bool:
    """Whether this is a whole session token: five parts, of which the second is mostly empty."""
    return _COMPLETE.fullmatch(token) is not None


def is_cut(token: str) -> bool:
    """Whether a session token is short of its end; only its usual kind has a known length there."""
    if not is_complete(token):
        return True
    _, _, vector, _, tag = token.split(".")
    return len(vector) == _IV and len(tag) != _TAG


def is_ours(host: str) -> bool:
    """Whether a request to this host is one to chatgpt.com or another page of OpenAI."""
    return any(host == ours or host.endswith(f".{ours}") for ours in _HOSTS)


def is_workspace(value: object) -> bool:
    """Whether this is the id of a workspace, not that of a user."""
    return isinstance(value, str) and _WORKSPACE.fullmatch(value) is not None


def pairs(text: str) -> Dict[str, str]:
    """The cookies in a Cookie header; of a name that comes twice the last."""
    return {match[1]: match[2] for match in PAIR.finditer(text)}


def session(found: Mapping[str, str]) -> Optional[Session]:
    """The session among these cookies, None without one. Raises Mistake for an incomplete one."""
    chosen = next((held for held in (_chosen(found, name) for name in _NAMES) if held), None)
    if chosen is None:
        return None
    token = "".join(value for _, value in chosen)
    _checked(token)
    workspace = found.get(_ACCOUNT, "")
    workspace = workspace if is_workspace(workspace) else ""
    return Session(_header(chosen, found), len(chosen), workspace, token)


def rotated(cookie: str, set_cookies: Iterable[str], now: datetime) -> str:
    """The Cookie header after an answer's Set-Cookie lines.

    A new session replaces the old one, plain or in chunks, whether or not the old form is deleted
    explicitly. One that is damaged or incomplete does not, nor does an answer that only deletes, nor
    one for another domain or path. Cookies of the edge are not kept.
    """
    told = dict.fromkeys(_PASTED_OF_THE_EDGE, "")
    for name, value in _lines(set_cookies, now):
        if NAME.fullmatch(name) and name not in _OF_THE_EDGE:
            told[name] = value if _VALUE.fullmatch(value) else ""
    old, new = pairs(cookie), {name: value for name, value in told.items() if value}
    others = {n: v for n, v in {**old, **told}.items() if v and not is_session(n)}
    for jar in (new, old):
        with suppress(Mistake):
            held = session({**others, **{n: v for n, v in jar.items() if is_session(n)}})
            if held is not None:
                return held.cookie
    return cookie


def of_the_edge(set_cookies: Iterable[str], now: datetime) -> Dict[str, str]:
    """The cookies by which the edge knows a program again, as an answer set them; "" for a deleted one."""
    found = {name: value for name, value in _lines(set_cookies, now) if name in _OF_THE_EDGE}
    return {name: value for name, value in found.items() if not value or _VALUE.fullmatch(value)}


def joined(cookie: str, more: Mapping[str, str]) -> str:
    """A Cookie header with these cookies in place of its own of the same names."""
    parts = [part.strip() for part in cookie.split(";") if part.strip()]
    kept = [part for part in parts if part.partition("=")[0] not in more]
    return "; ".join([*kept, *(f"{name}={value}" for name, value in more.items() if value)])


def session_pairs(cookie: str) -> Dict[str, str]:
    """The session's own cookies in a Cookie header of ours."""
    return {name: value for name, value in pairs(cookie).items() if is_session(name)}


def _lines(set_cookies: Iterable[str], now: datetime) -> Iterator[Tuple[str, str]]:
    """Name and value of each Set-Cookie line that a browser would obey; "" for what it deletes."""
    for line in set_cookies:
        first, *attributes = line.split(";")
        halves = (attribute.partition("=") for attribute in attributes)
        told = {key.strip().lower(): said.strip() for key, _, said in halves}
        if _is_for_us(told):
            yield _set(first, told, now)


def _is_for_us(told: Mapping[str, str]) -> bool:
    """Whether a cookie with these attributes would be sent to the session endpoint."""
    domain = told.get("domain", "").lower()
    domain, path = domain[1:] if domain[:1] == "." else domain, told.get("path", "")
    if domain and domain != _HOST:
        return False
    return path[:1] != "/" or f"{_ENDPOINT}/".startswith(path if path[-1] == "/" else f"{path}/")


def _set(first: str, told: Mapping[str, str], now: datetime) -> Tuple[str, str]:
    """Name and value that a Set-Cookie line leaves behind; "" for one that it deletes."""
    name, _, value = first.partition("=")
    gone = _is_past(told.get("expires", ""), now)
    if re.fullmatch(r"-?\d{1,18}", told.get("max-age", ""), re.ASCII):
        gone = int(told["max-age"]) <= 0
    return name.strip(), "" if gone else value.strip().strip('"')


def _is_past(told: str, now: datetime) -> bool:
    from email.utils import parsedate_to_datetime

    try:
        when: Optional[datetime] = parsedate_to_datetime(told)
    except (TypeError, ValueError, IndexError, OverflowError):
        when = moment(told)
    if when is None:
        return False
    return (when if when.tzinfo else when.replace(tzinfo=timezone.utc)) <= now


def is_session(name: str) -> bool:
    """Whether a cookie of this name is a session, or a part of one."""
    return ".session-token" in name


def _chosen(found: Mapping[str, str], name: str) -> List[Tuple[str, str]]:
    """The cookies of the session of this name, in the order in which they are sent."""
    plain = found.get(name, "")
    chunks = {int(key[len(name) + 1 :]): key for key in found if key.startswith(f"{name}.")}
    if plain and (not chunks or is_complete(plain)):
        return [(name, plain)]
    for number in range(max(chunks, default=-1) + 1):
        if number not in chunks:
            raise _missing(name, number)
    ordered = [(chunks[number], found[chunks[number]]) for number in sorted(chunks)]
    if len(ordered) == 1 and not is_complete(ordered[0][1]):
        raise _missing(name, 1)
    return ordered


def _header(chosen: List[Tuple[str, str]], found: Mapping[str, str]) -> str:
    cookie = "; ".join(f"{name}={value}" for name, value in chosen)
    for name in _KEPT:
        more = f"; {name}={found.get(name, '')}"
        if _VALUE.fullmatch(found.get(name, "")) and len(cookie) + len(more) <= LONGEST:
            cookie += more
    return cookie


def _checked(token: str) -> None:
    if len(token) > LONGEST - 1024:
        raise Mistake(
            _("the session cookie is longer than any of ChatGPT; copy it again from chatgpt.com")
        )
    if len(token) < _SHORTEST or not _VALUE.fullmatch(token):
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
