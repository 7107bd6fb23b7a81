"""Finds ChatGPT logins in pasted text: session cookies, a session document, a bare token.

A session document is ``{"user": {…}, "expires": "…", "account": {"id": "…", "structure": "…"}, "accessToken":
"…", "sessionToken": "…"}``, as JSON or as a browser's console prints an object. Codex's is ``{"tokens":
{"access_token": "…", "account_id": "…"}}``. No message contains any part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

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
from ..records import dataclass, field, replace

PROVIDER = cookies.PROVIDER
_FIELD = re.compile(  # a field of an object in a console, or of broken or escaped JSON
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
    "this session has ended (RefreshAccessTokenError); log out and in again at "
    "https://chatgpt.com and copy it again"
)
_CUT: Message = _(
    "the session cookie is incomplete: its end is missing; copy its whole value again from chatgpt.com"
)
_MIXED: Message = _(
    "parts of several sessions are mixed in it; copy the cookies of one browser or one request"
)
_OVER: Message = _(
    "the session cookie has expired; log in at https://chatgpt.com and copy it again"
)
_NO_SESSION: Message = _(
    "these cookies hold no session: it is hidden from scripts; copy __Secure-next-auth.session-token from DevTools → Application → Cookies, or a request with Copy as cURL"
)
_COMMAND: Message = _(
    "this is the console command itself; run it in the console of https://chatgpt.com and copy what it prints"
)


@dataclass(frozen=True)
class Login:
    """A credential for chatgpt.com. Its repr never shows a secret."""

    credential: Credential
    what: Message
    workspace: str = field(default="", repr=False)
    sure: bool = True  # False: the token's claims do not show that it is ChatGPT's
    codex: bool = False


@dataclass(frozen=True)
class SessionDocument:
    """The contents of a session document."""

    access: str = field(default="", repr=False)
    session: str = field(default="", repr=False)
    expires: datetime | None = None
    workspace: str = field(default="", repr=False)
    selected: bool = False  # the workspace is not the personal one
    codex: bool = False
    cut: bool = False  # its session is incomplete
    host: str = ""  # the site that answered, if it is not OpenAI's


@dataclass(frozen=True)
class Logins:
    """The logins in a text, and the reason why others in it cannot be used."""

    logins: tuple[Login, ...] = ()
    host: str = ""  # another site, if the text contains a session of it
    trouble: Message | None = None
    values: frozenset[str] = field(default=frozenset(), repr=False)  # of cookies, which are no keys


def find(
    text: str, document: object = None, parts: Sequence[Part] = (), now: datetime | None = None
) -> Logins:
    """Find the logins in a document, or in any other text.

    Args:
        text: the pasted text.
        document: the same text parsed as JSON, if it is JSON.
        parts: the texts in the document, with their surroundings.
        now: aware UTC; if given, an expired session does not count.
    """
    try:
        documents = list(_documents(text, document))
    except Mistake as error:
        return Logins(trouble=error.message)
    cookie_jars = jars.jars(text, document, parts, now)
    values = frozenset(value for jar in cookie_jars for value in jar.values.values())
    sessions, trouble = _sessions(cookie_jars, now)
    foreign = [jar.host for jar in cookie_jars if jar.has_session() and not jar.is_ours]
    foreign += [one.host for one in documents if one.host and not one.access]
    mine = [one for one in documents if one.access or (one.session and not one.host)]
    logins = _logins(mine, sessions, _bearer(text))
    if not logins and not trouble and any(one.cut for one in documents):
        trouble = _CUT
    return Logins(tuple(logins), next(iter(foreign), ""), trouble, values)


def _sessions(
    cookie_jars: Iterable[Jar], now: datetime | None
) -> tuple[list[cookies.Session], Message | None]:
    """Return the complete sessions, each once, and the reason why another one cannot be used."""
    sessions: dict[str, cookies.Session] = {}
    trouble: Message | None = None
    for jar in cookie_jars:
        if not (jar.is_ours and jar.has_session()):
            continue
        try:
            held = cookies.session(jar.values)
            problem = _unusable(jar, held, now)
        except Mistake as error:
            held, problem = None, _MIXED if jar.is_mixed else error.message
        trouble = trouble or problem
        if held is not None and problem is None:
            sessions.setdefault(held.token, held)
    return list(sessions.values()), trouble


def _unusable(jar: Jar, held: cookies.Session | None, now: datetime | None) -> Message | None:
    if jar.is_mixed:
        return _MIXED
    if held is not None and cookies.is_cut(held.token):
        return _CUT
    return _OVER if now and jar.expires and jar.expires <= now else None


def _logins(
    documents: Sequence[SessionDocument], sessions: Sequence[cookies.Session], bearer: str
) -> list[Login]:
    """Make the logins. A single session and a single token belong together; otherwise each is a login."""
    has_session = any(one.session for one in documents)
    one = documents[0] if documents else SessionDocument()
    if len(sessions) == 1 and len(documents) <= 1 and not has_session and not one.codex:
        return [_with_session(_selected(sessions[0], one), one, one.access or bearer)]
    logins = [_login(each, bearer if len(documents) == 1 else "") for each in documents]
    if has_session:  # the document contains the session of the same browser
        return logins
    return [*logins, *(_with_session(held, SessionDocument(), "") for held in sessions)]


def _login(document: SessionDocument, bearer: str) -> Login:
    held = (
        cookies.session({cookies.session_cookie_names()[0]: document.session})
        if document.session
        else None
    )
    if held is None or document.host:
        return _with_token(document)
    return _with_session(_selected(held, document), document, document.access or bearer)


def _selected(held: cookies.Session, document: SessionDocument) -> cookies.Session:
    """Add the cookie that selects the workspace of the document to a session, if it needs one."""
    if not document.selected or "; _account=" in held.cookie:
        return held
    return replace(held, cookie=f"{held.cookie}; _account={document.workspace}")


def bare(word: str) -> Login | None:
    """Return a bare token as a login: an access token has three parts, a session five; else None."""
    if _is_ours(word):
        return _with_token(SessionDocument(access=word))
    if not cookies.is_cut(word):
        return Login(Credential("session", "", cookies.named(word)), _BARE_SESSION)
    return None


def bare_token(word: str) -> bool:
    """Tell whether a word is an access token whose claims show that it is ChatGPT's."""
    return word.startswith("eyJ") and _is_ours(word)


def absent(text: str, document: object) -> Message | None:
    """Return the reason why a text from chatgpt.com contains no login; None for another text."""
    if any(word[:3] == "eyJ" and cookies.is_complete(word) for word in _TOKEN.findall(text)):
        return _CUT
    if document == {} or ("WARNING_BANNER" in text and not re.search(r"\buser\b", text)):
        return _SIGNED_OUT
    if "/api/auth/session" in text and ("fetch(" in text or ".then(" in text):
        return _COMMAND
    return _NO_SESSION if document != [] and jars.jars(text, document) else None


def _documents(text: str, document: object) -> Iterator[SessionDocument]:
    """Yield the session documents in a text. Raises Mistake for one of a dead session."""
    if not any(name in text for name in _DOCUMENTS):
        return
    if isinstance(document, (dict, list)):
        for value, around in cleaning.objects(document):
            if isinstance(value, dict):
                yield from _documents_in(value, around)
        return
    fields: dict[str, str] = {}
    for match in _FIELD.finditer(text) if "accessToken" in text else ():
        if not fields.get(match[1]) or is_shortened(fields[match[1]]):
            fields[match[1]] = match[2]
    if "accessToken" not in fields:
        return
    account = _ACCOUNT.search(text)
    yield from _browser_document({**fields, "account": {"id": account[1]} if account else None}, ())


def _documents_in(fields: Mapping[str, Any], around: cleaning.Around) -> Iterator[SessionDocument]:
    """Yield an object as a session document, and those that its fields contain as JSON text."""
    tokens = mapping(fields.get("tokens"))
    if tokens.get("access_token"):
        access, workspace = _whole(tokens["access_token"]), _workspace(tokens.get("account_id"))
        yield from [SessionDocument(access, workspace=workspace, codex=True)] if access else []
    personal = _whole(fields.get("personal_access_token"))
    if personal:
        yield SessionDocument(personal, codex=True)
    if any(name in fields for name in ("accessToken", "sessionToken", "error")):
        yield from _browser_document(fields, around)
    for value in fields.values():
        if isinstance(value, str) and '"accessToken"' in value and value.lstrip()[:1] == "{":
            inner = cleaning.opened(value)[1]
            yield from _browser_document(inner, around) if isinstance(inner, dict) else ()


def _browser_document(
    document: Mapping[str, Any], around: cleaning.Around
) -> Iterator[SessionDocument]:
    if document.get("error") == "RefreshAccessTokenError":
        raise Mistake(_RELOGIN)
    account = mapping(document.get("account"))
    workspace = _workspace(account.get("id"))
    access, session = _whole(document.get("accessToken")), _whole(document.get("sessionToken"))
    cut = bool(document.get("sessionToken")) and not session
    beside = Surroundings("", around).beside(0)
    if access or session or cut:
        yield SessionDocument(
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
    """Return the value if it is a token and not shortened, else ""."""
    if not isinstance(value, str) or len(value) > LONGEST_WORD or "..." in value:
        return ""
    return value if _TOKEN.fullmatch(value) else ""


def _bearer(text: str) -> str:
    match = _BEARER.search(text)
    return match[1] if match and _is_ours(match[1]) else ""


def _is_ours(token: str) -> bool:
    return tokens.CHATGPT in tokens.claims(token)


def _with_session(held: cookies.Session, document: SessionDocument, access: str) -> Login:
    what = _("ChatGPT session cookie")
    if held.chunks > 1:
        what = _("{cookie} ({count} chunks)", cookie=what, count=held.chunks)
    if access:
        what = _("{cookie} and access token", cookie=what)
    credential = Credential(
        "session", access, held.cookie, tokens.expiry(access), session_expires_at=document.expires
    )
    return Login(credential, what, document.workspace or held.workspace)


def _with_token(document: SessionDocument) -> Login:
    is_personal = document.access.startswith("at-")
    what = _ACCESS_OF_CODEX if document.codex else _ACCESS
    return Login(
        Credential("access_token", document.access, expires_at=tokens.expiry(document.access)),
        _PERSONAL if is_personal else what,
        document.workspace,
        sure=is_personal or _is_ours(document.access),
        codex=document.codex and not is_personal,
    )
