"""Recognises pasted credentials: the provider, the kind of credential, the region.

Nothing is sent over the network. If several vendors share the form of a key, the user is asked, unless the name of
a variable or an address beside it decides. See ``pasted`` for the splitting of the text, chatgpt_login.py for ChatGPT
logins, other_services.py for keys of other vendors. No message contains any part of the pasted text.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ..errors import Mistake, WrongCredential
from ..i18n.message import Message
from ..pasted import cleaning
from ..pasted.addresses import Surroundings
from ..pasted.cleaning import Part, Word
from ..provider import discovery as providers
from ..records import dataclass, field, replace
from . import chatgpt_login, explanations, other_services
from .finding import Finding, distinct
from .ownership import Place, elsewhere, hits_of, is_key, is_stray, keys_of, login_finding, readings

LONGEST = 1024 * 1024  # characters of a pasted text


class Unrecognised(Mistake):
    """The text has no credential that Tankful can use; ``message`` says why, and what to do next."""


@dataclass(frozen=True)
class _Seen:
    """Everything that was recognised in a text."""

    findings: tuple[Finding, ...] = ()
    places: tuple[Place, ...] = field(default=(), repr=False)
    trouble: Message | None = None  # why a login in it cannot be used
    doubt: Message | None = None  # why a key in it cannot be used
    site: Message | None = None  # about a session of another site

    def foreign(self) -> Message | None:
        """Return the message about a key or session of another service; None without one."""
        key = other_services.message(place.word.text for place in self.places)
        named = (other_services.message_of_variable(place.word.name) for place in self.places)
        others = (*map(elsewhere, self.places), *named)
        return key or self.site or next(filter(None, others), None)


def recognise(text: str, now: datetime | None = None) -> tuple[Finding, ...]:
    """Return all readings of a pasted text, the likeliest first. Raises Unrecognised.

    Args:
        text: the pasted text.
        now: aware UTC; if given, an expired token gets a note.
    """
    seen = _search(text, now)
    if seen.findings:
        return seen.findings
    raise Unrecognised(seen.foreign() or seen.trouble or seen.doubt or explanations.NOTHING)


def read(text: str, provider_id: str, now: datetime | None = None) -> Finding:
    """Return the first credential for this provider in a pasted text.

    Raises WrongCredential, which says where it belongs, if it belongs elsewhere; Unrecognised if nothing in the
    text has a known form.
    """
    return read_all(text, provider_id, now)[0]


def read_all(text: str, provider_id: str, now: datetime | None = None) -> tuple[Finding, ...]:
    """Return the credentials for this provider in a pasted text, each once. Raises what ``read`` raises."""
    wanted = providers.about(provider_id)
    seen = _search(text, now)
    mine = [one for one in seen.findings if one.provider == provider_id]
    mine = mine or list(keys_of(_alone(text, seen), wanted)) or list(keys_of(seen.places, wanted))
    if mine:
        return tuple(one if one.sure else replace(one, note=None) for one in mine)
    stray = next((one for one in seen.findings if is_stray(one, wanted)), None)
    if stray is not None:
        raise WrongCredential(
            explanations.stray(stray.provider, stray.what, stray.lacks, wanted, sure=stray.sure)
        )
    foreign = seen.foreign()
    if foreign is not None:
        raise WrongCredential(explanations.unsupported(foreign, wanted))
    trouble = seen.trouble if provider_id == chatgpt_login.PROVIDER else None
    raise Unrecognised(trouble or seen.doubt or explanations.malformed(wanted, text))


def is_credential(word: str) -> bool:
    """Tell whether a word has the form of a credential of any provider or other service."""
    try:
        return bool(other_services.message([word])) or bool(recognise(word))
    except Mistake:
        return False


# ---- the content of a text


def _search(text: str, now: datetime | None) -> _Seen:
    """Search a text with broken lines joined; if that finds nothing, search it unchanged."""
    if len(text) > LONGEST:
        raise Unrecognised(explanations.TOO_LONG)
    text = cleaning.clean(text)
    if not text:
        raise Unrecognised(explanations.EMPTY)
    mended = cleaning.mended(text, is_key)
    seen = _seen(mended, now)
    if not seen.findings and mended != text:
        seen = _seen(text, now)
    return replace(seen, findings=tuple(_noting_expiry(one, now) for one in seen.findings))


def _noting_expiry(finding: Finding, now: datetime | None) -> Finding:
    """Add a note to an access token that has expired."""
    expires = finding.credential.expires_at
    if finding.credential.kind != "access_token" or not now or not expires or expires > now:
        return finding
    return replace(finding, note=explanations.EXPIRED)


def _seen(text: str, now: datetime | None) -> _Seen:
    text, document = cleaning.opened(text)
    parts = cleaning.parts(text, document)
    held = chatgpt_login.find(text, document, parts, now)
    logins = [login_finding(one) for one in held.logins]

    def counts(word: str) -> bool:
        if word in held.values:
            return False  # a login's text has many words that look like keys
        return not logins or (word[:3] != "eyJ" and bool(hits_of(word)))

    places = list(_places(parts, counts))
    faults = [place.word.fault(is_key) for place in places]
    whole = tuple(place for place, fault in zip(places, faults) if fault is None)
    site = other_services.message_of_session(held.host) if held.host else None
    others = readings(whole)
    if logins:
        others = [one for one in others if one.sure and one.provider != chatgpt_login.PROVIDER]
    elif held.trouble:
        others = [one for one in others if one.provider != chatgpt_login.PROVIDER]
    findings = distinct([*logins, *others])
    if findings:
        return _Seen(findings, whole, held.trouble, site=site)
    hurt = [fault for place, fault in zip(places, faults) if fault and is_key(place.word.text)]
    trouble = held.trouble or chatgpt_login.absent(text, document)
    return _Seen((), whole, trouble, _doubt(text, places, faults, hurt), site)


def _alone(text: str, seen: _Seen) -> Iterator[Place]:
    """Yield the only word of a text with all its characters, since a user's own provider may have any key.

    A part of it may be another key; only at its beginning, behind hyphens, may one that is found just be cut.
    """
    is_other = any(one.sure for one in seen.findings) or seen.trouble or seen.doubt
    word = "" if is_other or seen.foreign() else cleaning.alone(text)
    inside = [place.word.text for place in seen.places if place.word.text in word]
    if word and (not inside or word.lstrip("-").startswith(inside[0])):
        yield Place(Word(word, "", ""), Part(word), lambda part: Surroundings(part.text))


def _places(parts: Iterable[Part], counts: cleaning.IsKey) -> Iterator[Place]:
    """Yield the words that may be keys and count, each once."""
    known: set[str] = set()
    surroundings = functools.lru_cache(maxsize=8)(lambda part: Surroundings(part.text, part.around))
    for part in parts:
        for word in cleaning.pieces(part.text, part.name, known, counts):
            yield Place(word, part, surroundings)
        if len(known) >= cleaning.MOST_WORDS:
            return


def _doubt(
    text: str, places: Sequence[Place], faults: Sequence[str | None], hurt: Sequence[str]
) -> Message | None:
    """Return the reason why a text has no key although a part of it resembles one; None if none does."""
    if cleaning.is_shortened(text):
        return explanations.SHORTENED
    character = next(iter(hurt), "") or cleaning.odd(text, is_key)
    if character:
        return explanations.odd(character)
    half = (
        is_key(p.word.text) if f == "" else p.word.text[:3] == "eyJ" for p, f in zip(places, faults)
    )
    return explanations.BROKEN if any(half) else None
