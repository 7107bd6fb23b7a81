"""ChatGPT session cookie → access token, again and again, without ever losing the session.

``GET https://chatgpt.com/api/auth/session`` answers 200 whether the session lives or not: alive with
``accessToken`` and ``expires``; dead with ``{}`` or only a WARNING_BANNER; ``error:
"RefreshAccessTokenError"`` when the login has to be done again. Set-Cookie rotates the session cookie,
also from one cookie to chunks ``.0``, ``.1`` and back.
"""

from __future__ import annotations

import asyncio
import os
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import AsyncIterator, Dict, Iterable, List, Optional, Tuple

from . import accounts, credentials, files, jwt, paths
from .client import utc_now
from .errors import CredentialExpired, NoCredential, UnexpectedResponse, UsageError, Words
from .models import Account, Credential
from .payload import Answer, mapping, moment
from .provider import Client

URL = "https://chatgpt.com/api/auth/session"
NAMES = ("__Secure-next-auth.session-token", "__Secure-authjs.session-token")
MARGIN = timedelta(minutes=5)  # a token that ends sooner is exchanged before it is used
_KEPT = ("cf_clearance", "__cf_bm", "oai-did", "_account")  # what the edge and the workspace need
_SESSION = re.compile(r"(__Secure-(?:next-auth|authjs)\.session-token)(?:\.(\d{1,2}))?\Z", re.ASCII)
_POLL = 0.1  # seconds between two looks at another process's exchange

_ENDED: Words = (
    "{provider}: the session has ended; log in at {keys} and copy the session cookie again (the stored one is kept)",
    "{provider}：会话已失效；请在 {keys} 重新登录并复制会话 cookie（已保存的不会删除）",
)
_RELOGIN: Words = (
    "{provider} wants a new login; log in at {keys} again and copy the session cookie (the stored one is kept)",
    "{provider} 要求重新登录；请到 {keys} 登录后重新复制会话 cookie（已保存的不会删除）",
)


async def exchanged(client: Client, credential: Credential) -> Credential:
    """Trade a session for an access token; the result carries the rotated cookie.

    A bare token is tried under the other cookie name too. Raises CredentialExpired when the session
    is dead, Blocked, Unreachable, RateLimited, ProviderFailed or UnexpectedResponse otherwise.
    """
    try:
        return parse(await _ask(client, credential), credential)
    except CredentialExpired:
        other = cookies.renamed(credential.cookie)
        if not other or credential.secret:
            raise
        second = replace(credential, cookie=other)
        return parse(await _ask(client, second), second)


async def fresh(
    client: Client, account: Account, *, stale: Optional[str] = None, force: bool = False
) -> Credential:
    """The account's credential with a token that can be used now.

    Args:
        client: what to ask through.
        account: whose session it is.
        stale: an access token that was just refused; anything else in the store is newer.
        force: exchange even though the stored token is good.

    Raises what ``exchanged`` raises, NoCredential and StoreLocked. The stored session is never lost.
    """
    async with _alone(account.id):
        current = accounts.load().get(account.id) or account
        held = credentials.read(current)
        if not force and _usable(held, stale):
            return held
        try:
            return await _renewed(client, current, held)
        except CredentialExpired:
            raise
        except UsageError:
            if stale is None and not force and _lives(held):
                return held  # the old token is good for its last minutes
            raise


async def _renewed(client: Client, account: Account, held: Credential) -> Credential:
    """Exchange, and store before anybody uses the result.

    What a crash left noted in the store may be the only live session: it is tried before it goes.
    """
    try:
        result = await exchanged(client, held)
    except CredentialExpired as error:
        result = await _from_leftovers(client, account, error)
    credentials.store(account, result, known=True)
    return result


async def _from_leftovers(client: Client, account: Account, error: CredentialExpired) -> Credential:
    for stored in accounts.load().noted:
        if stored.rpartition(":")[0] != account.id:
            continue
        try:
            left = credentials.look(stored)
            if left is not None and left.cookie:
                return await exchanged(client, left)
        except (CredentialExpired, NoCredential):
            continue
    raise error


def parse(answer: Answer, credential: Credential) -> Credential:
    """What the session endpoint told, as the credential it makes of the old one."""
    document = answer.json()
    if not isinstance(document, dict):
        raise UnexpectedResponse
    if document.get("error"):
        raise CredentialExpired(_RELOGIN)
    token = document.get("accessToken")
    if not isinstance(token, str) or not token:
        raise CredentialExpired(_ENDED)
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise UnexpectedResponse
    expires = jwt.expiry(token)
    if expires is not None and expires <= answer.at:
        raise CredentialExpired(_RELOGIN)
    return Credential(
        kind="session",
        secret=token,
        cookie=rotated(credential.cookie, answer.cookies, answer.at),
        expires_at=expires,
        session_expires_at=moment(document.get("expires")) or credential.session_expires_at,
    )


def workspace(answer: Answer) -> str:
    """The account that the session has selected."""
    return str(mapping(mapping(answer.document()).get("account")).get("id") or "")


def rotated(cookie: str, set_cookies: Iterable[str], now: datetime) -> str:
    """The Cookie header after an answer's Set-Cookie lines.

    A new plain session cookie replaces the chunks and the other way round, whether or not the old
    form is deleted explicitly; an answer that only deletes never destroys the session.
    """
    jar = pairs(cookie)
    new: Dict[str, str] = {}
    gone: List[str] = []
    for line in set_cookies:
        name, value, alive = _set_cookie(line, now)
        if not (_SESSION.match(name) or name in _KEPT):
            continue
        if alive and value:
            new[name] = value
        else:
            gone.append(name)
    sessions = [name for name in new if _SESSION.match(name)]
    if sessions:
        jar = {name: value for name, value in jar.items() if not _SESSION.match(name)}
    jar = {n: v for n, v in jar.items() if n not in gone or _SESSION.match(n)}
    return header({**jar, **new})


def pairs(cookie: str) -> Dict[str, str]:
    """The cookies of a Cookie header, in order."""
    found: Dict[str, str] = {}
    for part in cookie.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and name:
            found[name] = value
    return found


def header(jar: Dict[str, str]) -> str:
    """A Cookie header; session chunks stand in numeric order."""
    return "; ".join(f"{name}={jar[name]}" for name in sorted(jar, key=_place))


def renamed(cookie: str) -> Optional[str]:
    """The same session under the other name that NextAuth uses; None for a header with more in it."""
    jar = pairs(cookie)
    if len(jar) != 1 or next(iter(jar)) != NAMES[0]:
        return None
    return f"{NAMES[1]}={next(iter(jar.values()))}"


def _place(name: str) -> Tuple[int, str, int]:
    found = _SESSION.match(name)
    return (0, found.group(1), int(found.group(2) or -1)) if found else (1, name, 0)


def _set_cookie(line: str, now: datetime) -> Tuple[str, str, bool]:
    first, *attributes = line.split(";")
    name, _, value = first.strip().partition("=")
    alive = True
    for attribute in attributes:
        key, _, told = attribute.strip().partition("=")
        if key.lower() == "max-age":
            return name, value, told.strip().lstrip("-").isdigit() and int(told) > 0
        if key.lower() == "expires":
            alive = not _is_past(told, now)
    return name, value.strip('"'), alive


def _is_past(told: str, now: datetime) -> bool:
    from email.utils import parsedate_to_datetime

    try:
        when: Optional[datetime] = parsedate_to_datetime(told)
    except (TypeError, ValueError, IndexError):
        when = moment(told)
    return when is not None and when.tzinfo is not None and when <= now


async def _ask(client: Client, cookie: str) -> Answer:
    headers = {"Cookie": cookie, "Accept": "*/*", "Referer": "https://chatgpt.com/"}
    return await client.get(URL, headers=headers)


def _usable(held: Credential, stale: Optional[str]) -> bool:
    if not held.secret or held.secret == stale:
        return False
    return held.expires_at is None or held.expires_at - utc_now() > MARGIN


def _lives(held: Credential) -> bool:
    return bool(held.secret) and (held.expires_at is None or held.expires_at > utc_now())


@asynccontextmanager
async def _alone(account_id: str) -> AsyncIterator[None]:
    """No other process exchanges this session meanwhile."""
    path = os.path.join(paths.data(os.environ), f"exchange-{account_id}.lock")
    while True:
        with files.lock(path, 0.0) as held:
            if held:
                yield
                return
        await asyncio.sleep(_POLL)
