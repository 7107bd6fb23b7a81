"""What did the user paste? Which provider, which kind of credential, which region.

Nothing is asked of anybody: a form that several vendors share is a question for the user, unless
the name of a variable or an address beside it tells whose it is. How the text is taken apart stands
in ``pasted``, how a ChatGPT login is read in chatgpt_login.py, who else makes keys in other_services.py. No
message carries any part of what was pasted.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from ..chatgpt import cookies, token
from ..errors import Mistake, WrongCredential
from ..i18n.message import Message
from ..models import Credential
from ..pasted import cleaning
from ..pasted.addresses import Surroundings
from ..pasted.cleaning import Part, Word
from ..provider import discovery as providers
from ..provider.contract import Provider, Shape
from . import chatgpt_login, other_services, owners, said
from .chatgpt_login import Login
from .finding import Finding, distinct

LONGEST = 1024 * 1024  # characters that are looked at
_LONGEST_KEY = 4096  # characters


class Unrecognised(Mistake):
    """There is no credential in it that Tankful can use; ``message`` says why and what next."""


@dataclass(frozen=True)
class _Place:
    """A piece of the text that may be a key, and the addresses around it."""

    word: Word = field(repr=False)
    part: Part = field(repr=False)
    surroundings: Callable[[Part], Surroundings] = field(
        repr=False
    )  # each part's once, when needed

    @property
    def around(self) -> Surroundings:
        """The addresses around it."""
        return self.surroundings(self.part)


@dataclass(frozen=True)
class _Seen:
    """Everything that is in a text."""

    findings: Tuple[Finding, ...] = ()
    words: Tuple[_Place, ...] = field(default=(), repr=False)
    trouble: Optional[Message] = None  # why a login in it cannot be used
    doubt: Optional[Message] = None  # why a key in it cannot be used
    site: Optional[Message] = None  # whose session it is, of another site

    def foreign(self) -> Optional[Message]:
        """What to say of a stranger's key or session in it."""
        told = other_services.said(place.word.text for place in self.words)
        return told or self.site or next(filter(None, map(_elsewhere, self.words)), None)


def recognise(text: str, now: Optional[datetime] = None) -> Tuple[Finding, ...]:
    """All readings of what was pasted, the likeliest first. Raises Unrecognised.

    Args:
        text: whatever the user copied.
        now: aware UTC; with it a token that has already expired gets a note.
    """
    seen = _look(text, now)
    if seen.findings:
        return seen.findings
    raise Unrecognised(seen.foreign() or seen.trouble or seen.doubt or said.NOTHING)


def read(text: str, provider_id: str, now: Optional[datetime] = None) -> Finding:
    """The credential for this provider in what was pasted; of several the first.

    Raises WrongCredential when it belongs elsewhere, and says where; Unrecognised when nothing in it
    is well-formed.
    """
    return read_all(text, provider_id, now)[0]


def read_all(text: str, provider_id: str, now: Optional[datetime] = None) -> Tuple[Finding, ...]:
    """The credentials for this provider in what was pasted, each once. Raises what ``read`` raises."""
    wanted = providers.about(provider_id)
    seen = _look(text, now)
    mine = [found for found in seen.findings if found.provider == provider_id]
    mine = mine or list(_chosen(seen.words, wanted))
    if mine:
        return tuple(found if found.sure else replace(found, note=None) for found in mine)
    stray = next((found for found in seen.findings if _is_stray(found, wanted)), None)
    words = (
        said.stray(stray.provider, stray.what, stray.lacks, wanted, sure=stray.sure)
        if stray
        else seen.foreign()
    )
    if words is not None:
        raise WrongCredential(words)
    trouble = seen.trouble if provider_id == chatgpt_login.PROVIDER else None
    raise Unrecognised(trouble or seen.doubt or said.malformed(wanted))


# ---- what is in a text


def _look(text: str, now: Optional[datetime]) -> _Seen:
    """What is in a text with its broken lines mended, else in the text as it is."""
    if len(text) > LONGEST:
        raise Unrecognised(said.TOO_LONG)
    text = cleaning.clean(text)
    if not text:
        raise Unrecognised(said.EMPTY)
    mended = cleaning.mended(text, _is_key)
    seen = _seen(mended, now)
    if not seen.findings and mended != text:
        seen = _seen(text, now)
    return replace(seen, findings=tuple(_dated(found, now) for found in seen.findings))


def _dated(found: Finding, now: Optional[datetime]) -> Finding:
    """With a note when it is a token that has already expired."""
    expires = found.credential.expires_at
    if found.credential.kind != "access_token" or not now or not expires or expires > now:
        return found
    return replace(found, note=said.EXPIRED)


def _seen(text: str, now: Optional[datetime]) -> _Seen:
    text, document = cleaning.opened(text)
    parts = cleaning.parts(text, document)
    held = chatgpt_login.find(text, document, parts, now)
    logins = [_login(one) for one in held.logins]
    places = [place for place in _places(parts) if place.word.text not in held.values]
    if logins:  # whose text is full of what looks like a key
        places = [p for p in places if p.word.text[:3] != "eyJ" and _hits(p.word.text)]
    faults = [place.word.fault(_is_key) for place in places]
    whole = tuple(place for place, fault in zip(places, faults) if fault is None)
    site = other_services.said_of_session(held.host) if held.host else None
    others = _readings(whole)
    if logins:
        others = [
            found for found in others if found.sure and found.provider != chatgpt_login.PROVIDER
        ]
    elif held.trouble:
        others = [found for found in others if found.provider != chatgpt_login.PROVIDER]
    findings = distinct([*logins, *others])
    if findings:
        return _Seen(findings, whole, held.trouble, site=site)
    hurt = [fault for place, fault in zip(places, faults) if fault and _is_key(place.word.text)]
    trouble = held.trouble or chatgpt_login.absent(text, document)
    return _Seen((), whole, trouble, _doubt(text, places, faults, hurt), site)


def _places(parts: Iterable[Part]) -> Iterator[_Place]:
    """The pieces that may be keys, each once."""
    known = set()
    surroundings = functools.lru_cache(maxsize=8)(_surroundings)
    for part in parts:
        for word in cleaning.words(part.text, part.name):
            if word.text not in known:
                known.add(word.text)
                yield _Place(word, part, surroundings)
        if len(known) >= cleaning.MOST_WORDS:
            return


def _surroundings(part: Part) -> Surroundings:
    return Surroundings(part.text, part.around)


def _doubt(
    text: str, places: Sequence[_Place], faults: Sequence[Optional[str]], hurt: Sequence[str]
) -> Optional[Message]:
    """Why nothing in this text is a key, though something in it resembles one."""
    if cleaning.is_shortened(text):
        return said.SHORTENED
    character = next(iter(hurt), "") or cleaning.odd(text, _is_key)
    if character:
        return said.odd(character)
    half = (
        _is_key(p.word.text) if f == "" else p.word.text[:3] == "eyJ"
        for p, f in zip(places, faults)
    )
    return said.BROKEN if any(half) else None


def _login(held: Login) -> Finding:
    scope = {"workspace": held.workspace} if held.workspace else {}
    note = said.READ_ONLY if held.codex else None
    return Finding(
        chatgpt_login.PROVIDER, held.credential, held.what, scope=scope, sure=held.sure, note=note
    )


# ---- whose key a word is


@functools.lru_cache(maxsize=1)
def _shapes() -> Tuple[Tuple[Provider, Shape], ...]:
    return tuple(
        (about, shape) for about in providers.everything().values() for shape in about.shapes
    )


def _fits(shape: Shape, word: str) -> bool:
    if shape.kind == "session" or (shape.kind != "api_key" and not word.startswith(("eyJ", "at-"))):
        return False
    return shape.pattern.fullmatch(word) is not None


def _is_key(word: str) -> bool:
    """Whether another credential stands here, whoever it belongs to."""
    if len(word) > _LONGEST_KEY:
        return False
    return cookies.is_complete(word) or any(_fits(shape, word) for _, shape in _shapes())


def _readings(places: Iterable[_Place]) -> List[Finding]:
    found = [reading for place in places for reading in _reading(place)]
    return sorted(found, key=lambda finding: not finding.sure)


def _reading(place: _Place) -> List[Finding]:
    """Whose credential this word may be; one reading when its form or its surroundings tell."""
    word = place.word.text
    if word.startswith("eyJ"):
        held = chatgpt_login.bare(word)
        if held and cookies.is_complete(word) and _elsewhere(place):
            return []
        if held or not token.claims(word):
            return [_login(held)] if held else []
    elif len(word) > _LONGEST_KEY:
        return []
    hits = _hits(word)
    sure = {name: hit for name, hit in hits.items() if hit[1].sure}
    if not hits or (not sure and other_services.said([word])):
        return []
    if _elsewhere(place):
        return []
    near, region = _near(place, hits)
    if not sure and near in hits:
        return [_key(word, *hits[near], region, sure=True)]
    return [
        _key(word, about, shape, region if about.id == near else "", sure=bool(sure))
        for about, shape in sorted((sure or hits).values(), key=_by_likelihood)
    ]


def _elsewhere(place: _Place) -> Optional[Message]:
    """What to say of a key that is used with somebody else's address or variable; None for no such.

    A form with a mark of its own tells more than what stands around it.
    """
    word, around = place.word, place.around
    hits = _hits(word.text)
    if any(shape.sure and shape.marked for _, shape in hits.values()) or chatgpt_login.bare_token(
        word.text
    ):
        return None
    is_session = cookies.is_complete(word.text)
    if not (hits or is_session):
        return None
    beside = around.beside(word.at, word.name)
    if beside is not None:
        if _is_at_home(beside.host, hits, is_session):
            return None
        return (
            other_services.said_of_session(beside.host) if is_session else said.beside(beside.host)
        )
    if owners.variable(word.name) is not None:
        return None
    owner = other_services.named(word.name)
    if owner:
        return other_services.said_of(owner)
    mentioned = around.mentioned(word.at)
    if mentioned is None or any(_is_at_home(host, hits, is_session) for host in around.hosts()):
        return None
    return said.beside(mentioned.host)


def _is_at_home(host: str, hits: Mapping[str, object], is_session: bool) -> bool:
    """Whether a host is of a provider whose form the word has; of a session any page of OpenAI's."""
    return owners.whose(host)[0] in hits or (is_session and cookies.is_ours(host))


def _by_likelihood(hit: Tuple[Provider, Shape]) -> Tuple[bool, str]:
    about, shape = hit
    return shape.kind != "api_key", about.id


def _hits(word: str) -> Dict[str, Tuple[Provider, Shape]]:
    """The first form of each provider that this word has."""
    found: Dict[str, Tuple[Provider, Shape]] = {}
    for about, shape in _shapes():
        if about.id not in found and _fits(shape, word):
            found[about.id] = (about, shape)
    return found


def _near(place: _Place, hits: Mapping[str, object]) -> Tuple[str, str]:
    """Provider and region by the address beside it, the variable's name or what else is mentioned."""
    beside = _beside(place, hits)
    meant = owners.variable(place.word.name)
    if beside[0] or meant is None or meant[0] not in hits:
        return beside if beside[0] else _mentioned(place, hits)
    name, region = meant
    told = {region for other, region in _all_mentioned(place, hits) if other == name}
    return name, region or (told.pop() if len(told) == 1 else "")


def _beside(place: _Place, hits: Mapping[str, object]) -> Tuple[str, str]:
    """Provider and region by the address that it is used with."""
    beside = place.around.beside(place.word.at, place.word.name)
    told = owners.whose(beside.host) if beside else ("", "")
    return told if told[0] in hits else ("", "")


def _mentioned(place: _Place, hits: Mapping[str, object]) -> Tuple[str, str]:
    """Provider and region by the addresses in the text, when all are of one provider."""
    ours = _all_mentioned(place, hits)
    if len({name for name, _ in ours}) != 1:
        return "", ""
    return ours[0] if len(ours) == 1 else (ours[0][0], "")


def _all_mentioned(place: _Place, hits: Mapping[str, object]) -> List[Tuple[str, str]]:
    told = map(owners.whose, place.around.hosts())
    return list(dict.fromkeys(one for one in told if one[0] in hits))


def _is_believed(place: _Place, wanted: Provider) -> bool:
    """Whether no address says that this key is another provider's, whatever the user says."""
    hits = _hits(place.word.text)
    near, _ = _beside(place, hits)
    if not near and owners.variable(place.word.name) is None:
        near, _ = _mentioned(place, hits)
    return near in ("", wanted.id)


def _key(word: str, about: Provider, shape: Shape, region: str, sure: bool) -> Finding:
    note = said.SHARED if not sure and word.startswith("sk-") else None
    credential = Credential(shape.kind, word, expires_at=token.expiry(word))
    return Finding(
        about.id,
        credential,
        shape.what,
        shape.region or region,
        sure=sure,
        note=note,
        lacks=shape.lacks,
    )


def _is_stray(found: Finding, wanted: Provider) -> bool:
    """Whether this belongs elsewhere so clearly that it is said."""
    return found.sure or found.provider in wanted.mistaken_for


def _chosen(places: Iterable[_Place], wanted: Provider) -> Iterator[Finding]:
    """The keys that have a form of this provider and are nobody else's for sure."""
    for place in places:
        word = place.word.text
        if len(word) > _LONGEST_KEY or other_services.said([word]) or chatgpt_login.bare(word):
            continue
        if any(shape.sure and _fits(shape, word) for _, shape in _shapes()):
            continue
        if _elsewhere(place) or not _is_believed(place, wanted):
            continue
        fitting = (s for s in wanted.shapes if s.kind == "api_key" and _fits(s, word))
        for shape in fitting:
            yield _key(word, wanted, shape, "", sure=False)
            break
