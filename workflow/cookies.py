"""The session cookies of chatgpt.com, out of whatever people copy them in.

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

from .errors import Mistake
from .payload import entries, moment

LONGEST = 16 * 1024  # characters of a Cookie header
_NAMES = ("__Secure-next-auth.session-token", "__Secure-authjs.session-token")
_ACCOUNT = "_account"
_KEPT = ("cf_clearance", "__cf_bm", "oai-did", _ACCOUNT, "__Host-next-auth.csrf-token")
_HINTS = (".session-token", *_KEPT)  # spares most texts the pattern
_HOSTS = ("chatgpt.com", "openai.com")
_SESSION = r"__Secure-(?:next-auth|authjs)\.session-token"
_NAME = re.compile(rf"{_SESSION}(?:\.\d{{1,2}})?|" + "|".join(map(re.escape, _KEPT)), re.ASCII)
_PAIR = re.compile(  # name=value, name: "value", name TAB value, "name": "…", "value": "…"
    rf"(?<![\w.-])({_NAME.pattern})[\"']?"
    r"(?:\s{0,4}[=:,]\s{0,40}(?:[\"']?value[\"']?\s{0,4}:\s{0,4})?|[ \t]{1,8}(?=\S{16}))"
    r"[\"']?([^\s;\"',，。；、）》」”’]+)",
    re.ASCII,
)
_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]+")  # what RFC 6265 lets a cookie hold
_COMPLETE = re.compile(r"[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_WORKSPACE = re.compile(r"(?!user-)(?=[\w-]*\d)[\w-]{8,64}", re.ASCII)
_SHORTEST = 8  # characters of a session


@dataclass(frozen=True)
class Session:
    """The cookies of one signed-in browser. Its repr never shows them."""

    cookie: str = field(repr=False)  # Cookie header
    chunks: int  # cookies that the token is spread over
    workspace: str = field(default="", repr=False)


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


def is_workspace(value: object) -> bool:
    """Whether this is the id of a workspace, not that of a user."""
    return isinstance(value, str) and _WORKSPACE.fullmatch(value) is not None


def pairs(text: str, document: object = None) -> Dict[str, str]:
    """The cookies of chatgpt.com in a JSON export, a Netscape file or any other text."""
    if document is not None:
        return _exported(document)
    if not any(name in text for name in _HINTS):
        return {}
    if "\tTRUE\t" in text or "\tFALSE\t" in text:
        return dict(_filed(text))
    return {match[1]: match[2] for match in _PAIR.finditer(text)}


def session(found: Mapping[str, str]) -> Optional[Session]:
    """The session among these cookies, None without one. Raises Mistake for an incomplete one."""
    chosen = next((held for held in (_chosen(found, name) for name in _NAMES) if held), None)
    if chosen is None:
        return None
    _checked("".join(value for _, value in chosen))
    workspace = found.get(_ACCOUNT, "")
    return Session(
        _header(chosen, found), len(chosen), workspace if is_workspace(workspace) else ""
    )


def rotated(cookie: str, set_cookies: Iterable[str], now: datetime) -> str:
    """The Cookie header after an answer's Set-Cookie lines.

    A new session replaces the old one, plain or in chunks, whether or not the old form is deleted
    explicitly. One that is damaged or incomplete does not, nor does an answer that only deletes.
    """
    told: Dict[str, str] = {}
    for line in set_cookies:
        name, value = _set(line, now)
        if _NAME.fullmatch(name):
            told[name] = value if _VALUE.fullmatch(value) else ""
    old, new = pairs(cookie), {name: value for name, value in told.items() if value}
    others = {n: v for n, v in {**old, **told}.items() if v and not _is_session(n)}
    for jar in (new, old):
        with suppress(Mistake):
            held = session({**others, **{n: v for n, v in jar.items() if _is_session(n)}})
            if held is not None:
                return held.cookie
    return cookie


def _set(line: str, now: datetime) -> Tuple[str, str]:
    """Name and value that a Set-Cookie line leaves behind; "" for one that it deletes."""
    first, *attributes = line.split(";")
    name, _, value = first.partition("=")
    halves = (attribute.partition("=") for attribute in attributes)
    told = {key.strip().lower(): said.strip() for key, _, said in halves}
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


def _is_session(name: str) -> bool:
    return ".session-token" in name


def _exported(document: object) -> Dict[str, str]:
    if isinstance(document, dict):
        if isinstance(document.get("cookies"), list):
            return _exported(document["cookies"])
        given = [(name, value) for name, value in document.items()]
    else:
        given = [
            (entry.get("name"), entry.get("value"))
            for entry in entries(document)
            if _ours(entry.get("domain"))
        ]
    return {
        name: value
        for name, value in given
        if isinstance(name, str) and isinstance(value, str) and _NAME.fullmatch(name)
    }


def _filed(text: str) -> Iterator[Tuple[str, str]]:
    """Netscape: domain, subdomains, path, secure, expiry, name, value."""
    for line in text.split("\n"):
        fields = line.split("\t", 7)
        if len(fields) >= 7 and _NAME.fullmatch(fields[5]) and _ours(fields[0]):
            yield fields[5], fields[6].strip()


def _ours(domain: object) -> bool:
    if not isinstance(domain, str) or not domain:
        return True  # not told
    host = domain.strip().lower()
    host = host[len("#httponly_") :] if host.startswith("#httponly_") else host
    return any(host.lstrip(".") == ours or host.endswith(f".{ours}") for ours in _HOSTS)


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
            (
                "the session cookie is longer than any of ChatGPT; copy it again from chatgpt.com",
                "会话 Cookie 过长，不是 ChatGPT 的；请从 chatgpt.com 重新复制",
            )
        )
    if len(token) < _SHORTEST or not _VALUE.fullmatch(token):
        raise Mistake(
            (
                "the session cookie is damaged or shortened; copy its whole value again from chatgpt.com",
                "会话 Cookie 不完整或已损坏；请从 chatgpt.com 重新复制完整的值",
            )
        )


def _missing(name: str, number: int) -> Mistake:
    return Mistake(
        (
            f"the session is spread over several cookies and {name}.{number} is missing; copy all of them (.0, .1, …)",
            f"会话由多个 Cookie 组成，缺少 {name}.{number}；请复制全部（.0、.1 …）",
        )
    )
