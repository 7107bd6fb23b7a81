"""Finds the addresses in a text, and the one that a credential is used with.

A request, a settings file or a copied header shows the site that a credential belongs to. Any other address (in a
comment, the page that a request came from) is only a mention, which counts less than a variable's name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ..records import dataclass, replace

_MOST = 1000  # addresses of one text that are read
_BEFORE = 80  # characters before an address that may contain its name

_HOST = r"(?:\[[0-9A-Fa-f:.]{2,45}\]|\w[\w.-]{0,252})"
_REST = rf"(?:[^\s/@\"'<>\\]{{0,200}}@)?({_HOST})"  # after ://
_URL = re.compile(rf"(?:https?|wss?)://{_REST}", re.IGNORECASE)
_BEHIND = re.compile(_REST)
_SCHEMES = ("http", "https", "ws", "wss")
_DOTTED = r"\.?(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}|localhost|\d{1,3}(?:\.\d{1,3}){3}"
_VALUE = re.compile(  # after Host, "domain", BASE_URL
    rf"[\"']?[ \t]{{0,4}}[:=\s][ \t]{{0,4}}[\"']?({_DOTTED})(?![\w.=(-])", re.IGNORECASE
)
_PLAIN = re.compile(r"(?:[\w-]{1,63}\.){2,8}[a-z]{2,24}(?![\w.=(-])", re.IGNORECASE)
_BEGINNINGS = ("api.", "www.", "platform.", "console.", "open.")
_FIELDS = ("host", "authority", "domain", "base_url", "baseurl", "api_base", "apibase", "endpoint")
_NAME = re.compile(r"([\w$.-]{1,60})[\"']?\]?\s{0,3}[:=,(]?\s{0,3}[\"'“‘<]?\Z")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_REQUEST = re.compile(r"\b(?:curl|wget|fetch|GET|POST|PUT|url|uri)\b[^\n]{0,40}\Z", re.IGNORECASE)
_COMMENT = re.compile(r"(?:^|\s)(?:#|//)[^\n]*\Z")
_SECTION = re.compile(r"\n(?:[ \t]*\r?\n|\[)")  # a blank line, the head of a section
_PROGRAMS = ("curl", "wget", "fetch(", "Invoke-WebRequest", "Invoke-RestMethod")
_PROXY = re.compile(  # right before an address; curl's -X is the method
    r"(?:(?i:proxy)|(?:^|\s)-x\s)[\s=>:(]{0,4}[\"']?\Z"
)
_NOT_A_TARGET = re.compile(
    r"schema|image|picture|avatar|icon|logo|proxy|agent|\biss\b|\baud\b", re.IGNORECASE
)
_MENTION = re.compile(
    r"refer|origin|docs?\b|doc_|homepage|website|help|issues|repo|dashboard|console|page",
    re.IGNORECASE,
)
_ADDRESS_NAME = re.compile(
    r"url|uri|host|base|endpoint|server|address|domain|authority", re.IGNORECASE
)
_BASE = re.compile(r"base_?url|api_?base|api_?host|endpoint", re.IGNORECASE)
_WHOLE = re.compile(r"[^\s\"'`“”‘’<>|,;)}\]\\]{1,300}")
_ENDS = (
    *("_API_BASE_URL", "_BASE_URL", "_API_BASE", "_API_URL", "_API_HOST", "_API_ENDPOINT"),
    *("_ENDPOINT", "_HOST", "_URL", "_BASE", "_ADMIN_API_KEY", "_ADMIN_KEY", "_API_KEY"),
    *("_AUTH_TOKEN", "_ACCESS_TOKEN", "_API_TOKEN", "_TOKEN", "_KEY"),
)


@dataclass(frozen=True)
class Address:
    """An address in a text: its host, place, name and weight."""

    host: str
    at: int = 0
    name: str = ""  # of the variable, header or field that contains it
    weight: int = 2  # 2: requests go to it; 1: perhaps they do; 0: they do not
    url: str = ""  # the whole URL, if it has a scheme and is not a part of a sentence

    @property
    def is_base(self) -> bool:
        """Tell whether its name marks it as the base URL of all requests with the key beside it."""
        return bool(self.url) and _BASE.search(self.name) is not None


def stem(name: str) -> str:
    """Return the service in the name of a variable: OPENAI in OPENAI_API_KEY; "" if there is none."""
    if _VARIABLE.fullmatch(name) is None:
        return ""
    return next((name[: -len(end)] for end in _ENDS if name.endswith(end)), "")


def named(name: str, value: str) -> Address | None:
    """Return the address in a field of a document; None if there is none."""
    if _NOT_A_TARGET.search(name):
        return None
    match = _URL.match(value.strip())
    if match is None and _ADDRESS_NAME.search(name):
        match = _VALUE.match(f"={value.strip()}"[:300])
    if match is None:
        return None
    weight = _weight(name, bool(_ADDRESS_NAME.search(name)))
    whole = _WHOLE.match(value.strip()) if "://" in value else None
    return Address(_clean(match[1]), 0, name, weight, whole[0] if whole else "")


def targets(text: str) -> list[Address]:
    """List the addresses in a text that requests go to."""
    return [one for one in _addresses(text) if one.weight == 2]


class Surroundings:
    """The addresses of one text, each within its request or section.

    Args:
        text: the pasted text, or one field of a pasted document.
        around: the addresses of the objects around that field, the nearest object first.
    """

    def __init__(self, text: str, around: Sequence[Sequence[Address]] = ()) -> None:
        self._around = around
        several = _addresses(text)
        self._commands = set(_commands(text)) if several else set()
        sections = (match.start() for match in islice(_SECTION.finditer(text), _MOST))
        self._starts = sorted({*self._commands, *sections}) if several else []
        self._known = [self._weighed(one) for one in several]

    def _weighed(self, one: Address) -> Address:
        """Raise the weight of an address that is an argument of a command."""
        is_target = one.weight == 1 and not one.name and self.block(one.at) in self._commands
        return replace(one, weight=2) if is_target else one

    def beside(self, at: int, name: str = "") -> Address | None:
        """Return the address that a credential at this place is used with; None if there is none.

        Args:
            at: the place where the credential begins.
            name: the name of the variable or field that contains it.
        """
        targets = [one for one in self._known if one.weight == 2]
        own = [one for one in targets if stem(name) and stem(one.name) == stem(name)]
        if own:
            return _nearest(own, at)
        targets = [one for one in targets if not _apart(one.name, name)]
        block = self.block(at)
        here = [one for one in targets if self.block(one.at) == block]
        if block in self._commands:
            here = [one for one in here if not one.name][:1] or here
        return _nearest(here, at) or self._outside(name) or _nearest(targets, at)

    def mentioned(self, at: int, only: str = "") -> Address | None:
        """Return the nearest address that is only mentioned, and whose name contains ``only``."""
        mentions = [one for one in self._known if one.weight < 2 and only in one.name.lower()]
        return _nearest(mentions, at)

    def hosts(self) -> list[str]:
        """List all hosts, in order of appearance."""
        outside = [one for level in self._around for one in level]
        return [one.host for one in (*self._known, *outside)]

    def _outside(self, name: str) -> Address | None:
        for level in self._around:
            targets = [one for one in level if one.weight == 2 and not _apart(one.name, name)]
            own = [one for one in targets if stem(name) and stem(one.name) == stem(name)]
            if own or targets:
                return (own or targets)[0]
        return None

    def block(self, at: int) -> int:
        """Return the start of the request or section around this place; -1 if it is the first."""
        place = bisect_right(self._starts, at)
        return self._starts[place - 1] if place else -1


def _addresses(text: str) -> list[Address]:
    several = [*_full(text), *_bare(text), *_spoken(text)]
    return sorted(several, key=lambda one: one.at)[:_MOST]


def _full(text: str) -> Iterator[Address]:
    for place in islice(_places(text, "://"), 5 * _MOST):
        scheme = re.search(r"[A-Za-z]{1,5}\Z", text[max(0, place - 5) : place])
        match = _BEHIND.match(text, place + 3)
        if match is None or scheme is None or scheme[0].lower() not in _SCHEMES:
            continue
        start = place - len(scheme[0])
        before = text[max(0, start - _BEFORE) : start]
        name = _name(before)
        if _NOT_A_TARGET.search(name) or _PROXY.search(before[-12:]):
            continue
        line = before.rpartition("\n")[2]
        is_address = _ADDRESS_NAME.search(name) is not None
        weight = _weight(name, is_address or _REQUEST.search(line) is not None)
        weight = 0 if _COMMENT.search(line) else weight
        kept = name if is_address or weight == 0 else ""
        whole = _WHOLE.match(text, start)
        yield Address(_clean(match[1]), start, kept, weight, whole[0] if whole else "")


def _bare(text: str) -> Iterator[Address]:
    lower = text.lower()
    for field in _FIELDS:
        for place in islice(_places(lower, field), _MOST):
            before = lower[max(0, place - 4) : place]
            match = _VALUE.match(text, place + len(field))
            if match is None or (before[-1:].isalpha() and not before.endswith(("api", "base"))):
                continue
            name = _name(text[max(0, place - _BEFORE) : match.start(1)])
            if not _NOT_A_TARGET.search(name):
                yield Address(_clean(match[1]), match.start(1), name)


def _spoken(text: str) -> Iterator[Address]:
    """Yield the hosts without scheme and name, such as api.a.example."""
    for beginning in _BEGINNINGS:
        for place in islice(_places(text, beginning), _MOST):
            match = _PLAIN.match(text, place)
            if match and not re.match(r"[\w./@-]", text[max(0, place - 1) : place]):
                yield Address(_clean(match[0]), place, weight=1)


def _commands(text: str) -> Iterator[int]:
    """Yield the places where commands begin that send a request."""
    for program in _PROGRAMS:
        for place in islice(_places(text, program), _MOST):
            if not text[max(0, place - 1) : place].isalnum():
                yield place


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + len(word))


def _name(before: str) -> str:
    match = _NAME.search(before)
    return match[1].strip(".-$") if match else ""


def _weight(name: str, is_said: bool) -> int:
    if _MENTION.search(name) and not _VARIABLE.fullmatch(name):
        return 0
    return 2 if is_said else 1


def _clean(host: str) -> str:
    return host.strip(".-_").lower()


def _apart(one: str, other: str) -> bool:
    """Tell whether two variables belong to different services."""
    return bool(stem(one) and stem(other) and stem(one) != stem(other))


def _nearest(several: Iterable[Address], at: int) -> Address | None:
    """Return the last address before this place, else the first one after it."""
    best: tuple[bool, int, Address] | None = None
    for one in several:
        rank = (one.at > at, abs(one.at - at))
        if best is None or rank < best[:2]:
            best = (*rank, one)
    return best[2] if best else None
