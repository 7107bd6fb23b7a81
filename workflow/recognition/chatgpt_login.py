"""A ChatGPT login in what was pasted: session cookies, a session document, a bare token.

The document is ``{"user": {…}, "expires": "…", "account": {"id": "…", "structure": "…"},
"accessToken": "…", "sessionToken": "…"}`` as JSON, or as a browser's console prints an object; that
of Codex is ``{"tokens": {"access_token": "…", "account_id": "…"}}``. No message has any part of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import (
    Any,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
)

from ..chatgpt import cookies, jars
from ..chatgpt import token as tokens
from ..chatgpt.jars import Jar
from ..errors import Mistake
from ..i18n.message import Message, _
from ..models import Credential
from ..pasted import cleaning
from ..pasted.addresses import Surroundings
from ..pasted.cleaning import LONGEST_WORD, Part, is_shortened
from ..provider.reading import mapping, moment

PROVIDER = cookies.PROVIDER
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

_DOCUMENTS = ("accessToken", "sessionToken", "access_token", "RefreshAccessTokenError")

_ACCESS = _("ChatGPT access token")
_ACCESS_OF_CODEX = _("ChatGPT access token of Codex")
_PERSONAL = _("Codex access token (at-…)")
_BARE_SESSION = _("ChatGPT session token")
_SIGNED_OUT: Message = _(
    "there is no accessToken in it: the browser is not logged in; log in at https://chatgpt.com, reload the page and run the command again, or copy the session cookie"
)
_RELOGIN: Message = _(
    "this session has ended (RefreshAccessTokenError); log out and in again at https://chatgpt.com and copy it anew"
)
_CUT: Message = _(
    "the session cookie is incomplete: its end is missing; copy its whole value again from chatgpt.com"
)
_MIXED: Message = _(
    "parts of several sessions are mixed in it; copy the cookies of one browser or one request"
)
_OVER: Message = _("the session cookie has expired; log in at https://chatgpt.com and copy it anew")
_NO_SESSION: Message = _(
    "these cookies hold no session: it is hidden from scripts; copy __Secure-next-auth.session-token from DevTools → Application → Cookies, or a request with Copy as cURL"
)
_COMMAND: Message = _(
    "this is the console command itself; run it in the console of https://chatgpt.com and copy what it prints"
)


@dataclass(frozen=True)
class Login:
    """What lets Tankful ask chatgpt.com. Its repr never shows a secret."""

    credential: Credential
    what: Message
    workspace: str = field(default="", repr=False)
    sure: bool = True  # False: a token that does not say that it is ChatGPT's
    codex: bool = False


@dataclass(frozen=True)
class Told:
    """What a session document says."""

    access: str = field(default="", repr=False)
    session: str = field(default="", repr=False)
    expires: Optional[datetime] = None
    workspace: str = field(default="", repr=False)
    selected: bool = False  # the workspace is not the personal one
    codex: bool = False
    cut: bool = False  # it has a session that is incomplete
    host: str = ""  # the site whose answer this is, where it is another one


@dataclass(frozen=True)
class Found:
    """The logins in a text, and why others in it cannot be used."""

    logins: Tuple[Login, ...] = ()
    host: str = ""  # another site whose session is in it
    trouble: Optional[Message] = None
    values: FrozenSet[str] = field(default=frozenset(), repr=False)  # cookies, which are no keys


def find(
    text: str, document: object = None, parts: Sequence[Part] = (), now: Optional[datetime] = None
) -> Found:
    """The logins in a document, or in any other text.

    Args:
        text: what was pasted.
        document: the same, read as JSON.
        parts: the texts in it, with what stands around them.
        now: aware UTC; with it a session that has expired is no login.
    """
    try:
        told = list(_all_told(text, document))
    except Mistake as error:
        return Found(trouble=error.message)
    found = jars.jars(text, document, parts, now)
    values = frozenset(value for jar in found for value in jar.values.values())
    sessions, trouble = _sessions(found, now)
    foreign = [jar.host for jar in found if jar.has_session() and not jar.is_ours]
    foreign += [one.host for one in told if one.host and not one.access]
    mine = [one for one in told if one.access or (one.session and not one.host)]
    logins = _logins(mine, sessions, _bearer(text))
    if not logins and not trouble and any(one.cut for one in told):
        trouble = _CUT
    return Found(tuple(logins), next(iter(foreign), ""), trouble, values)


def _sessions(
    told: Iterable[Jar], now: Optional[datetime]
) -> Tuple[List[cookies.Session], Optional[Message]]:
    """The whole sessions, each once, and why another one cannot be used."""
    found: Dict[str, cookies.Session] = {}
    trouble: Optional[Message] = None
    for jar in told:
        if not (jar.is_ours and jar.has_session()):
            continue
        try:
            held = cookies.session(jar.values)
            words = _unusable(jar, held, now)
        except Mistake as error:
            held, words = None, _MIXED if jar.is_mixed else error.message
        trouble = trouble or words
        if held is not None and words is None:
            found.setdefault(held.token, held)
    return list(found.values()), trouble


def _unusable(
    jar: Jar, held: Optional[cookies.Session], now: Optional[datetime]
) -> Optional[Message]:
    if jar.is_mixed:
        return _MIXED
    if held is not None and cookies.is_cut(held.token):
        return _CUT
    return _OVER if now and jar.expires and jar.expires <= now else None


def _logins(told: Sequence[Told], sessions: Sequence[cookies.Session], bearer: str) -> List[Login]:
    """A session and a token that stand alone belong together; of several each is its own."""
    has_session = any(one.session for one in told)
    one = told[0] if told else Told()
    if len(sessions) == 1 and len(told) <= 1 and not has_session and not one.codex:
        return [_with_session(_selected(sessions[0], one), one, one.access or bearer)]
    found = [_as_told(each, bearer if len(told) == 1 else "") for each in told]
    if has_session:  # the document names the session of the same browser
        return found
    return [*found, *(_with_session(held, Told(), "") for held in sessions)]


def _as_told(told: Told, bearer: str) -> Login:
    held = (
        cookies.session({cookies.session_cookie_names()[0]: told.session}) if told.session else None
    )
    if held is None or told.host:
        return _with_token(told)
    return _with_session(_selected(held, told), told, told.access or bearer)


def _selected(held: cookies.Session, told: Told) -> cookies.Session:
    """The session with the cookie that selects the workspace of the document."""
    if not told.selected or "; _account=" in held.cookie:
        return held
    return replace(held, cookie=f"{held.cookie}; _account={told.workspace}")


def bare(word: str) -> Optional[Login]:
    """The login that a single token is: an access token of three parts, or a session of five."""
    if _is_ours(word):
        return _with_token(Told(access=word))
    if cookies.is_complete(word):
        return Login(Credential("session", "", cookies.named(word)), _BARE_SESSION)
    return None


def bare_token(word: str) -> bool:
    """Whether this is an access token that says itself that it is ChatGPT's."""
    return word.startswith("eyJ") and _is_ours(word)


def absent(text: str, document: object) -> Optional[Message]:
    """Why there is no login in something that comes from chatgpt.com."""
    if document == {} or ("WARNING_BANNER" in text and not re.search(r"\buser\b", text)):
        return _SIGNED_OUT
    if "/api/auth/session" in text and ("fetch(" in text or ".then(" in text):
        return _COMMAND
    return _NO_SESSION if document != [] and jars.jars(text, document) else None


def _all_told(text: str, document: object) -> Iterator[Told]:
    """What each session document in a text says. Raises Mistake for that of a dead session."""
    if not any(name in text for name in _DOCUMENTS):
        return
    if isinstance(document, (dict, list)):
        for found, around in cleaning.objects(document):
            if isinstance(found, dict):
                yield from _told(found, around)
        return
    told: Dict[str, str] = {}
    for match in _TOLD.finditer(text) if "accessToken" in text else ():
        if not told.get(match[1]) or is_shortened(told[match[1]]):
            told[match[1]] = match[2]
    if "accessToken" not in told:
        return
    account = _ACCOUNT.search(text)
    yield from _browser({**told, "account": {"id": account[1]} if account else None}, ())


def _told(found: Mapping[str, Any], around: cleaning.Around) -> Iterator[Told]:
    """What this object says as a session document, or as the text of one in a field."""
    tokens = mapping(found.get("tokens"))
    if tokens.get("access_token"):
        access, workspace = _whole(tokens["access_token"]), _workspace(tokens.get("account_id"))
        yield from [Told(access, workspace=workspace, codex=True)] if access else []
    personal = _whole(found.get("personal_access_token"))
    if personal:
        yield Told(personal, codex=True)
    if any(name in found for name in ("accessToken", "sessionToken", "error")):
        yield from _browser(found, around)
    for value in found.values():
        if isinstance(value, str) and '"accessToken"' in value and value.lstrip()[:1] == "{":
            inner = cleaning.opened(value)[1]
            yield from _browser(inner, around) if isinstance(inner, dict) else ()


def _browser(document: Mapping[str, Any], around: cleaning.Around) -> Iterator[Told]:
    if document.get("error") == "RefreshAccessTokenError":
        raise Mistake(_RELOGIN)
    account = mapping(document.get("account"))
    workspace = _workspace(account.get("id"))
    access, session = _whole(document.get("accessToken")), _whole(document.get("sessionToken"))
    cut = bool(document.get("sessionToken")) and not session
    beside = Surroundings("", around).beside(0)
    if access or session or cut:
        yield Told(
            access=access,
            session="" if cut else session,
            expires=moment(document.get("expires")),
            workspace=workspace,
            selected=bool(workspace) and account.get("structure") == "workspace",
            cut=cut,
            host=beside.host if beside and not cookies.is_ours(beside.host) else "",
        )


def _workspace(value: object) -> str:
    return str(value) if cookies.is_workspace(value) else ""


def _whole(value: object) -> str:
    """A token that is not shortened, else ""."""
    if not isinstance(value, str) or len(value) > LONGEST_WORD or "..." in value:
        return ""
    return value if _TOKEN.fullmatch(value) else ""


def _bearer(text: str) -> str:
    found = _BEARER.search(text)
    return found[1] if found and _is_ours(found[1]) else ""


def _is_ours(token: str) -> bool:
    return tokens.CHATGPT in tokens.claims(token)


def _with_session(held: cookies.Session, told: Told, access: str) -> Login:
    what = _("ChatGPT session cookie")
    if held.chunks > 1:
        what = _("{cookie} ({count} chunks)", cookie=what, count=held.chunks)
    if access:
        what = _("{cookie} and access token", cookie=what)
    credential = Credential(
        "session", access, held.cookie, tokens.expiry(access), session_expires_at=told.expires
    )
    return Login(credential, what, told.workspace or held.workspace)


def _with_token(told: Told) -> Login:
    is_personal = told.access.startswith("at-")
    what = _ACCESS_OF_CODEX if told.codex else _ACCESS
    return Login(
        Credential("access_token", told.access, expires_at=tokens.expiry(told.access)),
        _PERSONAL if is_personal else what,
        told.workspace,
        sure=is_personal or _is_ours(told.access),
        codex=told.codex and not is_personal,
    )
