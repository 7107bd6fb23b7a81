"""The addresses in a text, and which of them a credential was used with.

A request, a settings file and a copied header name the site that a credential belongs to. What only
stands in the text (a comment, the page a request came from) is a mention: weaker than a variable's name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import islice
from typing import Iterable, Iterator, List, Optional, Sequence, Tuple

_MOST = 1000  # addresses of one text that are looked at
_BEFORE = 80  # characters before an address that may name it

_HOST = r"(?:\[[0-9A-Fa-f:.]{2,45}\]|\w[\w.-]{0,252})"
_REST = rf"(?:[^\s/@\"'<>\\]{{0,200}}@)?({_HOST})"  # behind ://
_URL = re.compile(rf"(?:https?|wss?)://{_REST}", re.IGNORECASE)
_BEHIND = re.compile(_REST)
_SCHEMES = ("http", "https", "ws", "wss")
_DOTTED = r"\.?(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}|localhost|\d{1,3}(?:\.\d{1,3}){3}"
_VALUE = re.compile(  # behind Host, "domain", BASE_URL
    rf"[\"']?[ \t]{{0,4}}[:=\s][ \t]{{0,4}}[\"']?({_DOTTED})(?![\w.=(-])", re.IGNORECASE
)
_PLAIN = re.compile(r"(?:[\w-]{1,63}\.){2,8}[a-z]{2,24}(?![\w.=(-])", re.IGNORECASE)
_BEGINNINGS = ("api.", "www.", "platform.", "console.", "open.")
_FIELDS = ("host", "authority", "domain", "base_url", "baseurl", "api_base", "apibase", "endpoint")
_NAME = re.compile(r"([\w$.-]{1,60})[\"']?\]?\s{0,3}[:=,(]?\s{0,3}[\"'“‘<]?\Z")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_SAID = re.compile(r"\b(?:curl|wget|fetch|GET|POST|PUT|url|uri)\b[^\n]{0,40}\Z", re.IGNORECASE)
_COMMENT = re.compile(r"(?:^|\s)(?:#|//)[^\n]*\Z")
_SECTION = re.compile(r"\n(?:[ \t]*\r?\n|\[)")  # a blank line, the head of a section
_PROGRAMS = ("curl", "wget", "fetch(", "Invoke-WebRequest", "Invoke-RestMethod")
_PROXY = re.compile(r"proxy|(?:^|\s)-x\s", re.IGNORECASE)
_NOTHING_TOLD = re.compile(
    r"schema|image|picture|avatar|icon|logo|proxy|agent|\biss\b|\baud\b", re.IGNORECASE
)
_MENTION = re.compile(
    r"refer|origin|docs?\b|doc_|homepage|website|help|issues|repo|dashboard|console|page",
    re.IGNORECASE,
)
_ADDRESS_NAME = re.compile(
    r"url|uri|host|base|endpoint|server|address|domain|authority", re.IGNORECASE
)
_ENDS = (
    *("_API_BASE_URL", "_BASE_URL", "_API_BASE", "_API_URL", "_API_HOST", "_API_ENDPOINT"),
    *("_ENDPOINT", "_HOST", "_URL", "_BASE", "_ADMIN_API_KEY", "_ADMIN_KEY", "_API_KEY"),
    *("_AUTH_TOKEN", "_ACCESS_TOKEN", "_API_TOKEN", "_TOKEN", "_KEY"),
)


@dataclass(frozen=True)
class Address:
    """A host, and how it stands in the text."""

    host: str
    at: int = 0
    name: str = ""  # of the variable, header or field that holds it
    weight: int = 2  # 2: something is sent to it; 1: it just stands there; 0: said to be beside it


def stem(name: str) -> str:
    """What the variables of one service begin with: OPENAI of OPENAI_API_KEY; "" without that."""
    if _VARIABLE.fullmatch(name) is None:
        return ""
    return next((name[: -len(end)] for end in _ENDS if name.endswith(end)), "")


def named(name: str, value: str) -> Optional[Address]:
    """The address that a field of a document holds; None when it holds none."""
    if _NOTHING_TOLD.search(name):
        return None
    found = _URL.match(value.strip())
    if found is None and _ADDRESS_NAME.search(name):
        found = _VALUE.match(f"={value.strip()}"[:300])
    if found is None:
        return None
    return Address(_clean(found[1]), 0, name, _weight(name, bool(_ADDRESS_NAME.search(name))))


def told(text: str) -> List[Address]:
    """The addresses in a text that something is sent to."""
    return [one for one in islice(_addresses(text), _MOST) if one.weight == 2]


class Surroundings:
    """The addresses of one text, each within its request or section.

    Args:
        text: what was pasted, or one field of it.
        around: the addresses of the objects around that field, the nearest object first.
    """

    def __init__(self, text: str, around: Sequence[Sequence[Address]] = ()) -> None:
        self._around = around
        found = list(islice(_addresses(text), _MOST))
        self._commands = set(_commands(text)) if found else set()
        sections = (match.start() for match in islice(_SECTION.finditer(text), _MOST))
        self._starts = sorted({*self._commands, *sections}) if found else []
        self._found = [self._told(one) for one in found]

    def _told(self, one: Address) -> Address:
        """With the weight that it has as the address of a command."""
        is_target = one.weight == 1 and not one.name and self.block(one.at) in self._commands
        return replace(one, weight=2) if is_target else one

    def beside(self, at: int, name: str = "") -> Optional[Address]:
        """The address that a credential at this place is used with.

        Args:
            at: where the credential begins.
            name: of the variable or field that holds it.
        """
        told = [one for one in self._found if one.weight == 2]
        own = [one for one in told if stem(name) and stem(one.name) == stem(name)]
        if own:
            return _nearest(own, at)
        told = [one for one in told if not _apart(one.name, name)]
        block = self.block(at)
        here = [one for one in told if self.block(one.at) == block]
        if block in self._commands:
            here = [one for one in here if not one.name][:1] or here
        return _nearest(here, at) or self._outside(name) or _nearest(told, at)

    def mentioned(self, at: int, only: str = "") -> Optional[Address]:
        """The nearest address that merely stands there; ``only`` is a part of its name."""
        told = [one for one in self._found if one.weight < 2 and only in one.name.lower()]
        return _nearest(told, at)

    def hosts(self) -> List[str]:
        """All hosts, as they come."""
        outside = [one for level in self._around for one in level]
        return [one.host for one in (*self._found, *outside)]

    def _outside(self, name: str) -> Optional[Address]:
        for level in self._around:
            told = [one for one in level if one.weight == 2 and not _apart(one.name, name)]
            own = [one for one in told if stem(name) and stem(one.name) == stem(name)]
            if own or told:
                return (own or told)[0]
        return None

    def block(self, at: int) -> int:
        """Where the request or section around this place begins."""
        place = bisect_right(self._starts, at)
        return self._starts[place - 1] if place else -1


def _addresses(text: str) -> Iterator[Address]:
    found = [*_full(text), *_bare(text), *_spoken(text)]
    return iter(sorted(found, key=lambda one: one.at))


def _full(text: str) -> Iterator[Address]:
    for place in islice(_places(text, "://"), 5 * _MOST):
        scheme = re.search(r"[A-Za-z]{1,5}\Z", text[max(0, place - 5) : place])
        match = _BEHIND.match(text, place + 3)
        if match is None or scheme is None or scheme[0].lower() not in _SCHEMES:
            continue
        start = place - len(scheme[0])
        before = text[max(0, start - _BEFORE) : start]
        name = _name(before)
        if _NOTHING_TOLD.search(name) or _PROXY.search(before[-12:]):
            continue
        line = before.rpartition("\n")[2]
        is_address = _ADDRESS_NAME.search(name) is not None
        weight = _weight(name, is_address or _SAID.search(line) is not None)
        weight = 0 if _COMMENT.search(line) else weight
        kept = name if is_address or weight == 0 else ""
        yield Address(_clean(match[1]), start, kept, weight)


def _bare(text: str) -> Iterator[Address]:
    lower = text.lower()
    for field in _FIELDS:
        for place in islice(_places(lower, field), _MOST):
            before = lower[max(0, place - 4) : place]
            match = _VALUE.match(text, place + len(field))
            if match is None or (before[-1:].isalpha() and not before.endswith(("api", "base"))):
                continue
            name = _name(text[max(0, place - _BEFORE) : match.start(1)])
            if not _NOTHING_TOLD.search(name):
                yield Address(_clean(match[1]), match.start(1), name)


def _spoken(text: str) -> Iterator[Address]:
    """Hosts that stand there without scheme and name: api.a.example."""
    for beginning in _BEGINNINGS:
        for place in islice(_places(text, beginning), _MOST):
            match = _PLAIN.match(text, place)
            if match and not re.match(r"[\w./@-]", text[max(0, place - 1) : place]):
                yield Address(_clean(match[0]), place, weight=1)


def _commands(text: str) -> Iterator[int]:
    """Where the commands begin that ask a site."""
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
    found = _NAME.search(before)
    return found[1].strip(".-$") if found else ""


def _weight(name: str, is_said: bool) -> int:
    if _MENTION.search(name) and not _VARIABLE.fullmatch(name):
        return 0
    return 2 if is_said else 1


def _clean(host: str) -> str:
    return host.strip(".-_").lower()


def _apart(one: str, other: str) -> bool:
    """Whether two variables belong to two services."""
    return bool(stem(one) and stem(other) and stem(one) != stem(other))


def _nearest(found: Iterable[Address], at: int) -> Optional[Address]:
    """The last one before this place, else the first one behind it."""
    best: Optional[Tuple[bool, int, Address]] = None
    for one in found:
        rank = (one.at > at, abs(one.at - at))
        if best is None or rank < best[:2]:
            best = (*rank, one)
    return best[2] if best else None
