"""Finds the possible providers of a key in a text, by its form and by the text around it.

If several vendors share the form, the user is asked, unless the name of a variable or an address beside the key
decides it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Callable

from ..chatgpt import cookies, token
from ..i18n.message import Message, _
from ..models import Credential
from ..pasted.addresses import Surroundings
from ..pasted.cleaning import Part, Word
from ..provider import discovery as providers
from ..provider.address import SCOPE
from ..provider.contract import Provider, Shape
from ..records import dataclass, field
from . import chatgpt_login, explanations, other_services, owners
from .chatgpt_login import Login
from .finding import Finding

_LONGEST_KEY = 4096  # characters
_CALLED_KEY = re.compile(r"key|token|secret", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A word of the text that may be a key, and the addresses around it."""

    word: Word = field(repr=False)
    part: Part = field(repr=False)
    surroundings: Callable[[Part], Surroundings] = field(repr=False)  # cached, one for each part

    @property
    def around(self) -> Surroundings:
        """The addresses around the word."""
        return self.surroundings(self.part)


def login_finding(held: Login) -> Finding:
    """Make the finding of a ChatGPT login."""
    scope = {"workspace": held.workspace} if held.workspace else {}
    note = explanations.READ_ONLY if held.codex else None
    return Finding(
        chatgpt_login.PROVIDER, held.credential, held.what, scope=scope, sure=held.sure, note=note
    )


@functools.lru_cache(maxsize=256)
def shapes(first: str) -> tuple[tuple[Provider, Shape], ...]:
    """List the providers and forms that a word with this first character may have."""
    known = providers.everything().values()
    forms = ((about, shape) for about in known for shape in about.shapes)
    return tuple(form for form in forms if form[1].beginning[:1] in ("", first))


def _fits(shape: Shape, word: str) -> bool:
    if shape.kind == "session" or (shape.kind != "api_key" and not word.startswith(("eyJ", "at-"))):
        return False
    return shape.fits(word)


def is_key(word: str) -> bool:
    """Tell whether a word is a credential of any provider."""
    if len(word) > _LONGEST_KEY:
        return False
    telling = (shape for _about, shape in shapes(word[:1]) if shape.telling)
    return cookies.is_complete(word) or any(_fits(shape, word) for shape in telling)


def readings(places: Iterable[Place]) -> list[Finding]:
    """List the possible readings of all words, the sure ones first."""
    several = [reading for place in places for reading in _reading(place)]
    return sorted(several, key=lambda finding: not finding.sure)


def _reading(place: Place) -> list[Finding]:
    """List the possible readings of a word; one if its form or its surroundings decide."""
    word = place.word.text
    if word.startswith("eyJ"):
        held = chatgpt_login.bare(word)
        if held and cookies.is_complete(word) and elsewhere(place):
            return []
        if held or not token.claims(word):
            return [login_finding(held)] if held else []
    elif len(word) > _LONGEST_KEY:
        return []
    hits = hits_of(word, _meant(place))
    gateway = at_its_address(word, place.word.name, _base_url(place))
    if gateway is not None:
        return [gateway]
    sure = {name: hit for name, hit in hits.items() if hit[1].sure}
    if not hits or (not sure and other_services.message([word])):
        return []
    if elsewhere(place):
        return []
    near, region = _near(place, hits)
    if not sure and near in hits:
        return [_key(word, *hits[near], region, sure=True)]
    return [
        _key(word, about, shape, region if about.id == near else "", sure=bool(sure))
        for about, shape in sorted((sure or hits).values(), key=_by_likelihood)
    ]


def _base_url(place: Place) -> str:
    """Return the base URL of all requests with this word; "" if there is none."""
    beside = place.around.beside(place.word.at, place.word.name)
    return beside.url if beside is not None and beside.is_base else ""


def at_its_address(word: str, name: str, url: str) -> Finding | None:
    """Return the reading of a key that belongs to an address of the user's own; None for any other.

    A key whose form belongs to one vendor is never such a key: it would be sent to somebody else. An address
    that contains the key is none, as addresses are shown.

    Args:
        word: the possible key.
        name: the name of the variable or field that contains it.
        url: the base URL of all requests with it; "" if there is none.
    """
    about, base = owners.at_an_address(), owners.base(url) if url else ""
    is_called_key = _CALLED_KEY.search(name) is not None or word.startswith(("sk-", "cr_"))
    if about is None or not base or not is_called_key or other_services.message([word]):
        return None
    if word in base:
        return None
    others = (shape for other, shape in shapes(word[:1]) if other is not about)
    if any(shape.sure and _fits(shape, word) for shape in others):
        return None
    fitting = next((shape for shape in about.shapes if _fits(shape, word)), None)
    if fitting is None:
        return None
    credential = Credential(fitting.kind, word)
    note = _("it is only ever sent to {address}", address=base)
    return Finding(about.id, credential, fitting.what, scope={SCOPE: base}, note=note)


def elsewhere(place: Place) -> Message | None:
    """Return the message about a key that is used with another service's address or variable, else None.

    An unmistakable form counts more than the surroundings.
    """
    word, around = place.word, place.around
    hits = hits_of(word.text)
    if any(
        shape.sure and shape.marked for _about, shape in hits.values()
    ) or chatgpt_login.bare_token(word.text):
        return None
    is_session = cookies.is_complete(word.text)
    if not (hits or is_session):
        return None
    beside = around.beside(word.at, word.name)
    if beside is not None:
        if _is_at_home(beside.host, hits, is_session):
            return None
        return (
            other_services.message_of_session(beside.host)
            if is_session
            else explanations.beside(beside.host)
        )
    if owners.variable(word.name) is not None:
        return None
    owner = other_services.message_of_variable(word.name)
    if owner is not None:
        return owner
    mentioned = around.mentioned(word.at)
    if mentioned is None or any(_is_at_home(host, hits, is_session) for host in around.hosts()):
        return None
    return explanations.beside(mentioned.host)


def _is_at_home(host: str, hits: Mapping[str, object], is_session: bool) -> bool:
    """Tell whether a host is of a provider whose form the word has, or OpenAI's if it is a session."""
    return owners.whose(host)[0] in hits or (is_session and cookies.is_ours(host))


def _by_likelihood(hit: tuple[Provider, Shape]) -> tuple[bool, bool, str]:
    about, shape = hit
    return not about.is_prominent, shape.kind != "api_key", about.id


def hits_of(word: str, meant: Container[str] = ()) -> dict[str, tuple[Provider, Shape]]:
    """Return each provider of which the word has a form, with the first such form.

    Args:
        word: the possible key.
        meant: the providers of which forms also count if they are not ``telling``.
    """
    hits: dict[str, tuple[Provider, Shape]] = {}
    for about, shape in shapes(word[:1]):
        counts = about.id not in hits and (shape.telling or about.id in meant)
        if counts and _fits(shape, word):
            hits[about.id] = (about, shape)
    return hits


def _meant(place: Place) -> Container[str]:
    """Return the providers that a variable or an address names; any with such a form if the word is alone."""
    word, part = place.word, place.part
    vague = {
        about.id
        for about, shape in shapes(word.text[:1])
        if not shape.telling and _fits(shape, word.text)
    }
    is_alone = not (word.before.strip() or word.after.strip() or part.name or part.around)
    if not vague or is_alone:
        return {name for name in vague if not providers.about(name).is_at_an_address}
    named = {owners.whose(host)[0] for host in place.around.hosts()}
    variable = owners.variable(word.name)
    return vague & (named | ({variable[0]} if variable else set()))


def _near(place: Place, hits: Mapping[str, object]) -> tuple[str, str]:
    """Return provider and region by the address beside it, the variable's name, or other addresses."""
    beside = _beside(place, hits)
    meant = owners.variable(place.word.name)
    if beside[0] or meant is None or meant[0] not in hits:
        return beside if beside[0] else _mentioned(place, hits)
    name, region = meant
    regions = {region for other, region in _all_mentioned(place, hits) if other == name}
    return name, region or (regions.pop() if len(regions) == 1 else "")


def _beside(place: Place, hits: Mapping[str, object]) -> tuple[str, str]:
    """Return provider and region by the address that the word is used with."""
    beside = place.around.beside(place.word.at, place.word.name)
    owner = owners.whose(beside.host) if beside else ("", "")
    return owner if owner[0] in hits else ("", "")


def _mentioned(place: Place, hits: Mapping[str, object]) -> tuple[str, str]:
    """Return provider and region by the addresses in the text, if all are of one provider."""
    ours = _all_mentioned(place, hits)
    if len({name for name, _region in ours}) != 1:
        return "", ""
    return ours[0] if len(ours) == 1 else (ours[0][0], "")


def _all_mentioned(place: Place, hits: Mapping[str, object]) -> list[tuple[str, str]]:
    owned = map(owners.whose, place.around.hosts())
    return list(dict.fromkeys(one for one in owned if one[0] in hits))


def _can_belong_to(place: Place, wanted: Provider) -> bool:
    """Tell whether a key can be the wanted provider's, because no address shows that it is another's."""
    hits = hits_of(place.word.text)
    near, _region = _beside(place, hits)
    if not near and owners.variable(place.word.name) is None:
        near, _region = _mentioned(place, hits)
    return near in ("", wanted.id)


def _key(word: str, about: Provider, shape: Shape, region: str, sure: bool) -> Finding:
    note = explanations.SHARED if not sure and word.startswith("sk-") else None
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


def is_stray(finding: Finding, wanted: Provider) -> bool:
    """Tell whether a finding belongs to another provider so clearly that the user is told."""
    return finding.sure or finding.provider in wanted.mistaken_for


def keys_of(places: Iterable[Place], wanted: Provider) -> Iterator[Finding]:
    """Yield the keys that have a form of this provider and are not certainly another one's."""
    for place in places:
        word = place.word.text
        if len(word) > _LONGEST_KEY or other_services.message([word]) or chatgpt_login.bare(word):
            continue
        if any(shape.sure and _fits(shape, word) for _about, shape in shapes(word[:1])):
            continue
        if elsewhere(place) or not _can_belong_to(place, wanted):
            continue
        fitting = (s for s in wanted.shapes if s.kind == "api_key" and _fits(s, word))
        for shape in fitting:
            yield _key(word, wanted, shape, "", sure=False)
            break
