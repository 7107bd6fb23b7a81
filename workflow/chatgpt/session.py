"""Exchanges a ChatGPT session cookie for access tokens, without ever losing the session.

``GET https://chatgpt.com/api/auth/session`` answers 200 for live and dead sessions: a live one gets
``accessToken`` and ``expires``, a dead one ``{}`` or only a WARNING_BANNER, and one that needs a new login
``error: "RefreshAccessTokenError"``. Set-Cookie rotates the session cookie, also from one cookie to chunks
``.0``, ``.1`` and back, and the old one may be dead at once. So a place for the new one is reserved in the
store before the request (see credentials), and the first act after an answer is to write it there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from ..credentials import store
from ..credentials.store import Reservation
from ..errors import (
    CredentialExpired,
    CredentialRejected,
    Mistake,
    NoCredential,
    StoreLocked,
    UnexpectedResponse,
    Unreachable,
    UsageError,
)
from ..http.client import ACCOUNT_SECONDS, TIMED_OUT, heads
from ..i18n.message import Message, _
from ..models import Account, Credential, utc_now
from ..patience import in_thread, within
from ..provider.answer import Answer, http_date
from ..provider.contract import Client
from ..provider.reading import mapping, moment
from ..records import dataclass, replace
from ..storage import accounts
from ..system import endings
from . import browser, cookies, edge, lock
from . import token as tokens

URL = "https://chatgpt.com/api/auth/session"
MARGIN = timedelta(minutes=5)  # a token that expires sooner is exchanged before it is used
DEADLINE_SECONDS = 2 * ACCOUNT_SECONDS  # leaves time to try a pending session too
MAX_TOKEN = 16 * 1024  # characters of an access token
TRIES = 3  # attempts to write a session that exists nowhere else
_PAUSE = 0.3  # seconds between two attempts to write

_ENDED: Message = _(
    "{provider}: the session has ended; log in at {keys} and copy the session cookie again"
)
_RELOGIN: Message = _(
    "{provider} wants a new login; log in at {keys} again and copy the session cookie"
)
_KEPT = _("{why} (the stored one is kept)")


@dataclass(frozen=True)
class Exchange:
    """The result of one exchange: the renewed credential, or the error that explains why there is no token.

    The credential has the rotated cookie even if there is an error.
    """

    credential: Credential
    error: UsageError | None = None

    @property
    def has_ended(self) -> bool:
        """Tell whether the session is dead."""
        return isinstance(self.error, (CredentialExpired, CredentialRejected))


async def exchanged(client: Client, credential: Credential) -> Exchange:
    """Exchange a session for an access token.

    A bare token is also tried with the other cookie name. If an answer renews the session and then breaks
    off, that is an exchange with an error, even if the old session was tried again since. Raises Blocked,
    Unreachable or UnexpectedResponse if no answer came.
    """
    with heads() as came:
        try:
            exchange = await _exchanged(client, credential)
        except (UsageError, asyncio.CancelledError) as error:
            why = error if isinstance(error, UsageError) else Unreachable(TIMED_OUT)
            broken_off = _renewed(came, credential, why)
            if not is_renewed(broken_off, credential):
                raise
            return broken_off
    return _renewed(came, credential, exchange.error) if exchange.error else exchange


def _renewed(came: Iterable[Answer], credential: Credential, why: UsageError) -> Exchange:
    """Return the session as these answers renewed it, if they did, without a token."""
    cookie = credential.cookie
    for head in came:
        cookie = cookies.rotated(cookie, head.cookies, _server_time(head))
    return Exchange(replace(credential, cookie=cookie), why)


async def _exchanged(client: Client, credential: Credential) -> Exchange:
    first = parse(await _ask(client, credential), credential)
    renamed = cookies.renamed(credential.cookie)
    if credential.secret or not renamed or not _is_dead(first, credential):
        return first
    other = replace(credential, cookie=renamed)
    second = parse(await _ask(client, other), other)
    return first if _is_dead(second, other) else second


def _is_dead(exchange: Exchange, before: Credential) -> bool:
    return exchange.has_ended and not is_renewed(exchange, before)


def is_renewed(exchange: Exchange, before: Credential) -> bool:
    """Tell whether the answer replaced the session that was sent by another one."""
    return cookies.session_pairs(exchange.credential.cookie) != cookies.session_pairs(before.cookie)


async def fresh(
    client: Client,
    account: Account,
    known: Credential | None = None,
    *,
    stale: str | None = None,
    force: bool = False,
) -> Credential:
    """Return the account's credential with a token that can be used now.

    Args:
        client: the client for requests.
        account: the account of the session.
        known: its credential, if already read; the store is asked again only if it has changed.
        stale: an access token that was just refused; any other one in the store is newer.
        force: exchange even if the stored token is good.

    Raises what ``exchanged`` raises, CredentialExpired, CredentialRejected, NoCredential, StoreLocked, and
    Mistake if accounts.json cannot be used. The stored session is never lost. A good token needs neither
    lock nor disk.
    """
    if known is not None and stale is None and not force and is_usable(known):
        return known
    async with lock.awaited(account.id):
        current, stored = await in_thread(_load_current, account, known)
        if not force:
            if not is_usable(stored, stale):
                stored = await in_thread(_usable_pending, current, stored, stale)
            if is_usable(stored, stale):
                return stored
        try:
            return await _exchange_and_store(client, current, stored)
        except (UsageError, Mistake) as error:
            if stale is None and not force and lives(stored):
                return stored  # the old token is still valid for its last minutes
            raise _noting_kept(error) from None


def renew(account: Account, known: Credential | None = None) -> Credential:
    """Exchange now, even if the stored token is good.

    Args:
        account: the account of the session.
        known: its credential, if already read.

    Raises what ``fresh`` raises.
    """
    known = known or store.read(account)  # before the deadline starts, as there may be a dialog

    async def forced() -> Credential:
        async with edge.connect() as client:
            return await fresh(client, account, known, force=True)

    async def in_time() -> Credential:
        return await within(DEADLINE_SECONDS, forced())

    try:
        return asyncio.run(in_time())
    except asyncio.TimeoutError:
        raise Unreachable from None


def _load_current(account: Account, known: Credential | None) -> tuple[Account, Credential]:
    """Load the current account and its credential. Raises NoCredential, StoreLocked or Mistake."""
    current = accounts.load().get(account.id)
    if current is None:
        raise NoCredential
    if known is not None and current.generation == account.generation:
        return current, known
    return current, store.read(current)


def _usable_pending(account: Account, stored: Credential, stale: str | None) -> Credential:
    """Return a pending credential of this account whose token can be used, else the stored one."""
    pending = store.pending(account.id)
    return next((each for each in pending if each.cookie and is_usable(each, stale)), stored)


def _noting_kept(error: Exception) -> Exception:
    """Add to the error of a dead session that the stored one is kept."""
    if not isinstance(error, CredentialExpired):
        return error
    return CredentialExpired(_KEPT.filled(why=error.message))


async def _exchange_and_store(client: Client, account: Account, stored: Credential) -> Credential:
    """Exchange a session, and store the result before it is used.

    After a crash, a pending session may be the only live one. So if this session is dead, the pending ones
    are tried, the latest first.
    """
    first = exchange = await _exchange_one(client, account, stored)
    if exchange.has_ended:
        for leftover in await in_thread(_leftovers, account, stored):
            exchange = await _exchange_one(client, account, leftover)
            if not exchange.has_ended:
                break
    if exchange.error is not None:
        raise first.error if exchange.has_ended and first.error else exchange.error
    return exchange.credential


def _leftovers(account: Account, stored: Credential) -> list[Credential]:
    """List the other pending sessions of this account, each once."""
    seen, leftovers = [cookies.session_pairs(stored.cookie)], []
    for credential in store.pending(account.id):
        if credential.cookie and cookies.session_pairs(credential.cookie) not in seen:
            seen.append(cookies.session_pairs(credential.cookie))
            leftovers.append(credential)
    return leftovers


async def _exchange_one(client: Client, account: Account, credential: Credential) -> Exchange:
    """Exchange one session; the place for the result is reserved and proved before the request.

    If the answer renews the session but has an error, the new session stays there as pending.
    """
    place = await in_thread(store.reserve, account, credential, known=True, renews=True)
    with endings.held_off():
        try:
            exchange = await exchanged(client, credential)
        except BaseException:  # also if the caller was cancelled
            await in_thread(store.release, place)
            raise
        if exchange.error is None:
            await in_thread(_stored, place, exchange.credential)
        elif is_renewed(exchange, credential):
            await in_thread(keep, place, exchange.credential)
        else:
            await in_thread(store.release, place)
    return exchange


def _stored(place: Reservation, credential: Credential) -> None:
    keep(place, credential)
    with suppress(Mistake):  # a disk error; it stays pending, so _leftovers finds it
        store.commit(place, credential)


def keep(place: Reservation, credential: Credential) -> None:
    """Write a session that exists nowhere else to its place, in TRIES attempts.

    Raises StoreLocked or Mistake.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            return store.write(place, credential)
        except (StoreLocked, Mistake):
            if not tries_left:
                raise
            time.sleep(_PAUSE)
    return None


def parse(answer: Answer, credential: Credential) -> Exchange:
    """Read the answer of the session endpoint.

    Args:
        answer: the answer.
        credential: the credential that was sent.
    """
    at = _server_time(answer)
    rotated = replace(credential, cookie=cookies.rotated(credential.cookie, answer.cookies, at))
    try:
        document = _alive(answer, at)
    except UsageError as error:
        return Exchange(rotated, error)
    token: str = document["accessToken"]
    return Exchange(
        Credential(
            kind="session",
            secret=token,
            cookie=rotated.cookie,
            expires_at=tokens.expiry(token),
            session_expires_at=moment(document.get("expires")) or credential.session_expires_at,
        )
    )


def _alive(answer: Answer, at: datetime) -> dict[str, Any]:
    """Read the document of a live session. Raises UsageError for any other."""
    document = answer.json()
    if not isinstance(document, dict):
        raise UnexpectedResponse
    if document.get("error"):
        raise CredentialExpired(_RELOGIN)
    token = document.get("accessToken")
    if not isinstance(token, str) or not token:
        raise CredentialExpired(_ENDED)
    if not (token.isascii() and token.isprintable()) or " " in token or len(token) > MAX_TOKEN:
        raise UnexpectedResponse
    expires = tokens.expiry(token)
    if expires is not None and expires <= at:
        raise CredentialExpired(_RELOGIN)
    return document


def _server_time(answer: Answer) -> datetime:
    """Return the server's time: the Date header, else the time when its token was issued, else ours."""
    when = http_date(answer.headers.get("date", ""))
    with suppress(UsageError):  # an edge answered instead of the server
        token = mapping(answer.document()).get("accessToken")
        when = when or (tokens.issued(token) if isinstance(token, str) else None)
    return when or answer.at


async def _ask(client: Client, credential: Credential) -> Answer:
    headers = {**browser.page_headers(), "Cookie": credential.cookie}
    device = browser.device(credential.cookie)
    return await client.get(
        URL, headers={**headers, **({"oai-device-id": device} if device else {})}
    )


def is_usable(credential: Credential, stale: str | None = None) -> bool:
    """Tell whether its token is valid for at least MARGIN, and is not the ``stale`` one."""
    if not credential.secret or credential.secret == stale:
        return False
    return credential.expires_at is None or credential.expires_at - utc_now() > MARGIN


def lives(credential: Credential) -> bool:
    """Tell whether its token has not expired."""
    ends = credential.expires_at
    return bool(credential.secret) and (ends is None or ends > utc_now())
