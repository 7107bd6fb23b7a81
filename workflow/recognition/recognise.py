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
from ..errors import Mistake, Words, WrongCredential
from ..models import Credential, Phrase
from ..pasted import addresses, cleaning
from ..pasted.addresses import Surroundings
from ..pasted.cleaning import Part, Word
from ..provider import discovery as providers
from ..provider.contract import Provider, Shape
from . import chatgpt_login, other_services
from .chatgpt_login import Login

LONGEST = 1024 * 1024  # characters that are looked at
_LONGEST_KEY = 4096  # characters
_SHARED = Phrase(
    "keys of DeepSeek, SiliconFlow and others look the same; Tankful does not cover those",
    "DeepSeek、SiliconFlow 等的密钥格式相同；Tankful 不支持它们",
)
_EXPIRED = Phrase(
    "this access token has already expired; copy a fresh one",
    "此 accessToken 已过期；请重新复制",
)
_READ_ONLY = Phrase(
    "a token of Codex: Tankful only reads it and never renews it; when it ends, import it again",
    "Codex 的 token：Tankful 只读取、不会续期；过期后请重新导入",
)
_TOO_LONG: Words = (
    "this is more than 1 MB; copy only the credential",
    "内容超过 1 MB；请只复制凭证本身",
)
_EMPTY: Words = (
    "nothing was pasted; copy the credential and try again",
    "没有粘贴任何内容；请复制凭证后重试",
)
_NOTHING: Words = (
    "no credential that Tankful knows is in it; choose the provider and paste its key: tankful add PROVIDER",
    "没有找到可识别的凭证；请选择服务并粘贴其密钥：tankful add 服务名",
)
_SHORTENED: Words = (
    "what was copied is shortened or masked (…); copy the whole value: in a browser's console right-click the object → Copy object, or run copy(…) around the value; a masked key has to be made anew",
    "复制的内容被截断或遮盖（…）；请复制完整的值：在浏览器控制台右键对象 → 复制对象，或用 copy(…)；被遮盖的密钥需要新建",
)
_BROKEN: Words = (
    "the credential is incomplete, or has a space or a foreign character inside; copy it again, whole",
    "凭证不完整，或中间有空格、异常字符；请重新完整复制",
)


class Unrecognised(Mistake):
    """There is no credential in it that Tankful can use; ``words`` says why and what next."""


@dataclass(frozen=True)
class Finding:
    """One reading of what was pasted. Its repr never shows the secret."""

    provider: str
    credential: Credential
    what: Phrase
    region: str = ""  # where the form, or what stands around it, tells it
    scope: Mapping[str, str] = field(default_factory=dict, repr=False)
    sure: bool = True  # False: the form is shared with others, so the user is asked
    note: Optional[Phrase] = None  # what the user should know about it


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
    trouble: Optional[Words] = None  # why a login in it cannot be used
    doubt: Optional[Words] = None  # why a key in it cannot be used
    site: Optional[Words] = None  # whose session it is, of another site

    def foreign(self) -> Optional[Words]:
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
    raise Unrecognised(seen.foreign() or seen.trouble or seen.doubt or _NOTHING)


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
    words = _stray(stray, wanted) if stray else seen.foreign()
    if words is not None:
        raise WrongCredential(words)
    trouble = seen.trouble if provider_id == "chatgpt" else None
    raise Unrecognised(trouble or seen.doubt or _malformed(wanted))


def choices(findings: Iterable[Finding]) -> List[Finding]:
    """What a user chooses among: a credential that is sure once, another by each that it may be."""
    found: Dict[Tuple[str, str], List[Finding]] = {}
    for one in findings:
        found.setdefault((one.credential.secret, one.credential.cookie), []).append(one)
    return [
        one for readings in found.values() for one in readings[: 1 if readings[0].sure else None]
    ]


def is_one(findings: Sequence[Finding]) -> bool:
    """Whether these are readings of a single credential."""
    return len({(one.credential.secret, one.credential.cookie) for one in findings}) == 1


def hosts(text: str) -> List[str]:
    """The hosts of the addresses in a text; of a bare address its own."""
    found = Surroundings(text).hosts()
    return found or [one.host for one in [addresses.named("url", text)] if one]


def whose(host: str) -> Tuple[str, str]:
    """Provider and region of a host; ("", "") for one that is not ours."""
    return _domains().get(_domain(host), ("", ""))


@functools.lru_cache(maxsize=1)
def _domains() -> Mapping[str, Tuple[str, str]]:
    """The domains of our providers."""
    known = {
        _domain(page.split("/")[2]): (about.id, region if region in about.regions else "")
        for about in providers.everything().values()
        for pages in (about.dashboard, about.keys)
        for region, page in pages.items()
    }
    for about in providers.everything().values():
        known.update({domain: (about.id, region) for domain, region in about.hosts.items()})
    return known


def _domain(host: str) -> str:
    return ".".join(host.lower().split(":")[0].rsplit(".", 2)[-2:])


def variable(name: str) -> Optional[Tuple[str, str]]:
    """Provider and region by the name of a variable that holds a key."""
    return variables().get(name)


@functools.lru_cache(maxsize=1)
def variables() -> Mapping[str, Tuple[str, str]]:
    """The variables that hold a key of a provider: provider and region by name."""
    return {
        name: (about.id, region)
        for about in providers.everything().values()
        for name, region in about.variables.items()
    }


# ---- what is in a text


def _look(text: str, now: Optional[datetime]) -> _Seen:
    """What is in a text with its broken lines mended, else in the text as it is."""
    if len(text) > LONGEST:
        raise Unrecognised(_TOO_LONG)
    text = cleaning.clean(text)
    if not text:
        raise Unrecognised(_EMPTY)
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
    return replace(found, note=_EXPIRED)


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
        others = [found for found in others if found.sure and found.provider != "chatgpt"]
    elif held.trouble:
        others = [found for found in others if found.provider != "chatgpt"]
    findings = _distinct([*logins, *others])
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
) -> Optional[Words]:
    """Why nothing in this text is a key, though something in it resembles one."""
    if cleaning.is_shortened(text):
        return _SHORTENED
    character = next(iter(hurt), "") or cleaning.odd(text, _is_key)
    if character:
        return _odd(character)
    half = (
        _is_key(p.word.text) if f == "" else p.word.text[:3] == "eyJ"
        for p, f in zip(places, faults)
    )
    return _BROKEN if any(half) else None


_ODD: Tuple[Tuple[str, str, str], ...] = (
    ("\t", "a tab", "制表符"),
    ("\xa0\u202f", "a no-break space", "不换行空格"),
    ("\u3000", "a full-width space", "全角空格"),
    (cleaning.HYPHENS, "a typographic hyphen", "排版用连字符"),
)


def _odd(character: str) -> Words:
    """What to say of a character that has no place in a key."""
    en, zh = next(((e, z) for among, e, z in _ODD if character in among), ("", ""))
    if not en and character.isspace():
        en, zh = "an unusual space", "特殊空格"
    elif not en and 0xFF00 < ord(character) < 0xFF5F:
        en, zh = "a full-width character", "全角字符"
    elif not en:
        is_letter = character.isalpha()
        en, zh = (
            ("a foreign letter", "非英文字母") if is_letter else ("a foreign character", "异常字符")
        )
    code = f"U+{ord(character):04X}"
    return (
        f"there is {en} ({code}) inside the credential; copy it again, or take that character out",
        f"凭证中间有{zh}（{code}）；请重新复制，或去掉该字符",
    )


def _login(held: Login) -> Finding:
    scope = {"workspace": held.workspace} if held.workspace else {}
    note = _READ_ONLY if held.codex else None
    return Finding("chatgpt", held.credential, held.what, scope=scope, sure=held.sure, note=note)


def _distinct(found: Sequence[Finding]) -> Tuple[Finding, ...]:
    """Of findings of the same credential the first."""
    kept: Dict[Tuple[str, str, str], Finding] = {}
    for one in found:
        kept.setdefault((one.provider, one.credential.secret, one.credential.cookie), one)
    return tuple(kept.values())


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


def _elsewhere(place: _Place) -> Optional[Words]:
    """What to say of a key that is used with somebody else's address or variable; None for no such.

    A form with a mark of its own tells more than what stands around it.
    """
    word, around = place.word, place.around
    hits = _hits(word.text)
    if any(shape.sure and shape.marked for _, shape in hits.values()) or chatgpt_login.bare_token(
        word.text
    ):
        return None
    if not (hits or cookies.is_complete(word.text)):
        return None
    fitting = {*hits, *(["chatgpt", "openai"] if cookies.is_complete(word.text) else [])}
    beside = around.beside(word.at, word.name)
    if beside is not None:
        if whose(beside.host)[0] in fitting:
            return None
        is_session = cookies.is_complete(word.text)
        return (
            other_services.said_of_session(beside.host) if is_session else _said_beside(beside.host)
        )
    if variable(word.name) is not None:
        return None
    owner = other_services.named(word.name)
    if owner:
        return other_services.said_of(owner)
    mentioned = around.mentioned(word.at)
    if mentioned is None or any(whose(host)[0] in fitting for host in around.hosts()):
        return None
    return _said_beside(mentioned.host)


def _said_beside(host: str) -> Words:
    about, _ = whose(host)
    if not about:
        return other_services.said_beside(host)
    name = providers.about(about).name
    return (
        f"this stands beside {host}, which is {name}'s, but is no credential of it; nothing was sent; if it belongs elsewhere, paste it alone",
        f"它与 {host}（{name}）写在一起，但不是该服务的凭证；未发送任何请求；若属于其他服务，请单独粘贴",
    )


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
    meant = variable(place.word.name)
    if beside[0] or meant is None or meant[0] not in hits:
        return beside if beside[0] else _mentioned(place, hits)
    name, region = meant
    told = {region for other, region in _all_mentioned(place, hits) if other == name}
    return name, region or (told.pop() if len(told) == 1 else "")


def _beside(place: _Place, hits: Mapping[str, object]) -> Tuple[str, str]:
    """Provider and region by the address that it is used with."""
    beside = place.around.beside(place.word.at, place.word.name)
    told = whose(beside.host) if beside else ("", "")
    return told if told[0] in hits else ("", "")


def _mentioned(place: _Place, hits: Mapping[str, object]) -> Tuple[str, str]:
    """Provider and region by the addresses in the text, when all are of one provider."""
    ours = _all_mentioned(place, hits)
    if len({name for name, _ in ours}) != 1:
        return "", ""
    return ours[0] if len(ours) == 1 else (ours[0][0], "")


def _all_mentioned(place: _Place, hits: Mapping[str, object]) -> List[Tuple[str, str]]:
    told = map(whose, place.around.hosts())
    return list(dict.fromkeys(one for one in told if one[0] in hits))


def _is_believed(place: _Place, wanted: Provider) -> bool:
    """Whether no address says that this key is another provider's, whatever the user says."""
    hits = _hits(place.word.text)
    near, _ = _beside(place, hits)
    if not near and variable(place.word.name) is None:
        near, _ = _mentioned(place, hits)
    return near in ("", wanted.id)


def _key(word: str, about: Provider, shape: Shape, region: str, sure: bool) -> Finding:
    note = _SHARED if not sure and word.startswith("sk-") else None
    credential = Credential(shape.kind, word, expires_at=token.expiry(word))
    return Finding(about.id, credential, shape.what, shape.region or region, sure=sure, note=note)


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


# ---- what is said of a credential that is not the wanted one


def _is_stray(found: Finding, wanted: Provider) -> bool:
    """Whether this belongs elsewhere so clearly that it is said."""
    return found.sure or (wanted.id == "chatgpt" and found.provider == "openai")


def _stray(found: Finding, wanted: Provider) -> Words:
    about = providers.about(found.provider)
    en, zh = (
        f"a credential of {about.name}: {found.what.en}",
        f"{about.name} 的凭证：{found.what.zh}",
    )
    add_en = add_zh = f"tankful add {about.id}"
    if about.id == "openai":
        en, zh = "an OpenAI API key", "OpenAI API Key"
        if not found.credential.secret.startswith("sk-admin-"):
            add_en += " (spend needs an Admin key, sk-admin-…)"
            add_zh += "（查看花费需要 Admin key，sk-admin-…）"
    is_en, is_zh = ("this is", "这是") if found.sure else ("this looks like", "这像是")
    return (
        f"{is_en} {en}; add it as {about.name}: {add_en}; {wanted.name} needs: {wanted.needs.en}",
        f"{is_zh} {zh}；请添加为 {about.name}：{add_zh}；{wanted.name} 需要：{wanted.needs.zh}",
    )


def _malformed(wanted: Provider) -> Words:
    forms = dict.fromkeys(shape.what for shape in wanted.shapes)
    page = wanted.keys_page("")
    return (
        f"this is not well-formed for {wanted.name}, which needs: {wanted.needs.en} (known: {', '.join(form.en for form in forms)}); copy it at {page}",
        f"这不是 {wanted.name} 的有效格式；需要：{wanted.needs.zh}（已知：{'、'.join(form.zh for form in forms)}）；请到 {page} 复制",
    )
