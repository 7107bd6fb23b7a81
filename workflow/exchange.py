"""ChatGPT session cookie → access token, again and again, without ever losing the session.

``GET https://chatgpt.com/api/auth/session`` answers 200 whether the session lives or not: alive with
``accessToken`` and ``expires``; dead with ``{}`` or only a WARNING_BANNER; ``error:
"RefreshAccessTokenError"`` when the login has to be done again. Set-Cookie rotates the session cookie,
also from one cookie to chunks ``.0``, ``.1`` and back.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import AsyncIterator, Iterator, List, Optional

from . import accounts, cookies, credentials, files, jwt, paths
from .client import ACCOUNT_SECONDS
from .client import Client as Connection
from .errors import (
    CredentialExpired,
    CredentialRejected,
    NoCredential,
    UnexpectedResponse,
    Unreachable,
    UsageError,
    Words,
)
from .models import Account, Credential, utc_now
from .payload import Answer, moment
from .provider import Client

URL = "https://chatgpt.com/api/auth/session"
MARGIN = timedelta(minutes=5)  # a token that ends sooner is exchanged before it is used
DEADLINE_SECONDS = 2 * ACCOUNT_SECONDS  # another process may be at it first
LONGEST = 16 * 1024  # characters of an access token
_POLL = 0.1  # seconds between two looks at another process's exchange

_ENDED: Words = (
    "{provider}: the session has ended; log in at {keys} and copy the session cookie again",
    "{provider}：会话已失效；请在 {keys} 重新登录并复制会话 Cookie",
)
_RELOGIN: Words = (
    "{provider} wants a new login; log in at {keys} again and copy the session cookie",
    "{provider} 要求重新登录；请到 {keys} 登录后重新复制会话 Cookie",
)


_KEPT: Words = (" (the stored one is kept)", "（已保存的不会删除）")


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
    client: Client,
    account: Account,
    known: Optional[Credential] = None,
    *,
    stale: Optional[str] = None,
    force: bool = False,
) -> Credential:
    """The account's credential with a token that can be used now.

    Args:
        client: what to ask through.
        account: whose session it is.
        known: its credential as read already; the store is asked again only if it has changed.
        stale: an access token that was just refused; anything else in the store is newer.
        force: exchange even though the stored token is good.

    Raises what ``exchanged`` raises, NoCredential and StoreLocked. The stored session is never lost.
    """
    async with _alone(account.id):
        current = accounts.load().get(account.id)
        if current is None:
            raise NoCredential
        unchanged = known is not None and current.generation == account.generation
        held = known if known and unchanged else credentials.read(current)
        if not force and _usable(held, stale):
            return held
        try:
            return await _renewed(client, current, held)
        except CredentialExpired as error:
            (en, zh), (kept, kept_zh) = error.words, _KEPT
            raise CredentialExpired((en + kept, zh + kept_zh)) from None
        except UsageError:
            if stale is None and not force and _lives(held):
                return held  # the old token is good for its last minutes
            raise


def renew(account: Account, known: Optional[Credential] = None) -> Credential:
    """Exchange now, whatever the stored token is good for.

    Args:
        account: whose session it is.
        known: its credential as read already.

    Raises what ``fresh`` raises.
    """
    known = known or credentials.read(account)  # before the deadline: there may be a dialog

    async def forced() -> Credential:
        async with Connection() as client:
            return await fresh(client, account, known, force=True)

    async def in_time() -> Credential:
        return await asyncio.wait_for(forced(), DEADLINE_SECONDS)

    try:
        return asyncio.run(in_time())
    except asyncio.TimeoutError:
        raise Unreachable from None


@contextmanager
def turn(account_id: str) -> Iterator[None]:
    """Nobody else exchanges or replaces the session of this account meanwhile."""
    with files.lock(_lock_path(account_id)):
        yield


async def _renewed(client: Client, account: Account, held: Credential) -> Credential:
    """Exchange, and store before anybody uses the result.

    What a crash left noted in the store may be the only live session: it is tried before it goes.
    """
    try:
        result = await exchanged(client, held)
    except (CredentialExpired, CredentialRejected) as error:
        result = await _from_leftovers(client, account, error)
    credentials.store(account, result, known=True)
    return result


async def _from_leftovers(client: Client, account: Account, error: UsageError) -> Credential:
    """Exchange what is noted for this account, the latest first. Raises ``error`` without any."""
    for stored in _leftovers(account):
        try:
            left = credentials.look(stored)
            if left is not None and left.cookie:
                return await exchanged(client, left)
        except (CredentialExpired, CredentialRejected, NoCredential):
            continue
    raise error


def _leftovers(account: Account) -> List[str]:
    parts = [stored.rpartition(":") for stored in accounts.load().noted]
    generations = [int(number) for owner, _, number in parts if owner == account.id]
    return [credentials.name(account.id, each) for each in sorted(generations, reverse=True)]


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
    if not (token.isascii() and token.isprintable()) or " " in token or len(token) > LONGEST:
        raise UnexpectedResponse
    expires = jwt.expiry(token)
    if expires is not None and expires <= answer.at:
        raise CredentialExpired(_RELOGIN)
    return Credential(
        kind="session",
        secret=token,
        cookie=cookies.rotated(credential.cookie, answer.cookies, answer.at),
        expires_at=expires,
        session_expires_at=moment(document.get("expires")) or credential.session_expires_at,
    )


async def _ask(client: Client, credential: Credential) -> Answer:
    headers = {"Cookie": credential.cookie, "Accept": "*/*", "Referer": "https://chatgpt.com/"}
    return await client.get(URL, headers=headers)


def _usable(held: Credential, stale: Optional[str]) -> bool:
    if not held.secret or held.secret == stale:
        return False
    return held.expires_at is None or held.expires_at - utc_now() > MARGIN


def _lives(held: Credential) -> bool:
    return bool(held.secret) and (held.expires_at is None or held.expires_at > utc_now())


def _lock_path(account_id: str) -> str:
    return os.path.join(paths.data(os.environ), f"exchange-{account_id}.lock")


@asynccontextmanager
async def _alone(account_id: str) -> AsyncIterator[None]:
    """No other process exchanges this session meanwhile."""
    while True:
        with files.lock(_lock_path(account_id), 0.0) as held:
            if held:
                yield
                return
        await asyncio.sleep(_POLL)
