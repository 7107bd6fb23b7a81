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
from itertools import islice
from typing import (
    Any,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from ..errors import Mistake
from ..pasted import cleaning
from ..pasted.addresses import Surroundings
from ..pasted.cleaning import Part
from ..provider.reading import entries, first, mapping, moment

LONGEST = 16 * 1024  # characters of a Cookie header
_NAMES = ("__Secure-next-auth.session-token", "__Secure-authjs.session-token")
_ACCOUNT = "_account"
_LASTING = ("oai-did", _ACCOUNT, "__Host-next-auth.csrf-token")
_PASTED_OF_THE_EDGE = ("cf_clearance", "__cf_bm")  # belong to the browser; sent once, as pasted
_KEPT = (*_PASTED_OF_THE_EDGE, *_LASTING)
_OF_THE_EDGE = (*_PASTED_OF_THE_EDGE, "__cflb", "_cfuvid")
ORIGIN = "https://chatgpt.com/"
_HOST, _ENDPOINT = "chatgpt.com", "/api/auth/session"  # who sets cookies, and where
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
_IV, _TAG = 16, 22  # characters of the third and the fifth part of a session token (A256GCM)
_SITES = ("chatgpt.com", "chat.openai.com", "openai.com")  # whose cookies chatgpt.com is sent
_PATH = "/api/auth/session"  # where the session is needed
_MOST = 500  # cookies of one text that are looked at
_DOMAIN = r"(\.?(?:[\w-]{1,63}\.){1,8}[a-z]{2,24})"
_ROW = re.compile(rf"\t{_DOMAIN}\t")  # name, value, domain, path, …
_ARGUMENTS = re.compile(  # Cookie("name", "value", "/", "domain")
    rf"[\"']\s{{0,4}},\s{{0,4}}[\"']/[\w/]{{0,80}}[\"']\s{{0,4}},\s{{0,4}}[\"']{_DOMAIN}[\"']"
)


@dataclass(frozen=True)
class Session:
    """The cookies of one signed-in browser. Its repr never shows them."""

    cookie: str = field(repr=False)  # Cookie header
    chunks: int  # cookies that the token is spread over
    workspace: str = field(default="", repr=False)
    token: str = field(default="", repr=False)  # joined


@dataclass(frozen=True)
class Jar:
    """The cookies of one store of a browser, or of one request. Its repr never shows them."""

    values: Mapping[str, str] = field(repr=False)
    host: str = ""  # whose they are; "" where that is not told
    is_ours: bool = True  # nothing says that they are another site's
    is_mixed: bool = False  # parts of several sessions that cannot be told apart
    expires: Optional[datetime] = None  # the first of the session's cookies

    def has_session(self) -> bool:
        """Whether there is any part of a session in it."""
        return any(map(_is_session, self.values))


class _Cookie(NamedTuple):
    name: str
    value: str
    host: str = ""
    store: str = ""
    path: str = "/"
    expires: Optional[datetime] = None

    def __repr__(self) -> str:
        return "_Cookie()"


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
    return {match[1]: match[2] for match in _PAIR.finditer(text)}


def jars(
    text: str, document: object = None, parts: Sequence[Part] = (), now: Optional[datetime] = None
) -> List[Jar]:
    """The cookies in an export, a request or any other text, kept apart by whose they are.

    Args:
        text: what was pasted.
        document: the same, read as JSON.
        parts: the texts in it, with what stands around them.
        now: aware UTC; with it a cookie that has expired is left out where others have not.
    """
    if not any(name in text for name in _HINTS):
        return []
    if document is None and ("\tTRUE\t" in text or "\tFALSE\t" in text):
        return list(_stores(_filed(text), now))
    found = [jar for value, around in _objects(document) for jar in _listed(value, around, now)]
    for part in parts or (Part(text),):
        if part.name.lower() != "set-cookie" and any(name in part.text for name in _HINTS):
            found += _said(part)
    return _latest(found) if mapping(mapping(document).get("log")).get("entries") else found


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
        if _NAME.fullmatch(name) and name not in _OF_THE_EDGE:
            told[name] = value if _VALUE.fullmatch(value) else ""
    old, new = pairs(cookie), {name: value for name, value in told.items() if value}
    others = {n: v for n, v in {**old, **told}.items() if v and not _is_session(n)}
    for jar in (new, old):
        with suppress(Mistake):
            held = session({**others, **{n: v for n, v in jar.items() if _is_session(n)}})
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
    return {name: value for name, value in pairs(cookie).items() if _is_session(name)}


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


def _is_session(name: str) -> bool:
    return ".session-token" in name


def _objects(document: object) -> Iterator[Tuple[Any, cleaning.Around]]:
    return cleaning.objects(document) if isinstance(document, (dict, list)) else iter(())


def _listed(value: Any, around: cleaning.Around, now: Optional[datetime]) -> Iterator[Jar]:
    """The cookies that an object or a list in a document is, none for any other."""
    if isinstance(value, list):
        yield from _stores(filter(None, map(_entry, entries(value))), now, around)
        return
    named = {n: v for n, v in value.items() if isinstance(v, str) and _NAME.fullmatch(n)}
    if named:
        host = _host_around(around)
        yield Jar(named, host, not host or is_ours(host))


def _entry(told: Mapping[str, Any]) -> Optional[_Cookie]:
    """A cookie as extensions, browsers and drivers export it."""
    name, value = first(told, "name", "Name raw"), first(told, "value", "Content raw")
    if not (isinstance(name, str) and isinstance(value, str) and _NAME.fullmatch(name)):
        return None
    path, host = told.get("path"), first(told, "domain", "host", "Host raw")
    stores = (told.get(key) for key in ("storeId", "firstPartyDomain", "partitionKey"))
    return _Cookie(
        name,
        value,
        host if isinstance(host, str) else "",
        "|".join(str(store or "")[:100] for store in stores),
        path if isinstance(path, str) else "/",
        moment(first(told, "expirationDate", "expires", "expiry", "Expires raw")),
    )


def _filed(text: str) -> Iterator[_Cookie]:
    """Netscape: domain, subdomains, path, secure, expiry, name, value."""
    for line in text.split("\n"):
        fields = line.split("\t", 7)
        if len(fields) >= 7 and _NAME.fullmatch(fields[5]):
            host = fields[0].strip()
            host = host[len("#HttpOnly_") :] if host.lower().startswith("#httponly_") else host
            yield _Cookie(
                fields[5], fields[6].strip(), host, "", fields[2].strip(), moment(fields[4])
            )


def _stores(
    found: Iterable[_Cookie], now: Optional[datetime], around: cleaning.Around = ()
) -> Iterator[Jar]:
    """One jar for each store: of the sessions in it the likeliest, never parts of two."""
    stores: Dict[str, List[_Cookie]] = {}
    for cookie in found:
        if _PATH.startswith(cookie.path.rstrip("/")):
            stores.setdefault(cookie.store, []).append(cookie)
    for store in stores.values():
        groups: Dict[str, List[_Cookie]] = {}
        for cookie in store:
            groups.setdefault(cookie.host.lower(), []).append(cookie)
        made = [_jar(host, group, store, now, around) for host, group in groups.items()]
        best = max(filter(_is_mine, made), key=_promise, default=None)
        if best is None or not best.has_session():
            yield from (jar for jar in made if not jar.is_ours)
        if best is not None:
            yield best


def _jar(
    host: str,
    group: Sequence[_Cookie],
    store: Sequence[_Cookie],
    now: Optional[datetime],
    around: cleaning.Around,
) -> Jar:
    """The cookies of one domain, with those that go with them."""
    mine = [cookie for cookie in group if _is_session(cookie.name)]
    mine = [
        cookie for cookie in mine if not (now and cookie.expires and cookie.expires <= now)
    ] or mine
    others = [
        cookie for cookie in store if not _is_session(cookie.name) and _goes_there(cookie.host)
    ]
    host = _bare_host(host) or _host_around(around)
    ends = [cookie.expires for cookie in mine if cookie.expires]
    ours = _goes_there(group[0].host) if group[0].host else not host or is_ours(host)
    values = {cookie.name: cookie.value for cookie in (*others, *mine)}
    return Jar(values, host, ours, expires=min(ends, default=None))


def _is_mine(jar: Jar) -> bool:
    return jar.is_ours


def _promise(jar: Jar) -> Tuple[bool, bool, bool, float]:
    return (
        jar.has_session(),
        _is_whole(jar),
        not jar.host.endswith("openai.com"),
        jar.expires.timestamp() if jar.expires else 0.0,
    )


def _is_whole(jar: Jar) -> bool:
    with suppress(Mistake):
        held = session(jar.values)
        return held is not None and not is_cut(held.token)
    return False


def _latest(found: Sequence[Jar]) -> List[Jar]:
    """Of the requests of one browser the last with a whole session, and those of other sites."""
    ours = [jar for jar in found if jar.is_ours and jar.has_session()]
    whole = [jar for jar in ours if _is_whole(jar)]
    return [*(whole or ours)[-1:], *(jar for jar in found if jar not in ours)]


def _said(part: Part) -> List[Jar]:
    """The cookies in a text, apart by request and by the address that stands beside them."""
    surroundings = Surroundings(part.text, part.around)
    runs: _Runs = {}
    for match in islice(_PAIR.finditer(part.text), _MOST):
        host, ours = _whose(part.text, match.start(), match.end(), surroundings)
        run = runs.setdefault((surroundings.block(match.start()), host, ours), [{}])
        if _is_session(match[1]) and run[-1].get(match[1], match[2]) != match[2]:
            run.append({})
        run[-1][match[1]] = match[2]
    return [jar for key, run in runs.items() for jar in _apart(run, key, runs)]


_Runs = Dict[Tuple[int, str, bool], List[Dict[str, str]]]


def _apart(run: List[Dict[str, str]], key: Tuple[int, str, bool], runs: _Runs) -> List[Jar]:
    """The sessions of one request or table; when their parts are shuffled, one that says so.

    What goes with a session may stand under another name of the same site.
    """
    block, host, ours = key
    near = [
        r for (place, _, mine), rs in runs.items() if ours and mine and place == block for r in rs
    ]
    others = {n: v for values in near for n, v in values.items() if not _is_session(n)}
    made = [Jar({**others, **values}, host, ours) for values in run]
    told = [jar for jar in made if jar.has_session()]
    if len(told) > 1 and not all(map(_is_whole, told)):
        return [Jar(told[0].values, host, ours, is_mixed=True)]
    return told or made


def _whose(text: str, start: int, end: int, surroundings: Surroundings) -> Tuple[str, bool]:
    """The host that a cookie in a text belongs to, "" when none is told, and whether it is ours."""
    row = _ROW.match(text, end) or _ARGUMENTS.match(text, end)
    if row is not None:
        return _bare_host(row[1]), _goes_there(row[1])
    beside = surroundings.beside(start)
    for only in ("refer", "origin"):
        beside = beside or surroundings.mentioned(start, only)
    return (beside.host, is_ours(beside.host)) if beside else ("", True)


def _host_around(around: cleaning.Around) -> str:
    beside = Surroundings("", around).beside(0)
    return beside.host if beside else ""


def _goes_there(domain: str) -> bool:
    """Whether a cookie of this domain is sent to chatgpt.com; one that tells none may be."""
    return not domain or _bare_host(domain) in _SITES


def _bare_host(domain: str) -> str:
    host = domain.strip().lower()
    host = host.split("://", 1)[-1].split("/", 1)[0]
    return host.lstrip(".").split(":", 1)[0]


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
                "the session cookie is incomplete or damaged; copy its whole value again from chatgpt.com",
                "会话 Cookie 不完整或已损坏；请从 chatgpt.com 重新复制完整的值",
            )
        )


def _missing(name: str, number: int) -> Mistake:
    return Mistake(
        (
            f"the session is incomplete: it is spread over several cookies and {name}.{number} is missing; copy all of them (.0, .1, …)",
            f"会话不完整：它由多个 Cookie 组成，缺少 {name}.{number}；请复制全部（.0、.1 …）",
        )
    )
