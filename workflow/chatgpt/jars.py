"""The cookies in whatever people copy them in, kept apart by whose they are: exports of a browser or
an extension, requests, consoles, plain text.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
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
from .cookies import HINTS, NAME, PAIR, is_cut, is_ours, is_session, session

_SITES = ("chatgpt.com", "chat.openai.com", "openai.com")  # whose cookies chatgpt.com is sent
_PATH = "/api/auth/session"  # where the session is needed
_MOST = 500  # cookies of one text that are looked at
_DOMAIN = r"(\.?(?:[\w-]{1,63}\.){1,8}[a-z]{2,24})"
_ROW = re.compile(rf"\t{_DOMAIN}\t")  # name, value, domain, path, …
_ARGUMENTS = re.compile(  # Cookie("name", "value", "/", "domain")
    rf"[\"']\s{{0,4}},\s{{0,4}}[\"']/[\w/]{{0,80}}[\"']\s{{0,4}},\s{{0,4}}[\"']{_DOMAIN}[\"']"
)


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
        return any(map(is_session, self.values))


class _Cookie(NamedTuple):
    name: str
    value: str
    host: str = ""
    store: str = ""
    path: str = "/"
    expires: Optional[datetime] = None

    def __repr__(self) -> str:
        return "_Cookie()"


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
    if not any(name in text for name in HINTS):
        return []
    if document is None and ("\tTRUE\t" in text or "\tFALSE\t" in text):
        return list(_stores(_filed(text), now))
    found = [jar for value, around in _objects(document) for jar in _listed(value, around, now)]
    for part in parts or (Part(text),):
        if part.name.lower() != "set-cookie" and any(name in part.text for name in HINTS):
            found += _said(part)
    return _latest(found) if mapping(mapping(document).get("log")).get("entries") else found


def _objects(document: object) -> Iterator[Tuple[Any, cleaning.Around]]:
    return cleaning.objects(document) if isinstance(document, (dict, list)) else iter(())


def _listed(value: Any, around: cleaning.Around, now: Optional[datetime]) -> Iterator[Jar]:
    """The cookies that an object or a list in a document is, none for any other."""
    if isinstance(value, list):
        yield from _stores(filter(None, map(_entry, entries(value))), now, around)
        return
    named = {n: v for n, v in value.items() if isinstance(v, str) and NAME.fullmatch(n)}
    if named:
        host = _host_around(around)
        yield Jar(named, host, not host or is_ours(host))


def _entry(told: Mapping[str, Any]) -> Optional[_Cookie]:
    """A cookie as extensions, browsers and drivers export it."""
    name, value = first(told, "name", "Name raw"), first(told, "value", "Content raw")
    if not (isinstance(name, str) and isinstance(value, str) and NAME.fullmatch(name)):
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
        if len(fields) >= 7 and NAME.fullmatch(fields[5]):
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
    mine = [cookie for cookie in group if is_session(cookie.name)]
    mine = [
        cookie for cookie in mine if not (now and cookie.expires and cookie.expires <= now)
    ] or mine
    others = [
        cookie for cookie in store if not is_session(cookie.name) and _goes_there(cookie.host)
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
    for match in islice(PAIR.finditer(part.text), _MOST):
        host, ours = _whose(part.text, match.start(), match.end(), surroundings)
        run = runs.setdefault((surroundings.block(match.start()), host, ours), [{}])
        if is_session(match[1]) and run[-1].get(match[1], match[2]) != match[2]:
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
    others = {n: v for values in near for n, v in values.items() if not is_session(n)}
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
