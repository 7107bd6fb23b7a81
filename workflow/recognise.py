"""What did the user paste? Which provider, which kind of credential, which region.

People paste keys with quotes, ``Bearer``, ``export X=`` and line breaks around them; cookies as a
header, a table row, an export or a whole "Copy as cURL"; sessions as JSON or as a browser's console
prints an object. Nothing is asked of anybody: a form that several vendors share is a question for
the user. No message carries any part of what was pasted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from . import codec, cookies, jwt
from . import provider as providers
from .cookies import renamed, session_cookie_names
from .errors import Mistake, Words, WrongCredential
from .models import Credential, Phrase
from .payload import mapping, moment
from .provider import Provider, Shape

__all__ = [
    "VARIABLES",
    "Finding",
    "Unrecognised",
    "hosts",
    "read",
    "recognise",
    "renamed",
    "session_cookie_names",
    "variable",
]

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
_LONGEST_TOKEN = 16 * 1024
_MOST_LINES = 300  # that one key is broken into
_MOST_WORDS = 300  # candidates in one text

_FOREIGN: Tuple[Tuple[str, str, str], ...] = (  # form, whose, our provider that it resembles
    (r"sk-ant-admin[\w-]{4,}", "Anthropic (Admin key)", ""),
    (r"sk-ant-[\w-]{4,}", "Anthropic / Claude", ""),
    (r"sk-or-[\w-]{4,}", "OpenRouter", ""),
    (r"sess-[\w-]{8,}", "OpenAI (dashboard session, sess-…)", "openai"),
    (r"mmo[ar]t_[\w-]{4,}", "MiniMax Code (sign-in token)", "minimax"),
    (r"fc-[\w-]{16,}", "Firecrawl", ""),
    (r"gsk_[\w-]{8,}", "Groq", ""),
    (r"xai-[\w-]{8,}", "xAI", ""),
    (r"pplx-[\w-]{8,}", "Perplexity", ""),
    (r"wk-[\w.-]{16,}", "Warp", ""),
    (r"fw_[\w-]{16,}", "Fireworks", ""),
    (r"syn_[\w-]{8,}", "Synthetic", ""),
    (r"sk_[\w-]{16,}", "ElevenLabs", ""),
    (r"AIza[\w-]{20,}", "Google Gemini", ""),
    (r"(?:gh[opurs]_|github_pat_)[\w-]{8,}", "GitHub", ""),
)
_FOREIGN_FORMS = tuple((re.compile(form, re.ASCII), owner, ours) for form, owner, ours in _FOREIGN)

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|\x1b\\[20[01]~"  # bracketed paste
)
_KEY = r"A-Za-z0-9_.\-+/~$%*@!#^"
_WORD = re.compile(rf"(?<![A-Za-z0-9_])[A-Za-z0-9_][{_KEY}]{{5,}}")
_LINE = re.compile(rf"[{_KEY}]+")  # what a key that was broken into lines goes on with
_GLUED = re.compile(r"[^\s!-~，。、；：！？（）【】《》“”‘’「」…•●]{1,40}[A-Za-z0-9]")
_SPACED = re.compile(r" {1,4}([A-Za-z0-9][\w.+/-]*)(?![\w.+/=:-])", re.ASCII)
_SHORTENED = re.compile(r"…|\.\.\.|\*\*\*|[•●]{2}")
_NAMED_BEFORE = re.compile(r"([A-Z][A-Z0-9_]{2,60})[\"']?\s*[=:]\s*[\"'“]?(?:Bearer\s+)?\Z")
_ORIGIN = re.compile(r"https?://([A-Za-z0-9.-]{1,100})")
_TOLD = re.compile(  # as a console prints an object, and as broken or escaped JSON has it
    r"\b(accessToken|sessionToken|expires|error)\\?[\"']?\s{0,8}:\s{0,40}\\?[\"'“‘]"
    r"([^\"'”’\s\\]{1,20000})"
)
_ACCOUNT = re.compile(
    r"\baccount\\?[\"']?\s{0,8}:\s{0,40}(?:Object\s?)?\{\s{0,40}\\?[\"']?id\\?[\"']?\s{0,8}:\s{0,8}"
    r"\\?[\"']([\w-]{8,64})"
)
_BEARER = re.compile(r"(?i)\bbearer\s{1,8}(eyJ[\w-]+\.[\w-]+\.[\w-]+)", re.ASCII)
_TOKEN = re.compile(r"[\w.~+/=-]{20,}", re.ASCII)
_AROUND = "\"'`“”‘’,; \t\r\n"  # what may stand around the whole
_BUTTONS = frozenset(
    ["copy", "copied", "done", "show", "hide", "edit", "delete", "close", "revoke"]
)


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


class Unrecognised(Mistake):
    """There is no credential in it that Headroom can use; ``words`` says why and what next."""


Shapes = Tuple[Tuple[Provider, Shape], ...]


class _Word(NamedTuple):
    """A piece of the text that may be a key, and what stands around it."""

    text: str
    before: str
    after: str

    def __repr__(self) -> str:
        return "_Word()"


@dataclass(frozen=True)
class _Told:
    """What a session document says."""

    access: str = field(default="", repr=False)
    session: str = field(default="", repr=False)
    expires: Optional[datetime] = None
    workspace: str = ""
    selected: bool = False  # the workspace is not the personal one
    codex: bool = False


@dataclass(frozen=True)
class _Seen:
    """Everything that is in a text."""

    findings: Tuple[Finding, ...] = ()
    words: Tuple[_Word, ...] = field(default=(), repr=False)
    trouble: Optional[Words] = None  # why a session in it cannot be used
    doubt: Optional[Words] = None  # why a key in it cannot be used


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
_NOTHING: Words = (
    "no credential that Headroom knows is in it; choose the provider and paste its key: headroom add PROVIDER",
    "没有找到可识别的凭证；请选择服务并粘贴其密钥：headroom add 服务名",
)
_EMPTY: Words = (
    "nothing was pasted; copy the credential and try again",
    "没有粘贴任何内容；请复制凭证后重试",
)
_SHORTENED_WORDS: Words = (
    "what was copied is shortened or masked (…); copy the whole value: in a browser's console right-click the object → Copy object, or run copy(…) around the value; a masked key has to be made anew",
    "复制的内容被截断或遮盖（…）；请复制完整的值：在浏览器控制台右键对象 → 复制对象，或用 copy(…)；被遮盖的密钥需要新建",
)
_BROKEN: Words = (
    "the credential is incomplete, or has a space or a foreign character inside; copy it again, whole",
    "凭证不完整，或中间有空格、异常字符；请重新完整复制",
)
_SIGNED_OUT: Words = (
    "there is no accessToken in it: the browser is not logged in; log in at https://chatgpt.com, reload the page and run the command again, or copy the session cookie",
    "其中没有 accessToken：浏览器未登录；请登录 https://chatgpt.com、刷新页面后重新执行命令，或改用会话 Cookie",
)
_RELOGIN: Words = (
    "this session has ended (RefreshAccessTokenError); log out and in again at https://chatgpt.com and copy it anew",
    "此会话已失效（RefreshAccessTokenError）；请在 https://chatgpt.com 重新登录后再复制",
)
_NO_SESSION: Words = (
    "these cookies hold no session: it is hidden from scripts; copy __Secure-next-auth.session-token from DevTools → Application → Cookies, or a request with Copy as cURL",
    "这些 Cookie 中没有会话（脚本读不到它）；请从 DevTools → Application → Cookies 复制 __Secure-next-auth.session-token，或使用 Copy as cURL",
)
_COMMAND: Words = (
    "this is the console command itself; run it in the console of https://chatgpt.com and copy what it prints",
    "这是控制台命令本身；请在 https://chatgpt.com 的控制台执行它，再复制输出结果",
)


def recognise(pasted: str, now: Optional[datetime] = None) -> Tuple[Finding, ...]:
    """All readings of what was pasted, the likeliest first. Raises Unrecognised.

    Args:
        pasted: whatever the user copied.
        now: aware UTC; with it a token that has already expired gets a note.
    """
    seen = _look(pasted, now)
    if seen.findings:
        return seen.findings
    foreign = _foreign(seen.words)
    raise Unrecognised(foreign or seen.trouble or seen.doubt or _NOTHING)


def read(pasted: str, provider_id: str, now: Optional[datetime] = None) -> Finding:
    """The credential for this provider in what was pasted.

    Raises WrongCredential when it belongs elsewhere, and says where; Unrecognised when nothing in it
    is well-formed.
    """
    wanted = providers.about(provider_id)
    seen = _look(pasted, now)
    mine = next((found for found in seen.findings if found.provider == provider_id), None)
    mine = mine or _chosen(seen.words, wanted)
    if mine is not None:
        return mine if mine.sure else replace(mine, note=None)
    stray = next((found for found in seen.findings if _is_stray(found, wanted)), None)
    words = _stray_words(stray, wanted) if stray else _foreign(seen.words)
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


def _look(pasted: str, now: Optional[datetime]) -> _Seen:
    """The text with a broken line mended, else as it is."""
    text = _cleaned(pasted)
    mended = _mended(text)
    first = _seen(mended, now)
    return first if first.findings or mended == text else _seen(text, now)


def _cleaned(pasted: str) -> str:
    """Without what is invisible, and without the quoting of a shell."""
    if len(pasted) > LONGEST:
        raise Unrecognised(_TOO_LONG)
    text = pasted if pasted.isascii() and "\x1b" not in pasted else _INVISIBLE.sub("", pasted)
    text = text.replace("：", ":").replace("＝", "=").strip()
    if not text:
        raise Unrecognised(_EMPTY)
    if '^"' in text:  # cmd
        text = "^".join(part.replace("^", "") for part in re.sub(r"\^\r?\n", " ", text).split("^^"))
    if "$'" in text:  # bash
        text = re.sub(r"\\u00([2-7][0-9a-fA-F])", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r"\\\r?\n", " ", text)


def _mended(text: str) -> str:
    """Lines of one key or cookie joined; the text itself when they are something else."""
    lines = [line.strip(_AROUND) for line in text.splitlines()]
    first, *more = [line for line in lines if line] or [""]
    if not 1 <= len(more) <= _MOST_LINES or not all(_LINE.fullmatch(line) for line in more):
        return text
    shapes = _shapes()
    if any(line.lower() in _BUTTONS or _is_key(line, shapes) for line in more):
        return text
    return first + "".join(more)


def _seen(text: str, now: Optional[datetime]) -> _Seen:
    text, document = _opened(text)
    try:
        session = _session(text, document, now)
    except Mistake as error:
        return _Seen(trouble=error.words)
    if session and not _is_codex(document):
        return _Seen(session)
    if session:  # of Codex, whose other tokens are not for us
        text = f"OPENAI_API_KEY={mapping(document).get('OPENAI_API_KEY')}"
    words = tuple(_words(text))
    shapes, origins = _shapes(), hosts(text)
    damaged = {word for word in words if _is_damaged(word, shapes)}
    whole = tuple(word for word in words if word not in damaged)
    findings = _distinct([*session, *_readings(whole, shapes, origins, now)])
    if findings:
        return _Seen(findings, whole)
    hurt = any(_is_key(word.text, shapes) for word in damaged) or any(
        word.text.startswith("eyJ") for word in whole
    )
    return _Seen((), whole, _absent(text, document), _doubt(text, hurt))


def _opened(text: str) -> Tuple[str, Any]:
    """The text and, when it is JSON, the document in it; JSON in a JSON string is unpacked."""
    for _ in range(2):
        bare = text.strip("'`“”‘’; \t\r\n")
        document = _json(bare) if bare[:1] in ("{", "[", '"') else None
        if not isinstance(document, str):
            return text, document
        text = _INVISIBLE.sub("", document).strip()
    return text, None


def _json(text: str) -> Any:
    try:
        return codec.loads(text.encode())
    except ValueError:
        return None


def _doubt(text: str, hurt: bool) -> Optional[Words]:
    if any(mark in text for mark in ("…", "...", "***", "••", "●●")):
        return _SHORTENED_WORDS
    return _BROKEN if hurt else None


def _absent(text: str, document: object) -> Optional[Words]:
    """Why there is no session in something that comes from chatgpt.com."""
    if document == {} or ("WARNING_BANNER" in text and not re.search(r"\buser\b", text)):
        return _SIGNED_OUT
    if "/api/auth/session" in text and ("fetch(" in text or ".then(" in text):
        return _COMMAND
    return _NO_SESSION if document != [] and cookies.pairs(text, document) else None


def _session(text: str, document: object, now: Optional[datetime]) -> Tuple[Finding, ...]:
    """The ChatGPT session in a document or in cookies. Raises Mistake when it cannot be used."""
    told = _told(text, document)
    found = cookies.pairs(text, document)
    if told.session:
        found = {cookies.session_cookie_names()[0]: told.session}
    if told.selected:
        found.setdefault("_account", told.workspace)
    held = cookies.session(found)
    if held is None:
        return (_token_finding(told, now),) if told.access else ()
    bearer = _BEARER.search(text)
    access = told.access or (bearer[1] if bearer and jwt.CHATGPT in jwt.claims(bearer[1]) else "")
    workspace = told.workspace or held.workspace
    credential = Credential(
        "session", access, held.cookie, jwt.expiry(access), session_expires_at=told.expires
    )
    scope = {"workspace": workspace} if workspace else {}
    return (Finding("chatgpt", credential, _session_name(held.chunks, bool(access)), scope=scope),)


def _session_name(chunks: int, with_token: bool) -> Phrase:
    en, zh = "ChatGPT session cookie", "ChatGPT 会话 Cookie"
    if chunks > 1:
        en, zh = f"{en} ({chunks} chunks)", f"{zh}（{chunks} 段）"
    return (
        Phrase(f"{en} and access token", f"{zh} 与 accessToken") if with_token else Phrase(en, zh)
    )


def _token_finding(told: _Told, now: Optional[datetime]) -> Finding:
    what = Phrase("ChatGPT access token", "ChatGPT accessToken")
    if told.codex:
        what = Phrase("ChatGPT access token of Codex", "Codex 的 ChatGPT accessToken")
    expires = jwt.expiry(told.access)
    note = _READ_ONLY if told.codex else None
    return Finding(
        "chatgpt",
        Credential("access_token", told.access, expires_at=expires),
        what,
        scope={"workspace": told.workspace} if told.workspace else {},
        sure=jwt.CHATGPT in jwt.claims(told.access),
        note=_EXPIRED if now and expires and expires <= now else note,
    )


def _told(text: str, document: object) -> _Told:
    """What a session document says. Raises Mistake for the document of a dead session."""
    if isinstance(document, dict):
        return _from_codex(document) if _is_codex(document) else _from_json(document)
    if "accessToken" not in text:
        return _Told()
    told: Dict[str, str] = {}
    for match in _TOLD.finditer(text):
        if not told.get(match[1]) or _SHORTENED.search(told[match[1]]):
            told[match[1]] = match[2]
    if "accessToken" not in told:
        return _Told()
    account = _ACCOUNT.search(text)
    return _from_json({**told, "account": {"id": account[1]} if account else None})


def _from_json(document: Mapping[str, Any]) -> _Told:
    if document.get("error") == "RefreshAccessTokenError":
        raise Mistake(_RELOGIN)
    account = mapping(document.get("account"))
    workspace = account["id"] if cookies.is_workspace(account.get("id")) else ""
    return _Told(
        access=_whole(document.get("accessToken")),
        session=_whole(document.get("sessionToken")),
        expires=moment(document.get("expires")),
        workspace=workspace,
        selected=bool(workspace) and account.get("structure") == "workspace",
    )


def _from_codex(document: Mapping[str, Any]) -> _Told:
    tokens = mapping(document.get("tokens"))
    workspace = tokens.get("account_id")
    return _Told(
        access=_whole(tokens.get("access_token")),
        workspace=str(workspace) if cookies.is_workspace(workspace) else "",
        codex=True,
    )


def _is_codex(document: object) -> bool:
    return bool(mapping(mapping(document).get("tokens")).get("access_token"))


def _whole(value: object) -> str:
    """A token that is not shortened, else ""."""
    if not isinstance(value, str) or len(value) > _LONGEST_TOKEN or "..." in value:
        return ""
    return value if _TOKEN.fullmatch(value) else ""


def _words(text: str) -> Iterator[_Word]:
    """The pieces of a text that may be keys, each once."""
    seen = set()
    for match in _WORD.finditer(text):
        word = match[0].rstrip(".*!~")
        if word in seen or len(word) > _LONGEST_TOKEN or not _may_be_key(word):
            continue
        start, end = match.start(), match.start() + len(word)
        yield _Word(word, text[max(0, start - 90) : start], text[end : end + 64])
        seen.add(word)
        if len(seen) >= _MOST_WORDS:
            return


def _may_be_key(word: str) -> bool:
    return len(word) >= 20 or "-" in word or "_" in word or "." in word


def _is_damaged(word: _Word, shapes: Shapes) -> bool:
    """Whether this is only a part of what the user meant to copy."""
    if _SHORTENED.match(word.after) or "..." in word.text or word.before.endswith(("…", "...")):
        return True
    if _GLUED.match(word.after):
        return True
    following = _SPACED.match(word.after)
    if following is None or _is_key(following[1], shapes):
        return False
    return not word.before or any(letter.isdigit() for letter in following[1])


def _shapes() -> Shapes:
    return tuple(
        (about, shape) for about in providers.everything().values() for shape in about.shapes
    )


def _readings(
    words: Tuple[_Word, ...],
    shapes: Shapes,
    origins: List[Tuple[str, str]],
    now: Optional[datetime],
) -> List[Finding]:
    found = [reading for word in words for reading in _reading(word, shapes, origins, now)]
    return sorted(found, key=lambda finding: not finding.sure)


def _reading(
    word: _Word,
    shapes: Shapes,
    origins: List[Tuple[str, str]],
    now: Optional[datetime],
) -> List[Finding]:
    """Whose credential this word may be; one reading when its form or its surroundings tell."""
    if word.text.startswith("eyJ"):
        token = _token(word.text, now)
        if token or not jwt.claims(word.text):
            return token
    elif len(word.text) > _LONGEST_KEY:
        return []
    hits = _hits(word.text, shapes)
    sure = [hit for hit in hits.values() if hit[1].sure]
    if not sure and _foreign((word,)):
        return []
    near, region = _near(word, origins, hits)
    if not sure and near in hits:
        return [_key(word.text, *hits[near], region, sure=True)]
    return [
        _key(word.text, *hit, region if hit[0].id == near else "", sure=bool(sure))
        for hit in sorted(
            sure or hits.values(), key=lambda hit: (hit[1].kind != "api_key", hit[0].id)
        )
    ]


def _hits(word: str, shapes: Shapes) -> Dict[str, Tuple[Provider, Shape]]:
    """The first form of each provider that this word has."""
    found: Dict[str, Tuple[Provider, Shape]] = {}
    for about, shape in shapes:
        if about.id not in found and _fits(shape, word):
            found[about.id] = (about, shape)
    return found


def _is_key(word: str, shapes: Shapes) -> bool:
    """Whether another credential stands here, whoever it belongs to."""
    if len(word) > _LONGEST_KEY:
        return False
    return cookies.is_complete(word) or any(_fits(shape, word) for _, shape in shapes)


def _fits(shape: Shape, word: str) -> bool:
    if shape.kind == "session" or (shape.kind != "api_key" and not word.startswith("eyJ")):
        return False
    return shape.pattern.fullmatch(word) is not None


def _key(word: str, about: Provider, shape: Shape, region: str, sure: bool) -> Finding:
    note = _SHARED if not sure and word.startswith("sk-") else None
    credential = Credential(shape.kind, word, expires_at=jwt.expiry(word))
    return Finding(about.id, credential, shape.what, shape.region or region, sure=sure, note=note)


def _near(
    word: _Word, origins: List[Tuple[str, str]], hits: Mapping[str, object]
) -> Tuple[str, str]:
    """Provider and region by the addresses in the text, else by the variable's name."""
    ours = dict.fromkeys(origin for origin in origins if origin[0] in hits)
    if len({name for name, _ in ours}) == 1:
        return next(iter(ours)) if len(ours) == 1 else (next(iter(ours))[0], "")
    named = _NAMED_BEFORE.search(word.before)
    if named is None or (origins and not ours):
        return "", ""
    return variable(named[1]) or ("", "")


def variable(name: str) -> Optional[Tuple[str, str]]:
    """Provider and region by the name of a variable that holds a key."""
    provider_id = name[: -len("_API_KEY")].lower() if name.endswith("_API_KEY") else ""
    own = (provider_id, "") if provider_id in providers.names() else None
    return VARIABLES.get(name, own)


def _token(word: str, now: Optional[datetime]) -> List[Finding]:
    """A bare token of ChatGPT: an access token of three parts, or a session of five."""
    if jwt.CHATGPT in jwt.claims(word):
        return [_token_finding(_Told(access=word), now)]
    if not cookies.is_complete(word):
        return []
    what = Phrase("ChatGPT session token", "ChatGPT 会话 token")
    return [Finding("chatgpt", Credential("session", "", cookies.named(word)), what)]


def _chosen(words: Tuple[_Word, ...], wanted: Provider) -> Optional[Finding]:
    """A key that has a form of this provider and is nobody else's for sure."""
    sure = [shape for _, shape in _shapes() if shape.sure]
    for word in words:
        if len(word.text) > _LONGEST_KEY or _foreign((word,)) or _token(word.text, None):
            continue
        if any(_fits(shape, word.text) for shape in sure):
            continue
        for shape in wanted.shapes:
            if shape.kind == "api_key" and _fits(shape, word.text):
                return _key(word.text, wanted, shape, "", sure=False)
    return None


def _distinct(found: List[Finding]) -> Tuple[Finding, ...]:
    return tuple(
        {
            (one.provider, one.credential.secret, one.credential.cookie): one
            for one in reversed(found)
        }.values()
    )[::-1]


def _foreign(words: Tuple[_Word, ...]) -> Optional[Words]:
    """What to say of the first key of somebody whom Headroom does not cover."""
    for word in words:
        for form, owner, ours in _FOREIGN_FORMS:
            if len(word.text) <= _LONGEST_KEY and form.fullmatch(word.text):
                return _foreign_words(owner, ours)
        if word.text.startswith("eyJ") and jwt.claims(word.text).get("app_id") == "kimi":
            return _foreign_words("kimi.com (web login)", "kimi")
    return None


def _foreign_words(owner: str, ours: str) -> Words:
    if not ours:
        return (
            f"this is a credential of {owner}, which Headroom does not cover",
            f"这是 {owner} 的凭证；Headroom 不支持该服务",
        )
    about = providers.about(ours)
    page = about.keys_page("")
    return (
        f"this is a credential of {owner}, which tells nothing of the API; {about.name} needs: {about.needs.en} ({page})",
        f"这是 {owner} 的凭证，无法查询用量；{about.name} 需要：{about.needs.zh}（{page}）",
    )


def _is_stray(found: Finding, wanted: Provider) -> bool:
    """Whether this belongs elsewhere so clearly that it is said."""
    return found.sure or (wanted.id == "chatgpt" and found.provider == "openai")


def _stray_words(found: Finding, wanted: Provider) -> Words:
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
