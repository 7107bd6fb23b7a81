"""What did the user paste? Which provider, which kind of credential, which region.

Nothing is asked of anybody: a form that several vendors share is a question for the user, unless
the name of a variable or an address beside it tells whose it is. How the text is taken apart stands
in pasted.py, how a ChatGPT login is read in login.py, who else makes keys in strangers.py. No
message carries any part of what was pasted.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from . import cookies, jwt, login, pasted, strangers
from . import provider as providers
from .errors import Mistake, Words, WrongCredential
from .login import Login
from .models import Credential, Phrase
from .pasted import Word
from .payload import mapping
from .provider import Provider, Shape

LONGEST = 1024 * 1024  # characters that are looked at
VARIABLES: Mapping[str, Tuple[str, str]] = {  # beside <ID>_API_KEY: provider, region
    "MINIMAX_CN_API_KEY": ("minimax", "cn"),
    "ZAI_API_KEY": ("glm", "intl"),
    "Z_AI_API_KEY": ("glm", "intl"),
    "ZHIPUAI_API_KEY": ("glm", "cn"),
    "ZHIPU_API_KEY": ("glm", "cn"),
    "BIGMODEL_API_KEY": ("glm", "cn"),
    "OPENAI_ADMIN_KEY": ("openai", ""),
    "OPENAI_ADMIN_API_KEY": ("openai", ""),
    "MOONSHOT_API_KEY": ("kimi", ""),
    "KIMI_CODE_API_KEY": ("kimi", ""),
}
_LONGEST_KEY = 4096  # characters
_NAMED_BEFORE = re.compile(r"([A-Z][A-Z0-9_]{2,60})[\"']?\s*[=:]\s*[\"'“]?(?:Bearer\s+)?\Z")
_ORIGIN = re.compile(r"https?://([A-Za-z0-9.-]{1,100})")

_SHARED = Phrase(
    "keys of DeepSeek, SiliconFlow and others look the same; Headroom does not cover those",
    "DeepSeek、SiliconFlow 等的密钥格式相同；Headroom 不支持它们",
)
_EXPIRED = Phrase(
    "this access token has already expired; copy a fresh one",
    "此 accessToken 已过期；请重新复制",
)
_READ_ONLY = Phrase(
    "a token of Codex: Headroom only reads it and never renews it; when it ends, import it again",
    "Codex 的 token：Headroom 只读取、不会续期；过期后请重新导入",
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
    "no credential that Headroom knows is in it; choose the provider and paste its key: headroom add PROVIDER",
    "没有找到可识别的凭证；请选择服务并粘贴其密钥：headroom add 服务名",
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
    """There is no credential in it that Headroom can use; ``words`` says why and what next."""


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
class _Seen:
    """Everything that is in a text."""

    findings: Tuple[Finding, ...] = ()
    words: Tuple[Word, ...] = field(default=(), repr=False)
    trouble: Optional[Words] = None  # why a login in it cannot be used
    doubt: Optional[Words] = None  # why a key in it cannot be used

    def foreign(self) -> Optional[Words]:
        """What to say of a stranger's key in it."""
        return strangers.said(word.text for word in self.words)


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
    """The credential for this provider in what was pasted.

    Raises WrongCredential when it belongs elsewhere, and says where; Unrecognised when nothing in it
    is well-formed.
    """
    wanted = providers.about(provider_id)
    seen = _look(text, now)
    mine = next((found for found in seen.findings if found.provider == provider_id), None)
    mine = mine or _chosen(seen.words, wanted)
    if mine is not None:
        return mine if mine.sure else replace(mine, note=None)
    stray = next((found for found in seen.findings if _is_stray(found, wanted)), None)
    words = _stray(stray, wanted) if stray else seen.foreign()
    if words is not None:
        raise WrongCredential(words)
    trouble = seen.trouble if provider_id == "chatgpt" else None
    raise Unrecognised(trouble or seen.doubt or _malformed(wanted))


def hosts(text: str) -> List[Tuple[str, str]]:
    """Provider and region of each address in a text; ("", "") for one that is not ours."""
    known = {
        _domain(page): (about.id, region if region in about.regions else "")
        for about in providers.everything().values()
        for pages in (about.dashboard, about.keys)
        for region, page in pages.items()
    }
    return [known.get(_domain(match[0]), ("", "")) for match in islice(_ORIGIN.finditer(text), 20)]


def _domain(address: str) -> str:
    return ".".join(address.split("/")[2].lower().rsplit(".", 2)[-2:])


def variable(name: str) -> Optional[Tuple[str, str]]:
    """Provider and region by the name of a variable that holds a key."""
    provider_id = name[: -len("_API_KEY")].lower() if name.endswith("_API_KEY") else ""
    own = (provider_id, "") if provider_id in providers.names() else None
    return VARIABLES.get(name, own)


# ---- what is in a text


def _look(text: str, now: Optional[datetime]) -> _Seen:
    """What is in a text with its broken lines mended, else in the text as it is."""
    if len(text) > LONGEST:
        raise Unrecognised(_TOO_LONG)
    text = pasted.clean(text)
    if not text:
        raise Unrecognised(_EMPTY)
    mended = pasted.mended(text, _is_key)
    seen = _seen(mended)
    if not seen.findings and mended != text:
        seen = _seen(text)
    return replace(seen, findings=tuple(_dated(found, now) for found in seen.findings))


def _dated(found: Finding, now: Optional[datetime]) -> Finding:
    """With a note when it is a token that has already expired."""
    expires = found.credential.expires_at
    if found.credential.kind != "access_token" or not now or not expires or expires > now:
        return found
    return replace(found, note=_EXPIRED)


def _seen(text: str) -> _Seen:
    text, document = pasted.opened(text)
    try:
        held = login.find(text, document)
    except Mistake as error:
        return _Seen(trouble=error.words)
    if held and not held.codex:
        return _Seen((_login(held),))
    if held:  # of Codex, whose other tokens are not for us
        text = f"OPENAI_API_KEY={mapping(document).get('OPENAI_API_KEY')}"
    words = tuple(pasted.words(text))
    damaged = {word for word in words if word.is_damaged(_is_key)}
    whole = tuple(word for word in words if word not in damaged)
    logins = [_login(held)] if held else []
    findings = _distinct([*logins, *_readings(whole, hosts(text))])
    if findings:
        return _Seen(findings, whole)
    hurt = any(_is_key(word.text) for word in damaged)
    hurt = hurt or any(word.text.startswith("eyJ") for word in whole)
    doubt = _SHORTENED if pasted.is_shortened(text) else _BROKEN if hurt else None
    return _Seen((), whole, login.absent(text, document), doubt)


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
    if shape.kind == "session" or (shape.kind != "api_key" and not word.startswith("eyJ")):
        return False
    return shape.pattern.fullmatch(word) is not None


def _is_key(word: str) -> bool:
    """Whether another credential stands here, whoever it belongs to."""
    if len(word) > _LONGEST_KEY:
        return False
    return cookies.is_complete(word) or any(_fits(shape, word) for _, shape in _shapes())


def _readings(words: Iterable[Word], origins: List[Tuple[str, str]]) -> List[Finding]:
    found = [reading for word in words for reading in _reading(word, origins)]
    return sorted(found, key=lambda finding: not finding.sure)


def _reading(word: Word, origins: List[Tuple[str, str]]) -> List[Finding]:
    """Whose credential this word may be; one reading when its form or its surroundings tell."""
    if word.text.startswith("eyJ"):
        held = login.bare(word.text)
        if held or not jwt.claims(word.text):
            return [_login(held)] if held else []
    elif len(word.text) > _LONGEST_KEY:
        return []
    hits = _hits(word.text)
    sure = [hit for hit in hits.values() if hit[1].sure]
    if not sure and strangers.said([word.text]):
        return []
    near, region = _near(word, origins, hits)
    if not sure and near in hits:
        return [_key(word.text, *hits[near], region, sure=True)]
    return [
        _key(word.text, about, shape, region if about.id == near else "", sure=bool(sure))
        for about, shape in sorted(sure or hits.values(), key=_by_likelihood)
    ]


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


def _near(
    word: Word, origins: List[Tuple[str, str]], hits: Mapping[str, object]
) -> Tuple[str, str]:
    """Provider and region by the addresses in the text, else by the variable's name."""
    ours = dict.fromkeys(origin for origin in origins if origin[0] in hits)
    if len({name for name, _ in ours}) == 1:
        return next(iter(ours)) if len(ours) == 1 else (next(iter(ours))[0], "")
    named = _NAMED_BEFORE.search(word.before)
    if named is None or (origins and not ours):
        return "", ""
    return variable(named[1]) or ("", "")


def _key(word: str, about: Provider, shape: Shape, region: str, sure: bool) -> Finding:
    note = _SHARED if not sure and word.startswith("sk-") else None
    credential = Credential(shape.kind, word, expires_at=jwt.expiry(word))
    return Finding(about.id, credential, shape.what, shape.region or region, sure=sure, note=note)


def _chosen(words: Iterable[Word], wanted: Provider) -> Optional[Finding]:
    """A key that has a form of this provider and is nobody else's for sure."""
    for word, *_ in words:
        if len(word) > _LONGEST_KEY or strangers.said([word]) or login.bare(word):
            continue
        if any(shape.sure and _fits(shape, word) for _, shape in _shapes()):
            continue
        for shape in wanted.shapes:
            if shape.kind == "api_key" and _fits(shape, word):
                return _key(word, wanted, shape, "", sure=False)
    return None


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
    add_en = add_zh = f"headroom add {about.id}"
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
