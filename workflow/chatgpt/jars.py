"""Extracts cookies from pasted text, separated by owner. The text may be an export of a browser or an
extension, a request, a console's output, or plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from ..errors import Mistake
from ..pasted import cleaning
from ..pasted.addresses import Surroundings
from ..pasted.cleaning import Part
from ..provider.reading import Fields, entries, first, mapping, moment
from ..records import dataclass, field
from .cookies import HINTS, NAME, is_cut, is_ours, is_session, matches, session

_SITES = ("chatgpt.com", "chat.openai.com", "openai.com")  # their cookies are sent to chatgpt.com
_PATH = "/api/auth/session"  # the path that the session is sent to
_MAX_COOKIES = 500  # cookies of one text that are read
_DOMAIN = r"(\.?(?:[\w-]{1,63}\.){1,8}[a-z]{2,24})"
_ROW = re.compile(rf"\t{_DOMAIN}\t")  # name, value, domain, path, …
_ARGUMENTS = re.compile(  # Cookie("name", "value", "/", "domain")
    rf"[\"']\s{{0,4}},\s{{0,4}}[\"']/[\w/]{{0,80}}[\"']\s{{0,4}},\s{{0,4}}[\"']{_DOMAIN}[\"']"
)


@dataclass(frozen=True)
class Jar:
    """The cookies of one store of a browser, or of one request. Its repr never shows them."""

    values: Mapping[str, str] = field(repr=False)
    host: str = ""  # of the cookies; "" if unknown
    is_ours: bool = True  # nothing says that they belong to another site
    is_mixed: bool = False  # chunks of several sessions that cannot be separated
    expires: datetime | None = None  # when the first of the session's cookies expires

    def has_session(self) -> bool:
        """Tell whether it contains at least a part of a session."""
        return any(map(is_session, self.values))


class _Cookie(NamedTuple):
    name: str
    value: str
    host: str = ""
    store: str = ""
    path: str = "/"
    expires: datetime | None = None

    def __repr__(self) -> str:
        return "_Cookie()"


def jars(
    text: str, document: object = None, parts: Sequence[Part] = (), now: datetime | None = None
) -> list[Jar]:
    """Read the cookies in an export, a request or any other text, separated by owner.

    Args:
        text: the pasted text.
        document: the same text parsed as JSON, if it is JSON.
        parts: the texts in the document, with their surroundings.
        now: aware UTC; if given, expired session cookies are left out unless all have expired.
    """
    if not any(name in text for name in HINTS):
        return []
    if document is None and ("\tTRUE\t" in text or "\tFALSE\t" in text):
        return list(_stores(_netscape(text), now))
    collected = [
        jar for value, around in _objects(document) for jar in _in_document(value, around, now)
    ]
    for part in parts or (Part(text),):
        if part.name.lower() != "set-cookie" and any(name in part.text for name in HINTS):
            collected += _in_text(part)
    return _latest(collected) if mapping(mapping(document).get("log")).get("entries") else collected


def _objects(document: object) -> Iterator[tuple[Any, cleaning.Around]]:
    return cleaning.objects(document) if isinstance(document, (dict, list)) else iter(())


def _in_document(value: Any, around: cleaning.Around, now: datetime | None) -> Iterator[Jar]:
    """Yield the jars that an object or a list of a document describes, if any."""
    if isinstance(value, list):
        yield from _stores(filter(None, map(_entry, entries(value))), now, around)
        return
    named = {n: v for n, v in value.items() if isinstance(v, str) and NAME.fullmatch(n)}
    if named:
        host = _host_around(around)
        yield Jar(named, host, not host or is_ours(host))


def _entry(entry: Fields) -> _Cookie | None:
    """Read a cookie as extensions, browsers and web drivers export it; None for anything else."""
    name, value = first(entry, "name", "Name raw"), first(entry, "value", "Content raw")
    if not (isinstance(name, str) and isinstance(value, str) and NAME.fullmatch(name)):
        return None
    path, host = entry.get("path"), first(entry, "domain", "host", "Host raw")
    stores = (entry.get(key) for key in ("storeId", "firstPartyDomain", "partitionKey"))
    return _Cookie(
        name,
        value,
        host if isinstance(host, str) else "",
        "|".join(str(store or "")[:100] for store in stores),
        path if isinstance(path, str) else "/",
        moment(first(entry, "expirationDate", "expires", "expiry", "Expires raw")),
    )


def _netscape(text: str) -> Iterator[_Cookie]:
    """Yield the cookies of a Netscape file: domain, subdomains, path, secure, expiry, name, value."""
    for line in text.split("\n"):
        fields = line.split("\t", 7)
        if len(fields) >= 7 and NAME.fullmatch(fields[5]):
            host = fields[0].strip()
            host = host[len("#HttpOnly_") :] if host.lower().startswith("#httponly_") else host
            yield _Cookie(
                fields[5], fields[6].strip(), host, "", fields[2].strip(), moment(fields[4])
            )


def _stores(
    cookies: Iterable[_Cookie], now: datetime | None, around: cleaning.Around = ()
) -> Iterator[Jar]:
    """Yield one jar per store with its most likely session, never with chunks of two sessions."""
    stores: dict[str, list[_Cookie]] = {}
    for cookie in cookies:
        if _PATH.startswith(cookie.path.rstrip("/")):
            stores.setdefault(cookie.store, []).append(cookie)
    for store in stores.values():
        groups: dict[str, list[_Cookie]] = {}
        for cookie in store:
            groups.setdefault(cookie.host.lower(), []).append(cookie)
        made = [_jar(host, group, store, now, around) for host, group in groups.items()]
        best = max((jar for jar in made if jar.is_ours), key=_likelihood, default=None)
        if best is None or not best.has_session():
            yield from (jar for jar in made if not jar.is_ours)
        if best is not None:
            yield best


def _jar(
    host: str,
    group: Sequence[_Cookie],
    store: Sequence[_Cookie],
    now: datetime | None,
    around: cleaning.Around,
) -> Jar:
    """Join the session cookies of one domain with the store's other cookies for chatgpt.com."""
    mine = [cookie for cookie in group if is_session(cookie.name)]
    mine = [
        cookie for cookie in mine if not (now and cookie.expires and cookie.expires <= now)
    ] or mine
    others = [
        cookie for cookie in store if not is_session(cookie.name) and _is_sent_there(cookie.host)
    ]
    host = _bare_host(host) or _host_around(around)
    ends = [cookie.expires for cookie in mine if cookie.expires]
    ours = _is_sent_there(group[0].host) if group[0].host else not host or is_ours(host)
    values = {cookie.name: cookie.value for cookie in (*others, *mine)}
    return Jar(values, host, ours, expires=min(ends, default=None))


def _likelihood(jar: Jar) -> tuple[bool, bool, bool, float]:
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


def _latest(jars_: Sequence[Jar]) -> list[Jar]:
    """Return the jar of a browser's last request with a whole session, and the jars of other sites."""
    ours = [jar for jar in jars_ if jar.is_ours and jar.has_session()]
    whole = [jar for jar in ours if _is_whole(jar)]
    return [*(whole or ours)[-1:], *(jar for jar in jars_ if jar not in ours)]


def _in_text(part: Part) -> list[Jar]:
    """Read the cookies in a text, separated by request and by the address beside them."""
    surroundings = Surroundings(part.text, part.around)
    runs: _Runs = {}
    for match in islice(matches(part.text), _MAX_COOKIES):
        host, ours = _owner(part.text, match.start(), match.end(), surroundings)
        run = runs.setdefault((surroundings.block(match.start()), host, ours), [{}])
        if is_session(match[1]) and run[-1].get(match[1], match[2]) != match[2]:
            run.append({})
        run[-1][match[1]] = match[2]
    return [jar for key, run in runs.items() for jar in _separated(run, key, runs)]


_Runs = dict[tuple[int, str, bool], list[dict[str, str]]]


def _separated(run: list[dict[str, str]], key: tuple[int, str, bool], runs: _Runs) -> list[Jar]:
    """Return the jars of one request or table; one mixed jar if the chunks of several sessions are shuffled.

    Cookies that belong to a session may be listed under another host of the same site.
    """
    block, host, ours = key
    near = [
        r for (place, _, mine), rs in runs.items() if ours and mine and place == block for r in rs
    ]
    others = {n: v for values in near for n, v in values.items() if not is_session(n)}
    made = [Jar({**others, **values}, host, ours) for values in run]
    with_session = [jar for jar in made if jar.has_session()]
    if len(with_session) > 1 and not all(map(_is_whole, with_session)):
        return [Jar(with_session[0].values, host, ours, is_mixed=True)]
    return with_session or made


def _owner(text: str, start: int, end: int, surroundings: Surroundings) -> tuple[str, bool]:
    """Return the host of a cookie in a text ("" if unknown), and whether it is ours."""
    row = _ROW.match(text, end) or _ARGUMENTS.match(text, end)
    if row is not None:
        return _bare_host(row[1]), _is_sent_there(row[1])
    beside = surroundings.beside(start)
    for only in ("refer", "origin"):
        beside = beside or surroundings.mentioned(start, only)
    return (beside.host, is_ours(beside.host)) if beside else ("", True)


def _host_around(around: cleaning.Around) -> str:
    beside = Surroundings("", around).beside(0)
    return beside.host if beside else ""


def _is_sent_there(domain: str) -> bool:
    """Tell whether a cookie of this domain is sent to chatgpt.com; without a domain it may be."""
    return not domain or _bare_host(domain) in _SITES


def _bare_host(domain: str) -> str:
    host = domain.strip().lower()
    host = host.split("://", 1)[-1].split("/", 1)[0]
    return host.lstrip(".").split(":", 1)[0]
