"""A ChatGPT login in what was pasted: session cookies, a session document, a bare token.

The document is ``{"user": {…}, "expires": "…", "account": {"id": "…", "structure": "…"},
"accessToken": "…", "sessionToken": "…"}`` as JSON, or as a browser's console prints an object; that
of Codex is ``{"tokens": {"access_token": "…", "account_id": "…"}}``. No message has any part of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Dict, Mapping, Optional

from . import cookies, jwt
from .errors import Mistake, Words
from .models import Credential, Phrase
from .pasted import LONGEST_WORD, is_shortened
from .payload import mapping, moment

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

_ACCESS = Phrase("ChatGPT access token", "ChatGPT accessToken")
_ACCESS_OF_CODEX = Phrase("ChatGPT access token of Codex", "Codex 的 ChatGPT accessToken")
_BARE_SESSION = Phrase("ChatGPT session token", "ChatGPT 会话 token")
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


@dataclass(frozen=True)
class Login:
    """What lets Headroom ask chatgpt.com. Its repr never shows a secret."""

    credential: Credential
    what: Phrase
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


def find(text: str, document: object = None) -> Optional[Login]:
    """The login in a document, or in any other text. Raises Mistake when it cannot be used."""
    told = read(text, document)
    found = cookies.pairs(text, document)
    if told.session:
        found = {cookies.session_cookie_names()[0]: told.session}
    if told.selected:
        found.setdefault("_account", told.workspace)
    held = cookies.session(found)
    if held is not None:
        return _with_session(held, told, told.access or _bearer(text))
    return _with_token(told) if told.access else None


def bare(word: str) -> Optional[Login]:
    """The login that a single token is: an access token of three parts, or a session of five."""
    if _is_ours(word):
        return _with_token(Told(access=word))
    if cookies.is_complete(word):
        return Login(Credential("session", "", cookies.named(word)), _BARE_SESSION)
    return None


def absent(text: str, document: object) -> Optional[Words]:
    """Why there is no login in something that comes from chatgpt.com."""
    if document == {} or ("WARNING_BANNER" in text and not re.search(r"\buser\b", text)):
        return _SIGNED_OUT
    if "/api/auth/session" in text and ("fetch(" in text or ".then(" in text):
        return _COMMAND
    return _NO_SESSION if document != [] and cookies.pairs(text, document) else None


def read(text: str, document: object = None) -> Told:
    """What a session document says. Raises Mistake for that of a dead session."""
    if isinstance(document, dict):
        tokens = mapping(document.get("tokens"))
        return _from_codex(tokens) if tokens.get("access_token") else _from_browser(document)
    told: Dict[str, str] = {}
    for match in _TOLD.finditer(text) if "accessToken" in text else ():
        if not told.get(match[1]) or is_shortened(told[match[1]]):
            told[match[1]] = match[2]
    if "accessToken" not in told:
        return Told()
    account = _ACCOUNT.search(text)
    return _from_browser({**told, "account": {"id": account[1]} if account else None})


def _from_browser(document: Mapping[str, Any]) -> Told:
    if document.get("error") == "RefreshAccessTokenError":
        raise Mistake(_RELOGIN)
    account = mapping(document.get("account"))
    workspace = _workspace(account.get("id"))
    return Told(
        access=_whole(document.get("accessToken")),
        session=_whole(document.get("sessionToken")),
        expires=moment(document.get("expires")),
        workspace=workspace,
        selected=bool(workspace) and account.get("structure") == "workspace",
    )


def _from_codex(tokens: Mapping[str, Any]) -> Told:
    access = _whole(tokens.get("access_token"))
    return Told(access, workspace=_workspace(tokens.get("account_id")), codex=True)


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
    return jwt.CHATGPT in jwt.claims(token)


def _with_session(held: cookies.Session, told: Told, access: str) -> Login:
    en, zh = "ChatGPT session cookie", "ChatGPT 会话 Cookie"
    if held.chunks > 1:
        en, zh = f"{en} ({held.chunks} chunks)", f"{zh}（{held.chunks} 段）"
    if access:
        en, zh = f"{en} and access token", f"{zh} 与 accessToken"
    credential = Credential(
        "session", access, held.cookie, jwt.expiry(access), session_expires_at=told.expires
    )
    return Login(credential, Phrase(en, zh), told.workspace or held.workspace)


def _with_token(told: Told) -> Login:
    return Login(
        Credential("access_token", told.access, expires_at=jwt.expiry(told.access)),
        _ACCESS_OF_CODEX if told.codex else _ACCESS,
        told.workspace,
        sure=_is_ours(told.access),
        codex=told.codex,
    )
