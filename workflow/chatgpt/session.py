"""ChatGPT session cookie → access token, again and again, without ever losing the session.

``GET https://chatgpt.com/api/auth/session`` answers 200 whether the session lives or not: alive with
``accessToken`` and ``expires``; dead with ``{}`` or only a WARNING_BANNER; ``error:
"RefreshAccessTokenError"`` when the login has to be done again. Set-Cookie rotates the session cookie,
also from one cookie to chunks ``.0``, ``.1`` and back, and the old one may be dead at once. So the place
of the new one is written ahead (see credentials), and the first act after an answer is one write.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, AsyncIterator, Dict, Iterator, List, Optional, Tuple

from .. import paths
from ..client import ACCOUNT_SECONDS
from ..credentials import store
from ..credentials.store import Place
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
from ..i18n.message import Message, _
from ..models import Account, Credential, utc_now
from ..patience import standing, unhurried, within
from ..provider.answer import Answer, http_date
from ..provider.contract import Client
from ..provider.reading import mapping, moment
from ..storage import accounts, files
from . import browser, cookies, edge
from . import token as tokens

URL = "https://chatgpt.com/api/auth/session"
MARGIN = timedelta(minutes=5)  # a token that ends sooner is exchanged before it is used
DEADLINE_SECONDS = 2 * ACCOUNT_SECONDS  # what the store left noted may be tried too
LONGEST = 16 * 1024  # characters of an access token
TRIES = 3  # writes of a session that exists nowhere else
_POLL = 0.1  # seconds between two tries to begin after another process
_POLLS = 5  # tries between two looks at that process
_PAUSE = 0.3  # seconds between two tries to write

_ENDED: Message = _(
    "{provider}: the session has ended; log in at {keys} and copy the session cookie again"
)
_RELOGIN: Message = _(
    "{provider} wants a new login; log in at {keys} again and copy the session cookie"
)
EXCHANGING: Message = _("exchanging this session")
_KEPT = _("{why} (the stored one is kept)")


@dataclass(frozen=True)
class Told:
    """What the session endpoint made of a session: renewed, or why it has no token.

    Its cookie is the rotated one also beside an error.
    """

    credential: Credential
    error: Optional[UsageError] = None

    @property
    def has_ended(self) -> bool:
        """Whether this session is of no more use."""
        return isinstance(self.error, (CredentialExpired, CredentialRejected))


async def exchanged(client: Client, credential: Credential) -> Told:
    """Trade a session for an access token; what comes of it carries the rotated cookie.

    A bare token is tried under the other cookie name too. Raises Blocked, Unreachable or
    UnexpectedResponse when no answer came.
    """
    told = parse(await _ask(client, credential), credential)
    other = cookies.renamed(credential.cookie)
    if not told.has_ended or credential.secret or not other or is_renewed(told, credential):
        return told
    second = replace(credential, cookie=other)
    again = parse(await _ask(client, second), second)
    return told if again.has_ended and not is_renewed(again, second) else again


def is_renewed(told: Told, before: Credential) -> bool:
    """Whether the answer set another session in place of the one that was sent."""
    return cookies.session_pairs(told.credential.cookie) != cookies.session_pairs(before.cookie)


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

    Raises what ``exchanged`` raises, CredentialExpired and CredentialRejected, NoCredential, StoreLocked,
    and Mistake when accounts.json cannot be used. The stored session is never lost. A good token needs
    neither lock nor disk.
    """
    if known is not None and stale is None and not force and is_usable(known):
        return known
    async with _alone(account.id):
        current, held = await unhurried(_held, account, known)
        if not force:
            held = (
                held if is_usable(held, stale) else await unhurried(_better, current, held, stale)
            )
            if is_usable(held, stale):
                return held
        try:
            return await _renewed(client, current, held)
        except (UsageError, Mistake) as error:
            if stale is None and not force and lives(held):
                return held  # the old token is good for its last minutes
            raise _with_comfort(error) from None


def renew(account: Account, known: Optional[Credential] = None) -> Credential:
    """Exchange now, whatever the stored token is good for.

    Args:
        account: whose session it is.
        known: its credential as read already.

    Raises what ``fresh`` raises.
    """
    known = known or store.read(account)  # before the deadline: there may be a dialog

    async def forced() -> Credential:
        async with edge.connect() as client:
            return await fresh(client, account, known, force=True)

    async def in_time() -> Credential:
        return await within(DEADLINE_SECONDS, forced())

    try:
        return asyncio.run(in_time())
    except asyncio.TimeoutError:
        raise Unreachable from None


@contextmanager
def turn(account_id: str) -> Iterator[None]:
    """Nobody else exchanges or replaces the session of this account meanwhile."""
    with files.lock(_lock_path(account_id)):
        yield


def _held(account: Account, known: Optional[Credential]) -> Tuple[Account, Credential]:
    """The account as it is now, and its credential. Raises NoCredential, StoreLocked or Mistake."""
    current = accounts.load().get(account.id)
    if current is None:
        raise NoCredential
    if known is not None and current.generation == account.generation:
        return current, known
    return current, store.read(current)


def _better(account: Account, held: Credential, stale: Optional[str]) -> Credential:
    """What is noted for this account, if it has a token that can be used, else what is held."""
    noted = store.pending(account.id)
    return next((left for left in noted if left.cookie and is_usable(left, stale)), held)


def _with_comfort(error: Exception) -> Exception:
    """The error, which for a session that has ended says that the stored one is kept."""
    if not isinstance(error, CredentialExpired):
        return error
    return CredentialExpired(_KEPT.filled(why=error.message))


async def _renewed(client: Client, account: Account, held: Credential) -> Credential:
    """Exchange, and store before anybody uses the result.

    What a crash left noted in the store may be the only live session: it is tried when this one has
    ended, the latest first.
    """
    first = told = await _tried(client, account, held)
    if told.has_ended:
        for left in await unhurried(_leftovers, account, held):
            told = await _tried(client, account, left)
            if not told.has_ended:
                break
    if told.error is not None:
        raise first.error if told.has_ended and first.error else told.error
    return told.credential


def _leftovers(account: Account, held: Credential) -> List[Credential]:
    """The other sessions that are noted for this account, each once."""
    seen, found = [cookies.session_pairs(held.cookie)], []
    for left in store.pending(account.id):
        if left.cookie and cookies.session_pairs(left.cookie) not in seen:
            seen.append(cookies.session_pairs(left.cookie))
            found.append(left)
    return found


async def _tried(client: Client, account: Account, credential: Credential) -> Told:
    """Exchange one session, into a place that was proved before and is filled first of all.

    A session that was renewed beside an error stays there, noted.
    """
    place = await unhurried(store.reserve, account, credential, known=True)
    try:
        told = await exchanged(client, credential)
    except BaseException:  # also when nobody waits any more
        await unhurried(store.leave, place)
        raise
    if told.error is None:
        await unhurried(_stored, place, told.credential)
    elif is_renewed(told, credential):
        await unhurried(keep, place, told.credential)
    else:
        await unhurried(store.leave, place)
    return told


def _stored(place: Place, credential: Credential) -> None:
    keep(place, credential)
    with suppress(Mistake):  # the disk: it is noted, and found among the leftovers
        store.settle(place, credential)


def keep(place: Place, credential: Credential) -> None:
    """Write a session that exists nowhere else into its place. Raises StoreLocked or Mistake."""
    for tries_left in reversed(range(TRIES)):
        try:
            return store.lay(place, credential)
        except (StoreLocked, Mistake):
            if not tries_left:
                raise
            time.sleep(_PAUSE)


def parse(answer: Answer, credential: Credential) -> Told:
    """What the session endpoint told, as the credential it makes of the old one."""
    at = _server_time(answer)
    rotated = replace(credential, cookie=cookies.rotated(credential.cookie, answer.cookies, at))
    try:
        document = _alive(answer, at)
    except UsageError as error:
        return Told(rotated, error)
    token: str = document["accessToken"]
    return Told(
        Credential(
            kind="session",
            secret=token,
            cookie=rotated.cookie,
            expires_at=tokens.expiry(token),
            session_expires_at=moment(document.get("expires")) or credential.session_expires_at,
        )
    )


def _alive(answer: Answer, at: datetime) -> Dict[str, Any]:
    """The document of a session that lives. Raises UsageError."""
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
    expires = tokens.expiry(token)
    if expires is not None and expires <= at:
        raise CredentialExpired(_RELOGIN)
    return document


def _server_time(answer: Answer) -> datetime:
    """When the answer was made, by the server's clock: as it says, else when its token was made."""
    told = http_date(answer.headers.get("date", ""))
    with suppress(UsageError):  # an edge that answered in its place
        token = mapping(answer.document()).get("accessToken")
        told = told or (tokens.issued(token) if isinstance(token, str) else None)
    return told or answer.at


async def _ask(client: Client, credential: Credential) -> Answer:
    headers = {**browser.page_headers(), "Cookie": credential.cookie}
    device = browser.device(credential.cookie)
    return await client.get(
        URL, headers={**headers, **({"oai-device-id": device} if device else {})}
    )


def is_usable(held: Credential, stale: Optional[str] = None) -> bool:
    """Whether its token is good for a while, and is not the one that was refused."""
    if not held.secret or held.secret == stale:
        return False
    return held.expires_at is None or held.expires_at - utc_now() > MARGIN


def lives(held: Credential) -> bool:
    """Whether its token has not ended."""
    return bool(held.secret) and (held.expires_at is None or held.expires_at > utc_now())


def _lock_path(account_id: str) -> str:
    return os.path.join(paths.data(os.environ), f"exchange-{account_id}.lock")


@asynccontextmanager
async def _alone(account_id: str) -> AsyncIterator[None]:
    """No other process exchanges this session meanwhile.

    One that does is waited for no longer than it may last, and then named. Raises StoreLocked for that,
    and where no lock can be.
    """
    path = _lock_path(account_id)
    with ExitStack() as turn:
        if not _entered(turn, path):
            with standing():
                await _awaited(turn, path)
        yield


async def _awaited(turn: ExitStack, path: str) -> None:
    until = time.monotonic() + files.WAIT
    while True:
        for _attempt in range(_POLLS):
            if _entered(turn, path):
                return
            await asyncio.sleep(_POLL)
        stuck = await unhurried(files.comes_to_nothing, path, files.WAIT)
        if stuck or time.monotonic() >= until:
            raise StoreLocked(files.kept(path, EXCHANGING))


def _entered(turn: ExitStack, path: str) -> bool:
    try:
        return turn.enter_context(files.lock(path, 0.0))
    except OSError as error:
        raise StoreLocked(_no_lock(path, error)) from None


def _no_lock(path: str, error: OSError) -> Message:
    why = error.strerror or "unusable"
    return _(
        "{provider}: nothing can be written to {dirname} ({why}), so the session was left alone; check its permissions and the disk",
        dirname=os.path.dirname(path),
        why=why,
    )
